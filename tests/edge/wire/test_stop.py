"""A cancellation that was swallowed on the way is not lost."""

import asyncio
import contextlib

import pytest

from edge.wire.broker_link import stop_if_told


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


async def test_an_uncancelled_task_continues() -> None:
    assert await asyncio.create_task(_continue())


async def _continue() -> bool:
    stop_if_told()
    return True
