"""The only module that opens databases: engines, transactions, the instant type. Repositories hold the statements.

SQLite: WAL, one writer at a time behind a lock, `BEGIN IMMEDIATE`, `synchronous=FULL` because what is
acknowledged after commit must survive a power cut. PostgreSQL: plain transactions, retried by `run`.
"""

import asyncio
import os
import secrets
import socket
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any, Concatenate, ParamSpec, TypeAlias, TypeVar

from sqlalchemy import BigInteger, Integer, MetaData, event, text
from sqlalchemy.dialects import registry
from sqlalchemy.engine import URL, Dialect, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.types import TIMESTAMP, TypeDecorator, TypeEngine
from sqlalchemy.util import LRUCache

from controller.db import sqlite_driver
from controller.db.postgresql_dialect import SharedDialect
from controller.db.postgresql_engine import postgresql_engine
from controller.db.reports_copy import ANSWER_S, BEHIND_S, ReportsCopy
from controller.db.transaction_retry import is_retried, pause_s

T = TypeVar("T")
P = ParamSpec("P")
Tx: TypeAlias = AsyncConnection
"""An open transaction, as repositories take it."""

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)
"""Every table of the controller."""

Serial = BigInteger().with_variant(Integer(), "sqlite")
"""A 64-bit number; as a lone primary key it counts up by itself on both databases."""

NAMES_ACTOR = {"about": "who did it"}
"""``info`` of a column that says who wrote or did something: a user's name, which is no part of what is stored about a
party."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
WAIT_S = 10.0
"""How long a write waits for its turn, for a lock, and for both together before it fails."""
_READS: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
registry.register("sqlite.shared", "controller.db.sqlite_dialect", "SharedDialect")
_COMPILED: LRUCache[Any, Any] = LRUCache(2_000)
"""Statements of every engine of the process; each engine alone would compile them again."""
_CHECKPOINT_PAGES = 4_000
"""SQLite's log is checkpointed at this size (16 MB), by the transaction that commits then."""
_NAMED_AT_ONCE = 500
_LOCKED = "sites locked"
READ_AHEAD, DRAWN = "rows read ahead", "codes drawn ahead"
"""What a transaction keeps for a later step of its own."""
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:site, 0))")


IN_BACKGROUND: ContextVar[bool] = ContextVar("in background", default=False)
"""Set by work that waits for all other work, and so does not wait for itself."""


FENCE: ContextVar[Callable[[Tx], Awaitable[None]] | None] = ContextVar("fence", default=None)
"""Awaited in each write of work that only one controller may do; it raises where another may do that by now."""


