"""Booked against present, booking by booking: what is known, what is shared, what is not measured."""

import itertools
import random
from datetime import timedelta

import pytest

from controller.bookings.arrivals import THROUGH
from controller.bookings.diary.model import Arrival
from controller.hours.model import OpeningHours
from controller.use.attendance.case import Case
from controller.use.attendance.evidence import together
from controller.use.attendance.model import Count, Finding, How
from controller.use.attendance.record import attendance
from edge.wire.events import DoorChange
from tests.controller.hours.books import span, week
from tests.controller.use.attendance.seeing import Day, at, booked, grant, hub, window

CHOIR = booked("hall", "18:00", "20:00")
YOGA = booked("studio", "18:00", "20:00")
BOARD = booked("meeting", "18:30", "20:30")
SCOUTS = booked("hut", "18:00", "20:00")
YARD = booked("yard", "18:00", "20:00")


def evening(*more: object) -> Day:
    """The choir: one code, a dozen people, all out by ten past eight."""
    day = Day(CHOIR).code("17:50", CHOIR).count("17:50", ins=1)
    return day.count("17:58", ins=8).count("18:10", ins=3).count("19:00", outs=1).count("20:10", outs=11)


def test_an_evening_at_a_door_of_its_own_is_known_from_code_to_last_exit() -> None:
    found = evening().record(CHOIR)
    assert (found.code_on.how, found.code_on.at) == (How.KNOWN, at("13:00"))
    assert (found.first_code.at, found.first_person.at, found.arrived.at) == (at("17:50"),) * 3
    assert (found.codes_used.number, found.came.number, found.let_ins.number) == (1, 12, 11)
    assert (found.peak.how, found.peak.number, found.peak.error) == (How.KNOWN, 12, 1)
    assert (found.left.how, found.left.at, found.overstay.number) == (How.KNOWN, at("20:10"), 10)
    assert (found.no_show.finding, found.over_capacity.finding) == (Finding.NO, Finding.NO)
    assert found.shared == ()


def test_nobody_is_a_no_show_only_where_every_door_told_everything() -> None:
    found = Day(CHOIR).record(CHOIR)
    assert (found.arrived.how, found.no_show.finding) == (How.NONE, Finding.YES)
    assert (found.came.how, found.came.number) == (How.KNOWN, 0)
    assert (found.left.how, found.overstay.how) == (How.NONE, How.NONE)
    assert Day(SCOUTS).record(SCOUTS).no_show.finding is Finding.YES


@pytest.mark.parametrize(
    ("dark", "verdict"),
    [
        (("18:30", "18:40"), Finding.NOT_MEASURED),
        (("17:00", "21:00"), Finding.NOT_MEASURED),
        (("17:50", "17:59"), Finding.NOT_MEASURED),
        (("12:00", "17:30"), Finding.YES),
        (("20:05", "20:10"), Finding.YES),
    ],
)
def test_an_edge_that_was_away_makes_no_no_show(dark: tuple[str, str], verdict: Finding) -> None:
    found = Day(CHOIR).record(CHOIR, dark=[dark])
    assert found.no_show.finding is verdict
    if verdict is Finding.NOT_MEASURED:
        assert (found.arrived.how, found.arrived.at) == (How.NOT_MEASURED, None)
        assert (found.came.number, found.codes_used.number) == (None, None)
        assert "Hall door" in found.no_show.text


def test_what_has_not_come_yet_from_the_edge_is_not_zero() -> None:
    found = Day(CHOIR).record(CHOIR, heard="18:20")
    assert (found.no_show.finding, found.came.how, found.peak.how) == (
        *(Finding.NOT_MEASURED, How.NOT_MEASURED, How.NOT_MEASURED),
    )
    assert (found.came.number, found.peak.number) == (None, None)


