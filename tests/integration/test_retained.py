"""What one edge can make a real broker keep is cleared by the controller, and many such messages raise an alert."""

import asyncio
from collections.abc import AsyncIterator

import aiomqtt
import msgspec
import pytest

from controller.people.passwords import Passwords
from controller.platform.settings import Broker as BrokerSettings
from controller.platform.settings import Settings
from controller.telemetry import queries
from controller.telemetry.alert_codes import AlertCode
from controller.telemetry.device_states import QUIETLY
from tests.controller.clock import ManualClock
from tests.eventually import eventually
from tests.integration.fake_edge import FakeEdge
from tests.integration.hub import Hub, open_hub
from tests.integration.test_controller import edge_link
from tests.services.mosquitto import Broker

MANY = 300


@pytest.fixture
async def hub(settings: Settings, clock: ManualClock, passwords: Passwords, mosquitto: Broker) -> AsyncIterator[Hub]:
    broker = BrokerSettings(host=mosquitto.host, port=mosquitto.port)
    async with open_hub(msgspec.structs.replace(settings, broker=broker), clock, passwords) as hub:
        yield hub


@pytest.fixture
async def edge(hub: Hub, mosquitto: Broker) -> AsyncIterator[FakeEdge]:
    async with hub.edge(edge_link(mosquitto)) as edge:
        await hub.up_to_date()
        yield edge


async def kept(mosquitto: Broker) -> set[str]:
    """What the broker keeps of the edge, without what goes down to it."""
    async with aiomqtt.Client(mosquitto.host, mosquitto.port, protocol=aiomqtt.ProtocolVersion.V5) as client:
        await client.subscribe("hk/1/ramsey/main/#", qos=1)
        await client.subscribe("mark/end", qos=1)
        await client.publish("mark/end", b"", qos=1)
        found: set[str] = set()
        async for message in client.messages:
            if message.topic.matches("mark/end"):
                break
            found.add(str(message.topic).removeprefix("hk/1/ramsey/main/"))
    return {topic for topic in found if topic != "plan" and not topic.startswith("plan/part/")}


async def fill(mosquitto: Broker, topics: list[str]) -> None:
    async with aiomqtt.Client(mosquitto.host, mosquitto.port, protocol=aiomqtt.ProtocolVersion.V5) as client:
        await asyncio.gather(
            *(client.publish(f"hk/1/ramsey/main/{topic}", b"x" * 1000, qos=1, retain=True) for topic in topics)
        )


async def alerts(hub: Hub) -> list[str]:
    async with hub.container.database.read() as tx:
        return [each.kind for each in await queries.site_alerts(tx, "ramsey", limit=100)]


@pytest.mark.cases_full
async def test_what_a_connected_edge_fills_the_broker_with_is_cleared_and_raises_one_alert(
    hub: Hub, edge: FakeEdge, mosquitto: Broker
) -> None:
    before = await kept(mosquitto)
    await fill(mosquitto, [*(f"state/made-up-{number}" for number in range(MANY)), "plan/held/made-up"])

    async def cleared() -> bool:
        return await kept(mosquitto) == before and AlertCode.BROKER_FILLED in await alerts(hub)

    await eventually(cleared, what="the broker keeps what it kept before, and the alert stands")
    assert (await alerts(hub)).count(AlertCode.BROKER_FILLED) == 1


@pytest.mark.cases_full
async def test_what_an_edge_had_kept_while_the_controller_was_away_is_cleared(
    settings: Settings, clock: ManualClock, passwords: Passwords, mosquitto: Broker
) -> None:
    await fill(mosquitto, [*(f"state/made-up-{number}" for number in range(MANY)), "events", "plan/held/made-up"])
    broker = BrokerSettings(host=mosquitto.host, port=mosquitto.port)
    async with (
        open_hub(msgspec.structs.replace(settings, broker=broker), clock, passwords) as hub,
        hub.edge(edge_link(mosquitto)),
    ):

        async def cleared() -> bool:
            return await kept(mosquitto) <= {"status", "plan/applied"} and AlertCode.BROKER_FILLED in await alerts(hub)

        await eventually(cleared, what="the broker keeps nothing that is made up")


@pytest.mark.cases_full
async def test_a_few_that_a_change_of_configuration_left_go_without_an_alert(
    hub: Hub, edge: FakeEdge, mosquitto: Broker
) -> None:
    before = await kept(mosquitto)
    await fill(mosquitto, [f"state/old-{number}" for number in range(QUIETLY)])

    async def cleared() -> bool:
        return await kept(mosquitto) == before

    await eventually(cleared, what="the old states are gone")
    assert AlertCode.BROKER_FILLED not in await alerts(hub)
