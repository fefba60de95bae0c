"""The clock of a database on PostgreSQL, put ahead or back: the functions that tell its time are replaced by name."""

from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

_NAMES = ("now", "clock_timestamp", "statement_timestamp", "transaction_timestamp")


async def put_clock(url: str, ahead: str = "0 s") -> None:
    """``ahead``: an interval, such as ``-1 hour``. For statements that name a function of no schema, in connections
    that are opened after the first call; ``CURRENT_TIMESTAMP`` goes on as before."""
    found = make_url(url)
    engine = create_async_engine(found, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text("CREATE SCHEMA IF NOT EXISTS shifted"))
        for name in _NAMES:
            body = f"SELECT pg_catalog.{name}() + interval '{ahead}'"
            head = f"CREATE OR REPLACE FUNCTION shifted.{name}() RETURNS timestamptz LANGUAGE sql VOLATILE"
            await connection.execute(text(f"{head} AS $$ {body} $$"))
        path = f"ALTER DATABASE {found.database} SET search_path = shifted, pg_catalog, public"
        await connection.execute(text(path))
    await engine.dispose()
