"""How long something takes."""

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