def test_a_dead_beam_makes_counts_at_least_or_not_measured_and_never_zero() -> None:
    dead = {"hall-door": [("18:05", "18:20")]}
    found = evening().record(CHOIR, blind=dead)
    assert (found.came.how, found.came.number) == (How.AT_LEAST, 12)
    assert (found.let_ins.how, found.let_ins.number) == (How.AT_LEAST, 11)
    assert (found.peak.how, found.peak.number) == (How.AT_LEAST, 9)
    assert "the counter at Hall door from 18:05 to 18:20" in found.peak.text
    assert found.over_capacity.finding is Finding.NOT_MEASURED
    nobody = Day(CHOIR).code("17:50", CHOIR).record(CHOIR, blind={"hall-door": [("17:00", "21:00")]})
    assert [each.number for each in (nobody.came, nobody.peak, nobody.let_ins, nobody.overstay)] == [None] * 4
    assert (nobody.arrived.how, nobody.arrived.at) == (How.KNOWN, at("17:50"))
    assert nobody.no_show.finding is Finding.NO


def test_with_a_dead_beam_nobody_is_a_no_show() -> None:
    found = Day(CHOIR).record(CHOIR, blind={"hall-door": [("18:00", "18:30")]})
    assert found.no_show.finding is Finding.NOT_MEASURED
    assert found.no_show.text == "nothing is known of the counter at Hall door from 18:00 to 18:30"


def test_a_code_that_may_not_have_been_the_first_was_used_by_then() -> None:
    found = evening().record(CHOIR, dark=[("17:46", "17:48")])
    assert (found.first_code.how, found.first_code.at) == (How.AT_MOST, at("17:50"))
    assert (found.codes_used.how, found.codes_used.number) == (How.AT_LEAST, 1)


def test_a_door_without_a_counter_measures_no_people() -> None:
    found = Day(SCOUTS).code("17:55", SCOUTS, "hut-door").record(SCOUTS)
    assert (found.arrived.at, found.codes_used.number) == (at("17:55"), 1)
    assert {each.how for each in (found.came, found.peak, found.let_ins, found.overstay)} == {How.NOT_MEASURED}
    assert found.peak.text == "there is no counter at Hut door"
    assert found.left.how is How.NOT_MEASURED


def test_a_room_without_a_door_is_not_measured() -> None:
    found = Day(YARD).record(YARD)
    assert (found.no_show.finding, found.no_show.text) == (Finding.NOT_MEASURED, "no door leads there")
    assert (found.code_on.how, found.peak.number, found.codes_used.number) == (How.NONE, None, None)


def test_more_people_than_the_room_holds_is_said_only_beyond_the_error() -> None:
    def of(number: int) -> Finding:
        return Day(CHOIR).code("17:50", CHOIR).count("17:51", ins=number).record(CHOIR).over_capacity.finding

    assert [of(number) for number in (18, 20, 21, 24)] == [
        *(Finding.NO, Finding.NOT_MEASURED, Finding.NOT_MEASURED, Finding.YES),
    ]


def test_the_peak_is_of_the_booked_time() -> None:
    day = Day(CHOIR).code("17:50", CHOIR).count("17:51", ins=9).count("17:55", outs=4).count("20:05", ins=9)
    assert day.record(CHOIR).peak.number == 5


def test_who_came_before_the_code_opened_counts_in_the_peak() -> None:
    day = Day(CHOIR).count("09:00", ins=1).count("09:10", outs=1).count("17:30", ins=15).code("17:50", CHOIR)
    found = day.count("17:51", ins=5).count("20:05", outs=20).record(CHOIR)
    assert (found.came.number, found.peak.how, found.peak.number) == (5, How.KNOWN, 20)
    assert "counted from 17:30" in found.peak.text
    assert found.over_capacity.finding is Finding.NOT_MEASURED