class Instant(TypeDecorator[datetime]):
    """An aware instant, exact to the microsecond, read back in UTC.

    TIMESTAMPTZ on PostgreSQL, microseconds since 1970 as INTEGER on SQLite, so that both order and
    compare by number. A naive time raises ``ValueError``.
    """

    impl = TIMESTAMP(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[int] | TypeEngine[datetime]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(Integer())
        return dialect.type_descriptor(TIMESTAMP(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | int | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no zone; an instant needs one")
        return (value - _EPOCH) // _MICROSECOND if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | int | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return _EPOCH + value * _MICROSECOND if isinstance(value, int) else value.astimezone(UTC)


class Database:
    """One database and its transactions. ``url`` comes from ``Settings.database_url``, ``reports_url``, of a copy for
    reports, from ``Settings.reports_url``; a copy that is further behind than ``behind_s`` is not read."""

    def __init__(self, url: str | URL, reports_url: URL | None = None, *, behind_s: float = BEHIND_S) -> None:
        self.url = make_url(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self.name = f"hallkeeper {socket.gethostname()[:30]} {os.getpid()} {secrets.token_hex(4)}"
        """By which PostgreSQL knows the connections of this object, and no others."""
        if self.sqlite:
            self._writer = _sqlite_engine(self.url, "BEGIN IMMEDIATE", pool_size=1)
            self._brief_writer = _sqlite_engine(self.url, None, pool_size=1, brief=True)
            self._reader = _sqlite_engine(self.url, "BEGIN", pool_size=4, read_only=True)
            self._autocommit_reader = _sqlite_engine(self.url, None, pool_size=4, read_only=True, brief=True)
        else:
            self._writer = postgresql_engine(self.url, self.name, _COMPILED, wait_s=WAIT_S)
            self._reader = self._writer.execution_options(**_READS)
            self._autocommit_reader = self._writer.execution_options(isolation_level="AUTOCOMMIT")
        self._copy: ReportsCopy | None = None
        if reports_url is not None:
            copy = postgresql_engine(reports_url, self.name, _COMPILED, wait_s=WAIT_S, connect_s=ANSWER_S)
            self._copy = ReportsCopy(copy.execution_options(**_READS), behind_s)
        self._writing = asyncio.Lock()
        self._brief_connection: AsyncConnection | None = None
        self._brief_reader: AsyncConnection | None = None
        self._opening = asyncio.Lock()
        self._open = 0
        self.begun = 0
        """How many transactions have been begun that were not ``IN_BACKGROUND``."""

    @property
    def busy(self) -> bool:
        """Whether any transaction is open or waiting for its turn."""
        return self._open > 0

    @asynccontextmanager
    async def write(self, *, brief: bool = False) -> AsyncIterator[Tx]:
        """A transaction that commits at the end of the block and rolls back when the block raises.

        ``brief``: each of its statements touches a few rows, found by an index. Such are not worth a thread: on
        SQLite they hold up the event loop, for less time than the way to a thread takes.
        """
        async with self._written(brief, time.monotonic() + WAIT_S) as tx:
            yield tx

    @asynccontextmanager
    async def _written(self, brief: bool, until: float) -> AsyncIterator[Tx]:
        self._open += 1
        self.begun += not IN_BACKGROUND.get()
        try:
            if self.sqlite:
                await self._take_turn(until)
            try:
                async with self._brief_write() if brief and self.sqlite else self._writer.begin() as tx:
                    for name in (_LOCKED, READ_AHEAD, DRAWN):  # left by an earlier transaction of the connection
                        tx.info.pop(name, None)
                    if (fence := FENCE.get()) is not None:
                        await fence(tx)
                    yield tx
            finally:
                if self.sqlite:
                    self._writing.release()
        finally:
            self._open -= 1

    async def _take_turn(self, until: float) -> None:
        """SQLite has one writer at a time. Raises ``PoolTimeoutError`` where another takes too long."""
        if not self._writing.locked():
            await self._writing.acquire()
            return
        try:
            async with asyncio.timeout(max(0.0, until - time.monotonic())):
                await self._writing.acquire()
        except TimeoutError:
            raise PoolTimeoutError(f"another write has not ended within {WAIT_S:g} s") from None

    @asynccontextmanager
    async def _brief_write(self) -> AsyncIterator[Tx]:
        """The one connection for brief writes to SQLite stays open, and the driver itself begins and ends its
        transactions: a pool and SQLAlchemy's own begin and commit would take as long as the write."""
        if self._brief_connection is None:
            self._brief_connection = await self._brief_writer.connect()
        tx = self._brief_connection
        driver: sqlite_driver.Connection = driver_of(tx)
        try:
            try:
                await driver.begin()
                yield tx
                await driver.commit()
            except BaseException:
                await driver.rollback()
                raise
            finally:
                if tx.in_transaction():  # a statement that went through SQLAlchemy began one there
                    await tx.rollback()
        except sqlite3.Error as error:
            raise translated("COMMIT", error) from error

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        """A transaction that sees one state and may not write."""
        async with self._reading(self._reader) as tx:
            yield tx

    @asynccontextmanager
    async def read_report(self) -> AsyncIterator[Tx]:
        """As ``read``, of what may be some seconds old: from the copy for reports, where there is one that answers."""
        async with AsyncExitStack() as block:
            tx = None if self._copy is None else await self._copy.begin(block)
            if tx is None:
                tx = await block.enter_async_context(self.read())
            yield tx

    @asynccontextmanager
    async def read_without_transaction(self) -> AsyncIterator[Tx]:
        """For statements that each read a few rows by an index and need not see the same state: no transaction is
        begun, and on SQLite no thread is used and one connection stays open for all of them."""
        if not self.sqlite:
            async with self._reading(self._autocommit_reader) as tx:
                yield tx
            return
        yield self._brief_reader or await self._open_reader()

    async def _open_reader(self) -> Tx:
        async with self._opening:
            if self._brief_reader is None:
                self._brief_reader = await self._autocommit_reader.connect()
            return self._brief_reader

    @asynccontextmanager
    async def _reading(self, engine: AsyncEngine) -> AsyncIterator[Tx]:
        self._open += 1
        self.begun += not IN_BACKGROUND.get()
        try:
            async with engine.begin() as tx:
                yield tx
        finally:
            self._open -= 1

    async def run(self, work: Callable[Concatenate[Tx, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``work(tx, …)`` in a write transaction and return its value once it is committed.

        A deadlock, a serialization failure or another process's lock on SQLite starts it again, so ``work`` must do
        nothing but SQL. Raises what ``is_not_done`` says of after ``WAIT_S``.
        """
        return await self._run(False, work, *args, **kwargs)

    async def run_brief(self, work: Callable[Concatenate[Tx, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        """As ``run``, in a ``brief`` transaction."""
        return await self._run(True, work, *args, **kwargs)

    async def _run(
        self, brief: bool, work: Callable[Concatenate[Tx, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        until, attempt = time.monotonic() + WAIT_S, 1
        while True:
            try:
                async with self._written(brief, until) as tx:
                    return await work(tx, *args, **kwargs)
            except DBAPIError as error:
                if not is_retried(error, attempt, in_time=time.monotonic() <= until):
                    raise
            await asyncio.sleep(pause_s(attempt))
            attempt += 1

    async def lock_site(self, tx: Tx, site: str) -> None:
        """Make this transaction the only one that changes the site's diary until it ends.

        Taken before any claim is written. SQLite has one writer at a time anyway.
        """
        if self.sqlite:
            return
        held: set[str] = tx.info.setdefault(_LOCKED, set())
        if site not in held:
            await tx.execute(_LOCK, {"site": site})
            held.add(site)

    @property
    def watch_servers(self) -> Callable[[], Coroutine[None, None, None]] | None:
        """Follows which of several servers is the one to write to, for ever; ``None`` where there is one."""
        if self.sqlite:
            return None
        found = SharedDialect().servers(self.url)  # type: ignore[no-untyped-call]
        if found is None:
            return None
        servers, wanted = found
        return partial(servers.watch, **wanted)

    async def close(self) -> None:
        if self._brief_connection is not None:
            await self._brief_connection.close()
            self._brief_connection = None
        if self._brief_reader is not None:
            await self._brief_reader.close()
            self._brief_reader = None
        await self._writer.dispose()
        if self._copy is not None:
            await self._copy.close()
        if self.sqlite:
            for engine in (self._brief_writer, self._reader, self._autocommit_reader):
                await engine.dispose()


def batches(items: Iterable[T]) -> Iterator[Sequence[T]]:
    """The items in parts that one statement may name; SQLite takes at most 32,766 parameters."""
    left = iter(items)
    while part := tuple(islice(left, _NAMED_AT_ONCE)):
        yield part


def server_of(url: URL) -> str:
    """The server of an address on PostgreSQL in words, or those that it names."""
    named = url.query.get("host", ())
    every = (named,) if isinstance(named, str) else named
    return url.host or " or ".join(every) or "this machine"


def driver_of(tx: Tx, sql: str = "", values: Sequence[Any] = ()) -> Any:
    """The driver's own connection. ``sql``: the statement that it will be given past SQLAlchemy; those who count or
    trace statements are notified of it."""
    connection = tx.sync_connection
    assert connection is not None
    if sql:
        for listener in connection.dispatch.before_cursor_execute:
            listener(connection, None, sql, values, None, False)
    return connection.connection.driver_connection


def translated(sql: str, error: Exception) -> DBAPIError:
    """The error that SQLAlchemy would raise, for a statement that went to the driver past it. ``is_away`` and
    ``is_not_done`` know it."""
    state = str(getattr(error, "sqlstate", None) or "")
    names = {each.__name__ for each in type(error).__mro__}
    kind = DBAPIError
    if isinstance(error, sqlite3.IntegrityError) or state.startswith("23"):
        kind = IntegrityError
    elif isinstance(error, sqlite3.Error):
        kind = OperationalError
    elif isinstance(error, OSError) or ("InterfaceError" in names and not isinstance(error, ValueError)):
        kind = InterfaceError  # in asyncpg an error of a value is an InterfaceError too
    return kind(sql, None, error, hide_parameters=True)


def _sqlite_engine(
    url: URL, begin: str | None, *, pool_size: int, read_only: bool = False, brief: bool = False
) -> AsyncEngine:
    pragmas = (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"wal_autocheckpoint={_CHECKPOINT_PAGES}",
        f"query_only={'ON' if read_only else 'OFF'}",
    )
    engine = create_async_engine(
        url.set(drivername="sqlite+shared"),
        hide_parameters=True,
        pool_size=pool_size,
        max_overflow=0,
        execution_options={"compiled_cache": _COMPILED},
        async_creator=lambda: sqlite_driver.connect(url.database or "", pragmas=pragmas, brief=brief),
    )
    if begin is not None:
        event.listen(engine.sync_engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine
