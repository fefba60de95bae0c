"""Opening hours to modes, over both clock changes."""

from datetime import date, timedelta

import pytest

from controller.hours.model import OpeningHours, OtherDay
from controller.platform.text import local_time
from edge.wire.interval import Interval
from edge.wire.plan import Mode
from tests.controller.hours.books import LONDON, book, span, utc, week


def told(timetable: OpeningHours, start: str, end: str) -> list[tuple[str, str, str]]:
    during = Interval(start=utc(start), end=utc(end))
    return [
        (f"{found.during.start:%dT%H:%M}", f"{found.during.end:%dT%H:%M}", found.mode.value)
        for found in book(timetable).modes(during)
    ]


def test_without_opening_hours_a_site_is_closed() -> None:
    assert told(OpeningHours(), "2026-11-25T00:00", "2026-12-25T00:00") == [("25T00:00", "25T00:00", "closed")]


def test_the_asked_time_is_tiled_and_cut_at_its_ends() -> None:
    timetable = OpeningHours(pattern=week(span("09:00", "17:00"), span("17:00", "22:00", Mode.EXTENDED)))
    assert told(timetable, "2026-11-25T12:00", "2026-11-26T10:00") == [
        ("25T12:00", "25T17:00", "staffed"),
        ("25T17:00", "25T22:00", "extended"),
        ("25T22:00", "26T09:00", "closed"),
        ("26T09:00", "26T10:00", "staffed"),
    ]


def test_opening_hours_keep_their_wall_time_over_both_clock_changes() -> None:
    timetable = OpeningHours(pattern=week(span("09:00", "17:00")))
    for before, change in (("2026-03-28", "2026-03-29"), ("2026-10-24", "2026-10-25")):
        found = [
            local_time.wall(period.during.start, LONDON).time().hour
            for period in book(timetable).modes(Interval(start=utc(before), end=utc(change) + timedelta(days=1)))
            if period.mode is Mode.STAFFED
        ]
        assert found == [9, 9]


def test_a_span_over_the_night_is_an_hour_shorter_in_march_and_longer_in_october() -> None:
    timetable = OpeningHours(pattern=week(span("00:00", "06:00")))
    (march,) = [
        p for p in book(timetable).modes(local_time.day_bounds(date(2026, 3, 29), LONDON)) if p.mode is Mode.STAFFED
    ]
    (october,) = [
        p for p in book(timetable).modes(local_time.day_bounds(date(2026, 10, 25), LONDON)) if p.mode is Mode.STAFFED
    ]
    assert (march.during.seconds, october.during.seconds) == (5 * 3600, 7 * 3600)


def test_an_end_that_the_clocks_skip_moves_forward_by_the_gap() -> None:
    timetable = OpeningHours(pattern=week(span("00:00", "01:30")))
    assert told(timetable, "2026-03-29T00:00", "2026-03-29T03:00") == [
        ("29T00:00", "29T01:30", "staffed"),
        ("29T01:30", "29T03:00", "closed"),
    ]


def test_a_start_that_the_clocks_skip_moves_forward_by_the_gap() -> None:
    timetable = OpeningHours(pattern=week(span("01:30", "04:00")))
    assert told(timetable, "2026-03-29T00:00", "2026-03-29T04:00") == [
        ("29T00:00", "29T01:30", "closed"),
        ("29T01:30", "29T03:00", "staffed"),
        ("29T03:00", "29T04:00", "closed"),
    ]


def test_a_span_whose_start_moves_past_its_end_is_not_made() -> None:
    timetable = OpeningHours(pattern=week(span("01:30", "02:15")))
    assert told(timetable, "2026-03-29T00:00", "2026-03-29T12:00") == [("29T00:00", "29T12:00", "closed")]


def test_what_comes_twice_takes_the_first() -> None:
    timetable = OpeningHours(pattern=week(span("01:15", "01:45")))
    assert told(timetable, "2026-10-25T00:00", "2026-10-25T03:00") == [
        ("25T00:00", "25T00:15", "closed"),
        ("25T00:15", "25T00:45", "staffed"),
        ("25T00:45", "25T03:00", "closed"),
    ]


def test_moved_spans_never_overlap() -> None:
    timetable = OpeningHours(pattern=week(span("01:15", "01:45"), span("02:00", "03:00", Mode.EXTENDED)))
    assert told(timetable, "2026-03-29T00:00", "2026-03-29T03:00") == [
        ("29T00:00", "29T01:00", "closed"),
        ("29T01:00", "29T02:00", "extended"),
        ("29T02:00", "29T03:00", "closed"),
    ]


def test_an_exception_takes_the_place_of_the_whole_day_and_says_why() -> None:
    timetable = OpeningHours(
        pattern=week(span("09:00", "17:00")),
        exceptions=(
            OtherDay(date=date(2026, 12, 24), note="Christmas Eve", spans=(span("09:00", "12:00"),)),
            OtherDay(date=date(2026, 12, 25), note="Christmas Day"),
        ),
    )
    found = book(timetable).modes(Interval(start=utc("2026-12-24T00:00"), end=utc("2026-12-27T00:00")))
    assert [(f"{p.during.start:%dT%H}", f"{p.during.end:%dT%H}", p.mode.value, p.note) for p in found] == [
        ("24T00", "24T09", "closed", "Christmas Eve"),
        ("24T09", "24T12", "staffed", "Christmas Eve"),
        ("24T12", "25T00", "closed", "Christmas Eve"),
        ("25T00", "26T00", "closed", "Christmas Day"),
        ("26T00", "26T09", "closed", ""),
        ("26T09", "26T17", "staffed", ""),
        ("26T17", "27T00", "closed", ""),
    ]


def test_hours_that_end_at_midnight_join_those_that_begin_there() -> None:
    timetable = OpeningHours(pattern=week(span("00:00", "24:00")))
    assert told(timetable, "2026-10-20T00:00", "2026-10-30T00:00") == [("20T00:00", "30T00:00", "staffed")]


@pytest.mark.parametrize(
    ("at", "mode", "until"),
    [
        ("2026-11-25T12:00", Mode.STAFFED, "2026-11-25T17:00"),
        ("2026-11-25T17:00", Mode.CLOSED, "2026-11-26T09:00"),
        ("2026-11-25T09:00", Mode.STAFFED, "2026-11-25T17:00"),
    ],
)
def test_the_mode_of_a_moment_holds_until_the_next(at: str, mode: Mode, until: str) -> None:
    found = book(OpeningHours(pattern=week(span("09:00", "17:00")))).mode_at(utc(at))
    assert (found.mode, found.during.end) == (mode, utc(until))
