"""PostgreSQL's notifications between processes (LISTEN and NOTIFY), on a connection of its own."""

import asyncio
import logging
from collections.abc import Callable

from sqlalchemy import URL, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from controller.db.engine import Tx, driver_of, translated
from controller.db.errors import is_away, words_of
from controller.db.postgresql_engine import SHARED

log = logging.getLogger(__name__)

ALIVE_EVERY_S = 0.5
"""How often the line is tried, in real seconds."""
_RETRY_S = 1.0
_TIMEOUT_S = 5.0
_NOTIFY = text("SELECT pg_notify(:channel, '')")
_ALIVE = select(1)


async def notify(tx: Tx, channel: str) -> None:
    """Tell those who listen on ``channel`` once this transaction is committed. SQLite has none who could."""
    if tx.dialect.name == "postgresql":
        await tx.execute(_NOTIFY, {"channel": channel})


async def listen(url: URL, channel: str, *, heard: Callable[[], None], alive: Callable[[], None]) -> None:
    """Call ``heard`` for each notification and for each new connection, since some may have been missed before it, and
    ``alive`` each time that every earlier notification has been heard; runs forever. A server that is away is tried
    again."""
    engine = create_async_engine(
        url.set(drivername=SHARED), hide_parameters=True, poolclass=NullPool, isolation_level="AUTOCOMMIT"
    )
    try:
        while True:
            try:
                async with engine.connect() as connection:
                    await _listen(connection, channel, heard, alive)
            except (SQLAlchemyError, OSError) as error:  # OSError: also what takes too long
                if not (isinstance(error, OSError) or is_away(error)):
                    raise
                log.warning("Notifications do not arrive; trying again", extra={"why": words_of(error)})
            await asyncio.sleep(_RETRY_S)
    finally:
        await engine.dispose()


async def _listen(
    connection: AsyncConnection, channel: str, heard: Callable[[], None], alive: Callable[[], None]
) -> None:
    try:
        await driver_of(connection).add_listener(channel, lambda *_: heard())
    except Exception as error:  # asyncpg's errors have no root in common
        raise translated("LISTEN", error) from error
    heard()  # what was said before goes unheard
    while True:
        async with asyncio.timeout(_TIMEOUT_S):
            await connection.execute(_ALIVE)
        alive()
        await asyncio.sleep(ALIVE_EVERY_S)
