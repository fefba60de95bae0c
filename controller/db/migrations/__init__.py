"""The database's history, carried out at every start and by ``hallkeeper controller migrate``."""

import contextlib
import glob
import os
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

if TYPE_CHECKING:
    from alembic.config import Config

_LOCK = 0x4A11_0001
_VERSIONS = Path(__file__).parent / "versions"


async def migrate(url: str | URL) -> None:
    """Bring a database to the newest form. Idempotent, and safe when several start at once.

    Alembic is imported only when the database's revision is not the newest: it takes 0.2 s of CPU and 10 MB.
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


def newest_revision() -> str:
    """The revision of the last migration, by the numbers that their files begin with."""
    return max(file.name.partition("_")[0] for file in _VERSIONS.glob("[0-9]*_*.py"))


def alembic_config(connection: Connection) -> "Config":
    """Alembic's settings without a file; ``connection`` is what ``env.py`` works on."""
    from alembic.config import Config

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
    if _revisions(connection) != [newest_revision()]:
        from alembic import command

        command.upgrade(alembic_config(connection), "head")
    connection.commit()


def _revisions(connection: Connection) -> list[str]:
    """What Alembic wrote into its table; nothing in a new database."""
    if not inspect(connection).has_table("alembic_version"):
        return []
    return list(connection.execute(text("SELECT version_num FROM alembic_version")).scalars())
