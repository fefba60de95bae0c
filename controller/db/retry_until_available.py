"""Retries work until the database is available again: for long-running tasks, which outlast a database that is away."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError

log = logging.getLogger(__name__)

T = TypeVar("T")

RETRY_S = 1.0
"""Real seconds between two tries."""


async def retry_until_available(work: Callable[[], Awaitable[T]], *, what: str, retry_s: float = RETRY_S) -> T:
    """Do ``work``, again until the database answers. ``work`` must be harmless when done twice."""
    while True:
        try:
            return await work()
        except (SQLAlchemyError, OSError) as error:
            fields = {"action": "database_retry", "task": what, "reason": str(error)[:200]}
            log.error("The database or the disk does not answer; trying again", extra=fields)
        await asyncio.sleep(retry_s)
