"""Whether a supervised task makes progress. All times in seconds of the event loop."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Literal

STUCK_S = 60.0
"""A task with work and no progress for this long is stuck."""
OUTSIDE_STUCK_S = 600.0
"""The same for a task that waits for the disk or the network, which may stall for minutes; doors need neither
meanwhile."""


class Liveness:
    """The liveness of one task. It is idle until it gets work."""

    def __init__(self, within_s: float = STUCK_S) -> None:
        self.within_s = within_s
        self._since: float | None = None

    def busy(self) -> None:
        """It has work, if it had none before."""
        if self._since is None:
            self.progressed()

    def progressed(self) -> None:
        """It has made progress and has more work."""
        self._since = asyncio.get_running_loop().time()

    def idle(self) -> None:
        """It has no work."""
        self._since = None

    def stuck(self, now: float) -> bool:
        return self._since is not None and now - self._since > self.within_s


class Wake(asyncio.Event):
    """The event that a task waits for between two rounds of work. Setting it gives the task work; waiting again shows
    progress."""

    def __init__(self, within_s: float = STUCK_S) -> None:
        super().__init__()
        self.liveness = Liveness(within_s)

    def set(self) -> None:
        super().set()
        self.liveness.busy()

    async def wait(self) -> Literal[True]:
        if self.is_set():
            self.liveness.progressed()
        else:
            self.liveness.idle()
        return await super().wait()


async def wait_first(*works: Coroutine[Any, Any, Any]) -> None:
    """Return once one of them has ended; the others are cancelled."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
