"""What a broker does, each asked of a running one by a bare client. docs/brokers.md has the same lines, by broker."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol
from uuid import uuid4

import paho.mqtt.client as paho

from tests.contract.mqtt_clients import Client, Refused, connected

LONGEST = 100_000
"""Bytes: more than a plan's largest part in its envelope."""
TOO_LONG = 2_000_000


class Restartable(Protocol):
    """A broker on loopback."""

    port: int

    def start(self) -> None: ...

    def kill(self) -> None:
        """SIGKILL."""
        ...

    def restart(self) -> None:
        """In order."""
        ...


def fresh() -> str:
    """A topic that nobody has used."""
    return f"t/{uuid4().hex}"


async def retained(broker: Restartable) -> bool:
    topic = fresh()
    async with connected(broker.port) as sender:
        await sender.publish(topic, b"kept", retain=True)
        async with connected(broker.port) as late:
            await late.subscribe(topic)
            kept = await late.next()
            await sender.publish(topic, b"new", retain=True)
            new = await late.next()
        await sender.publish(topic, b"", retain=True)
        async with connected(broker.port) as later:
            await later.subscribe(topic)
            await sender.publish(topic, b"end")
            nothing = await later.until(b"end")
    return (kept.payload, kept.retain, new.payload, new.retain, nothing) == (b"kept", True, b"new", False, [])


async def last_will(broker: Restartable) -> bool:
    topic = fresh()
    async with connected(broker.port) as hears:
        await hears.subscribe(topic)
        said = []
        for way in (Client.leave, Client.vanish, Client.leave):
            edge = Client(broker.port, will=(topic, b"gone"))
            await edge.connect()
            await edge.publish(topic, b"here", retain=True)
            await way(edge)
            if way is Client.vanish:
                said += await hears.until(b"gone")  # the broker sends it when it sees that the line has ended
        async with connected(broker.port) as sender:
            await sender.publish(topic, b"end")
        said += await hears.until(b"end")
    return said == [b"here"] * 3


async def in_order(broker: Restartable) -> bool:
    topic = fresh()
    wanted = [b"%d" % number for number in range(500)]
    async with connected(broker.port) as hears, connected(broker.port) as sender:
        await hears.subscribe(topic)
        await asyncio.gather(*(sender.publish(topic, each) for each in wanted))
        await sender.publish(topic, b"end")
        return await hears.until(b"end") == wanted


async def wildcards(broker: Restartable) -> bool:
    root = fresh()
    async with connected(broker.port) as hears, connected(broker.port) as sender:
        await hears.subscribe(f"{root}/+/state/+")
        for topic in ("a/state/door", "a/state", "a/b/state/door", "b/state/door", "a/state/door/more"):
            await sender.publish(f"{root}/{topic}", topic.encode())
        await sender.publish(f"{root}/a/state/x", b"end")
        return await hears.until(b"end") == [b"a/state/door", b"b/state/door"]


