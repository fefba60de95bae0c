"""What a start of the controller costs: CPU seconds until it answers, and memory at rest. On an up-to-date database."""

import os
import sys
import time
from pathlib import Path
from subprocess import DEVNULL, Popen

import httpx
import pytest
from typer.testing import CliRunner

from controller.app.cli.controller import app as cli
from controller.platform.settings_file import load_settings
from firmware_sim.ports import free_port

STARTS = 4
"""The first may compile our own code, so the best of them counts."""
LIMIT_CPU_S = 1.5
LIMIT_MB = 110


@pytest.mark.bench
def test_what_a_start_costs(tmp_path: Path) -> None:
    config = tmp_path / "controller.toml"
    config.write_text(f'data_dir = "data"\n[listen]\nport = {free_port()}\n[broker]\nport = {free_port()}\n')
    assert CliRunner().invoke(cli, ["migrate", "--config", str(config)]).exit_code == 0
    costs = [_cost(config) for _ in range(STARTS)]
    cpu_s, rss_mb = (min(each) for each in zip(*costs, strict=True))
    print(f"start of the controller: {cpu_s:.2f} CPU s (limit {LIMIT_CPU_S}), {rss_mb:.0f} MB (limit {LIMIT_MB})")
    assert cpu_s > 0
    assert rss_mb > 0


def _cost(config: Path) -> tuple[float, float]:
    """CPU seconds until the first answer, and MB two seconds after it."""
    hallkeeper = str(Path(sys.executable).parent / "hallkeeper")
    with Popen([hallkeeper, "controller", "run", "--config", str(config)], stderr=DEVNULL) as process:
        try:
            _wait_until_it_answers(load_settings(config).address)
            fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
            cpu_s = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")  # utime and stime, proc(5)
            time.sleep(2)
            pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
            return cpu_s, pages * os.sysconf("SC_PAGE_SIZE") / 1e6
        finally:
            process.terminate()


def _wait_until_it_answers(address: str) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            httpx.get(f"{address}/healthz")
        except httpx.TransportError:
            assert time.monotonic() < until
            time.sleep(0.02)
        else:
            return
