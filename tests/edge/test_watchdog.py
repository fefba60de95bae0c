"""The agent reports itself alive to the service manager only while all its permanent tasks are alive."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path

import msgspec
import pytest

from edge.config import Config
from edge.errors import TaskDied
from edge.net.connect_options import ConnectOptions
from edge.readers.config import OsdpConfig, UsbKeypadConfig
from edge.sensors.station_listings import ANSWER_S
from edge.system.liveness import OUTSIDE_STUCK_S, STUCK_S, Liveness, Wake
from edge.system.watchdog import REFRESH_S, ServiceManager
from tests.edge.disk import MemoryDisk
from tests.edge.hall import DOOR, REX, STRIKE, Hall, config, run, with_hall
from tests.edge.watched import LID, LOOP, WINDOW, area, watched
from tests.memory_link import MemoryBroker, MemoryLink
from tests.virtual_time import VirtualClock

PID = str(os.getpid())


class Ear:
    """A service manager's socket."""

    def __init__(self, address: str) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(f"\0{address[1:]}" if address.startswith("@") else address)
        self.socket.setblocking(False)

    def heard(self) -> list[str]:
        said: list[str] = []
        while True:
            try:
                said += self.socket.recv(4096).decode().split("\n")
            except BlockingIOError:
                return [word for word in said if not word.startswith("STATUS=")]


ABSTRACT = "@hallkeeper-test-notify-" + PID
ONE_WAY = pytest.mark.parametrize("address", [ABSTRACT], ids=["abstract"], indirect=True)


