"""A clock that stands still until a test moves it."""

import asyncio
from datetime import datetime, timedelta


class ManualClock:
    """Fulfils ``edge.wire.clock.Clock``. Sleepers wake when ``advance`` or ``set`` passes their time; ``sleeping`` of
    them wait for it."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._start = now
        self._moved = asyncio.Event()
        self.sleeping = 0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return (self._now - self._start).total_seconds()

    async def sleep(self, seconds: float) -> None:
        until = self.monotonic() + seconds
        self.sleeping += 1
        try:
            while self.monotonic() < until:
                await self._moved.wait()
        finally:
            self.sleeping -= 1

    def advance(self, **duration: float) -> None:
        """Move on: ``clock.advance(minutes=5)``."""
        self.set(self._now + timedelta(**duration))

    def set(self, now: datetime) -> None:
        self._now = now
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()
