"""A small file that is kept in step with what changes now and then, also on a disk that refuses."""

import asyncio
from collections.abc import Awaitable, Callable

from edge.readers.config import WiegandConfig
from edge.system.state_file import RETRY_S, StateFile
from edge.wire.events import FaultData
from edge.wire.faults import FaultCode
from tests.contract.readers import D0, D1, World
from tests.edge.disk import MemoryDisk
from tests.edge.hall import run
from tests.virtual_time import VirtualClock

PART = "thing"


class Kept:
    """Something that is kept, and what was told of it."""

    def __init__(self, world: World) -> None:
        self.disk = MemoryDisk()
        self.value: bytes | None = b"one"
        self.while_written: Callable[[], None] = lambda: None
        self.told: list[bool] = []
        world.runtime.files = self.disk
        self.state_file = StateFile(world.runtime, path="state", device="thing", part=PART, content=self._content)
        world.runtime.listen(FaultData, self._recorded)

    def set(self, value: bytes | None) -> None:
        self.value = value
        self.state_file.changed()

    def _content(self) -> bytes | None:
        asyncio.get_running_loop().call_soon(self.while_written)
        return self.value

    def _recorded(self, device: str, data: FaultData) -> None:
        if (data.code, data.part) == (FaultCode.STATE_NOT_KEPT, PART):
            self.told.append(data.present)


def keeping(act: Callable[[Kept], Awaitable[None]]) -> None:
    async def main(clock: VirtualClock) -> None:
        config = WiegandConfig(id="front", door="front-door", d0=D0, d1=D1, formats=("keys4",))
        world = World(clock, config, {D0: True, D1: True})
        await world.open()
        try:
            await act(Kept(world))
        finally:
            await world.close()

    run(main)


def test_changes_during_a_write_are_stored_at_once_and_are_not_a_disk_fault() -> None:
    async def act(kept: Kept) -> None:
        def again() -> None:
            kept.while_written = lambda: None
            kept.set(b"two")

        kept.state_file.start("thing")
        kept.while_written = again
        kept.set(b"one")
        await asyncio.sleep(RETRY_S / 2)
        assert kept.disk.read("state") == b"two"
        assert kept.told == []

    keeping(act)


def test_a_disk_that_refuses_a_write_is_a_fault_until_the_write_succeeds() -> None:
    async def act(kept: Kept) -> None:
        kept.state_file.start("thing")
        kept.disk.read_only = True
        kept.set(b"one")
        await asyncio.sleep(RETRY_S * 2.5)
        assert (kept.told, await kept.state_file.save()) == ([True], False)
        kept.disk.read_only = False
        await asyncio.sleep(RETRY_S)
        assert kept.told == [True, False]
        assert kept.disk.read("state") == b"one"

    keeping(act)


def test_without_anything_to_store_the_file_is_removed() -> None:
    async def act(kept: Kept) -> None:
        kept.set(b"one")
        assert await kept.state_file.save()
        kept.set(None)
        assert await kept.state_file.save()
        assert kept.disk.read("state") is None

    keeping(act)
