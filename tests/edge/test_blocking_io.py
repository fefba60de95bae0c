"""What hangs in the kernel holds up nobody but its own task, which says so and waits."""

import asyncio
import threading
from functools import partial

import pytest

from edge.system.blocking_io import run_blocking
from edge.system.liveness import Liveness
from tests.edge.hall import run
from tests.virtual_time import VirtualClock


def test_the_outcome_is_reported() -> None:
    async def main(clock: VirtualClock) -> None:
        liveness, late = Liveness(), list[str]()
        assert await run_blocking(divmod, 7, 2, liveness=liveness, late=lambda: late.append("late")) == (3, 1)
        with pytest.raises(ZeroDivisionError):
            await run_blocking(divmod, 7, 0, liveness=liveness, late=lambda: late.append("late"))
        assert late == []

    run(main)


async def test_a_hang_is_reported_repeatedly_and_handled_once() -> None:
    release, told = threading.Event(), asyncio.Queue[str]()
    began: list[int] = []

    class Beating(Liveness):
        def progressed(self) -> None:
            told.put_nowait("beats")

    def hang() -> str:
        began.append(1)
        release.wait()
        return "at last"

    late = partial(told.put_nowait, "late")
    waiting = asyncio.create_task(run_blocking(hang, liveness=Beating(), late=late, late_s=0.01))
    for _ in range(3):
        assert [await told.get(), await told.get()] == ["beats", "late"]
    assert began == [1]
    release.set()
    assert await waiting == "at last"


def test_a_process_ends_despite_a_hanging_thread() -> None:
    release, before = threading.Event(), set(threading.enumerate())

    async def main() -> None:
        waiting = asyncio.create_task(run_blocking(release.wait, liveness=Liveness(), late=lambda: None))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait((waiting,))

    try:
        asyncio.run(main())
        (hanging,) = (each for each in threading.enumerate() if each.name == "blocking" and each not in before)
        assert hanging.daemon
    finally:
        release.set()
