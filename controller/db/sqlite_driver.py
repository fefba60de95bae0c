"""The only module that uses SQLite's library: a connection for SQLAlchemy's asyncio side.

A statement is one trip to the connection's own thread, its rows included. A *brief* connection makes none: what
touches a few rows takes less time than the trip and runs where it is asked for; only what may have to wait, for a
lock or for the disk at a commit, goes to the thread.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

T = TypeVar("T")
Insert: TypeAlias = tuple[str, Sequence[Sequence[Any]]]
"""A statement and the rows to carry it out with."""

BUSY_TIMEOUT_MS = 3_000
"""How long a statement waits for another process's lock; the caller may ask again."""
_STATEMENTS_KEPT = 128
"""Prepared statements of each connection, of which there are ten."""
_BUSY = 0xFF
"""Of an extended error code: the primary one."""


async def connect(file: str, *, pragmas: Sequence[str], brief: bool) -> "Connection":
    """Open a database file. It begins no transaction by itself: a deferred one lets two writers read one state."""

    def opened() -> sqlite3.Connection:
        raw = sqlite3.connect(
            file, timeout=0, isolation_level=None, check_same_thread=False, cached_statements=_STATEMENTS_KEPT
        )
        for pragma in (f"busy_timeout={BUSY_TIMEOUT_MS}", *pragmas, *(["busy_timeout=0"] if brief else [])):
            raw.execute(f"PRAGMA {pragma}")
        return raw

    worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"sqlite {Path(file).name}")
    try:
        raw = await asyncio.wrap_future(worker.submit(opened))
    except BaseException:
        worker.shutdown(wait=False)
        raise
    return Connection(raw, worker, brief=brief)


class Connection:
    """``_connection`` is what SQLAlchemy asks whether it is open."""

    def __init__(self, raw: sqlite3.Connection, worker: ThreadPoolExecutor, *, brief: bool) -> None:
        self._connection: sqlite3.Connection | None = raw
        self._worker = worker
        self._brief = brief
        self._last: Future[Any] | None = None

    def cursor(self) -> "Cursor":
        return Cursor(self, self._raw.cursor())

    async def begin(self) -> None:
        """Begin a transaction that may write. Raises ``sqlite3.Error``."""
        await self.do(partial(self._raw.execute, "BEGIN IMMEDIATE"))

    async def commit(self) -> None:
        if self._brief and not self._raw.in_transaction:
            return  # without a transaction there is nothing to wait for
        await self._in_thread(self._raw.commit)

    async def rollback(self) -> None:
        await self.do(self._raw.rollback)

    async def create_function(self, *args: Any, **kwargs: Any) -> None:
        await self.do(partial(self._raw.create_function, *args, **kwargs))

    async def insert(self, inserts: Sequence[Insert]) -> None:
        """Carry out inserts in one step. Raises ``sqlite3.Error``; those before it are then in the transaction."""

        def step() -> None:
            for statement, rows in inserts:
                self._raw.executemany(statement, rows)

        await self.do(step)

    async def select(self, statement: str, values: Sequence[Any]) -> tuple[list[str], list[tuple[Any, ...]]]:
        """The names of its columns, and all rows. Raises ``sqlite3.Error``."""

        def step() -> tuple[list[str], list[tuple[Any, ...]]]:
            cursor = self._raw.execute(statement, values)
            return [column[0] for column in cursor.description], cursor.fetchall()

        return await self.do(step)

    async def close(self) -> None:
        """Idempotent."""
        raw, self._connection = self._connection, None
        if raw is not None:
            await self._in_thread(raw.close)
            self._worker.shutdown(wait=False)

    def stop(self) -> None:
        """Close without waiting, where nothing can wait any more."""
        raw, self._connection = self._connection, None
        if raw is not None:
            self._worker.submit(raw.close)
            self._worker.shutdown(wait=False)

    @property
    def _raw(self) -> sqlite3.Connection:
        if self._connection is None:
            raise ValueError("connection closed")  # as SQLAlchemy knows it from aiosqlite
        return self._connection

    async def do(self, step: Callable[[], T]) -> T:
        """Carry out a step, after those before it."""
        if not self._brief or (self._last is not None and not self._last.done()):  # one that was cancelled still runs
            return await self._in_thread(step)
        try:
            return step()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & _BUSY != sqlite3.SQLITE_BUSY:
                raise
        return await self._in_thread(partial(self._with_busy_timeout, step))

    def _with_busy_timeout(self, step: Callable[[], T]) -> T:
        raw = self._raw
        raw.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        try:
            return step()
        finally:
            raw.execute("PRAGMA busy_timeout=0")

    async def _in_thread(self, step: Callable[[], T]) -> T:
        found = self._last = self._worker.submit(step)
        return await asyncio.wrap_future(found)


class Cursor:
    """One statement at a time; its rows are read with it."""

    arraysize = 1

    def __init__(self, connection: Connection, raw: sqlite3.Cursor) -> None:
        self._connection = connection
        self._raw = raw
        self._rows: list[Any] = []

    async def __aenter__(self) -> "Cursor":
        return self

    @property
    def description(self) -> Any:
        return self._raw.description

    @property
    def rowcount(self) -> int:
        return self._raw.rowcount

    @property
    def lastrowid(self) -> int | None:
        return self._raw.lastrowid

    async def execute(self, operation: str, parameters: Any = ()) -> None:
        self._rows = await self._connection.do(partial(self._step, operation, parameters))

    def _step(self, operation: str, parameters: Any) -> list[Any]:
        self._raw.execute(operation, parameters)
        return self._raw.fetchall() if self._raw.description else []

    async def executemany(self, operation: str, parameters: Sequence[Any]) -> None:
        await self._connection.do(partial(self._raw.executemany, operation, parameters))

    async def fetchall(self) -> list[Any]:
        return self._rows

    async def close(self) -> None:
        self._raw.close()
