"""Disks as power cuts leave them, from one recorded run, and what the installed agent makes of each without a boot."""

import json
import random
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.pi.image import ROOT, run
from tests.pi.packages import edge_package
from tests.pi.recorded_disk import RecordedDisk, mount
from tests.pi.recorded_writes import before, left_by_a_cut, put, recorded
from tests.pi.wiring import CONFIG, EXIT_BUTTON
from tests.services.process import program

LOST = "lost"
UNWIRED = 26
DATA = "hallkeeper-edge"
_PROGRAM = Path(__file__).parent / "agent_at_hand.py"
_PINS = ROOT / "firmware_sim" / "simulated_pins.py"
_THERE = "/var/lib/hallkeeper-edge"


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the controller had when the first `written` bytes of the record were written. `withdrawn`: the edge had said
    that it had a plan without the withdrawn code."""

    written: int
    log: str = ""
    seq: int = 0
    withdrawn: bool = False


@dataclass(frozen=True, kw_only=True)
class Codes:
    """`good` opens all the time, `withdrawn` until it was withdrawn, `wrong` never did."""

    good: str
    withdrawn: str
    wrong: str


class InstalledAgent:
    """The package's agent, by the package's Python, in `folder`. `key`: of the controller, which the edge obeys."""

    def __init__(self, folder: Path, *, key: bytes, codes: Codes) -> None:
        self._folder, self._key, self.codes = folder, key, codes
        run("dpkg-deb", "--extract", edge_package(), folder / "package")
        modules = folder / "modules"
        (modules / _PINS.parent.name).mkdir(parents=True)
        shutil.copy(_PINS, modules / _PINS.parent.name)
        shutil.copy(_PROGRAM, modules)
        self._argv = [folder / "package/opt/hallkeeper/bin/python", "-B", modules / _PROGRAM.name]

    @contextmanager
    def started(self, how: str) -> "Iterator[subprocess.Popen[str]]":
        """It runs, and is killed at the end."""
        with subprocess.Popen(
            [program("setpriv", package="util-linux"), "--pdeathsig=KILL", "--", *map(str, self._argv), how],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={},
        ) as agent:
            try:
                yield agent
            finally:
                agent.kill()

    def told(self, data: Path, known: Known) -> dict[str, object]:
        """What the agent is told about a folder."""
        config = self._folder / "edge.toml"
        config.write_text(CONFIG.replace(_THERE, str(data)))
        return {
            "data": str(data),
            "config": str(config),
            "key": self._key.hex(),
            "log": known.log,
            "seq": known.seq,
            "wanted": known.seq + 1,
            "exit": EXIT_BUTTON,
            "code": self.codes.good,
            "wrong": self.codes.wrong,
            "withdrawn": self.codes.withdrawn if known.withdrawn else None,
        }


def ask(agent: "subprocess.Popen[str]", what: object) -> Any:
    """What it answers to a line."""
    assert agent.stdin is not None
    assert agent.stdout is not None
    agent.stdin.write((what if isinstance(what, str) else json.dumps(what)) + "\n")
    agent.stdin.flush()
    return json.loads(agent.stdout.readline())


class Cuts:
    """Cuts of one recorded run, opened by the installed agent."""

    def __init__(self, folder: Path, disk: RecordedDisk, known: Sequence[Known], agent: InstalledAgent) -> None:
        self._start = disk.start
        self._known = known
        self._writes = list(recorded(disk.record))
        self._agent = agent
        self._image, self._mounted = folder / "image", folder / "left"
        self._mounted.mkdir()

    def bytes_before(self, recorded_bytes: int) -> int:
        """How many bytes of data were written in the first so many of the record."""
        return sum(len(write.data) for write in before(self._writes, recorded_bytes))

    def found(self, seeds: range, *, lies: bool = False) -> tuple[Counter[str], list[str]]:
        """How many cuts each check finds something wrong with, and the first few. `lies`: since the entry before, the
        disk said that it flushed and did not."""
        counted, said = Counter[str](), list[str]()
        with self._agent.started("opens") as opening:
            for seed in seeds:
                known = self._left(seed, lies=lies)
                with mount(self._image, self._mounted):
                    wrong = ask(opening, self._agent.told(self._mounted / DATA, known))
                counted.update(wrong.keys())
                said += [f"{seed} {known}: {wrong}"] if wrong else []
        return counted, said[:3]

    def doctored(self) -> dict[str, list[str]]:
        """By each check what is found where one thing was falsified that this check is there for."""
        good = self._agent.codes.good
        lies: dict[str, dict[str, object]] = {
            LOST: {"seq": 10**9, "wanted": 10**9},
            "in": {"wrong": good},
            "twice": {"wanted": 1},
            "locked in": {"exit": UNWIRED},
        }
        found = {}
        with self._agent.started("opens") as opening:
            for check, lie in lies.items():
                known = self._left(0, lies=False)
                with mount(self._image, self._mounted):
                    found[check] = list(ask(opening, self._agent.told(self._mounted / DATA, known) | lie))
        return found

    def _left(self, seed: int, *, lies: bool) -> Known:
        """Make the disk that one cut leaves, at any moment until more was known; what was known then."""
        chance = random.Random(seed)
        at = chance.randrange(1, len(self._known) - 1)
        earlier, known, later = self._known[at - 1 : at + 2]
        written = chance.randint(known.written, later.written)
        writes = list(before(self._writes, written))
        if lies:
            honest = sum(1 for _ in before(writes, earlier.written))
            writes[honest:] = [replace(write, flush=False, fua=False) for write in writes[honest:]]
        shutil.copy(self._start, self._image)
        put(self._image, left_by_a_cut(writes, chance))
        fsck = subprocess.run(
            [program("e2fsck", package="e2fsprogs"), "-fy", self._image], capture_output=True, text=True, check=False
        )
        assert fsck.returncode < 4, fsck.stdout
        return replace(known, withdrawn=earlier.withdrawn) if lies else known
