"""The migrations make exactly the tables that the code knows."""

import asyncio
import importlib
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.ext.asyncio import create_async_engine

import controller
import controller.web.idempotency
from controller.db.engine import Database, metadata
from controller.db.migrations import alembic_config, migrate

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


async def test_the_newest_steps_can_be_taken_back_and_taken_again(database_url: str) -> None:
    """Back to the form before secrets, restores and new codes were kept: who has to go back to an older version can."""
    await move(database_url, "0016")
    assert await _drift_of(database_url) != []
    await migrate(database_url)
    assert await _drift_of(database_url) == []


async def move(url: str, to: str) -> None:
    def down(connection: sa.Connection) -> None:
        command.downgrade(alembic_config(connection), to)
        connection.commit()

    engine = create_async_engine(url, poolclass=sa.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(down)
    await engine.dispose()


async def test_several_that_start_at_once_on_an_empty_database_all_come_up(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'new.db'}"
    await asyncio.gather(*(migrate(url) for _ in range(3)))
    assert await _drift_of(url) == []


async def test_several_that_start_at_once_on_postgresql_all_come_up(postgres_url: Callable[..., str]) -> None:
    url = postgres_url()
    await asyncio.gather(*(migrate(url) for _ in range(3)))
    assert await _drift_of(url) == []
