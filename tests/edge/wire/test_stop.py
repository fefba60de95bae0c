"""A cancellation that was swallowed on the way is not lost."""

import asyncio
import contextlib

import pytest

from edge.wire.broker_link import entered, stop_if_told


async def test_a_task_that_swallowed_its_cancellation_still_ends() -> None:
    waits = asyncio.Event()

    async def swallows() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            waits.set()
            await asyncio.Event().wait()
        stop_if_told()

    task = asyncio.create_task(swallows())
    await waits.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


class Slow:
    """Takes a while to be entered, in a way that no cancellation stops."""

    def __init__(self) -> None:
        self.may_enter = asyncio.Event()
        self.used = asyncio.Event()
        self.log: list[str] = []

    async def __aenter__(self) -> "Slow":
        await self.may_enter.wait()
        self.log.append("entered")
        return self

    async def __aexit__(self, *_: object) -> None:
        self.log.append("left")


async def use(slow: Slow) -> None:
    async with entered(slow):
        slow.log.append("used")
        slow.used.set()
        await asyncio.Event().wait()


async def test_what_is_cancelled_while_it_is_entered_is_left() -> None:
    slow = Slow()
    task = asyncio.create_task(use(slow))
    await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.sleep(0.01)
    slow.may_enter.set()
    await asyncio.wait((task,), timeout=60)
    assert (task.cancelled(), slow.log) == (True, ["entered", "left"])


async def test_what_cannot_be_entered_holds_up_no_cancellation() -> None:
    slow = Slow()
    task = asyncio.create_task(use(slow))
    await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.wait((task,), timeout=60)
    assert (task.cancelled(), slow.log) == (True, [])


async def test_what_is_cancelled_while_it_is_used_is_left_once() -> None:
    slow = Slow()
    slow.may_enter.set()
    task = asyncio.create_task(use(slow))
    await slow.used.wait()
    task.cancel()
    await asyncio.wait((task,), timeout=60)
    assert (task.cancelled(), slow.log) == (True, ["entered", "used", "left"])


async def test_an_uncancelled_task_continues() -> None:
    assert await asyncio.create_task(_continue())


async def _continue() -> bool:
    stop_if_told()
    return True
