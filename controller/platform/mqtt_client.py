"""The controller's MQTT client, the only module that imports aiomqtt: a connection that restores itself (MQTT 5).

aiomqtt acknowledges on arrival, so nothing here may rest on the broker's QoS: edges keep what we have not
acknowledged ourselves.

paho queues what comes while the broker has many messages to confirm, and sends it long after its sender gave it up. So
it never gets more than it sends at once. Where a message is not confirmed in time, and nothing else came from the
broker since, the connection is cut, with whatever waits in it.
"""

import asyncio
import logging
import math
import random
import socket
import ssl
import struct
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import aiomqtt

from edge.wire.broker_link import Connected, Disconnected, Message, entered, stop_if_told
from edge.wire.messages import COMMAND_LIFE_S

log = logging.getLogger(__name__)

BACKLOG_BYTES = 64 * 1024 * 1024
"""Most bytes of messages that wait to be read; what comes on top is dropped and counted. Edges send it again."""
FIRST_RETRY_S = 0.1
LONGEST_RETRY_S = 5.0
IN_FLIGHT = 20
"""Messages that the broker has not confirmed yet. Others wait here, where they can still be given up."""
CONFIRM_S = COMMAND_LIFE_S
"""How long the broker may take to confirm a message; a command that it has not confirmed by then is over."""
KEEPALIVE_S = 20
_TIMEOUT_S = 10.0
_DROP_ON_CLOSE = struct.pack("ii", 1, 0)
"""SO_LINGER with a time of 0: what the kernel has not sent is dropped (socket(7))."""
_NO_DELAY = (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


class BrokerRefused(Exception):
    """The broker does not let us in, or does not pass on what we say."""


@dataclass(eq=False, repr=False, kw_only=True)
class BrokerLink:
    """A ``Link`` to a real broker. ``subscribe``: the filters wanted on every connection, at QoS 1. ``tls``: asked on
    every connection, since a certificate does not last for ever. ``before``: awaited last before each message.

    Its events have one reader at a time.
    """

    host: str
    port: int
    subscribe: Sequence[str]
    client_id: str | None = None
    username: str | None = None
    password: str | None = None
    tls: Callable[[], ssl.SSLContext] | None = None
    backlog_bytes: int = BACKLOG_BYTES
    confirm_s: float = CONFIRM_S
    before: Callable[[], Awaitable[None]] | None = None

    def __post_init__(self) -> None:
        self._inbox = _Inbox(self.backlog_bytes)
        self._client: aiomqtt.Client | None = None
        self._outgoing: set[asyncio.Task[None]] = set()
        self._places = asyncio.Semaphore(IN_FLIGHT)

    @property
    def connected(self) -> bool:
        return self._client is not None

    @property
    def dropped(self) -> int:
        """Messages that found the backlog full, since the process started."""
        return self._inbox.dropped

    async def events(self) -> AsyncIterator[Message | Connected | Disconnected]:
        """Connect, and yield what happens until the iterator is closed."""
        keeper = asyncio.create_task(self._keep_connected(), name="mqtt link")
        keeper.add_done_callback(lambda _: self._inbox.wake())
        try:
            while True:
                while (item := self._inbox.take()) is not None:
                    yield item
                if keeper.done():
                    keeper.result()
                await self._inbox.filled()
        finally:
            keeper.cancel()
            with suppress(asyncio.CancelledError):
                await keeper

    async def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> bool:
        """Hand a message to the broker; whether it confirmed that within ``confirm_s``. False at once without a
        connection, and after as long where the broker confirms none of those before it. One that is not confirmed may
        have arrived; it is not sent later."""
        if not self.connected:
            return False
        if self._places.locked():
            try:
                async with asyncio.timeout(self.confirm_s):
                    await self._places.acquire()
            except TimeoutError:
                return False
        else:
            await self._places.acquire()
        sending: asyncio.Task[None] | None = None
        try:
            if self.before is not None:
                await self.before()
            client, began = self._client, time.monotonic()
            if client is None:
                return False
            act = client.publish(topic, payload, qos=qos, retain=retain, timeout=math.inf)
            sending = asyncio.create_task(act, name=f"publish {topic}")
            self._outgoing.add(sending)
            sending.add_done_callback(self._sent)
        finally:
            if sending is None:
                self._places.release()
        done, _ = await asyncio.wait({sending}, timeout=self.confirm_s)
        if not done and client is self._client and self._inbox.heard_at < began:
            log.warning("The broker confirms nothing; the connection is cut", extra={"action": "unconfirmed"})
            _cut(client)
        return bool(done) and not sending.cancelled() and sending.exception() is None

    def _sent(self, sending: "asyncio.Task[None]") -> None:
        self._outgoing.discard(sending)
        self._places.release()
        if not sending.cancelled() and sending.exception() is None:
            self._inbox.heard_at = time.monotonic()

    async def round_trip(self, topic: str) -> float:
        """Connect, send ourselves a message and leave again: the seconds that it took. For a link that is not in use.
        Raises ``BrokerRefused`` and ``OSError``."""
        try:
            async with asyncio.timeout(_TIMEOUT_S), entered(self._new_client(asyncio.Queue)) as client:
                await client.subscribe(topic, qos=1)
                began = time.monotonic()
                await client.publish(topic, b"", qos=1)
                await anext(client.messages)
                return time.monotonic() - began
        except aiomqtt.MqttError as error:
            raise BrokerRefused(str(error)) from error

    async def _keep_connected(self) -> None:
        connection, retry_s, said = 0, FIRST_RETRY_S, False
        while True:
            why = "the broker closed the connection"
            try:
                async with entered(self._new_client(self._inbox.receiver())) as client:
                    if self.subscribe:
                        await client.subscribe([(topic, 1) for topic in self.subscribe])
                    stop_if_told()
                    connection += 1
                    retry_s, said = FIRST_RETRY_S, False
                    self._client = client
                    self._inbox.open(connection)
                    fields = {"action": "connected", "broker": self._address, "connection": connection}
                    log.info("Connected to the broker", extra=fields)
                    async for _ in client.messages:
                        raise AssertionError("messages go straight into the inbox")
            except (aiomqtt.MqttError, OSError) as error:
                why = str(error) or type(error).__name__
            finally:
                was_up = self._client is not None
                self._client = None
                for sending in self._outgoing:
                    sending.cancel()
                self._inbox.close(why if was_up else None)
            stop_if_told()
            if not said:
                fields = {"action": "disconnected", "broker": self._address, "reason": why}
                log.warning("No connection to the broker; trying again", extra=fields)
                said = True
            await asyncio.sleep(retry_s * random.uniform(0.5, 1.0))  # noqa: S311  # spreads the load, no secret
            retry_s = min(retry_s * 2, LONGEST_RETRY_S)

    def _new_client(self, receiver: "type[asyncio.Queue[aiomqtt.Message]]") -> aiomqtt.Client:
        client = aiomqtt.Client(
            self.host,
            self.port,
            identifier=self.client_id,
            username=self.username,
            password=self.password,
            tls_context=self.tls() if self.tls is not None else None,
            protocol=aiomqtt.ProtocolVersion.V5,
            clean_start=True,
            keepalive=KEEPALIVE_S,
            timeout=_TIMEOUT_S,
            queue_type=receiver,
            socket_options=[_NO_DELAY],
            max_inflight_messages=IN_FLIGHT,
        )
        client.pending_calls_threshold = 1000
        return client

    @property
    def _address(self) -> str:
        return f"{self.host}:{self.port}"


def _cut(client: aiomqtt.Client) -> None:
    """End the connection without a word, and drop what it has not sent yet. The client then finds it closed."""
    sock = client._client.socket()  # aiomqtt has no other way to it
    if not isinstance(sock, socket.socket):
        return
    with suppress(OSError):  # it is closed already
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _DROP_ON_CLOSE)
        socket.socket.shutdown(sock, socket.SHUT_RD)  # that of TLS would send the rest as plain text


