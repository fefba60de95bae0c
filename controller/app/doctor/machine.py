"""What the doctor checks of the controller's machine: clocks, versions, who may read what, disk, systemd."""

import os
import platform
import pwd
import re
import sqlite3
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from controller.platform.backups.state import BackupWatch
from controller.platform.settings import Settings
from edge.wire import doctor_findings
from edge.wire.clock import Clock
from edge.wire.doctor_findings import UNIT_FIELDS, Finding, fail, ok, unit, warn
from edge.wire.machine_clock import BATTERY_CLOCK, battery_clock, kernel_error_s, kernel_synchronised

UNIT = "hallkeeper-controller"
ANSWER_S = 5.0
LEAST_FREE_MB, LITTLE_FREE_MB = 100, 1000
LEAST_INODES = 1000
_SHOWN = ("cryptography", "sqlalchemy", "fastapi", "aiomqtt")
_EXTRA = re.compile(r"extra ==")
_NAME = re.compile(r"[A-Za-z0-9._-]+")


def clocks(battery: Path = BATTERY_CLOCK) -> Iterator[Finding]:
    """``battery``: the kernel's file of the battery clock."""
    told = battery_clock(battery)
    off_s = told.timestamp() - time.time() if told is not None else None
    yield from doctor_findings.clock(synchronised=kernel_synchronised(), error_s=kernel_error_s(), battery_off_s=off_s)


def versions() -> Finding:
    """What is installed, and whether a library is missing that this version needs."""
    gone, shown = [], [f"Python {platform.python_version()}", f"SQLite {sqlite3.sqlite_version}"]
    wanted = [line for line in requires("hallkeeper") or () if _EXTRA.search(line) is None or "controller" in line]
    for line in wanted:
        name = _NAME.match(line)
        assert name is not None
        try:
            found = version(name[0])
        except PackageNotFoundError:
            gone.append(name[0])
        else:
            shown += [f"{name[0]} {found}"] if name[0] in _SHOWN else []
    if gone:
        hint = "Install the package again: apt-get install --reinstall hallkeeper-controller"
        return fail("versions", f"not installed: {', '.join(gone)}", hint)
    return ok("versions", f"Hallkeeper {version('hallkeeper')}, {', '.join(shown)}")


def permissions(config: Path, settings: Settings) -> Iterator[Finding]:
    """Who may read keys, database and secrets. To be called as the owner of the data folder, or as its reader."""
    folder = settings.data_dir
    if not folder.is_dir():
        hint = f"systemctl start {UNIT} makes it; after a loss restore a backup (docs/restore.md)"
        yield fail("permissions", f"{folder} does not exist", hint)
        return
    owner = folder.stat().st_uid
    wrong = [
        *_open_files(folder),
        *_of_others(folder, owner),
        *(found for key, file in _named_secrets(settings) if (found := _secret(key, file)) is not None),
    ]
    if settings.database is not None and config.stat().st_mode & stat.S_IROTH:
        said = f"{config} names the database, and every user of this machine can read it"
        wrong.append(warn("permissions", said, f"chmod 640 {config} && chgrp {_name(owner)} {config}"))
    yield from wrong
    if not wrong:
        yield ok("permissions", f"only {_name(owner)} can read keys and database in {folder}")


def _open_files(folder: Path) -> Iterator[Finding]:
    private = [folder / "keys", *(folder / "keys").glob("*"), *folder.glob("*.db*"), folder / "setup-token"]
    for file in private:
        if file.exists() and file.stat().st_mode & 0o077:
            mode = "700" if file.is_dir() else "600"
            yield fail("permissions", f"{file} is open to other users", f"chmod {mode} {file}")


def _of_others(folder: Path, owner: int) -> Iterator[Finding]:
    """The files that the service could not write because they belong to somebody else."""
    files = (*folder.glob("*"), *(folder / "keys").glob("*"), *(folder / "broker").glob("*"))
    others = [file for file in files if file.lstat().st_uid != owner]
    if others:
        said = f"{others[0]} belongs to {_name(others[0].lstat().st_uid)}, not to {_name(owner)}"
        yield fail("permissions", said, f"chown -R {_name(owner)} {folder}")


