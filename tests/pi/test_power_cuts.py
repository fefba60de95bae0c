"""Power cuts of a machine: of what it had not flushed, a disk keeps anything or nothing."""

import json
import random
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.pi.hall import SITE, Hall
from tests.pi.image import run, say
from tests.pi.machine import Machine
from tests.pi.packages import edge_package, installed_disk
from tests.pi.recorded_writes import Write, left_by_a_cut, put, recorded
from tests.pi.wiring import EXIT_BUTTON, play
from tests.services.process import program

pytestmark = pytest.mark.pi

IMAGES = 30
ENTRIES = 8
HOLD_S = 4.0
DATA = "/var/lib/hallkeeper-edge"
LOOK = """
import json, logging, sys
from pathlib import Path
from edge.events.recovery import recover
from edge.system.durable_files import DiskFiles
logging.disable()
found = recover(DiskFiles(Path(sys.argv[1])))
print(json.dumps([found.log, found.segments[-1].last if found.segments else 0]))
"""


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the controller had stored when the machine had written the first `written` bytes of the record."""

    written: int
    log: str
    seq: int
    entries: int
    controller: Path
    """A copy of its folder."""


class Cuts:
    """Cuts of one recorded run, from the disk that it began with."""

    def __init__(self, folder: Path, start: Path, record: Path, known: Sequence[Known]) -> None:
        self._folder = folder
        self._start = start
        self._known = known
        self._writes = list(recorded(record))
        run("dpkg-deb", "--extract", edge_package(), folder / "package")

    def image(self, seed: int, *, lies: bool = False) -> tuple[Path, Known]:
        """A disk as one cut leaves it, and what was known then. `lies`: since the entry before, the disk said that it
        flushed and did not."""
        chance = random.Random(seed)
        at = chance.randrange(1, len(self._known))
        known, honest = self._known[at], self._known[at - 1].written if lies else self._known[at].written
        image = self._folder / f"cut-{seed}.raw"
        run("cp", "--sparse=always", "--reflink=auto", self._start, image)
        put(image, left_by_a_cut(list(self._before(known.written, honest)), chance))
        return image, known

    def keeps(self, image: Path, known: Known) -> bool:
        """Whether the installed agent finds on the disk all that the controller had stored."""
        fsck = subprocess.run(
            [program("e2fsck", package="e2fsprogs"), "-fy", image], capture_output=True, text=True, check=False
        )
        assert fsck.returncode < 4, fsck.stdout
        found = image.with_suffix("")
        found.mkdir()
        run(program("debugfs", package="e2fsprogs"), "-R", f"rdump {DATA} {found}", image)
        data = found / Path(DATA).name
        data.mkdir(exist_ok=True)
        python = self._folder / "package/opt/hallkeeper/bin/python"
        log, head = json.loads(run(python, "-c", LOOK, data, env={}))
        return bool(log == known.log and head >= known.seq)

    def _before(self, written: int, honest: int) -> Iterator[Write]:
        size = 512
        for write in self._writes:
            size += 512 + len(write.data)
            if size > written:
                return
            yield write if size <= honest else replace(write, flush=False, fua=False)


async def test_no_cut_loses_an_event_that_the_controller_has_and_the_machine_boots_and_opens(
    hall: Hall, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    await hall.hold(HOLD_S)
    await hall.enrol()
    code = await hall.booked()
    hall.machine.shut_down()
    start, record = tmp_path / "start.raw", tmp_path / "record"
    run(program("qemu-img", package="qemu-utils"), "convert", "-O", "raw", hall.machine.disk, start)
    hall.machine.boot(record=record)
    await hall.running()
    known = []
    for entry in range(1, ENTRIES + 1):
        hall.type(code)
        last = (await hall.stored("access", entry))[-1]
        copy = tmp_path / f"controller-{entry}"
        hall.controller.pause()
        shutil.copytree(hall.controller.data_dir, copy)
        written = record.stat().st_size  # with all that the copy has
        hall.controller.resume()
        known.append(Known(written=written, log=last["log"], seq=last["seq"], entries=entry, controller=copy))
        await hall.line_is(on=False)
    hall.machine.cut()
    cuts = Cuts(tmp_path, start, record, known)
    lost, lost_by_liar = list[int](), list[int]()
    for seed in range(IMAGES):
        for lies, without in ((False, lost), (True, lost_by_liar)):
            image, at = cuts.image(seed, lies=lies)
            if not cuts.keeps(image, at):
                without.append(seed)
            run("rm", "-rf", image, image.with_suffix(""))
    say(f"of {IMAGES} cuts {len(lost)} lost an event, {len(lost_by_liar)} on a disk that does not flush")
    assert lost == []
    assert lost_by_liar != []  # or these cuts would show nothing
    boots = pytestconfig.getoption("--boots")
    for seed in range(boots):
        image, at = cuts.image(seed)
        await boots_and_opens(hall, code, image, at)
        run("rm", "-rf", image, image.with_suffix(""))
        say(f"{seed + 1} of {boots} booted, with {at.entries} entries that the controller had")


async def boots_and_opens(hall: Hall, code: str, image: Path, at: Known) -> None:
    """The four checks of a machine with that disk, before the controller as it was at the cut: nobody gets in by the
    cut, nobody is locked in, and events go on after those that the controller had, each with a number of its own."""
    await hall.controller.kill()
    shutil.rmtree(hall.controller.data_dir)
    shutil.copytree(at.controller, hall.controller.data_dir)
    await hall.controller.start()
    folder = image.with_suffix("")
    folder.mkdir()
    hall.machine = Machine(folder, installed_disk()[0], over=image)
    try:
        hall.machine.boot()
        await hall.running()
        await hall.opens(code)
        play(hall.machine, [(0.0, EXIT_BUTTON, False), (0.3, EXIT_BUTTON, True)])
        await hall.line_is(on=True)
        assert {each["log"] for each in await hall.stored("access", at.entries + 1)} == {at.log}
        assert (await hall.api.get(f"/sites/{SITE}/quarantine"))["items"] == []
        assert await hall.events("dropped") == []
    finally:
        hall.machine.cut()