@pytest.mark.parametrize(
    ("outs", "how", "over"), [(6, How.KNOWN, Finding.NO), (20, How.AT_LEAST, Finding.NOT_MEASURED)]
)
def test_a_peak_of_which_more_left_than_came_is_at_least(outs: int, how: How, over: Finding) -> None:
    day = Day(CHOIR).code("17:50", CHOIR).count("17:51", ins=5).count("20:05", outs=outs)
    found = day.record(CHOIR)
    assert (found.peak.how, found.peak.number, found.over_capacity.finding) == (how, 5, over)
    shared = Day(YOGA, BOARD).count("17:51", ins=5, door="front-door").count("20:05", outs=outs, door="front-door")
    assert shared.record(YOGA).peak.how is (How.AT_MOST if how is How.KNOWN else How.NOT_MEASURED)


def test_what_a_later_booking_miscounts_does_not_touch_the_peak() -> None:
    late = booked("hall", "21:00", "22:00")
    day = Day(CHOIR, late).code("17:50", CHOIR).count("17:51", ins=5).count("20:05", outs=5).count("21:50", outs=9)
    assert day.record(CHOIR).peak.how is How.KNOWN


@pytest.mark.parametrize("space", ["hall", "studio"])
def test_bookings_that_follow_each_other_over_midnight_are_counted_from_the_first(space: str) -> None:
    day = "2027-01-01"
    new_year, after = booked(space, "20:00", "23:55", day="2026-12-31"), booked(space, "00:20", "03:00", day=day)
    door = "hall-door" if space == "hall" else "front-door"
    told = Day(new_year, after, day=day).count("01:00", ins=1, door=door).count("00:30", ins=3, door=door)
    told.events[0] = told.events[0]._replace(at=at("20:05", "2026-12-31"))
    told.count("02:00", outs=1, door=door)
    assert told.record(after, now="12:00").peak.number == 4


def test_people_who_are_still_counted_inside_have_not_left() -> None:
    day = Day(CHOIR).code("17:50", CHOIR).count("17:51", ins=9).count("19:30", outs=2)
    found = day.record(CHOIR, now="20:30")
    assert (found.left.how, found.left.at) == (How.AT_LEAST, at("20:30"))
    assert (found.overstay.how, found.overstay.number) == (How.AT_LEAST, 30)
    assert "7 ± 1 were still there" in found.left.text
    running = day.record(CHOIR, now="19:40")
    assert (running.left.how, running.overstay.how, running.no_show.finding) == (How.LATER, How.LATER, Finding.NO)


def test_while_a_booking_runs_nobody_has_left_yet() -> None:
    day = Day(YOGA, BOARD).code("17:55", YOGA, "front-door").count("18:20", ins=3, outs=1, door="front-door")
    assert day.record(YOGA, now="19:00").left.how is How.LATER
    assert Day(SCOUTS).moves("18:06", "18:09", "hut").record(SCOUTS, now="19:00", sensors=["hut"]).left.how is How.LATER


def test_of_a_booking_that_is_to_come_only_its_code_is_known() -> None:
    found = Day(CHOIR).record(CHOIR, now="14:00")
    assert found.code_on.at == at("13:00")
    assert {each.how for each in (found.first_code, found.first_person, found.arrived, found.left)} == {How.LATER}
    assert {each.how for each in (found.codes_used, found.came, found.peak, found.overstay)} == {How.LATER}
    assert {found.no_show.finding, found.over_capacity.finding} == {Finding.LATER}


def test_a_door_that_never_had_the_code_is_named() -> None:
    case = Case(booking=CHOIR, where=hub(), window=window(CHOIR), seen=Day(CHOIR).seen(), now=at("23:30"))
    found = attendance(case, [grant(CHOIR, "hall-door", on=False)])
    assert (found.code_on.how, found.code_on.at) == (How.NOT_MEASURED, None)
    assert found.code_on.text == "Hall door has not said that it has the code"
    late = attendance(case, [grant(CHOIR, "hall-door", on_at=at("18:20"))])
    assert (late.code_on.at, late.code_on.text) == (at("18:20"), "Hall door had the code after its start")


