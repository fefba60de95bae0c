"""When a person's credential works at a site: between two dates, and within them in some hours of the week. Pure.

Hours are wall time at the site; both ends keep it across the clock changes, as opening hours do.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from controller.platform.text import local_time
from edge.wire.interval import Interval

FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
"""The end of what has none."""
_DAY = timedelta(days=1)


class WeekHours(msgspec.Struct, frozen=True, kw_only=True):
    """Some days of the week, Monday being 1, from a wall time until another; ``until`` at or before ``since`` is on the
    next day."""

    days: tuple[int, ...]
    since: time
    until: time


class Validity(msgspec.Struct, frozen=True, kw_only=True):
    """``first`` and ``last`` day at the site, ``last`` included; ``None``: without end. No ``hours``: at any hour."""

    first: date
    last: date | None = None
    hours: tuple[WeekHours, ...] = ()

    def whole(self, zone: ZoneInfo) -> Interval:
        """From the start of the first day to the end of the last."""
        end = FOREVER if self.last is None else local_time.day_start(self.last + _DAY, zone)
        return Interval(start=local_time.day_start(self.first, zone), end=end)


def windows(validity: Validity, zone: ZoneInfo, within: Interval, *, timeless: bool) -> tuple[Interval, ...]:
    """When it works, as far as ``within`` reaches. ``timeless``: past that its hours are not counted, but its last day
    is. Without hours the one window is the same every day, so that a plan does not change."""
    whole = validity.whole(zone)
    if not validity.hours:
        return (whole,)
    found = [each for each in _hours(validity.hours, zone, within) if each.overlaps(whole)]
    found = [Interval(start=max(each.start, whole.start), end=min(each.end, whole.end)) for each in found]
    if timeless and whole.end > within.end:
        found.append(Interval(start=max(within.end, whole.start), end=whole.end))
    return tuple(_joined(sorted(found)))


def _hours(hours: Sequence[WeekHours], zone: ZoneInfo, within: Interval) -> Iterator[Interval]:
    day = local_time.local_day(within.start, zone) - _DAY
    last = local_time.local_day(within.end, zone)
    while day <= last:
        for each in hours:
            if day.isoweekday() in each.days:
                ends = day if each.until > each.since else day + _DAY
                start, _ = local_time.instant_moved(datetime.combine(day, each.since), zone)
                end, _ = local_time.instant_moved(datetime.combine(ends, each.until), zone)
                start, end = max(start, within.start), min(end, within.end)
                if start < end:
                    yield Interval(start=start, end=end)
        day += _DAY


def _joined(found: Sequence[Interval]) -> Iterator[Interval]:
    """The same time in as few intervals as there can be."""
    open_: Interval | None = None
    for each in found:
        if open_ is not None and each.start <= open_.end:
            open_ = Interval(start=open_.start, end=max(open_.end, each.end))
            continue
        if open_ is not None:
            yield open_
        open_ = each
    if open_ is not None:
        yield open_