async def longest_passes(broker: Restartable) -> bool:
    topic, payload = fresh(), bytes(range(250)) * (LONGEST // 250)
    async with connected(broker.port) as hears, connected(broker.port) as sender:
        await hears.subscribe(topic)
        await sender.publish(topic, payload)
        return (await hears.next()).payload == payload


async def too_long_is_refused(broker: Restartable) -> bool:
    """Its sender alone is the one that is cut off."""
    topic = fresh()
    async with connected(broker.port) as hears, connected(broker.port) as other:
        await hears.subscribe(topic)
        sender = Client(broker.port)
        await sender.connect()
        try:
            await sender.publish(topic, bytes(TOO_LONG))
            passed = True
        except Refused:
            passed = False
        await sender.vanish()
        await other.publish(topic, b"end")
        return not passed and await hears.until(b"end") == []


async def small_takers(broker: Restartable) -> bool:
    topic = fresh()
    async with connected(broker.port, packet_limit=1000) as hears, connected(broker.port) as sender:
        await hears.subscribe(topic)
        await sender.publish(topic, bytes(5000))
        await sender.publish(topic, b"end")
        return await hears.until(b"end") == []


async def clean_start(broker: Restartable) -> bool:
    topic, name = fresh(), fresh().replace("/", "-")
    async with connected(broker.port, name) as first:
        await first.subscribe(topic)
    async with connected(broker.port) as sender:
        await sender.publish(topic, b"meanwhile")
        async with connected(broker.port, name) as again:
            await sender.publish(topic, b"not subscribed")
            await again.subscribe(topic)
            await sender.publish(topic, b"end")
            return await again.until(b"end") == []


async def takeover(broker: Restartable) -> bool:
    name = fresh().replace("/", "-")
    async with connected(broker.port, name) as first, connected(broker.port, name):
        try:
            async with asyncio.timeout(5):
                await first.lost.wait()
        except TimeoutError:
            return False
        return True


async def after_a_kill(broker: Restartable) -> bool:
    broker.kill()
    broker.start()
    return await longest_passes(broker)


async def version_3(broker: Restartable) -> bool:
    topic = fresh()
    async with connected(broker.port, version=paho.MQTTv311) as hears, connected(broker.port) as sender:
        await hears.subscribe(topic)
        await sender.publish(topic, b"for a sensor")
        return (await hears.next()).payload == b"for a sensor"


async def exactly_once(broker: Restartable) -> bool:
    topic = fresh()
    async with connected(broker.port) as hears, connected(broker.port) as sender:
        await hears.subscribe(topic, 2)
        await sender.publish(topic, b"once", qos=2)
        message = await hears.next()
        return (message.payload, message.qos) == (b"once", 2)


async def expiry(broker: Restartable) -> bool:
    topic = fresh()
    async with connected(broker.port) as sender:
        await sender.publish(topic, b"old", retain=True, expires=1)
        await asyncio.sleep(2.5)
        async with connected(broker.port) as hears:
            await hears.subscribe(topic)
            await sender.publish(topic, b"end")
            return await hears.until(b"end") == []


async def shared(broker: Restartable) -> bool:
    topic = fresh()
    async with connected(broker.port) as one, connected(broker.port) as two, connected(broker.port) as sender:
        for each in (one, two):
            await each.subscribe(f"$share/group/{topic}")
            await each.subscribe(f"{topic}/end")
        for number in range(10):
            await sender.publish(topic, b"%d" % number)
        await sender.publish(f"{topic}/end", b"end")
        halves = [await each.until(b"end") for each in (one, two)]
        return all(halves) and sorted(halves[0] + halves[1]) == [b"%d" % number for number in range(10)]


async def _kept_for(broker: Restartable, restart: Callable[[], None] | None) -> bool:
    topic, name = fresh(), fresh().replace("/", "-")
    session = {"keep": 600, "clean": False}
    async with connected(broker.port, name, **session) as client:
        await client.subscribe(topic)
    async with connected(broker.port) as sender:
        await sender.publish(topic, b"meanwhile")
    if restart is not None:
        restart()
    async with connected(broker.port, name, **session) as client:
        return (await client.next()).payload == b"meanwhile"


async def session(broker: Restartable) -> bool:
    return await _kept_for(broker, None)


async def session_over_a_restart(broker: Restartable) -> bool:
    return await _kept_for(broker, broker.restart)


async def redelivery(broker: Restartable) -> bool:
    topic, name = fresh(), fresh().replace("/", "-")
    slow = Client(broker.port, name, keep=600, clean=False, acknowledge=False)
    await slow.connect()
    await slow.subscribe(topic)
    async with connected(broker.port) as sender:
        await sender.publish(topic, b"once more")
    await slow.next()
    await slow.vanish()
    async with connected(broker.port, name, keep=600, clean=False) as client:
        message = await client.next()
        return (message.payload, message.dup) == (b"once more", True)


async def retained_over_a_restart(broker: Restartable) -> bool:
    topic = fresh()
    async with connected(broker.port) as sender:
        await sender.publish(topic, b"kept", retain=True)
    broker.restart()
    async with connected(broker.port) as late:
        await late.subscribe(topic)
        return (await late.next()).payload == b"kept"


TRAITS: Mapping[str, Callable[[Restartable], Awaitable[bool]]] = {
    "retained: what a topic had last comes at subscribing, marked, until an empty message clears it": retained,
    "last will, retained, when a connection ends without a goodbye; none after one": last_will,
    "QoS 1: each message is confirmed, and those of one sender arrive in order": in_order,
    "`+` in filters": wildcards,
    "100 kB in one message": longest_passes,
    "a message of 2 MB cuts off its sender, nobody else": too_long_is_refused,
    "a clean start brings nothing of an earlier connection": clean_start,
    "a second connection with a client id ends the first": takeover,
    "clients speak again after kill -9 and a start": after_a_kill,
    "Maximum Packet Size: who takes small packets gets no large ones": small_takers,
    "MQTT 3.1.1 on the same port, for sensors": version_3,
    "QoS 2": exactly_once,
    "message expiry for retained messages": expiry,
    "shared subscriptions": shared,
    "a session is kept, with messages that come meanwhile": session,
    "a session is kept over a restart": session_over_a_restart,
    "a message that was not acknowledged comes again, marked": redelivery,
    "retained messages are kept over a restart": retained_over_a_restart,
}
"""The first nine are what Hallkeeper needs; the rest it does without."""
NEEDED = 9
