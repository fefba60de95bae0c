"""The line between one edge and the broker: a TCP proxy that can be cut, silenced, and made unruly, by the disorder
that it applies to PUBLISH packets.
"""

import asyncio
import contextlib
import random
import socket
from collections.abc import Callable, Iterator

Fate = tuple[float, ...]
"""What happens to a message: one delay in seconds for each copy of it that arrives. ``(0.0,)``: normal, ``(0.0,
0.0)``: twice, ``(1.5,)``: late."""
Disorder = Callable[[bytes], Fate]
"""Decides on each PUBLISH packet, in either direction."""

ON_TIME: Fate = (0.0,)
PUBLISH = 3
_CONNECT = b"\x10"
_LENGTH_BYTES = 4


class BadPacket(ValueError):
    """Not MQTT: its remaining length does not end."""


class Packets:
    """Cuts a stream into whole control packets (MQTT 5, 2.1: fixed header and remaining length)."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The packets that are complete now. Raises ``BadPacket``."""
        self._rest += data
        while (size := self._size()) is not None and size <= len(self._rest):
            packet = bytes(self._rest[:size])
            del self._rest[:size]
            yield packet

    def _size(self) -> int | None:
        length = 0
        for place in range(_LENGTH_BYTES):
            if place + 1 >= len(self._rest):
                return None
            byte = self._rest[place + 1]
            length |= (byte & 0x7F) << 7 * place
            if byte < 0x80:
                return 2 + place + length
        raise BadPacket("the remaining length of a packet has more than four bytes")


def in_the_clear(first: bytes) -> bool:
    """Whether a connection that begins with these bytes carries unencrypted MQTT."""
    return first.startswith(_CONNECT)


def kind_of(packet: bytes) -> int:
    """Its control packet type, such as ``PUBLISH``."""
    return packet[0] >> 4


def unruly(seed: str, *, repeats: float, delays: float, late_s: float) -> Disorder:
    """Repeat so many of the messages (0 to 1) and hold so many copies back, each for up to ``late_s`` seconds. What is
    held is overtaken by what comes after it."""
    chance = random.Random(seed)

    def decide(_: bytes) -> Fate:
        copies = 1 + (chance.random() < repeats)
        return tuple(chance.uniform(0, late_s) if chance.random() < delays else 0.0 for _ in range(copies))

    return decide


HELD_MOST = 200
"""Most messages that a connection delays at once in each direction; further ones pass."""


class Toll:
    """What a line has done to messages: copies ``repeated``, copies held back (``late``), and those of them that a
    later message has ``overtaken``."""

    def __init__(self) -> None:
        self.repeated = self.late = self.overtaken = 0

    def __str__(self) -> str:
        return f"{self.repeated} came twice, {self.late} late, {self.overtaken} out of order"


