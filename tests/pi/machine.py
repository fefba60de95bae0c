"""A virtual machine: QEMU by software emulation, because KVM is not there on every machine that tests."""

import base64
import itertools
import json
import socket
import subprocess
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from tests.pi.image import Image, run, say
from tests.services.process import program

HOST = "10.0.2.2"
"""The address at which the machine reaches what listens on this one's loopback."""
WATCHDOG = ("-device", "i6300esb", "-action", "watchdog=reset")
"""Words for QEMU: a hardware watchdog of Intel, which Debian's kernel knows, in the place of a Pi's own."""
NO_WATCHDOG = "module_blacklist=iTCO_wdt"
"""Words for its kernel: it leaves alone the watchdog that QEMU's chip set always has."""
BOOT_S = 900.0
COMMAND_S = 900.0
"""Limits, not expectations: emulation on a busy machine takes ten times as long as on an idle one."""


class MachineFailed(Exception):
    """The machine did not boot, did not answer, or a command in it failed."""


class Machine:
    """One machine with a disk of its own, which is a layer over another disk. It keeps the disk over cuts."""

    def __init__(
        self, folder: Path, image: Image, *, over: Path | None = None, more: Sequence[str | Path] = ()
    ) -> None:
        """`over`: another disk to begin with; without it, the image's. `more`: words for QEMU."""
        self.disk = folder / "disk.qcow2"
        self.console = folder / "console.log"
        self.boot_s = 0.0
        """Seconds from the start of QEMU to the first answer of the last boot."""
        self._image = image
        self._more = more
        self._socket = folder / "channel"
        self._process: subprocess.Popen[bytes] | None = None
        self._asking: socket.socket | None = None
        self._waiting: dict[int, SimpleQueue[dict[str, Any] | None]] = {}
        self._ids = itertools.count(1)
        under = over or image.disk
        kind = "raw" if under.suffix == ".raw" else "qcow2"
        run(
            program("qemu-img", package="qemu-utils"), "create", "-q", "-f", "qcow2", "-F", kind, "-b", under, self.disk
        )

    def boot(
        self, *, rtc: str = "utc", record: Path | None = None, kernel: str = "", more: Sequence[str | Path] = ()
    ) -> None:
        """Switch it on; returns when it answers. `rtc`: what its battery clock says, in UTC, if not the time. `record`:
        a file for what it writes to its disk (`recorded_writes.py`). `kernel`: words for its kernel. `more`: words for
        QEMU, this time.

        Raises `MachineFailed` with the end of its console.
        """
        self._socket.unlink(missing_ok=True)
        if record is not None:
            record.touch()
        started = time.monotonic()
        self._waiting = {0: SimpleQueue()}
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(self._socket))
            listening.listen(1)
            listening.settimeout(60)
            with self.console.open("ab") as console:
                self._process = subprocess.Popen(
                    [*self._argv(rtc, record, kernel), *more],
                    stdin=subprocess.DEVNULL,
                    stdout=console,
                    stderr=console,
                    cwd=self.disk.parent,
                )
            self._asking, _ = listening.accept()
        threading.Thread(target=self._listen, args=(self._asking, self._waiting), daemon=True).start()
        self.rebooted()
        self.boot_s = time.monotonic() - started
        say(f"booted in {self.boot_s:.0f} s")

    def rebooted(self) -> None:
        """Returns when it answers after a boot: also one that it made by itself, without being switched off.

        Raises `MachineFailed` with the end of its console.
        """
        try:
            answered = self._waiting[0].get(timeout=BOOT_S)
        except Empty:
            answered = None
        if answered is None:
            self.cut()
            raise MachineFailed(f"it did not boot: {self._tail()}")

    def ask(self, asked: dict[str, Any], *, within_s: float = COMMAND_S) -> dict[str, Any]:
        """Have the channel's program do something. Raises `MachineFailed`."""
        number = next(self._ids)
        answers: SimpleQueue[dict[str, Any] | None] = SimpleQueue()
        self._waiting[number] = answers
        assert self._asking is not None, "it is off"
        self._asking.sendall(json.dumps({"id": number, **asked}).encode() + b"\n")
        try:
            answer = answers.get(timeout=within_s)
        except Empty:
            raise MachineFailed(f"no answer in {within_s:g} s to {asked}: {self._tail()}") from None
        if answer is None:
            raise MachineFailed(f"it went off while it was asked {asked}: {self._tail()}")
        if failed := answer.get("failed"):
            raise MachineFailed(f"{asked}: {failed}")
        return answer

    def run(self, *argv: str, stdin: bytes = b"", check: bool = True, within_s: float = COMMAND_S) -> str:
        """What a program in it prints. Raises `MachineFailed` where it does not end well, unless not to `check`."""
        done = self.ask({"argv": argv, "stdin": base64.b64encode(stdin).decode()}, within_s=within_s)
        out, err = (base64.b64decode(done[each]).decode(errors="replace") for each in ("out", "err"))
        if check and done["rc"] != 0:
            raise MachineFailed(f"{' '.join(argv)} ended with {done['rc']}:\n{out[-2000:]}{err[-2000:]}")
        return out

    def sh(self, script: str, *, check: bool = True) -> str:
        """What a shell script in it prints; it ends at the first command that fails."""
        return self.run("sh", "-euc", script, check=check)

    def put(self, path: str, text: str, *, mode: str = "644") -> None:
        """Write a file in it."""
        self.run("install", "-D", "-m", mode, "/dev/stdin", path, stdin=text.encode())

    def cut(self) -> None:
        """Take its power away. What the machine had not flushed may still be on the disk."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._close()

    def shut_down(self) -> None:
        """Switch it off as an operator does."""
        self.run("systemctl", "poweroff", "--no-block")
        assert self._process is not None
        self._process.wait(timeout=BOOT_S)
        self._close()

    def _close(self) -> None:
        self._process = None
        if self._asking is not None:
            self._asking.close()
            self._asking = None

    def _argv(self, rtc: str, record: Path | None, kernel: str) -> list[str | Path]:
        has = self._image.architecture
        line = (
            f"root=LABEL=root ro console={has.console} quiet loglevel=4 panic=5 mitigations=off {has.kernel} {kernel}"
        )
        return [
            *(program("setpriv", package="util-linux"), "--pdeathsig=KILL", "--"),  # it ends with us
            program(has.qemu, package=has.qemu_package),
            *(*has.board, "-accel", "tcg,thread=multi", "-smp", "1", "-m", "1024"),
            *("-display", "none", "-nodefaults", "-no-user-config", "-serial", "stdio"),
            *("-netdev", "user,id=net", "-device", "virtio-net-pci,netdev=net,romfile="),
            *("-kernel", self._image.kernel, "-initrd", self._image.initrd),
            *("-append", line),
            *("-blockdev", f"driver=qcow2,node-name=disk,file.driver=file,file.filename={self.disk}"),
            *(
                ("-blockdev", f"driver=blklogwrites,node-name=recorded,file=disk,log.driver=file,log.filename={record}")
                if record
                else ()
            ),
            *("-device", f"virtio-blk-pci,drive={'recorded' if record else 'disk'}"),
            *("-device", "virtio-serial-pci", "-chardev", f"socket,id=channel,path={self._socket}"),
            *("-device", "virtserialport,chardev=channel,name=hallkeeper.test"),
            *("-object", "rng-random,id=rng,filename=/dev/urandom", "-device", "virtio-rng-pci,rng=rng"),
            *("-rtc", f"base={rtc}"),
            *self._more,
        ]

    def _listen(self, asking: socket.socket, waiting: dict[int, SimpleQueue[dict[str, Any] | None]]) -> None:
        """Hands out answers until the machine goes off; then all who wait get None."""
        try:
            with asking.makefile("rb") as lines:
                for line in lines:
                    answer = json.loads(line)
                    if (answers := waiting.get(answer["id"])) is not None:
                        answers.put(answer)
        except (OSError, ValueError):
            pass
        for answers in waiting.values():
            answers.put(None)

    def _tail(self) -> str:
        return self.console.read_text(errors="replace")[-3000:].strip() or "(its console says nothing)"
