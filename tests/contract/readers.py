"""Every kind of reader, each with the far end of its wires: what a person, a cable and a fault do there.

All run in virtual time. The serial line is a real one (a pair of pseudo-terminals) with LibOSDP's peripheral, which is
not ours, at its end. Not every machine that tests can make input devices (uinput), so those of USB readers are
named pipes with the very bytes of the kernel's ``struct input_event``; EVIOCGRAB is tried in a
virtual machine (`tests/pi/test_devices.py`).
"""

import asyncio
import contextlib
import fcntl
import os
import pty
import select
import sys
import termios
import tty
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import osdp
from hypothesis import strategies as st

from edge.clock.clock_trust import Timekeeper
from edge.device_factory import ReaderFactory
from edge.events.outbox import Outbox
from edge.net.plan_store import PlanStore
from edge.readers.config import (
    MatrixConfig,
    OsdpConfig,
    ReaderConfig,
    UsbKeypadConfig,
    UsbScannerConfig,
    WiegandConfig,
)
from edge.readers.door_side import Reader
from edge.readers.keyboard_events import typed
from edge.readers.keypad_matrix import LAYOUT
from edge.readers.osdp import OpenLine
from edge.readers.serial_line import SerialLine
from edge.readers.wiegand_formats import Format
from edge.runtime import Runtime
from edge.system.durable_files import Files
from edge.system.pinout import InputPin
from edge.system.pins import GpioPins
from edge.wire.clock import Clock
from edge.wire.credentials import Presented
from edge.wire.envelope import Keyring
from edge.wire.events import Event, FaultData
from edge.wire.ids import uuid7
from firmware_sim.simulated_pins import SimFactory
from tests.edge.disk import MemoryDisk
from tests.edge.hall import config as hall_config
from tests.edge.hall import named

CODE = "482913"
CARD_BITS = "10111011000000110010000110"
CARD = "w26:118:1603"
PASS = "HK1.Zm9vYmFy-_0"
KEY = bytes(range(16, 32))
D0, D1, LOOP = 5, 6, 12
ROWS, COLUMNS = (16, 17, 18, 19), (20, 21, 22, 23)


class World:
    """A runtime with one reader in it, and everything that came of it."""

    def __init__(
        self, clock: Clock, config: ReaderConfig, wired: dict[int, bool], *, open_line: OpenLine = SerialLine
    ) -> None:
        self.clock = clock
        self.factory = SimFactory(wired, self._driven)
        self.driven: Callable[[int, bool], None] = lambda pin, level: None
        self.presented: list[Presented] = []
        self.events: list[Event] = []
        disk: Files = MemoryDisk()
        around = hall_config()
        controller = Keyring(around.identity.keys.signing.public_key())
        outbox = Outbox(disk, limit=2**20, count=lambda name: None, committed=lambda: None)
        plans = PlanStore(disk, site=around.site, edge=around.edge, keys=controller, using=lambda: None)
        now = clock.now()
        keeper = Timekeeper(floor=None, machine_boot="", battery=now, now=now, mono=clock.monotonic())
        self.runtime = Runtime(
            around,
            clock=clock,
            pins=GpioPins(self.factory),
            files=disk,
            boot=uuid7(now, bytes(10)),
            timekeeper=keeper,
            outbox=outbox,
            plans=plans,
        )
        self._outbox = outbox
        self._fitter = ReaderFactory(runtime=self.runtime, open_line=open_line)
        self.reader = self.add(config)

    def add(self, config: ReaderConfig) -> Reader[Any]:
        return self._fitter.fit(config, self.presented.append)

    async def open(self) -> None:
        await self._outbox.open()
        self.runtime.observer = self.events.append
        self.reader.start()
        await asyncio.sleep(2)

    async def close(self) -> None:
        self.runtime.stopping()
        self.reader.close()
        await self.runtime.stop_tasks()
        if self.runtime.failure.done():
            self.runtime.failure.result()

    def faults(self) -> list[tuple[str, bool]]:
        read = [event.read() for event in self.events]
        return [(named(data), data.present) for data in read if isinstance(data, FaultData)]

    def garbled(self) -> int:
        return sum(self.runtime.health.values())

    def drive(self, pin: int, level: bool) -> None:
        self.factory.drive(pin, level, self.clock.monotonic())

    def _driven(self, pin: int, level: bool) -> None:
        self.driven(pin, level)


