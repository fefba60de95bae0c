"""Tells the service manager that the agent is alive, while all its supervised tasks make progress.

Messages go to the socket in NOTIFY_SOCKET (sd_notify(3)). If WATCHDOG=1 does not arrive for WatchdogSec, systemd kills
the process and restarts it.
"""

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable, Mapping

from edge.errors import Stuck
from edge.runtime import Runtime

REFRESH_S = 30.0
"""How often tasks are checked, unless the service manager needs it more often."""


class ServiceManager:
    """The service manager, if it started the agent. Never blocks or fails: a manager that does not listen finds out in
    other ways."""

    def __init__(self, environ: Mapping[str, str] = {}) -> None:
        address = environ.get("NOTIFY_SOCKET", "")
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self.every_s = REFRESH_S
        if environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid()):
            with contextlib.suppress(ValueError):
                # Three chances within the time it waits (sd_watchdog_enabled(3) advises two).
                self.every_s = min(REFRESH_S, max(0.01, int(environ.get("WATCHDOG_USEC", "")) / 3e6))

    def ready(self, status: str) -> None:
        """The agent is ready: the doors work."""
        self._say("READY=1", f"STATUS={status}")

    def alive(self, status: str) -> None:
        self._say("WATCHDOG=1", f"STATUS={status}")

    def stopping(self) -> None:
        """The agent is stopping; TimeoutStopSec applies from now on."""
        self._say("STOPPING=1")

    def _say(self, *words: str) -> None:
        if not self._address:
            return
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as way:
            way.setblocking(False)
            way.sendto("\n".join(words).encode(), self._address)


async def watch(runtime: Runtime, manager: ServiceManager, status: Callable[[], str]) -> None:
    """Report that the agent is alive until a task is stuck; then end the agent, with its locks in the safe state.

    A task must be found stuck twice in a row: a process that was suspended for a while finds all of them late, and they
    need only a moment.
    """
    before: set[str] = set()
    while True:
        stuck = set(runtime.stuck())
        if not stuck:
            manager.alive(status())
        elif both := sorted(stuck & before):
            raise Stuck(both)
        before = stuck
        await asyncio.sleep(manager.every_s)
