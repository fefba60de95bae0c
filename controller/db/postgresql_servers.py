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
WATCHES = "watch of Hallkeeper"
"""By which PostgreSQL knows the connections that only look."""
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

Address = tuple[str, int]
Answer = tuple[int, Address, Any]
"""A server's timeline, the server, and a connection to it."""


class Servers:
    """``addresses``: host and port of each. ``timeline``: the highest that was seen. ``primary``: the server of that
    timeline, unless it did not answer the last connection."""

    def __init__(self, addresses: Sequence[Address]) -> None:
        self.addresses = tuple(addresses)
        self.timeline = 0
        self.primary: Address | None = None
        self._open: WeakKeyDictionary[Any, int] = WeakKeyDictionary()

    async def connect(self, **wanted: Any) -> Any:
        """A driver's connection to the newest server that may write, with the driver's own parameters. ``primary``
        is asked first, then all of them side by side: a server that hangs costs ``ANSWER_S`` once. Raises what the
        driver raises."""
        wanted = _of_each(wanted)
        errors: list[Exception] = []
        if (first := self.primary) is not None:
            answer = await _ask(first, **wanted)
            if not isinstance(answer, Exception):
                if self._is_newest(answer[0]):
                    return self._use(answer)
                answer[2].terminate()
            if self.primary == first:
                self.primary = None
        best: Answer | None = None
        asking = {asyncio.ensure_future(_ask(address, **wanted)) for address in self.addresses}
        try:
            # The first connection waits for all, since any may be newer.
            while asking and not (best is not None and self.timeline and self._is_newest(best[0])):
                done, asking = await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
                for answer in (task.result() for task in done):
                    if isinstance(answer, Exception):
                        errors.append(answer)
                    elif self._is_newest(answer[0]) and (best is None or answer[0] > best[0]):
                        best = _instead_of(best, answer)
                    else:
                        answer[2].terminate()
        except asyncio.CancelledError:
            _instead_of(best, None)
            raise
        finally:
            for task in asking:
                task.cancel()
                task.add_done_callback(_leave)
        if best is not None and self._is_newest(best[0]):
            return self._use(best)
        _instead_of(best, None)  # a newer one was seen by another while this one waited
        if len(errors) == len(self.addresses):
            raise errors[0]
        raise ConnectionRefusedError(f"none of the {len(self.addresses)} database servers takes writes")

    async def address(self, **wanted: Any) -> Address:
        """The server that connections go to now, for programs that make their own. Raises as ``connect``."""
        connection = await self.connect(**wanted)
        connection.terminate()
        assert self.primary is not None
        return self.primary

    async def watch(self, **wanted: Any) -> None:
        """Look for a promotion, for ever: on one connection to each server, which stays open."""
        settings = wanted.pop("server_settings", {}) | {"application_name": WATCHES}
        wanted = _of_each(wanted) | {"server_settings": settings}
        async with asyncio.TaskGroup() as group:
            for address in self.addresses:
                group.create_task(self._follow(address, **wanted), name=f"watch of {address[0]}:{address[1]}")

    async def _follow(self, address: Address, **wanted: Any) -> None:
        connection: Any = None
        try:
            while True:
                await asyncio.sleep(LOOK_EVERY_S)
                answer = await _ask(address, connection, **wanted)
                connection = None if isinstance(answer, Exception) else answer[2]
                if not isinstance(answer, Exception):
                    self._see(answer[0], address)
        finally:
            if connection is not None:
                connection.terminate()

    def _is_newest(self, timeline: int) -> bool:
        return timeline >= max(1, self.timeline)

    def _use(self, answer: Answer) -> Any:
        timeline, address, connection = answer
        self._see(timeline, address)
        self._open[connection] = timeline
        return connection

    def _see(self, timeline: int, address: Address) -> None:
        if self._is_newest(timeline):
            self.primary = address
        if timeline <= self.timeline:
            return
        if self.timeline:
            fields = {"action": "database", "timeline": timeline}
            log.warning("Another database server has been promoted; connections to the last one end", extra=fields)
        self.timeline = timeline
        for connection, of in list(self._open.items()):
            if of < timeline and not connection.is_closed():
                connection.terminate()


def _of_each(wanted: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in wanted.items() if name not in _NOT_OF_EACH}


def _instead_of(last: Answer | None, best: Answer | None) -> Answer | None:
    if last is not None:
        last[2].terminate()
    return best


async def _ask(address: Address, connection: Any = None, **wanted: Any) -> Answer | Exception:
    """Its timeline, over the ``connection`` or a new one; none is left open where it does not answer."""
    import asyncpg  # its library is in an extra of its own

    try:
        async with asyncio.timeout(ANSWER_S):
            if connection is None:
                connection = await asyncpg.connect(host=address[0], port=address[1], **wanted)
            return await connection.fetchval(_TIMELINE), address, connection
    except BaseException as error:
        if connection is not None:
            connection.terminate()
        # OSError: also what takes too long
        if isinstance(error, OSError | asyncpg.PostgresError | asyncpg.InterfaceError):
            return error
        raise


def _leave(task: "asyncio.Task[Answer | Exception]") -> None:
    if not task.cancelled() and task.exception() is None and not isinstance(answer := task.result(), Exception):
        answer[2].terminate()


@cache
def servers_at(addresses: tuple[Address, ...]) -> Servers:
    """One object for all connections of the process."""
    return Servers(addresses)