def test_one_that_was_moved_has_the_code_since_its_last_grant() -> None:
    case = Case(booking=CHOIR, where=hub(), window=window(CHOIR), seen=Day(CHOIR).seen(), now=at("23:30"))
    old, new = grant(CHOIR, "hall-door", on_at=at("08:00")), grant(CHOIR, "hall-door", on_at=at("12:00"))
    import msgspec

    ended = msgspec.structs.replace(old, ended_at=at("11:00"))
    assert attendance(case, [new, ended]).code_on.at == at("12:00")


def test_a_code_that_is_typed_to_leave_is_neither_used_to_come_nor_hides_who_was_let_in() -> None:
    sides = {"keypad": ("hall-door", False), "way-out": ("hall-door", True)}
    day = Day(CHOIR).code("17:50", CHOIR, reader="keypad").count("17:50", ins=12)
    for minute in range(12):
        day.code(f"20:{minute:02}", CHOIR, reader="way-out")
    found = day.count("20:11", outs=12).record(CHOIR, sides=sides)
    assert (found.codes_used.number, found.let_ins.how, found.let_ins.number) == (1, How.KNOWN, 11)
    out = Day(CHOIR).code("19:00", CHOIR, reader="way-out").record(CHOIR, sides=sides)
    assert (out.first_code.how, out.codes_used.number, out.no_show.finding) == (How.NONE, 0, Finding.NOT_MEASURED)
    unsaid = Day(CHOIR).code("17:50", CHOIR).code("20:02", CHOIR).count("17:50", ins=12).record(CHOIR, sides=sides)
    assert (unsaid.codes_used.how, unsaid.codes_used.number) == (How.AT_MOST, 2)
    assert (unsaid.let_ins.how, unsaid.let_ins.number) == (How.AT_LEAST, 10)


# Shared doors


def test_rooms_that_share_a_door_share_what_they_cannot_tell_apart_and_say_so() -> None:
    day = Day(YOGA, BOARD)
    day.code("17:55", YOGA, "front-door").count("17:56", ins=3, door="front-door")
    day.count("18:10", ins=4, door="front-door")  # before the board's code opens: still nobody else's
    day.count("18:20", ins=5, door="front-door").count("20:05", outs=6, door="front-door")
    found = day.record(YOGA)
    assert (found.came.how, found.came.number) == (How.AT_LEAST, 7)
    assert "5 more came in who may have been its people" in found.came.text
    assert (found.peak.how, found.peak.number) == (How.AT_MOST, 12)
    assert "Studio and Meeting room cannot be told apart" in found.peak.text
    assert (found.left.how, found.left.at) == (How.SHARED, at("20:05"))
    assert found.overstay.how is How.NOT_MEASURED
    assert found.shared[0] == "Front door leads to Meeting room too."
    assert "Codes of other bookings opened Front door in this time." in found.shared
    other = day.record(BOARD)
    assert (other.came.how, other.came.number, other.arrived.how) == (How.SHARED, None, How.SHARED)
    assert other.no_show.finding is Finding.NOT_MEASURED


def test_most_of_all_who_share_a_door_rules_out_that_one_room_was_too_full() -> None:
    day = Day(YOGA, BOARD).code("17:55", YOGA, "front-door").count("17:56", ins=9, door="front-door")
    assert day.record(YOGA).over_capacity.finding is Finding.NO
    day.code("18:25", BOARD, "front-door").count("18:26", ins=9, door="front-door")
    assert day.record(YOGA).over_capacity.finding is Finding.NOT_MEASURED


def test_a_shared_door_is_a_bookings_own_while_the_building_is_closed_but_for_it() -> None:
    day = Day(YOGA).code("17:55", YOGA, "front-door").count("17:56", ins=3, door="front-door")
    day.count("18:05", ins=4, door="front-door").count("20:04", outs=7, door="front-door")
    found = day.record(YOGA)
    assert (found.came.how, found.came.number, found.let_ins.number) == (How.KNOWN, 7, 6)
    assert (found.peak.how, found.peak.number) == (How.KNOWN, 7)
    assert (found.left.how, found.left.at, found.overstay.number) == (How.KNOWN, at("20:04"), 4)


def test_readers_of_an_open_library_are_nobodys_people() -> None:
    day_time = booked("studio", "10:00", "12:00")
    found = Day(day_time).count("10:30", ins=5, door="front-door").record(day_time)
    assert (found.came.how, found.came.number, found.arrived.how) == (How.SHARED, None, How.SHARED)
    assert (found.no_show.finding, found.peak.how) == (Finding.NOT_MEASURED, How.AT_MOST)


def test_a_door_that_is_open_to_everybody_has_no_let_ins() -> None:
    day_time = booked("hall", "10:00", "12:00")
    where = hub(OpeningHours(pattern=week(span("09:00", "17:00")), free_doors=("hall-door",)))
    found = Day(day_time, where=where).code("10:00", day_time).count("10:01", ins=5).record(day_time)
    assert (found.let_ins.how, found.let_ins.number) == (How.NOT_MEASURED, None)


def test_all_exits_of_the_rooms_that_share_a_door_are_counted_together() -> None:
    from controller.estate.model import Space

    spaces = [
        Space(site="hub", id="studio", name="Studio", doors=("front-door",)),
        Space(site="hub", id="hall", name="Hall", doors=("front-door", "hall-door")),
    ]
    where, other = hub(spaces=spaces), booked("hall", "18:00", "20:00")
    day = Day(YOGA, other, where=where).count("17:50", ins=8, door="front-door").count("17:58", outs=5)
    assert day.record(YOGA).peak.number == 3


# Bookings one after the other


def test_who_leaves_before_the_next_comes_in_was_of_the_booking_before() -> None:
    late = booked("hall", "20:00", "22:00")
    day = Day(CHOIR, late).code("17:50", CHOIR).count("17:51", ins=9).count("20:04", outs=9)
    day.code("20:06", late).count("20:06", ins=5).count("21:50", outs=5)
    found, following = day.record(CHOIR), day.record(late)
    assert (found.left.how, found.left.at, found.overstay.number) == (How.KNOWN, at("20:04"), 4)
    assert (following.came.number, following.peak.number, following.left.at) == (5, 9, at("21:50"))
    assert "Codes of the bookings before or after opened its own door for some of this time." in found.shared


def test_once_the_next_comes_in_who_leaves_cannot_be_told_apart() -> None:
    late = booked("hall", "20:00", "22:00")
    day = Day(CHOIR, late).code("17:50", CHOIR).count("17:51", ins=9)
    day.code("19:55", late).count("19:55", ins=5).count("20:10", outs=9).count("22:00", outs=5)
    found = day.record(CHOIR)
    assert (found.left.how, found.left.at) == (How.AT_LEAST, at("20:00"))
    assert found.overstay.number is None


def test_people_without_a_code_between_two_bookings_may_be_of_either() -> None:
    late = booked("hall", "20:00", "22:00")
    day = Day(CHOIR, late).count("19:50", ins=4)
    assert day.record(CHOIR).no_show.finding is Finding.NOT_MEASURED
    assert day.record(late).no_show.finding is Finding.NOT_MEASURED


# Keys and openings that nobody's code explains