@pytest.fixture(params=["notify", ABSTRACT], ids=["in a folder", "abstract"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    name: str = request.param
    return name if name.startswith("@") else str(tmp_path / name)


@pytest.fixture
def ear(address: str) -> Iterator[Ear]:
    ear = Ear(address)
    yield ear
    ear.socket.close()


def test_the_service_manager_receives_ready_then_alive_then_stopping(ear: Ear, address: str) -> None:
    async def main(clock: VirtualClock) -> None:
        hall = Hall(clock)
        hall.manager = ServiceManager({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "30000000"})
        await hall.start()
        assert ear.heard() == ["READY=1", "WATCHDOG=1"]
        await asyncio.sleep(30)
        assert ear.heard() == ["WATCHDOG=1"] * 3
        await hall.close()
        assert ear.heard() == ["STOPPING=1"]

    run(main)


def test_it_is_ready_only_once_its_doors_work(ear: Ear, address: str) -> None:
    """Without a broker, without a plan; but not without pins."""
    seen: list[bool] = []

    class Watching(ServiceManager):
        hall: Hall

        def ready(self, status: str) -> None:
            seen.append(STRIKE in self.hall.outputs)
            super().ready(status)

    async def main(clock: VirtualClock) -> None:
        hall, manager = Hall(clock), Watching({"NOTIFY_SOCKET": address})
        hall.manager, manager.hall = manager, hall
        hall.broker.kill()
        await hall.start()
        await hall.close()

    run(main)
    assert seen == [True]
    assert "READY=1" in ear.heard()


@pytest.mark.parametrize(
    ("environ", "every_s"),
    [
        ({}, REFRESH_S),
        ({"WATCHDOG_USEC": "30000000"}, 10.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": PID}, 10.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, REFRESH_S),
        ({"WATCHDOG_USEC": "900000000"}, REFRESH_S),
        ({"WATCHDOG_USEC": "soon"}, REFRESH_S),
    ],
)
def test_the_heartbeat_is_sent_three_times_per_watchdog_interval(environ: dict[str, str], every_s: float) -> None:
    assert ServiceManager(environ).every_s == every_s


def test_having_no_listener_is_not_a_fault(tmp_path: Path) -> None:
    ServiceManager({"NOTIFY_SOCKET": str(tmp_path / "nobody")}).ready("well")
    ServiceManager().stopping()


# Pulses


def test_a_task_is_stuck_when_it_owes_something_for_too_long_and_not_while_it_rests() -> None:
    async def main(clock: VirtualClock) -> None:
        loop, liveness = asyncio.get_running_loop(), Liveness(60)
        await asyncio.sleep(1000)
        assert not liveness.stuck(loop.time())
        liveness.busy()
        await asyncio.sleep(40)
        liveness.busy()
        await asyncio.sleep(21)
        assert liveness.stuck(loop.time())
        liveness.progressed()
        assert not liveness.stuck(loop.time())
        liveness.idle()
        await asyncio.sleep(1000)
        assert not liveness.stuck(loop.time())

    run(main)


def test_waiting_for_work_again_counts_as_progress() -> None:
    async def main(clock: VirtualClock) -> None:
        loop, wake = asyncio.get_running_loop(), Wake(60)
        rounds = 0

        async def work() -> None:
            nonlocal rounds
            while True:
                await wake.wait()
                wake.clear()
                rounds += 1
                await asyncio.sleep(45)

        task = asyncio.create_task(work())
        for _ in range(20):
            wake.set()
            await asyncio.sleep(20)
            assert not wake.liveness.stuck(loop.time())
        assert rounds == 9
        task.cancel()
        wake.set()
        await asyncio.sleep(120)
        assert wake.liveness.stuck(loop.time())

    run(main)


# Tasks that die or get stuck

LASTING = {
    "outbox": OUTSIDE_STUCK_S,
    "event sender": OUTSIDE_STUCK_S,
    "plan": OUTSIDE_STUCK_S,
    "updates": OUTSIDE_STUCK_S,
    "identity": OUTSIDE_STUCK_S,
    "heartbeat": OUTSIDE_STUCK_S,
    "clock trust": STUCK_S,
    "conversation": STUCK_S,
    "broker link": OUTSIDE_STUCK_S,
    "watchdog": STUCK_S,
    "lock-outs": OUTSIDE_STUCK_S,
    "used codes of front-door": OUTSIDE_STUCK_S,
    "fire latch": OUTSIDE_STUCK_S,
    "alarm ground-floor on the disk": OUTSIDE_STUCK_S,
    "offline codes": OUTSIDE_STUCK_S,
    "readers on /dev/null": STUCK_S,
    "reader back-keypad": STUCK_S,
    "wifi hall-wifi": 60 + ANSWER_S + STUCK_S,
}
"""Every lasting task of an edge that has one of everything, and when it counts as stuck."""
WIRED = msgspec.structs.replace(watched(area()), wifi=config(wifi="/dev/null").wifi)
EVERYTHING = msgspec.structs.replace(
    WIRED,
    readers=(
        *WIRED.readers,
        OsdpConfig(id="side-reader", door=DOOR, port="/dev/null", address=0, plain=True),
        UsbKeypadConfig(id="back-keypad", door=DOOR, device="/dev/input/by-id/usb-None-event-kbd"),
    ),
)


async def whole_hall(
    clock: VirtualClock,
    manager: ServiceManager | None = None,
    *,
    disk: MemoryDisk | None = None,
    config: Config = EVERYTHING,
) -> Hall:
    hall = Hall(clock, config=config, disk=disk)
    hall.manager = manager
    hall.levels |= {WINDOW: False, LID: False, LOOP: False}
    await hall.start()
    return hall


def lasting(hall: Hall) -> dict[asyncio.Task[None], Liveness]:
    return hall.agent._runtime.supervised


def test_these_are_all_the_lasting_tasks() -> None:
    async def main(clock: VirtualClock) -> None:
        hall = await whole_hall(clock)
        assert {task.get_name(): liveness.within_s for task, liveness in lasting(hall).items()} == LASTING
        await hall.close()

    run(main)


async def died(hall: Hall, why: str) -> None:
    """The agent ends by itself, for that reason."""
    assert hall.task is not None
    with pytest.raises(TaskDied, match=why):
        await hall.task


@ONE_WAY
@pytest.mark.parametrize("name", LASTING)
def test_the_agent_ends_with_each_permanent_task_leaves_the_lock_at_rest_and_sends_nothing_more(
    name: str, ear: Ear, address: str
) -> None:
    async def main(clock: VirtualClock) -> None:
        hall = await whole_hall(clock, ServiceManager({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "9000000"}))
        await hall.order(hall.command())
        assert hall.unlocked()
        ear.heard()
        next(task for task in lasting(hall) if task.get_name() == name).cancel()
        await died(hall, f"'{name}'")
        assert not hall.unlocked()
        await asyncio.sleep(60)
        assert ear.heard() == ["STOPPING=1"]
        await hall.close()

    run(main)


class Bang(Exception):
    pass


async def returns() -> None:
    pass


async def raises() -> None:
    raise Bang


@pytest.mark.parametrize("work", [returns, raises])
def test_a_lasting_task_may_not_end_in_any_way(work: Callable[[], Coroutine[None, None, None]]) -> None:
    async def main(clock: VirtualClock) -> None:
        hall = Hall(clock)
        await hall.start()
        hall.agent._runtime.supervise("more", work(), Liveness())
        await died(hall, "'more'")
        await hall.close()

    run(main)


@ONE_WAY
@pytest.mark.parametrize("name", LASTING)
def test_a_task_without_progress_silences_the_heartbeat_and_then_ends_the_agent(
    name: str, ear: Ear, address: str
) -> None:
    async def main(clock: VirtualClock) -> None:
        hall = await whole_hall(clock, ServiceManager({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "30000000"}))
        # As if what was given to it now were never done.
        stale = Liveness(LASTING[name])
        stale.busy()
        lasting(hall)[next(task for task in lasting(hall) if task.get_name() == name)] = stale
        await asyncio.sleep(LASTING[name] - 11)
        assert set(ear.heard()) == {"READY=1", "WATCHDOG=1"}
        await asyncio.sleep(12)
        ear.heard()
        await died(hall, f"no progress in '{name}'")
        assert ear.heard() == ["STOPPING=1"]
        await hall.close()

    run(main)


def test_a_process_paused_for_a_while_does_not_count_as_hung() -> None:
    async def act(hall: Hall) -> None:
        liveness = Liveness()
        lasting(hall)[next(iter(lasting(hall)))] = liveness
        for _ in range(10):
            # The watchdog looks once and finds it late; a moment later it has caught up.
            liveness.progressed()
            await asyncio.sleep(STUCK_S + REFRESH_S - 1)
        assert hall.task is not None
        assert not hall.task.done()

    with_hall(act)


class DeafLink(MemoryLink):
    """Takes every message and never says that it did."""

    async def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> bool:
        await asyncio.Event().wait()
        return True


class DeafBroker(MemoryBroker):
    def link(self, connect_options: ConnectOptions) -> MemoryLink:
        return DeafLink(self, connect_options.filters, connect_options.will)


def test_a_conversation_hanging_in_the_link_is_detected() -> None:
    async def main(clock: VirtualClock) -> None:
        hall = Hall(clock)
        hall.broker = DeafBroker()
        await hall.start()
        await died(hall, "no progress in 'conversation'")
        await hall.close()

    run(main)


@pytest.mark.cases_full
def test_an_hour_without_a_broker_on_a_refusing_disk_is_not_a_hang() -> None:
    async def main(clock: VirtualClock) -> None:
        hall = await whole_hall(clock, disk=disk, config=WIRED)
        disk.refuse = True
        hall.broker.kill()
        for _ in range(3):
            await hall.drive(REX, False)
            await hall.drive(REX, True)
            await asyncio.sleep(1200)
        disk.refuse = False
        hall.broker.start()
        await asyncio.sleep(1200)
        assert hall.task is not None
        assert not hall.task.done()
        await hall.close()

    disk = MemoryDisk()
    run(main)


# The process

PROGRAM = """
import asyncio, os, signal, sys, time
from pathlib import Path
from gpiozero.pins.mock import MockFactory
from edge.agent import Agent
from edge.system.durable_files import DiskFiles
from edge.system.pins import GpioPins
from edge.system.watchdog import ServiceManager
from edge.wire.clock import SystemClock
from tests.memory_link import MemoryBroker
from tests.edge.hall import config

signal.signal(signal.SIGUSR1, lambda *_: time.sleep(3600))
agent = Agent(
    config(),
    clock=SystemClock(),
    pins=GpioPins(MockFactory()),
    link=MemoryBroker().link,
    files=DiskFiles(Path(sys.argv[1])),
    synchronised=lambda: True,
    manager=ServiceManager(os.environ),
)
asyncio.run(agent.run())
"""


async def test_a_hanging_event_loop_sends_no_heartbeat(tmp_path: Path) -> None:
    ear = Ear(str(tmp_path / "notify"))
    environ = {**os.environ, "NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "30000"}
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", PROGRAM, str(tmp_path / "data"), env=environ)
    loop = asyncio.get_running_loop()
    try:
        said: list[str] = []
        async with asyncio.timeout(60):
            while said.count("WATCHDOG=1") < 5:
                said += (await loop.sock_recv(ear.socket, 4096)).decode().split("\n")
        assert said[0] == "READY=1"
        process.send_signal(signal.SIGUSR1)
        async with asyncio.timeout(60):
            # Fifty intervals: messages on their way have arrived, and no more follow.
            with contextlib.suppress(TimeoutError):
                while True:
                    await asyncio.wait_for(loop.sock_recv(ear.socket, 4096), 0.5)
    finally:
        process.kill()
        await process.wait()
        ear.socket.close()
