"""Looks at what takes longer than an alert may wait for, once a minute."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from controller.platform.failure_log import FailureLog

log = logging.getLogger(__name__)
EVERY_S = 60.0
"""Real seconds."""


async def each_minute(look: Callable[[], Awaitable[None]], what: str) -> None:
    """For ever. Where it fails, ``what`` is not known until the next time; only the first failure of several is
    logged."""
    failures = FailureLog(log, "%s is not known")
    while True:
        with failures.catching(what):
            await look()
        await asyncio.sleep(EVERY_S)