class Bench(Protocol):
    """The far end of one reader. ``offers``: what a person presents there by ``offer``."""

    config: ReaderConfig
    offers: Presented
    wired: dict[int, bool]

    def open_line(self, path: str, baud: int) -> SerialLine: ...

    def join(self, world: World) -> None:
        """The world is there; before it is opened."""
        ...

    async def offer(self) -> None: ...

    async def begin(self) -> None:
        """Somebody begins to offer something and goes away."""
        ...

    async def garbage(self, noise: bytes) -> None:
        """Anything at all comes over its wires."""
        ...

    async def unplug(self) -> None: ...

    async def replug(self) -> None: ...

    async def close(self) -> None: ...


class Lineless:
    def open_line(self, path: str, baud: int) -> SerialLine:
        raise AssertionError("it has no line")


class Wiegand(Lineless):
    def __init__(self, *formats: Format, send: str, gap: float, offers: Presented) -> None:
        self.config: ReaderConfig = WiegandConfig(
            id="front", door="front-door", d0=D0, d1=D1, formats=formats, loop=InputPin(pin=LOOP)
        )
        self.offers = offers
        self.wired = {D0: True, D1: True, LOOP: False}
        self._frames = send.split()
        self._gap = gap

    def join(self, world: World) -> None:
        self._world = world

    async def offer(self) -> None:
        await self._send(self._frames)

    async def begin(self) -> None:
        await self._send(self._frames[:2] if len(self._frames) > 1 else [self._frames[0][:9]])

    async def _send(self, frames: list[str]) -> None:
        for frame in frames:
            for bit in frame:
                await self._pulse(D1 if bit == "1" else D0)
            await asyncio.sleep(self._gap)

    async def garbage(self, noise: bytes) -> None:
        for byte in noise:
            if byte & 0x80:
                await asyncio.sleep((byte & 0x7F) / 1000)
            else:
                await self._pulse(D1 if byte & 1 else D0, pause=(byte >> 1) / 20_000)
        await asyncio.sleep(0.2)

    async def _pulse(self, pin: int, *, pause: float = 0.002) -> None:
        self._world.drive(pin, False)
        await asyncio.sleep(0.00005)
        self._world.drive(pin, True)
        await asyncio.sleep(pause)

    async def unplug(self) -> None:
        self._world.drive(LOOP, True)
        await asyncio.sleep(1)

    async def replug(self) -> None:
        self._world.drive(LOOP, False)
        await asyncio.sleep(1)

    async def close(self) -> None:
        """Nothing is open."""


class Matrix(Lineless):
    def __init__(self, columns: int) -> None:
        self._columns = COLUMNS[:columns]
        self.config: ReaderConfig = MatrixConfig(
            id="front", door="front-door", rows=ROWS, columns=self._columns, loop=InputPin(pin=LOOP)
        )
        self.offers = Presented(digits=CODE)
        self.wired = {LOOP: False, **dict.fromkeys(COLUMNS, True)}
        self._low: set[int] = set()
        self.down: set[tuple[int, int]] = set()

    def join(self, world: World) -> None:
        self._world = world
        world.driven = self._row
        self._low = set(ROWS)

    async def offer(self) -> None:
        await self.press(CODE)

    async def begin(self) -> None:
        await self.press(CODE[:3])

    async def press(self, keys: str) -> None:
        for key in keys:
            (place,) = ((row, line.index(key)) for row, line in enumerate(LAYOUT) if key in line)
            await self.hold({place}, 0.08)
            await self.hold(set(), 0.12)

    async def garbage(self, noise: bytes) -> None:
        for byte in noise:
            self.down ^= {(byte & 3, (byte >> 2 & 3) % len(self._columns))}
            self.wires()
            await asyncio.sleep((byte >> 4) / 200)
        await self.hold({(0, 0), (0, 1), (1, 0)}, 0.2)
        await self.hold(set(), 0.2)

    async def hold(self, down: set[tuple[int, int]], seconds: float) -> None:
        self.down = down
        self.wires()
        await asyncio.sleep(seconds)

    def _row(self, pin: int, level: bool) -> None:
        self._low = self._low - {pin} if level else self._low | {pin}
        self.wires()

    def wires(self) -> None:
        """Keys without diodes join rows and columns; everything joined to a low row by any path is low."""
        low_rows = {at for at, pin in enumerate(ROWS) if pin in self._low}
        low_columns: set[int] = set()
        for _ in self.down:
            low_columns |= {column for row, column in self.down if row in low_rows}
            low_rows |= {row for row, column in self.down if column in low_columns}
        for column, pin in enumerate(self._columns):
            self._world.drive(pin, column not in low_columns)

    async def unplug(self) -> None:
        self._world.drive(LOOP, True)
        await asyncio.sleep(1)

    async def replug(self) -> None:
        self._world.drive(LOOP, False)
        await asyncio.sleep(1)

    async def close(self) -> None:
        """Nothing is open."""


