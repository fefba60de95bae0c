"""People where nobody may be, and people let in from inside: what is told of, and what a quiet night brings that is
not."""

import msgspec
import pytest

from controller.alerts.unexpected import LOOK_BACK, Found, let_ins, present
from controller.hours.model import OpeningHours
from edge.wire.events import DoorChange
from edge.wire.interval import Interval
from edge.wire.plan import Mode
from tests.controller.hours.books import span, week
from tests.controller.use.attendance.seeing import Day, at, booked, hub

EVENING = Interval(start=at("12:00"), end=at("23:59"))
CHOIR = booked("hall", "18:00", "20:00")
ROOMS = ("hall", "hut")
UNSTAFFED = OpeningHours(pattern=week(span("09:00", "17:00"), span("17:00", "22:00", Mode.EXTENDED)))


def told(day: Day) -> list[Found]:
    return present(day.where, day.seen(sensors=ROOMS), EVENING)


def test_somebody_who_walks_through_a_closed_building_is_told_of_with_since_when() -> None:
    day = Day().moves("21:00", "21:01").moves("21:02", "21:03", "hut").moves("21:05", "21:06").moves("21:07", "21:08")
    [found] = told(day.moves("21:30", "21:31"))
    assert found.since == at("21:00")
    assert found.text == ("Somebody is inside although it is closed and nothing is booked: movement in Hall and Hut")


def test_somebody_counted_in_at_a_door_that_was_opened_is_told_of() -> None:
    day = Day().door("21:00", door="hall-door").count("21:00", ins=1)
    assert [each.text.rpartition(": ")[2] for each in told(day)] == ["1 came in"]


def test_somebody_who_moves_about_in_one_room_for_a_while_is_told_of() -> None:
    assert len(told(Day().moves("21:00", "21:01").moves("21:02", "21:03").moves("21:04", "21:05"))) == 1
    assert told(Day().moves("21:00", "21:01").moves("21:02", "21:03")) == []


@pytest.mark.parametrize(
    "day",
    [
        Day().moves("16:50", "17:30").moves("18:20", "19:40").moves("21:00", "21:20"),
        Day(CHOIR).code("18:00", CHOIR).moves("18:10", "20:50").moves("21:30", "22:00"),
        Day().key("21:00").moves("21:01", "21:20").moves("21:05", "21:30", "hut"),
        Day().moves("21:04", "21:20").moves("21:05", "21:30", "hut").key("21:10"),
        Day().moves("21:00", "21:01").moves("23:10", "23:11").moves("22:05", "22:06", "hut"),
        Day().moves("21:00", "21:00:20").moves("21:05", "21:05:30", "hut").moves("21:08", "21:08:20"),
        Day().count("21:00", ins=1),
        Day().moves("17:05", "17:14").moves("17:05", "17:14", "hut"),
    ],
    ids=[
        "stays on",
        "overstays",
        "own key",
        "key not at first",
        "a PIR now and then",
        "PIRs by chance",
        "a counter alone",
        "leaving",
    ],
)
def test_who_may_be_there_and_what_a_sensor_sees_where_nobody_is_are_not(day: Day) -> None:
    assert told(day) == []


def test_who_comes_back_long_after_everybody_had_gone_is_told_of() -> None:
    day = Day().moves("16:50", "17:20").key("16:00").moves("20:00", "20:05").moves("20:02", "20:06", "hut")
    assert [each.since for each in told(day)] == [at("20:00")]


@pytest.mark.parametrize(
    "day",
    [Day().moves("16:50", "17:10").moves("17:30", "19:00"), Day().key("17:15").moves("18:00", "19:00")],
    ids=["stays on", "own key"],
)
def test_who_might_be_there_is_not_told_of_once_what_let_them_in_is_too_long_ago(day: Day) -> None:
    for start in ("17:16", "17:26", "17:40", "18:30"):
        day.events = [each for each in day.events if each.at >= at(start)]
        seen = day.seen(sensors=ROOMS)
        assert present(day.where, seen, Interval(start=at(start), end=at(start) + LOOK_BACK)) == []


def walks(day: Day) -> Day:
    return day.moves("21:00", "21:05")


@pytest.mark.parametrize(
    "day",
    [
        Day().door("20:59", DoorChange.UNLOCKED, why="command").door("21:00", DoorChange.LOCKED, why="time"),
        Day().door("18:00", DoorChange.UNLOCKED, why="schedule").door("21:30", DoorChange.LOCKED, why="schedule"),
    ],
    ids=["a command", "an override"],
)
def test_who_comes_in_at_a_door_that_was_unlocked_from_afar_is_not_told_of(day: Day) -> None:
    assert told(walks(day)) == []