def test_a_key_holder_is_not_the_people_of_a_booking() -> None:
    day = Day(CHOIR).key("18:20").count("18:20", ins=1)
    found = day.record(CHOIR)
    assert (found.came.how, found.came.number) == (How.SHARED, None)
    assert (found.no_show.finding, found.arrived.how) == (Finding.NOT_MEASURED, How.SHARED)
    assert "somebody with a key of their own" in found.first_person.text
    later = day.count("18:40", ins=6).record(CHOIR)
    assert (later.came.how, later.came.number, later.arrived.at) == (How.AT_LEAST, 6, at("18:40"))
    assert later.arrived.how is How.AT_MOST


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ((("18:05", DoorChange.OPENED),), Finding.NOT_MEASURED),
        ((("18:05", DoorChange.EXIT), ("18:05", DoorChange.OPENED)), Finding.NOT_MEASURED),
        ((("18:05", DoorChange.UNLOCKED), ("18:06", DoorChange.LOCKED)), Finding.NOT_MEASURED),
        ((("17:40", DoorChange.OPENED),), Finding.NOT_MEASURED),
        ((("21:00", DoorChange.CLOSED),), Finding.NOT_MEASURED),
        ((("16:00", DoorChange.OPENED), ("16:01", DoorChange.CLOSED)), Finding.YES),
        ((("20:00", DoorChange.OPENED), ("20:01", DoorChange.CLOSED)), Finding.YES),
    ],
)
def test_without_a_counter_a_no_show_needs_a_door_that_stayed_shut(
    changes: tuple[tuple[str, DoorChange], ...], verdict: Finding
) -> None:
    day = Day(SCOUTS)
    for when, change in changes:
        day.door(when, change)
    assert day.record(SCOUTS).no_show.finding is verdict


def test_without_a_counter_nobody_is_a_no_show_where_others_were_let_in() -> None:
    found = Day(SCOUTS).key("18:01", "hut-door").record(SCOUTS)
    assert (found.no_show.finding, found.arrived.how) == (Finding.NOT_MEASURED, How.NOT_MEASURED)
    behind = Day(YOGA, BOARD).code("18:40", YOGA, "front-door").record(BOARD, counters=())
    assert behind.no_show.finding is Finding.NOT_MEASURED


def test_without_a_counter_and_a_contact_nobody_is_a_no_show() -> None:
    found = Day(SCOUTS).record(SCOUTS, contacts=())
    assert found.no_show.finding is Finding.NOT_MEASURED
    assert found.no_show.text == "Hut door has no contact, and nothing counts there who comes in"


def test_at_a_door_that_was_open_to_everybody_nobody_is_a_no_show_without_a_counter() -> None:
    day_time = booked("hut", "10:00", "12:00")
    where = hub(OpeningHours(pattern=week(span("11:00", "17:00")), free_doors=("hut-door",)))
    assert Day(day_time, where=where).record(day_time).no_show.finding is Finding.NOT_MEASURED


def test_who_may_have_come_in_behind_another_bookings_code_is_no_no_show() -> None:
    day = Day(YOGA, BOARD).code("18:40", YOGA, "front-door").count("18:40", ins=5, door="front-door")
    assert day.record(BOARD).no_show.finding is Finding.NOT_MEASURED


def test_where_a_counter_saw_nobody_an_opening_let_nobody_in() -> None:
    assert Day(CHOIR).door("18:05", door="hall-door").record(CHOIR).no_show.finding is Finding.YES


def test_a_check_in_is_an_arrival_whatever_the_doors_say() -> None:
    there = booked("hall", "18:00", "20:00", arrived_at=at("18:03"), arrived_how=Arrival.TABLET.value)
    found = Day(there).record(there, dark=[("17:00", "21:00")])
    assert (found.arrived.how, found.arrived.at) == (How.AT_MOST, at("18:03"))
    assert found.no_show.finding is Finding.NO


def test_of_a_booking_whose_events_are_deleted_the_arrival_that_the_diary_noted_is_left() -> None:
    there = booked("hall", "18:00", "20:00", arrived_at=at("18:03"), arrived_how=Arrival.CODE.value)
    found = Day(there).record(there, dark=[("00:00", "23:59")])
    assert (found.arrived.how, found.arrived.at, found.no_show.finding) == (How.AT_MOST, at("18:03"), Finding.NO)
    assert (found.came.number, found.peak.number) == (None, None)


