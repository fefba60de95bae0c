"""A USB reader, where the contract of all readers does not reach."""

import asyncio
import os
import pty
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from edge.readers.config import UsbScannerConfig
from edge.readers.keyboard_events import ENTER, typed
from edge.readers.usb_keyboard import SCAN_LIMIT, SCAN_PAUSE_S
from edge.wire.credentials import Presented
from edge.wire.faults import FaultCode
from tests.contract.readers import World
from tests.edge.hall import run
from tests.virtual_time import VirtualClock


def with_scanner(act: Callable[[World, Path], Awaitable[None]]) -> None:
    async def main(clock: VirtualClock) -> None:
        with tempfile.TemporaryDirectory() as folder:
            device = Path(folder) / "scanner"
            world = World(clock, UsbScannerConfig(id="front", door="front-door", device=str(device)), {})
            await world.open()
            try:
                await act(world, device)
            finally:
                await world.close()

    run(main)


def plugged(device: Path) -> int:
    os.mkfifo(device)
    return os.open(device, os.O_RDWR | os.O_NONBLOCK)


@pytest.mark.parametrize(
    ("text", "presented", "garbled"),
    [
        ("A" * SCAN_LIMIT, [Presented(card="bar:" + "A" * SCAN_LIMIT)], 0),
        ("A" * (SCAN_LIMIT + 1), [], 1),
        ("A" * (SCAN_LIMIT * 2), [], 1),
        ("AB\bC", [], 1),
        ("", [], 0),
    ],
    ids=["longest", "too long", "far too long", "no text", "nothing"],
)
def test_a_scan_is_a_printable_text_of_bounded_length(text: str, presented: list[Presented], garbled: int) -> None:
    async def act(world: World, device: Path) -> None:
        end = plugged(device)
        await asyncio.sleep(2)
        for character in text + ENTER:
            os.write(end, typed(character))
            await asyncio.sleep(0.001)
        assert world.presented == presented
        assert world.runtime.health["reader_garbled"] == garbled
        os.close(end)

    with_scanner(act)


def test_an_interrupted_scan_is_not_the_start_of_the_next() -> None:
    async def act(world: World, device: Path) -> None:
        end = plugged(device)
        await asyncio.sleep(2)
        os.write(end, typed("D01"))
        await asyncio.sleep(SCAN_PAUSE_S + 0.1)
        os.write(end, typed("D02" + ENTER))
        await asyncio.sleep(1)
        assert world.presented == [Presented(card="bar:D02")]
        assert world.runtime.health["reader_garbled"] == 1
        os.close(end)

    with_scanner(act)


def test_a_device_plugged_in_later_is_found() -> None:
    async def act(world: World, device: Path) -> None:
        assert world.faults() == [(FaultCode.READER_UNREADABLE, True)]
        end = plugged(device)
        await asyncio.sleep(2)
        assert world.faults()[1:] == [(FaultCode.READER_UNREADABLE, False)]
        os.close(end)

    with_scanner(act)


def _file(device: Path) -> None:
    device.write_bytes(typed("D01" + ENTER))


def _folder(device: Path) -> None:
    device.mkdir()


def _terminal(device: Path) -> None:
    """It cannot be grabbed, so that another program would hear it."""
    _, near = pty.openpty()
    device.symlink_to(os.ttyname(near))


@pytest.mark.parametrize("place", [_file, _folder, _terminal])
def test_a_file_that_is_not_an_input_device_is_a_fault_and_nothing_of_it_counts(place: Callable[[Path], None]) -> None:
    async def act(world: World, device: Path) -> None:
        place(device)
        await asyncio.sleep(5)
        assert world.faults() == [(FaultCode.READER_UNREADABLE, True)]
        assert world.presented == []

    with_scanner(act)
