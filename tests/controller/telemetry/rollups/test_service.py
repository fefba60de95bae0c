"""Roll-ups grow with each event that is stored, are made again from events, and say what they cover."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, func, insert, select, update

from controller.db.engine import Database
from controller.privacy.rules_by_kind import DeleteEvents
from controller.telemetry.queries import Outage
from controller.telemetry.rollups.coverage import known_times, shares
from controller.telemetry.rollups.figures import FigureSeries, figures, stored_figures
from controller.telemetry.rollups.fold import Step, edges_in
from controller.telemetry.rollups.repository import BlindMark, HeardSeries, marks_of, put_marks
from controller.telemetry.rollups.service import remake
from controller.telemetry.tables import device_states, edge_states, events, quarantine, rollups
from edge.wire.events import Event, FaultData, FootfallData, MotionData, OutageData, ReadingData, WifiData
from edge.wire.faults import FaultCode
from edge.wire.interval import Interval
from tests.controller.telemetry.rollups.storing import made_again, make_site, rows_of, store
from tests.controller.telemetry.speaking import LOG, crossing, event

LONDON = ZoneInfo("Europe/London")
SITE = "ramsey"
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
DAY = Interval(start=datetime(2026, 11, 25, tzinfo=UTC), end=datetime(2026, 11, 26, tzinfo=UTC))


@pytest.fixture
async def site(db: Database) -> Database:
    await make_site(db, SITE)
    return db


def some_weeks(random: Random, number: int = 120) -> list[Event]:
    """Crossings by a counter that is moved between two doors, movement, stations, sensors and faults, often several in
    five minutes, over both changes of the clocks and a month's end."""
    found, ins = [], 0
    starts = (datetime(2026, 3, 28, 22, tzinfo=UTC), datetime(2026, 10, 24, 22, tzinfo=UTC), NOON + timedelta(days=5))
    for seq in range(1, number + 1):
        at = starts[3 * seq // (number + 1)] + timedelta(minutes=random.randrange(30) + 5 * (seq % 40))
        match random.randrange(7):
            case 0 | 1 | 2:
                ins += (more := random.randrange(2))
                door = random.choice(("front-door", "front-door", "side-door", None))
                pushed = FootfallData(counter="front-beams", door=door, ins=more, outs=0, total_ins=ins, total_outs=0)
                found.append(event(seq, pushed, at=at, device="front-beams"))
            case 3:
                values = random.choice(({"temperature": 20.5}, {"motion": 1.0}, {"co2": 400.0, "open": 0.0}))
                found.append(event(seq, ReadingData(family="shelly", name="a", values=values), at=at, device="a"))
            case 4:
                found.append(event(seq, MotionData(zone="hall", active=random.random() < 0.5), at=at))
            case 5:
                stations = WifiData(zone="hall", stations=random.randrange(40))
                found.append(event(seq, stations, at=at, device="wifi-hall"))
            case _:
                fault = FaultData(code=FaultCode.BEAM_DEAD, part="beam 2", present=random.random() < 0.5)
                found.append(event(seq, fault, at=at, device="front-beams"))
    return found


def lots_of(random: Random, found: Sequence[Event]) -> list[list[Event]]:
    """In any order, in batches of any size, some twice."""
    mixed = [*found, *random.sample(found, len(found) // 3)]
    random.shuffle(mixed)
    lots = []
    while mixed:
        size = random.randrange(1, 40)
        lots.append(mixed[:size])
        mixed = mixed[size:]
    return lots


@pytest.mark.cases_full
@pytest.mark.parametrize("seed", range(3))
async def test_rows_are_the_same_in_any_order_of_arrival_and_when_made_again(db: Database, seed: int) -> None:
    random = Random(seed)
    found = some_weeks(random)
    await make_site(db, "mixed")
    await store(db, "mixed", *lots_of(random, found))
    await make_site(db, "sorted")
    await store(db, "sorted", found)
    rows = await rows_of(db, "sorted")
    assert await rows_of(db, "mixed") == rows
    assert len(rows["rollups"]) > 100
    assert await made_again(db, "mixed") == len(found)
    assert await rows_of(db, "mixed") == rows


async def test_rows_that_are_lost_or_wrong_are_right_when_made_again(site: Database) -> None:
    found = some_weeks(Random(7))
    await store(site, SITE, found)
    rows = await rows_of(site, SITE)
    async with site.write() as tx:
        await tx.execute(update(rollups).values(total=rollups.c.total + 1000))
        await tx.execute(delete(rollups).where(rollups.c.step == "hour"))
    await made_again(site, SITE)
    assert await rows_of(site, SITE) == rows


async def test_a_range_is_made_again_and_the_rest_is_left(site: Database) -> None:
    await store(
        site,
        SITE,
        [crossing(1, ins=1, total=(1, 0), at=NOON), crossing(2, ins=2, total=(3, 0), at=NOON + timedelta(days=1))],
    )
    async with site.write() as tx:
        await tx.execute(update(rollups).where(rollups.c.step != "day").values(total=0))
        await tx.execute(update(rollups).where(rollups.c.at >= DAY.end).values(n=99))
    assert await made_again(site, SITE, date(2026, 11, 25), date(2026, 11, 25)) == 1
    now = await rows_of(site, SITE)
    hours = {row[2]: row[8] for row in now["rollups"] if row[0] == "hour" and row[4] == "ins"}
    assert hours == {NOON: 1000, NOON + timedelta(days=1): 0}
    assert {row[7] for row in now["rollups"] if row[2] >= DAY.end} == {99}  # type: ignore[operator]


async def test_days_of_which_events_were_deleted_keep_their_rows(site: Database) -> None:
    for seq in range(1, 6):
        at = NOON + timedelta(days=seq)
        await store(site, SITE, [crossing(seq, ins=1, total=(seq, 0), at=at)], now=at)
    rows = await rows_of(site, SITE)
    async with site.write() as tx:
        keys = [tuple(row) for row in await tx.execute(select(events.c.id).where(events.c.seq < 4))]
        await DeleteEvents(table="events", column="received_at").apply(tx, keys)
    assert await made_again(site, SITE) == 1
    assert await rows_of(site, SITE) == rows


async def test_days_of_which_events_are_deleted_while_others_are_made_again_keep_their_rows(site: Database) -> None:
    for seq in range(1, 6):
        at = NOON + timedelta(days=seq)
        await store(site, SITE, [crossing(seq, ins=1, total=(seq, 0), at=at)], now=at)
    rows = await rows_of(site, SITE)
    made: list[int] = []
    async for each in remake(site, SITE, None, None, NOON + timedelta(days=6)):
        if not made:
            async with site.write() as tx:
                keys = [tuple(row) for row in await tx.execute(select(events.c.id).where(events.c.seq < 4))]
                await DeleteEvents(table="events", column="received_at").apply(tx, keys)
        made.append(each.events)
    assert made == [1, 0, 0, 0, 1, 0, 0]
    assert await rows_of(site, SITE) == rows


async def test_every_day_is_made_again_where_the_first_number_of_an_event_was_never_used(site: Database) -> None:
    for seq in range(1, 4):
        at = NOON + timedelta(days=seq)
        await store(site, SITE, [crossing(seq, ins=1, total=(seq, 0), at=at)], now=at)
    async with site.write() as tx:
        # As PostgreSQL does when the transaction that took numbers fails.
        await tx.execute(update(events).values(id=events.c.id + 10))
    assert await made_again(site, SITE) == 3


async def test_numbers_that_no_row_holds_are_set_aside_and_stop_nothing_where_they_were_stored(site: Database) -> None:
    good, odd = (
        event(seq, ReadingData(family="shelly", name="plug", values={"of-a-newer-edge": number}), at=NOON)
        for seq, number in ((1, 5.0), (2, 1e20))
    )
    await store(site, SITE, [good, odd])
    async with site.read() as tx:
        assert (await tx.execute(select(events.c.seq))).scalars().all() == [1]
        assert (await tx.execute(select(quarantine.c.seq))).scalars().all() == [2]
    async with site.write() as tx:
        await tx.execute(update(events).values(data=func.replace(events.c.data, "5.0", "1e306")))
    assert await made_again(site, SITE) == 1
    assert (await rows_of(site, SITE))["rollups"] == []


@pytest.mark.parametrize("seed", range(3))
async def test_marks_before_a_time_that_no_longer_count_are_not_read(site: Database, seed: int) -> None:
    random, ends = Random(seed), DAY.end + timedelta(days=3)
    outages = [Outage(edge="main", during=Interval(start=at, end=at + HOUR)) for at in sorted(some_times(random, 12))]
    marks = [
        BlindMark(
            edge="main", log=LOG, seq=seq, device=f"beams-{seq % 2}", fault=f"f {seq % 3}", at=at, present=present
        )
        for seq, at in enumerate(some_times(random, 60))
        for present in [random.random() < 0.6]
    ]
    async with site.write() as tx:
        await put_marks(tx, SITE, marks)
    async with site.read() as tx:
        found = await marks_of(tx, SITE, DAY)
    before = [mark for mark in found if mark.at < DAY.start]
    assert len({(mark.device, mark.fault) for mark in before}) == len(before)
    assert {mark.seq for mark in found if mark.at >= DAY.start} == {
        mark.seq for mark in marks if DAY.start <= mark.at < DAY.end
    }
    heard = [
        HeardSeries(edge="main", device=f"beams-{each}", measurement="footfall", place="", first_at=EARLY, last_at=ends)
        for each in range(2)
    ]
    edges = edges_in(Step.HOUR, DAY, LONDON)

    def known(given: Sequence[BlindMark]) -> list[list[float]]:
        ordered = sorted(given, key=lambda each: (each.at, each.log, each.seq))
        times = known_times(heard, horizons={}, present=set(), outages=outages, marks=ordered)
        return [shares(each, edges) for each in times]

    assert known(found) == known(marks)


HOUR = timedelta(hours=1)
EARLY = DAY.start - timedelta(days=3)


def some_times(random: Random, number: int) -> list[datetime]:
    """Within a few days about ``DAY``; some of them are the same."""
    return [EARLY + timedelta(minutes=20 * random.randrange(6 * 72)) for _ in range(number)]


async def seen(database: Database, step: Step, during: Interval, now: datetime) -> dict[str, FigureSeries]:
    async with database.read() as tx:
        stored = await stored_figures(tx, SITE, step, during, LONDON, now, footfall=True)
    return {each.field: each for each in figures(stored)}


async def alive(database: Database, until: datetime, head: int) -> None:
    """The edge has said how far its log goes, and that it has the counter."""
    state = {"site": SITE, "edge": "main", "online": True, "since": until, "boot": "0" * 36, "connection": 1}
    state |= {"nonce": "0" * 32, "at": until, "software": "1", "trust": "synced", "head": head, "log": LOG}
    device = {"site": SITE, "edge": "main", "device": "front-beams", "kind": "counter", "seq": 1, "state": "{}"}
    async with database.write() as tx:
        await tx.execute(delete(edge_states))
        await tx.execute(delete(device_states))
        await tx.execute(insert(edge_states).values(state | {"health": "{}"}))
        await tx.execute(insert(device_states).values(device | {"at": until, "since": until}))


def at_hour(*hours: float) -> list[datetime]:
    return [DAY.start + timedelta(hours=each) for each in hours]


def counted(found: FigureSeries, *hours: int) -> list[tuple[float | None, float]]:
    return [(found.total[hour], found.coverage[hour]) for hour in hours]


async def test_silence_while_the_device_is_known_to_work_is_zero_and_other_silence_is_not(site: Database) -> None:
    start, eight, twelve, fifteen = at_hour(6, 8, 12, 15)
    await store(site, SITE, [crossing(1, ins=2, total=(2, 0), at=start), crossing(2, ins=1, total=(3, 0), at=eight)])
    await alive(site, twelve, head=2)
    found = await seen(site, Step.HOUR, DAY, fifteen)
    assert counted(found["ins"], 5, 6, 7, 8, 11, 12, 14) == [
        *((None, 0.0), (2.0, 1.0), (0.0, 1.0), (1.0, 1.0), (0.0, 1.0), (None, 0.0), (None, 0.0))
    ]
    assert len(found["ins"].total) == 15  # nothing is said of what is to come


async def test_an_event_says_that_its_device_worked_until_then_also_after_the_edge_last_said_how_far_it_goes(
    site: Database,
) -> None:
    start, eight, twelve, fifteen = at_hour(6, 8, 12, 15)
    await store(site, SITE, [crossing(1, ins=2, total=(2, 0), at=start), crossing(2, ins=1, total=(3, 0), at=twelve)])
    await alive(site, eight, head=1)
    found = await seen(site, Step.HOUR, DAY, fifteen)
    assert counted(found["ins"], 7, 9, 11, 13) == [(0, 1.0), (0, 1.0), (0, 1.0), (None, 0.0)]


async def test_a_counter_that_is_moved_to_another_door_has_figures_of_both(site: Database) -> None:
    six, eight, fifteen = at_hour(6, 8, 15)
    moved = FootfallData(counter="front-beams", door="side-door", ins=1, outs=0, total_ins=3, total_outs=0)
    await store(
        site,
        SITE,
        [crossing(1, ins=2, total=(2, 0), at=six), event(2, moved, at=eight, device="front-beams")],
    )
    async with site.read() as tx:
        stored = await stored_figures(tx, SITE, Step.HOUR, DAY, LONDON, fifteen, footfall=True)
    found = {each.place: each for each in figures(stored) if each.field == "ins"}
    assert (found["front-door"].total[6], found["side-door"].total[8]) == (2, 1)
    assert found["front-door"].total[8] is None


async def test_what_is_still_to_come_is_not_known(site: Database) -> None:
    start, eight, twelve = at_hour(6, 8, 12)
    await store(site, SITE, [crossing(1, ins=2, total=(2, 0), at=start), crossing(3, ins=1, total=(4, 0), at=twelve)])
    await alive(site, twelve, head=3)
    found = await seen(site, Step.HOUR, DAY, twelve)
    assert counted(found["ins"], 6, 7, 11) == [(2.0, 0.0), (None, 0.0), (None, 0.0)]
    await store(site, SITE, [crossing(2, ins=1, total=(3, 0), at=eight)])
    found = await seen(site, Step.HOUR, DAY, twelve)
    assert counted(found["ins"], 6, 7, 8, 11) == [(2.0, 1.0), (0.0, 1.0), (1.0, 1.0), (0.0, 1.0)]


async def test_an_outage_and_a_dead_beam_take_their_share(site: Database) -> None:
    start, off, on, dead, mended, now = at_hour(0, 8.25, 9, 10, 10.5, 12)
    began, ended = (FaultData(code=FaultCode.BEAM_DEAD, part="beam 2", present=present) for present in (True, False))
    await store(
        site,
        SITE,
        [
            crossing(1, ins=1, total=(1, 0), at=start),
            event(2, OutageData(start=off, end=on), at=on, device="agent"),
            event(3, began, at=dead, device="front-beams"),
            event(4, ended, at=mended, device="front-beams"),
        ],
    )
    await alive(site, now, head=4)
    found = await seen(site, Step.HOUR, DAY, now)
    assert counted(found["ins"], 7, 8, 9, 10, 11) == [(0.0, 1.0), (0.0, 0.25), (0.0, 1.0), (0.0, 0.5), (0.0, 1.0)]
    days = await seen(site, Step.DAY, DAY, now)
    assert counted(days["ins"], 0) == [(1.0, round(10.75 / 24, 4))]


async def test_a_fault_that_began_before_it_was_found_takes_its_share_from_then_on(site: Database) -> None:
    start, since, found_at, now = at_hour(0, 8.5, 11, 12)
    dead = FaultData(code=FaultCode.BEAM_DEAD, part="inner", present=True, since=since)
    await store(
        site, SITE, [crossing(1, ins=1, total=(1, 0), at=start), event(2, dead, at=found_at, device="front-beams")]
    )
    await alive(site, now, head=2)
    found = await seen(site, Step.HOUR, DAY, now)
    assert counted(found["ins"], 7, 8, 9, 11) == [(0.0, 1.0), (0.0, 0.5), (None, 0.0), (None, 0.0)]


async def test_a_device_that_has_gone_counts_until_its_last_event(site: Database) -> None:
    start, eight, twelve = at_hour(6, 8, 12)
    await store(site, SITE, [crossing(1, ins=2, total=(2, 0), at=start), crossing(2, ins=1, total=(3, 0), at=eight)])
    await alive(site, twelve, head=2)
    async with site.write() as tx:
        await tx.execute(delete(device_states))
    found = await seen(site, Step.HOUR, DAY, twelve)
    assert counted(found["ins"], 7, 8) == [(0.0, 1.0), (1.0, 0.0)]


async def test_figures_outlive_their_events(site: Database) -> None:
    start, twelve = at_hour(6, 12)
    await store(site, SITE, [crossing(1, ins=2, total=(2, 0), at=start)])
    await alive(site, twelve, head=1)
    before = await seen(site, Step.HOUR, DAY, twelve)
    async with site.write() as tx:
        await tx.execute(delete(events))
        assert (await tx.execute(select(events))).first() is None
    assert await seen(site, Step.HOUR, DAY, twelve) == before


async def test_sessions_on_the_wifi_are_not_known_before_a_zone_told_of_any(site: Database) -> None:
    said = [WifiData(zone="hall", stations=9), WifiData(zone="hall", stations=9, sessions=3)]
    lot = [event(n, data, at=NOON + timedelta(days=n), device="wifi-hall") for n, data in enumerate(said, 1)]
    lot.append(event(3, said[0], at=NOON + timedelta(days=3), device="wifi-hall"))
    await store(site, SITE, lot)
    during = Interval(start=DAY.start + timedelta(days=1), end=DAY.end + timedelta(days=3))
    async with site.read() as tx:
        stored = await stored_figures(tx, SITE, Step.DAY, during, LONDON, during.end, footfall=False)
    found = {each.field: each for each in figures(stored)}
    assert found["sessions"].total == [None, 3, 0]
    assert found["sessions"].coverage == [0, 1, 0.5]
    assert found["stations"].coverage == [0.5, 1, 0.5]


async def test_a_sensor_over_mqtt_from_which_nothing_came_for_half_an_hour_did_not_work_then(site: Database) -> None:
    def heard(seq: int, hour: float, **values: float) -> Event:
        [at] = at_hour(hour)
        return event(seq, ReadingData(family="shelly", name="pir", values=values), at=at, device="mqtt-1")

    async def hours() -> list[tuple[float | None, float]]:
        async with site.read() as tx:
            stored = await stored_figures(tx, SITE, Step.HOUR, DAY, LONDON, DAY.end, footfall=False)
        [found] = figures(stored)
        return counted(found, 6, 7, 8, 9, 10)

    await store(site, SITE, [heard(4, 10.25, motion=0.0), heard(1, 6, motion=1.0), heard(2, 6.25, motion=1.0)])
    assert await hours() == [(2.0, 0.75), (None, 0.0), (None, 0.0), (None, 0.0), (0.0, 0.0)]
    await store(site, SITE, [heard(3, 6.75)])  # its battery alone; late
    assert await hours() == [(2.0, 1.0), (0.0, 0.25), (None, 0.0), (None, 0.0), (0.0, 0.0)]
    rows = await rows_of(site, SITE)
    assert len(rows["sensor_runs"]) == 2
    await made_again(site, SITE)
    assert await rows_of(site, SITE) == rows
