"""A counter that does not tell in from out says that somebody was there, and neither who came nor how many are in."""

import pytest

from controller.alerts.unexpected import let_ins, present
from controller.use.attendance.model import Finding, How
from controller.use.attendance.unbooked import unbooked
from edge.wire.events import DoorChange
from edge.wire.interval import Interval
from tests.controller.use.attendance.seeing import Day, at, booked, hub

CHOIR = booked("hut", "18:00", "20:00")
MAT = ("hut-door",)


def test_who_passes_may_have_been_its_people_so_that_it_is_no_no_show_and_nobody_is_counted() -> None:
    found = Day(CHOIR).passes("18:05").passes("19:58", 3).record(CHOIR, either_way=MAT)
    assert (found.first_person.how, found.first_person.at) == (How.SHARED, at("18:05"))
    assert found.first_person.text == "somebody passed Hut door, and nothing tells which way"
    assert (found.arrived.how, found.no_show.finding) == (How.SHARED, Finding.NOT_MEASURED)
    for each in (found.came, found.peak, found.let_ins):
        assert (each.how, each.number) == (How.NOT_MEASURED, None)
    assert found.peak.text == "the counter at Hut door does not tell in from out"
    assert found.over_capacity.finding is Finding.NOT_MEASURED


def test_its_code_and_who_passes_after_it_are_an_arrival() -> None:
    found = Day(CHOIR).code("18:01", CHOIR, "hut-door").passes("18:01").record(CHOIR, either_way=MAT)
    assert (found.arrived.how, found.arrived.at) == (How.KNOWN, at("18:01"))


def test_where_it_worked_and_nobody_passed_nobody_came() -> None:
    found = Day(CHOIR).record(CHOIR, either_way=MAT, contacts=())
    assert found.no_show.finding is Finding.YES
    found = Day(CHOIR).record(CHOIR, either_way=MAT, contacts=(), blind={"hut-door": [("18:30", "19:00")]})
    assert found.no_show.finding is Finding.NOT_MEASURED


def test_who_passes_again_and_again_uses_a_room_that_nobody_booked() -> None:
    day = Day()
    for minute in range(0, 30, 5):
        day.passes(f"10:{minute:02}")
    during = Interval(start=at("08:00"), end=at("12:00"))
    (found,), rooms = unbooked(hub(), day.seen(either_way=MAT), [], during)
    assert (found.space, found.people, found.text) == ("hut", None, "somebody passed")
    assert {each.space: each.coverage for each in rooms}["hut"] == 1.0


@pytest.mark.parametrize(("opens", "told"), [(True, 1), (False, 0)])
def test_somebody_who_passes_while_it_is_closed_is_somebody_where_something_else_says_so(
    opens: bool, told: int
) -> None:
    day = Day().passes("23:01", 2)
    if opens:
        day.door("23:01", DoorChange.FORCED)
    during = Interval(start=at("19:00"), end=at("23:30"))
    found = present(hub(), day.seen(either_way=MAT), during)
    assert len(found) == told
    assert all(each.text.endswith("nothing is booked: somebody passed a door") for each in found)
    assert not let_ins(hub(), day.seen(either_way=MAT), during, ["hut-door"])
