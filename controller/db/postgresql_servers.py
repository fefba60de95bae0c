"""A PostgreSQL of several servers, one of which may write: connections go to the newest that may.

After a standby is promoted the old primary may still answer, and take writes that come to nothing. Each promotion
begins a timeline with a higher number (PostgreSQL's documentation, 26.3.5): a connection to a server of an earlier one
than was seen is ended, with whatever waits on it.
"""

import asyncio
import logging
from collections.abc import Sequence
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

log = logging.getLogger(__name__)

ANSWER_S = 2.0
"""How long a server may take to say what it is."""
LOOK_EVERY_S = 1.0
_NOT_OF_EACH = (
    *("host", "port", "target_session_attrs"),
    # SQLAlchemy's own, which the driver does not know.
    *("async_creator_fn", "prepared_statement_cache_size", "prepared_statement_name_func"),
)
_TIMELINE = (
    "SELECT CASE WHEN pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on' THEN 0"
    " ELSE ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int END"
)
"""0 where nothing can be written."""


class Servers:
    """``addresses``: host and port of each. ``timeline``: the highest that was seen."""

    def __init__(self, addresses: Sequence[tuple[str, int]]) -> None:
        self.addresses = tuple(addresses)
        self.timeline = 0
        self._open: WeakKeyDictionary[Any, int] = WeakKeyDictionary()

    async def connect(self, *args: Any, **wanted: Any) -> Any:
        """A driver's connection to the newest server that may write, with the driver's own parameters. Raises what
        the driver raises."""
        found, errors = await self._each(*args, **wanted)
        good = [(timeline, connection) for timeline, connection in found if timeline >= max(1, self.timeline)]
        best = max(good, key=lambda each: each[0], default=None)
        for _, connection in found:
            if best is None or connection is not best[1]:
                connection.terminate()
        if best is None and not found:
            raise errors[0]
        if best is None:
            raise ConnectionRefusedError(f"none of the {len(self.addresses)} database servers takes writes")
        self._see(best[0])
        self._open[best[1]] = best[0]
        return best[1]

    async def watch(self, **wanted: Any) -> None:
        """Look for a promotion, for ever."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            found, _ = await self._each(**wanted)
            for timeline, connection in found:
                connection.terminate()
                self._see(timeline)

    async def _each(self, *args: Any, **wanted: Any) -> tuple[list[tuple[int, Any]], list[Exception]]:
        """The timeline of each server that answers, with a connection to it, and what the others failed with."""
        for name in _NOT_OF_EACH:
            wanted.pop(name, None)
        asking = [asyncio.ensure_future(_ask(address, *args, **wanted)) for address in self.addresses]
        try:
            await asyncio.wait(asking)
        except asyncio.CancelledError:
            for task in asking:
                task.cancel()
                task.add_done_callback(_leave)
            raise
        answers = [task.result() for task in asking]
        found = [answer for answer in answers if not isinstance(answer, Exception)]
        return found, [answer for answer in answers if isinstance(answer, Exception)]

    def _see(self, timeline: int) -> None:
        if timeline <= self.timeline:
            return
        if self.timeline:
            fields = {"action": "database", "timeline": timeline}
            log.warning("Another database server has been promoted; connections to the last one end", extra=fields)
        self.timeline = timeline
        for connection, of in list(self._open.items()):
            if of < timeline and not connection.is_closed():
                connection.terminate()


async def _ask(address: tuple[str, int], *args: Any, **wanted: Any) -> tuple[int, Any] | Exception:
    import asyncpg  # its library is in an extra of its own

    connection = None
    try:
        async with asyncio.timeout(ANSWER_S):
            connection = await asyncpg.connect(*args, host=address[0], port=address[1], **wanted)
            return await connection.fetchval(_TIMELINE), connection
    except BaseException as error:
        if connection is not None:
            connection.terminate()
        # OSError: also what takes too long
        if isinstance(error, OSError | asyncpg.PostgresError | asyncpg.InterfaceError):
            return error
        raise


def _leave(task: "asyncio.Task[tuple[int, Any] | Exception]") -> None:
    if not task.cancelled() and task.exception() is None and not isinstance(answer := task.result(), Exception):
        answer[1].terminate()


@cache
def servers_at(addresses: tuple[tuple[str, int], ...]) -> Servers:
    """One object for all connections of the process."""
    return Servers(addresses)
