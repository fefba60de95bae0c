"""All tables of the controller: a new database is made from them, an older one is upgraded by the revisions.

Done at every start and by ``hallkeeper controller migrate``.
"""

import asyncio
import contextlib
import glob
import os
import time
from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, PrimaryKeyConstraint, String, Table, inspect, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from controller.db.engine import metadata
from controller.db.errors import is_busy
from controller.db.migrations import alembic_config, newest_revision
from controller.db.postgresql_engine import following

_LOCK = 0x4A11_0001
_WAIT_S = 60.0
"""How long SQLite waits for another that migrates; its usual five seconds are short on a busy Pi."""
_REVISION = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32)),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
"""As Alembic creates it."""


async def is_newest(url: str | URL) -> bool:
    """Whether a database has the newest form."""
    engine = create_async_engine(following(make_url(url)), hide_parameters=True, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(_is_newest)
    finally:
        await engine.dispose()


async def migrate(url: str | URL) -> None:
    """Bring a database to the newest form. Idempotent, and safe when several start at once.

    Alembic is imported only when the database's revision is not the newest: it takes 0.2 s of CPU and 10 MB.
    Everything happens in one transaction on both databases, so a failure leaves what was there before.
    """
    waits: dict[str, float] = {}
    if make_url(url).get_backend_name() == "sqlite":
        _make_private(Path(make_url(url).database or ""))
        waits["timeout"] = _WAIT_S
    engine = create_async_engine(following(make_url(url)), hide_parameters=True, poolclass=NullPool, connect_args=waits)
    try:
        async with engine.connect() as connection:
            if waits:
                await _turn_on_wal(connection)
            await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()


async def _turn_on_wal(connection: AsyncConnection) -> None:
    """SQLite answers at once, whatever its timeout, where another is about to write and the log is not on yet."""
    until = time.monotonic() + _WAIT_S
    while True:
        try:
            await connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            return
        except OperationalError as error:
            if not is_busy(error) or time.monotonic() > until:
                raise
        await asyncio.sleep(0.05)


def _make_private(file: Path) -> None:
    """Only its owner may read the database; SQLite gives the files beside it the same rights."""
    with contextlib.suppress(FileExistsError):
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    if file.stat().st_mode & 0o077:
        for each in file.parent.glob(f"{glob.escape(file.name)}*"):
            each.chmod(0o600)


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        # Foreign keys stay off (SQLite's default): rebuilding a table would cascade otherwise.
        driver = connection.connection.dbapi_connection
        assert driver is not None
        driver.isolation_level = None
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    if not inspect(connection).has_table(_REVISION.name):
        _create(connection)
    elif set(connection.scalars(select(_REVISION))) != {newest_revision()}:
        from alembic import command

        command.upgrade(alembic_config(connection), "head")
    connection.commit()


def _is_newest(connection: Connection) -> bool:
    there = inspect(connection).has_table(_REVISION.name)
    return there and set(connection.scalars(select(_REVISION))) == {newest_revision()}


def _create(connection: Connection) -> None:
    """Make all tables, and note that no revision is missing. Raises where one of them is there already."""
    metadata.create_all(connection, checkfirst=False)
    _REVISION.create(connection)
    connection.execute(_REVISION.insert().values(version_num=newest_revision()))
