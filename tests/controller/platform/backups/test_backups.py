"""A backup by restic is restored at once and compared; only one that is equal is good, and any can be put back."""

import asyncio
import json
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from controller.db.backup import ERASURES
from controller.platform.backups.restic import BackupFault, Restic
from controller.platform.backups.restore import restore
from controller.platform.backups.service import MANIFEST, back_up, checked, put_together, scratch
from controller.platform.backups.state import read_state
from controller.platform.key_files import load_keys
from tests.controller.clock import ManualClock
from tests.controller.platform.backups.backing_up import Machine
from tests.controller.running import NOW
from tests.controller.seeds import Seed
from tests.eventually import eventually


@pytest.fixture
def machine(tmp_path: Path, sqlite_seed: Seed) -> Machine:
    return Machine(tmp_path, sqlite_seed)


def _rows(data: Path) -> list[str]:
    with closing(sqlite3.connect(data / "hallkeeper.db")) as database:
        return list(database.iterdump())


def test_a_backup_is_tested_noted_listed_and_put_back_with_the_newest_list_of_who_was_forgotten(
    machine: Machine,
) -> None:
    erasures = machine.data / ERASURES
    erasures.write_text('{"parties": {}}')
    (machine.data / "setup-token").write_text("not to be stored")
    before, keys = _rows(machine.data), load_keys(machine.data).public
    said: list[str] = []
    first = back_up(machine.settings, ManualClock(NOW), say=said.append)
    assert "was restored and is equal" in said[-1]
    with closing(sqlite3.connect(machine.data / "hallkeeper.db")) as database, database:
        database.execute("CREATE TABLE later (word TEXT)")
    erasures.write_text('{"parties": {"forgotten": "2026-11-25T12:00:00Z"}}')
    done = machine.run("backup")
    assert done.exit_code == 0, done.output
    state = read_state(machine.data)
    assert state is not None
    assert (state.fault, state.good_at is None, state.snapshot != first.snapshot) == ("", False, True)
    listed = json.loads(machine.run("backups", "--json").stdout)["items"]
    assert [each["id"] for each in listed] == [first.snapshot, state.snapshot]
    shutil.rmtree(machine.data)
    restore(machine.settings, first.snapshot, say=said.append)
    assert _rows(machine.data) == before
    assert load_keys(machine.data).public == keys
    assert "forgotten" in erasures.read_text()
    left = {path.name for path in machine.data.iterdir()} - {".backup", "hallkeeper.db.lock"}
    assert left == {"keys", "hallkeeper.db", ERASURES}
    refused = machine.run("restore")
    assert refused.exit_code == 2
    assert "is not empty" in refused.stderr


