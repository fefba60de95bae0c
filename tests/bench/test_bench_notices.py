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
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.engine import make_url

from controller.db.engine import Database
from controller.notices.tables import notice_pauses, notices
from controller.platform.settings import Settings
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
KEPT_BACK = "kept back"


class Speed(msgspec.Struct, frozen=True, kw_only=True):
    """Bookings a second by round, and milliseconds of each booking."""

    per_second: list[float] = msgspec.field(default_factory=list)
    each_ms: list[float] = msgspec.field(default_factory=list)

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

    @property
    def ratio(self) -> float:
        """How much slower bookings are: of the rounds' ratios the middle one, since other work on the machine hits both
        sides of a round."""
        pairs = zip(self.empty.per_second, self.full.per_second, strict=True)
        return statistics.median(empty / full for empty, full in pairs)

    def __str__(self) -> str:
        return (
            f"{self.database}, {CLIENTS} clients, {self.sent + self.left:,} notices in the queue, of which "
            f"{self.sent:,} went out meanwhile: {self.full.middle:,.0f} bookings/s, p95 {self.full.p95:.1f} ms; "
            f"with an empty queue {self.empty.middle:,.0f}/s, p95 {self.empty.p95:.1f} ms; "
            f"ratio {self.ratio:.2f} (at most {WITHIN}), of p95 {self.full.p95 / self.empty.p95:.2f}"
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


async def measure(address: str, token: str, free: Iterator[Interval], speed: Speed, *, each: int) -> None:
    """A round of clients that book at one site, after one that does not count."""
    callers = [await Caller.open(address, token) for _ in range(CLIENTS)]

    async def work(caller: Caller, left: Iterator[Interval], taken: list[float]) -> None:
        for slot in left:
            began = time.perf_counter()
            await caller.book(slot)
            taken.append((time.perf_counter() - began) * 1000)

    for counts in (False, True):
        left, taken = iter([next(free) for _ in range(each)]), list[float]()
        began = time.perf_counter()
        await asyncio.gather(*(work(caller, left, taken) for caller in callers))
        if counts:
            speed.per_second.append(each / (time.perf_counter() - began))
            speed.each_ms.extend(taken)
    for caller in callers:
        await caller.close()


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
    """How many notices of the other sites are not sent yet."""
    async with database.read() as tx:
        query = select(func.count()).where(notices.c.site != SITE, notices.c.state.in_(["waiting", "sending"]))
        return int((await tx.execute(query)).scalar_one())


async def keep_back(database: Database, kept: bool) -> None:
    """Take what waits at the other sites out of the queue, or put it back so that all of it is due; nothing waits at
    the site that is measured."""
    now = SystemClock().now()
    there, away = {"state": "waiting", "reply": "", "due_at": now}, {"state": "skipped", "reply": KEPT_BACK}
    other = update(notices).where(notices.c.site != SITE)
    async with database.write() as tx:
        if kept:
            await tx.execute(other.where(notices.c.state.in_(["waiting", "sending"])).values(away))
        else:
            await tx.execute(other.where(notices.c.reply == KEPT_BACK).values(there))
        await tx.execute(update(notices).where(notices.c.site == SITE).values(state="skipped"))
        await tx.execute(delete(notice_pauses))


async def compared(folder: Path, url: str, *, queue: int, rounds: int, each: int) -> QueueResult:
    """Each round has a controller with an empty queue, and then one with the full queue."""
    free, empty, full = slots(), Speed(), Speed()
    database = Database(Settings(data_dir=folder, database=url).database_url)
    try:
        with mail_sink(folder) as mail:
            with controller(folder, url, more=mail) as running:
                token = await moved_in(running.address, folder)
                pauses = [{"site": each, "at": SystemClock().now(), "actor": ""} for each in SITES[1:]]
                async with database.write() as tx:
                    await tx.execute(insert(notice_pauses), pauses)
                await fill(running.address, token, queue)
            before = await waiting(database)
            for _ in range(rounds):
                await keep_back(database, True)
                with controller(folder, url, more=mail) as running:
                    await measure(running.address, token, free, empty, each=each)
                await keep_back(database, False)
                with controller(folder, url, more=mail) as running:
                    await measure(running.address, token, free, full, each=each)
            left = await waiting(database)
    finally:
        await database.close()
    name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[make_url(url).get_backend_name()]
    return QueueResult(database=name, empty=empty, full=full, sent=before - left, left=left)


@pytest.mark.bench
async def test_people_book_while_a_queue_goes_out(tmp_path: Path, durable_url: str) -> None:
    result = await compared(tmp_path, durable_url, queue=70, rounds=1, each=16)
    assert result.sent + result.left == 70
    assert len(result.full.each_ms) == len(result.empty.each_ms) == 16


@pytest.mark.bench
async def test_bookings_with_ten_thousand_notices_in_the_queue(tmp_path: Path, durable_url: str) -> None:
    result = await compared(tmp_path, durable_url, queue=10_000, rounds=5, each=200)
    print(f"\n{result}")
    assert result.left > 0
