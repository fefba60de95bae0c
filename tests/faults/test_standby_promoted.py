"""A primary of PostgreSQL fails, and a synchronous standby is promoted while the primary still answers."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from controller.app.schema import migrate
from tests.eventually import eventually
from tests.faults.load import under_load
from tests.faults.rows import DETAILS
from tests.faults.test_several_controllers import open_pair
from tests.services.fork_client import ForkServer
from tests.services.mosquitto import Broker
from tests.services.postgres import PostgresServer

GAP_S = 60.0
"""Within which events come through again, on a machine with much else to do."""


@pytest.mark.faults_full
async def test_a_primary_that_restarts_and_a_standby_promoted_beside_it_cost_and_double_nothing(
    tmp_path: Path,
    postgres_pair: tuple[PostgresServer, PostgresServer],
    mosquitto: Broker,
    fork_server: ForkServer,
    record_property: Callable[[str, object], None],
) -> None:
    primary, standby = postgres_pair
    database = primary.url_with(standby, primary.create().rpartition("/")[2])
    await migrate(database)
    gaps = {}
    async with open_pair(tmp_path, mosquitto, fork_server, database) as pair:
        watch = pair.database.watch_servers
        assert watch is not None
        watching = asyncio.create_task(watch())
        async with under_load(pair, mosquitto) as load:
            load.stream.measure()
            await asyncio.to_thread(primary.kill)
            await asyncio.to_thread(primary.start)
            gaps["kill -9 and start of the primary"] = await load.goes_on()
            load.stream.measure()
            await asyncio.to_thread(standby.promote)
            gaps["promotion of the standby, the primary alive"] = await load.goes_on()
            await _left(primary)
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
    said = ", ".join(f"{what}: {gap:.1f} s" for what, gap in gaps.items())
    counts = f"{load.stream.sent} events, {load.made} bookings, {load.failed} requests sent again"
    record_property(DETAILS, f"{counts}; longest gap after {said}")
    assert max(gaps.values()) < GAP_S


async def _left(old: PostgresServer) -> None:
    """Wait until no controller is connected to it, but for what waits there for a standby that does not confirm."""

    async def none() -> bool:
        return old.controllers() == 0

    await eventually(none, what="the controllers have left the old primary", within_s=30)
