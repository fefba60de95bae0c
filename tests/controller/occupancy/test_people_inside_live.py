"""The snapshot does not wait for how many people are inside, and the loop does not work it out."""

import asyncio
import threading
from datetime import datetime, timedelta

import pytest

from controller.bookings.diary.site_config import SiteConfigs
from controller.db.engine import Database
from controller.occupancy import service as occupancy
from controller.occupancy.estimate import Estimate, Worked, worked_out
from controller.occupancy.sensing import Sensing
from controller.occupancy.service import OccupancyService
from controller.occupancy.site_rows import HeardEvent, SiteRows
from controller.records.changes import Changes
from controller.screens.live.push import Live
from tests.controller.clock import ManualClock
from tests.controller.occupancy.test_live_estimate import hours, put_site
from tests.controller.telemetry.rollups.storing import store
from tests.controller.telemetry.speaking import crossing
from tests.eventually import eventually


async def three_came(db: Database) -> None:
    await put_site(db)
    at = hours(8.9)
    await store(db, "ramsey", [crossing(1, ins=3, outs=0, total=(3, 0), at=at)], now=at)


def live(db: Database, clock: ManualClock) -> Live:
    people = OccupancyService(db, clock)
    configs = SiteConfigs()
    return Live(
        database=db,
        clock=clock,
        changes=Changes(),
        site_configs=configs,
        doubt=lambda: None,
        disk=lambda: None,
        backup=lambda: None,
        occupancy=people,
    )


class Held:
    """Works out a figure only when let."""

    def __init__(self) -> None:
        self.let = threading.Event()
        self.running, self.most = 0, 0
        self._lock = threading.Lock()

    def __call__(self, rows: SiteRows, sensing: Sensing, at: datetime) -> tuple[Worked, Estimate | None]:
        with self._lock:
            self.running += 1
            self.most = max(self.most, self.running)
        self.let.wait(30)
        with self._lock:
            self.running -= 1
        return worked_out(rows, sensing, at)


async def test_a_snapshot_goes_out_before_the_people_are_known_and_one_with_them_is_pushed_later(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await three_came(db)
    held, pushing = Held(), live(db, ManualClock(hours(9)))
    monkeypatch.setattr(occupancy, "worked_out", held)
    works = asyncio.create_task(pushing.work_out())
    watched = pushing.watch("ramsey", snapshots=True)
    try:
        assert b'"occupancy":null' in await anext(watched)
        held.let.set()
        assert b'"occupancy":{"state":"uncertain","people":3' in await anext(watched)
    finally:
        held.let.set()
        await watched.aclose()
        works.cancel()


async def test_people_that_cannot_be_worked_out_are_not_known_and_all_else_is_shown(
    db: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await three_came(db)
    clock = ManualClock(hours(9))
    pushing = live(db, clock)
    works = asyncio.create_task(pushing.work_out())
    await pushing.occupancy.now("ramsey")

    def failing(rows: SiteRows, sensing: Sensing, at: datetime) -> tuple[Worked, Estimate | None]:
        raise ArithmeticError("no such number")

    monkeypatch.setattr(occupancy, "worked_out", failing)
    clock.advance(minutes=2)
    assert (await pushing.snapshot("ramsey")).occupancy is not None

    async def unknown() -> bool:
        return (await pushing.snapshot("ramsey")).occupancy is None

    await eventually(unknown, what="the figure is gone")
    for _ in range(3):
        await pushing.snapshot("ramsey")
    assert [each.message for each in caplog.records if each.levelname == "ERROR"] == [
        "How many people are in ramsey is not known"
    ]
    works.cancel()


async def test_after_a_cancelled_look_the_next_one_knows_all_that_came(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await three_came(db)
    clock, held = ManualClock(hours(9)), Held()
    people = OccupancyService(db, clock)
    await people.now("ramsey")
    await store(db, "ramsey", [crossing(2, ins=9, outs=0, total=(12, 0), at=clock.now())], now=clock.now())
    clock.advance(seconds=10)
    monkeypatch.setattr(occupancy, "worked_out", held)
    looks = asyncio.create_task(people.now("ramsey"))

    async def begun() -> bool:
        return held.running == 1

    await eventually(begun, what="the look has begun")
    looks.cancel()
    await asyncio.gather(looks, return_exceptions=True)
    held.let.set()
    clock.advance(seconds=6)
    found = await people.now("ramsey")
    assert found is not None
    assert found.people >= 11


async def test_events_become_rows_in_a_thread(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await three_came(db)
    threads = set()

    class Watched(SiteRows):
        def add(self, event: HeardEvent) -> None:
            threads.add(threading.get_ident())
            super().add(event)

    monkeypatch.setattr(occupancy, "SiteRows", Watched)
    people = OccupancyService(db, ManualClock(hours(9)))
    assert await people.now("ramsey") is not None
    assert threads
    assert threading.get_ident() not in threads


async def test_only_a_few_earlier_moments_are_worked_out_at_once(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await three_came(db)
    held = Held()
    monkeypatch.setattr(occupancy, "worked_out", held)
    people = OccupancyService(db, ManualClock(hours(10)))
    looks = [asyncio.create_task(people.at("ramsey", hours(9) + timedelta(minutes=each))) for each in range(6)]

    async def begun() -> bool:
        return held.running >= 2

    await eventually(begun, what="the first are worked out")
    held.let.set()
    assert None not in await asyncio.gather(*looks)
    assert held.most == 2
