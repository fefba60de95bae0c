"""The free times nearest to a wanted one, on its own day and on others. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from controller.platform.text import local_time
from edge.wire.interval import Interval

STEP = timedelta(minutes=15)
"""What people move a booking by."""


def nearest(
    free: Sequence[Interval], wanted: Interval, step: timedelta = STEP, *, limit: int | None = None
) -> list[Interval]:
    """Times as long as ``wanted`` within the free ones, one of each that is long enough, the nearest start first, the
    earlier of two that are as near. ``[wanted]`` leads where it is free itself.

    They start a whole number of ``step`` away from ``wanted``; where a free time has room only between two steps,
    at the end of that room which is nearer. ``free``: in any order, apart from each other. Real minutes count, not
    those on the wall.
    """
    found = [moved for each in free if (moved := _moved_into(each, wanted, step)) is not None]
    found.sort(key=lambda each: (abs(each.start - wanted.start), each.start))
    return found[:limit]


def _moved_into(free: Interval, wanted: Interval, step: timedelta) -> Interval | None:
    length = wanted.end - wanted.start
    earliest, latest = free.start, free.end - length
    if latest < earliest:
        return None
    start = wanted.start
    if start < earliest:
        start += step * -((start - earliest) // step)  # the first step that is not too early
        start = start if start <= latest else earliest
    elif start > latest:
        start -= step * -((latest - start) // step)  # the last step that is not too late
        start = start if start >= earliest else latest
    return Interval(start=start, end=start + length)


def on_another_day(during: Interval, days: int, zone: ZoneInfo) -> Interval | None:
    """The same wall times so many days later; ``None`` where the clocks leave nothing of them."""
    start, end = (_moved(each, days, zone) for each in (during.start, during.end))
    return Interval(start=start, end=end) if start < end else None


def _moved(moment: datetime, days: int, zone: ZoneInfo) -> datetime:
    return local_time.instant_moved(local_time.wall(moment, zone) + timedelta(days=days), zone)[0]


def on_the_day(free: Sequence[Interval], wanted: Interval, zone: ZoneInfo, *, limit: int) -> list[Interval]:
    """Free times as long as the wanted one that start on its local day, the nearest first."""
    day = local_time.local_day(wanted.start, zone)
    return [each for each in nearest(free, wanted) if local_time.local_day(each.start, zone) == day][:limit]


def on_other_days(
    free: Sequence[Interval], wanted: Interval, zone: ZoneInfo, days: Iterable[int], *, around: timedelta
) -> list[Interval]:
    """For each day that has one, the free time nearest to the same time of day, and at most ``around`` from it."""
    found = []
    for number in days:
        there = on_another_day(wanted, number, zone)
        if there is None:
            continue
        near = on_the_day(free, there, zone, limit=1)
        if near and abs(near[0].start - there.start) <= around:
            found.append(near[0])
    return found
