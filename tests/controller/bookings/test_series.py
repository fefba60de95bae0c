"""A weekly series keeps its wall time over both clock changes."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from controller import localtime
from controller.bookings.series import Clocks, count, weekly

LONDON = ZoneInfo("Europe/London")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_an_evening_keeps_its_wall_time_over_both_changes() -> None:
    found = weekly(
        first_starts=at("2026-03-24T19:00"), first_ends=at("2026-03-24T21:00"), until=date(2026, 10, 27), zone=LONDON
    )
    walls = {
        (f"{localtime.wall(each.during.start, LONDON):%H:%M}", f"{localtime.wall(each.during.end, LONDON):%H:%M}")
        for each in found
        if each.during is not None
    }
    assert walls == {("19:00", "21:00")}
    assert found[0].during is not None
    assert found[1].during is not None
    assert found[0].during.start == datetime(2026, 3, 24, 19, tzinfo=UTC)
    assert found[1].during.start == datetime(2026, 3, 31, 18, tzinfo=UTC)
    assert len(found) == 32
    assert {each.clocks for each in found} == {Clocks.NOTHING}


def test_a_start_that_does_not_exist_moves_forward_by_the_gap_and_is_marked() -> None:
    found = weekly(
        first_starts=at("2026-03-22T01:30"), first_ends=at("2026-03-22T03:30"), until=date(2026, 4, 5), zone=LONDON
    )
    assert [each.clocks for each in found] == [Clocks.NOTHING, Clocks.MOVED, Clocks.NOTHING]
    moved = found[1]
    assert moved.during is not None
    assert moved.during.start == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert moved.during.end == datetime(2026, 3, 29, 2, 30, tzinfo=UTC)
    assert moved.text == "moved by the clock change to 02:30 to 03:30"


def test_an_occurrence_left_empty_is_listed_and_not_made() -> None:
    found = weekly(
        first_starts=at("2026-03-22T01:30"), first_ends=at("2026-03-22T02:15"), until=date(2026, 4, 5), zone=LONDON
    )
    assert [each.during is None for each in found] == [False, True, False]
    assert found[1].clocks is Clocks.EMPTY
    assert "leave nothing of 01:30 to 02:15" in found[1].text


def test_a_night_over_a_change_is_an_hour_longer_or_shorter_and_says_so() -> None:
    autumn = weekly(
        first_starts=at("2026-10-24T22:00"), first_ends=at("2026-10-25T04:00"), until=date(2026, 10, 24), zone=LONDON
    )
    spring = weekly(
        first_starts=at("2026-03-28T22:00"), first_ends=at("2026-03-29T04:00"), until=date(2026, 3, 28), zone=LONDON
    )
    assert autumn[0].during is not None
    assert spring[0].during is not None
    assert autumn[0].during.seconds == 7 * 3600
    assert spring[0].during.seconds == 5 * 3600
    assert autumn[0].text == "1 hour longer, since the clocks change"
    assert spring[0].text == "1 hour shorter, since the clocks change"


def test_a_time_that_comes_twice_is_the_first() -> None:
    found = weekly(
        first_starts=at("2026-10-25T01:15"), first_ends=at("2026-10-25T01:45"), until=date(2026, 10, 25), zone=LONDON
    )
    assert found[0].during is not None
    assert found[0].during.start == datetime(2026, 10, 25, 0, 15, tzinfo=UTC)
    assert found[0].during.seconds == 1800


@given(
    st.datetimes(min_value=at("2020-01-01"), max_value=at("2035-01-01")),
    st.timedeltas(min_value=timedelta(minutes=1), max_value=timedelta(days=7)),
    st.integers(min_value=0, max_value=103),
)
def test_every_date_is_there_once_and_occurrences_never_overlap(
    starts: datetime, length: timedelta, weeks: int
) -> None:
    until = starts.date() + timedelta(weeks=weeks)
    found = weekly(first_starts=starts, first_ends=starts + length, until=until, zone=LONDON)
    assert len(found) == count(starts.date(), until) == weeks + 1
    assert [each.date for each in found] == [starts.date() + timedelta(weeks=week) for week in range(weeks + 1)]
    times = [each.during for each in found if each.during is not None]
    assert all(not left.overlaps(right) for left, right in pairwise(times))
