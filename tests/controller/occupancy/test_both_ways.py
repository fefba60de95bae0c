"""A counter that does not tell in from out moves no number of people; it says how uncertain that has become."""

from datetime import datetime, timedelta

import msgspec
import pytest

from controller.estate.model import Door, SiteParts, Space
from controller.occupancy.estimate import curve, estimate
from controller.occupancy.rooms import site_people
from edge.wire.events import AlarmChange, FaultData, FootfallData, RecountData
from edge.wire.faults import FaultCode
from tests.controller.occupancy.test_live_estimate import FRONT, HALL, PARTS, SENSING, START, Telling, day, hours

__all__ = ["day"]
SIDE = msgspec.structs.replace(FRONT, id="side-door", name="Side door", counter="side-mat")
TWO_DOORS: SiteParts = msgspec.structs.replace(PARTS, doors=(FRONT, SIDE))
MAT = ("main", "side-mat")
BOTH = msgspec.structs.replace(
    SENSING, parts=TWO_DOORS, counters={**SENSING.counters, MAT: START}, both_ways=frozenset({MAT})
)
UNCERTAIN = "the counter at Side door does not tell in from out"


def passes(telling: Telling, at: datetime, passages: int = 1, door: Door = SIDE) -> None:
    data = FootfallData(
        counter="side-mat",
        door=door.id,
        ins=0,
        outs=0,
        total_ins=0,
        total_outs=0,
        passages=passages,
        total_passages=passages,
    )
    telling.say(at, "side-mat", data)


def blocked(telling: Telling, at: datetime, *, present: bool = True) -> None:
    telling.say(at, "side-mat", FaultData(code=FaultCode.BEAM_BLOCKED, part="outer", present=present))


def test_until_somebody_passes_it_the_figure_is_that_of_the_other_door(day: Telling) -> None:
    alone, both = day.at(hours(12)), day.at(hours(12), BOTH)
    assert (both.people, both.low, both.high, both.missing) == (alone.people, alone.low, alone.high, ())
    assert both.rests_on == alone.rests_on


def test_who_passes_it_makes_the_figure_uncertain_and_neither_larger_nor_smaller(day: Telling) -> None:
    before = day.at(hours(12), BOTH)
    for minute in range(40):
        passes(day, hours(10) + timedelta(minutes=minute))
    after = day.at(hours(12), BOTH)
    assert (after.state, after.missing) == ("uncertain", (UNCERTAIN,))
    assert abs(after.people - before.people) <= 3
    assert after.low <= max(before.low - 40, 0)
    assert after.high >= before.high + 40
    assert not after.full
    assert "Side door" not in after.rests_on


@pytest.mark.parametrize("stay", [24, 0])
def test_a_stream_that_comes_by_one_door_and_leaves_by_the_other_is_held_and_never_full(stay: int) -> None:
    """Of 200 who come in by the beams all but a few leave by the mat: far more were counted in than the hall holds."""
    telling = Telling()
    telling.alarm(hours(-3), AlarmChange.SET)
    telling.alarm(hours(8.5), AlarmChange.UNSET)
    for person in range(200):
        at = hours(9) + timedelta(minutes=2 * person)
        telling.pass_(at, ins=1)
        if person >= stay:
            passes(telling, at + timedelta(minutes=1))
    found = telling.at(hours(16), BOTH)
    assert found.low <= stay <= found.high
    assert (found.state, found.full) == ("uncertain", False)


def test_a_stream_that_comes_by_it_and_leaves_by_the_other_door_is_held(day: Telling) -> None:
    for person in range(60):
        passes(day, hours(10) + timedelta(minutes=2 * person))
        day.pass_(hours(10) + timedelta(minutes=2 * person + 1), outs=1)
    found = day.at(hours(12.5), BOTH)
    assert found.low <= 20 <= found.high <= 70


def test_a_few_who_passed_it_end_what_the_others_say_of_too_many(day: Telling) -> None:
    for minute in range(100):
        day.pass_(hours(10) + timedelta(minutes=minute), ins=1)
    assert day.at(hours(12), BOTH).full
    passes(day, hours(12))
    found = day.at(hours(12.5), BOTH)
    assert (found.low > 80, found.full, found.missing) == (True, False, (UNCERTAIN,))


