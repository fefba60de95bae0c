"""A database of the first revision is upgraded to a later one (``sample_revisions``), runs, and has a way back."""

import asyncio
import logging
import os
import resource
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError
from typer.testing import CliRunner

from controller.app.cli.controller import app as cli
from controller.app.container import Container
from controller.app.main import upgrade
from controller.app.schema import is_newest, migrate
from controller.db import migrations
from controller.db.engine import Database
from controller.db.migrations import newest_revision
from controller.estate import repository as estate
from controller.estate.model import Site
from controller.platform.backups import databases
from controller.platform.backups.before_upgrade import copy_before_upgrade
from controller.platform.backups.restic import BackupFault
from controller.platform.settings import BackupSection, Settings
from tests.controller.clock import ManualClock
from tests.controller.db.schema import drift_of, rules_of
from tests.controller.running import BASE_URL, NOW, PASSWORD, USER, running, stranger
from tests.controller.seeds import Seeds, Stage, cheap_passwords
from tests.controller.village import book, code_of, look

SAMPLE = Path(__file__).parent / "sample_revisions" / "versions"
OLD, NEW = "0001", "0002"


@contextmanager
def later_release() -> Iterator[None]:
    """A release that has the sample revision."""
    migrations.FOLDERS.append(SAMPLE)
    try:
        yield
    finally:
        migrations.FOLDERS.remove(SAMPLE)


@pytest.fixture
def later() -> Iterator[None]:
    with later_release():
        yield


@pytest.fixture
def file(tmp_path: Path, seeds: Seeds) -> Path:
    """The database of a controller of the first revision, with a site, and its keys."""
    seed = seeds.sqlite(Stage.FURNISHED)
    seed.keys_into(tmp_path)
    return Path(shutil.copy(seed.database, tmp_path / "hallkeeper.db"))


async def _sites(url: str) -> tuple[list[str], list[str], list[str]]:
    database = Database(url)
    try:
        async with database.read() as tx:
            asked = "SELECT id FROM sites", "SELECT sample FROM sites", "SELECT site FROM sample_sites"
            ids, samples, filled = [[str(each) for each in await tx.scalars(sa.text(sql))] for sql in asked]
            return ids, samples, filled
    finally:
        await database.close()


async def test_an_upgraded_database_has_what_the_revision_brings_and_all_that_was_there(
    database_url: str, later: None
) -> None:
    database = Database(database_url)
    async with database.write() as tx:
        await estate.put_site(tx, Site(id="ramsey", name="Ramsey", zone="Europe/London"))
    await database.close()
    before = await rules_of(database_url)
    assert not await is_newest(database_url)
    await asyncio.gather(*(migrate(database_url) for _ in range(3)))  # several that start at once
    assert await is_newest(database_url)
    assert await _sites(database_url) == (["ramsey"], ["new"], ["ramsey"])
    assert await rules_of(database_url) == before
    drift = await drift_of(database_url)
    assert sorted(each[0] for each in drift) == ["remove_column", "remove_table"], drift  # of the sample


async def test_an_upgrade_that_fails_leaves_the_database_as_it_was(database_url: str, later: None) -> None:
    database = Database(database_url)
    async with database.write() as tx:
        await tx.execute(sa.text("CREATE TABLE sample_sites (in_the_way INTEGER)"))
    await database.close()
    before = await drift_of(database_url)
    with pytest.raises(DBAPIError, match="sample_sites"):
        await migrate(database_url)
    assert [each[0] for each in before] == ["remove_table"]
    assert len(await drift_of(database_url)) == 1
    assert not await is_newest(database_url)


