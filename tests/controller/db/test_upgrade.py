"""A database of the previous release, with rows in every table, is upgraded, runs, and has a way back."""

import logging
import os
import re
import resource
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import make_url

from controller.app.container import Container
from controller.app.main import upgrade
from controller.db.migrations import newest_revision
from controller.people.passwords import Passwords
from controller.platform.backups import databases
from controller.platform.backups.before_upgrade import copy_before_upgrade
from controller.platform.backups.restic import BackupFault
from controller.platform.settings import BackupSection, Settings
from tests.controller.clock import ManualClock
from tests.controller.db.previous import KEYS, REVISION, rows, write_previous
from tests.controller.db.test_migrations import SCHEMA
from tests.controller.running import BASE_URL, running, stranger

THEN = datetime(2026, 11, 29, 22, 45, tzinfo=UTC)
"""When the previous release was stopped."""


async def test_a_database_with_rows_in_every_table_keeps_them_and_the_controller_runs_on_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = write_previous(tmp_path)
    before = rows(file)
    assert min(before.values()) > 0
    caplog.set_level(logging.INFO)
    settings = Settings(data_dir=tmp_path, public_url=BASE_URL)
    await upgrade(settings)
    assert f"before-upgrade/{REVISION}.db" in str([getattr(each, "file", "") for each in caplog.records])
    revision, after = databases.count_sqlite(file)
    assert revision == newest_revision()
    assert {name: after[name] for name in before} == before
    async with running(settings, ManualClock(THEN), Passwords()) as app, stranger(app) as client:
        container: Container = app.state.container
        signed_in = await client.post("/api/v1/session", json={"user": KEYS["user"], "password": KEYS["password"]})
        assert signed_in.status_code == 201, signed_in.text
        client.headers["Authorization"] = f"Bearer {signed_in.json()['token']}"
        client.cookies.clear()
        with closing(sqlite3.connect(file)) as database:
            of_codes = [booking for (booking,) in database.execute("SELECT DISTINCT booking_id FROM codes")]
        read = [(await client.get(f"/api/v1/bookings/{each}")).json() for each in of_codes]
        codes = [each["code"] for each in read if each["code"]]
        assert all(re.fullmatch(r"\d{2}•+", each) for each in codes), codes
        assert len(codes) > 10  # which could be decrypted; those of the past are shown to nobody
        assert (await client.get("/api/v1/sites/ramsey/now")).status_code == 200
        assert await container.checks["audit log"]() is None


async def test_the_way_back_is_the_copy_which_is_the_database_as_it_was(tmp_path: Path) -> None:
    file = write_previous(tmp_path)
    before = _all(file)
    await upgrade(Settings(data_dir=tmp_path))
    copy = tmp_path / "before-upgrade" / f"{REVISION}.db"
    assert _all(copy) == before
    assert copy.stat().st_mode & 0o777 == 0o600
    assert await copy_before_upgrade(Settings(data_dir=tmp_path)) is None  # it is the newest


async def test_a_database_of_a_newer_release_is_refused_with_what_to_do(tmp_path: Path) -> None:
    file = write_previous(tmp_path)
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(BackupFault, match=r'form 9999.*install that release again.*"Going back"'):
        await upgrade(Settings(data_dir=tmp_path))


async def test_without_a_copy_it_is_upgraded_only_if_that_is_wanted(tmp_path: Path) -> None:
    file = write_previous(tmp_path)
    (tmp_path / "before-upgrade").write_text("in the way")
    with pytest.raises(OSError, match="before-upgrade"):
        await upgrade(Settings(data_dir=tmp_path))
    assert databases.count_sqlite(file)[0] == REVISION
    await upgrade(Settings(data_dir=tmp_path, backup=BackupSection(before_upgrade=False)))
    assert databases.count_sqlite(file)[0] == newest_revision()


async def test_a_copy_that_fails_leaves_no_part_of_it_on_the_disk(tmp_path: Path) -> None:
    """A full disk would stay full, for the edge and the broker of the same machine too."""
    file = write_previous(tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size // 2, hard))
    try:
        with pytest.raises(BackupFault, match="cannot be copied before its upgrade"):
            await copy_before_upgrade(Settings(data_dir=tmp_path))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list((tmp_path / "before-upgrade").iterdir()) == []


async def test_a_damaged_database_is_said_in_one_line_and_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "hallkeeper.db"
    file.write_bytes(b"no database at all" * 1000)
    with pytest.raises(BackupFault, match=r"hallkeeper\.db cannot be read: .*docs/restore\.md"):
        await upgrade(Settings(data_dir=tmp_path))
    assert file.read_bytes() == b"no database at all" * 1000


async def test_copies_of_the_last_three_upgrades_are_kept(tmp_path: Path) -> None:
    folder = tmp_path / "before-upgrade"
    folder.mkdir()
    for age, name in enumerate(("0031", "0030", "0029", "0028"), 1):
        (folder / f"{name}.db").touch()
        os.utime(folder / f"{name}.db", (1000 - age, 1000 - age))
    write_previous(tmp_path)
    await upgrade(Settings(data_dir=tmp_path))
    assert sorted(each.name for each in folder.iterdir()) == ["0030.db", "0031.db", f"{REVISION}.db"]


@pytest.mark.cases_full
async def test_a_database_on_postgresql_is_dumped_before(postgres_url: Callable[..., str], tmp_path: Path) -> None:
    url = postgres_url()
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    await connection.execute((SCHEMA / "0.2.0.postgresql.sql").read_text())
    await connection.close()
    await upgrade(Settings(data_dir=tmp_path, database=url.replace("+asyncpg", "")))
    dump = tmp_path / "before-upgrade" / "0001.dump"
    revision, _ = await databases.put_back(make_url(postgres_url()), dump)
    assert revision == "0001"


def _all(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as database:
        return list(database.iterdump())
