"""One foreign server as a child process."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

_POLL_S = 0.005


class ServiceMissing(Exception):
    """A program the tests need is not installed."""

    def __init__(self, program: str, package: str) -> None:
        super().__init__(f"{program} is not installed, and no test is skipped: apt-get install -y {package}")


class ServiceFailed(Exception):
    """A server ended or stayed silent instead of answering."""


def program(*names: str, package: str, folders: Sequence[Path] = ()) -> str:
    """Path of an installed program, the first of ``names`` that is found in PATH, in /usr/sbin or in `folders`.

    Raises ServiceMissing, which names the Debian package.
    """
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", *map(str, folders)])
    for name in names:
        if found := shutil.which(name, path=path):
            return found
    raise ServiceMissing(names[0], package)


class Service:
    """A server process: `start` returns once it answers, every other call acts on its own pid only.

    It dies with the process that started it, so a test run that is killed leaves nothing behind: of ``orphan_signal``,
    which one that has processes of its own must be able to pass on.
    """

    def __init__(
        self,
        name: str,
        argv: Sequence[str],
        *,
        log: Path,
        ready: Callable[[], bool],
        user: str | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        orphan_signal: signal.Signals = signal.SIGKILL,
        patience_s: float = 60.0,
    ) -> None:
        self.name = name
        self.log = log
        self._argv = argv
        self._ready = ready
        self._user = user
        self._stop_signal = stop_signal
        self._orphan_signal = orphan_signal
        self._patience_s = patience_s
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Process id; raises ServiceFailed when it is not running."""
        return self._running().pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the server and wait until it answers; raises ServiceFailed with the end of its log."""
        self.spawn()
        self.answers()

    def spawn(self) -> None:
        """Start the server and wait for nothing, for one that answers only beside others."""
        if self.running:
            raise ServiceFailed(f"{self.name} is running already as process {self.pid}")
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [*_tied_to_us(self._user, self._orphan_signal), *self._argv],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.log.parent,
            )
        self._process = process

    def answers(self) -> None:
        """Wait until it answers, as ``start`` does."""
        process = self._process
        assert process is not None
        deadline = time.monotonic() + self._patience_s
        while not self._ready():
            if process.poll() is not None:
                raise ServiceFailed(f"{self.name} ended at once ({process.returncode}): {self._tail()}")
            if time.monotonic() > deadline:
                self.kill()
                raise ServiceFailed(f"{self.name} did not answer in {self._patience_s:g} s: {self._tail()}")
            time.sleep(_POLL_S)

    def stop(self) -> None:
        """End it as its operator would, and wait; harmless when it does not run."""
        if not self.running:
            return
        process = self._running()
        process.send_signal(signal.SIGCONT)
        process.send_signal(self._stop_signal)
        try:
            process.wait(timeout=self._patience_s)
        except subprocess.TimeoutExpired:
            self.kill()
            raise ServiceFailed(f"{self.name} would not stop: {self._tail()}") from None

    def kill(self) -> None:
        """kill -9, and wait; harmless when it does not run."""
        if self.running:
            process = self._running()
            process.kill()
            process.wait()

    def pause(self) -> None:
        """Freeze it: connections stay open, nothing moves."""
        self.signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.signal(signal.SIGCONT)

    def signal(self, number: signal.Signals) -> None:
        self._running().send_signal(number)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            raise ServiceFailed(f"{self.name} is not running")
        return self._process

    def _tail(self) -> str:
        return self.log.read_text(errors="replace")[-2000:].strip() or "(its log is empty)"


def _tied_to_us(user: str | None, orphan_signal: signal.Signals) -> list[str]:
    become = [f"--reuid={user}", f"--regid={user}", "--init-groups"] if user else []
    return [program("setpriv", package="util-linux"), *become, f"--pdeathsig={orphan_signal.name}", "--"]
