"""Tells the service manager that the agent is alive, for as long as all of its lasting tasks are.

What is said goes to the socket in NOTIFY_SOCKET (sd_notify(3)); a WATCHDOG=1 that fails to come for WatchdogSec has
systemd end the process and start another.
"""

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable, Mapping

from edge.errors import Stuck
from edge.runtime import Runtime

REFRESH_S = 30.0
"""How often tasks are looked at where no service manager wants it more often."""


class ServiceManager:
    """What started us, if anything did that wants to hear. Never waits and never fails: whoever does not listen has
    other means to find out."""

    def __init__(self, environ: Mapping[str, str] = {}) -> None:
        address = environ.get("NOTIFY_SOCKET", "")
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self.every_s = REFRESH_S
        if environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid()):
            with contextlib.suppress(ValueError):
                # Three chances within the time it waits (sd_watchdog_enabled(3) advises two).
                self.every_s = min(REFRESH_S, max(0.01, int(environ.get("WATCHDOG_USEC", "")) / 3e6))

    def ready(self, status: str) -> None:
        """The doors work."""
        self._say("READY=1", f"STATUS={status}")

    def alive(self, status: str) -> None:
        self._say("WATCHDOG=1", f"STATUS={status}")

    def stopping(self) -> None:
        """From here on TimeoutStopSec is the most that may pass."""
        self._say("STOPPING=1")

    def _say(self, *words: str) -> None:
        if not self._address:
            return
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as way:
            way.setblocking(False)
            way.sendto("\n".join(words).encode(), self._address)


async def watch(runtime: Runtime, manager: ServiceManager, status: Callable[[], str]) -> None:
    """Say that all is well, until a task is stuck; then the agent ends, its locks in their safe state first.

    A task counts as stuck when it is found so twice in a row: a process that was stopped for a while finds all of them
    late, and needs only a moment.
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
