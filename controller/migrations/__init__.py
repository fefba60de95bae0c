"""The database's history, carried out at every start and by ``hallkeeper controller migrate``."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

_LOCK = 0x4A11_0001


async def migrate(url: str | URL) -> None:
    """Bring a database to the newest form. Idempotent, and safe when several start at once.

    Everything happens in one transaction on both databases, so a failure leaves what was there before.
    """
    engine = create_async_engine(make_url(url), hide_parameters=True, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()


def alembic_config(connection: Connection) -> Config:
    """Alembic's settings without a file; ``connection`` is what ``env.py`` works on."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        # Foreign keys stay off (SQLite's default): rebuilding a table would cascade otherwise.
        driver = connection.connection.dbapi_connection
        assert driver is not None
        driver.isolation_level = None
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    command.upgrade(alembic_config(connection), "head")
    connection.commit()
