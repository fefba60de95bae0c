"""The controller's database copied as one state, put back and counted: SQLite's online backup, or pg_dump and
pg_restore."""

import asyncio
import os
import secrets
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, func, inspect, select, table, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from controller.db.backup import copy_sqlite
from controller.db.errors import words_of
from controller.db.postgresql_engine import primary_of
from controller.platform.backups.restic import BackupFault

DUMP = "database.dump"
"""A database on PostgreSQL, in pg_dump's own format."""
_SSL = {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}

Rows = dict[str, int]
"""How many rows each table has."""


def sqlite_file(url: URL) -> Path | None:
    """``None`` for PostgreSQL."""
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def count_sqlite(file: Path) -> tuple[str, Rows]:
    """A copy's revision and rows, once SQLite finds no fault in it. Raises ``BackupFault``."""
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as copy:
            faults = [str(row[0]) for row in copy.execute("PRAGMA integrity_check(5)") if row[0] != "ok"]
            faults += [f"a row of {row[0]} names a row that is not there" for row in copy.execute(_FOREIGN_KEYS)]
            if faults:
                raise BackupFault(f"the database is damaged: {'; '.join(faults[:5])}; {_DAMAGED}")
            names = [str(row[0]) for row in copy.execute(_TABLES)]
            rows = {name: int(copy.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]) for name in names}  # noqa: S608
            return str(copy.execute("SELECT version_num FROM alembic_version").fetchone()[0]), rows
    except sqlite3.Error as error:
        raise BackupFault(f"the database cannot be read: {error}; {_DAMAGED}") from error


_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
_FOREIGN_KEYS = "PRAGMA foreign_key_check"
_DAMAGED = "put back an older backup, and look at the disk (smartctl, dmesg)"


async def dump(url: URL, file: Path) -> tuple[str, Rows]:
    """Copy a database into ``file``; its revision and rows in that same state. Raises ``BackupFault``."""
    url = await _primary(url)
    engine = create_async_engine(url, hide_parameters=True, poolclass=NullPool, isolation_level="REPEATABLE READ")
    try:
        async with engine.connect() as connection:
            snapshot = (await connection.execute(text("SELECT pg_export_snapshot()"))).scalar_one()
            await _program(url, "pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={file}")
            return await _count(connection)
    except SQLAlchemyError as error:
        raise BackupFault(f"the database does not answer: {words_of(error)}; is PostgreSQL running?") from error
    finally:
        await engine.dispose()


async def put_back(url: URL, file: Path) -> tuple[str, Rows]:
    """Fill an empty database from ``file``, all or nothing; its revision and rows. Raises ``BackupFault``."""
    url = await _primary(url)
    engine = create_async_engine(url, hide_parameters=True, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            if await connection.run_sync(lambda sync: inspect(sync).get_table_names()):
                raise BackupFault(
                    f"the database {url.database} has tables already; name an empty one in `database`, or move this "
                    f"one aside: ALTER DATABASE {url.database} RENAME TO …, and CREATE DATABASE"
                )
        words = ("--exit-on-error", "--single-transaction", "--no-owner", "--dbname", url.database or "", str(file))
        await _program(url, "pg_restore", *words)
        async with engine.connect() as connection:
            return await _count(connection)
    except SQLAlchemyError as error:
        raise BackupFault(f"the database does not answer: {words_of(error)}; is PostgreSQL running?") from error
    finally:
        await engine.dispose()


async def try_dump(url: URL, file: Path) -> tuple[str, Rows]:
    """Put a dump into a new database of the same server, which is deleted again; its revision and rows. Raises
    ``BackupFault``."""
    url, name = await _primary(url), f"hallkeeper_test_restore_{secrets.token_hex(4)}"
    engine = create_async_engine(url, hide_parameters=True, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            try:
                await connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE template0'))
            except SQLAlchemyError as error:
                raise BackupFault(
                    f"the backup cannot be tested: {words_of(error)}; let {url.username} make the database for that: "
                    f'ALTER ROLE "{url.username}" CREATEDB'
                ) from error
            try:
                return await put_back(url.set(database=name), file)
            finally:
                await connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
    except SQLAlchemyError as error:
        raise BackupFault(f"the database does not answer: {words_of(error)}; is PostgreSQL running?") from error
    finally:
        await engine.dispose()


async def _primary(url: URL) -> URL:
    """The server that the controller works with, for our connections and for PostgreSQL's programs alike: a snapshot
    of one is unknown to another. Raises ``BackupFault``."""
    try:
        return await primary_of(url)
    except Exception as error:  # asyncpg's errors have no root in common
        raise BackupFault(f"the database does not answer: {error}; is PostgreSQL running?") from error


async def _count(connection: AsyncConnection) -> tuple[str, Rows]:
    names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    rows = {
        name: int((await connection.execute(select(func.count()).select_from(table(name)))).scalar_one())
        for name in sorted(names)
    }
    return str((await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar_one()), rows


async def _program(url: URL, program: str, *words: str) -> None:
    """Run one of PostgreSQL's own programs on a database. Its password is in no argument, where all could read it."""
    found = shutil.which(program)
    if found is None:
        raise BackupFault(f"{program} is not installed; apt-get install postgresql-client")
    process = await asyncio.create_subprocess_exec(
        found,
        *words,
        env={**os.environ, **_environment(url)},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    if process.returncode:
        lines = [line for line in said.decode(errors="replace").splitlines() if line.strip()]
        hint = "; install the client of the server's version" if b"server version" in said else ""
        raise BackupFault(f"{program} failed: {' '.join(lines[:2])[:400]}{hint}")


def _environment(url: URL) -> dict[str, str]:
    """A database's address as libpq reads it: https://www.postgresql.org/docs/current/libpq-envars.html."""
    query = {name: value for name, value in url.query.items() if isinstance(value, str)}
    named = url.query.get("host", ())
    pairs = [each.partition(":")[::2] for each in ((named,) if isinstance(named, str) else named)]
    ports = [port for _, port in pairs]
    wanted = {
        "PGHOST": url.host or ",".join(host for host, _ in pairs),
        "PGPORT": str(url.port) if url.port else ",".join(ports) if any(ports) else query.get("port"),
        "PGTARGETSESSIONATTRS": query.get("target_session_attrs"),
        "PGUSER": url.username or query.get("user"),
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
        "PGSSLMODE": next((query[name] for name in ("ssl", "sslmode") if query.get(name) in _SSL), None),
    }
    return {name: str(value) for name, value in wanted.items() if value}


def copy(url: URL, folder: Path) -> tuple[str, str, Rows]:
    """Copy the database into a folder as one state: the file's name, its revision, its rows. Raises ``BackupFault``."""
    database = sqlite_file(url)
    if database is None:
        return DUMP, *asyncio.run(dump(url, folder / DUMP))
    target = folder / database.name
    try:
        copy_sqlite(database, target)
    except sqlite3.Error as error:
        raise BackupFault(f"the database cannot be read: {error}; {_DAMAGED}") from error
    return database.name, *count_sqlite(target)


def check(url: URL, file: Path) -> tuple[str, Rows]:
    """What a copy holds, by opening it as a restore would, and nothing of the database itself. Raises
    ``BackupFault``."""
    return count_sqlite(file) if sqlite_file(url) is not None else asyncio.run(try_dump(url, file))
