"""`hallkeeper controller backup`: what a running controller has, as one state, in a file that only its owner reads."""

import os
import sqlite3
import tarfile
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from controller.app.cli.controller import app
from controller.platform.key_files import load_keys
from tests.controller.seeds import Seed


@pytest.fixture
def data(tmp_path: Path, sqlite_seed: Seed) -> Path:
    """A data folder whose newest rows are in SQLite's log alone, as while a controller runs."""
    data = tmp_path / "data"
    data.mkdir()
    file = data / "hallkeeper.db"
    file.write_bytes(Path(sqlite_seed.database).read_bytes())
    load_keys(data)
    (data / "setup-token").write_text("not to be seen")
    (tmp_path / "controller.toml").write_text(f'data_dir = "{data}"\n')
    return data


def back_up(tmp_path: Path, *words: str) -> Result:
    config = str(tmp_path / "controller.toml")
    return CliRunner().invoke(app, ["backup", *words, "--config", config])


def test_a_backup_has_all_commits_even_during_a_write(data: Path, tmp_path: Path) -> None:
    file, back = tmp_path / "b.tar.gz", tmp_path / "back"
    with closing(sqlite3.connect(data / "hallkeeper.db", isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("PRAGMA wal_autocheckpoint=0")
        writer.execute("CREATE TABLE kept (word TEXT)")
        writer.execute("INSERT INTO kept VALUES ('committed')")
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO kept VALUES ('not yet')")
        done = back_up(tmp_path, str(file))
    assert done.exit_code == 0, done.output
    assert "keep it as safe as the keys" in done.stdout
    assert file.stat().st_mode & 0o777 == 0o600
    with tarfile.open(file) as archive:
        archive.extractall(back, filter="data")
    with closing(sqlite3.connect(back / "hallkeeper.db")) as read:
        assert read.execute("SELECT word FROM kept").fetchall() == [("committed",)]
    assert sorted(path.name for path in back.iterdir()) == ["hallkeeper.db", "keys"]
    assert load_keys(back).public == load_keys(data).public
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.tar.gz", "back", "controller.toml", "data"]


@pytest.mark.cases_full
def test_a_controller_that_never_stops_writing_does_not_hold_it_up(data: Path, tmp_path: Path) -> None:
    file = data / "hallkeeper.db"
    began, done, most = threading.Event(), threading.Event(), 5_000
    with closing(sqlite3.connect(file, isolation_level=None)) as filled:
        filled.execute("PRAGMA journal_mode=WAL")
        filled.execute("CREATE TABLE filling (bytes BLOB)")
        filled.execute("INSERT INTO filling VALUES (zeroblob(32000000))")

    def write() -> int:
        with closing(sqlite3.connect(file, isolation_level=None)) as writer:
            for number in range(most):
                writer.execute("INSERT INTO filling VALUES (x'00')")
                began.set()
                if done.wait(0.002):
                    return number
        return most

    with ThreadPoolExecutor(1) as pool:
        written = pool.submit(write)
        began.wait()
        try:
            told = back_up(tmp_path, str(tmp_path / "b.tar.gz"))
        finally:
            done.set()
        assert told.exit_code == 0, told.output
        assert written.result() < most


def test_keys_can_be_kept_apart(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "b.tar.gz"
    assert back_up(tmp_path, str(file), "--without-keys").exit_code == 0
    with tarfile.open(file) as archive:
        assert archive.getnames() == ["hallkeeper.db"]


def test_a_file_that_is_there_is_not_replaced(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "b.tar.gz"
    file.write_text("yesterday's")
    refused = back_up(tmp_path, str(file))
    assert (refused.exit_code, file.read_text()) == (2, "yesterday's")
    assert refused.output.strip() == f"{file} already exists; name another file"


@pytest.mark.parametrize("fault", ["no data", "damaged", "no folder", "into itself"])
def test_a_failed_backup_is_reported_and_leaves_no_file(data: Path, tmp_path: Path, fault: str) -> None:
    file = tmp_path / "b.tar.gz"
    match fault:
        case "no data":
            data.rename(tmp_path / "elsewhere")
        case "damaged":
            (data / "hallkeeper.db").write_bytes(os.urandom(8192))
        case "into itself":
            file = data / "b.tar.gz"
        case _:
            file = tmp_path / "nowhere" / "b.tar.gz"
    before = sorted(tmp_path.rglob("*"))
    refused = back_up(tmp_path, str(file))
    assert refused.exit_code == 2
    assert refused.output.strip()
    assert "Errno" not in refused.output
    assert sorted(tmp_path.rglob("*")) == before


def test_a_database_on_postgresql_is_left_to_pg_dump(data: Path, tmp_path: Path) -> None:
    config = tmp_path / "controller.toml"
    config.write_text(config.read_text() + 'database = "postgresql://hallkeeper@db.example/hallkeeper"\n')
    (data / "hallkeeper.db").unlink()
    done = back_up(tmp_path, str(tmp_path / "b.tar.gz"))
    assert done.exit_code == 0, done.output
    assert "back that up with pg_dump" in done.stdout
    with tarfile.open(tmp_path / "b.tar.gz") as archive:
        assert {name.split("/")[0] for name in archive.getnames()} == {"keys"}