class Usb(Lineless):
    def __init__(self, folder: Path, *, scanner: bool) -> None:
        self._pipe = folder / "usb-Keys_and_Co-event-kbd"
        device = str(self._pipe)
        self.config: ReaderConfig = (
            UsbScannerConfig(id="front", door="front-door", device=device)
            if scanner
            else UsbKeypadConfig(id="front", door="front-door", device=device)
        )
        self.offers = Presented(token=PASS) if scanner else Presented(digits=CODE)
        self.wired: dict[int, bool] = {}
        self._text = f"{PASS}\n" if scanner else CODE
        self._plug()

    def _plug(self) -> None:
        os.mkfifo(self._pipe)
        # Both ends, so that the pipe is there before its reader and stays while nobody reads.
        self.end = os.open(self._pipe, os.O_RDWR | os.O_NONBLOCK)

    def join(self, world: World) -> None:
        """It has no pins."""

    async def offer(self) -> None:
        await self._type(self._text)

    async def begin(self) -> None:
        await self._type(self._text[:3])

    async def _type(self, text: str) -> None:
        for character in text:
            os.write(self.end, typed(character))
            await asyncio.sleep(0.01)

    async def garbage(self, noise: bytes) -> None:
        os.write(self.end, noise)
        # The input starts in the middle of an event from here on; unplugging and replugging the reader corrects it.
        await asyncio.sleep(2)
        await self.unplug()
        await self.replug()
        os.write(self.end, typed("/?" * 3 + "9" * 100))
        await asyncio.sleep(5)

    async def unplug(self) -> None:
        self._pipe.unlink()
        os.close(self.end)
        await asyncio.sleep(2)

    async def replug(self) -> None:
        self._plug()
        await asyncio.sleep(3)

    async def close(self) -> None:
        os.close(self.end)


def put(line: int, data: bytes, other: int) -> None:
    """Write into one end of a pseudo-terminal, and wait until it arrives at the other: the kernel carries it over in
    real time, which virtual time does not wait for."""
    there = _waiting(other)
    written = os.write(line, data)
    while _waiting(other) < there + written:
        select.select([other], [], [], 0.0005)


def _waiting(line: int) -> int:
    return int.from_bytes(fcntl.ioctl(line, termios.FIONREAD, bytes(4)), sys.byteorder)


