"""What goes wrong after the configuration was read is one line too: the file, the key, and what to do."""

import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from controller.app.cli.controller import app
from firmware_sim.ports import free_port

ALL = ["run", "migrate", "check-config"]


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that every user gets into."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def _said(file: Path, command: str, text: str) -> str:
    """The one line that a command refuses a configuration with."""
    file.write_text(f'data_dir = "data"\n{text}\n[listen]\nport = {free_port()}\n')
    done = CliRunner().invoke(app, [command, "--config", str(file)])
    assert done.exit_code == 2, done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)
    assert done.output.count("\n") == 1, done.output
    assert done.output.startswith(f"{file}: ")
    return done.output.removeprefix(f"{file}: ")


@pytest.mark.parametrize("command", ALL)
def test_a_database_server_that_does_not_answer(tmp_path: Path, command: str) -> None:
    port = free_port()
    said = _said(tmp_path / "c.toml", command, f'database = "postgresql://nobody:secret@127.0.0.1:{port}/none"')
    assert said.startswith(f"database: 127.0.0.1:{port}/none cannot be used (")
    assert "(Connection refused); is PostgreSQL running" in said
    assert "secret" not in said


def test_a_database_that_the_server_does_not_have(tmp_path: Path, postgres_url: Callable[..., str]) -> None:
    there = postgres_url().replace("+asyncpg", "")
    gone = there.rsplit("/", 1)[0] + "/nowhere"
    assert 'database "nowhere" does not exist' in _said(tmp_path / "c.toml", "check-config", f'database = "{gone}"')
    (tmp_path / "c.toml").write_text(f'data_dir = "data"\ndatabase = "{there}"\n')
    assert CliRunner().invoke(app, ["check-config", "--config", str(tmp_path / "c.toml")]).exit_code == 0


@pytest.mark.parametrize("command", ALL)
def test_a_database_file_that_is_none(tmp_path: Path, command: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "hallkeeper.db").write_text("a letter to the council, and no database at all " * 40)
    said = _said(tmp_path / "c.toml", command, "")
    assert said.startswith(f"data_dir: {tmp_path}/data/hallkeeper.db cannot be used (file is not a database)")


@pytest.mark.parametrize("command", ALL)
def test_a_folder_for_the_database_that_is_missing(tmp_path: Path, command: str) -> None:
    said = _said(tmp_path / "c.toml", command, f'database = "sqlite:///{tmp_path}/none/hk.db"')
    assert said.startswith(f"database: no database can be made in {tmp_path}/none; make the folder")


@pytest.mark.parametrize("command", [*ALL, "broker-files"])
def test_a_file_in_the_place_of_the_data_folder(tmp_path: Path, command: str) -> None:
    (tmp_path / "data").write_text("mine")
    said = _said(tmp_path / "c.toml", command, "")
    assert said.startswith(f"data_dir: {tmp_path}/data is not a folder")


@pytest.mark.cases_full
def test_a_data_folder_of_another_owner(place: Path) -> None:
    """As a user who is not root, in a folder that cannot be written. One process imports, a fork of it for each."""
    data = place / "data"
    data.mkdir()
    data.chmod(0o555)
    config = place / "c.toml"
    config.write_text(f'data_dir = "data"\n[listen]\nport = {free_port()}\n')
    program = (
        "import os, sys, encodings.idna, aiosqlite\n"
        "import controller.app.cli.controller, controller.app.main, controller.app.http_app\n"
        "from edge.cli import main\n"
        "config, *commands = sys.argv[1:]\n"
        "for command in commands:\n"
        "    if (child := os.fork()) == 0: break\n"
        "    print(command, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)\n"
        "else: sys.exit()\n"
        "if os.geteuid() == 0: os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "sys.argv[1:] = ['controller', command, '--config', config]\n"
        "main()\n"
    )
    commands = [*ALL, "broker-files"]
    argv: list[str | Path] = [sys.executable, "-c", program, config, *commands]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == [f"{command} 2" for command in commands], done.stderr
    lines = done.stderr.splitlines()
    assert len(lines) == len(commands), done.stderr
    for line in lines:
        assert f"{config}: data_dir: {data} belongs to " in line
        assert "cannot be written by" in line


@pytest.mark.parametrize(
    ("section", "key"),
    [
        ('[broker]\npassword_file = "secret"', "broker.password_file"),
        ('[sip2]\nhost = "lms"\npassword_file = "secret"', "sip2.password_file"),
        (
            '[history]\nkind = "influx"\nurl = "http://x"\norg = "o"\nbucket = "b"\ntoken_file = "secret"',
            "history.token_file",
        ),
    ],
)
def test_a_secret_that_is_empty_or_no_text(tmp_path: Path, section: str, key: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text("\n")
    said = _said(tmp_path / "c.toml", "check-config", section)
    assert said == f"{key}: {secret} is empty; write the secret into it, in one line\n"
    secret.write_bytes(b"\xff\xfe")
    assert "it is not text" in _said(tmp_path / "c.toml", "check-config", section)


def test_what_does_not_answer_but_is_not_needed_for_a_start_is_noted(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("secret")
    broker, influx, sip2 = free_port(), free_port(), free_port()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = taken.getsockname()[1]
        file = tmp_path / "c.toml"
        file.write_text(
            f'data_dir = "data"\n[listen]\nport = {listen}\n[broker]\nport = {broker}\n'
            f'[sip2]\nhost = "127.0.0.1"\nport = {sip2}\n'
            f'[history]\nkind = "influx"\nurl = "http://127.0.0.1:{influx}"\norg = "o"\nbucket = "b"\n'
            'token_file = "token"\n'
        )
        done = CliRunner().invoke(app, ["check-config", "--config", str(file)])
    assert done.exit_code == 0, done.output
    assert f"Note: broker.host: 127.0.0.1:{broker} does not answer (Connection refused)" in done.output
    assert f"Note: history.url: 127.0.0.1:{influx} does not answer (" in done.output
    assert f"Note: sip2.host: 127.0.0.1:{sip2} does not answer (" in done.output
    assert f"Note: listen: 127.0.0.1:{listen} is not free (" in done.output
    assert not (tmp_path / "data").exists()
