"""Ending a booking early, to the minute."""

from datetime import timedelta

import pytest

from controller.bookings import lifecycle
from tests.controller.bookings.hub import booking

OLD = booking()
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("into", "ends"),
    [
        (timedelta(), MINUTE),
        (timedelta(seconds=30), MINUTE),
        (timedelta(minutes=9), 9 * MINUTE),
        (timedelta(minutes=9, microseconds=1), 10 * MINUTE),
        (timedelta(minutes=9, seconds=59), 10 * MINUTE),
    ],
    ids=str,
)
def test_an_early_finish_ends_a_booking_at_the_full_minute_that_is_or_comes_next(
    into: timedelta, ends: timedelta
) -> None:
    done = lifecycle.finish(OLD, OLD.starts + into)
    assert (done.ends, done.ends_before) == (OLD.starts + ends, OLD.ends)


def test_a_finish_in_the_last_minute_changes_nothing() -> None:
    assert lifecycle.finish(OLD, OLD.ends - MINUTE / 2) is OLD
    assert lifecycle.finish(OLD, OLD.ends) is OLD
