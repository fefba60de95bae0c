"""The protocol between the world and the processes that join it: one JSON value per line over a unix socket.

A simulated Pi sends ``PiHello`` and stays connected; other clients send one question and get one ``WorldAnswer``.
"""

import asyncio
import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from edge.wire.codec import decode
from edge.wire.events import Event
from firmware_sim.pi_faults import DiskState, Hardware

LINE_LIMIT = 4 * 1024 * 1024
"""Longest line, in bytes; a station listing is the longest."""


class PiHello(msgspec.Struct, frozen=True, kw_only=True, tag="pi"):
    """A simulated Pi has started."""

    site: str
    edge: str
    pid: int


class OutputLine(msgspec.Struct, frozen=True, kw_only=True, tag="output"):
    """The agent drives ``pin``; an output that became an input again is low."""

    pin: int
    level: bool


class EventLine(msgspec.Struct, frozen=True, kw_only=True, tag="event"):
    """The agent has recorded an event."""

    event: Event


class StoredLine(msgspec.Struct, frozen=True, kw_only=True, tag="stored"):
    """The controller has stored the agent's events up to ``seq``."""

    seq: int


class _AtDoor(msgspec.Struct, frozen=True, kw_only=True):
    site: str
    door: str


class KeyAsk(_AtDoor, frozen=True, kw_only=True, tag="key"):
    """Type ``keys`` at ``site``/``door``."""

    keys: str


class PressAsk(_AtDoor, frozen=True, kw_only=True, tag="press"):
    """Press ``keys`` at ``site``/``door`` as they are, and wait for no answer."""

    keys: Annotated[str, msgspec.Meta(max_length=32)]


class CardAsk(_AtDoor, frozen=True, kw_only=True, tag="card"):
    """Hold a card, ``FACILITY:NUMBER``, at ``site``/``door``; type ``pin`` after it."""

    card: str
    pin: str = ""


class ScanAsk(_AtDoor, frozen=True, kw_only=True, tag="scan"):
    """Hold ``text``, in a QR code or barcode, under the scanner at ``site``/``door``; type ``pin`` after it."""

    text: str
    pin: str = ""


class WalkAsk(_AtDoor, frozen=True, kw_only=True, tag="walk"):
    way: Literal["in", "out"]


class ExitAsk(_AtDoor, frozen=True, kw_only=True, tag="exit"):
    """Press a door's exit button."""


class LeafAsk(_AtDoor, frozen=True, kw_only=True, tag="leaf"):
    """Pull a door ``open`` so that it falls shut by itself, ``wedge`` it open, ``force`` it, or push it ``shut``."""

    act: Literal["open", "wedge", "force", "shut"]


class BeamAsk(_AtDoor, frozen=True, kw_only=True, tag="beam"):
    """Pass a hand through one of a door's beams (``tap``), put something into it (``block``) or take that away
    (``clear``)."""

    beam: Literal["outer", "inner"]
    act: Literal["tap", "block", "clear"]


class BrokerAsk(msgspec.Struct, frozen=True, kw_only=True, tag="broker"):
    """Stop or start the broker, for all buildings."""

    on: bool


class SwitchAsk(msgspec.Struct, frozen=True, kw_only=True, tag="switch"):
    """Switch a building's power, its line to the broker, or its fire alarm on or off."""

    site: str
    what: Literal["power", "network", "fire"]
    on: bool


class GlassAsk(_AtDoor, frozen=True, kw_only=True, tag="glass"):
    """Break the glass of a door's break-glass unit, or put in a new one."""

    broken: bool


class DiskAsk(msgspec.Struct, frozen=True, kw_only=True, tag="disk"):
    """Fill up a Pi's disk, make it read-only, or repair it."""

    site: str
    state: DiskState


class ClockAsk(msgspec.Struct, frozen=True, kw_only=True, tag="clock"):
    """Set a Pi's time service that many seconds ahead of the true time."""

    site: str
    off_s: float


class StatusAsk(msgspec.Struct, frozen=True, kw_only=True, tag="status"):
    """Ask for the true values and those that the edges recorded."""


Question = (
    KeyAsk
    | PressAsk
    | CardAsk
    | ScanAsk
    | WalkAsk
    | ExitAsk
    | LeafAsk
    | BeamAsk
    | SwitchAsk
    | BrokerAsk
    | GlassAsk
    | DiskAsk
    | ClockAsk
    | StatusAsk
)
ToWorld = PiHello | OutputLine | EventLine | StoredLine | Question


