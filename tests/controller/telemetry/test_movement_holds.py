"""What movement sensors hold is learned each night from stored events, and kept with when it was learned."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import OperationalError, ProgrammingError

from controller.db.engine import Database
from controller.db.lease import LeaseLost
from controller.platform.text import local_time
from controller.telemetry.movement_hold import LEAST_SPELLS
from controller.telemetry.movement_holds import HoldLearning, MovementHold, hold_at, holds_of, night_of
from controller.telemetry.tables import device_states, edge_states, movement_holds
from edge.wire.events import Event, EventData, MotionData, ReadingData
from edge.wire.readings import ReadingKind
from firmware_sim.sensed_movement import moved_room, reported, with_heartbeats
from tests.controller.clock import ManualClock
from tests.controller.telemetry.rollups.storing import make_site, store
from tests.controller.telemetry.speaking import LOG, event

SITE, PIR, ZIGBEE = "ramsey", ("main", "hall-pir"), ("main", "z2m-studio")
FIRST = datetime(2026, 10, 19, tzinfo=UTC)
"""The clocks go back six days later."""


def heard(seed: str, first: datetime, days: int, hold_s: float, *, wired: bool, seq: int) -> list[Event]:
    moved = moved_room(Random(seed), days, still_s=400).moved
    changes = reported(Random(seed), moved, hold_s)
    found = []
    for number, (at, moves) in enumerate(changes if wired else with_heartbeats(changes, 900), seq):
        data: EventData = MotionData(zone="hall", active=moves)
        if not wired:
            data = ReadingData(name="Studio", family="zigbee2mqtt", values={ReadingKind.MOTION: float(moves)})
        found.append(event(number, data, at=first + timedelta(seconds=at), device=(PIR if wired else ZIGBEE)[1]))
    return found


async def tell(database: Database, events: Iterable[Event], now: datetime) -> None:
    """The edge's log goes to here, and ends now."""
    told = sorted(events, key=lambda each: each.seq)
    await store(database, SITE, told, now=now)
    state = {"site": SITE, "edge": "main", "online": True, "since": now, "boot": "0" * 36, "connection": 1}
    state |= {"nonce": "0" * 32, "at": now, "software": "1", "trust": "synced", "log": LOG, "health": "{}"}
    device = {"site": SITE, "edge": "main", "seq": 1, "state": "{}", "at": now, "since": now}
    async with database.write() as tx:
        await tx.execute(delete(edge_states))
        await tx.execute(delete(device_states))
        await tx.execute(insert(edge_states).values(state | {"head": told[-1].seq}))
        await tx.execute(insert(device_states).values(device | {"device": PIR[1], "kind": "motion"}))


@pytest.fixture
async def site(db: Database) -> Database:
    await make_site(db, SITE)
    return db


async def learned(database: Database) -> dict[tuple[str, str], list[tuple[datetime, float]]]:
    async with database.read() as tx:
        found = await holds_of(tx, SITE)
    return {device: [(each.since, each.hold_s) for each in holds] for device, holds in found.items()}


async def test_each_night_the_sensors_of_a_site_are_learned_from_the_weeks_before(site: Database) -> None:
    clock = ManualClock(FIRST + timedelta(days=9, hours=2))
    learning = HoldLearning(site, clock)
    await learning.look()
    assert await learned(site) == {}
    wired = heard("hall", FIRST, 9, 120, wired=True, seq=1)
    await tell(site, [*wired, *heard("studio", FIRST, 9, 45, wired=False, seq=len(wired) + 1)], clock.now())
    await learning.look()
    assert await learned(site) == {}, "it is the same night"
    clock.advance(hours=2)
    await learning.look()
    now, found = clock.now(), await learned(site)
    assert {device: [each for each, _ in holds] for device, holds in found.items()} == {PIR: [now], ZIGBEE: [now]}
    assert found[PIR][0][1] == pytest.approx(120, abs=4)
    assert found[ZIGBEE][0][1] == pytest.approx(45, abs=2)
    clock.advance(days=1)
    await learning.look()
    assert [each for holds in (await learned(site)).values() for each, _ in holds] == [now, now], "nothing new"


@pytest.mark.parametrize("fault", [ValueError("too long"), ProgrammingError("SELECT", {}, ValueError("no such table"))])
async def test_a_fault_at_one_site_is_logged_once_a_night_and_keeps_no_other_from_learning(
    site: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, fault: Exception
) -> None:
    await make_site(site, "march")
    learning = HoldLearning(site, ManualClock(FIRST + timedelta(days=9, hours=4)))
    asked, learn = [], learning.learn

    async def faulty(of: str, now: datetime) -> None:
        asked.append(of)
        if of == "march":
            raise fault
        await learn(of, now)

    monkeypatch.setattr(learning, "learn", faulty)
    for _ in range(2):
        await learning.look()
    assert asked == ["march", SITE]
    [said] = [each.getMessage() for each in caplog.records if each.levelname == "ERROR"]
    assert "not learned of march" in said


