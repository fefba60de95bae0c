"""When nothing can be booked: closures, and the hours of a space's own."""

import sys
from datetime import date, timedelta
from types import FrameType
from typing import TYPE_CHECKING

import pytest

from controller.hours.model import Break, OpeningHours, OtherDay, SpaceHours, Term
from controller.hours.timetable import Timetable
from edge.wire.interval import Interval
from edge.wire.plan import Mode
from tests.controller.hours.books import LONDON, book, closure, day, divided, span, told, utc, week, windows

STAFFED = OpeningHours(pattern=week(span("09:00", "17:00")))
NINE_TO_TEN = Interval(start=utc("2026-11-26T09:00"), end=utc("2026-11-26T10:00"))

if TYPE_CHECKING:
    from _typeshed import TraceFunction


def why(hours: Timetable, during: Interval, space: str | None = None) -> list[str]:
    return [each.why for each in hours.closed(during, space=space)]


def wall(hours: Timetable, during: Interval, space: str) -> list[str]:
    """When it cannot be booked, on the wall."""
    return [
        f"{each.during.start.astimezone(LONDON):%d %H:%M}-{each.during.end.astimezone(LONDON):%d %H:%M}"
        for each in hours.closed(during, space=space)
    ]


def test_a_closure_of_the_site_closes_the_building_and_every_space() -> None:
    shut = closure("2026-11-26", "2026-11-27", "boiler")
    hours = book(STAFFED, closures=(shut,), spaces=divided())
    assert told(hours, Interval(start=day("2026-11-25").start, end=day("2026-11-28").end)) == [
        ("25 00:00", "closed", ""),
        ("25 09:00", "staffed", ""),
        ("25 17:00", "closed", ""),
        ("26 00:00", "closed", "boiler"),
        ("28 00:00", "closed", ""),
        ("28 09:00", "staffed", ""),
        ("28 17:00", "closed", ""),
    ]
    for space in (None, "hall", "studio"):
        assert why(hours, NINE_TO_TEN, space) == ["Ramsey Hub is closed Thu 26 Nov to Fri 27 Nov: boiler"]


def test_a_closure_over_midnight_closes_both_nights_ends_and_no_more() -> None:
    shut = closure("2026-11-26T22:00", "2026-11-27T02:00")
    hours = book(OpeningHours(pattern=week(span("00:00", "24:00"))), closures=(shut,), spaces=divided())
    assert told(hours, Interval(start=day("2026-11-26").start, end=day("2026-11-27").end)) == [
        ("26 00:00", "staffed", ""),
        ("26 22:00", "closed", "floor sanding"),
        ("27 02:00", "staffed", ""),
    ]
    assert wall(hours, day("2026-11-27"), "hall") == ["27 00:00-27 02:00"]
    assert why(hours, day("2026-11-27"), "hall") == [
        "Ramsey Hub is closed Thu 26 Nov, 22:00 to Fri 27 Nov, 02:00: floor sanding"
    ]


@pytest.mark.parametrize(
    ("shut", "met", "free"),
    [
        ("hall", {"hall", "left", "right"}, {"studio"}),
        ("left", {"hall", "left"}, {"right", "studio"}),
        ("studio", {"studio"}, {"hall", "left", "right"}),
    ],
)
def test_a_closure_of_a_space_meets_its_parts_and_its_whole(shut: str, met: set[str], free: set[str]) -> None:
    hours = book(STAFFED, closures=(closure("2026-11-26", "2026-11-26", "paint", shut),), spaces=divided())
    for space in met:
        assert why(hours, NINE_TO_TEN, space) == [f"{shut.capitalize()} is closed on Thu 26 Nov: paint"]
        assert told(hours, NINE_TO_TEN, space) == [("26 09:00", "closed", "paint")]
    for space in free:
        assert why(hours, NINE_TO_TEN, space) == []
        assert told(hours, NINE_TO_TEN, space) == [("26 09:00", "staffed", "")]
    assert told(hours, NINE_TO_TEN) == [("26 09:00", "staffed", "")]


