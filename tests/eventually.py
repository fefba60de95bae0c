"""Waiting for something to become true, with a deadline, instead of sleeping."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE_S = 60.0
_LOOK_EVERY_S = 0.01


async def eventually(look: Callable[[], Awaitable[T | None]], *, what: str, within_s: float = PATIENCE_S) -> T:
    """The first answer of ``look`` that is neither None nor False. Fails the test at the deadline."""
    try:
        async with asyncio.timeout(within_s):
            while not (found := await look()):  # noqa: ASYNC110  # a database or a page tells nobody
                await asyncio.sleep(_LOOK_EVERY_S)
            return found
    except TimeoutError:
        raise AssertionError(f"not within {within_s:g} s: {what}") from None