def test_a_tree_that_is_changed_in_any_way_is_not_equal(machine: Machine, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    made = put_together(machine.settings, tree, made_at="2026-11-25T12:00:00Z")
    assert checked(machine.settings, tree) == made
    (tree / "keys/page.key").rename(tree / "keys/other.key")
    with pytest.raises(BackupFault, match=r"damaged: keys/other.key, keys/page.key"):
        checked(machine.settings, tree)
    (tree / "keys/other.key").rename(tree / "keys/page.key")
    (tree / MANIFEST).unlink()
    with pytest.raises(BackupFault, match=r"no readable backup.json"):
        checked(machine.settings, tree)


def test_a_database_that_sqlite_finds_damaged_is_not_stored(machine: Machine, tmp_path: Path) -> None:
    file = machine.data / "hallkeeper.db"
    whole = bytearray(file.read_bytes())
    with closing(sqlite3.connect(file)) as database:
        size = int(database.execute("PRAGMA page_size").fetchone()[0])
        [page] = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'readiness'").fetchone()
    whole[(page - 1) * size : page * size] = bytes(size)
    file.write_bytes(whole)
    (tmp_path / "tree").mkdir()
    with pytest.raises(BackupFault, match=r"the database cannot be read: .*older backup"):
        put_together(machine.settings, tmp_path / "tree", made_at="")


def test_without_keys_there_are_none_in_it(machine: Machine, tmp_path: Path) -> None:
    machine.config.write_text(machine.config.read_text() + "keys = false\n")
    (tmp_path / "tree").mkdir()
    made = put_together(machine.settings, tmp_path / "tree", made_at="")
    assert list(made.files) == ["hallkeeper.db"]


def test_two_at_a_time_are_refused_and_what_one_left_that_was_killed_is_removed(machine: Machine) -> None:
    (machine.data / ".backup/tree").mkdir(parents=True)
    with scratch(machine.data) as folder:
        assert list(folder.iterdir()) == []
        with pytest.raises(BackupFault, match="under way"), scratch(machine.data):
            pass


def test_the_timer_does_nothing_where_no_backups_are_set_up_and_a_person_is_told_what_to_set(machine: Machine) -> None:
    machine.config.write_text('data_dir = "data"\n')
    assert machine.run("backup", "--if-set-up").exit_code == 0
    refused = machine.run("backup")
    assert refused.exit_code == 2
    assert "backup.repository: is needed" in refused.stderr
    machine.config.write_text('data_dir = "data"\n[backup]\nrepository = "disk"\n')
    assert "backup.password_file: is needed" in machine.run("backup", "--if-set-up").stderr


@pytest.mark.cases_full
def test_each_fault_is_noted_and_names_what_to_do(machine: Machine, tmp_path: Path) -> None:
    def refused() -> str:
        done = machine.run("backup")
        assert done.exit_code == 2, done.output
        state = read_state(machine.data)
        assert state is not None
        assert state.fault in done.stderr
        return done.stderr

    machine.disk.rmdir()
    assert "does not exist; mount its disk" in refused()
    machine.disk.mkdir()
    machine.password.chmod(0o644)
    assert f"chmod 640 {machine.password}" in refused()
    machine.password.chmod(0o640)
    assert machine.run("backup").exit_code == 0
    machine.password.write_text("another")
    assert "the password does not open" in refused()
    machine.password.write_text("thirteen shelves and a till")
    machine.disk.rename(tmp_path / "unplugged")
    machine.disk.mkdir()
    assert "are gone; mount their disk again" in refused()
    assert machine.run("backup", "--new-repository").exit_code == 0
    packs = [path for path in (machine.disk / "hallkeeper/data").rglob("*") if path.is_file()]
    for pack in packs:
        pack.chmod(0o600)
        pack.write_bytes(bytes(60) + pack.read_bytes()[60:])
    assert "`restic " in refused()
    state = read_state(machine.data)
    assert state is not None
    assert state.good_at is not None


@pytest.mark.cases_full
async def test_a_lock_of_a_process_that_was_killed_holds_nothing_up(machine: Machine) -> None:
    assert (await asyncio.to_thread(machine.run, "backup")).exit_code == 0
    locks = machine.disk / "hallkeeper/locks"
    place = {"RESTIC_REPOSITORY": str(locks.parent), "RESTIC_PASSWORD_FILE": str(machine.password)}
    command = ["restic", "backup", "--stdin"]
    other = await asyncio.create_subprocess_exec(*command, env={**os.environ, **place}, stdin=asyncio.subprocess.PIPE)

    async def has_lock() -> bool:
        return bool(os.listdir(locks))

    await eventually(has_lock, what="the other has the lock")
    other.kill()
    await other.wait()
    assert os.listdir(locks)
    done = await asyncio.to_thread(machine.run, "backup")
    assert done.exit_code == 0, done.output
    assert os.listdir(locks) == []


def test_a_restore_overwrites_no_part_of_a_database_outside_the_data_folder(machine: Machine, tmp_path: Path) -> None:
    """SQLite would play a write-ahead log that was left there into the restored database."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.rmtree(machine.data)
    machine.config.write_text(
        f'database = "sqlite+aiosqlite:///{elsewhere}/hallkeeper.db"\n' + machine.config.read_text()
    )
    for name in ("hallkeeper.db", "hallkeeper.db-wal"):
        (elsewhere / name).touch()
        with pytest.raises(BackupFault, match=f"elsewhere/{name}"):
            restore(machine.settings, "latest", say=print)
        (elsewhere / name).unlink()


@pytest.mark.parametrize("password", ["shelves", "shelf@till:1"])
def test_a_password_in_the_address_of_a_store_is_said_nowhere(machine: Machine, password: str) -> None:
    backup = msgspec.structs.replace(
        machine.settings.backup, repository=f"rest:https://una:{password}@backup.test/hall"
    )
    assert Restic(backup).place == "rest:https://backup.test/hall"
