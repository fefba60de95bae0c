"""The demo's folder: locked by one demo at a time, and cleared of leftovers of a killed one."""

import contextlib
import fcntl
import os
import secrets
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from firmware_sim.errors import AlreadyRunning, NoFolder

PIDS = "pids.json"
_OURS = ("broker", "controller", "edges", "clock.json", "password", "state.json", "ready.json", PIDS, "page-key")


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Lock the folder for this process, and end processes that a killed demo left running.

    Raises ``AlreadyRunning``, and ``NoFolder`` if the folder cannot be used. The kernel releases the lock when this
    process ends.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        opened = (folder / "lock").open("a+")
    except OSError as error:
        raise NoFolder(
            f"The demo cannot keep its state in {folder} ({error.strerror}); name a folder of yours with --dir."
        ) from error
    with opened as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            who = lock.read().strip() or "unknown"
            raise AlreadyRunning(
                f"A demo runs in {folder} already (process {who}). "
                "Stop it with Ctrl-C, or name another folder with --dir."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        _end_stale(folder.absolute())
        yield


def kept_key(folder: Path) -> str:
    """What opens the page of the buildings, the same at every start."""
    file = folder / "page-key"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(12))
    return file.read_text()


def start_anew(folder: Path) -> None:
    """Delete the files of an earlier demo in ``folder``; leaves other files alone."""
    for name in _OURS:
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _end_stale(folder: Path) -> None:
    """Only recorded processes whose command line names the folder."""
    pids_file = folder / PIDS
    try:
        pids = msgspec.json.decode(pids_file.read_bytes(), type=dict[str, int])
    except (OSError, msgspec.DecodeError):
        return
    stale = [pid for pid in pids.values() if _is_ours(pid, folder)]
    for number, patience_s in ((signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0)):
        for pid in stale:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        deadline = time.monotonic() + patience_s
        while stale and time.monotonic() < deadline:
            stale = [pid for pid in stale if _is_ours(pid, folder)]
            time.sleep(0.05)
    pids_file.unlink(missing_ok=True)


def _is_ours(pid: int, folder: Path) -> bool:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return any(str(folder).encode() in word for word in words)
