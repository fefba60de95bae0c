"""Every ``Link`` there is, each with a broker that the test can take away."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

from controller.platform.mqtt_client import BrokerLink
from edge.config import BrokerConfig
from edge.net.connect_options import ConnectOptions
from edge.net.mqtt_client import MqttLink
from edge.wire.broker_link import Connected, Disconnected, Link, Message
from tests.memory_link import MemoryBroker
from tests.services.mosquitto import Broker

PanelEvent = Message | Connected | Disconnected


class Surroundings(Protocol):
    """A broker, and a way to make links to it."""

    def link(self, filters: Sequence[str], name: str) -> Link: ...

    def kill(self) -> None: ...

    def start(self) -> None: ...


class RealController:
    def __init__(self, broker: Broker) -> None:
        self._broker = broker

    def link(self, filters: Sequence[str], name: str) -> Link:
        return BrokerLink(host=self._broker.host, port=self._broker.port, subscribe=filters, client_id=name)

    def kill(self) -> None:
        self._broker.kill()

    def start(self) -> None:
        self._broker.start()


class RealEdge(RealController):
    def link(self, filters: Sequence[str], name: str) -> Link:
        connect_options = ConnectOptions(
            client_id=name, filters=tuple(filters), will=lambda number: (f"wills/{name}", b"%d" % number)
        )
        return MqttLink(BrokerConfig(host=self._broker.host, port=self._broker.port), connect_options)


class InMemory:
    def __init__(self) -> None:
        self._broker = MemoryBroker()

    def link(self, filters: Sequence[str], name: str) -> Link:
        return self._broker.client(filters)

    def kill(self) -> None:
        self._broker.kill()

    def start(self) -> None:
        self._broker.start()


class Listener:
    """Reads a link's events in a task of its own, so that a test can wait for the next one."""

    def __init__(self, link: Link) -> None:
        self._heard: asyncio.Queue[PanelEvent] = asyncio.Queue()
        self._task = asyncio.create_task(self._listen(link))

    async def _listen(self, link: Link) -> None:
        async for happening in link.events():
            self._heard.put_nowait(happening)

    async def next(self, *, within_s: float = 60.0) -> PanelEvent:
        return await asyncio.wait_for(self._heard.get(), within_s)

    async def nothing_for(self, seconds: float) -> bool:
        """Whether nothing is heard for so long; for what must not come there is no condition to wait for."""
        try:
            await asyncio.wait_for(self._heard.get(), seconds)
        except TimeoutError:
            return True
        return False

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


@asynccontextmanager
async def listening(link: Link) -> AsyncIterator[Listener]:
    """A listener whose first event, ``Connected``, has been taken."""
    listener = Listener(link)
    try:
        first = await listener.next()
        assert isinstance(first, Connected)
        yield listener
    finally:
        await listener.close()
