"""A copy of the database from which reports are read: a hot standby of PostgreSQL, some seconds behind.

A report reads for seconds what nobody changes any more. Read from a copy, it takes nothing from the server on which
people book. What the copy cannot answer is read from the database itself.
"""

import asyncio
import logging
import time
from contextlib import AsyncExitStack

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from controller.db.errors import is_away, words_of
from controller.db.migrations import newest_revision, stored_revision

log = logging.getLogger(__name__)

BEHIND_S = 10.0
"""A copy that is further behind is not read. The lease is renewed each two seconds, so something always comes."""
ANSWER_S = 2.0
"""How long a copy may take to begin a transaction, also where it does not answer at all."""
_AGAIN_S = 15.0
"""For so long a copy that failed is not asked again."""
BEHIND = text(
    "SELECT CASE WHEN pg_is_in_recovery() THEN extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())"
    " ELSE 'infinity' END::float"
)
"""Seconds; infinity for a server that follows none, null where it has not followed since its start. After PostgreSQL's
documentation, 9.27.4."""


class ReportsCopy:
    """``engine``: of the copy; its transactions see one state and may not write."""

    def __init__(self, engine: AsyncEngine, behind_s: float = BEHIND_S) -> None:
        self._engine = engine
        self._behind_s = behind_s
        self._asked_again_at = 0.0
        self._failed = False
        self._same_tables = False

    async def begin(self, block: AsyncExitStack) -> AsyncConnection | None:
        """A transaction that ends with the block; ``None`` where the copy is away or too far behind."""
        if time.monotonic() < self._asked_again_at:
            return None
        try:
            async with asyncio.timeout(ANSWER_S), AsyncExitStack() as begun:
                tx = await begun.enter_async_context(self._engine.begin())
                why = too_far_behind((await tx.execute(BEHIND)).scalar_one(), self._behind_s)
                if why is None and not self._same_tables:
                    why = await _other_tables(tx)
                if why is None:
                    self._answered()
                    block.push_async_exit(begun.pop_all())
                    return tx
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            if not is_away(error):
                raise
            why = words_of(error) or "no answer"
        self._fell_back(why)
        return None

    async def close(self) -> None:
        await self._engine.dispose()

    def _answered(self) -> None:
        if self._failed:
            log.info("Reports are read from the copy of the database again", extra={"action": "database"})
        self._failed, self._same_tables = False, True

    def _fell_back(self, why: str) -> None:
        self._asked_again_at = time.monotonic() + _AGAIN_S
        if not self._failed:
            fields = {"action": "database", "reason": why}
            log.warning("Reports are read from the database itself; its copy cannot be used", extra=fields)
        self._failed = True


async def _other_tables(tx: AsyncConnection) -> str | None:
    """Why the copy has not the tables of this release; an upgrade of the database takes a moment to reach it."""
    revision = await stored_revision(tx)
    return None if revision == newest_revision() else f"its tables are at revision {revision}, not {newest_revision()}"


def too_far_behind(behind_s: float | None, limit_s: float = BEHIND_S) -> str | None:
    """Why a copy that is so far behind is not read; ``None`` where it is."""
    if behind_s is None:
        return "it has not followed the database since it was started"
    if behind_s == float("inf"):
        return "it follows no other server"
    return f"it is {behind_s:.0f} s behind" if behind_s > limit_s else None
