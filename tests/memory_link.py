"""A broker in memory: retained messages, last wills, order kept per publisher. It passes the link contract suite.

For virtual runs, which cannot use a real broker's sockets. A link can be cut and repaired, the broker killed.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence

from edge.net.connect_options import ConnectOptions
from edge.wire.broker_link import Connected, Disconnected, Message, Trouble

Will = Callable[[int], tuple[str, bytes]]
"""Topic and bytes of the last will for the connection of that number."""


def matches(pattern: str, topic: str) -> bool:
    """Whether an MQTT filter (MQTT 5, 4.7) takes a topic."""
    wanted, levels = pattern.split("/"), topic.split("/")
    for place, level in enumerate(wanted):
        if level == "#":
            return True
        if place >= len(levels) or level not in ("+", levels[place]):
            return False
    return len(wanted) == len(levels)


class MemoryBroker:
    """Routes at once and in order; nothing is ever in flight."""

    def __init__(self) -> None:
        self.up = True
        self.trouble: Trouble | None = None
        """Why it cannot be used while it is down."""
        self._retained: dict[str, bytes] = {}
        self._links: list[MemoryLink] = []
        self._made: list[MemoryLink] = []

    def link(self, connect_options: ConnectOptions) -> "MemoryLink":
        """A link of an edge: a ``LinkMaker``."""
        return self._make(connect_options.filters, connect_options.will)

    def client(self, filters: Sequence[str]) -> "MemoryLink":
        """A link of somebody who leaves no will, such as a controller."""
        return self._make(filters, None)

    def kill(self) -> None:
        """kill -9: connections and retained messages are gone."""
        self.up = False
        self._retained.clear()
        for link in list(self._links):
            self.drop(link, "the broker is gone", will=False)

    def start(self) -> None:
        """Start (again), empty."""
        self.up = True
        for link in self._made:
            link.try_now()

    def _make(self, filters: Sequence[str], will: Will | None) -> "MemoryLink":
        self._made.append(MemoryLink(self, filters, will))
        return self._made[-1]

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Route a message, as if a client without a connection of ours had sent it."""
        if retain:
            if payload:
                self._retained[topic] = payload
            else:
                self._retained.pop(topic, None)
        for link in list(self._links):
            link.offer(Message(topic=topic, payload=payload))

    def join(self, link: "MemoryLink") -> bool:
        """Connect and subscribe; whether the broker is there."""
        if not self.up:
            return False
        self._links.append(link)
        link.announce()
        for topic, payload in self._retained.items():
            link.offer(Message(topic=topic, payload=payload, retained=True))
        return True

    def drop(self, link: "MemoryLink", why: str, *, will: bool) -> None:
        """End a connection, with or without its last will."""
        if link not in self._links:
            return
        self._links.remove(link)
        testament = link.testament
        link.lost(why)
        if will and testament is not None:
            self.publish(testament[0], testament[1], retain=True)


class MemoryLink:
    """One client's connection, which restores itself: it tries at once when it is repaired, and else as seldom as the
    real one does, in seconds of the loop's time."""

    RETRY_S, RETRY_MOST_S = 1.0, 30.0

    def __init__(self, broker: MemoryBroker, filters: Sequence[str], will: Will | None) -> None:
        self._broker = broker
        self._filters = tuple(filters)
        self._will = will
        self._queue: asyncio.Queue[Message | Connected | Disconnected] = asyncio.Queue()
        self._count = 0
        self._cut = False
        self._now = asyncio.Event()
        self.testament: tuple[str, bytes] | None = None
        self.connected = False

    def cut(self) -> None:
        """Disconnect: the broker publishes the last will."""
        self._cut = True
        self._broker.drop(self, "the network was cut", will=True)

    def repair(self) -> None:
        """Connect again."""
        self._cut = False
        self.try_now()

    def try_now(self) -> None:
        """Wake the connection: try again now."""
        self._now.set()

    def renew(self) -> None:
        self._broker.drop(self, "a new connection was asked for", will=False)

    async def events(self) -> AsyncIterator[Message | Connected | Disconnected]:
        """Connects on the first use and for as long as the iterator is alive."""
        self._connect()
        wait_s = self.RETRY_S
        try:
            while True:
                if self.connected or not self._queue.empty():
                    happening = await self._queue.get()
                    if isinstance(happening, Connected):
                        wait_s = self.RETRY_S
                    yield happening
                    continue
                await self._wait(wait_s)
                wait_s = min(wait_s * 2, self.RETRY_MOST_S)
                if not self._connect():
                    yield Disconnected(why="the broker is offline", trouble=self._broker.trouble)
        finally:
            self._broker.drop(self, "closed", will=False)

    async def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> bool:
        if not self.connected:
            return False
        self._broker.publish(topic, payload, retain=retain)
        return True

    def _connect(self) -> bool:
        if self._cut or not self._broker.up:
            return False
        self.testament = self._will(self._count + 1) if self._will is not None else None
        return self._broker.join(self)

    async def _wait(self, seconds: float) -> None:
        self._now.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._now.wait()

    def announce(self) -> None:
        """The broker has accepted the connection."""
        self._count += 1
        self.connected = True
        self._queue.put_nowait(Connected(connection=self._count))

    def offer(self, message: Message) -> None:
        """Deliver a message if a filter matches it."""
        if any(matches(pattern, message.topic) for pattern in self._filters):
            self._queue.put_nowait(message)

    def lost(self, why: str) -> None:
        """The connection has ended."""
        self.connected = False
        self._queue.put_nowait(Disconnected(why=why))
