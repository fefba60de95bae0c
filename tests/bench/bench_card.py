"""What a hall writes to its card in a day: broker, controller and edge of one Pi on one ext4 file system, counted at
the block device below it. ``make bench`` prints it against the limit; it needs root, for loop devices.
"""

import asyncio
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from firmware_sim.building_file import demo_buildings
from firmware_sim.hub_processes import SimHub, SimHubPlan
from tests.faults.conftest import TUESDAY
from tests.faults.ledger import CODE_DOOR, SITE, Ledger
from tests.faults.trial import typed

SIZE_MB = 1024
SECTOR = 512
DAY_S = 86_400
ENTRIES_A_DAY = 500
LIMIT_MB = 40.0
SETTLES_S = 60.0
PAUSE_S = 5.0
"""Between two entries."""
ON_THE_CARD = ("broker/mosquitto-data", "controller/data", f"edges/{SITE}/data")
"""All that is on the card of a Pi: logs are in memory there."""


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """A mounted file system. ``device``: the block device below it."""

    mounted: Path
    device: str

    def written(self) -> int:
        """Bytes that the device was given, once all that was written is on it."""
        os.sync()
        return int(Path(f"/sys/block/{self.device}/stat").read_text().split()[6]) * SECTOR


class CardDay(msgspec.Struct, frozen=True, kw_only=True):
    """Bytes of a second in which nobody comes, and of one entry by code: in, and out by the button."""

    quiet: float
    entry: float

    def mb(self, entries: int) -> float:
        """MB (10^6 bytes) of a day with so many entries."""
        return (self.quiet * DAY_S + self.entry * entries) / 1e6

    def text(self) -> str:
        busy = self.mb(ENTRIES_A_DAY)
        return (
            f"a hall on one Pi: a day with {ENTRIES_A_DAY} entries writes {busy:.0f} MB to its card = "
            f"{busy / LIMIT_MB:.2f} of the limit of {LIMIT_MB:g} MB; a day without anybody {self.mb(0):.0f} MB, "
            f"an entry {self.entry / 1e3:.0f} kB"
        )


def _run(*argv: str | Path) -> str:
    return subprocess.run(argv, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


@contextmanager
def card(folder: Path) -> Iterator[Card]:
    """An empty ext4 as on a Pi, on a loop device of its own."""
    image, mounted = folder / "card.raw", folder / "card"
    mounted.mkdir()
    # Else the kernel makes the rest of it in the background, among what is counted.
    _run("mke2fs", "-q", "-t", "ext4", "-E", "lazy_itable_init=0,lazy_journal_init=0", image, f"{SIZE_MB}M")
    device = _run("losetup", "--find", "--show", image)
    try:
        _run("mount", "-o", "noatime", device, mounted)
        try:
            yield Card(mounted=mounted, device=Path(device).name)
        finally:
            _run("umount", mounted)
    finally:
        _run("losetup", "--detach", device)


async def measured(folder: Path, *, quiet_s: float, entries: int) -> CardDay:
    """A hall that runs in the folder as on its Pi: first nobody comes, then people at one door, by code."""
    with card(folder) as there:
        for number, name in enumerate(ON_THE_CARD):
            (there.mounted / str(number)).mkdir(mode=0o700)
            (folder / name).parent.mkdir(parents=True)
            (folder / name).symlink_to(there.mounted / str(number))
        buildings = tuple(each for each in demo_buildings() if each.id == SITE)
        async with SimHub(SimHubPlan(folder=folder, buildings=buildings, epoch=TUESDAY, most_per_hour=0.0)) as hub:
            code = await Ledger(hub).code()
            await asyncio.sleep(SETTLES_S)
            began, first = asyncio.get_running_loop().time(), there.written()
            await asyncio.sleep(quiet_s)
            rested, second = asyncio.get_running_loop().time(), there.written()
            for _ in range(entries):
                await _enter(hub, code)
                await asyncio.sleep(PAUSE_S)
            worked, third = asyncio.get_running_loop().time(), there.written()
    quiet = (second - first) / (rested - began)
    return CardDay(quiet=quiet, entry=(third - second - quiet * (worked - rested)) / max(1, entries))


async def _enter(hub: SimHub, code: str) -> None:
    outcome = await typed(hub.runner, SITE, CODE_DOOR, code)
    assert outcome.done, outcome.text
    await hub.runner.act(hub.world.walk_in(SITE, CODE_DOOR, hub.world.walker()))
    await hub.runner.walk_out(SITE, CODE_DOOR)


def table(quiet_s: float = 300.0, entries: int = 15) -> CardDay:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as name:
        found = asyncio.run(measured(Path(name), quiet_s=quiet_s, entries=entries))
    print(f"\n{found.text()}")
    return found


if __name__ == "__main__":
    table()
