"""Each node of a RabbitMQ of three is killed under load: nothing is lost or doubled, and people notice nothing."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from controller.diary.tables import bookings
from controller.mqtt.client import BrokerLink
from edge.wire.topics import subscriptions
from tests.controller.telemetry.speaking import LOG
from tests.eventually import eventually
from tests.faults.rows import DETAILS
from tests.faults.stream import Stream
from tests.faults.test_several_controllers import Pair, at_work, open_pair
from tests.services.fork_client import ForkServer
from tests.services.haproxy import Cluster

pytestmark = pytest.mark.scale_full
GAP_S = 30.0
"""Within which events come through again, on a machine with much else to do."""


@pytest.fixture
def brokers(tmp_path: Path) -> Iterator[Cluster]:
    made = Cluster(tmp_path / "brokers")
    try:
        made.start()
        yield made
    finally:
        made.stop()


class Load:
    """Events that an edge sends, and bookings that people make at both controllers, until ``stop``. ``made``: how many
    bookings; each is made at once."""

    def __init__(self, pair: Pair, stream: Stream) -> None:
        self.stream = stream
        self.made = 0
        self._pair = pair
        self._stopping = False
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self.stream.run()), asyncio.create_task(self._book())]

    async def stop(self) -> None:
        """Returns once everything is acknowledged and every booking is answered."""
        self._stopping = True
        self.stream.stop()
        async with asyncio.timeout(120):
            await asyncio.gather(*self._tasks)

    async def goes_on(self) -> float:
        """Wait until events and bookings have come through; the longest time without an acknowledgement, seconds."""
        events, made = self.stream.acknowledged + 200, self.made + 5

        async def both() -> bool:
            for task in self._tasks:
                if task.done():
                    task.result()
            return self.stream.acknowledged >= events and self.made >= made

        await eventually(both, what="events and bookings come through", within_s=120)
        return self.stream.gap_s

    async def _book(self) -> None:
        while not self._stopping:
            number = self.made + 1
            answer = await self._pair.book((self._pair.first, self._pair.second)[number % 2], number)
            assert answer.status_code == 201, answer.text
            self.made = number
            await asyncio.sleep(0.2)


@asynccontextmanager
async def under_load(pair: Pair, brokers: Cluster) -> AsyncIterator[Load]:
    """Both controllers run, an edge is connected, and events and bookings flow; in the end each of them is there once,
    and the edge has been cut off and has come back."""
    await pair.first.start()
    await at_work(pair.first)
    await pair.second.start()
    filters = subscriptions("down", site="ramsey", edge="main")
    link = BrokerLink(host=brokers.host, port=brokers.port, subscribe=filters)
    async with pair.hub.edge(link) as edge:
        await edge.until(lambda: edge.hellos and edge.manifest, "a hello and a plan")
        load = Load(pair, Stream(edge, link))
        load.start()
        await load.goes_on()
        yield load
        await load.stop()
        assert await pair.stored() == [(LOG, seq) for seq in range(1, load.stream.sent + 1)]
        async with pair.database.read() as tx:
            titles = [title for (title,) in await tx.execute(select(bookings.c.title))]
        assert sorted(titles) == sorted(f"Choir {number}" for number in range(1, load.made + 1))
        await edge.until(
            lambda: edge.plan and edge.plan.grant_count == load.made, "every booking's code is on the door"
        )
        assert edge.connection > 1


async def test_any_node_of_the_broker_killed_under_load_costs_no_event_and_doubles_none(
    tmp_path: Path,
    brokers: Cluster,
    fork_server: ForkServer,
    postgres_url: Callable[..., str],
    postgres_template: str,
    record_property: Callable[[str, object], None],
) -> None:
    gaps = {}
    async with (
        open_pair(tmp_path, brokers, fork_server, postgres_url(postgres_template)) as pair,
        under_load(pair, brokers) as load,
    ):
        for node in brokers.nodes:
            load.stream.measure()
            await asyncio.to_thread(node.kill)
            await load.goes_on()
            await asyncio.to_thread(node.start)
            gaps[node.name.partition("-")[0]] = await load.goes_on()
    said = ", ".join(f"{name}: {gap:.1f} s" for name, gap in gaps.items())
    record_property(DETAILS, f"{load.stream.sent} events, {load.made} bookings; longest gap after kill -9 of {said}")
    assert max(gaps.values()) < GAP_S
