"""`hallkeeper controller backup`: what a running controller has, as one state, in a file that only its owner reads."""

import os
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from controller.cli import app
from controller.secrets import load_keys
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


def test_what_is_committed_is_in_it_also_while_somebody_writes(data: Path, tmp_path: Path) -> None:
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
    assert "keep it as you would keep the keys" in done.stdout
    assert file.stat().st_mode & 0o777 == 0o600
    with tarfile.open(file) as archive:
        archive.extractall(back, filter="data")
    with closing(sqlite3.connect(back / "hallkeeper.db")) as read:
        assert read.execute("SELECT word FROM kept").fetchall() == [("committed",)]
    assert sorted(path.name for path in back.iterdir()) == ["hallkeeper.db", "keys"]
    assert load_keys(back).public == load_keys(data).public
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.tar.gz", "back", "controller.toml", "data"]


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
    assert "is there already; name another file" in refused.output


@pytest.mark.parametrize("fault", ["no data", "damaged", "no folder"])
def test_what_cannot_be_backed_up_is_told_and_leaves_nothing(data: Path, tmp_path: Path, fault: str) -> None:
    file = tmp_path / "b.tar.gz"
    match fault:
        case "no data":
            data.rename(tmp_path / "elsewhere")
        case "damaged":
            (data / "hallkeeper.db").write_bytes(os.urandom(8192))
        case _:
            file = tmp_path / "nowhere" / "b.tar.gz"
    before = sorted(tmp_path.iterdir())
    refused = back_up(tmp_path, str(file))
    assert refused.exit_code == 2
    assert refused.output.strip()
    assert sorted(tmp_path.iterdir()) == before


def test_a_database_on_postgresql_is_left_to_pg_dump(data: Path, tmp_path: Path) -> None:
    config = tmp_path / "controller.toml"
    config.write_text(config.read_text() + 'database = "postgresql://hallkeeper@db.example/hallkeeper"\n')
    (data / "hallkeeper.db").unlink()
    done = back_up(tmp_path, str(tmp_path / "b.tar.gz"))
    assert done.exit_code == 0, done.output
    assert "back that up with pg_dump" in done.stdout
    with tarfile.open(tmp_path / "b.tar.gz") as archive:
        assert {name.split("/")[0] for name in archive.getnames()} == {"keys"}
