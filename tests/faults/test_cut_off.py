"""A partition in front of the database: the broker is within reach, and what is sent to the database is swallowed."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import make_url

from controller.db.lease import LEASE_S
from controller.db.postgresql_engine import HANGS_S
from controller.platform.mqtt_client import BrokerLink
from edge.wire.broker_link import Message
from edge.wire.topics import subscriptions
from firmware_sim.edge_line import EdgeLine
from firmware_sim.hub_processes import PATIENCE_S, SimHub
from firmware_sim.ports import free_port
from tests.eventually import eventually
from tests.faults.conftest import at_eleven, plan_in
from tests.faults.ledger import SITE
from tests.faults.load import under_load
from tests.faults.rows import DETAILS
from tests.faults.test_several_controllers import open_pair
from tests.faults.trial import Trial
from tests.services.fork_client import ForkServer
from tests.services.mosquitto import Broker
from tests.services.postgres import PostgresServer


@asynccontextmanager
async def line_to(server: PostgresServer) -> AsyncIterator[EdgeLine]:
    line = EdgeLine(port=free_port(), target=server.port)
    line.repair()
    try:
        yield line
    finally:
        await line.stop()


def through(line: EdgeLine, url: str) -> str:
    """The address of a database, as the settings take it, at the near end of a line to its server."""
    return make_url(url).set(drivername="postgresql", port=line.port).render_as_string(hide_password=False)


@pytest.fixture
async def line(postgres: PostgresServer) -> AsyncIterator[EdgeLine]:
    """Between the controller and its database."""
    async with line_to(postgres) as line:
        yield line


@pytest.fixture
async def hub(
    tmp_path: Path, fork_server: ForkServer, postgres_url: Callable[..., str], line: EdgeLine
) -> AsyncIterator[SimHub]:
    plan = msgspec.structs.replace(plan_in(tmp_path), database=through(line, postgres_url()))
    async with at_eleven(plan, fork_server) as hub:
        yield hub


@pytest.mark.faults_full
async def test_a_controller_cut_off_from_its_database_loses_nothing_and_doors_go_on(
    trial: Trial, line: EdgeLine
) -> None:
    """For longer than the database keeps a transaction open in which nothing is done."""
    hub = trial.hub

    async def ready() -> bool:
        return await hub.api.answers("/readyz")

    async def not_ready() -> bool:
        return not await ready()

    await trial.begin()
    trial.ledger.send(20)
    await trial.ledger.crossings_recorded(4)
    line.silence()
    began = asyncio.get_running_loop().time()
    await trial.ledger.crossings_recorded(4)
    await trial.opens()
    await trial.refuses()
    await hub.until(not_ready, "the controller says that it has no database")
    await trial.ledger.everybody_gone()
    await asyncio.sleep(began + HANGS_S + LEASE_S - asyncio.get_running_loop().time())
    await trial.opens()
    line.repair()
    repaired = asyncio.get_running_loop().time()
    await hub.until(ready, "the controller is ready again")
    took = asyncio.get_running_loop().time() - repaired
    await hub.online(SITE)
    await trial.opens(await trial.ledger.code("hall"))  # a booking of now reaches the door
    remark = f"for {HANGS_S + LEASE_S:g} s, ready after {took:.1f} s"
    await trial.ends_well(scenario="the controller is cut off from the database", remark=remark)


@pytest.mark.faults_full
async def test_a_holder_of_the_lease_cut_off_from_the_database_says_nothing_to_edges_and_another_goes_on(
    tmp_path: Path,
    postgres: PostgresServer,
    postgres_url: Callable[..., str],
    postgres_template: str,
    mosquitto: Broker,
    fork_server: ForkServer,
    line: EdgeLine,
    record_property: Callable[[str, object], None],
) -> None:
    url = postgres_url(postgres_template)
    async with (
        open_pair(tmp_path, mosquitto, fork_server, url, of_first=through(line, url)) as pair,
        under_load(pair, mosquitto) as load,
    ):
        load.stream.measure()
        line.silence()
        gap = await load.goes_on()
        pair.second.pause()  # from here on only the first can send
        heard: list[Message] = []
        down = subscriptions("down", site="ramsey", edge="main")
        listener = BrokerLink(host=mosquitto.host, port=mosquitto.port, subscribe=down)

        async def listen() -> None:
            async for each in listener.events():
                if isinstance(each, Message) and not each.retained:
                    heard.append(each)  # noqa: PERF401  # they are looked at while it goes on

        async def hears() -> bool:
            return listener.connected

        listening = asyncio.create_task(listen())
        await eventually(hears, what="the listener is connected")
        line.repair()
        async with asyncio.timeout(PATIENCE_S):
            assert await pair.first.ended() == 1
        assert "another controller does the work" in pair.first.log
        assert heard == []
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        pair.second.resume()
        await load.goes_on()
    said = f"{load.stream.sent} events, {load.made} bookings, {load.failed} requests sent again"
    record_property(DETAILS, f"{said}; longest gap after the holder was cut off from the database: {gap:.1f} s")
