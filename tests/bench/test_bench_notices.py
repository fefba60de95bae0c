"""How fast people book while a long queue of notices goes out, against an empty queue in the same run."""

import asyncio
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import func, select, update
from sqlalchemy.engine import make_url

from controller.db.engine import Database
from controller.notices.tables import notices
from controller.settings import Settings
from edge.wire.clock import SystemClock
from edge.wire.interval import Interval
from firmware_sim.ports import free_port
from tests.bench.bench_booking import SITES, Caller, controller, moved_in, slots
from tests.controller.village import SITE
from tests.services.mail import SENDER
from tests.services.ports import answers
from tests.services.process import Service

CLIENTS = 4
WITHIN = 1.25
"""How much slower bookings may be than with an empty queue."""


class Speed(msgspec.Struct, frozen=True, kw_only=True):
    """Bookings a second by round, and milliseconds of each booking."""

    per_second: list[float]
    each_ms: list[float]

    @property
    def middle(self) -> float:
        return statistics.median(self.per_second)

    @property
    def p95(self) -> float:
        return statistics.quantiles(self.each_ms, n=20)[-1]


class QueueResult(msgspec.Struct, frozen=True, kw_only=True):
    """``sent``: notices that went out while ``full`` was measured; ``left``: those that still waited after that."""

    database: str
    empty: Speed
    full: Speed
    sent: int
    left: int

    def __str__(self) -> str:
        slower, longer = self.empty.middle / self.full.middle, self.full.p95 / self.empty.p95
        return (
            f"{self.database}, {CLIENTS} clients, {self.sent + self.left:,} notices in the queue, of which "
            f"{self.sent:,} went out meanwhile: {self.full.middle:,.0f} bookings/s, p95 {self.full.p95:.1f} ms; "
            f"with an empty queue {self.empty.middle:,.0f}/s, p95 {self.empty.p95:.1f} ms; "
            f"ratio {slower:.2f} (at most {WITHIN}), of p95 {longer:.2f}"
        )


@contextmanager
def mail_sink(folder: Path) -> Iterator[str]:
    """A mail server in a process of its own, which takes everything; the settings for it."""
    port = free_port()
    listens = f"127.0.0.1:{port}"
    argv = [sys.executable, "-m", "aiosmtpd", "-n", "-l", listens, "-c", "aiosmtpd.handlers.Sink"]
    service = Service("mail sink", argv, log=folder / "mail-sink.log", ready=lambda: answers(port))
    try:
        service.start()
        yield f'[mail]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\nsender = "{SENDER}"\n'
    finally:
        service.stop()


async def speed(address: str, token: str, free: Iterator[Interval], *, rounds: int, each: int) -> Speed:
    """Of clients that book at one site, after a round that does not count."""
    callers = [await Caller.open(address, token) for _ in range(CLIENTS)]
    per_second: list[float] = []
    each_ms: list[float] = []

    async def work(caller: Caller, left: Iterator[Interval], taken: list[float]) -> None:
        for slot in left:
            began = time.perf_counter()
            await caller.book(slot)
            taken.append((time.perf_counter() - began) * 1000)

    for number in range(rounds + 1):
        left, taken = iter([next(free) for _ in range(each)]), list[float]()
        began = time.perf_counter()
        await asyncio.gather(*(work(caller, left, taken) for caller in callers))
        if number:
            per_second.append(each / (time.perf_counter() - began))
            each_ms += taken
    for caller in callers:
        await caller.close()
    return Speed(per_second=per_second, each_ms=each_ms)


async def fill(address: str, token: str, count: int) -> None:
    """Book so often at the other sites that so many people are to be told."""
    sites = SITES[1:]

    async def at(number: int, site: str) -> None:
        caller, free = await Caller.open(address, token, site), slots()
        for told in range(number, count, len(sites)):
            await caller.book(next(free), contact_email=f"group-{told}@hub.test")
        await caller.close()

    await asyncio.gather(*(at(number, site) for number, site in enumerate(sites)))


async def waiting(database: Database) -> int:
    """How many notices wait at the other sites."""
    async with database.read() as tx:
        query = select(func.count()).where(notices.c.site != SITE, notices.c.state == "waiting")
        return int((await tx.execute(query)).scalar_one())


async def compared(folder: Path, url: str, *, queue: int, rounds: int, each: int) -> QueueResult:
    free = slots()
    database = Database(Settings(data_dir=folder, database=url).database_url)
    try:
        with mail_sink(folder) as mail:
            with controller(folder, url, more=mail) as running:
                token = await moved_in(running.address, folder)
                empty = await speed(running.address, token, free, rounds=rounds, each=each)
                await fill(running.address, token, queue)
            async with database.write() as tx:
                now = SystemClock().now()
                await tx.execute(update(notices).where(notices.c.site != SITE).values(due_at=now, state="waiting"))
                await tx.execute(update(notices).where(notices.c.site == SITE).values(state="skipped"))
            before = await waiting(database)
            with controller(folder, url, more=mail) as running:
                full = await speed(running.address, token, free, rounds=rounds, each=each)
                left = await waiting(database)
    finally:
        await database.close()
    name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[make_url(url).get_backend_name()]
    return QueueResult(database=name, empty=empty, full=full, sent=before - left, left=left)


async def test_people_book_while_a_queue_goes_out(tmp_path: Path, durable_url: str) -> None:
    result = await compared(tmp_path, durable_url, queue=70, rounds=1, each=16)
    assert result.sent + result.left == 70
    assert len(result.full.each_ms) == len(result.empty.each_ms) == 16


@pytest.mark.bench
async def test_bookings_with_ten_thousand_notices_in_the_queue(tmp_path: Path, durable_url: str) -> None:
    result = await compared(tmp_path, durable_url, queue=10_000, rounds=5, each=200)
    print(f"\n{result}")
    assert result.left > 0
