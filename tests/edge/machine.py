"""A Pi's own clock, which may be wrong: stepped, drifting, dead, and starting again with each boot."""

import asyncio
from datetime import UTC, datetime, timedelta

from tests.virtual_time import VirtualClock

DEAD = datetime(1970, 1, 1, tzinfo=UTC)


class Machine(VirtualClock):
    """``truth`` is the clock of the world. ``drift``: how many seconds too many this one's crystal counts in each."""

    def __init__(self, truth: VirtualClock, *, drift: float = 0.0) -> None:
        self._truth = truth
        self._rate = 1.0 + drift
        self._booted_at = truth.monotonic()
        self._booted = truth.now()

    def boot(self, at: datetime | None = None) -> None:
        """Power came back; the clock says ``at``, or the truth."""
        self._booted_at = self._truth.monotonic()
        self._booted = at or self._truth.now()

    def step(self, wrong: timedelta) -> None:
        """The clock is set to that much more than the truth."""
        self._booted = self._truth.now() + wrong - timedelta(seconds=self.monotonic())

    def now(self) -> datetime:
        return self._booted + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return (self._truth.monotonic() - self._booted_at) * self._rate

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self._rate)
