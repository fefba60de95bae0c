"""Minutes of a local day to instants. Pure.

Both ends of a span keep their wall time, so one over a clock change is an hour longer or shorter. An end that the
clocks skip moves forward by the gap; what comes twice takes the first.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from controller.hours.model import DAY_MINUTES
from controller.platform.text import local_time
from edge.wire.interval import Interval

_DAY = timedelta(days=1)


@lru_cache(maxsize=8192)
def bounds(day: date, zone: ZoneInfo) -> Interval:
    """The local day."""
    return local_time.day_bounds(day, zone)


def instant(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """The instant ``minute`` minutes of wall time after the midnight that begins ``day``; up to two days' worth."""
    if minute >= DAY_MINUTES:
        day, minute = day + _DAY, minute - DAY_MINUTES
    whole = bounds(day, zone)
    if whole.end - whole.start == _DAY:
        return whole.start + _minutes(minute)
    return local_time.instant_moved(datetime.combine(day, time.min) + timedelta(minutes=minute), zone)[0]


@lru_cache(maxsize=2 * DAY_MINUTES)
def _minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def between(day: date, opens: int, closes: int, zone: ZoneInfo) -> Interval | None:
    """The time between two wall times; ``None`` where the clocks leave nothing of it."""
    start, end = instant(day, opens, zone), instant(day, closes, zone)
    return Interval(start=start, end=end) if start < end else None


def month_days(year: int, month: int) -> Iterator[date]:
    """The days of a month."""
    day = date(year, month, 1)
    while day.month == month:
        yield day
        day += _DAY
