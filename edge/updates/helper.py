"""Installs a release that the agent has fetched: ``python -m edge.updates.helper``, as root, of the package's version.

It trusts nothing that the agent, or somebody who took it over, has written: it copies release and package into its own
folder, and checks signature, digest, version and machine there. Then it has the new version tried, and returns to the
last good one if that does not show within ``HEALTHY_WITHIN_S`` that it works. It may be stopped at any moment, and goes
on at the next start.
"""

import contextlib
import hashlib
import logging
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

from edge.system.durable_files import Folder
from edge.system.log import logging_to
from edge.updates.handover import (
    HEALTHY,
    KEYS_FILE,
    PACKAGE_FILE,
    RELEASE,
    REQUEST,
    SLOTS_FOLDER,
    Healthy,
    Request,
    read_keys,
)
from edge.updates.host import machine_architecture, machine_system
from edge.updates.slots import Slots
from edge.updates.unpack import clear, unpack
from edge.version import installed_version
from edge.wire.codec import decode
from edge.wire.errors import ReleaseRefused, WireError
from edge.wire.log_format import LogFormat
from edge.wire.machine_clock import machine_boot_id
from edge.wire.releases import RELEASE_LIMIT, OpenedRelease, open_release

log = logging.getLogger("hallkeeper.update")

HEALTHY_WITHIN_S = 300.0
RESTARTS_LIMIT = 3
"""A version that ends by itself so often before it has shown that it works is given up at once."""
POLL_S = 1.0
STOPS_WITHIN_S = 20.0
RESERVE = 50 * 2**20
"""Bytes that stay free."""
INCOMING = "incoming"
UNIT = "hallkeeper-edge.service"
HANDED_LIMIT = 4096

T = TypeVar("T")


class Service(Protocol):
    """The agent's service."""

    def restart(self) -> None:
        """Have the agent start again, in what is current now; nothing if it does not run."""
        ...

    def restarts(self) -> int:
        """How often it has been started again after it had ended by itself."""
        ...


class SystemdService:
    """The agent's unit: its main process is ended, and systemd starts it again (``Restart=always``)."""

    def restart(self) -> None:
        before = self._show("MainPID")
        for number in (signal.SIGTERM, signal.SIGKILL):
            if before == 0:
                return
            with contextlib.suppress(ProcessLookupError):
                os.kill(before, number)
            until = time.monotonic() + STOPS_WITHIN_S
            while time.monotonic() < until:
                if self._show("MainPID") != before:
                    return
                time.sleep(0.2)

    def restarts(self) -> int:
        return self._show("NRestarts")

    def _show(self, name: str) -> int:
        command = ["/usr/bin/systemctl", "show", "--value", f"--property={name}", UNIT]
        said = subprocess.run(command, check=True, capture_output=True, text=True, timeout=30)
        return int(said.stdout or 0)


