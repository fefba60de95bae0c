"""People type at every kind of reader of an agent that gets a tenth of a core, among busy neighbours.

What a reader's hardware does is exact: each pulse and key has the tick that it is due at, however late it is given.
"""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path

import msgspec

from edge.config import Config
from edge.doors.config import DoorConfig
from edge.readers.config import (
    MatrixConfig,
    OsdpConfig,
    ReaderConfig,
    UsbKeypadConfig,
    UsbScannerConfig,
    WiegandConfig,
)
from edge.readers.keyboard_events import ENTER, typed
from edge.system.durable_files import DiskFiles
from edge.system.pinout import OutputPin
from edge.wire.access_decision import Reason
from edge.wire.credentials import CredentialKind, code_key
from edge.wire.events import AccessData, Event, UnreadData
from edge.wire.interval import Interval
from edge.wire.plan import Grant, GrantsPart
from tests.contract.readers import KEY, Osdp
from tests.edge.enrolled import identity
from tests.edge.hall import SECRET, ZERO, Hall, config, hours, run
from tests.virtual_time import VirtualClock

ROWS, COLUMNS = (16, 17, 18, 19), (20, 21, 22)
KEYPAD, MIXED = (5, 6), (7, 8)
LEVELS = {**dict.fromkeys((*KEYPAD, *MIXED), True), **dict.fromkeys(COLUMNS, True)}
RELAYS = (2, 3, 4, 9, 10, 11, 12)
KINDS = ("wiegand-keys4", "wiegand-keys8", "matrix", "usb-keypad", "usb-scanner", "osdp-plain", "osdp-secure")
SHARE, SLICE_S = 0.1, 0.005
"""A tenth of a core, a slice at a time, as among so many neighbours of the same weight."""
NEIGHBOURS = 20
ANSWER_S = 90.0
"""How long an answer may take: one minute until a count is reported, and the lag."""
PATIENCE_S = 3.0
START_S = 60.0
"""An agent that has not started by then never does."""
QUIET_S = 1.0
"""How long after a refusal nothing more is reported of it."""
HELD_S = 0.12
"""So long a key is held, and so long is the pause after it."""
_GRANTS_A_PART = 200


class Pulse(msgspec.Struct, frozen=True, kw_only=True, tag="pulse"):
    """A short low on a wire, at ``tick`` of the kernel's seconds."""

    pin: int
    tick: float


class Press(msgspec.Struct, frozen=True, kw_only=True):
    """A key of the matrix is held."""

    key: str
    down_at: float
    up_at: float


class Presses(msgspec.Struct, frozen=True, kw_only=True, tag="presses"):
    presses: tuple[Press, ...]


Wire = Pulse | Presses


class Tally(msgspec.Struct, kw_only=True):
    """What came of the codes typed at one reader: how many opened, for how many an event says why not, and those that
    nothing is known of. ``strange``: refusals that no valid code can have, such as of two halves joined."""

    typed: int = 0
    opened: int = 0
    told: int = 0
    vanished: list[int] = msgspec.field(default_factory=list)
    strange: list[Reason] = msgspec.field(default_factory=list)
    slowest_s: float = 0.0


def result_table(tallies: Sequence[tuple[str, Tally]]) -> str:
    """A row for each kind of reader, of all agents that have it."""
    rows = [f"{'':14} typed  opened  reported  neither  slowest"]
    for kind in KINDS:
        mine = [tally for each, tally in tallies if each == kind]
        typed, opened, told = (sum(getattr(each, name) for each in mine) for name in ("typed", "opened", "told"))
        slowest = max((each.slowest_s for each in mine), default=0.0)
        neither = sum(len(each.vanished) for each in mine)
        rows.append(f"{kind:14} {typed:5}  {opened:6}  {told:8}  {neither:7}  {slowest:5.1f} s")
    return "\n".join(rows)


def hub(folder: Path, kinds: Sequence[str]) -> Config:
    """One door for each of some kinds of reader, none with more than its relay."""
    readers: tuple[ReaderConfig, ...] = (
        WiegandConfig(id=KINDS[0], door=KINDS[0], d0=KEYPAD[0], d1=KEYPAD[1]),
        WiegandConfig(id=KINDS[1], door=KINDS[1], d0=MIXED[0], d1=MIXED[1], formats=("keys8", "w26")),
        MatrixConfig(id=KINDS[2], door=KINDS[2], rows=ROWS, columns=COLUMNS),
        UsbKeypadConfig(id=KINDS[3], door=KINDS[3], device=str(folder / KINDS[3])),
        UsbScannerConfig(id=KINDS[4], door=KINDS[4], device=str(folder / KINDS[4])),
        _osdp(folder, KINDS[5], plain=True),
        _osdp(folder, KINDS[6], plain=False),
    )
    readers = tuple(each for each in readers if each.id in kinds)
    doors = tuple(
        DoorConfig(id=kind, relay=OutputPin(pin=pin), hold_s=0.2)
        for kind, pin in zip(KINDS, RELAYS, strict=True)
        if kind in kinds
    )
    base = config(folder / "data")
    return msgspec.structs.replace(
        base, identity=identity(dict.fromkeys(kinds, SECRET)), doors=doors, readers=readers, counters=(), motion=()
    )