class LevelsLine(msgspec.Struct, frozen=True, kw_only=True, tag="levels"):
    """The levels on the Pi's wires at its start, by BCM number."""

    levels: dict[int, bool]


class HardwareLine(msgspec.Struct, frozen=True, kw_only=True, tag="hardware"):
    """The state of the Pi's own hardware from now on; the first one comes after the levels."""

    hardware: Hardware


class InputLine(msgspec.Struct, frozen=True, kw_only=True, tag="input"):
    """The level on a wire has changed at ``tick`` (seconds of the shared clock's monotonic time)."""

    pin: int
    level: bool
    tick: float


class ListingLine(msgspec.Struct, frozen=True, kw_only=True, tag="listing"):
    """The station listing of an access point."""

    wifi: str
    text: str


class ScanLine(msgspec.Struct, frozen=True, kw_only=True, tag="scanned"):
    """A scanner has read ``text``."""

    reader: str
    text: str


ToPi = LevelsLine | HardwareLine | InputLine | ListingLine | ScanLine


class DoorStatus(_AtDoor, frozen=True, kw_only=True):
    """One door: the true values (``true_``), and those that its edge recorded. ``wedged``: something keeps it open.
    ``beams``: which are broken, ``blocked``: which of them for good. ``trouble``: ``forced`` or ``held``, as its edge
    says; ``codes_wait``: until when its edge refuses typed codes. ``passages``: counted both ways as one number."""

    leaf: str
    lock: str
    wedged: bool = False
    exit_pressed: bool = False
    glass_broken: bool = False
    beams: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()
    trouble: str = ""
    codes_wait: str = ""
    true_ins: int
    true_outs: int
    turned_back: int
    ins: int
    outs: int
    passages: int = 0


class SiteStatus(msgspec.Struct, frozen=True, kw_only=True):
    site: str
    power: bool
    fire: bool
    siren: bool
    agent: bool
    network: bool
    people: int
    stations: int
    events: int
    outages: int
    zones: dict[str, int] = {}
    """People by zone."""
    clock_off_s: float = 0.0
    disk: DiskState = DiskState.SOUND


class WorldAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """``code`` is the exit code: 0: it happened; 1: it did not, and ``text`` says why; 2: no such thing exists."""

    code: Literal[0, 1, 2]
    text: str
    latency_ms: float | None = None
    at: str = ""
    broker: bool = True
    sites: tuple[SiteStatus, ...] = ()
    doors: tuple[DoorStatus, ...] = ()


def line(value: msgspec.Struct) -> bytes:
    """A value as one line."""
    return msgspec.json.encode(value) + b"\n"


def read_to_world(data: bytes) -> ToWorld:
    """Raises ``Malformed``."""
    return decode(data, ToWorld, limit=LINE_LIMIT)  # type: ignore[arg-type]  # mypy: a union is no type[T]


def read_question(data: bytes) -> Question:
    """Raises ``Malformed``."""
    return decode(data, Question, limit=LINE_LIMIT)  # type: ignore[arg-type]  # mypy: a union is no type[T]


def read_to_pi(data: bytes) -> ToPi:
    """Raises ``Malformed``."""
    return decode(data, ToPi, limit=LINE_LIMIT)  # type: ignore[arg-type]  # mypy: a union is no type[T]


@contextlib.contextmanager
def reachable(path: Path) -> Iterator[str]:
    """A name for ``path`` short enough for a unix socket (108 bytes), however deep its folder lies (Linux)."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def listening(path: Path) -> socket.socket:
    """A listening unix socket at ``path``, readable by its owner alone, in place of any earlier one."""
    path.unlink(missing_ok=True)
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with reachable(path) as name:
        server.bind(name)
    path.chmod(0o600)
    return server


async def joined(path: Path) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection to the world that listens at ``path``. Raises ``OSError``."""
    with reachable(path) as name:
        return await asyncio.open_unix_connection(name, limit=LINE_LIMIT)


async def ask(path: Path, question: Question) -> WorldAnswer:
    """Ask the world at ``path`` one question. Raises ``OSError`` if nothing answers, ``WireError`` for an invalid
    answer."""
    reader, writer = await joined(path)
    try:
        writer.write(line(question))
        answer = await reader.readline()
        if not answer:
            raise ConnectionResetError("the demo ended before it answered")
        return decode(answer, WorldAnswer, limit=LINE_LIMIT)
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