class Helper:
    """``folder``: that of the slots. ``agent``: the agent's data folder. ``steps`` is called between any two steps;
    tests end the process there. ``free``: bytes that a folder's disk still takes."""

    def __init__(
        self,
        slots: Slots,
        service: Service,
        *,
        folder: Path,
        agent: Path,
        system: str,
        architecture: str,
        healthy_within_s: float = HEALTHY_WITHIN_S,
        poll_s: float = POLL_S,
        steps: Callable[[str], None] = lambda step: None,
        free: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free,
    ) -> None:
        self._slots = slots
        self._service = service
        self._folder = folder
        self._agent = agent
        self._system = system
        self._architecture = architecture
        self._healthy_within_s = healthy_within_s
        self._poll_s = poll_s
        self._step = steps
        self._free = free

    def run(self, machine_boot: str) -> None:
        """Go on with a trial, then do what is asked, if anything is. Raises ``OSError``."""
        slots = self._slots
        before = slots.current
        trial = slots.resume()
        if trial is not None:
            self._judge(trial.request)
        elif slots.current != before:
            self._service.restart()
        request = self._handed(REQUEST, Request)
        done = slots.state.outcome
        if request is None or request.machine_boot != machine_boot or (done is not None and done.request == request.id):
            return
        version = "?"
        try:
            clear(self._folder / slots.free)
            release, package = self._take()
            version = release.manifest.version
            slots.check(release, system=self._system, architecture=self._architecture)
            self._step("checked")
            slots.begin(release, request.id, lambda slot: self._unpack(package, slot, release))
        except WireError as error:
            self._refuse(request.id, version, str(error))
            return
        except OSError as error:
            self._refuse(request.id, version, f"it cannot be installed: {error.strerror or error}")
            return
        finally:
            with contextlib.suppress(OSError):
                (self._folder / INCOMING).unlink()
        self._step("begun")
        log.info("A release is on trial", extra={"action": "update", "version": version})
        self._service.restart()
        self._step("restarted")
        self._judge(request.id)

    def _take(self) -> tuple[OpenedRelease, Path]:
        """The release that the agent has fetched, and a copy of its package that only root can change. Raises
        ``WireError`` and ``OSError``."""
        slots = self._slots
        with _opened(self._agent / RELEASE) as file:
            release = open_release(os.read(file, RELEASE_LIMIT + 1), slots.keys)
        manifest, package = release.manifest, self._folder / INCOMING
        free = self._free(self._folder)
        if (needed := manifest.size + manifest.unpacked + RESERVE) > free:
            raise ReleaseRefused(f"it needs {needed >> 20} MB on the disk, of which {free >> 20} MB are free")
        digest, left = hashlib.sha256(), manifest.size
        with _opened(self._agent / PACKAGE_FILE) as source, package.open("wb") as copy:
            while data := os.read(source, 1 << 20):
                left -= len(data)
                if left < 0:
                    break
                digest.update(data)
                copy.write(data)
        if left or digest.hexdigest() != manifest.sha256:
            raise ReleaseRefused("its package is not the one that was signed")
        return release, package

    def _unpack(self, package: Path, slot: str, release: OpenedRelease) -> None:
        self._step("unpacking")
        try:
            unpack(package, self._folder / slot, limit=release.manifest.unpacked)
        except BaseException:
            with contextlib.suppress(OSError):
                clear(self._folder / slot)
            raise
        self._step("unpacked")

    def _refuse(self, request: str, version: str, why: str) -> None:
        log.warning("A release was refused", extra={"action": "update", "version": version, "reason": why})
        self._slots.refuse(request, version, why[:300])

    def _judge(self, request: str) -> None:
        """Wait until the version on trial has shown that it works, or return to the last good one."""
        until = time.monotonic() + self._healthy_within_s
        restarts = self._service.restarts()
        why = None
        while not self._healthy(request):
            if self._service.restarts() - restarts > RESTARTS_LIMIT:
                why = f"it ended by itself more than {RESTARTS_LIMIT} times"
            elif time.monotonic() > until:
                why = f"it had not shown within {self._healthy_within_s:g} s that it works"
            if why is not None:
                log.error("A release is given up", extra={"action": "update", "reason": why})
                self._step("failed")
                self._slots.give_up(why)
                self._step("returned")
                self._service.restart()
                return
            time.sleep(self._poll_s)
        self._step("healthy")
        self._slots.keep()
        log.info("A release works", extra={"action": "update", "version": self._slots.version})

    def _healthy(self, request: str) -> bool:
        said = self._handed(HEALTHY, Healthy)
        return said is not None and said.request == request

    def _handed(self, name: str, kind: type[T]) -> T | None:
        """A small file that the agent has written; ``None`` if there is none that can be read."""
        try:
            with _opened(self._agent / name) as file:
                return decode(os.read(file, HANDED_LIMIT), kind)
        except (OSError, WireError):
            return None


class _opened:  # noqa: N801  # a context
    """A file of the agent's, which must be no link: what it leads to could be read with our rights."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)

    def __enter__(self) -> int:
        return self._file

    def __exit__(self, *raised: object) -> None:
        os.close(self._file)


def main() -> None:
    """Exits with 1 where the disk refuses."""
    with logging_to(sys.stderr, level=logging.INFO, kind=LogFormat.TEXT):
        try:
            shipped = read_keys(KEYS_FILE.read_text(encoding="utf-8"))
            helper = Helper(
                Slots(Folder(SLOTS_FOLDER, mode=0o644), package=installed_version(), shipped=shipped),
                SystemdService(),
                folder=SLOTS_FOLDER,
                agent=Path("/var/lib/hallkeeper-edge"),
                system=machine_system(),
                architecture=machine_architecture(),
            )
            helper.run(machine_boot_id())
        except OSError as error:
            log.error("An update could not be dealt with", extra={"action": "update", "reason": str(error)})
            sys.exit(1)


if __name__ == "__main__":
    main()
