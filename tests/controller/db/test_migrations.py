"""The migrations make exactly the tables that the code knows."""

import asyncio
import importlib
import os
import stat
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

import controller
import controller.web.idempotency
from controller.db.engine import Database, metadata
from controller.db.migrations import alembic_config, migrate, newest_revision

for _tables in Path(controller.__file__).parent.rglob("tables.py"):
    importlib.import_module(f"controller.{_tables.parent.name}.tables")


def _drift(connection: sa.Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, metadata))


async def test_the_migrated_database_has_the_tables_of_the_code_and_no_others(db: Database) -> None:
    async with db.read() as tx:
        assert await tx.run_sync(_drift) == []


async def _drift_of(url: str) -> list[object]:
    database = Database(url)
    try:
        async with database.read() as tx:
            return await tx.run_sync(_drift)
    finally:
        await database.close()


async def test_migrating_again_changes_nothing(database_url: str) -> None:
    await migrate(database_url)
    assert await _drift_of(database_url) == []


async def test_the_newest_revision_is_the_one_that_alembic_goes_to(db: Database) -> None:
    async with db.read() as tx:
        heads = await tx.run_sync(lambda sync: ScriptDirectory.from_config(alembic_config(sync)).get_heads())
    assert heads == [newest_revision()]


async def test_several_that_start_at_once_on_an_empty_database_all_come_up(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'new.db'}"
    await asyncio.gather(*(migrate(url) for _ in range(3)))
    assert await _drift_of(url) == []


async def test_several_that_start_at_once_on_postgresql_all_come_up(postgres_url: Callable[..., str]) -> None:
    url = postgres_url()
    await asyncio.gather(*(migrate(url) for _ in range(3)))
    assert await _drift_of(url) == []


@pytest.mark.parametrize("there", [True, False])
async def test_nobody_but_its_owner_reads_the_file_of_sqlite_whatever_the_umask(
    tmp_path: Path, request: pytest.FixtureRequest, there: bool
) -> None:
    request.addfinalizer(partial(os.umask, os.umask(0)))
    file = tmp_path / "new.db"
    if there:
        await asyncio.to_thread(file.touch)
    await migrate(f"sqlite+aiosqlite:///{file}")
    database = Database(f"sqlite+aiosqlite:///{file}")
    async with database.write() as tx:
        await tx.execute(sa.text("UPDATE readiness SET id = 2"))
        modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()}  # noqa: ASYNC240  # few
    await database.close()
    assert modes == dict.fromkeys(("new.db", "new.db-wal", "new.db-shm"), 0o600)