@pytest.mark.parametrize("fault", [LeaseLost("work"), OperationalError("SELECT", {}, OSError("refused"))])
async def test_a_lost_lease_or_a_database_that_is_away_is_no_fault_of_a_site(
    site: Database, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    learning = HoldLearning(site, ManualClock(FIRST + timedelta(days=9, hours=4)))
    learn, asked = learning.learn, []

    async def first_fails(of: str, now: datetime) -> None:
        asked.append(of)
        if len(asked) == 1:
            raise fault
        await learn(of, now)

    monkeypatch.setattr(learning, "learn", first_fails)
    with pytest.raises(type(fault)):
        await learning.look()
    await learning.look()
    assert asked == [SITE, SITE]


@pytest.mark.parametrize(("flickered", "days"), [(1, 28), (9, 7)])
async def test_a_busy_site_learns_from_the_newest_days_and_first_reports_and_says_so_once_a_night(
    site: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, flickered: int, days: int
) -> None:
    """And a sensor that flickers takes nothing from the others."""
    monkeypatch.setattr("controller.telemetry.movement_holds._MOST", 400)
    now = FIRST + timedelta(days=9, hours=4)
    wired = heard("hall", FIRST, 9, 120, wired=True, seq=1)
    flickers = [
        event(
            len(wired) + at,
            ReadingData(name="Studio", family="zigbee2mqtt", values={ReadingKind.MOTION: float(at % 2)}),
            at=now - timedelta(days=at % flickered, hours=3, seconds=-at),
            device=ZIGBEE[1],
        )
        for at in range(1, 600)
    ]
    await tell(site, [*wired, *flickers], now)
    learning = HoldLearning(site, ManualClock(now))
    for _ in range(2):
        await learning.look()
    found = await learned(site)
    assert found[PIR][0][1] == pytest.approx(120, abs=5)
    [said] = [each.getMessage() for each in caplog.records if each.levelname == "WARNING"]
    assert f"of ramsey hold movement is learned from the newest {days} days, and of" in said


async def test_a_hold_that_was_changed_counts_from_when_it_was_learned(site: Database) -> None:
    clock = ManualClock(FIRST + timedelta(days=10))
    told = heard("hall", FIRST, 10, 60, wired=True, seq=1)
    await tell(site, told, clock.now())
    await HoldLearning(site, clock).look()
    first = clock.now()
    clock.advance(days=8)
    await tell(site, heard("hall", first, 8, 240, wired=True, seq=len(told) + 1), clock.now())
    await HoldLearning(site, clock).look()
    (before, short), (after, long) = (await learned(site))[PIR]
    assert (before, after) == (first, clock.now())
    assert short == pytest.approx(60, abs=3)
    assert long == pytest.approx(240, abs=12)
    async with site.read() as tx:
        assert len((await holds_of(tx, SITE, until=after - timedelta(seconds=1)))[PIR]) == 1
        assert min((await tx.execute(select(movement_holds.c.spells))).scalars()) >= LEAST_SPELLS


@pytest.mark.parametrize("change", ["2026-03-29", "2026-10-25"])
def test_it_is_learned_once_each_night_also_when_the_clocks_change(change: str) -> None:
    """Three hours after midnight, whatever the wall says then."""
    zone, first = ZoneInfo("Europe/London"), datetime.fromisoformat(f"{change}T12:00Z") - timedelta(days=2)
    hours = [first + timedelta(minutes=30 * at) for at in range(2 * 24 * 4)]
    due = [now for before, now in pairwise(hours) if night_of(now, zone) > night_of(before, zone)]
    assert [now.date().isoformat() for now in due] == sorted({now.date().isoformat() for now in hours[1:]})[1:]
    for now in due:
        midnight = local_time.day_start(local_time.local_day(now, zone), zone)
        assert now - midnight == timedelta(hours=3)


def test_what_counts_at_a_moment_is_what_was_learned_last_by_then() -> None:
    one, two = (MovementHold(since=FIRST + timedelta(days=day), hold_s=60, spells=40) for day in (0, 5))
    assert hold_at([one, two], FIRST - timedelta(seconds=1)) is None
    assert hold_at([one, two], FIRST) == one
    assert hold_at([one, two], FIRST + timedelta(days=5)) == two
