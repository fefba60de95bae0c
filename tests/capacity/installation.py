"""A broker and a controller as processes, a fleet of simulated edges beside them, and what each of them uses."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import httpx
import msgspec

from firmware_sim.fleet_tally import FleetReport, Latencies
from firmware_sim.hub_processes import SimHub, SimHubPlan, hallkeeper

KEEP = "CAPACITY_DIR"
"""Names a folder in which installations stay between runs: to enter thousands of sites takes longer than to measure."""
PROBE_EVERY_S = 0.2
_TICKS = os.sysconf("SC_CLK_TCK")


class Usage(NamedTuple):
    """Processor seconds so far, and memory in MB."""

    cpu_s: float
    mb: float


def usage(pid: int) -> Usage:
    """What a process uses (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return Usage((int(fields[11]) + int(fields[12])) / _TICKS, int(fields[21]) * os.sysconf("SC_PAGE_SIZE") / 1e6)


class Spent:
    """Processor seconds of controller and broker, and seconds on the clock, since it was made. Of a broker that was
    started again meanwhile, those of the new process."""

    def __init__(self, hub: SimHub) -> None:
        self._hub = hub
        self._before = {pid: usage(pid).cpu_s for pid in (hub.controller.pid, hub.broker.pid)}
        self._began = time.monotonic()

    def __call__(self) -> tuple[float, float, float]:
        pids = self._hub.controller.pid, self._hub.broker.pid
        controller, broker = (usage(pid).cpu_s - self._before.get(pid, 0.0) for pid in pids)
        return controller, broker, time.monotonic() - self._began


class Installation:
    """``folder`` has the hub's files and the fleet's."""

    def __init__(self, hub: SimHub, folder: Path, sites: int) -> None:
        self.hub, self.sites = hub, sites
        self._folder = folder

    async def set_up(self) -> None:
        """Enter the sites that are missing."""
        await self._hallkeeper("--controller", self.hub.address, "--set-up-only")

    async def run(self, *options: str) -> FleetReport:
        """Run the fleet, and read back what was stored."""
        said = await self._hallkeeper(*options, "--json", "--controller", self.hub.address)
        return msgspec.json.decode(said, type=FleetReport)

    async def _hallkeeper(self, *options: str) -> bytes:
        argv = [
            hallkeeper(),
            "sim",
            "fleet",
            "--sites",
            str(self.sites),
            "--dir",
            str(self._folder / "fleet"),
            *options,
        ]
        argv += ["--broker", f"127.0.0.1:{self.hub.broker_port}"]
        process = await asyncio.create_subprocess_exec(
            *argv,
            env={**os.environ, "HALLKEEPER_TOKEN": self.hub.api.token},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        assert process.returncode in (0, 1), err.decode()[-2000:]
        assert out or process.returncode == 0, err.decode()[-2000:]
        return out

    @property
    def database_mb(self) -> float:
        """Of SQLite, with what is not in its main file yet."""
        files = (self._folder / "hub" / "controller" / "data").glob("hallkeeper.db*")
        return sum(file.stat().st_size for file in files) / 1e6

    async def plans(self) -> tuple[int, float]:
        """How many plans were looked at by this controller, and seconds that looking and compiling took."""
        async with httpx.AsyncClient() as client:
            text = (await client.get(f"{self.hub.address}/metrics")).text
        found = {
            line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in text.splitlines() if line[:1] != "#"
        }
        stages = [found.get(f'hallkeeper_plan_stage_seconds_sum{{stage="{each}"}}', 0) for each in ("look", "compile")]
        return int(found.get('hallkeeper_plan_stage_seconds_count{stage="look"}', 0)), sum(stages)


@asynccontextmanager
async def installation(folder: Path, sites: int, *, connections: int = 1_000) -> AsyncIterator[Installation]:
    """A running controller and broker with so many sites of a fleet. ``connections``: the most to the controller."""
    kept = os.environ.get(KEEP)
    folder = Path(kept) / str(sites) if kept else folder
    (folder / "hub").mkdir(parents=True, exist_ok=True)
    plan = SimHubPlan(folder=folder / "hub", buildings=(), epoch=datetime.now(UTC), connections=connections)
    async with SimHub(plan) as hub:
        yield Installation(hub, folder, sites)


class Probe:
    """Asks the API what people ask, a few times a second."""

    def __init__(self, hub: SimHub, sites: int) -> None:
        self.latencies = Latencies()
        self.failed = 0
        self._hub = hub
        self._paths = ["/estate?limit=50", "/sites/fleet-00001/now", f"/sites/fleet-{sites:05}"]

    @contextmanager
    def running(self) -> Iterator[None]:
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()

    async def _run(self) -> None:
        headers = {"Authorization": f"Bearer {self._hub.api.token}"}
        async with httpx.AsyncClient(base_url=f"{self._hub.address}/api/v1", headers=headers, timeout=60) as client:
            for number in range(10**9):
                began = time.monotonic()
                answer = await client.get(self._paths[number % len(self._paths)])
                self.failed += not answer.is_success
                self.latencies.add(time.monotonic() - began)
                await asyncio.sleep(max(0.0, PROBE_EVERY_S - (time.monotonic() - began)))
