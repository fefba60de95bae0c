"""A new database has the tables of the code, and an older one has them after its upgrade."""

import asyncio
import importlib
import os
import sqlite3
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import OperationalError

from controller.app.schema import migrate
from controller.db.engine import Database, metadata
from controller.db.migrations import alembic_config, newest_revision
from controller.people.tables import assignments
from controller.telemetry.tables import rollups, sensor_runs
from tests.controller.records.audit.reading import rows_of

MINUTE = timedelta(minutes=1)
SCHEMA = Path(__file__).parents[2] / "data" / "schema"
_RULES = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype IN ('c', 'x')"
    " UNION ALL SELECT tgrelid::regclass || tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
    " UNION ALL SELECT proname, prosrc FROM pg_proc WHERE proname = 'hallkeeper_note_change'",
}
"""What Alembic does not compare: triggers, checks, exclusions."""


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


async def _rules(url: str) -> list[tuple[str, str]]:
    database = Database(url)
    try:
        async with database.read() as tx:
            rows = await tx.execute(sa.text(_RULES[tx.dialect.name]))
            return sorted((str(name), str(rule)) for name, rule in rows)
    finally:
        await database.close()


async def test_a_sqlite_database_of_the_first_release_is_upgraded(tmp_path: Path) -> None:
    old, new = (f"sqlite+aiosqlite:///{tmp_path / name}" for name in ("old.db", "new.db"))
    with sqlite3.connect(tmp_path / "old.db") as connection:
        connection.executescript((SCHEMA / "0.2.0.sqlite.sql").read_text())
    connection.close()
    await migrate(old)
    await migrate(new)
    assert await _drift_of(old) == []
    assert len(await _rules(new)) == 4
    assert await _rules(old) == await _rules(new)


@pytest.mark.cases_full
async def test_the_list_of_writes_becomes_the_audit_log_with_users_by_id(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'old.db'}"
    with sqlite3.connect(tmp_path / "old.db") as connection:
        connection.executescript((SCHEMA / "0.2.0.sqlite.sql").read_text())
        connection.execute(
            "INSERT INTO users (id, name, name_key, password_hash, created_at) VALUES ('u1', 'Cora', 'cora', 'x', 1)"
        )
        connection.executemany(
            "INSERT INTO writes (at, actor, act, site, thing) VALUES (?, ?, ?, ?, ?)",
            [
                (1, "Cora", "book", "ramsey", "booking b1"),
                (2, "edge:ramsey/pi", "enrol", "ramsey", "edge pi"),
                (3, "console", "make", None, "user Cora, reader, all sites"),
            ],
        )
    connection.close()
    await migrate(url)
    database = Database(url)
    try:
        rows = await rows_of(database)
    finally:
        await database.close()
    assert [(each["user_id"], each["actor"], each["who"], each["thing"]) for each in rows] == [
        ("u1", "", "Cora", "booking b1"),
        (None, "edge:ramsey/pi", "edge:ramsey/pi", "edge pi"),
        (None, "console", "console", "user u1"),
    ]
    assert rows[2]["changes"] == {"what": [None, "reader, all sites"]}


_USERS = (
    ("u1", "Una", "admin", None, None),
    ("u2", "Max", "manager", '["wyton","ramsey"]', None),
    ("u3", "Cora", "booker", '["ramsey"]', "choir"),
    ("u4", "Rose", "reader", None, None),
    ("u5", "Pat", "porter", None, None),
)
_HELD = [
    ("u1", "owner", None, None),
    ("u2", "manager", "ramsey", None),
    ("u2", "manager", "wyton", None),
    ("u3", "group_leader", "ramsey", "choir"),
    ("u4", "wall", None, None),
    ("u5", "porter", None, None),
]