class Peripheral(osdp.Channel):  # type: ignore[misc]  # libosdp has no types
    """LibOSDP's peripheral, which tells what it says to ``say``."""

    def __init__(
        self, address: int, *, say: Callable[[bytes], None], key: bytes | None, flags: tuple[int, ...] = ()
    ) -> None:
        super().__init__()
        self.say = say
        self._heard = b""
        self.commands: list[dict[str, Any]] = []
        self.silent = False
        functions = (
            osdp.Capability.CommunicationSecurity,
            osdp.Capability.LEDControl,
            osdp.Capability.AudibleControl,
            osdp.Capability.CardDataFormat,
            osdp.Capability.Readers,
        )
        self.device = osdp.PeripheralDevice(
            osdp.PDInfo(address, self, scbk=key, flags=list(flags)),
            osdp.PDCapabilities([(function, 1, 1) for function in functions]),
            log_level=osdp.LogLevel.Emergency,
            command_handler=self._do,
        )

    def hear(self, data: bytes) -> None:
        """Everything sent on the line."""
        if not self.silent:
            self._heard += data

    def read(self, limit: int) -> bytes:
        data, self._heard = self._heard[:limit], self._heard[limit:]
        return data

    def write(self, data: bytes) -> int:
        if not self.silent:
            self.say(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def refresh(self) -> None:
        self.device.ctx.refresh()

    def press(self, keys: bytes) -> None:
        assert self.device.ctx.submit_event({"event": osdp.Event.KeyPress, "reader_no": 0, "data": keys})

    def card(self, bits: str) -> None:
        size = -(-len(bits) // 8)
        event = {
            "event": osdp.Event.CardRead,
            "reader_no": 0,
            "direction": 0,
            "format": osdp.CardFormat.Wiegand,
            "length": len(bits),
            "data": int(bits.ljust(8 * size, "0"), 2).to_bytes(size, "big"),
        }
        assert self.device.ctx.submit_event(event)

    def _do(self, command: dict[str, Any]) -> tuple[int, None]:
        self.commands.append(command)
        return 0, None


class Osdp:
    """A line with one peripheral at address 5; ``far`` is the peripheral's end of it."""

    def __init__(self, folder: Path, *, secure: bool, install: bool = False, cards: bool = False) -> None:
        self._folder = folder
        self.link = folder / "usb-RS485_adaptor"
        self.config: ReaderConfig = OsdpConfig(
            id="front",
            door="front-door",
            port=str(self.link),
            address=5,
            plain=not secure,
            install=install,
            key=KEY if secure else b"",
        )
        self.offers = Presented(card=CARD) if cards else Presented(digits=CODE)
        self.wired: dict[int, bool] = {}
        self._cards = cards
        flags = (osdp.LibFlag.EnforceSecure,) if secure and not install else ()
        self._plug()
        self.peripheral = Peripheral(5, say=self.say, key=KEY if secure and not install else None, flags=flags)
        self.peripherals = [self.peripheral]

    def _plug(self) -> None:
        self.far, self.near = pty.openpty()
        tty.setraw(self.far)
        tty.setraw(self.near)
        os.set_blocking(self.far, False)
        self.link.symlink_to(os.ttyname(self.near))

    def open_line(self, path: str, baud: int) -> SerialLine:
        bench = self

        class Line(SerialLine):
            def write(self, data: bytes) -> None:
                put(self._line, data, bench.far)

        return Line(path, baud)

    def join(self, world: World) -> None:
        self._world = world
        self._working = asyncio.create_task(self.work())

    def say(self, data: bytes) -> None:
        """A peripheral says something."""
        with contextlib.suppress(OSError):
            put(self.far, data, self.near)

    async def work(self) -> None:
        """Every peripheral hears and answers, until cancelled."""
        while True:
            with contextlib.suppress(OSError):
                said = os.read(self.far, 4096)
                for each in self.peripherals:
                    each.hear(said)
            for each in self.peripherals:
                each.refresh()
            await asyncio.sleep(0.005)

    async def offer(self) -> None:
        if self._cards:
            self.peripheral.card(CARD_BITS)
        else:
            self.peripheral.press(CODE.encode())
        await asyncio.sleep(1)

    async def begin(self) -> None:
        if not self._cards:
            self.peripheral.press(CODE[:3].encode())
        await asyncio.sleep(1)

    async def garbage(self, noise: bytes) -> None:
        for at in range(0, len(noise), 7):
            put(self.far, noise[at : at + 7], self.near)
            await asyncio.sleep(0.01)
        put(self.far, b"\x53\x85\x09\x00\x04\x53\x00", self.near)
        await asyncio.sleep(5)

    async def unplug(self) -> None:
        self.peripheral.silent = True
        await asyncio.sleep(3)

    async def replug(self) -> None:
        self.peripheral.silent = False
        await asyncio.sleep(3)

    async def pull(self) -> None:
        """The adaptor is pulled out of its socket."""
        self.link.unlink()
        os.close(self.far)
        os.close(self.near)
        await asyncio.sleep(3)

    async def put(self) -> None:
        self._plug()
        await asyncio.sleep(3)

    async def close(self) -> None:
        self._working.cancel()
        await asyncio.wait((self._working,))
        for end in (self.far, self.near):
            with contextlib.suppress(OSError):
                os.close(end)


def _keys8(code: str) -> str:
    return " ".join(f"{15 - int(key):04b}{int(key):04b}" for key in code)


BENCHES: dict[str, Callable[[Path], Bench]] = {
    "wiegand-keys4": lambda folder: Wiegand(
        "keys4", send=" ".join(f"{int(key):04b}" for key in CODE), gap=0.15, offers=Presented(digits=CODE)
    ),
    "wiegand-keys8-and-cards": lambda folder: Wiegand(
        "keys8", "w26", send=_keys8(CODE), gap=0.15, offers=Presented(digits=CODE)
    ),
    "wiegand-cards": lambda folder: Wiegand(
        "keys8", "w26", "w34", send=CARD_BITS, gap=0.2, offers=Presented(card=CARD)
    ),
    "matrix-3x4": lambda folder: Matrix(3),
    "matrix-4x4": lambda folder: Matrix(4),
    "usb-keypad": lambda folder: Usb(folder, scanner=False),
    "usb-scanner": lambda folder: Usb(folder, scanner=True),
    "osdp-plain": lambda folder: Osdp(folder, secure=False),
    "osdp-secure": lambda folder: Osdp(folder, secure=True),
    "osdp-secure-cards": lambda folder: Osdp(folder, secure=True, cards=True),
}
NOISE = st.binary(max_size=400)