class _Inbox:
    """What waits to be read. Messages that come before the subscription is confirmed wait behind ``Connected``."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._items: deque[Message | Connected | Disconnected] = deque()
        self._early: deque[Message] | None = deque()
        self._size = 0
        self._some = asyncio.Event()
        self._current: object = None
        self.dropped = 0
        self.heard_at = float("-inf")
        """When the broker last sent something, by ``time.monotonic``."""

    def receiver(self) -> type["asyncio.Queue[aiomqtt.Message]"]:
        """What aiomqtt takes for its queue: every message goes from it straight into this inbox, which is three
        times as fast as aiomqtt's iterator."""
        inbox = self
        current = self._current = object()

        class Receiver(asyncio.Queue[aiomqtt.Message]):
            def put_nowait(self, item: aiomqtt.Message) -> None:
                if inbox._current is current:
                    inbox._receive(item)

        return Receiver

    def open(self, connection: int) -> None:
        early, self._early = self._early or deque(), None
        self._items.append(Connected(connection=connection))
        self._items.extend(early)
        self.wake()

    def close(self, why: str | None) -> None:
        self._current = None
        self._size -= sum(len(message.payload) for message in self._early or ())
        self._early = deque()
        if why is not None:
            self._items.append(Disconnected(why=why))
            self.wake()

    def take(self) -> Message | Connected | Disconnected | None:
        if not self._items:
            self._some.clear()
            return None
        item = self._items.popleft()
        if isinstance(item, Message):
            self._size -= len(item.payload)
        return item

    async def filled(self) -> None:
        await self._some.wait()

    def wake(self) -> None:
        self._some.set()

    def _receive(self, message: aiomqtt.Message) -> None:
        self.heard_at = time.monotonic()
        payload = message.payload
        if self._size + len(payload) > self._limit:
            self.dropped += 1
            return
        self._size += len(payload)
        item = Message(topic=message.topic.value, payload=payload, retained=message.retain)
        if self._early is not None:
            self._early.append(item)
        else:
            self._items.append(item)
            self.wake()
