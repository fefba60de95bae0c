"""How long something takes."""

import asyncio
import time
from collections.abc import Awaitable, Callable


async def took(do: Callable[[], Awaitable[object]], rounds: int) -> list[float]:
    """Milliseconds of each round, after one that does not count."""
    await do()
    found = []
    for _ in range(rounds):
        began = time.perf_counter()
        await do()
        found.append((time.perf_counter() - began) * 1000)
    return found


class LoopWatch:
    """The longest time, in milliseconds, for which the event loop ran one thing and nothing else."""

    EVERY_S = 0.001

    def __init__(self) -> None:
        self.longest_ms = 0.0

    async def __aenter__(self) -> "LoopWatch":
        self._task = asyncio.create_task(self._watch())
        await asyncio.sleep(0)
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.sleep(self.EVERY_S)
        self._task.cancel()

    async def _watch(self) -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(self.EVERY_S)
            late_ms = (time.perf_counter() - began - self.EVERY_S) * 1000
            self.longest_ms = max(self.longest_ms, late_ms)
