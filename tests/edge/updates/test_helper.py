"""A release that the agent has fetched is installed, tried and kept or returned from, by real processes: the launcher
of the package, programs in real packages, and a helper that is killed at each of its steps."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from edge.system.durable_files import Folder
from edge.updates.handover import HEALTHY, PACKAGE_FILE, RELEASE, REQUEST, Healthy, Request
from edge.updates.helper import Helper
from edge.updates.slots import Outcome, Result, Slots
from tests.edge.updates.made import (
    ARCHITECTURE,
    BROKEN,
    HANGS,
    OTHER_KEY,
    SYSTEM,
    TRUSTED,
    environment,
    manifest,
    package,
    release_of,
    signed,
)

LAUNCHER = Path(__file__).parents[3] / "deploy/packages/hallkeeper.sh"
BOOT = "this boot"
STEPS = ("checked", "unpacking", "unpacked", "begun", "restarted", "healthy")
SHORT, LONG = ("begun",), pytest.mark.cases_full


class Machine:
    """Where an edge's package is installed, with its agent's data. It is the agent's service as well, as systemd keeps
    it: whatever the launcher starts is started again when it ends."""

    def __init__(self, folder: Path) -> None:
        self.root = folder
        self.slots_folder = folder / "slots"
        self.agent = folder / "agent"
        self.slots_folder.mkdir()
        (self.agent / "update").mkdir(parents=True)
        environment(folder / "package", "0.2.0", HANGS)
        self.environ = {
            "PATH": "/usr/bin:/bin",
            "HALLKEEPER_SLOTS": str(self.slots_folder),
            "HALLKEEPER_PACKAGE": str(folder / "package"),
            "AGENT": str(self.agent),
        }
        self.free = 1 << 30
        self._ended = 0
        self._running: subprocess.Popen[bytes] | None = None
        self._stop = False
        self._thread = threading.Thread(target=self._supervise)

    def start(self) -> None:
        self._thread.start()
        while self._running is None:
            time.sleep(0.001)

    def stop(self) -> None:
        self._stop = True
        while self._thread.is_alive():
            self.restart()
            self._thread.join(0.05)

    def restart(self) -> None:
        if self._running is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._running.pid, signal.SIGKILL)

    def restarts(self) -> int:
        return self._ended

    def _supervise(self) -> None:
        while not self._stop:
            self._running = subprocess.Popen(
                [LAUNCHER, "edge", "run"], env=self.environ, stdout=subprocess.DEVNULL, start_new_session=True
            )
            self._running.wait()
            self._ended += 1

    def version(self) -> str:
        """Which version the launcher starts."""
        return subprocess.run(
            [LAUNCHER, "version"], env=self.environ, capture_output=True, text=True, check=True
        ).stdout.strip()

    def hand_over(self, made: Path, release: bytes, request: str = "r1", boot: str = BOOT) -> None:
        (self.agent / RELEASE).write_bytes(release)
        (self.agent / PACKAGE_FILE).write_bytes(made.read_bytes())
        (self.agent / "update/id").write_text(request)
        (self.agent / REQUEST).write_bytes(msgspec.json.encode(Request(id=request, machine_boot=boot)))

    def helper(self, *, within_s: float = 20.0, kill_at: str | None = None) -> Helper:
        def step(name: str) -> None:
            if name == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

        return Helper(
            Slots(Folder(self.slots_folder, mode=0o644), package="0.2.0", shipped=TRUSTED),
            self,
            folder=self.slots_folder,
            agent=self.agent,
            system=SYSTEM,
            architecture=ARCHITECTURE,
            healthy_within_s=within_s,
            poll_s=0.01,
            steps=step,
            free=lambda folder: self.free,
        )

    def run_killed_at(self, step: str) -> None:
        """Run the helper in a process of its own, up to a step."""
        pid = os.fork()
        if pid == 0:
            with contextlib.suppress(BaseException):
                self.helper(kill_at=step).run(BOOT)
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        assert os.WIFSIGNALED(status), f"it never came to {step}"

    def outcome(self) -> Outcome | None:
        return Slots(Folder(self.slots_folder), package="0.2.0").state.outcome


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    machine = Machine(tmp_path)
    yield machine
    machine.stop()


@pytest.mark.parametrize("further", [(), pytest.param((("0.5.0", "a"),), marks=LONG)], ids=["two", "three"])
def test_a_release_that_works_is_kept_beside_the_last_good_one_and_the_next_takes_the_other_slot(
    machine: Machine, tmp_path: Path, further: tuple[tuple[str, str], ...]
) -> None:
    machine.start()
    for version, slot in (("0.3.0", "a"), ("0.4.0", "b"), *further):
        made = package(tmp_path, version)
        machine.hand_over(made, release_of(made, version), request=version)
        machine.helper().run(BOOT)
        assert machine.outcome() == Outcome(request=version, version=version, result=Result.GOOD)
        assert machine.version() == version
        assert (machine.slots_folder / "current").read_text() == slot
    folder = machine.slots_folder / slot
    assert os.readlink(folder / "lib64") == "lib"
    assert not (folder / "etc").exists()
    assert (machine.slots_folder / "state").stat().st_mode & 0o777 == 0o644  # the agent reads it
    assert not (machine.slots_folder / "incoming").exists()
    before = machine.restarts()
    machine.helper().run(BOOT)  # the same request once more
    assert (machine.restarts(), machine.version()) == (before, version)


@pytest.mark.parametrize(
    ("program", "why"), [(BROKEN, "ended by itself"), pytest.param(HANGS, "had not shown within", marks=LONG)]
)
def test_a_release_that_does_not_work_is_returned_from_without_anybody(
    machine: Machine, tmp_path: Path, program: str, why: str
) -> None:
    machine.start()
    made = package(tmp_path, "0.3.0", program)
    machine.hand_over(made, release_of(made, "0.3.0"))
    machine.helper(within_s=1.0 if program == HANGS else 20.0).run(BOOT)
    outcome = machine.outcome()
    assert outcome is not None
    assert (outcome.result, machine.version()) == (Result.RETURNED, "0.2.0")
    assert why in str(outcome.why)


@pytest.mark.parametrize("step", [step if step in SHORT else pytest.param(step, marks=LONG) for step in STEPS])
def test_a_helper_that_is_killed_at_any_step_leaves_a_version_that_starts_and_goes_on(
    machine: Machine, tmp_path: Path, step: str
) -> None:
    made = package(tmp_path, "0.3.0")
    machine.hand_over(made, release_of(made, "0.3.0"))
    if step == "healthy":
        (machine.agent / HEALTHY).write_bytes(msgspec.json.encode(Healthy(request="r1")))
    machine.run_killed_at(step)
    assert machine.version() == ("0.2.0" if step in STEPS[:3] else "0.3.0")
    machine.start()  # the machine boots: the request is of the boot before
    machine.helper().run("the next boot")
    if step in STEPS[:3]:
        assert (machine.version(), machine.outcome()) == ("0.2.0", None)
        machine.helper().run(BOOT)
    assert machine.version() == "0.3.0"
    assert machine.outcome() == Outcome(request="r1", version="0.3.0", result=Result.GOOD)


@LONG
@pytest.mark.parametrize("step", ["failed", "returned"])
def test_a_helper_that_is_killed_as_it_returns_has_returned_after_the_next_start(
    machine: Machine, tmp_path: Path, step: str
) -> None:
    made = package(tmp_path, "0.3.0", HANGS)
    machine.hand_over(made, release_of(made, "0.3.0"))
    pid = os.fork()
    if pid == 0:
        with contextlib.suppress(BaseException):
            machine.helper(within_s=0.01, kill_at=step).run(BOOT)
        os._exit(0)
    os.waitpid(pid, 0)
    machine.helper(within_s=0.01).run("the next boot")
    outcome = machine.outcome()
    assert outcome is not None
    assert (outcome.result, machine.version()) == (Result.RETURNED, "0.2.0")


def _changed(made: Path, tmp_path: Path, content: bytes) -> Path:
    other = tmp_path / "changed.deb"
    other.write_bytes(content)
    return other


@pytest.mark.parametrize(
    ("case", "why"),
    [
        ("another key", "not trusted"),
        ("a byte of the package changed", "not the one that was signed"),
        pytest.param("the package cut short", "not the one that was signed", marks=LONG),
        pytest.param("more behind the package", "not the one that was signed", marks=LONG),
        ("an older version", "not newer than 0.2.0"),
        pytest.param("no package at all", "no package that can be unpacked", marks=LONG),
        pytest.param("more in it than it says", "more in it than its release says", marks=LONG),
        pytest.param("for another machine", "made for debian13 on amd64", marks=LONG),
        pytest.param("more than the disk has", "MB are free", marks=LONG),
        pytest.param("the agent's folder leads elsewhere", "cannot be installed", marks=LONG),
    ],
)
def test_what_is_not_as_signed_or_not_for_this_machine_is_refused_and_nothing_changes(
    machine: Machine, tmp_path: Path, case: str, why: str
) -> None:
    made = package(tmp_path, "0.3.0")
    data, release = made.read_bytes(), release_of(made, "0.3.0")
    match case:
        case "another key":
            release = release_of(made, "0.3.0", key=OTHER_KEY)
        case "a byte of the package changed":
            made = _changed(made, tmp_path, data[:-700] + bytes([data[-700] ^ 1]) + data[-699:])
        case "the package cut short":
            made = _changed(made, tmp_path, data[:-1])
        case "more behind the package":
            made = _changed(made, tmp_path, data + b"\0")
        case "an older version":
            made = package(tmp_path, "0.1.9")
            release = release_of(made, "0.1.9")
        case "no package at all":
            made = _changed(made, tmp_path, b"no package")
            release = signed(manifest("0.3.0", made.read_bytes()))
        case "more in it than it says":
            release = release_of(made, "0.3.0", unpacked=4096)
        case "for another machine":
            release = release_of(made, "0.3.0", architecture="amd64")
        case "more than the disk has":
            machine.free = 50 << 20
    machine.hand_over(made, release)
    if case == "the agent's folder leads elsewhere":
        (machine.agent / PACKAGE_FILE).unlink()
        (machine.agent / PACKAGE_FILE).symlink_to("/etc/passwd")
    machine.helper().run(BOOT)
    outcome = machine.outcome()
    assert outcome is not None
    assert outcome.result is Result.REFUSED
    assert why in str(outcome.why)
    assert machine.version() == "0.2.0"
    assert sorted(path.name for path in machine.slots_folder.iterdir()) == ["state"]
