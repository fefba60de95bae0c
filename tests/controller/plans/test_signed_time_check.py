"""The controller signs nothing, and tells no edge the time, while its own clock cannot be right."""

from datetime import UTC, date, datetime, timedelta

import pytest

from controller.plans.clock_trust import ClockDoubtful, check

NOW = datetime(2026, 11, 26, 7, 0, tzinfo=UTC)
DAY, YEAR = timedelta(days=1), timedelta(days=365)
TODAY = date(2026, 11, 26)


@pytest.mark.parametrize(
    ("last", "seen_right"),
    [
        pytest.param(None, None, id="nothing signed yet"),
        pytest.param(NOW - DAY, None, id="signed yesterday"),
        pytest.param(NOW + timedelta(seconds=30), None, id="a moment ahead"),
        pytest.param(NOW - 35 * DAY, None, id="off for five weeks"),
        pytest.param(NOW - YEAR, TODAY, id="off for a year, and somebody looked"),
        pytest.param(NOW + 20 * YEAR, TODAY, id="a false time signed, and somebody looked"),
        pytest.param(NOW + 20 * YEAR, TODAY - 100 * DAY, id="the same, and it was long ago"),
        pytest.param(NOW - DAY, TODAY - 100 * DAY, id="somebody looked, and all went on"),
    ],
)
def test_a_clock_is_believed_that_can_be_right(last: datetime | None, seen_right: date | None) -> None:
    check(NOW, last, seen_right)


@pytest.mark.parametrize(
    ("last", "seen_right", "why"),
    [
        pytest.param(NOW + timedelta(hours=1), None, "but a plan was signed at 2026-11-26 08:00:00 UTC", id="behind"),
        pytest.param(NOW + 20 * YEAR, None, "but a plan was signed at 2046", id="20 years behind"),
        pytest.param(NOW - YEAR, None, "but nothing was signed since 2025-11-26", id="a year ahead"),
        pytest.param(NOW - 20 * YEAR, None, "clock_right_on", id="20 years ahead"),
        pytest.param(NOW - YEAR, TODAY - 100 * DAY, "but nothing was signed since 2026-08", id="looked long ago"),
        pytest.param(NOW - 20 * YEAR, TODAY + 10 * DAY, "but a plan was signed", id="before somebody looked"),
    ],
)
def test_one_that_cannot_is_not(last: datetime, seen_right: date | None, why: str) -> None:
    with pytest.raises(ClockDoubtful, match=why):
        check(NOW, last, seen_right)
