"""When a building closes, and what is due then. Pure; all of it comes from the plan, so that it needs no network.

A building is *in use* while its hours are open (staffed or extended) or a booking's window is. It closes when its open
hours end, for visitors, and when the last booking's window ends, for everybody.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from edge.wire.interval import Interval
from edge.wire.plan import Mode, Plan

STALE = timedelta(days=1)
"""A closing this long ago is no longer waited for."""


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
        """The last closing up to ``now`` that is worth looking after."""
        return next((at for at in reversed(self.closings) if now - STALE < at <= now), None)

    def change(self, now: datetime) -> datetime | None:
        """When ``in_use`` may change next."""
        return min((edge for use in self.uses for edge in (use.start, use.end) if edge > now), default=None)


def timetable(plan: Plan | None) -> ClosingTimes:
    """What a plan says of it. Where the plan itself ends nothing closes: no more is known then."""
    if plan is None:
        return ClosingTimes()
    hours = _joined(span.during for span in plan.modes if span.mode is not Mode.CLOSED)
    uses = _joined([*hours, *(session.window for session in plan.sessions)])
    ends = {each.end for each in (*hours, *uses) if each.end < plan.manifest.horizon}
    return ClosingTimes(uses=uses, closings=tuple(sorted(ends)))


def _joined(spans: Iterable[Interval]) -> tuple[Interval, ...]:
    """What overlaps or touches made one."""
    joined: list[Interval] = []
    for span in sorted(spans):
        if joined and span.start <= joined[-1].end:
            joined[-1] = Interval(start=joined[-1].start, end=max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return tuple(joined)


class Warn(msgspec.Struct, frozen=True, kw_only=True):
    """People are to be told that it closes at ``closes_at``, in so many ``minutes``. ``notice``: which of the times to
    tell them this is, so that it is told once."""

    closes_at: datetime
    minutes: int
    notice: int


def warning(closes_at: datetime, minutes: Iterable[int], now: datetime) -> Warn | None:
    """What is to be told at ``now`` of a closing to come, if anything yet. Told late, it says what is really left."""
    due = [each for each in minutes if closes_at - timedelta(minutes=each) <= now < closes_at]
    if not due:
        return None
    left = -(-(closes_at - now) // timedelta(minutes=1))
    return Warn(closes_at=closes_at, minutes=left, notice=min(due))


def next_due(closes_at: datetime, minutes: Iterable[int], now: datetime) -> datetime:
    """When there is something to do next about a closing to come."""
    return min(at for each in (*minutes, 0) if (at := closes_at - timedelta(minutes=each)) > now)