@pytest.mark.parametrize(
    ("bound", "met", "free"),
    [
        ("left", {"hall", "left"}, {"right", "studio"}),
        ("hall", {"hall"}, {"left", "right", "studio"}),
        ("studio", {"studio"}, {"hall", "left", "right"}),
    ],
)
def test_the_own_hours_of_a_part_bind_its_whole_and_those_of_a_whole_leave_its_parts_alone(
    bound: str, met: set[str], free: set[str]
) -> None:
    hours = book(spaces=divided(**{bound: windows("10:00", "17:00")}))
    for space in met:
        assert why(hours, NINE_TO_TEN, space) == [f"{bound.capitalize()} can be booked 10:00 to 17:00"]
    for space in free:
        assert why(hours, NINE_TO_TEN, space) == []


def test_several_closed_spaces_are_named_together_and_a_space_that_is_gone_is_not() -> None:
    both = closure("2026-11-26", "2026-11-26", "paint", "left", "right", "attic")
    hours = book(STAFFED, closures=(both,), spaces=divided())
    assert why(hours, NINE_TO_TEN, "hall") == ["Left and Right are closed on Thu 26 Nov: paint"]
    gone = book(STAFFED, closures=(closure("2026-11-26", "2026-11-26", "paint", "attic"),), spaces=divided())
    assert why(gone, NINE_TO_TEN, "hall") == []
    assert told(gone, NINE_TO_TEN) == [("26 09:00", "staffed", "")]


def test_overlapping_closures_are_all_listed_and_close_once() -> None:
    shut = (closure("2026-11-26T08:00", "2026-11-26T12:00", "boiler"), closure("2026-11-26T09:30", "2026-11-26T18:00"))
    hours = book(STAFFED, closures=shut)
    assert [mode for _, mode, _ in told(hours, day("2026-11-26"))] == ["closed", "closed", "closed", "closed"]
    assert len(why(hours, NINE_TO_TEN)) == 2


def test_a_space_can_be_booked_in_its_own_hours_only() -> None:
    hours = book(spaces=divided(studio=windows("08:00", "22:00")))
    assert wall(hours, day("2026-11-26"), "studio") == ["26 00:00-26 08:00", "26 22:00-27 00:00"]
    assert set(why(hours, day("2026-11-26"), "studio")) == {"Studio can be booked 08:00 to 22:00"}
    assert why(hours, NINE_TO_TEN, "studio") == []
    assert why(hours, day("2026-11-26"), "hall") == []


def test_own_hours_are_answered_for_the_requested_day() -> None:
    own = (*windows("08:00", "12:00", range(5)), *windows("13:00", "22:00", range(5)), *windows("18:00", "26:00", (5,)))
    hours = book(spaces=divided(studio=own))
    assert why(hours, day("2026-11-26"), "studio")[0] == (
        "Studio can be booked 08:00 to 12:00 and 13:00 to 22:00 on Thursdays"
    )
    assert wall(hours, day("2026-11-29"), "studio") == ["29 02:00-30 00:00"]
    assert why(hours, day("2026-11-29"), "studio") == ["Studio cannot be booked on Sundays"]
    assert why(hours, day("2026-11-28"), "studio")[-1] == "Studio can be booked 18:00 to 02:00 on Saturdays"


@pytest.mark.parametrize("closes", ["24:00", "26:00"])
def test_a_booking_past_a_nights_end_is_refused_with_that_nights_hours(closes: str) -> None:
    """Saturday's window ends on Sunday; what begins in it is not booked “on Sundays”."""
    hours = book(spaces=divided(studio=windows("18:00", closes, (5,))))
    late = Interval(start=utc("2026-11-28T20:00"), end=utc("2026-11-29T03:00"))
    shown = "24:00" if closes == "24:00" else "02:00"
    against = [each.against(late) for each in hours.closed(late, space="studio")]
    assert against == [f"Studio can be booked 18:00 to {shown} on Saturdays"]
    sunday = Interval(start=utc("2026-11-29T10:00"), end=utc("2026-11-29T11:00"))
    assert why(hours, sunday, "studio") == ["Studio cannot be booked on Sundays"]


