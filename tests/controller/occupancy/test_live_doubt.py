"""People in a building now, where the counters, the rooms or the night alone do not say it."""

from datetime import timedelta

import msgspec
import numpy as np
import pytest

from controller.estate.model import Space
from controller.occupancy.estimate import Estimate, estimate
from controller.occupancy.filter import OccupancyFilter, usual
from controller.occupancy.rooms import site_people
from controller.occupancy.sensing import Sensing
from controller.occupancy.site_rows import SiteRows
from controller.telemetry.rollups.repository import BlindMark
from edge.wire.events import FaultData, MotionData, RecountData
from edge.wire.faults import FaultCode
from tests.controller.occupancy.test_live_estimate import PARTS, SENSING, Telling, day, hours

__all__ = ["day"]
BLOCKED = FaultData(code=FaultCode.BEAM_BLOCKED, part="outer", present=True)
NO_ALARM = msgspec.structs.replace(SENSING, areas=[], pirs={("main", "pir"): hours(-7 * 24)})
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


def slept(told: Telling, sensing: Sensing = NO_ALARM) -> Estimate:
    """Looked at in the morning; a PIR works."""
    for hour in range(-20, 0):
        for active in (True, False):
            told.say(hours(hour + (0.5 if active else 0.55)), "pir", MotionData(zone="hall", active=active))
    return told.at(hours(7), sensing)


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


def test_a_quiet_night_that_no_pir_watched_is_not_known_to_be_empty() -> None:
    told = Telling()
    told.pass_(hours(-4), ins=2)
    told.pass_(hours(-2), outs=2)
    found = told.at(hours(7), msgspec.structs.replace(NO_ALARM, pirs={}))
    assert (found.people, found.missing) == (1, ("whether anybody slept there: no PIR worked that night",))
    assert 1 < found.high < 6
    assert found.rests_on.endswith(
        "taken as empty at 05:55, when nobody had passed a door for three hours of the night"
    )
    found = slept(told)
    assert found.people == found.high == 0
    why = "when nobody had passed a door for three hours of the night and nothing moved"
    assert found.rests_on == f"Counts at Front door; taken as empty at 05:55, {why}"


def left_by_midnight() -> Telling:
    told = Telling()
    told.pass_(hours(-4), ins=2)
    told.pass_(hours(-2), outs=2)
    return told


def test_a_pir_with_a_fault_does_not_see_an_empty_building() -> None:
    told = left_by_midnight()
    told.say(hours(-1), "pir", FaultData(code=FaultCode.PIR_STUCK, present=True))
    assert slept(told).missing


def test_a_pir_whose_last_word_is_long_ago_says_nothing_and_hides_no_other() -> None:
    told = left_by_midnight()
    told.say(hours(-20), "lost", MotionData(zone="hall", active=True))
    one = msgspec.structs.replace(NO_ALARM, pirs={("main", "lost"): hours(-7 * 24)})
    assert slept(told, one).missing
    two = msgspec.structs.replace(NO_ALARM, pirs={**NO_ALARM.pirs, **one.pirs})
    assert slept(told, two).missing == ()


def test_a_re_count_at_one_of_two_doors_is_not_one_of_the_building(day: Telling) -> None:
    recount(day, 10, inside=0, counter="back", totals=False)
    found = day.at(hours(10.3), TWO_DOORS)
    assert found.low <= 20 <= found.high
    assert found.missing == ("re-counted at 10:00 only at back, not at Front door",)


def test_a_re_count_of_all_doors_that_count_is_one_of_the_building(day: Telling) -> None:
    day.say(hours(9.5), "back", BLOCKED)
    recount(day, 10, inside=9)
    found = day.at(hours(10.05), TWO_DOORS)
    assert found.low <= 9 <= found.high <= 14
    assert found.rests_on.endswith("counted by a person at 10:00")


def test_who_comes_between_the_re_counts_of_two_doors_is_added(day: Telling) -> None:
    recount(day, 10 + 270 / 3600, inside=10)
    day.pass_(hours(10) + timedelta(seconds=285), ins=4)
    recount(day, 10 + 310 / 3600, inside=0, counter="back", totals=False)
    assert day.at(hours(10.3), TWO_DOORS).people == 14


def test_counts_of_one_instant_are_each_measured_from_the_moment_before(day: Telling) -> None:
    for second, ins in ((0, 1), (60, 20), (60, 1)):
        day.pass_(hours(10) + timedelta(seconds=second), ins=ins)
    assert list(day.rows(hours(11)).jumps(("main", "front-beams"))) == []
    day.pass_(hours(10) + timedelta(seconds=61), ins=20)
    assert [each.ins for each in day.rows(hours(11)).jumps(("main", "front-beams"))] == [20]


def test_a_count_that_jumps_after_a_re_count_is_set_aside(day: Telling) -> None:
    recount(day, 10 + 10 / 3600, inside=5)
    day.pass_(hours(10) + timedelta(seconds=30), ins=2)
    day.pass_(hours(10) + timedelta(seconds=60), ins=390_000)
    found = day.at(hours(10.2))
    assert found.people == 7
    assert found.rests_on.endswith("counted by a person at 10:00")
    assert found.missing == ("more than can pass Front door at 10:00",)


@pytest.mark.parametrize(("seconds", "believed"), [(10, False), (280, True)])
def test_a_count_is_judged_by_the_time_since_the_one_before(day: Telling, seconds: int, believed: bool) -> None:
    day.pass_(hours(10), ins=1)
    day.pass_(hours(10) + timedelta(seconds=seconds), ins=100)
    found = day.at(hours(10.2))
    assert (found.people > 115) is believed
    assert (found.missing == ()) is believed


def test_a_fault_is_told_from_when_it_began_and_not_from_the_last_re_count(day: Telling) -> None:
    day.say(hours(9.5), "front-beams", BLOCKED)
    recount(day, 11, inside=20)
    assert day.at(hours(13)).missing == ("not counted at Front door since 09:30: the outer beam is blocked",)


def test_of_two_faults_the_one_that_lasts_is_told(day: Telling) -> None:
    flickers = msgspec.structs.replace(BLOCKED, code=FaultCode.BEAM_FLICKERS)
    day.say(hours(9.4), "front-beams", flickers)
    day.say(hours(9.5), "front-beams", BLOCKED)
    day.say(hours(9.5), "front-beams", msgspec.structs.replace(flickers, present=False))
    assert day.at(hours(13)).missing[0].endswith("since 09:24: the outer beam is blocked")


def test_what_began_before_the_days_that_are_looked_at_is_told_as_it_is(day: Telling) -> None:
    long_ago = hours(-30 * 24)
    old = msgspec.structs.replace(TWO_DOORS, counters=dict.fromkeys(TWO_DOORS.counters, long_ago), areas=[])
    away = msgspec.structs.replace(old, away={"main": hours(-9 * 24)})
    assert estimate(SiteRows(hours(-7 * 24)), away, hours(10)).missing == (  # type: ignore[union-attr]
        "who was there at first: it was never known to be empty in the last seven days",
        "not counted at Front door and back since 00:00 on Mon 16 Nov: Main is out of reach",
    )
    mark = BlindMark(
        edge="main", log="log", seq=1, device="back", fault="beam_blocked outer", at=hours(-8 * 24), present=True
    )
    found = day.at(hours(10), msgspec.structs.replace(old, marks=[mark]))
    assert found.missing[1] == "not counted at back since 00:00 on Tue 17 Nov: the outer beam is blocked"
    since = "it is not known who was there at 00:00 on Wed 18 Nov"
    assert found.rests_on.endswith(f"{since}, and it was never known to be empty in the last seven days")


def test_before_any_counter_was_there_nothing_is_measured() -> None:
    later = msgspec.structs.replace(SENSING, counters={("main", "front-beams"): hours(1)})
    assert estimate(SiteRows(hours(-7 * 24)), later, hours(0.9)) is None
    assert site_people(SiteRows(hours(-7 * 24)), later, {}, hours(0.9)).building is None


def test_many_at_once_are_added_as_a_few_are() -> None:
    changes = np.random.default_rng(1).dirichlet(np.ones(301), size=7)
    believed = OccupancyFilter(usual(600), None, np.full(7, 1 / 7))
    believed.told(300)
    exact = np.convolve(believed.belief, changes.mean(axis=0))[150:-150]
    believed.cross(changes)
    assert believed.belief == pytest.approx(exact, abs=1e-9)


def test_counters_that_anybody_can_speak_for_are_named_and_do_not_alone_fill_the_building(day: Telling) -> None:
    for minute in range(70):
        day.pass_(hours(10) + timedelta(minutes=minute), ins=1)
    found = day.at(hours(11.5))
    assert (found.full, found.state) == (True, "measured")
    found = day.at(hours(11.5), msgspec.structs.replace(SENSING, unsigned=frozenset(SENSING.counters)))
    assert not found.full
    assert found.missing == ("whether more are there than the rooms hold: only counts over MQTT say so",)
    assert found.rests_on.startswith("Counts at Front door (over MQTT); ")
