"""The one way to the program restic, which keeps the backups: https://restic.readthedocs.io/en/stable/075_scripting.html."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from controller.platform.settings import BackupSection

TAG = "hallkeeper"
_NO_REPOSITORY = 10
_LOCKED = 11
_WRONG_PASSWORD = 12
_LINE = re.compile(r"^\s*([A-Za-z_]\w*)=(.*)$")


class BackupFault(Exception):
    """A backup could not be made, tested or restored. The message names the fix."""


class NoRepository(BackupFault):
    """Nothing is at the place that is set."""


class Locked(BackupFault):
    """Something else works on the repository, or did when it was killed."""


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """One backup in the repository. ``id``: as restic names it, shortened. ``stored_at``: in UTC. ``machine``: its host
    name."""

    id: str
    stored_at: datetime
    machine: str


class _Listed(msgspec.Struct, frozen=True):
    short_id: str
    time: datetime
    hostname: str = ""


class _Message(msgspec.Struct, frozen=True):
    message_type: str = ""
    message: str = ""
    percent_done: float = 0.0
    snapshot_id: str = ""
    data_added: int = 0


class Restic:
    """A repository. Each method raises ``BackupFault``, ``NoRepository`` or ``Locked``. ``say``: gets the percentage
    that is done, now and then."""

    def __init__(self, backup: BackupSection, *, say: Callable[[int], None] = lambda percent: None) -> None:
        program = shutil.which("restic")
        if program is None:
            raise BackupFault("restic is not installed; apt-get install restic")
        if not backup.repository or backup.password_file is None:
            raise BackupFault("no backups are set up; set repository and password_file under [backup] in the settings")
        self.place = re.sub(r"(?<=://)[^/]*@", "", backup.repository)
        """Without a password that stands in it."""
        self._local = Path(backup.repository) if backup.repository.startswith("/") else None
        self._say = say
        self._program = program
        secret = _secret(backup.password_file)
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("RESTIC_")},
            **(_lines(backup.environment_file) if backup.environment_file else {}),
            "RESTIC_REPOSITORY": backup.repository,
            "RESTIC_PASSWORD_FILE": str(secret),
            "RESTIC_PROGRESS_FPS": "1",
        }

    def create(self) -> None:
        """A new, empty repository. The folder around a local one must exist: its disk may not be mounted."""
        if self._local is not None and not self._local.parent.is_dir():
            raise BackupFault(f"the folder {self._local.parent} does not exist; mount its disk, or create it")
        self._run("init")

    def unlock(self) -> None:
        """Remove locks that processes left which have ended."""
        self._run("unlock")

    def back_up(self, folder: Path) -> tuple[str, int]:
        """Store what lies in a folder; the snapshot's id, and how many bytes were added to the repository."""
        words = ("backup", "--tag", TAG, "--group-by", "tags", "--no-cache", ".")
        done = [each for each in self._messages(words, folder) if each.message_type == "summary"]
        if not done or not done[-1].snapshot_id:
            raise BackupFault(f"restic did not say which backup it made in {self.place}; see `restic snapshots`")
        return done[-1].snapshot_id[:8], done[-1].data_added

    def restore(self, snapshot: str, folder: Path) -> None:
        """Put a snapshot's files into a folder."""
        for _ in self._messages(("restore", snapshot, "--no-cache", "--target", str(folder)), None):
            pass

    def file(self, snapshot: str, name: str) -> bytes:
        """One file of a snapshot."""
        return self._run("dump", "--no-cache", snapshot, f"/{name}")

    def snapshots(self) -> list[Snapshot]:
        """Ours, the oldest first."""
        raw = self._run("snapshots", "--json", "--no-cache", "--tag", TAG)
        found = sorted(msgspec.json.decode(raw, type=list[_Listed]), key=lambda each: each.time)
        return [
            Snapshot(id=each.short_id, stored_at=each.time.astimezone(UTC), machine=each.hostname) for each in found
        ]

    def forget(self, *, daily: int, weekly: int, monthly: int) -> None:
        """Delete backups that are too old, and what only they need."""
        keep = ("--keep-daily", str(daily), "--keep-weekly", str(weekly), "--keep-monthly", str(monthly))
        self._run("forget", "--tag", TAG, "--group-by", "tags", *keep, "--prune", "--no-cache")

    def _run(self, *words: str) -> bytes:
        done = subprocess.run(
            [self._program, *words], env=self._environment, stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
        if done.returncode:
            raise self._fault(done.returncode, done.stderr.decode(errors="replace"), words[0])
        return done.stdout

    def _messages(self, words: tuple[str, ...], folder: Path | None) -> Iterator[_Message]:
        """What it says while it works, as JSON; percentages go to ``say``."""
        command = [self._program, *words, "--json"]
        with subprocess.Popen(
            command,
            env=self._environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as process:
            assert process.stdout is not None
            said: list[str] = []
            for line in process.stdout:
                try:
                    message = msgspec.json.decode(line, type=_Message)
                except msgspec.MsgspecError:
                    said.append(line.decode(errors="replace"))
                    continue
                if message.message_type == "status":
                    self._say(int(100 * message.percent_done))
                elif message.message_type in {"error", "exit_error"}:
                    said.append(line.decode(errors="replace"))
                yield message
        if process.returncode:
            raise self._fault(process.returncode, "\n".join(said), words[0])

    def _fault(self, code: int, said: str, what: str) -> BackupFault:
        """What restic means, by its exit code, which older ones do not set, or by its words."""
        if code == _NO_REPOSITORY or "Is there a repository at" in said:
            return NoRepository(f"there is no repository at {self.place}")
        if code == _WRONG_PASSWORD or "wrong password or no key found" in said:
            return BackupFault(
                f"the password does not open the backups at {self.place}; put the one into password_file that they "
                "were begun with, or set another repository"
            )
        if code == _LOCKED or "repository is already locked" in said:
            return Locked(
                f"something else works on the backups at {self.place}; wait until it has ended, or, if it never will, "
                "run `restic unlock`"
            )
        if "permission denied" in said.lower():
            return BackupFault(f"this user may not read and write {self.place}: {_last(said)}; chown it to them")
        if "no space left" in said.lower():
            return BackupFault(f"the disk is full: {_last(said)}; make room, or keep fewer backups (keep_daily …)")
        if what in {"restore", "dump"} and ("no matching ID" in said or "no snapshot found" in said):
            return BackupFault("there is no such backup; `hallkeeper controller backups` lists them")
        return BackupFault(f"`restic {what}` at {self.place} failed: {_last(said) or f'exit code {code}'}")


def _last(said: str) -> str:
    """The last thing that it said, in words."""
    lines = [line for line in said.splitlines() if line.strip()]
    for line in reversed(lines):
        try:
            message = msgspec.json.decode(line, type=dict[str, object])
        except msgspec.MsgspecError:
            return line.strip().removeprefix("Fatal: ")[:400]
        inner = message.get("error")
        text = message.get("message") or (inner.get("message") if isinstance(inner, dict) else "")
        if text:
            return str(text).removeprefix("Fatal: ")[:400]
    return ""


def _secret(file: Path) -> Path:
    """Raises ``BackupFault`` where others than its owner and group may read it."""
    try:
        mode = file.stat().st_mode
    except OSError as error:
        raise BackupFault(f"{file} cannot be read ({error.strerror}); write it, for the controller's user") from error
    if mode & 0o007:
        raise BackupFault(f"{file} is readable by all users; chmod 640 {file}")
    return file


def _lines(file: Path) -> dict[str, str]:
    """``NAME=value``, a line each; empty ones and those that begin with # are left out. Raises ``BackupFault``."""
    found: dict[str, str] = {}
    for number, line in enumerate(_secret(file).read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.match(line)
        if match is None:
            raise BackupFault(f"{file}, line {number}: write NAME=value")
        found[match[1]] = match[2].strip().strip("\"'")
    return found
