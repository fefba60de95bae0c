"""A new database has the tables of the code, and one of an earlier release has them after its upgrade."""

import asyncio
import os
import re
import sqlite3
import stat
from collections.abc import Callable
from functools import partial
from pathlib import Path

import asyncpg
import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from sqlalchemy.exc import OperationalError

from controller.app.schema import migrate
from controller.db.engine import Database
from controller.db.migrations import alembic_config, newest_revision
from controller.records.change_log import DIARY, ESTATE
from tests.controller.db.schema import drift_of, rules_of

ROOT = Path(__file__).parents[3]
SCHEMA = ROOT / "tests" / "data" / "schema"
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
RELEASED = re.findall(r"^## (\d+\.\d+\.\d+)(?! \(unreleased\))\b", CHANGELOG, re.MULTILINE)


async def test_a_new_database_has_the_tables_of_the_code_and_no_others(database_url: str) -> None:
    assert await drift_of(database_url) == []


async def test_a_new_database_has_the_rules_that_no_table_can_hold(database_url: str) -> None:
    rules = await rules_of(database_url)
    overlaps = [name for name, rule in rules if rule.startswith("EXCLUDE") or "_no_overlap" in name]
    notes = [name for name, rule in rules if "hallkeeper_note_change(" in rule]
    on_sqlite = database_url.startswith("sqlite")
    moments = ("_insert", "_update") if on_sqlite else ("",)
    assert overlaps == [f"{table}_no_overlap{each}" for table in ("claims", "code_claims") for each in moments]
    assert len(notes) == (0 if on_sqlite else 3 * len([*DIARY, *ESTATE]))


async def test_a_database_of_each_release_is_upgraded_to_the_tables_of_the_code(
    tmp_path: Path, postgres_url: Callable[..., str]
) -> None:
    """``docs/contributing.md`` says how a release writes down its schema."""
    for version in RELEASED:
        sqlite, postgresql = f"sqlite+aiosqlite:///{tmp_path / version}.db", postgres_url()
        with sqlite3.connect(tmp_path / f"{version}.db") as file:
            file.executescript((SCHEMA / f"{version}.sqlite.sql").read_text())
        file.close()
        server = await asyncpg.connect(postgresql.replace("+asyncpg", ""))
        await server.execute((SCHEMA / f"{version}.postgresql.sql").read_text())
        await server.close()
        for old, new in ((sqlite, f"sqlite+aiosqlite:///{tmp_path / 'new.db'}"), (postgresql, postgres_url())):
            await migrate(old)
            await migrate(new)
            assert await drift_of(old) == []
            assert await rules_of(old) == await rules_of(new)


async def test_a_database_with_tables_of_something_else_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "other.db"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE bookings (id INTEGER)")
    connection.close()
    with pytest.raises(OperationalError, match="bookings already exists"):
        await migrate(f"sqlite+aiosqlite:///{file}")
    with sqlite3.connect(file) as connection:
        assert [name for (name,) in connection.execute("SELECT name FROM sqlite_master")] == ["bookings"]
    connection.close()


async def test_migrating_again_changes_nothing(database_url: str) -> None:
    await migrate(database_url)
    assert await drift_of(database_url) == []


async def test_the_newest_revision_is_the_one_that_alembic_goes_to(db: Database) -> None:
    async with db.read() as tx:
        heads = await tx.run_sync(lambda sync: ScriptDirectory.from_config(alembic_config(sync)).get_heads())
    assert heads == [newest_revision()]


async def test_no_revision_has_a_way_back_since_an_older_backup_is_the_way_back(db: Database) -> None:
    async with db.read() as tx:
        scripts = await tx.run_sync(lambda sync: ScriptDirectory.from_config(alembic_config(sync)))
    revisions = list(scripts.walk_revisions())
    assert [each.revision for each in revisions if hasattr(each.module, "downgrade")] == []


@pytest.mark.cases_full
async def test_several_that_start_at_once_on_an_empty_database_all_come_up(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'new.db'}"
    await asyncio.gather(*(migrate(url) for _ in range(3)))
    assert await drift_of(url) == []


@pytest.mark.cases_full
async def test_an_empty_database_that_another_is_about_to_write_is_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "new.db"
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    started = asyncio.create_task(migrate(f"sqlite+aiosqlite:///{file}"))
    done, _ = await asyncio.wait({started}, timeout=0.5)
    assert not done
    other.execute("COMMIT")
    other.close()
    await started
    assert await drift_of(f"sqlite+aiosqlite:///{file}") == []


@pytest.mark.cases_full
async def test_several_that_start_at_once_on_postgresql_all_come_up(postgres_url: Callable[..., str]) -> None:
    url = postgres_url()
    await asyncio.gather(*(migrate(url) for _ in range(3)))
    assert await drift_of(url) == []


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
