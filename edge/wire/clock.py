"""The source of time. Only running loops hold a ``Clock``; pure code gets the time as an argument."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Annotated, Protocol

import msgspec

from edge.wire.codec import decode


class Clock(Protocol):
    """Schedules, windows and door timers read this clock; retries and disk syncs run in real time."""

    def now(self) -> datetime:
        """The current time, timezone-aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds since some fixed point; never goes back."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait ``seconds`` of this clock."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class ClockFile(msgspec.Struct, frozen=True, kw_only=True):
    """The file by which several processes share a faster clock.

    At the real time ``started`` it is ``epoch``; from then on ``rate`` seconds pass per real second.
    """

    epoch: Annotated[datetime, msgspec.Meta(tz=True)]
    started: Annotated[datetime, msgspec.Meta(tz=True)]
    rate: float


class ScaledClock:
    """A clock that runs ``rate`` times as fast as the machine's, from ``epoch`` at real time ``started``."""

    def __init__(self, *, epoch: datetime, started: datetime, rate: float) -> None:
        if not 1 <= rate <= 60:
            raise ValueError(f"rate {rate} is outside 1 to 60")
        self._epoch = epoch.astimezone(UTC)
        self.rate = rate
        # The offset is taken once, so that a step of the machine's clock does not bend simulated time.
        elapsed = (datetime.now(UTC) - started).total_seconds()
        self._origin = time.monotonic() - elapsed

    def now(self) -> datetime:
        return self._epoch + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return (time.monotonic() - self._origin) * self.rate

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.rate)


def clock_from(data: bytes | None) -> Clock:
    """The clock that a clock file describes, or the machine's clock without one.

    Raises ``Malformed`` if it is not a clock file and ``ValueError`` for a rate outside 1 to 60.
    """
    if data is None:
        return SystemClock()
    file = decode(data, ClockFile)
    return ScaledClock(epoch=file.epoch, started=file.started, rate=file.rate)


def real_s() -> float:
    """Seconds of real time on the running loop; in a virtual run those of its loop."""
    return asyncio.get_running_loop().time()