@pytest.mark.cases_full
async def test_the_role_of_a_user_becomes_assignments_for_each_of_their_sites(
    tmp_path: Path, postgres_url: Callable[..., str]
) -> None:
    fields = "INSERT INTO users (id, name, name_key, password_hash, created_at, role, sites, party) VALUES"
    sqlite_url, postgres = f"sqlite+aiosqlite:///{tmp_path / 'old.db'}", postgres_url()
    with sqlite3.connect(tmp_path / "old.db") as old:
        old.executescript((SCHEMA / "0.2.0.sqlite.sql").read_text())
        for user, name, *rights in _USERS:
            old.execute(f"{fields} (?, ?, ?, 'x', 1000000, ?, ?, ?)", (user, name, name.lower(), *rights))
    old.close()
    connection = await asyncpg.connect(postgres.replace("+asyncpg", ""))
    await connection.execute((SCHEMA / "0.2.0.postgresql.sql").read_text())
    made_at = datetime.fromtimestamp(1, UTC)
    for user, name, *rights in _USERS:
        await connection.execute(
            f"{fields} ($1, $2, $3, 'x', $4, $5, $6, $7)", user, name, name.lower(), made_at, *rights
        )
    await connection.close()
    for url in (sqlite_url, postgres):
        await migrate(url)
        database = Database(url)
        try:
            async with database.read() as tx:
                held = (await tx.execute(sa.select(assignments))).mappings().all()
        finally:
            await database.close()
        found = [(each["user_id"], each["role"], each["site"], each["party"]) for each in held]
        assert sorted(found, key=str) == sorted(_HELD, key=str)
        assert {(each["from_at"], each["until_at"], each["given_by"]) for each in held} == {(None, None, "upgrade")}


async def test_a_postgresql_database_of_the_first_release_is_upgraded(postgres_url: Callable[..., str]) -> None:
    old, new = postgres_url(), postgres_url()
    connection = await asyncpg.connect(old.replace("+asyncpg", ""))
    await connection.execute((SCHEMA / "0.2.0.postgresql.sql").read_text())
    await connection.close()
    await migrate(old)
    await migrate(new)
    assert await _drift_of(old) == []
    assert [name for name, rule in await _rules(new) if rule.startswith("EXCLUDE")] == [
        "claims_no_overlap",
        "code_claims_no_overlap",
    ]
    assert await _rules(old) == await _rules(new)


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
    assert await _drift_of(database_url) == []


async def test_the_newest_revision_is_the_one_that_alembic_goes_to(db: Database) -> None:
    async with db.read() as tx:
        heads = await tx.run_sync(lambda sync: ScriptDirectory.from_config(alembic_config(sync)).get_heads())
    assert heads == [newest_revision()]


async def test_no_revision_has_a_way_back_since_an_older_backup_is_the_way_back(db: Database) -> None:
    async with db.read() as tx:
        scripts = await tx.run_sync(lambda sync: ScriptDirectory.from_config(alembic_config(sync)))
    revisions = list(scripts.walk_revisions())
    assert len(revisions) > 35
    assert [each.revision for each in revisions if hasattr(each.module, "downgrade")] == []


@pytest.mark.cases_full
async def test_several_that_start_at_once_on_an_empty_database_all_come_up(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'new.db'}"
    await asyncio.gather(*(migrate(url) for _ in range(3)))
    assert await _drift_of(url) == []


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
    assert await _drift_of(f"sqlite+aiosqlite:///{file}") == []


@pytest.mark.cases_full
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


async def test_a_sensor_s_runs_are_filled_from_the_steps_in_which_it_reported(db: Database) -> None:
    module: Any = importlib.import_module("controller.db.migrations.versions.0056_sensor_runs")
    first = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    same = {"site": "ramsey", "edge": "pi", "step": "5min", "place": "", "n": 1, "total": 1, "least": 1, "most": 1}
    heard = [
        *(("window", "contact", "open", minutes) for minutes in (0, 5, 35, 70)),
        ("window", "room", "co2", 5),
        ("pir", "motion", "started", 10),
        ("beams", "footfall", "in", 10),
    ]
    names = ("device", "measurement", "field")
    rows = [same | dict(zip(names, each, strict=True)) | {"at": first + MINUTE * at} for *each, at in heard]
    async with db.write() as tx:
        await tx.execute(sa.insert(rollups), rows)
        reach = "1800000000" if tx.dialect.name == "sqlite" else "interval '30 minutes'"
        await tx.execute(sa.text(module._FILL.format(reach=reach)))
        runs = sorted(await tx.execute(sa.select(sensor_runs)))
    found = [(run[2], *((at - first) // MINUTE for at in run[3:5])) for run in runs]
    assert found == [("pir", 10, 40), ("window", 0, 65), ("window", 70, 100)]
