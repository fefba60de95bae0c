"""The times near a wanted one that are free, on its own day and on others. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from controller.availability.nearest_time import nearest
from controller.text import local_time
from edge.wire.interval import Interval


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