def test_a_door_that_fire_unlocked_or_that_was_unlocked_long_before_explains_nobody() -> None:
    fire = Day().door("20:59", DoorChange.UNLOCKED, why="fire").door("21:00", DoorChange.LOCKED, why="time")
    before = Day().door("17:30", DoorChange.UNLOCKED, why="command").door("17:31", DoorChange.LOCKED, why="time")
    assert len(told(walks(fire))) == len(told(walks(before))) == 1


def test_a_booking_that_no_code_opens_explains_who_is_inside() -> None:
    day = walks(Day())
    assert present(day.where, day.seen(sensors=ROOMS), EVENING, [booked("yard", "19:00", "20:50").during]) == []
    assert len(present(day.where, day.seen(sensors=ROOMS), EVENING, [booked("yard", "17:20", "18:00").during])) == 1


def test_while_a_doors_pi_has_yet_to_say_who_came_nobody_is_told_of() -> None:
    day, until = walks(Day()), Interval(start=at("12:00"), end=at("21:08"))

    def found(heard: str) -> list[Found]:
        late = day.seen(heard=heard).doors
        return present(day.where, msgspec.structs.replace(day.seen(sensors=ROOMS), doors=late), until)

    assert found("20:30") == []
    assert len(found("21:06")) == 1
    assert len(found("11:00")) == 1, "it has been away for longer than is looked at: it is not waited for"


def let_in(day: Day, **known: object) -> list[Found]:
    return let_ins(day.where, day.seen(**known), EVENING, ["hall-door"])  # type: ignore[arg-type]


def evening(*bookings: object) -> Day:
    return Day(*bookings, where=hub(UNSTAFFED))  # type: ignore[arg-type]


def test_people_who_come_in_without_a_code_while_nobody_works_there_are_told_of() -> None:
    day = evening().key("18:00").count("18:00", ins=1)
    for minute in ("18:10", "18:20", "18:30", "18:40", "18:50"):
        day.door(minute, DoorChange.EXIT, door="hall-door").count(minute, ins=1)
    [found] = let_in(day)
    assert (found.door, found.edge, found.since) == ("hall-door", "pi", at("18:10"))
    assert found.text == "4 people came in at Hall door without a code of their own from 18:10 to 18:40"


def test_more_than_a_family_behind_one_card_are_told_of() -> None:
    day = evening().key("18:00").count("18:00", ins=4).count("18:01", ins=8)
    assert [each.text[:8] for each in let_in(day)] == ["7 people"]


def families() -> Day:
    day = evening()
    for hour in (18, 19, 20):
        for minute in range(0, 60, 4):
            day.key(f"{hour}:{minute:02}").count(f"{hour}:{minute:02}", ins=4)
    return day


@pytest.mark.parametrize(
    "day",
    [
        families(),
        evening().count("18:00", outs=4).count("18:00:50", ins=4),
        evening().count("18:00", ins=1).count("18:40", ins=2).count("19:20", ins=1),
        evening().count("14:00", ins=9).count("17:10", ins=9).count("22:30", ins=9),
        evening(CHOIR).code("18:00", CHOIR).count("18:00", ins=9).count("18:10", ins=9),
        evening()
        .door("18:00", DoorChange.UNLOCKED, "hall-door", why="schedule")
        .count("18:20", ins=40)
        .door("19:00", DoorChange.LOCKED, "hall-door", why="schedule")
        .count("19:01", ins=4),
        evening()
        .door("18:00", DoorChange.UNLOCKED, "hall-door", why="command")
        .door("18:00:05", DoorChange.LOCKED, "hall-door", why="time")
        .count("18:00:20", ins=4),
    ],
    ids=["families", "turned back", "a few", "staffed, just closed, closed", "a booking", "an override", "a command"],
)
def test_families_who_turns_back_and_the_group_of_a_booking_are_not(day: Day) -> None:
    assert let_in(day) == []


def test_of_a_counter_that_did_not_work_and_a_door_without_a_reader_nothing_is_said() -> None:
    day = evening().count("18:00", ins=9)
    assert len(let_in(day)) == 1
    assert let_in(day, blind={"hall-door": [("17:30", "18:30")]}) == []
    assert let_in(day, counters=()) == []
    assert let_ins(day.where, day.seen(), EVENING, ["front-door"]) == []
