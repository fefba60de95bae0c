"""What a start of the controller imports: a library that it does not use costs CPU and memory at every start."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from controller.app.cli.controller import app as cli
from controller.platform.settings_file import load_settings
from firmware_sim.ports import free_port

UNUSED = ("alembic", "holidays.countries", "icalendar", "influxdb_client", "mako", "pygments", "rich")
"""Not needed on a database of the newest form, with the history in the database, by a process that draws nothing."""
USED = {"holidays.countries.united_kingdom"}
_IMPORTED = re.compile(r"^import time: .*\| +([\w.]+)$", re.MULTILINE)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration with a database of the newest form; the broker's port answers nobody."""
    file = tmp_path / "controller.toml"
    file.write_text(f'data_dir = "data"\n[listen]\nport = {free_port()}\n[broker]\nport = {free_port()}\n')
    assert CliRunner().invoke(cli, ["migrate", "--config", str(file)]).exit_code == 0
    return file


def _imported_by_a_start(config: Path) -> set[str]:
    """The modules that the process has imported when it has answered once and was told to stop."""
    hallkeeper = str(Path(sys.executable).parent / "hallkeeper")
    command = [sys.executable, "-X", "importtime", hallkeeper, "controller", "run", "--config", str(config)]
    log = config.with_name("log")
    with (
        log.open("w") as stderr,
        subprocess.Popen(command, stderr=stderr, env=os.environ | {"PYTHONWARNINGS": ""}) as process,
    ):
        try:
            assert _healthz(load_settings(config).address) == 200
            process.terminate()
            assert process.wait(30) == 0
        finally:
            process.kill()
    return set(_IMPORTED.findall(log.read_text()))


def _healthz(address: str) -> int:
    until = time.monotonic() + 60
    while True:
        try:
            return httpx.get(f"{address}/healthz").status_code
        except httpx.TransportError:
            assert time.monotonic() < until
            time.sleep(0.05)


@pytest.mark.cases_full
def test_a_start_imports_nothing_that_it_does_not_use(config: Path) -> None:
    imported = _imported_by_a_start(config)
    assert "controller.app.main" in imported
    assert sorted(name for name in imported - USED if _is_unused(name)) == []


def _is_unused(module: str) -> bool:
    return any(f"{module}.".startswith(f"{package}.") for package in UNUSED)
