"""How near the live figure of people comes on simulated weeks that chose nothing, and what a step of it costs."""

import time
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import insert

from controller.db.engine import Database
from controller.estate import repository as estate
from controller.estate.model import Space
from controller.estate.service import require_parts
from controller.occupancy.bookings_then import bookings_at
from controller.occupancy.doors import WEIGHTS, DoorRates
from controller.occupancy.filter import OccupancyFilter, usual
from controller.occupancy.service import OccupancyService
from controller.records.audit.tables import audit_rows
from controller.telemetry.tables import room_sensors
from edge.wire.events import Event, MotionData, ReadingData, WifiData
from firmware_sim.occupancy_score import replayed, scores
from firmware_sim.sensed_weeks import SCENARIOS, sensed_weeks
from tests.bench.timing import LoopWatch, Took, took
from tests.controller.clock import ManualClock
from tests.controller.occupancy.test_live_estimate import MIDNIGHT, hours, put_site
from tests.controller.telemetry.rollups.storing import store
from tests.controller.telemetry.speaking import crossing, event

STEPS = 2000
ROOMS, CHANGES = 100, 40_000


@pytest.mark.bench
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_twenty_seeds_of_two_weeks(tmp_path: Path, scenario: str) -> None:
    kept: dict[str, list[tuple[float, ...]]] = {}
    for seed in range(20):
        weeks = sensed_weeks(SCENARIOS[scenario], f"fresh-{seed}", 2)
        for when, base, found in scores(weeks, replayed(weeks, tmp_path)):
            row = (base.error, found.error, found.covered, found.width, found.interval, base.interval)
            kept.setdefault(when, []).append(row)
    for when, rows in kept.items():
        base, error, covered, width, interval, base_interval = np.mean(rows, axis=0)
        print(
            f"\n{scenario}, {when}: in minus out {base:.2f}, error {error:.2f} ({1 - error / base:.0%} less), "
            f"covered {covered:.0%}, width {width:.1f}, interval {interval:.0f} (by in minus out {base_interval:.0f})"
        )
        assert error < base
        assert interval < base_interval


def test_a_step_of_the_filter() -> None:
    doors, believed = DoorRates(np.array([1.0, -1.0])), OccupancyFilter(usual(60), None, WEIGHTS)
    counts, logs = np.array([1.0, 0.0]), -0.01 * (np.arange(61.0) - 10) ** 2
    began = time.process_time()
    for _ in range(STEPS):
        believed.pass_time(60)
        believed.cross(doors.change(counts))
        believed.see(logs)
    each = (time.process_time() - began) / STEPS * 1e6
    print(f"\na step with somebody passing a door, 0 to 60 people: {each:.0f} µs (at most 50)")
    assert believed.belief.sum() == pytest.approx(1)


@pytest.mark.bench
async def test_an_answer_on_a_busy_day(db: Database) -> None:
    """Of eight days with 2,600 reports of a counter, 1,300 of movement and 140 of the WiFi each."""
    await put_site(db)
    seq = total = 0
    for day in range(-7, 1):
        batch: list[Event] = []
        for number in range(1300):
            at = MIDNIGHT + timedelta(days=day, hours=8, seconds=30 * number)
            total += 1
            more = [crossing(seq + 1, ins=1, outs=1, total=(total, total), at=at)]
            more.append(crossing(seq + 2, ins=0, outs=0, total=(total, total), at=at + timedelta(seconds=9)))
            more.append(event(seq + 3, MotionData(zone="hall", active=number % 2 == 0), at=at))
            more += [event(seq + 4, WifiData(zone="hall", stations=9), at=at, device="wifi")] * (number % 9 == 0)
            batch, seq = batch + more, seq + len(more)
        await store(db, "ramsey", batch, now=batch[-1].at)
    clock = ManualClock(hours(19))
    service = OccupancyService(db, clock)
    began = time.perf_counter()
    first = await service.now("ramsey")
    first_ms = (time.perf_counter() - began) * 1000

    async def later() -> None:
        clock.advance(minutes=1)
        await service.now("ramsey")

    later_ms = np.median(await took(later, 5))
    past_ms = np.median(await took(lambda: service.at("ramsey", hours(18)), 2))
    assert first is not None
    print(f"\n{seq} events: first answer {first_ms:.0f} ms, each minute {later_ms:.0f} ms, as it was {past_ms:.0f} ms")


async def put_rooms(db: Database) -> list[Event]:
    """A hundred rooms with a sensor of presence, every fourth with carbon dioxide too; what they said in two days."""
    names = [f"room-{number}" for number in range(ROOMS)]
    kinds = {name: ("presence", "co2") if number % 4 == 0 else ("presence",) for number, name in enumerate(names)}
    async with db.write() as tx:
        spaces = [Space(site="ramsey", id=name, name=name, capacity=10) for name in names]
        await estate.put_spaces(tx, spaces)
        common = {"site": "ramsey", "edge": "main", "family": "z", "first_at": MIDNIGHT, "heard_at": MIDNIGHT}
        common |= {"last_values": "{}", "set_aside": "{}", "replaced": 0}
        rows = [common | {"device": name, "name": name, "space": name} for name in names]
        await tx.execute(insert(room_sensors), rows)
    found: list[Event] = []
    for quarter in range(-96, 76):
        at = MIDNIGHT + timedelta(minutes=15 * quarter)
        for number, name in enumerate(names):
            there = quarter % 96 > 36 and (quarter + number) % 5 < 3
            values = {"presence": float(there), "co2": 430.0 + 90 * there + number}
            data = ReadingData(name=name, family="z", values={kind: values[kind] for kind in kinds[name]})
            found.append(event(len(found) + 1, data, at=at, device=name))
    return found


@pytest.mark.bench
async def test_a_hundred_rooms(db: Database) -> None:
    await put_site(db)
    events = await put_rooms(db)
    for first in range(0, len(events), 5000):
        await store(db, "ramsey", events[first : first + 5000], now=events[-1].at)
    clock = ManualClock(hours(19))
    service = OccupancyService(db, clock)
    await service.now("ramsey")
    for what in ("first", "a minute later"):
        used = Took()
        async with LoopWatch() as loop:
            found = await service.rooms_now("ramsey")
        print(
            f"\n{what}, {ROOMS} rooms: {used()[1]:.2f} s of processor time, loop held {loop.longest_ms:.0f} ms", end=""
        )
        assert len([each for each in found.rooms if each.state != "not measured"]) == ROOMS
        clock.advance(minutes=1)


@pytest.mark.bench
async def test_bookings_as_they_were_before_many_changes(db: Database) -> None:
    """The rows of later changes of other bookings, of which one in twenty was moved."""
    await put_site(db)
    changes = ('{"state":["confirmed","cancelled"]}', '{"starts":["2026-12-01T09:00:00Z","2026-12-02T09:00:00Z"]}')
    common = {"site": "ramsey", "actor": "a", "source": "api", "act": "booking.change", "personal_digest": b""}
    rows = [
        common
        | {
            "at": MIDNIGHT + timedelta(seconds=number),
            "thing": f"booking b{number}",
            "changes": changes[number % 20 == 0],
        }
        for number in range(CHANGES)
    ]
    async with db.write() as tx:
        await tx.execute(insert(audit_rows), rows)
    async with db.read() as tx:
        parts, used = await require_parts(tx, "ramsey"), Took()
        async with LoopWatch() as loop:
            await bookings_at(tx, parts, MIDNIGHT - timedelta(hours=1))
    print(f"\n{CHANGES} later changes: {used()[0] * 1000:.0f} ms, loop held {loop.longest_ms:.0f} ms")