def test_a_space_without_any_hours_cannot_be_booked_at_all() -> None:
    hours = book(spaces=divided(studio=()))
    during = Interval(start=utc("2026-11-01T00:00"), end=utc("2027-02-01T00:00"))
    assert set(why(hours, during, "studio")) == {"Studio cannot be booked at any time"}
    assert sum(each.during.seconds for each in hours.closed(during, space="studio")) == during.seconds


@pytest.mark.parametrize(
    ("on", "gaps"),
    [
        ("2027-03-28", ["28 00:00-28 02:30", "28 04:00-29 00:00"]),
        ("2026-10-25", ["25 00:00-25 01:30", "25 04:00-26 00:00"]),
    ],
)
def test_own_hours_keep_their_wall_time_over_both_clock_changes(on: str, gaps: list[str]) -> None:
    """Half past one does not exist in March and comes twice in October, when the first is meant."""
    hours = book(spaces=divided(studio=windows("01:30", "04:00")))
    assert wall(hours, day(on), "studio") == gaps
    lengths = [each.during.seconds / 3600 for each in hours.closed(day(on), space="studio")]
    assert lengths == [1.5, 20.0]


def test_a_window_that_the_clocks_skip_leaves_the_whole_night_closed() -> None:
    hours = book(spaces=divided(studio=windows("01:15", "01:45")))
    found = hours.closed(day("2027-03-28"), space="studio")
    assert found[0].during.start == day("2027-03-28").start
    assert found[-1].during.end == day("2027-03-28").end


AUTUMN = Term(
    id="autumn-2026",
    name="Autumn term",
    first=date(2026, 9, 3),
    last=date(2026, 12, 18),
    breaks=(Break(first=date(2026, 10, 26), last=date(2026, 10, 30), name="Half-term"),),
)


@pytest.mark.parametrize(
    ("on", "in_term"),
    [
        ("2026-09-02", False),
        ("2026-09-03", True),
        ("2026-10-25", True),
        ("2026-10-26", False),
        ("2026-10-30", False),
        ("2026-10-31", True),
        ("2026-12-18", True),
        ("2026-12-19", False),
    ],
)
def test_a_day_is_in_term_from_its_first_to_its_last_save_in_a_break(on: str, in_term: bool) -> None:
    hours = book(terms=(AUTUMN,))
    found = date.fromisoformat(on)
    assert hours.in_term(found) == in_term
    assert (hours.term(found) == AUTUMN) == in_term


def test_without_terms_nobody_knows_whether_a_day_is_in_one() -> None:
    assert book().in_term(date(2026, 11, 25)) is None


def many(count: int) -> Timetable:
    """Hours with as many dates of their own, and as many closures of the studio."""
    dates = [date(2026, 1, 1) + timedelta(days=2 * each) for each in range(count)]
    return book(
        OpeningHours(
            pattern=week(span("09:00", "17:00"), span("17:00", "22:00", Mode.EXTENDED)),
            exceptions=tuple(OtherDay(date=each, note="x", spans=(span("10:00", "12:00"),)) for each in dates),
        ),
        closures=tuple(closure(f"{each}T01:00", f"{each}T02:00", "clean", "studio") for each in dates),
        spaces={"studio": SpaceHours(name="Studio", atoms=frozenset({"studio"}))},
    )


def lines_to_answer(hours: Timetable) -> int:
    """How many lines of Python a question costs once its month is known."""
    counted = 0

    def count(frame: FrameType, event: str, arg: object) -> "TraceFunction":
        nonlocal counted
        counted += event == "line"
        return count

    def ask() -> None:
        hours.modes(NINE_TO_TEN, space="studio")
        hours.closed(NINE_TO_TEN, space="studio")

    ask()
    before = sys.gettrace()
    sys.settrace(count)
    try:
        ask()
    finally:
        sys.settrace(before)
    return counted


def test_two_thousand_dates_and_closures_cost_a_question_no_more_than_ten() -> None:
    assert 0 < lines_to_answer(many(2000)) <= 2 * lines_to_answer(many(10))
