"""Whether a lasting task keeps up with what it is given. All in seconds of the event loop."""

import asyncio
from typing import Literal

STUCK_S = 60.0
"""A task that owes something and has not stirred for so long is stuck."""
OUTSIDE_STUCK_S = 600.0
"""The same for one that waits for something outside, the card or the network: it may stall for minutes, and meanwhile
doors need none of it."""


class Liveness:
    """One task's. It owes nothing until it is given something."""

    def __init__(self, within_s: float = STUCK_S) -> None:
        self.within_s = within_s
        self._since: float | None = None

    def busy(self) -> None:
        """It has something to do from now on, if it had not already."""
        if self._since is None:
            self.progressed()

    def progressed(self) -> None:
        """It has got on, and there is more to do."""
        self._since = asyncio.get_running_loop().time()

    def idle(self) -> None:
        """It has nothing to do."""
        self._since = None

    def stuck(self, now: float) -> bool:
        return self._since is not None and now - self._since > self.within_s


class Wake(asyncio.Event):
    """What a task waits for between two rounds of its work. Whoever sets it gives the task something to do; that it
    waits again shows that it has got on."""

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
