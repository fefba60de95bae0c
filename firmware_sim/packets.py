"""MQTT packets in a stream of bytes, and the disorder that an unruly line applies to PUBLISH packets."""

import random
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
