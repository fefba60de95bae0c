"""The primary of PostgreSQL is killed and its synchronous standby promoted, under a controller that works on."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from firmware_sim.hub_processes import SimHub
from tests.faults.conftest import at_eleven, plan_in
from tests.faults.ledger import SITE
from tests.faults.trial import Trial
from tests.services.fork_client import ForkServer
from tests.services.postgres import PostgresServer


@pytest.fixture
async def hub(
    tmp_path: Path, fork_server: ForkServer, postgres_pair: tuple[PostgresServer, PostgresServer]
) -> AsyncIterator[SimHub]:
    """Its controller has both servers in its address, as docs/several-controllers.md says."""
    primary, standby = postgres_pair
    database = primary.url_with(standby, primary.create().rpartition("/")[2]).replace("+asyncpg", "")
    async with at_eleven(msgspec.structs.replace(plan_in(tmp_path), database=database), fork_server) as hub:
        yield hub


@pytest.mark.faults_full
async def test_a_standby_takes_over_from_a_killed_primary_and_no_event_is_lost(
    trial: Trial, postgres_pair: tuple[PostgresServer, PostgresServer]
) -> None:
    hub, ledger = trial.hub, trial.ledger
    primary, standby = postgres_pair
    await trial.begin()
    ledger.send(20)
    await ledger.crossings_recorded(8)
    primary.kill()
    await ledger.crossings_recorded(12)
    await trial.opens()
    await trial.refuses()

    async def not_ready() -> bool:
        return not await hub.api.answers("/readyz")

    await hub.until(not_ready, "the controller says that it has no database")
    began = asyncio.get_running_loop().time()
    await asyncio.to_thread(standby.promote)

    async def ready() -> bool:
        return await hub.api.answers("/readyz")

    await hub.until(ready, "the controller is ready on the other server")
    took = asyncio.get_running_loop().time() - began
    # A booking that is made on the other server reaches the door.
    await trial.opens(await ledger.code("hall"))
    await ledger.everybody_gone()
    assert ledger.outages(await ledger.all_stored()) == []
    await hub.online(SITE)
    await trial.ends_well(scenario="database failover", remark=f"ready {took:.1f} s after the standby was promoted")
