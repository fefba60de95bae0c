"""When a message that nobody took is tried no more."""

from datetime import UTC, datetime, timedelta

import pytest

from controller.notices.retry_schedule import given_up

FIRST = datetime(2026, 3, 28, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("after", "unanswered", "expected"),
    [
        (timedelta(), 0, False),
        (timedelta(days=3), 0, False),
        (timedelta(days=3, microseconds=1), 0, True),
        (timedelta(), 2, False),
        (timedelta(), 3, True),
    ],
)
def test_a_message_is_given_up_after_three_days_or_three_texts_without_an_answer(
    after: timedelta, unanswered: int, expected: bool
) -> None:
    assert given_up(FIRST, FIRST + after, unanswered_texts=unanswered) is expected