def _osdp(folder: Path, kind: str, *, plain: bool) -> OsdpConfig:
    port = str(folder / kind / "usb-RS485_adaptor")
    return OsdpConfig(id=kind, door=kind, port=port, address=5, plain=plain, key=b"" if plain else KEY)


def code(number: int) -> str:
    """The code of this number. All are distinct, and no digit equals the one before it."""
    return f"{(number * 7919 + 104_729) % 800_000 + 100_000}"


def barcode(number: int) -> str:
    return f"D{number:07}"


def holder(number: int) -> str:
    return f"0195d6a0-0000-7000-8000-{number:012x}"


def leave_plan(folder: Path, kinds: Sequence[str], codes: int) -> None:
    """The disk as an agent leaves it that has the plan with all codes."""

    def grant(door: str, number: int) -> Grant:
        text = f"bar:{barcode(number)}" if door == "usb-scanner" else code(number)
        window = Interval(start=ZERO.replace(hour=0), end=ZERO.replace(day=30))
        kind = CredentialKind.STAFF
        return Grant(door=door, key=code_key(SECRET, kind, text), kind=kind, windows=(window,), holder=holder(number))

    async def main(clock: VirtualClock) -> None:
        bare = msgspec.structs.replace(hub(folder, kinds), readers=())
        hall = Hall(clock, disk=DiskFiles(folder / "data"), config=bare)
        hall.levels = dict(LEVELS)
        await hall.start()
        grants = [grant(door, number) for door in kinds for number in range(codes)]
        parts = [
            GrantsPart(grants=tuple(grants[at : at + _GRANTS_A_PART])) for at in range(0, len(grants), _GRANTS_A_PART)
        ]
        whole = [msgspec.structs.replace(hours(hold_s=0.2), door=door) for door in kinds]
        await hall.send_plan(1, *whole, *parts)
        await hall.close()

    run(main)


class _Line(Osdp):
    """A line whose near end is another process's."""

    def say(self, data: bytes) -> None:
        os.write(self.far, data)


