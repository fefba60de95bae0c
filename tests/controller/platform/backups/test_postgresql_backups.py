"""A database on PostgreSQL is dumped as one state, restored into a database of its own, and put back."""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import URL, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from controller.app.schema import migrate
from controller.platform.backups import databases
from controller.platform.backups.restic import BackupFault
from firmware_sim.ports import free_port
from tests.controller.platform.backups.backing_up import Machine
from tests.controller.seeds import Seed
from tests.services.postgres import PostgresServer


async def _do(url: str, *statements: str) -> None:
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        for each in statements:
            await connection.execute(text(each))
    await engine.dispose()


@pytest.mark.cases_full
def test_a_backup_is_restored_into_an_empty_database_and_into_no_other(
    postgres_url: Callable[..., str], tmp_path: Path, sqlite_seed: Seed
) -> None:
    machine, url = Machine(tmp_path, sqlite_seed), postgres_url()
    (machine.data / "hallkeeper.db").unlink()
    asyncio.run(migrate(url))
    machine.config.write_text(f'database = "{url.replace("+asyncpg", "")}"\n' + machine.config.read_text())
    done = machine.run("backup")
    assert done.exit_code == 0, done.output
    assert "was restored and is equal" in done.stdout
    shutil.rmtree(machine.data)
    refused = machine.run("restore")
    assert "has tables already" in refused.stderr
    empty = postgres_url()
    machine.config.write_text(
        machine.config.read_text().replace(make_url(url).database or "", make_url(empty).database or "")
    )
    shutil.rmtree(machine.data)
    done = machine.run("restore")
    assert done.exit_code == 0, done.output
    assert (machine.data / "keys/code.key").exists()


@pytest.mark.cases_full
async def test_who_may_make_no_database_is_told_how_the_backup_can_be_tested(
    postgres_url: Callable[..., str], postgres: PostgresServer, tmp_path: Path
) -> None:
    url = postgres_url()
    await migrate(url)
    await _do(url, "CREATE ROLE plain LOGIN", "GRANT USAGE ON SCHEMA public TO plain")
    try:
        await databases.dump(make_url(url), tmp_path / "dump")
        with pytest.raises(BackupFault, match='ALTER ROLE "plain" CREATEDB'):
            await databases.try_dump(make_url(url).set(username="plain"), tmp_path / "dump")
    finally:
        await _do(url, "REVOKE ALL ON SCHEMA public FROM plain", "DROP ROLE plain")


@pytest.mark.cases_full
async def test_where_primary_and_standby_are_named_the_one_that_takes_writes_is_backed_up(
    postgres_url: Callable[..., str], tmp_path: Path
) -> None:
    url = make_url(postgres_url())
    await migrate(url)
    away = f"127.0.0.1:{free_port()}"
    query = {"host": (away, f"127.0.0.1:{url.port}"), "target_session_attrs": "read-write"}
    both = URL.create(url.drivername, username=url.username, database=url.database, query=query)
    revision, rows = await databases.dump(both, tmp_path / "dump")
    assert (revision, rows) == await databases.try_dump(both, tmp_path / "dump")
