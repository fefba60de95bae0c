"""People in a building now: from its counters, with error and in words, and the same when worked out again later."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec
import numpy as np
import pytest
from sqlalchemy import insert

from controller.db.engine import Database
from controller.estate import repository as estate
from controller.estate.model import Door, Edge, Site, SiteParts, Space
from controller.occupancy.estimate import Estimate, curve, estimate
from controller.occupancy.filter import Comings, OccupancyFilter, transition, usual
from controller.occupancy.sensing import Sensing
from controller.occupancy.service import OccupancyService
from controller.occupancy.site_rows import HeardEvent, SiteRows
from controller.telemetry.tables import device_states
from edge.wire.events import (
    AlarmChange,
    AlarmData,
    Event,
    EventData,
    FaultData,
    FootfallData,
    MotionData,
    ReadingData,
    RecountData,
    WifiData,
)
from edge.wire.faults import FaultCode
from tests.controller.clock import ManualClock
from tests.controller.telemetry.rollups.storing import store
from tests.controller.telemetry.speaking import crossing, event

MIDNIGHT = datetime(2026, 11, 25, tzinfo=UTC)
START = MIDNIGHT - timedelta(days=7)
SITE = Site(id="ramsey", name="Ramsey Library", zone="Europe/London")
FRONT = Door(
    site="ramsey", id="front-door", name="Front door", edge="main", hold_s=5, held_after_s=60, counter="front-beams"
)
HALL = Space(site="ramsey", id="hall", name="Hall", capacity=80)
PARTS = SiteParts(site=SITE, spaces=(HALL,), doors=(FRONT,), edges=(Edge(site="ramsey", id="main", name="Main"),))
SENSING = Sensing(parts=PARTS, counters={("main", "front-beams"): START}, areas=[("main", "area")], away={}, marks=[])


class Telling:
    """What the building reports, minute by minute."""

    def __init__(self) -> None:
        self.events: list[HeardEvent] = []
        self.total = (0, 0)

    def say(self, at: datetime, device: str, data: EventData) -> None:
        self.events.append(HeardEvent(at, at, "main", "log", len(self.events) + 1, device, data))

    def pass_(self, at: datetime, ins: int = 0, outs: int = 0) -> None:
        self.total = (self.total[0] + ins, self.total[1] + outs)
        total_ins, total_outs = self.total
        data = FootfallData(
            counter="front-beams", door="front-door", ins=ins, outs=outs, total_ins=total_ins, total_outs=total_outs
        )
        self.say(at, "front-beams", data)

    def alarm(self, at: datetime, change: AlarmChange) -> None:
        self.say(at, "area", AlarmData(area="area", change=change))

    def at(self, moment: datetime, sensing: Sensing = SENSING) -> Estimate:
        found = estimate(self.rows(moment), sensing, moment)
        assert found is not None
        return found

    def rows(self, moment: datetime) -> SiteRows:
        rows = SiteRows(START)
        for each in self.events:
            if each.received_at <= moment:
                rows.add(each)
        return rows


def hours(number: float) -> datetime:
    """So many hours after midnight of the day."""
    return MIDNIGHT + timedelta(hours=number)


@pytest.fixture
def day() -> Telling:
    """The alarm was set at night; 20 people come from nine, one each minute, and stay."""
    found = Telling()
    found.alarm(hours(-3), AlarmChange.SET)
    found.alarm(hours(8.5), AlarmChange.UNSET)
    for minute in range(20):
        found.pass_(hours(9) + timedelta(minutes=minute), ins=1)
    return found


def test_people_are_counted_from_when_the_alarm_was_set_and_stay_though_nobody_passes(day: Telling) -> None:
    for hour in (9.5, 17):
        found = day.at(hours(hour))
        assert 19 <= found.people <= 23
        assert found.low <= 20 <= found.high <= 27
        assert (found.state, found.capacity, found.missing) == ("measured", 80, ())
    assert found.rests_on == "Counts at Front door; empty at 21:00 on Tue 24 Nov, when the alarm was set"
    assert day.at(hours(8)).high == 0


def test_the_curve_of_a_day_ends_with_the_estimate_and_says_where_not_all_was_counted(day: Telling) -> None:
    fault = FaultData(code=FaultCode.BEAM_BLOCKED, part="outer", present=True)
    day.say(hours(13), "front-beams", fault)
    day.say(hours(14), "front-beams", msgspec.structs.replace(fault, present=False))
    last = day.at(hours(17))
    found = curve(day.rows(hours(17)), SENSING, hours(0), hours(17))
    assert len(found) == 17 * 12
    assert [each.at for each in found if not each.counted] == [
        hours(13) + timedelta(minutes=5 * n) for n in range(1, 13)
    ]
    end = found[-1]
    assert (end.at, end.people, end.low, end.high) == (last.at, last.people, last.low, last.high)
    assert {each.people for each in found if each.at <= hours(9)} == {0}


def test_before_a_door_has_a_counter_there_is_no_curve(day: Telling) -> None:
    bare = Sensing(parts=PARTS, counters={}, areas=[], away={}, marks=[])
    assert curve(day.rows(hours(10)), bare, hours(0), hours(10)) == []


def test_a_site_without_a_counter_is_not_measured(day: Telling) -> None:
    bare = Sensing(parts=PARTS, counters={}, areas=[], away={}, marks=[])
    assert estimate(SiteRows(START), bare, hours(10)) is None


def test_a_blind_counter_is_named_and_makes_the_interval_wide(day: Telling) -> None:
    before = day.at(hours(10))
    fault = FaultData(code=FaultCode.BEAM_BLOCKED, part="outer", present=True)
    day.say(hours(10.25), "front-beams", fault)
    found = day.at(hours(12))
    assert found.high - found.low > 2 * (before.high - before.low)
    assert found.state == "uncertain"
    assert found.missing == ("not counted at Front door since 10:15: the outer beam is blocked",)


def test_an_edge_that_is_out_of_reach_says_nothing_and_not_nobody(day: Telling) -> None:
    away = Sensing(
        **{**{name: getattr(SENSING, name) for name in SENSING.__struct_fields__}, "away": {"main": hours(10)}}
    )
    found = day.at(hours(12), away)
    assert found.missing == ("not counted at Front door since 10:00: Main is out of reach",)
    assert found.high - found.low > 15


def test_who_counts_by_hand_is_believed_and_who_comes_later_is_added(day: Telling) -> None:
    day.say(
        hours(11) + timedelta(seconds=10),
        "front-beams",
        RecountData(counter="front-beams", inside=5, total_ins=day.total[0], total_outs=day.total[1]),
    )
    day.pass_(hours(11) + timedelta(seconds=30), ins=2)
    found = day.at(hours(11.5))
    assert found.low <= 7 <= found.high <= 10
    assert found.rests_on == "Counts at Front door; counted by a person at 11:00"


def test_an_alarm_of_a_part_of_the_building_does_not_make_those_vanish_who_came_in_since(day: Telling) -> None:
    day.alarm(hours(10), AlarmChange.SET)
    assert day.at(hours(11)).high == 0
    day.pass_(hours(11.5), ins=3)
    assert day.at(hours(12)).people == 3


def test_a_count_that_no_door_can_have_is_set_aside_and_said(day: Telling) -> None:
    day.pass_(hours(10), ins=390_000)
    found = day.at(hours(10.2))
    assert found.people <= 23
    assert found.missing == ("more than can pass Front door at 10:00",)


def test_of_a_counter_that_is_new_it_is_not_known_who_was_there_at_first() -> None:
    told = Telling()
    told.pass_(hours(9), ins=3)
    new = Sensing(parts=PARTS, counters={("main", "front-beams"): hours(9)}, areas=[], away={}, marks=[])
    found = told.at(hours(10), new)
    assert (found.people, found.missing) == (3, ("who was there when counting began",))
    assert found.low >= 2
    assert found.high > 20
    assert found.rests_on.endswith("it is not known who was there at 09:00, when counting began")


def test_a_building_that_nobody_has_passed_since_counting_began_is_not_known() -> None:
    told = Telling()
    new = Sensing(parts=PARTS, counters={("main", "front-beams"): hours(9)}, areas=[], away={}, marks=[])
    assert told.at(hours(10), new).state == "not known"
    told.pass_(hours(10), ins=1)
    assert told.at(hours(10.5), new).state == "uncertain"
    past = curve(told.rows(hours(10.5)), new, hours(0), hours(10.5))
    assert [each.at for each in past] == [hours(10) + timedelta(minutes=5 * n) for n in range(1, 7)]


def test_the_order_in_which_events_come_changes_nothing(day: Telling) -> None:
    for minute in range(60):
        day.say(hours(9) + timedelta(minutes=minute), "wifi", WifiData(zone="hall", stations=minute % 7))
    first = day.at(hours(10.4))
    for seed in range(3):
        random.Random(seed).shuffle(day.events)
        assert day.at(hours(10.4)) == first


@pytest.mark.parametrize("wander", [0.1, 3.0])
def test_a_step_without_a_matrix_is_what_the_matrix_gives(wander: float) -> None:
    comings = Comings(0.2, 0.5, wander, 0.3, usual(200).sizes)
    believed = OccupancyFilter(comings, None, np.ones(1))
    believed.told(40)
    before = believed.belief
    believed.pass_time(600)
    assert believed.belief == pytest.approx(before @ transition(comings, 600), abs=1e-5)


async def put_site(db: Database) -> None:
    async with db.write() as tx:
        await estate.put_site(tx, SITE)
        state = {"seq": 1, "at": START, "since": START, "state": "{}"}
        for device, kind in (("front-beams", "counter"), ("area", "alarm"), ("pir", "motion")):
            row = {"site": "ramsey", "edge": "main", "device": device, "kind": kind, **state}
            await tx.execute(insert(device_states).values(**row))


def two_days(rng: random.Random) -> list[tuple[datetime, Event]]:
    """Events of two days, each with when it comes: most at once, some minutes late. A counter fails, somebody counts,
    and the alarm is set at night."""
    found: list[tuple[datetime, Event]] = []
    totals = [0, 0]
    inside = 0
    blocked = FaultData(code=FaultCode.BEAM_BLOCKED, part="outer", present=True)
    besides: list[tuple[float, str, EventData]] = [
        (-15.5, "pir", MotionData(zone="hall", active=True)),
        (-15.4, "pir", MotionData(zone="hall", active=False)),
        (-12, "front-beams", blocked),
        (-11, "front-beams", msgspec.structs.replace(blocked, present=False)),
        (-3.5, "area", AlarmData(area="area", change=AlarmChange.SET)),
        (7.5, "area", AlarmData(area="area", change=AlarmChange.UNSET)),
        (13, "front-beams", RecountData(counter="front-beams", inside=9, total_ins=0, total_outs=0)),
        (15, "front-beams", blocked),
    ]
    for minute in range(-24 * 60, 24 * 60, 21):
        at = MIDNIGHT + timedelta(minutes=minute, seconds=rng.randrange(400))
        while besides and hours(besides[0][0]) <= at:
            hour, device, data = besides.pop(0)
            if isinstance(data, RecountData):
                data = msgspec.structs.replace(data, total_ins=totals[0], total_outs=totals[1])
                inside = data.inside
            found.append((at + timedelta(seconds=1), event(len(found) + 1, data, at=hours(hour), device=device)))
        if not 8 <= at.hour < 20:
            continue
        ins = rng.randrange(4) if at.hour < 18 else 0
        outs = rng.randrange(min(inside, 3) + 1) if at.hour < 18 else inside
        inside += ins - outs
        totals = [totals[0] + ins, totals[1] + outs]
        if minute % 2:
            air = ReadingData(name="air", family="zigbee", values={"co2": 420.0 + 9 * inside})
            late = at + timedelta(seconds=1) + timedelta(minutes=minute % 5)
            found.append((late, event(len(found) + 1, air, at=at, device="air")))
        seq = len(found) + 1
        told = crossing(seq, ins=ins, outs=outs, total=(totals[0], totals[1]), at=at)
        if rng.random() < 0.3:
            told = event(seq, WifiData(zone="hall", stations=inside // 2), at=at, device="wifi")
            totals, inside = [totals[0] - ins, totals[1] - outs], inside - ins + outs
        found.append((at + timedelta(seconds=1) + timedelta(minutes=rng.choice([0, 0, 0, 1, 12])), told))
    return sorted(found, key=lambda each: each[0])


async def shown_live(db: Database, events: Sequence[tuple[datetime, Event]], clock: ManualClock) -> list[Estimate]:
    """Store what has come, and look at the building, soon after some of the events."""
    service, shown = OccupancyService(db, clock), []
    waiting = list(events)
    for look in [at + timedelta(seconds=3) for at, _ in events[4::9]]:
        while waiting and waiting[0][0] <= look:
            at, told = waiting.pop(0)
            await store(db, "ramsey", [told], now=at)
        clock.set(look)
        found = await service.now("ramsey")
        assert found is not None
        shown.append(found)
    return shown


async def test_yesterday_as_it_was_shown_live_is_yesterday_worked_out_again_from_stored_events(db: Database) -> None:
    await put_site(db)
    clock = ManualClock(START)
    shown = await shown_live(db, two_days(random.Random(1)), clock)
    clock.set(hours(48))
    later = OccupancyService(db, clock)
    assert len({each.people for each in shown}) > 4
    for each in shown[::2]:
        again = await later.at("ramsey", each.at)
        assert again is not None
        assert again == each
    said = " ".join(f"{each.rests_on} {each.missing}" for each in shown)
    assert all(why in said for why in ("beam is blocked", "counted by a person", "the alarm was set"))