def test_whoever_comes_in_after_its_code_has_ended_ends_its_overstay() -> None:
    day = Day(CHOIR).code("17:50", CHOIR).count("17:51", ins=9).count("20:05", outs=9)
    day.key("22:00").count("22:00", ins=1).count("22:40", outs=1)
    found = day.record(CHOIR)
    assert (found.left.how, found.left.at, found.overstay.number) == (How.KNOWN, at("20:05"), 5)


# Movement


def test_movement_says_that_somebody_was_there_and_until_when_at_least() -> None:
    day = Day(SCOUTS).moves("18:06", "18:09", "hut").moves("20:05", "20:12", "hut")
    found = day.record(SCOUTS, sensors=["hut"])
    assert (found.arrived.how, found.arrived.at) == (How.SHARED, at("18:06"))
    assert found.no_show.finding is Finding.NOT_MEASURED
    assert (found.left.how, found.left.at) == (How.AT_LEAST, at("20:12"))
    assert (found.overstay.how, found.overstay.number) == (How.AT_LEAST, 12)


def test_who_moves_there_half_an_hour_later_is_somebody_else() -> None:
    day = Day(SCOUTS).moves("18:06", "18:09", "hut").moves("20:05", "20:12", "hut").moves("20:50", "21:20", "hut")
    assert day.record(SCOUTS, sensors=["hut"]).left.at == at("20:12")


def test_movement_of_the_next_booking_is_not_an_overstay() -> None:
    late = booked("hut", "20:30", "22:00")
    day = (
        Day(SCOUTS, late)
        .code("17:55", SCOUTS, "hut-door")
        .moves("18:06", "20:20", "hut")
        .moves("20:40", "21:00", "hut")
    )
    found = day.record(SCOUTS, sensors=["hut"])
    assert (found.left.at, found.overstay.number) == (at("20:15"), 15)


def test_a_sensor_over_mqtt_that_falls_silent_sees_nothing_after_half_an_hour() -> None:
    late = booked("hut", "21:00", "22:00")
    day = Day(SCOUTS, late).reads("18:06", 1, "hut").reads("18:21", 1, "hut").reads("23:00", 0, "hut")
    found = day.record(SCOUTS, sensors=["hut"], relayed=["hut"])
    assert (found.left.how, found.left.at, found.overstay.number) == (How.AT_LEAST, at("18:51"), None)
    assert day.record(late, sensors=["hut"], relayed=["hut"]).arrived.how is How.NONE


def test_a_counter_that_came_later_or_has_gone_says_nothing_of_the_other() -> None:
    assert together([((0, 50), [(0, 50)]), ((60, 100), [(60, 80), (90, 100)]), ((70, 100), [(70, 95)])]) == [
        *((0, 50), (60, 80), (90, 95)),
    ]


def test_times_of_other_bookings_that_overlap_are_one_time() -> None:
    others = [
        booked("meeting", "18:30", "19:00"),
        booked("meeting", "18:45", "20:00"),
        booked("meeting", "21:00", "22:00"),
    ]
    day = Day(YOGA, *others)
    for clock in ("18:10", "18:20", "18:50", "20:14"):
        day.count(clock, ins=1, door="front-door")
    case = Case(booking=YOGA, where=day.where, window=window(YOGA), seen=day.seen(), now=at("23:30"))
    assert [each.sure for each in case.passed] == [True, False, False, False]


# The clocks change


