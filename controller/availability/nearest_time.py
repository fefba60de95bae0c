"""The free time that lies nearest to a wanted one. Pure."""

from collections.abc import Sequence
from datetime import timedelta

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
