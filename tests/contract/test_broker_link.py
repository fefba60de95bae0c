"""What every ``Link`` keeps, on real brokers and in memory."""

import asyncio

import pytest

from edge.wire.broker_link import Connected, Disconnected, Link, Message
from tests.contract.links import InMemory, Listener, RealController, RealEdge, Surroundings, listening


@pytest.fixture(params=["controller", "edge", "memory"])
def around(request: pytest.FixtureRequest) -> Surroundings:
    if request.param == "memory":
        return InMemory()
    broker = request.getfixturevalue("mosquitto")
    return RealController(broker) if request.param == "controller" else RealEdge(broker)


def is_up(link: Link) -> bool:
    """Read again each time; a property's value would be cached."""
    return link.connected


async def test_the_first_event_is_connected_with_number_one(around: Surroundings) -> None:
    link = around.link(["a/+"], "one")
    assert is_up(link) is False
    listener = Listener(link)
    assert await listener.next() == Connected(connection=1)
    assert is_up(link) is True
    await listener.close()


async def test_nothing_is_published_without_a_connection_and_nothing_waits_for_one(around: Surroundings) -> None:
    link = around.link(["a/+"], "one")
    assert await link.publish("a/b", b"lost") is False
    async with listening(link) as listener:
        assert await listener.nothing_for(0.2)


async def test_messages_arrive_in_the_order_of_publishing(around: Surroundings) -> None:
    sender, receiver = around.link(["unused/+"], "sender"), around.link(["a/+"], "receiver")
    async with listening(receiver) as heard, listening(sender):
        for number in range(300):
            assert await sender.publish("a/b", b"%d" % number) is True
        got = [await heard.next() for _ in range(300)]
    assert [message.payload for message in got if isinstance(message, Message)] == [b"%d" % n for n in range(300)]


async def test_only_subscribed_topics_arrive(around: Surroundings) -> None:
    sender, receiver = around.link(["unused/+"], "sender"), around.link(["a/+/c"], "receiver")
    async with listening(receiver) as heard, listening(sender):
        for topic in ("a/b", "a/b/c/d", "b/b/c", "a/b/c"):
            await sender.publish(topic, topic.encode())
        assert await heard.next() == Message(topic="a/b/c", payload=b"a/b/c")
        assert await heard.nothing_for(0.2)


async def test_a_retained_message_follows_connected_and_is_marked_as_retained(around: Surroundings) -> None:
    sender = around.link(["unused/+"], "sender")
    async with listening(sender):
        assert await sender.publish("a/b", b"kept", retain=True)
        async with listening(around.link(["a/+"], "late")) as heard:
            assert await heard.next() == Message(topic="a/b", payload=b"kept", retained=True)
            await sender.publish("a/b", b"new", retain=True)
            assert await heard.next() == Message(topic="a/b", payload=b"new", retained=False)


async def test_an_empty_retained_message_clears_the_topic(around: Surroundings) -> None:
    sender = around.link(["unused/+"], "sender")
    async with listening(sender):
        await sender.publish("a/b", b"kept", retain=True)
        await sender.publish("a/b", b"", retain=True)
        async with listening(around.link(["a/+"], "late")) as heard:
            assert await heard.nothing_for(0.2)


async def test_a_lost_broker_is_reported_once_and_the_link_recovers(around: Surroundings) -> None:
    link, other = around.link(["a/+"], "one"), around.link(["unused/+"], "other")
    async with listening(link) as heard, listening(other) as others:
        around.kill()
        assert isinstance(await heard.next(), Disconnected)
        assert not link.connected
        assert await link.publish("a/b", b"lost") is False
        around.start()
        assert await heard.next() == Connected(connection=2)
        assert isinstance(await others.next(), Disconnected)
        assert await others.next() == Connected(connection=2)
        assert await other.publish("a/b", b"found")
        assert await heard.next() == Message(topic="a/b", payload=b"found")


async def test_payloads_of_any_bytes_arrive_unchanged(around: Surroundings) -> None:
    payload = bytes(range(256)) * 250
    link = around.link(["a/+"], "one")
    async with listening(link) as heard:
        await link.publish("a/b", payload)
        assert await heard.next() == Message(topic="a/b", payload=payload)


async def test_a_closed_link_is_not_connected(around: Surroundings) -> None:
    link = around.link(["a/+"], "one")
    async with listening(link):
        assert is_up(link) is True
    assert is_up(link) is False
    assert await link.publish("a/b", b"lost") is False


async def test_a_stopped_reader_stops_in_every_state_of_its_link(around: Surroundings) -> None:
    async def read(link: Link) -> None:
        async for _ in link.events():
            pass

    for tenths_of_ms in range(0, 60, 2):
        reading = asyncio.create_task(read(around.link(["t/#"], "restless")))
        await asyncio.sleep(tenths_of_ms / 10_000)
        reading.cancel()
        done, _ = await asyncio.wait((reading,), timeout=60)
        assert done, f"still there when cancelled after {tenths_of_ms / 10} ms"
