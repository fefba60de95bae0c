"""The real link against the real broker."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from edge.config import BrokerConfig
from edge.net.connect_options import ConnectOptions
from edge.net.mqtt_client import MqttLink
from edge.wire.broker_link import Connected, Disconnected, Message
from tests.services.mosquitto import Broker


class Ear:
    """Reads a link in a task of its own."""

    def __init__(self, broker: Broker, name: str, *filters: str) -> None:
        connect_options = ConnectOptions(
            client_id=name, filters=filters, will=lambda number: (f"t/{name}/status", b"offline %d" % number)
        )
        self.link = MqttLink(BrokerConfig(host=broker.host, port=broker.port), connect_options)
        self.seen: list[Message | Connected | Disconnected] = []
        self._news = asyncio.Event()
        self.task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for happening in self.link.events():
            self.seen.append(happening)
            self._news.set()

    def messages(self) -> list[tuple[str, bytes, bool]]:
        return [(one.topic, one.payload, one.retained) for one in self.seen if isinstance(one, Message)]

    def connections(self) -> list[int]:
        return [one.connection for one in self.seen if isinstance(one, Connected)]

    async def until(self, *, messages: int = 0, connections: int = 0, losses: int = 0) -> None:
        async with asyncio.timeout(60):
            while (
                len(self.messages()) < messages
                or len(self.connections()) < connections
                or sum(isinstance(one, Disconnected) for one in self.seen) < losses
            ):
                self._news.clear()
                await self._news.wait()

    async def close(self) -> None:
        self.task.cancel()
        await asyncio.wait((self.task,))


@pytest.fixture
async def ear(mosquitto: Broker) -> AsyncIterator[Ear]:
    ear = Ear(mosquitto, "ear", "t/#")
    await ear.until(connections=1)
    yield ear
    await ear.close()


@pytest.fixture
async def mouth(mosquitto: Broker) -> AsyncIterator[Ear]:
    mouth = Ear(mosquitto, "mouth", "to/mouth")
    await mouth.until(connections=1)
    yield mouth
    await mouth.close()


async def test_messages_arrive_in_order_with_retained_ones_marked(mosquitto: Broker, mouth: Ear) -> None:
    assert await mouth.link.publish("t/kept", b"kept", retain=True)
    ear = Ear(mosquitto, "late", "t/#")
    await ear.until(messages=1)
    for number in range(200):
        assert await mouth.link.publish("t/n", b"%d" % number)
    await ear.until(messages=201)
    assert ear.messages() == [("t/kept", b"kept", True), *(("t/n", b"%d" % number, False) for number in range(200))]
    assert isinstance(ear.seen[0], Connected)
    await ear.close()


async def test_the_link_comes_back_by_itself_and_counts_connections(mosquitto: Broker, ear: Ear) -> None:
    mosquitto.kill()
    await ear.until(losses=1)
    assert not await ear.link.publish("t/x", b"x")
    mosquitto.start()
    await ear.until(connections=2)
    assert ear.connections() == [1, 2]
    assert ear.link.connected
    assert await ear.link.publish("t/x", b"x")
    await ear.until(messages=1)


async def test_publishing_into_a_dying_connection_answers_at_once(mosquitto: Broker, mouth: Ear) -> None:
    mosquitto.pause()
    publishing = asyncio.create_task(mouth.link.publish("t/x", b"x"))
    await asyncio.sleep(0.05)
    mosquitto.kill()
    async with asyncio.timeout(5):
        assert not await publishing


async def test_the_link_stops_despite_an_unresponsive_broker(mosquitto: Broker) -> None:
    ear = Ear(mosquitto, "ear", "t/#")
    await ear.until(connections=1)
    mosquitto.pause()
    async with asyncio.timeout(5):
        await ear.close()
    assert ear.task.cancelled()
    mosquitto.resume()


async def test_nothing_is_queued_for_an_offline_edge(mosquitto: Broker, mouth: Ear) -> None:
    away = Ear(mosquitto, "away", "t/away")
    await away.until(connections=1)
    await away.close()
    assert await mouth.link.publish("t/away", b"open the door")
    again = Ear(mosquitto, "away", "t/away")
    await again.until(connections=1)
    assert await mouth.link.publish("t/away", b"marker")
    await again.until(messages=1)
    assert [payload for _, payload, _ in again.messages()] == [b"marker"]
    await again.close()


async def test_the_will_of_a_lost_connection_is_published(mosquitto: Broker, ear: Ear) -> None:
    first = Ear(mosquitto, "edge", "to/edge")
    await first.until(connections=1)
    second = Ear(mosquitto, "edge", "to/edge")
    await ear.until(messages=1)
    assert ear.messages()[0][:2] == ("t/edge/status", b"offline 1")
    for one in (first, second):
        await one.close()
