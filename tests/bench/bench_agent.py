"""What an agent costs: seconds from nothing to working doors, memory, and at a busy hub the processor and the card.

``make bench``, or ``python -m tests.bench.bench_agent``, prints it against the limits. The day is virtual: a real agent
with 30 devices, a plan of 10,000 grants and the crowd of a full hub; in its share of the processor are the crowd and
the controller's ears too, so that it is an upper bound.
"""

import asyncio
import itertools
import os
import re
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from edge.alarm.config import FireConfig
from edge.config import Config
from edge.doors.config import DoorConfig
from edge.readers.config import WiegandConfig
from edge.sensors.config import CounterConfig, IwConfig, MotionConfig
from edge.system.durable_files import DiskFiles
from edge.system.pinout import InputPin, OutputPin
from edge.system.record_slots import BLOCK
from edge.wire.credentials import CredentialKind
from edge.wire.plan import GrantsPart, HoursPart
from tests.bench.centre import fill_outbox
from tests.edge.enrolled import identity
from tests.edge.hall import DOOR, SECRET, ZERO, Hall, config, grant, hours, run
from tests.virtual_time import VirtualClock

START_LIMIT_S, BOOT_LIMIT_S, MEMORY_LIMIT_MB, CORE_LIMIT = 2.0, 10.0, 60.0, 0.02
DOORS, COUNTERS, ROOMS, READERS, ACCESS_POINTS = 3, 3, 6, 2, 15
GRANTS = 10_000
HOURS_OPEN = 14
STATIONS = "".join(f"Station 02:00:00:00:{number >> 8:02x}:{number & 255:02x} (on wlan0)\n" for number in range(150))

PROGRAM = """
import asyncio, os, sys
from pathlib import Path
from gpiozero.pins.mock import MockFactory
from edge.agent import Agent
from edge.system.durable_files import DiskFiles
from edge.net.mqtt_client import MqttLink
from edge.system.pins import GpioPins
from edge.system.watchdog import ServiceManager
from edge.wire.clock import SystemClock
import edge.cli
from edge.config import load
config = load(Path(sys.argv[1]))
agent = Agent(
    config,
    clock=SystemClock(),
    pins=GpioPins(MockFactory()),
    link=lambda introduction: MqttLink(config.broker, introduction),
    files=DiskFiles(config.data_dir),
    manager=ServiceManager(os.environ),
)
asyncio.run(edge.cli.until_told(agent.run()))
"""