async def test_an_upgraded_controller_opens_what_it_stored_and_knows_its_users(
    file: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    settings = Settings(data_dir=tmp_path, public_url=BASE_URL)
    async with running(settings, ManualClock(NOW), cheap_passwords()) as app, stranger(app) as client:
        await _sign_in(client)
        booking = await book(client)
        code = await code_of(client, booking)
    _, before = databases.count_sqlite(file)
    with later_release():
        await upgrade(settings)
        assert newest_revision() == NEW
    assert f"before-upgrade/{OLD}.db" in str([getattr(each, "file", "") for each in caplog.records])
    revision, after = databases.count_sqlite(file)
    assert revision == NEW
    assert {name: after[name] for name in before} == before
    async with running(settings, ManualClock(NOW), cheap_passwords()) as app, stranger(app) as client:
        await _sign_in(client)
        assert await code_of(client, await look(client, booking)) == code
        container: Container = app.state.container
        assert await container.checks["audit log"]() is None


async def test_the_way_back_is_the_copy_which_is_the_database_as_it_was(
    file: Path, tmp_path: Path, later: None
) -> None:
    before = _all(file)
    await upgrade(Settings(data_dir=tmp_path))
    copy = tmp_path / "before-upgrade" / f"{OLD}.db"
    assert _all(copy) == before
    assert copy.stat().st_mode & 0o777 == 0o600
    assert await copy_before_upgrade(Settings(data_dir=tmp_path)) is None  # it is the newest


async def test_a_database_of_a_newer_release_is_refused_with_what_to_do(file: Path, tmp_path: Path) -> None:
    with later_release():
        await upgrade(Settings(data_dir=tmp_path))
    with pytest.raises(BackupFault, match=rf'form {NEW}, .*{OLD}.*install that release again.*"Going back"'):
        await upgrade(Settings(data_dir=tmp_path))


async def test_without_a_copy_it_is_upgraded_only_if_that_is_wanted(file: Path, tmp_path: Path, later: None) -> None:
    (tmp_path / "before-upgrade").write_text("in the way")
    with pytest.raises(OSError, match="before-upgrade"):
        await upgrade(Settings(data_dir=tmp_path))
    assert databases.count_sqlite(file)[0] == OLD
    await upgrade(Settings(data_dir=tmp_path, backup=BackupSection(before_upgrade=False)))
    assert databases.count_sqlite(file)[0] == NEW


async def test_a_copy_that_fails_leaves_no_part_of_it_on_the_disk(file: Path, tmp_path: Path, later: None) -> None:
    """A full disk would stay full, for the edge and the broker of the same machine too."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size // 2, hard))  # noqa: ASYNC240  # once
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


async def test_copies_of_the_last_three_upgrades_are_kept(file: Path, tmp_path: Path, later: None) -> None:
    folder = tmp_path / "before-upgrade"
    folder.mkdir()
    for age, name in enumerate(("0031", "0030", "0029", "0028"), 1):
        (folder / f"{name}.db").touch()
        os.utime(folder / f"{name}.db", (1000 - age, 1000 - age))
    await upgrade(Settings(data_dir=tmp_path))
    assert sorted(each.name for each in folder.iterdir()) == [f"{OLD}.db", "0030.db", "0031.db"]


def test_the_command_migrate_upgrades_and_copies_before(file: Path, tmp_path: Path, later: None) -> None:
    config = tmp_path / "controller.toml"
    config.write_text(f'data_dir = "{tmp_path}"\n')
    done = CliRunner().invoke(cli, ["migrate", "--config", str(config)])
    assert (done.exit_code, databases.count_sqlite(file)[0]) == (0, NEW), done.output
    assert databases.count_sqlite(tmp_path / "before-upgrade" / f"{OLD}.db")[0] == OLD


@pytest.mark.cases_full
async def test_a_database_on_postgresql_is_dumped_before(
    postgres_url: Callable[..., str], postgres_template: str, tmp_path: Path, later: None
) -> None:
    url = postgres_url(postgres_template)
    await upgrade(Settings(data_dir=tmp_path, database=url.replace("+asyncpg", "")))
    assert (await databases.put_back(make_url(postgres_url()), tmp_path / "before-upgrade" / f"{OLD}.dump"))[0] == OLD


async def _sign_in(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/session", json={"user": USER, "password": PASSWORD})
    assert answer.status_code == 201, answer.text
    client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
    client.cookies.clear()


def _all(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as database:
        return list(database.iterdump())
