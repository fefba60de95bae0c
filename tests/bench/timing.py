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


class Took:
    """Seconds since it was made: on the clock, and of our own processor time, which other processes lengthen less."""

    def __init__(self) -> None:
        self._clock, self._own = time.perf_counter(), time.process_time()

    def __call__(self) -> tuple[float, float]:
        return time.perf_counter() - self._clock, time.process_time() - self._own


def beside(what: str, took: tuple[float, float], limit_s: float) -> str:
    clock, own = took
    of = f"{clock / limit_s:.2f} of {limit_s:g} s"
    return f"  {what}: {clock:.3g} s, {of}; {own:.3g} s of our processor time, {own / limit_s:.2f}"