def _named_secrets(settings: Settings) -> Iterator[tuple[str, Path]]:
    found = {
        "broker.password_file": settings.broker.password_file,
        "history.token_file": settings.history.token_file,
        "sip2.password_file": settings.sip2.password_file,
        "mail.password_file": settings.mail.password_file,
        "bounces.password_file": settings.bounces.password_file,
        "backup.password_file": settings.backup.password_file,
        "backup.environment_file": settings.backup.environment_file,
        "sms.token_file": settings.sms.token_file,
    }
    yield from ((key, file) for key, file in found.items() if file is not None)
    yield from (
        ("oidc.client_secret_file", each.client_secret_file) for each in settings.oidc if each.client_secret_file
    )


def _secret(key: str, file: Path) -> Finding | None:
    us = _name(os.geteuid())
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text"
        return fail("permissions", f"{key}: {us} cannot read {file} ({why})", f"chgrp {us} {file} && chmod 640 {file}")
    if not text.strip():
        return fail("permissions", f"{key}: {file} is empty", f"Write the secret into {file}, in one line")
    if file.stat().st_mode & stat.S_IROTH:
        return fail("permissions", f"{key}: every user of this machine can read {file}", f"chmod 640 {file}")
    return None


def _name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"user {user}"


def disk(settings: Settings) -> Iterator[Finding]:
    """The room where the data folder is. How fast it is used the database tells."""
    folder = settings.data_dir
    if not folder.is_dir():
        return
    there = os.statvfs(folder)
    inodes = there.f_favail if there.f_files else None
    yield room(str(folder), free_mb=there.f_bavail * there.f_frsize // 2**20, inodes=inodes)


def backups(settings: Settings, clock: Clock) -> Finding:
    """What became of the last backup, where the settings name a place for them."""
    if not settings.backup.repository:
        hint = "Set repository and password_file under [backup]: docs/restore.md"
        return warn("backup", "no backups by themselves are set up", hint)
    watch = BackupWatch(settings.backup, settings.data_dir, clock)
    trouble, last = watch.trouble(), watch.last()
    if trouble is not None:
        return fail("backup", trouble, "Then run `hallkeeper controller backup`, and see that it ends well")
    assert last is not None
    assert last.good_at is not None
    said = f"the one of {last.good_at:%Y-%m-%d %H:%M} UTC was restored as a test and was equal: {last.rows} rows"
    return ok("backup", said)


def room(folder: str, *, free_mb: int, inodes: int | None) -> Finding:
    """``inodes``: how many are free; ``None``: the file system has no such limit."""
    said = f"{free_mb} MB are free where {folder} is"
    hint = f"Delete or move what else is there: du -xh --max-depth=2 {folder} | sort -h | tail"
    if free_mb < LEAST_FREE_MB:
        return fail("disk", said, hint)
    if free_mb < LITTLE_FREE_MB:
        return warn("disk", said, hint)
    if inodes is not None and inodes < LEAST_INODES:
        return warn("disk", f"only {inodes} inodes are free where {folder} is", "Remove small files")
    return ok("disk", said)


def run(*command: str) -> str | None:
    """The output of a program; ``None`` if it is missing or fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=ANSWER_S, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def service(answers: bool, *, where: str, run: Callable[..., str | None] = run) -> Finding:
    """Whether the controller runs. ``answers``: it does at ``where``, however it was started."""
    told = unit(UNIT, run("systemctl", "show", UNIT, "-p", UNIT_FIELDS), watched=False)
    if answers:
        by = "" if told.verdict is doctor_findings.Severity.OK else ", but not as a service of systemd"
        return ok("service", f"it answers at {where}{by}")
    hint = f"systemctl restart {UNIT}; journalctl -u {UNIT} -n 50 says why it does not run"
    return fail("service", f"nothing answers at {where}", hint)
