"""What a last will says, on a real broker: that a connection has ended, and nothing of what came after it began."""

from collections.abc import AsyncIterator

import msgspec
import pytest

from controller.people.passwords import Passwords
from controller.platform.settings import Broker as BrokerSettings
from controller.platform.settings import Settings
from controller.telemetry.model import EdgeState
from controller.telemetry.repository import edge_state
from edge.config import BrokerConfig
from edge.net.connect_options import ConnectOptions
from edge.net.mqtt_client import MqttLink
from edge.wire.envelope import Purpose
from edge.wire.messages import Applied
from edge.wire.topics import Topic, subscriptions
from firmware_sim.edge_line import EdgeLine
from firmware_sim.ports import free_port
from tests.controller.clock import ManualClock
from tests.controller.telemetry.speaking import run_of
from tests.eventually import eventually
from tests.integration.fake_edge import FakeEdge
from tests.integration.hub import Hub, book, open_hub
from tests.services.mosquitto import Broker


@pytest.fixture
async def hub(settings: Settings, clock: ManualClock, passwords: Passwords, mosquitto: Broker) -> AsyncIterator[Hub]:
    broker = BrokerSettings(host=mosquitto.host, port=mosquitto.port)
    async with open_hub(msgspec.structs.replace(settings, broker=broker), clock, passwords) as hub:
        yield hub


@pytest.fixture
async def line(mosquitto: Broker) -> AsyncIterator[EdgeLine]:
    """Between the edge and the broker."""
    line = EdgeLine(port=free_port(), target=mosquitto.port)
    line.repair()
    yield line
    await line.stop()


@pytest.fixture
async def edge(hub: Hub, line: EdgeLine) -> AsyncIterator[FakeEdge]:
    """An edge with a last will, as the agent makes it: signed when it connects."""

    def will(connection: int) -> tuple[str, bytes]:
        said = msgspec.structs.replace(made.status(online=False), connection=connection, nonce="0" * 32, health={})
        return str(Topic(site="ramsey", edge="main", name="status")), made.speaker.signer.seal(Purpose.STATUS, said)

    filters = subscriptions("down", site="ramsey", edge="main")
    options = ConnectOptions(client_id="hk-ramsey-main", filters=filters, will=will)
    made = hub.edge(MqttLink(BrokerConfig(host="127.0.0.1", port=line.port), options))
    async with made:
        await hub.up_to_date()
        yield made


async def until(hub: Hub, *, online: bool, version: int | None = None) -> EdgeState:
    async def look() -> EdgeState | None:
        async with hub.container.database.read() as tx:
            state = await edge_state(tx, "ramsey", "main")
        held = state is not None and (version is None or state.applied_version == version)
        return state if state is not None and held and state.online is online else None

    return await eventually(look, what=f"online is {online}, with plan {version}")


async def reconnect(hub: Hub, edge: FakeEdge, line: EdgeLine) -> None:
    """So that its last will names the plan that it has by now."""
    connection = edge.connection
    line.cut()
    await until(hub, online=False)
    line.repair()
    await edge.until(lambda: edge.connection > connection, "the edge is connected again")
    await until(hub, online=True)


async def new_plan(hub: Hub, edge: FakeEdge) -> int:
    """The version of a plan that the edge has carried out since it connected."""
    before = edge.manifest.version if edge.manifest is not None else 0
    await book(hub, "2026-11-25T18:00", "2026-11-25T20:00")
    await edge.until(lambda: edge.manifest is not None and edge.manifest.version > before, "the edge has a new plan")
    assert edge.manifest is not None
    await until(hub, online=True, version=edge.manifest.version)
    return edge.manifest.version


async def test_a_last_will_takes_no_plan_and_no_event_back(hub: Hub, edge: FakeEdge, line: EdgeLine) -> None:
    await reconnect(hub, edge, line)
    version = await new_plan(hub, edge)
    edge.head, edge.health = 42, {"bounce": 3}
    await edge.say_status()

    async def heard() -> bool:
        return (await until(hub, online=True)).head == 42

    await eventually(heard, what="the edge's latest status is known")
    before = await until(hub, online=True)
    line.cut()
    after = await until(hub, online=False)
    assert after.applied_version == version
    assert msgspec.structs.replace(after, online=True, since=before.since) == before


async def test_a_report_of_an_earlier_plan_that_comes_again_takes_no_plan_back(hub: Hub, edge: FakeEdge) -> None:
    assert edge.manifest is not None
    old, at = edge.manifest, hub.container.clock.now()
    version = await new_plan(hub, edge)
    late = Applied(site="ramsey", edge="main", version=old.version, digest=old.digest, at=at, applied=True)
    await edge.say("plan/applied", edge.speaker.signer.seal(Purpose.APPLIED, late))
    await edge.send(run_of(1, 1))
    await edge.acknowledged(1)
    await hub.quiet()
    assert (await until(hub, online=True)).applied_version == version


async def test_an_edge_that_answers_with_an_earlier_plan_has_gone_back(hub: Hub, edge: FakeEdge) -> None:
    """Such as one whose card is an old copy."""
    assert edge.manifest is not None
    old = edge.manifest
    await new_plan(hub, edge)
    edge.manifest, edge.refuses = old, "the card is an old copy"
    await hub.container.mqtt.edge_sessions.greet(("ramsey", "main"))
    await until(hub, online=True, version=old.version)
