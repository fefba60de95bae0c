"""Releases, by the machine's own systemd: a broken one returns by itself, a good one stays, also over a power cut."""

import asyncio
import json
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from firmware_sim.hub_processes import hallkeeper
from tests.eventually import eventually
from tests.pi.hall import EDGE, SERVICE, SITE, Hall
from tests.pi.image import run, say
from tests.pi.packages import edge_package

pytestmark = pytest.mark.pi

WITHIN_S = 1800.0
CURRENT = "/opt/hallkeeper-updates/current"


class Maker:
    """Makes releases of the package that is installed, with other numbers, and a key of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self._key = folder / "release.pem"
        self.public_key = _said("release", "new-key", self._key, "--unencrypted")

    def release(self, version: str, *, broken: bool = False) -> Path:
        package = edge_package()
        root = self.folder / version
        run("dpkg-deb", "--raw-extract", package, root)
        (metadata,) = root.glob("opt/hallkeeper/lib/python3*/site-packages/hallkeeper_edge-*.dist-info/METADATA")
        metadata.write_text(metadata.read_text().replace("\nVersion: 0.2.0\n", f"\nVersion: {version}\n"))
        if broken:
            (root / "opt/hallkeeper/bin/hallkeeper").write_text("raise SystemExit('it is broken')\n")
        control = root / "DEBIAN/control"
        control.write_text(control.read_text().replace("Version: 0.2.0+", f"Version: {version}+"))
        made = self.folder / package.name.replace("0.2.0", version)
        run("dpkg-deb", "--root-owner-group", "-Zxz", "-z1", "--build", root, made)
        shutil.rmtree(root)
        _said("release", "sign", made, "--key", self._key, "--minimum-edge", "0.2.0", "--minimum-controller", "0.2.0")
        return made.with_name(f"{made.name}.release")


def _said(*words: str | Path) -> str:
    done = subprocess.run([hallkeeper(), *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


class Updates:
    """`hallkeeper controller updates`, beside the controller that runs."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall
        self._config = hall.controller.data_dir / "controller.toml"

    def do(self, *words: str | Path) -> str:
        said = _said("controller", "updates", *words, "--config", self._config)
        say(said.strip())
        return said

    def stage(self, release: Path, version: str) -> None:
        now = datetime.now(UTC).astimezone(ZoneInfo("Europe/London"))
        opens, closes = (f"{now + timedelta(hours=hours):%H:%M}" for hours in (-1, 12))
        self.do("add", release)
        self.do("stage", version, "--opens", opens, "--closes", closes)

    async def until(self, phase: str) -> dict[str, Any]:
        """Until the edge says so; what it says."""
        last = ""

        async def look() -> dict[str, Any] | None:
            nonlocal last
            await asyncio.sleep(3)
            listed = json.loads(_said("controller", "updates", "list", "--json", "--config", self._config))
            edge = next((each for each in listed["edges"] if (each["site"], each["edge"]) == (SITE, EDGE)), None)
            if edge is not None and last != (last := f"{edge['version']} {edge['phase']} {edge['why']}"):
                say(last)
            return edge if edge is not None and edge["phase"] == phase else None

        return await eventually(look, what=f"the edge says {phase}", within_s=WITHIN_S)


async def _planned(hall: Hall) -> None:
    """Until the door has the newest plan."""

    async def applied() -> bool:
        [plan] = (await hall.api.get(f"/sites/{SITE}/plans"))["items"]
        return bool(plan["grants"] and plan["version"] == plan["applied_version"])

    await eventually(applied, what="the newest plan is at the door", within_s=WITHIN_S)


async def test_a_broken_release_returns_by_itself_and_a_good_one_stays_also_over_a_cut(
    hall: Hall, tmp_path: Path
) -> None:
    machine, updates, maker = hall.machine, Updates(hall), Maker(tmp_path / "maker")
    machine.put("/usr/share/hallkeeper/release-keys", maker.public_key)
    await hall.enrol()
    key = await hall.key_holder()
    await updates.until("none")
    await _planned(hall)
    await hall.opens(key)

    updates.stage(maker.release("0.2.1", broken=True), "0.2.1")
    returned = await updates.until("returned")
    say(machine.sh("journalctl --unit hallkeeper-edge-update --no-pager --output cat"))
    assert (returned["version"], "ended by itself" in returned["why"]) == ("0.2.0", True)
    assert machine.sh("hallkeeper --version").strip() == "hallkeeper 0.2.0"
    await hall.opens(key)

    async def stopped() -> bool:
        return "0.2.1 is stopped" in updates.do("list")

    await eventually(stopped, what="the roll-out has stopped", within_s=WITHIN_S)
    updates.do("cancel")

    updates.stage(maker.release("0.2.2"), "0.2.2")
    await hall.until(f"test -e {CURRENT}")
    machine.cut()
    say("cut off during the trial")
    machine.boot()
    await hall.running()
    good = await updates.until("good")
    assert good["version"] == "0.2.2"
    assert machine.sh("hallkeeper --version").strip() == "hallkeeper 0.2.2"
    assert json.loads(machine.sh("cat /opt/hallkeeper-updates/state"))["trial"] is None
    await hall.opens(key)
    await hall.stored("access", 3)
    assert hall.shown("ActiveState") == "active"
    machine.run("systemctl", "restart", SERVICE)
    await hall.running()
    assert machine.sh("hallkeeper --version").strip() == "hallkeeper 0.2.2"
