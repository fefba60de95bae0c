"""The database's history, carried out at every start and by ``hallkeeper controller migrate``."""

import contextlib
import glob
import os
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
    if make_url(url).get_backend_name() == "sqlite":
        _make_private(Path(make_url(url).database or ""))
    engine = create_async_engine(make_url(url), hide_parameters=True, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()


def _make_private(file: Path) -> None:
    """Only its owner may read the database; SQLite gives the files beside it the same rights."""
    with contextlib.suppress(FileExistsError):
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    if file.stat().st_mode & 0o077:
        for each in file.parent.glob(f"{glob.escape(file.name)}*"):
            each.chmod(0o600)


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
