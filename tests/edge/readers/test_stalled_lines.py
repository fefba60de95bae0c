"""A serial line that stalls is a fault of the readers on it, and brings no door down."""

import asyncio
import os
import pty
import threading
import tty
from collections.abc import Iterator

import msgspec
import pytest

from edge.readers.config import OsdpConfig
from edge.readers.door_side import DoorSide
from edge.readers.osdp import Bus, OsdpReader
from edge.readers.serial_line import SerialLine
from edge.system.liveness import OUTSIDE_STUCK_S
from edge.wire.clock import SystemClock
from edge.wire.events import FaultData
from edge.wire.faults import FaultCode
from tests.contract.readers import D0, D1, World
from tests.edge.hall import DOOR, Hall, config, with_hall


@pytest.fixture
def port() -> Iterator[str]:
    """A line at whose other end nobody listens or speaks."""
    far, near = pty.openpty()
    tty.setraw(near)
    yield os.ttyname(near)
    os.close(far)
    os.close(near)


def reader(port: str) -> OsdpConfig:
    return OsdpConfig(id="side-reader", door=DOOR, port=port, address=5, plain=True)


def test_an_unanswered_line_is_reported_and_the_agent_keeps_running(port: str) -> None:
    """For longer than any task may hang. The requests fill the line after a minute."""

    async def act(hall: Hall) -> None:
        await asyncio.sleep(OUTSIDE_STUCK_S + 60)
        assert [each.code for each in hall.data(FaultData)] == [FaultCode.READER_SILENT]
        assert hall.state("side-reader").values["there"] is False
        await hall.order(hall.command())
        assert hall.unlocked()

    plain = config()
    with_hall(act, config=msgspec.structs.replace(plain, readers=(*plain.readers, reader(port))))


async def test_a_hanging_driver_blocks_only_the_readers_on_its_line(port: str) -> None:
    may_open, may_close, tries = threading.Event(), threading.Event(), []

    class Dead(SerialLine):
        def __init__(self, path: str, baud: int) -> None:
            tries.append("open")
            may_open.wait()
            super().__init__(path, baud)

        def write(self, data: bytes) -> None:
            raise OSError(5, "it has died")

        def close(self) -> None:
            tries.append("close")
            may_close.wait()
            super().close()

    world = World(SystemClock(), config().readers[0], {D0: True, D1: True})
    await world.runtime.outbox.open()
    world.runtime.observer = world.events.append
    bus = Bus(port, baud=9600, runtime=world.runtime, open_line=Dead, late_s=0.01)
    side = DoorSide(DOOR, "outside", runtime=world.runtime)
    side.join(reader(port).id, world.presented.append)
    told = OsdpReader(reader(port), bus=bus, runtime=world.runtime, side=side)

    async def until(*present: bool) -> None:
        """The line was lost and found so far; what came next may have come already."""
        wanted = [(FaultCode.SERIAL_UNREADABLE.value, each) for each in present]
        while world.faults()[: len(wanted)] != wanted:  # noqa: ASYNC110  # in a thread
            await asyncio.sleep(0.001)

    told.start()
    await until(True)
    assert (tries, world.runtime.stuck()) == (["open"], [])
    may_open.set()
    await until(True, False, True)
    assert (tries, world.runtime.stuck()) == (["open", "close"], [])
    may_close.set()
    await world.close()


class Endless(SerialLine):
    def _read(self) -> bytes:
        return bytes(4096)


def test_a_line_with_a_constant_sender_is_drained_no_further_than_its_buffer(
    port: str,
) -> None:
    line = Endless(port, 230400)
    assert line.drain() == 65536
    line.close()