class Counting(DiskFiles):
    """A disk that counts what is written to it."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.written = self.syncs = 0

    def append(self, name: str, data: bytes) -> None:
        self.written += len(data)
        super().append(name, data)

    def replace(self, name: str, data: bytes) -> None:
        self.written += len(data)
        self.syncs += 1
        super().replace(name, data)

    def put_record(self, name: str, data: bytes) -> None:
        self.written += BLOCK
        self.syncs += 1
        super().put_record(name, data)

    def sync(self, name: str) -> None:
        self.syncs += 1
        super().sync(name)


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """Of ``hours`` virtual hours: events, bytes and fsyncs of the card, seconds of the processor."""

    hours: float
    events: int
    written: int
    syncs: int
    processor_s: float

    @property
    def core(self) -> float:
        """The share of one core."""
        return self.processor_s / (self.hours * 3600)


def hub(folder: Path) -> Config:
    """Thirty devices on 26 pins."""
    pins = iter(range(28))
    (folder / "stations.txt").write_text(STATIONS)
    names = [DOOR, *(f"door-{number}" for number in range(1, DOORS))]
    doors = tuple(
        DoorConfig(
            id=name,
            relay=OutputPin(pin=next(pins)),
            contact=InputPin(pin=next(pins)),
            rex=InputPin(pin=next(pins)),
        )
        for name in names
    )
    return msgspec.structs.replace(
        config(),
        identity=identity(dict.fromkeys(names, SECRET)),
        fire=FireConfig(loop=InputPin(pin=next(pins))),
        doors=doors,
        readers=tuple(
            WiegandConfig(id=f"keypad-{at}", door=names[at], d0=next(pins), d1=next(pins)) for at in range(READERS)
        ),
        counters=tuple(
            CounterConfig(
                id=f"beams-{at}", door=names[at], outer=InputPin(pin=next(pins)), inner=InputPin(pin=next(pins))
            )
            for at in range(COUNTERS)
        ),
        motion=tuple(MotionConfig(id=f"pir-{at}", zone=f"room-{at}", pin=next(pins)) for at in range(ROOMS)),
        wifi=tuple(
            IwConfig(id=f"wifi-{at}", zone=f"zone-{at}", file=str(folder / "stations.txt"))
            for at in range(ACCESS_POINTS)
        ),
    )


async def listed(folder: Path) -> None:
    """The access points write their listing each minute."""
    for minute in itertools.count(1):
        os.utime(folder / "stations.txt", ns=(minute, minute))
        await asyncio.sleep(60)


class Hub(Hall):
    """Crowds, for as long as the building is open."""

    async def visitors(self, at: int, every_s: float) -> None:
        """People come and go by one door, its button and its beams."""
        door, counter = self.config.doors[at], self.config.counters[at]
        assert door.contact is not None
        assert door.rex is not None
        beams = [each.pin for each in counter.inputs.values()]
        while True:
            await asyncio.sleep(every_s)
            await self.drive(door.rex.pin, False)
            await asyncio.sleep(0.2)
            await self.drive(door.rex.pin, True)
            await self.drive(door.contact.pin, True)
            await self.walk(*beams)
            await self.walk(*reversed(beams))
            await self.drive(door.contact.pin, False)

    async def members(self, at: int, every_s: float) -> None:
        """Somebody types a code that opens."""
        reader = self.config.readers[at]
        assert isinstance(reader, WiegandConfig)
        while True:
            await asyncio.sleep(every_s)
            for digit in "100000":
                for bit in f"{int(digit):04b}":
                    pin = reader.d1 if bit == "1" else reader.d0
                    await self.drive(pin, False)
                    await asyncio.sleep(0.0001)
                    await self.drive(pin, True)
                    await asyncio.sleep(0.002)
                await asyncio.sleep(0.3)

    async def stirring(self, at: int, every_s: float) -> None:
        """A room is in use."""
        pin = self.config.motion[at].pin
        while True:
            await asyncio.sleep(every_s)
            await self.drive(pin, True)
            await asyncio.sleep(every_s)
            await self.drive(pin, False)


def day(*, hours_open: float, hours_in_all: float, grants: int = GRANTS) -> Day:
    """A day of a full hub: three people a minute by its doors, a code every 80 s, six rooms in use."""

    async def main(clock: VirtualClock) -> Day:
        with TemporaryDirectory() as folder:
            files = Counting(Path(folder) / "data")
            there = Hub(clock, disk=files, config=hub(Path(folder)))
            there.levels = dict.fromkeys(range(28), True)
            for door in there.config.doors:
                assert door.contact is not None
                there.levels[door.contact.pin] = False
            assert there.config.fire is not None
            there.levels[there.config.fire.loop.pin] = False
            there.levels |= dict.fromkeys((motion.pin for motion in there.config.motion), False)
            await there.start()
            assert there.task is not None
            if there.task.done():
                there.task.result()
            window = (ZERO, ZERO + timedelta(days=2))
            many = [grant(str(100_000 + number), *window, kind=CredentialKind.STAFF) for number in range(grants)]
            parts = [GrantsPart(grants=tuple(many[at : at + 200])) for at in range(0, grants, 200)]
            always: list[HoursPart] = [msgspec.structs.replace(hours(), door=door.id) for door in there.config.doors]
            await there.send_plan(1, *always, *parts)
            listing = asyncio.create_task(listed(Path(folder)))
            began, written, syncs = time.process_time(), files.written, files.syncs
            crowd = [asyncio.create_task(there.visitors(at, 60.0)) for at in range(COUNTERS)]
            crowd.append(asyncio.create_task(there.members(0, 80.0)))
            crowd += [asyncio.create_task(there.stirring(at, 30.0)) for at in range(ROOMS)]
            await asyncio.sleep(hours_open * 3600)
            for task in crowd:
                task.cancel()
            await asyncio.sleep((hours_in_all - hours_open) * 3600)
            found = Day(
                hours=hours_in_all,
                events=len(there.recorded),
                written=files.written - written,
                syncs=files.syncs - syncs,
                processor_s=time.process_time() - began,
            )
            listing.cancel()
            await there.close()
            return found

    return run(main)


@contextmanager
def ear(path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as made:
        made.bind(str(path))
        made.setblocking(False)
        yield made


async def started(folder: Path) -> tuple[float, float]:
    """Seconds from the start of a process to working doors, without a broker; then its memory in MB."""
    with ear(folder / "notify") as heard:
        began = time.perf_counter()
        environ = {**os.environ, "NOTIFY_SOCKET": str(folder / "notify")}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", PROGRAM, str(folder / "edge.toml"), env=environ, stderr=asyncio.subprocess.DEVNULL
        )
        try:
            async with asyncio.timeout(60):
                said = await asyncio.get_running_loop().sock_recv(heard, 4096)
            took = time.perf_counter() - began
            assert said.startswith(b"READY=1")
            await asyncio.sleep(1)
            memory = _memory_mb(process.pid)
        finally:
            process.kill()
            await process.wait()
    (folder / "notify").unlink()
    return took, memory


def _memory_mb(process: int) -> float:
    (resident,) = re.findall(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    return int(resident) / 1024


def leave_plan(folder: Path, grants: int) -> None:
    """The disk as an agent with such a plan leaves it."""

    async def main(clock: VirtualClock) -> None:
        hall = Hall(clock, disk=DiskFiles(folder / "data"))
        await hall.start()
        window = (ZERO, ZERO + timedelta(days=2))
        many = [grant(str(100_000 + number), *window, kind=CredentialKind.STAFF) for number in range(grants)]
        parts = [GrantsPart(grants=tuple(many[at : at + 200])) for at in range(0, grants, 200)]
        await hall.send_plan(1, hours(), *parts)
        await hall.close()

    run(main)


def table() -> None:
    """Print the figures."""
    from tests.edge.test_config import GOOD, folder_with

    with TemporaryDirectory() as name:
        folder = Path(name)
        folder_with(folder, GOOD)
        leave_plan(folder, GRANTS)
        took, memory = min(asyncio.run(started(folder)) for _ in range(3))
        print(
            f"\nstart to working doors, {GRANTS} grants, no network: {took:.2f} s = {took / START_LIMIT_S:.2f} of the "
            f"limit of {START_LIMIT_S:g} s; memory {memory:.0f} MB = {memory / MEMORY_LIMIT_MB:.2f} of the limit"
        )
        asyncio.run(fill_outbox(DiskFiles(folder / "data"), 200_000))
        took, memory = asyncio.run(started(folder))
        print(
            f"the same with a full outbox, 200,000 events that nobody has acknowledged: {took:.2f} s = "
            f"{took / BOOT_LIMIT_S:.2f} of the limit of {BOOT_LIMIT_S:g} s; memory {memory:.0f} MB"
        )
    busy = day(hours_open=HOURS_OPEN, hours_in_all=24)
    print(
        f"a day of 30 devices: {busy.events} events; {busy.core:.2%} of a core = {busy.core / CORE_LIMIT:.2f} of the "
        f"limit; {busy.written / 1e6:.1f} MB written in {busy.syncs} fsyncs, which at 4 kB each are "
        f"{busy.syncs * 4096 / 1e6:.0f} MB"
    )


if __name__ == "__main__":
    table()
