"""The process: what ends it and how, as a real process where signals matter."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from controller.app.cli.controller import app as cli
from controller.app.container import NamedTask
from controller.app.main import supervise
from controller.platform.settings_file import load_settings
from firmware_sim.ports import free_port


class FakeServer:
    """Serves until it is told to finish, as uvicorn does."""

    def __init__(self) -> None:
        self.told = asyncio.Event()
        self.finished = False

    async def serve(self) -> None:
        await self.told.wait()
        self.finished = True

    def let_finish(self) -> None:
        self.told.set()


async def _for_ever() -> None:
    await asyncio.Event().wait()


async def test_on_a_signal_it_lets_the_server_finish_and_ends_well() -> None:
    server, stop = FakeServer(), asyncio.Event()
    stop.set()
    tasks = [NamedTask(name="ingest", run=_for_ever)]
    assert await asyncio.wait_for(supervise(server.serve, tasks, stop, server.let_finish), 5) == 0
    assert server.finished


async def _fail() -> None:
    raise LookupError("no broker")


async def _end() -> None:
    return


@pytest.mark.parametrize("run", [_fail, _end])
async def test_a_task_that_ends_ends_the_process_and_is_named(
    run: Callable[[], Coroutine[None, None, None]], caplog: pytest.LogCaptureFixture
) -> None:
    server = FakeServer()
    tasks = [NamedTask(name="other", run=_for_ever), NamedTask(name="ingest", run=run)]
    assert await asyncio.wait_for(supervise(server.serve, tasks, asyncio.Event(), server.let_finish), 5) == 1
    assert server.finished
    (record,) = caplog.records
    assert vars(record)["task"] == "ingest"
    assert ("no broker" in caplog.text) == (run is _fail)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration with a port of its own; the broker's port answers nobody."""
    file = tmp_path / "controller.toml"
    file.write_text(f'data_dir = "data"\n[listen]\nport = {free_port()}\n[broker]\nport = {free_port()}\n')
    return file


@pytest.fixture
def process(config: Path) -> Iterator[subprocess.Popen[str]]:
    """The controller, as a process that is gone at the end whatever happens."""
    command = [str(Path(sys.executable).parent / "hallkeeper"), "controller", "run", "--config", str(config)]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env=os.environ | {"PYTHONWARNINGS": ""}
    ) as running:
        yield running
        running.kill()


async def _wait_until_it_answers(client: httpx.AsyncClient) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                await client.get("/healthz")
            except httpx.TransportError:
                await asyncio.sleep(0.05)
            else:
                return


@pytest.mark.cases_full
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_stops_it_well_and_the_database_is_there(
    config: Path, process: subprocess.Popen[str], number: signal.Signals
) -> None:
    async with httpx.AsyncClient(base_url=load_settings(config).address) as client:
        await _wait_until_it_answers(client)
        assert (await client.get("/api/v1/setup-needed")).json() == {"setup_needed": True}
    process.send_signal(number)
    _, log = await asyncio.to_thread(process.communicate, None, 60)
    assert process.returncode == 0, log
    assert "The controller has stopped" in log
    assert "Traceback" not in log
    token = (config.parent / "data" / "setup-token").read_text().strip()
    assert token not in log
    assert (config.parent / "data" / "hallkeeper.db").exists()


def _run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, list(words))
    return result.exit_code, result.output


def test_init_writes_an_example_that_check_config_takes(tmp_path: Path) -> None:
    file = tmp_path / "new" / "controller.toml"
    code, said = _run("init", "--config", str(file), "--data-dir", str(tmp_path / "data"))
    assert code == 0
    assert f"run --config {file}" in said.replace("\n", "")
    code, said = _run("check-config", "--config", str(file))
    assert (code, "is valid" in said) == (0, True)
    assert not (tmp_path / "data").exists()


def test_init_never_replaces_a_file(config: Path) -> None:
    before = config.read_text()
    code, said = _run("init", "--config", str(config))
    assert (code, config.read_text()) == (2, before)
    assert "already exists" in said


@pytest.mark.parametrize("command", ["run", "migrate", "check-config"])
def test_a_config_error_is_one_line_and_exit_code_2(tmp_path: Path, command: str) -> None:
    file = tmp_path / "controller.toml"
    file.write_text('data_dir = "d"\nlag_minutes = 999\n')
    code, said = _run(command, "--config", str(file))
    assert code == 2
    assert said.startswith(f"{file}: lag_minutes: ")
    assert said.count("\n") == 1


def test_a_port_that_is_taken_is_named(config: Path) -> None:
    port = load_settings(config).listen.port
    with socket.create_server(("127.0.0.1", port)):
        code, said = _run("run", "--config", str(config))
    assert code == 2
    assert f"listen: 127.0.0.1:{port} cannot be used to listen" in said
    assert not (config.parent / "data").exists()


def test_a_clock_file_that_is_no_clock_file_is_named(config: Path) -> None:
    (config.parent / "clock.json").write_text("{}")
    config.write_text('clock_file = "clock.json"\n' + config.read_text())
    code, said = _run("check-config", "--config", str(config))
    assert code == 2
    assert "clock_file" in said


def test_migrate_makes_the_database(config: Path) -> None:
    assert _run("migrate", "--config", str(config)) == (0, "The database is at the newest version.\n")
    assert _run("migrate", "--config", str(config))[0] == 0
    assert (config.parent / "data" / "hallkeeper.db").exists()


def test_a_database_that_cannot_be_reached_is_one_line(config: Path) -> None:
    config.write_text(f'database = "postgresql://nobody:secret@127.0.0.1:{free_port()}/none"\n' + config.read_text())
    code, said = _run("migrate", "--config", str(config))
    assert code == 2
    assert "secret" not in said
    assert said.count("\n") == 1