class Starved:
    """The agent as a process of its own, and hands at its readers."""

    def __init__(self, folder: Path, kinds: Sequence[str], process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._events: dict[str, asyncio.Queue[AccessData | UnreadData]] = {kind: asyncio.Queue() for kind in kinds}
        self._pipes = {
            kind: os.open(folder / kind, os.O_RDWR | os.O_NONBLOCK) for kind in kinds if kind.startswith("usb")
        }
        self._lines = {
            kind: _Line(folder / kind, secure=kind == "osdp-secure") for kind in kinds if kind.startswith("osdp")
        }
        self.started = asyncio.Event()

    async def listen(self) -> None:
        assert self._process.stdout is not None
        decoder = msgspec.json.Decoder(Event)
        while text := await self._process.stdout.readline():
            event = decoder.decode(text)
            data = event.read()
            if event.kind == "boot":
                self.started.set()
            if isinstance(data, AccessData | UnreadData) and data.reader is not None:
                self._events[data.reader].put_nowait(data)

    async def serve(self) -> None:
        """The peripherals at the far ends of the serial lines answer."""
        await asyncio.gather(*(line.work() for line in self._lines.values()))

    async def try_codes(self, kind: str, codes: int, tally: Tally) -> None:
        """Type each code once, and wait for what comes of it."""
        present = self._hand(kind)
        for number in range(codes):
            tally.typed += 1
            began = time.monotonic()
            await present(number)
            data = await self._answer(kind, PATIENCE_S)
            if data is None:
                # Somebody who gets no answer presses * before they type it again.
                await self._clear(kind)
                data = await self._answer(kind, ANSWER_S)
            if data is None:
                tally.vanished.append(number)
                continue
            tally.slowest_s = max(tally.slowest_s, time.monotonic() - began)
            if isinstance(data, AccessData) and data.granted and data.holder == holder(number):
                tally.opened += 1
                continue
            tally.told += 1
            if isinstance(data, AccessData) and data.reason is not Reason.UNREAD:
                tally.strange.append(data.reason)
            await self._clear(kind)
            while await self._answer(kind, QUIET_S) is not None:
                pass

    async def _answer(self, kind: str, within_s: float) -> AccessData | UnreadData | None:
        try:
            async with asyncio.timeout(within_s):
                return await self._events[kind].get()
        except TimeoutError:
            return None

    async def _clear(self, kind: str) -> None:
        if kind != "usb-scanner":
            await self._keys(kind, "*")

    def _hand(self, kind: str) -> Callable[[int], Awaitable[None]]:
        async def scan(number: int) -> None:
            os.write(self._pipes[kind], typed(barcode(number) + ENTER, time.monotonic()))

        async def keys(number: int) -> None:
            await self._keys(kind, code(number))

        return scan if kind == "usb-scanner" else keys

    async def _keys(self, kind: str, keys: str) -> None:
        if kind == "matrix":
            at = time.monotonic() + HELD_S
            pressed = enumerate(keys)
            presses = [
                Press(key=key, down_at=at + 2 * HELD_S * place, up_at=at + HELD_S * (2 * place + 1))
                for place, key in pressed
            ]
            self._send(Presses(presses=tuple(presses)))
            await asyncio.sleep(2 * HELD_S * (len(keys) + 1))
            return
        for key in keys:
            at = time.monotonic()
            if kind == "usb-keypad":
                os.write(self._pipes[kind], typed({"*": "\b"}.get(key, key), at))
            elif kind in self._lines:
                self._lines[kind].peripheral.press(b"\x7f" if key == "*" else key.encode())
            else:
                await self._wiegand(kind, 10 if key == "*" else int(key), at)
            await asyncio.sleep(HELD_S)

    async def _wiegand(self, kind: str, key: int, at: float) -> None:
        """Bit by bit, so that the agent may stop between two."""
        wires, bits = (KEYPAD, f"{key:04b}") if kind == "wiegand-keys4" else (MIXED, f"{15 - key:04b}{key:04b}")
        for place, bit in enumerate(bits):
            await asyncio.sleep(max(0.0, at + place * 0.002 - time.monotonic()))
            self._send(Pulse(pin=wires[int(bit)], tick=at + place * 0.002))

    def _send(self, wire: Wire) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(msgspec.json.encode(wire) + b"\n")

    def close(self) -> None:
        for pipe in self._pipes.values():
            os.close(pipe)


@asynccontextmanager
async def starved(folder: Path, kinds: Sequence[str], codes: int) -> AsyncIterator[Starved]:
    """An agent with some kinds of reader that has started, and from then on gets a tenth of a core."""
    for kind in kinds:
        if kind.startswith("osdp"):
            (folder / kind).mkdir()
        elif kind.startswith("usb"):
            os.mkfifo(folder / kind)
    await asyncio.to_thread(leave_plan, folder, kinds, codes)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.faults.starved_agent",
        str(folder),
        *kinds,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        limit=2**22,
    )
    there = Starved(folder, kinds, process)
    tasks = [asyncio.create_task(work) for work in (there.listen(), there.serve())]
    async with AsyncExitStack() as stack:
        stack.callback(there.close)
        for task in tasks:
            stack.callback(task.cancel)
        stack.push_async_callback(_end, process)
        async with asyncio.timeout(START_S):
            await there.started.wait()
        await asyncio.sleep(3)
        ended = threading.Event()
        starving = threading.Thread(target=_starve, args=(process.pid, ended), daemon=True)
        starving.start()
        stack.callback(starving.join)
        stack.callback(ended.set)
        yield there


@contextmanager
def neighbours() -> Iterator[None]:
    """Run programs that use a core each at the lowest priority."""
    # They end with the process that started them.
    busy = [sys.executable, "-c", f"import os\nos.nice(19)\nwhile os.getppid() == {os.getpid()}: pass"]
    processes = [subprocess.Popen(busy) for _ in range(NEIGHBOURS)]
    try:
        yield
    finally:
        for each in processes:
            each.kill()
            each.wait()


def _starve(pid: int, ended: threading.Event) -> None:
    """Stop a process but for ``SHARE`` of the time, until told to end; then it runs."""
    while not ended.wait(SLICE_S):
        os.kill(pid, signal.SIGSTOP)
        ended.wait(SLICE_S / SHARE - SLICE_S)
        os.kill(pid, signal.SIGCONT)


async def _end(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await process.wait()
