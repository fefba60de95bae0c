"""The controller killed with kill -9 between receiving events and committing them, and just after.

No test code in the product: the test holds SQLite's write lock, so that the controller has the events in its hands
and cannot commit them; sees on /metrics that they have arrived; and kills it at that moment.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from controller.app.http_app import build_app
from controller.app.schema import migrate
from controller.platform.mqtt_client import BrokerLink
from controller.platform.settings import Settings
from edge.wire.clock import SystemClock
from edge.wire.events import Event
from edge.wire.topics import subscriptions
from tests.controller.telemetry.speaking import LOG, event
from tests.eventually import eventually
from tests.faults.controller_process import ControllerProcess
from tests.integration.fake_edge import FakeEdge
from tests.integration.hub import Hub
from tests.services.fork_client import ForkServer
from tests.services.mosquitto import Broker


@pytest.fixture
async def hub(tmp_path: Path) -> Hub:
    """A controller's data with one site in it; the process that the tests start takes it over."""
    settings = Settings(data_dir=tmp_path)
    await migrate(settings.database_url)
    hub = Hub(build_app(settings, SystemClock()))
    await hub.container.start()
    await hub.furnish()
    await hub.container.close()
    return hub


@pytest.fixture
async def controller(
    hub: Hub, tmp_path: Path, mosquitto: Broker, fork_server: ForkServer
) -> AsyncIterator[ControllerProcess]:
    process = ControllerProcess(tmp_path, mosquitto, fork_server.start)
    await process.start()
    yield process
    await process.stop()


@pytest.fixture
async def edge(hub: Hub, controller: ControllerProcess, mosquitto: Broker) -> AsyncIterator[FakeEdge]:
    filters = subscriptions("down", site="ramsey", edge="main")
    link = BrokerLink(host=mosquitto.host, port=mosquitto.port, subscribe=filters)
    async with hub.edge(link) as edge:
        await edge.until(lambda: edge.hellos and edge.manifest, "a hello and a plan")
        yield edge


def now_of(first: int, last: int) -> list[Event]:
    at = SystemClock().now()
    return [event(seq, at=at) for seq in range(first, last + 1)]


async def asked_again(edge: FakeEdge, controller: ControllerProcess) -> int:
    """Start the controller again; the number it wants next."""
    edge.hellos.clear()
    await controller.start()
    await edge.until(lambda: edge.hellos, "a hello")
    return edge.hellos[0].next_seq


async def test_killed_between_receiving_and_committing_it_stores_every_event_once_in_the_end(
    controller: ControllerProcess, edge: FakeEdge
) -> None:
    await edge.send(now_of(1, 50))
    await edge.acknowledged(50)
    arrived = await controller.counted("hallkeeper_batches_total")
    with controller.nothing_can_be_committed():
        await edge.send(now_of(51, 150))
        await edge.send(now_of(151, 250))

        async def received() -> bool:
            return await controller.counted("hallkeeper_batches_total") == arrived + 2

        await eventually(received, what="both batches have arrived")
        await controller.kill()
    assert edge.acks[-1].seq == 50
    assert controller.stored() == [(LOG, seq) for seq in range(1, 51)]
    assert await asked_again(edge, controller) == 51
    await edge.send(now_of(51, 150))
    await edge.send(now_of(151, 250))
    await edge.acknowledged(250)
    assert controller.stored() == [(LOG, seq) for seq in range(1, 251)]


@pytest.mark.faults_full
async def test_killed_after_the_commit_it_stores_nothing_twice(controller: ControllerProcess, edge: FakeEdge) -> None:
    await edge.send(now_of(1, 100))
    await edge.acknowledged(100)
    await controller.kill()
    assert await asked_again(edge, controller) == 101
    await edge.send(now_of(1, 100))
    await edge.send(now_of(101, 110))
    await edge.acknowledged(110)
    assert controller.stored() == [(LOG, seq) for seq in range(1, 111)]


@pytest.mark.faults_full
async def test_killed_in_mid_stream_again_and_again_it_ends_with_every_event_once(
    controller: ControllerProcess, edge: FakeEdge
) -> None:
    wanted, last = 1, 2_000
    for _ in range(3):
        for first in range(wanted, last, 100):
            await edge.send(now_of(first, min(first + 99, last)))
        await controller.kill()
        wanted = await asked_again(edge, controller)
    wanted = min(wanted, last)  # all may be stored, and the acknowledgement be lost: the last one is sent again
    for first in range(wanted, last + 1, 100):
        await edge.send(now_of(first, min(first + 99, last)))
    await edge.acknowledged(last)
    assert controller.stored() == [(LOG, seq) for seq in range(1, last + 1)]
