"""What a booking costs here and in MRBS: `make mrbs MRBS=folder of an unpacked release`.

MRBS is not part of the source tree, nor packaged for Debian: https://mrbs.sourceforge.io.
"""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from tests.bench.bench_booking import controller
from tests.bench.bench_mrbs import (
    PASSWORD,
    PRESENT,
    RIVALS,
    SAME_SLOTS,
    USER,
    Count,
    Figures,
    fill_ours,
    free_slots,
    lines,
    measured,
    move_in,
    move_into_mrbs,
    mrbs_client,
    our_client,
)
from tests.controller.running import Client
from tests.services.mosquitto import Broker
from tests.services.mrbs import ZONE, Person, mrbs, version
from tests.services.nginx import PROXY, nginx
from tests.services.postgres import PostgresServer

EACH = 300


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    made = PostgresServer(durable=True)
    try:
        made.start()
        yield made
    finally:
        made.stop()


@asynccontextmanager
async def counting(url: str, table: str) -> AsyncIterator[Count]:
    """Counts the rows, after the server has tidied up as autovacuum would have."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        await connection.execute("VACUUM ANALYZE")
        await connection.execute("CHECKPOINT")

        async def count() -> int:
            return int(await connection.fetchval(f"SELECT count(*) FROM {table}"))

        assert await count() == PRESENT
        yield count
    finally:
        await connection.close()


async def ours(server: PostgresServer, folder: Path, first: date) -> Figures:
    url = server.create().replace("postgresql+asyncpg", "postgresql")
    with controller(folder, url) as running:
        token = await move_in(running.address, folder)
    await fill_ours(url, first)
    async with AsyncExitStack() as stack:
        broker = Broker(folder)
        stack.callback(broker.stop)
        broker.start()
        running = stack.enter_context(controller(folder, url, broker_port=broker.port))
        web = stack.enter_context(nginx(folder, PROXY.format(address=running.address)))
        clients = [await stack.enter_async_context(Client(base_url=web.address, timeout=60)) for _ in range(RIVALS)]
        for client in clients:
            client.headers["Authorization"] = f"Bearer {token}"
            await client.get("/healthz")
        count = await stack.enter_async_context(counting(url, "bookings"))
        pids = {"controller": running.pid, "nginx": web.pid, "mosquitto": broker.pid, "PostgreSQL": server.pid}
        return await measured("Hallkeeper", [*map(our_client, clients)], first, pids, count, each=EACH)


async def theirs(server: PostgresServer, folder: Path, first: date, release: Path) -> Figures:
    url = server.create()
    server.run_file(url, release / "tables.pg.sql")
    async with AsyncExitStack() as stack:
        running = stack.enter_context(mrbs(release, folder, server, url))
        await move_into_mrbs(running, server, url, folder, first)
        slot = next(free_slots(first))
        people = [await Person.sign_in(running.address, USER, PASSWORD) for _ in range(RIVALS)]
        for person in people:
            stack.push_async_callback(person.close)
            await person.open_form(slot.room + 1, slot.starts)
        count = await stack.enter_async_context(counting(url, "mrbs_entry"))
        pids = {"PHP": running.php_pid, "nginx": running.nginx_pid, "PostgreSQL": server.pid}
        name = f"MRBS {version(release)}"
        return await measured(name, [*map(mrbs_client, people)], first, pids, count, each=EACH)


async def test_what_a_booking_costs_beside_mrbs(server: PostgresServer, tmp_path: Path) -> None:
    release = Path(os.environ["MRBS"])
    first = (datetime.now(ZoneInfo(ZONE)) + timedelta(days=1)).date()
    folders = [tmp_path / name for name in ("ours", "theirs")]
    for folder in folders:
        folder.mkdir()
    here = await ours(server, folders[0], first)
    there = await theirs(server, folders[1], first, release)
    print()
    for line in lines(here, there, present=PRESENT):
        print(line)
    assert here.race == (SAME_SLOTS, SAME_SLOTS)
