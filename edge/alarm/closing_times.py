"""When a building closes, and what is due then. Pure; everything comes from the plan, so it needs no network.

A building is *in use* during its open hours (staffed or extended) and during bookings. It closes when its open hours
end, for visitors, and when the last booking ends, for everybody.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from edge.wire.interval import Interval
from edge.wire.plan import Mode, Plan

STALE = timedelta(days=1)
"""A closing longer ago than this is no longer followed up."""


class ClosingTimes(msgspec.Struct, frozen=True, kw_only=True):
    """``uses``: when the building is in use. ``closings``: when it closes, in order."""

    uses: tuple[Interval, ...] = ()
    closings: tuple[datetime, ...] = ()

    def in_use(self, now: datetime) -> bool:
        return any(now in use for use in self.uses)

    def next(self, now: datetime) -> datetime | None:
        """The first closing after ``now``."""
        return next((at for at in self.closings if at > now), None)

    def last(self, now: datetime) -> datetime | None:
        """The last closing up to ``now`` that is still followed up."""
        return next((at for at in reversed(self.closings) if now - STALE < at <= now), None)

    def change(self, now: datetime) -> datetime | None:
        """When ``in_use`` may change next."""
        return min((edge for use in self.uses for edge in (use.start, use.end) if edge > now), default=None)


def timetable(plan: Plan | None) -> ClosingTimes:
    """The closing times of a plan. The end of the plan itself is not a closing: nothing is known after it."""
    if plan is None:
        return ClosingTimes()
    hours = _joined(span.during for span in plan.modes if span.mode is not Mode.CLOSED)
    uses = _joined([*hours, *(session.window for session in plan.sessions)])
    ends = {each.end for each in (*hours, *uses) if each.end < plan.manifest.horizon}
    return ClosingTimes(uses=uses, closings=tuple(sorted(ends)))


def _joined(spans: Iterable[Interval]) -> tuple[Interval, ...]:
    """Merge intervals that overlap or touch."""
    joined: list[Interval] = []
    for span in sorted(spans):
        if joined and span.start <= joined[-1].end:
            joined[-1] = Interval(start=joined[-1].start, end=max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return tuple(joined)


class Warn(msgspec.Struct, frozen=True, kw_only=True):
    """Announce that the building closes at ``closes_at``, in ``minutes`` minutes. ``notice``: which of the configured
    times this is, so that it is announced once."""

    closes_at: datetime
    minutes: int
    notice: int


def warning(closes_at: datetime, minutes: Iterable[int], now: datetime) -> Warn | None:
    """The announcement due at ``now`` for a closing, if any. A late one says how many minutes are really left."""
    due = [each for each in minutes if closes_at - timedelta(minutes=each) <= now < closes_at]
    if not due:
        return None
    left = -(-(closes_at - now) // timedelta(minutes=1))
    return Warn(closes_at=closes_at, minutes=left, notice=min(due))


def next_due(closes_at: datetime, minutes: Iterable[int], now: datetime) -> datetime:
    """When the next action for a closing is due."""
    return min(at for each in (*minutes, 0) if (at := closes_at - timedelta(minutes=each)) > now)
