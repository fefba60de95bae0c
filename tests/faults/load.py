"""Events and bookings that flow while something fails."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from controller.bookings.diary.tables import bookings
from controller.db.errors import is_away
from controller.platform.mqtt_client import BrokerLink
from edge.wire.topics import subscriptions
from tests.controller.telemetry.speaking import LOG
from tests.eventually import eventually
from tests.faults.controller_process import Broker
from tests.faults.stream import Stream
from tests.faults.test_several_controllers import Pair, at_work
from tests.integration.fake_edge import FakeEdge


class Load:
    """Events that an edge sends, and bookings that people make at both controllers, until ``stop``. ``made``: how many
    bookings. ``failed``: how many requests for them had to be sent again."""

    def __init__(self, pair: Pair, stream: Stream, edge: FakeEdge) -> None:
        self.stream = stream
        self.edge = edge
        self.made = 0
        self.failed = 0
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
            await self._ask(number)
            self.made = number
            await asyncio.sleep(0.2)

    async def _ask(self, number: int) -> None:
        """Asks the one, then the other, with the same key, until it is made."""
        key, turn = "choir", number
        while True:
            try:
                answer = await self._pair.book((self._pair.first, self._pair.second)[turn % 2], number, key)
            except httpx.HTTPError:
                pass
            else:
                if answer.status_code == 201:
                    return
                if "outcome-unknown" in answer.text:  # look, and only then ask again
                    if await self._is_made(number):
                        return
                    key += "-again"
                else:
                    assert answer.status_code >= 500, answer.text
            turn += 1
            self.failed += 1
            await asyncio.sleep(0.2)

    async def _is_made(self, number: int) -> bool:
        query = select(bookings.c.id).where(bookings.c.title == f"Choir {number}")

        async def look() -> tuple[bool] | None:
            try:
                async with self._pair.database.read() as tx:
                    return ((await tx.execute(query)).scalar() is not None,)
            except SQLAlchemyError as error:
                if not is_away(error):
                    raise
                return None

        return (await eventually(look, what="the database says whether a booking is made"))[0]


@asynccontextmanager
async def under_load(pair: Pair, broker: Broker) -> AsyncIterator[Load]:
    """Both controllers run, an edge is connected, and events and bookings flow; in the end each is there once."""
    await pair.first.start()
    await at_work(pair.first)
    await pair.second.start()
    filters = subscriptions("down", site="ramsey", edge="main")
    link = BrokerLink(host=broker.host, port=broker.port, subscribe=filters)
    async with pair.hub.edge(link) as edge:
        await edge.until(lambda: edge.hellos and edge.manifest, "a hello and a plan")
        load = Load(pair, Stream(edge, link), edge)
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
