"""One child process with its own log; it counts as started once it answers, and is ended by its pid."""

import asyncio
import contextlib
import os
import shutil
import signal
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

from firmware_sim.errors import ProcessFailed

_POLL_S = 0.02
_TAIL_BYTES = 2000


class Process(Protocol):
    """A started process, as asyncio's own. ``returncode`` is known once it has ended."""

    @property
    def pid(self) -> int: ...

    @property
    def returncode(self) -> int | None: ...

    async def wait(self) -> int: ...


Start: TypeAlias = Callable[[Sequence[str], Path, Mapping[str, str]], Awaitable[Process]]
"""Starts a program in a session of its own, so that Ctrl-C at the terminal reaches only us and we end it in order. Its
output is appended to a log; it has the environment that is given."""


async def execute(argv: Sequence[str], log: Path, env: Mapping[str, str]) -> Process:
    """The usual ``Start``."""
    with log.open("ab") as output:
        return await asyncio.create_subprocess_exec(
            *_tied_to_us(),
            *argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=env,
            start_new_session=True,
        )


@dataclass(eq=False)
class Child:
    """A process. ``ready`` says whether it answers; ``start`` returns once it does. ``launch`` starts it."""

    name: str
    argv: Sequence[str]
    _: KW_ONLY
    log: Path
    ready: Callable[[], Awaitable[bool]]
    env: Mapping[str, str] | None = None
    patience_s: float = 30.0
    launch: Start = execute

    def __post_init__(self) -> None:
        self._process: Process | None = None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int:
        """Raises ``ProcessFailed`` when it does not run."""
        if self._process is None or self._process.returncode is not None:
            raise ProcessFailed(self.name, "is not running", self.tail())
        return self._process.pid

    async def spawn(self) -> None:
        """Start it without waiting for it to answer."""
        self._process = await self.launch(self.argv, self.log, os.environ | dict(self.env or {}))

    async def start(self) -> None:
        """Start it and wait until it answers. Raises ``ProcessFailed`` with the end of its log."""
        await self.spawn()
        await self.answers()

    async def answers(self) -> None:
        """Wait until it answers. Raises ``ProcessFailed``."""
        deadline = time.monotonic() + self.patience_s
        while not await self.ready():
            if self._process is not None and self._process.returncode is not None:
                raise ProcessFailed(self.name, f"ended at once with {self._process.returncode}", self.tail())
            if time.monotonic() > deadline:
                await self.kill()
                raise ProcessFailed(self.name, f"did not answer within {self.patience_s:g} s", self.tail())
            await asyncio.sleep(_POLL_S)

    async def ended(self) -> int:
        """Wait until it has ended; its return code."""
        if self._process is None:
            raise ProcessFailed(self.name, "was never started", self.tail())
        return await self._process.wait()

    async def stop(self, patience_s: float = 10.0) -> None:
        """Send SIGTERM, then SIGKILL if it does not end. Does nothing if it does not run."""
        if not self.running or self._process is None:
            return
        self.signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(patience_s):
                await self._process.wait()
        except TimeoutError:
            await self.kill()

    async def kill(self) -> None:
        """Send SIGKILL. Does nothing if it does not run."""
        if self.running and self._process is not None:
            self.signal(signal.SIGKILL)
            await self._process.wait()

    def signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def tail(self) -> str:
        """The end of its log."""
        try:
            return self.log.read_bytes()[-_TAIL_BYTES:].decode(errors="replace").strip()
        except OSError:
            return ""


def _tied_to_us() -> list[str]:
    """The kernel ends the child when this process is killed (Linux)."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig=KILL", "--"] if setpriv else []


async def accepts(port: int, host: str = "127.0.0.1") -> bool:
    """Whether something accepts a TCP connection."""
    try:
        _, writer = await asyncio.open_connection(host, port)
    except OSError:
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True