@pytest.mark.parametrize(
    ("day", "starts", "ends", "out", "hours", "over"),
    [
        ("2026-10-25", "00:30Z", "02:00Z", "02:20Z", 1.5, 20),  # 01:30 BST to 02:00 GMT: the clocks go back at 01:00Z
        ("2027-03-28", "00:30Z", "02:00Z", "02:20Z", 1.5, 20),  # 00:30 GMT to 03:00 BST: the clocks go forward
    ],
)
def test_minutes_are_real_ones_in_the_nights_when_the_clocks_change(
    day: str, starts: str, ends: str, out: str, hours: float, over: int
) -> None:
    night = booked("hall", starts, ends, day=day)
    assert (night.ends - night.starts).total_seconds() == hours * 3600
    told = Day(night, day=day).code(starts, night).count(starts, ins=5).count("01:10Z", ins=2).count(out, outs=7)
    found = told.record(night, now="08:00Z")
    assert (found.peak.number, found.left.at, found.overstay.number) == (7, at(out, day), over)
    assert found.no_show.finding is Finding.NO


def test_the_hour_that_comes_twice_is_told_apart_in_words() -> None:
    day = "2026-10-25"
    night = booked("hall", "00:30Z", "02:30Z", day=day)
    found = Day(night, day=day).code("00:30Z", night).record(night, now="08:00Z", dark=[("00:40Z", "01:40Z")])
    assert "01:40 BST to 01:40 GMT" in found.came.text


def test_yesterdays_people_are_forgotten_at_midnight_on_a_day_of_25_hours() -> None:
    day = "2026-10-25"
    evening_class = booked("studio", "18:00", "20:00", day=day)
    told = Day(evening_class, day=day, where=hub(OpeningHours(pattern=week(span("09:00", "21:00")))))
    told.count("22:30Z", ins=50, door="front-door")  # the night before, on the wall of the day itself
    told.events[0] = told.events[0]._replace(at=at("22:30Z", "2026-10-24"))  # 23:30 BST
    told.count("12:00", ins=4, door="front-door")
    assert told.record(evening_class).peak.number == 4


# Late events


def test_a_late_event_changes_the_record_to_what_a_fresh_computation_says() -> None:
    day = Day(YOGA, BOARD, CHOIR).moves("18:00", "18:30")
    for minute in range(0, 60, 7):
        day.count(f"18:{minute:02}", ins=2, outs=1).count(f"18:{minute:02}", ins=1, door="front-door")
    day.code("18:01", CHOIR).code("18:13", YOGA, "front-door").code("18:27", BOARD, "front-door").key("18:40")
    whole = {each.id: day.record(each, sensors=["hall"]) for each in day.bookings}
    without = day.events.pop(5)
    before = {each.id: day.record(each, sensors=["hall"]) for each in day.bookings}
    assert before != whole
    rest = list(day.events)
    for seed in range(10):
        random.Random(seed).shuffle(rest)
        day.events = [*rest, without]
        assert {each.id: day.record(each, sensors=["hall"]) for each in day.bookings} == whole


def test_no_figure_that_is_not_measured_has_a_number() -> None:
    days = [Day(CHOIR), evening(), Day(YOGA, BOARD).count("18:20", ins=5, door="front-door"), Day(SCOUTS), Day(YARD)]
    darks = [[], [("17:00", "21:00")], [("18:10", "18:20")]]
    for day, dark in itertools.product(days, darks):
        for each in day.bookings:
            found = day.record(each, dark=dark)
            counts: list[Count] = [found.codes_used, found.came, found.let_ins, found.peak, found.overstay]
            for count in counts:
                blank = count.how in (How.NOT_MEASURED, How.LATER, How.NONE, How.SHARED)
                assert (count.number is None) is blank
                assert count.how is not How.AT_LEAST or count.number
            assert found.no_show.finding is not Finding.YES or not dark


def test_two_minutes_after_its_code_who_comes_is_no_longer_surely_its() -> None:
    day_time = booked("studio", "10:00", "12:00")
    day = Day(day_time).code("10:00", day_time, "front-door").count("10:02", ins=2, door="front-door")
    day.count("10:03", ins=3, door="front-door")
    assert timedelta(minutes=2) == THROUGH
    assert day.record(day_time).came.number == 2
