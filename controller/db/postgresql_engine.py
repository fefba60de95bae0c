"""An engine for PostgreSQL: its pool, what its connections are told, and when one is asked whether it still answers."""

import os
import socket
import time
from typing import Any

from sqlalchemy import event
from sqlalchemy.dialects import registry
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.util import LRUCache

from controller.db.postgresql_dialect import SharedDialect

CONNECT_S = 60.0
RESTED_S = 1.0
"""A connection that has rested for longer is asked whether its server is still there."""
SHARED = "postgresql+shared"
SILENT_S = 25
"""How long a server may acknowledge nothing on a connection of its own before that has failed. The kernel alone would
wait a quarter of an hour, also where the network has come back and knows the connection no more (tcp(7))."""
_KEPT_ALIVE = (
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 10),
    (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 5),
    (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3),
    (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, SILENT_S * 1000),
)
POOL_WAIT_S = 4.0
HANGS_S = 60.0
_STATEMENTS_KEPT = 500
"""Prepared statements of each connection, by SQLAlchemy and by the driver each."""
_RESTS_SINCE = "rests since"
registry.register("postgresql.shared", "controller.db.postgresql_dialect", "SharedDialect")


def following(url: URL) -> URL:
    """An address of which every engine connects to the primary of several servers."""
    return url.set(drivername=SHARED) if url.get_backend_name() == "postgresql" else url


async def primary_of(url: URL) -> URL:
    """Of an address of several servers, that of the one that ``following`` connects to now, for programs that are not
    ours. Raises ``OSError`` and errors of asyncpg."""
    found = SharedDialect().servers(url)  # type: ignore[no-untyped-call]
    if found is None:
        return url
    servers, wanted = found
    host, port = await servers.address(**wanted)
    query = {name: value for name, value in url.query.items() if name not in ("host", "port", "target_session_attrs")}
    return url.set(host=host, port=port, query=query)


def postgresql_engine(
    url: URL, name: str, compiled: LRUCache[Any, Any], *, wait_s: float, connect_s: float = CONNECT_S
) -> AsyncEngine:
    """``name``: by which the server knows its connections. ``compiled``: where statements are kept once they are
    compiled. ``wait_s``, ``connect_s``: how long a lock, and the making of a connection, may take."""
    engine = create_async_engine(
        url.set(drivername=SHARED),
        hide_parameters=True,
        pool_size=10,
        max_overflow=0,
        execution_options={"compiled_cache": compiled},
        pool_timeout=POOL_WAIT_S,
        pool_use_lifo=True,  # the one that was used last has its statements prepared
        connect_args={
            "timeout": connect_s,
            "server_settings": {
                "application_name": name,
                "lock_timeout": f"{wait_s:g}s",
                # A controller that hangs in the middle of a transaction holds up no other for longer.
                "idle_in_transaction_session_timeout": f"{HANGS_S:g}s",
            },
            "prepared_statement_cache_size": _STATEMENTS_KEPT,
            "statement_cache_size": _STATEMENTS_KEPT,
        },
    )
    dialect = engine.dialect

    def rests(_: DBAPIConnection, record: ConnectionPoolEntry) -> None:
        record.info[_RESTS_SINCE] = time.monotonic()

    def require_answer(connection: DBAPIConnection, record: ConnectionPoolEntry, _: object) -> None:
        """SQLAlchemy's own ``pool_pre_ping`` asks each time, which is three trips to the server."""
        since = record.info.get(_RESTS_SINCE)
        if since is None:
            return
        try:
            there = not record.driver_connection.is_closed()  # type: ignore[union-attr]
            if there and time.monotonic() - since > RESTED_S:
                dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error:
            there = False
        if not there:
            raise InvalidatePoolError

    event.listen(engine.sync_engine, "connect", _keep_alive)
    event.listen(engine.sync_engine, "checkin", rests)
    event.listen(engine.sync_engine, "checkout", require_answer)
    return engine


def _keep_alive(_: DBAPIConnection, record: ConnectionPoolEntry) -> None:
    transport = record.driver_connection._transport  # type: ignore[union-attr]  # asyncpg has no other way to it
    theirs = transport.get_extra_info("socket")
    if theirs.family == socket.AF_UNIX:
        return
    with socket.socket(fileno=os.dup(theirs.fileno())) as ours:  # that of uvloop takes no options
        for option in _KEPT_ALIVE:
            ours.setsockopt(*option)
