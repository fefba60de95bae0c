"""One controller per SQLite database: a second one refuses to start and names the first. On PostgreSQL several may run,
and what must be alone, as an upgrade of the tables must, is refused while one of them does.

The lock ends with the process that holds it, however that ends. SQLite: ``flock`` on a file next to the database.
PostgreSQL: a session's advisory lock on a connection of its own, which the server ends with the connection; where the
other machine has lost its power, TCP keep-alive notices after half a minute.
"""

import asyncio
import fcntl
import logging
import os
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from controller.db.engine import Tx
from controller.db.errors import is_away, words_of
from controller.db.postgresql_engine import SHARED

log = logging.getLogger(__name__)

HANDOVER_S = 2.0
"""How long the lock is asked for: who held it may be about to end."""
RETRY_S = 0.1
LOOK_EVERY_S = 5.0
"""How often the connection that holds the lock is looked at, in seconds."""
_KEY = 0x4A11_0002
_TAKE = text("SELECT pg_try_advisory_lock(:key)")
_TAKE_SHARED = text("SELECT pg_try_advisory_lock_shared(:key)")
_HOLDER = text(
    "SELECT application_name || COALESCE(' on ' || host(client_addr), '')"
    "       || to_char(backend_start AT TIME ZONE 'UTC', '\", since \"YYYY-MM-DD HH24:MI\" UTC\"')"
    " FROM pg_locks JOIN pg_stat_activity USING (pid)"
    " WHERE locktype = 'advisory' AND granted AND classid = 0 AND objid = :key AND objsubid = 1"
    "   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
_OTHERS = text(
    "SELECT count(*) > 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = 0 AND objid = :key"
    "   AND objsubid = 1 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
_SERVER_SETTINGS = {"tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "4"}
_LONGEST_NAME = 63
"""Bytes of an application's name (NAMEDATALEN - 1); PostgreSQL cuts off the rest."""


class DatabaseTaken(Exception):
    """Another controller has the database."""

    def __init__(self, database: str, holder: str) -> None:
        super().__init__(
            f"the database {database} is in use by {holder or 'another controller'}; this needs it alone, so stop that "
            "one first, or give this one another `database`"
        )


class InstanceLock(Protocol):
    """The lock while it is held."""

    async def watch(self) -> None:
        """Runs as long as the lock is held. Raises ``DatabaseTaken`` once another has it."""


@asynccontextmanager
async def hold(url: URL, *, name: str, shared: bool = False) -> AsyncIterator[InstanceLock]:
    """Hold the lock of a database until the end of the block; ``name``: the owner, as the error names it to others.
    ``shared``: with all others who share it, on PostgreSQL.

    Raises ``DatabaseTaken``, and ``OSError`` or ``SQLAlchemyError`` where the database cannot be reached.
    """
    lock: _FileLock | _SessionLock
    lock = (
        _FileLock(url.database or "", name) if url.get_backend_name() == "sqlite" else _SessionLock(url, name, shared)
    )
    until = time.monotonic() + HANDOVER_S
    try:
        while not await lock.take():
            if time.monotonic() > until:
                raise DatabaseTaken(lock.database, await lock.holder())
            await asyncio.sleep(RETRY_S)
        yield lock
    finally:
        await lock.release()


async def several_run(tx: Tx) -> bool:
    """Whether more than one controller works on the database."""
    return tx.dialect.name == "postgresql" and bool((await tx.execute(_OTHERS, {"key": _KEY})).scalar())


class _FileLock:
    """``file``: the database; the lock file is next to it and is never removed, since two processes could then each
    hold a lock."""

    def __init__(self, file: str, name: str) -> None:
        self.database = file
        place = Path(file).resolve()  # it may have several names
        self._file = place.with_name(f"{place.name}.lock")
        self._name = f"{name} (process {os.getpid()} on {socket.gethostname()})"
        self._descriptor: int | None = None

    async def take(self) -> bool:
        if self._descriptor is None:
            # Not inherited by other programs (PEP 446), which could hold it for longer than we live.
            self._descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, self._name.encode(), 0)
        return True

    async def holder(self) -> str:
        return self._file.read_text(errors="replace")

    async def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    async def watch(self) -> None:
        await asyncio.Event().wait()  # the kernel takes it from nobody


class _SessionLock:
    """A pooler in between must use session pooling: the lock belongs to the session."""

    def __init__(self, url: URL, name: str, shared: bool) -> None:
        self._take = _TAKE_SHARED if shared else _TAKE
        self.database = url.render_as_string(hide_password=True)
        label = f"{name}, process {os.getpid()} of {socket.gethostname()}"
        shown = label.encode("ascii", "replace")[:_LONGEST_NAME].decode()
        settings = {**_SERVER_SETTINGS, "application_name": shown}
        self._engine = create_async_engine(
            url.set(drivername=SHARED),
            hide_parameters=True,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args={"server_settings": settings},
        )
        self._connection: AsyncConnection | None = None

    async def take(self) -> bool:
        if self._connection is None:
            self._connection = await self._engine.connect()
        return bool((await self._connection.execute(self._take, {"key": _KEY})).scalar_one())

    async def holder(self) -> str:
        assert self._connection is not None
        return str((await self._connection.execute(_HOLDER, {"key": _KEY})).scalar() or "")

    async def release(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.invalidate()  # which ends the session, also where the server does not answer
            await connection.close()
        await self._engine.dispose()

    async def watch(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._stand()
            except Exception as error:
                if not is_away(error):
                    raise
                fields = {"action": "instance_lock", "reason": words_of(error)}
                log.error("The lock on the database is lost; taking it again", extra=fields)

    async def _stand(self) -> None:
        """Raises ``DatabaseTaken``, or what the way to the database raises; then there is no connection."""
        try:
            if self._connection is not None:
                await self._connection.execute(text("SELECT 1"))
            elif not await self.take():
                raise DatabaseTaken(self.database, await self.holder())
        except BaseException:
            await self.release()
            raise