def test_while_it_does_not_count_nobody_knows_whether_the_building_is_empty_or_full(day: Telling) -> None:
    day.pass_(hours(17), outs=20)
    assert "taken as empty" in day.at(hours(28), BOTH).rests_on
    works = day.at(hours(20), BOTH)
    blocked(day, hours(18.5))
    blind, night = day.at(hours(20), BOTH), day.at(hours(28), BOTH)
    assert "taken as empty" not in night.rests_on
    assert night.high > blind.high > works.high
    assert night.missing[-1].startswith("not counted at Side door since 18:30")
    for minute in range(120):
        day.pass_(hours(33) + timedelta(minutes=minute), ins=1)
    assert not day.at(hours(35.5), BOTH).full


def test_a_day_on_which_it_did_not_count_teaches_no_rate(day: Telling) -> None:
    """Of 20 who came in by the beams 12 leave by the mat while it is blocked."""
    blocked(day, hours(16))
    day.pass_(hours(17), outs=8)
    blocked(day, hours(17.75), present=False)
    day.alarm(hours(18), AlarmChange.SET)
    day.alarm(hours(32.5), AlarmChange.UNSET)
    for minute in range(40):
        day.pass_(hours(33) + timedelta(minutes=minute), ins=1)
    found = day.at(hours(34), BOTH)
    assert (found.state, 40 <= found.people <= 44) == ("measured", True)


def test_a_room_that_it_alone_senses_is_not_known_while_it_does_not_count(day: Telling) -> None:
    studio = Space(site="ramsey", id="studio", name="Studio", capacity=20, doors=("side-door",))
    sensing = msgspec.structs.replace(BOTH, parts=msgspec.structs.replace(TWO_DOORS, spaces=(HALL, studio)))
    passes(day, hours(10))
    blocked(day, hours(11))
    states = []
    for hour in (10.5, 12):
        found = site_people(day.rows(hours(hour)), sensing, {}, hours(hour))
        states += [each.state for each in found.rooms if each.space == "studio"]
    assert states == ["uncertain", "not known"]


def test_a_total_that_jumped_moves_nobody_in(day: Telling) -> None:
    before = day.at(hours(12), BOTH)
    passes(day, hours(10), 10_000)
    after = day.at(hours(12), BOTH)
    assert after.state == "uncertain"
    assert not after.full
    assert after.low <= before.people <= after.high


def test_the_alarm_that_is_set_makes_it_certain_again(day: Telling) -> None:
    passes(day, hours(10), 5)
    day.alarm(hours(18), AlarmChange.SET)
    found = day.at(hours(19), BOTH)
    assert (found.people, found.high, found.missing) == (0, 0, ())


def test_a_person_who_counts_at_the_others_has_counted_the_building(day: Telling) -> None:
    passes(day, hours(10), 5)
    told = RecountData(counter="front-beams", inside=7, total_ins=20, total_outs=0)
    day.say(hours(11), "front-beams", told)
    found = day.at(hours(12), BOTH)
    assert (found.people, found.missing) == (7, ())


def test_where_no_other_counter_is_how_many_are_there_is_not_known() -> None:
    only = msgspec.structs.replace(BOTH, counters={MAT: START})
    telling = Telling()
    for minute in range(30):
        passes(telling, hours(9) + timedelta(minutes=minute))
    found = telling.at(hours(10), only)
    assert (found.state, found.full) == ("not known", False)
    assert UNCERTAIN in found.missing
    assert curve(telling.rows(hours(10)), only, hours(0), hours(10)) == []
    assert estimate(telling.rows(hours(10)), only, hours(10)) is not None


def test_a_busy_side_door_is_no_error_of_the_other_counter(day: Telling) -> None:
    """Of 20 who came in by the beams 12 leave by the mat: the rates of the beams are not learned from that."""
    passes(day, hours(17), 12)
    day.pass_(hours(17), outs=8)
    day.alarm(hours(18), AlarmChange.SET)
    day.alarm(hours(32.5), AlarmChange.UNSET)
    for minute in range(20):
        day.pass_(hours(33) + timedelta(minutes=minute), ins=1)
    found = day.at(hours(34), BOTH)
    assert (found.state, 19 <= found.people <= 23) == ("measured", True)
