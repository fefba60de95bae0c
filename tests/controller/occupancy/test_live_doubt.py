"""People in a building now, where the counters, the rooms or the night alone do not say it."""

from datetime import timedelta

import msgspec
import pytest

from controller.estate.model import Space
from controller.occupancy.estimate import Estimate
from edge.wire.events import FaultData, MotionData, RecountData
from edge.wire.faults import FaultCode
from tests.controller.occupancy.test_live_estimate import PARTS, SENSING, Telling, day, hours

__all__ = ["day"]
BLOCKED = FaultData(code=FaultCode.BEAM_BLOCKED, part="outer", present=True)
NO_ALARM = msgspec.structs.replace(SENSING, areas=[])
TWO_DOORS = msgspec.structs.replace(SENSING, counters={**SENSING.counters, ("main", "back"): hours(-7 * 24)})


def holding(people: int) -> Space:
    return Space(site="ramsey", id="hall", name="Hall", capacity=people)


def recount(told: Telling, hour: float, inside: int, counter: str = "front-beams", totals: bool = True) -> None:
    ins, outs = told.total if totals else (0, 0)
    told.say(hours(hour), counter, RecountData(counter=counter, inside=inside, total_ins=ins, total_outs=outs))


@pytest.mark.parametrize(("rooms", "came"), [(80, 300), (8, 70)])
def test_more_people_than_the_rooms_hold_are_counted_and_counted_out(day: Telling, rooms: int, came: int) -> None:
    small = msgspec.structs.replace(SENSING, parts=msgspec.structs.replace(PARTS, spaces=(holding(rooms),)))
    for minute in range(20, 60):
        more = came - 20
        day.pass_(hours(9) + timedelta(minutes=minute), ins=more * (minute - 19) // 40 - more * (minute - 20) // 40)
    found = day.at(hours(10.2), small)
    assert found.low - 1 <= came <= found.people <= 1.1 * came
    for minute in range(40):
        more = came - 20
        day.pass_(hours(10.5) + timedelta(minutes=minute), outs=more * (minute + 1) // 40 - more * minute // 40)
    found = day.at(hours(12), small)
    assert 15 <= found.people <= 25
    assert found.low <= 20 <= found.high


def test_where_the_figure_ends_it_says_so(day: Telling) -> None:
    for minute in range(60):
        day.pass_(hours(10) + timedelta(minutes=minute), ins=100)
    found = day.at(hours(11.2))
    assert found.high == found.people == 4000
    assert found.missing == ("perhaps more than 4000 people: the figure ends there",)


@pytest.mark.parametrize("blind", ["front-beams", "back"])
def test_a_counter_that_goes_blind_makes_nobody_leave(day: Telling, blind: str) -> None:
    day.say(hours(10.25), blind, BLOCKED)
    widths = []
    for hour in (10.6, 11, 12, 15):
        found = day.at(hours(hour), TWO_DOORS if blind == "back" else SENSING)
        assert 18 <= found.people <= 23
        assert found.low <= 20 <= found.high
        widths.append(found.high - found.low)
    assert widths == sorted(widths)
    assert widths[0] < 20


def slept(told: Telling) -> Estimate:
    """Looked at in the morning; a PIR works."""
    for hour in range(-20, 0):
        for active in (True, False):
            told.say(hours(hour + (0.5 if active else 0.55)), "pir", MotionData(zone="hall", active=active))
    return told.at(hours(7), NO_ALARM)


def test_a_quiet_night_does_not_send_away_who_was_counted_in() -> None:
    told = Telling()
    for minute in range(15):
        told.pass_(hours(-4) + timedelta(minutes=minute), ins=1)
    found = slept(told)
    assert found.people >= 14


def test_a_quiet_night_does_not_send_away_whom_a_person_counted() -> None:
    told = Telling()
    told.pass_(hours(-4), ins=1)
    recount(told, 0.5, inside=2)
    found = slept(told)
    assert 1 <= found.people <= 3
    assert "counted by a person at 00:30" in found.rests_on


def test_a_quiet_night_says_nothing_where_no_sensor_could_see_anybody() -> None:
    told = Telling()
    told.pass_(hours(-4), ins=2)
    told.pass_(hours(-2), outs=2)
    assert "taken as empty" not in told.at(hours(7), NO_ALARM).rests_on
    found = slept(told)
    assert found.people == found.high == 0
    why = "when nobody had passed a door for three hours of the night and nothing moved"
    assert found.rests_on == f"Counts at Front door; taken as empty at 05:55, {why}"