class EdgeLine:
    """Listens on ``port`` of loopback and forwards everything to ``target``. While it is cut nothing listens there.

    ``disorder`` decides what happens to each message from now on; ``None``: all pass. On an encrypted line messages
    cannot be seen, so all pass.
    """

    def __init__(self, *, port: int, target: int) -> None:
        self.port = port
        self.disorder: Disorder | None = None
        self.toll = Toll()
        self._target = target
        self._serving: asyncio.Task[None] | None = None
        self._pairs: set[asyncio.Task[None]] = set()
        self.flows_up, self.flows_down = asyncio.Event(), asyncio.Event()
        """To the broker, and from it; not set while the line is silent that way."""
        self._flow()

    @property
    def up(self) -> bool:
        return self._serving is not None and self.flows_up.is_set() and self.flows_down.is_set()

    def repair(self) -> None:
        """Pass connections and bytes; also the first start. Raises ``OSError`` when the port is
        taken."""
        self._flow()
        if self._serving is None:
            listener = socket.create_server(("127.0.0.1", self.port))
            self._serving = asyncio.create_task(self._serve(listener), name=f"line on port {self.port}")

    def cut(self) -> None:
        """Break every connection without a DISCONNECT, and refuse new ones."""
        if self._serving is not None:
            self._serving.cancel()
            self._serving = None
        for pair in self._pairs:
            pair.cancel()

    def silence(self, *, up: bool = True, down: bool = True) -> None:
        """Keep accepting, but pass nothing ``up`` to the broker or ``down`` from it, not even that an end has closed,
        until repaired, like a router without its uplink. Everything sent meanwhile arrives then, if both ends are still
        there."""
        if up:
            self.flows_up.clear()
        if down:
            self.flows_down.clear()

    def _flow(self) -> None:
        self.flows_up.set()
        self.flows_down.set()

    async def stop(self) -> None:
        """Cut, and wait until everything is closed."""
        ending = {*self._pairs, *([self._serving] if self._serving is not None else [])}
        self.cut()
        if ending:
            await asyncio.wait(ending)

    async def _serve(self, listener: socket.socket) -> None:
        server = await asyncio.start_server(self._relay, sock=listener)
        try:
            await server.serve_forever()
        finally:
            server.close()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._pairs.add(task)
            task.add_done_callback(self._pairs.discard)
        far: asyncio.StreamWriter | None = None
        try:
            first = await reader.read(65_536)
            await self.flows_up.wait()
            if reader.at_eof():
                return
            far_reader, far = await asyncio.open_connection("127.0.0.1", self._target)
            plain = in_the_clear(first)
            up = _Lane(self, far, self.flows_up, plain=plain)
            down = _Lane(self, writer, self.flows_down, plain=plain)
            ways = [asyncio.create_task(up.run(reader, first)), asyncio.create_task(down.run(far_reader))]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.wait(ways)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            for end in (writer, far):
                if end is not None:
                    end.transport.abort()


class _Lane:
    """One direction of one connection, which is silent while ``flows`` is not set. ``plain``: it carries MQTT in the
    clear."""

    def __init__(self, line: EdgeLine, writer: asyncio.StreamWriter, flows: asyncio.Event, *, plain: bool) -> None:
        self._line = line
        self._flows = flows
        self._writer = writer
        self._packets = Packets() if plain else None
        self._held: set[asyncio.TimerHandle] = set()
        self._came = self._passed = 0

    async def run(self, reader: asyncio.StreamReader, data: bytes = b"") -> None:
        """Forward everything until an end closes."""
        try:
            with contextlib.suppress(OSError, BadPacket):
                while data or (data := await reader.read(65_536)):
                    await self._flows.wait()
                    self._take(data)
                    await self._writer.drain()
                    data = b""
                await self._flows.wait()
        finally:
            for held in self._held:
                held.cancel()

    def _take(self, data: bytes) -> None:
        if self._packets is None:
            self._writer.write(data)
            return
        for packet in self._packets.feed(data):
            if kind_of(packet) == PUBLISH:
                self._came += 1
                self._carry(packet, self._came)
            else:
                self._writer.write(packet)

    def _carry(self, message: bytes, number: int) -> None:
        disorder, toll = self._line.disorder, self._line.toll
        fate = ON_TIME if disorder is None else disorder(message)
        toll.repeated += len(fate) - 1
        for delay in fate:
            if delay > 0 and len(self._held) < HELD_MOST:
                toll.late += 1
                self._hold(message, number, delay)
            else:
                self._pass(message, number)

    def _hold(self, message: bytes, number: int, delay: float) -> None:
        def release() -> None:
            self._held.discard(timer)
            if self._flows.is_set():
                self._pass(message, number)
            else:
                self._hold(message, number, delay)

        timer = asyncio.get_running_loop().call_later(delay, release)
        self._held.add(timer)

    def _pass(self, message: bytes, number: int) -> None:
        self._line.toll.overtaken += self._passed > number
        self._passed = max(self._passed, number)
        self._writer.write(message)
