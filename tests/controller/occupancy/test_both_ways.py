"""A counter that does not tell in from out moves no number of people; it says how uncertain that has become."""

from datetime import datetime, timedelta

import msgspec

from controller.estate.model import Door, SiteParts
from controller.occupancy.estimate import curve, estimate
from edge.wire.events import AlarmChange, FootfallData, RecountData
from tests.controller.occupancy.test_live_estimate import FRONT, PARTS, SENSING, START, Telling, day, hours

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
    assert after.low < before.low
    assert after.high > before.high
    assert not after.full
    assert "Side door" not in after.rests_on


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
