"""An interval is half-open, never empty, and in UTC for ends in any zone."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.wire.interval import Interval

LONDON = ZoneInfo("Europe/London")
NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def hours(first: float, last: float) -> Interval:
    return Interval(start=NOON + first * HOUR, end=NOON + last * HOUR)


def test_both_ends_are_held_in_utc() -> None:
    found = Interval(start=datetime(2026, 7, 1, 18, tzinfo=LONDON), end=datetime(2026, 7, 1, 20, tzinfo=LONDON))
    assert (found.start, found.end) == (
        datetime(2026, 7, 1, 17, tzinfo=UTC),
        datetime(2026, 7, 1, 19, tzinfo=UTC),
    )
    assert found.start.tzinfo is UTC
    assert found.end.tzinfo is UTC


@pytest.mark.parametrize(
    ("start", "end", "length_h"),
    [
        (datetime(2026, 10, 25, 0, 30, tzinfo=LONDON), datetime(2026, 10, 25, 2, 30, tzinfo=LONDON), 3),
        (datetime(2026, 3, 29, 0, 30, tzinfo=LONDON), datetime(2026, 3, 29, 2, 30, tzinfo=LONDON), 1),
        (datetime(2026, 10, 25, 1, 30, tzinfo=LONDON), datetime(2026, 10, 25, 1, 30, fold=1, tzinfo=LONDON), 1),
    ],
)
def test_its_length_is_real_time_over_a_clock_change(start: datetime, end: datetime, length_h: float) -> None:
    assert Interval(start=start, end=end).seconds == length_h * 3600


@pytest.mark.parametrize("last", [0, -1])
def test_an_empty_or_reversed_interval_is_refused_with_both_ends(last: float) -> None:
    with pytest.raises(ValueError, match="interval") as refused:
        hours(0, last)
    assert str(refused.value) == f"an interval ends after it starts: {NOON} to {NOON + last * HOUR}"


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (datetime(1, 1, 1, tzinfo=timezone(HOUR)), NOON),
        (NOON, datetime(9999, 12, 31, 23, 30, tzinfo=timezone(-HOUR))),
    ],
)
def test_ends_outside_the_range_of_utc_are_refused(start: datetime, end: datetime) -> None:
    with pytest.raises(ValueError, match=r"^an interval at the end of the calendar: "):
        Interval(start=start, end=end)


def test_its_start_lies_in_it_and_its_end_does_not() -> None:
    found = hours(0, 1)
    assert [NOON + at in found for at in (-timedelta(microseconds=1), timedelta(), HOUR / 2, HOUR)] == [
        False,
        True,
        True,
        False,
    ]


def test_adjacent_intervals_do_not_overlap() -> None:
    assert not hours(0, 1).overlaps(hours(1, 2))
    assert not hours(1, 2).overlaps(hours(0, 1))


@given(*[st.integers(0, 20)] * 2, *[st.integers(1, 10)] * 2)
def test_two_overlap_when_some_instant_lies_in_both(first: int, second: int, long: int, longer: int) -> None:
    one, other = hours(first, first + long), hours(second, second + longer)
    shared = any(NOON + at * HOUR in one and NOON + at * HOUR in other for at in range(31))
    assert one.overlaps(other) is other.overlaps(one) is shared
