"""Arithmetic on spans of time, and their spread over the hours of the week. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from controller.platform.text import local_time
from edge.wire.interval import Interval

WEEK_HOURS = 7 * 24
"""Hours of a week by the wall clock; the first is Monday 00:00 to 01:00."""

Span = tuple[int, int]
"""``[start, end)`` in seconds since 1970."""


def span_of(during: Interval) -> Span:
    """The time in whole seconds."""
    return int(during.start.timestamp()), int(during.end.timestamp())


def union(spans: Iterable[Span]) -> list[Span]:
    """The same time without overlap, in order."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        elif start < end:
            found.append((start, end))
    return found


def common(one: Sequence[Span], other: Sequence[Span]) -> list[Span]:
    """What two sets of spans share; each in order and without overlap."""
    found: list[Span] = []
    at = 0
    for start, end in one:
        while at < len(other) and other[at][1] <= start:
            at += 1
        look = at
        while look < len(other) and other[look][0] < end:
            found.append((max(start, other[look][0]), min(end, other[look][1])))
            look += 1
    return found


def without(one: Sequence[Span], other: Sequence[Span]) -> list[Span]:
    """What of ``one`` is not in ``other``; each in order and without overlap."""
    found: list[Span] = []
    first = 0
    for start, end in one:
        while first < len(other) and other[first][1] <= start:
            first += 1
        at = first
        while at < len(other) and other[at][0] < end:
            if start < other[at][0]:
                found.append((start, other[at][0]))
            start = other[at][1]
            at += 1
        if start < end:
            found.append((start, end))
    return found


def seconds_in(spans: Iterable[Span]) -> int:
    """How long they are together."""
    return sum(end - start for start, end in spans)


class WallHours:
    """The hours that the wall clock of a place shows during a time, with the hour of the week and the month of each.
    An hour that comes twice is two of them with one hour of the week; one that is skipped is none."""

    def __init__(self, during: Interval, zone: ZoneInfo) -> None:
        self._edges: list[int] = []
        self._hours: list[int] = []
        self._months: list[int] = []
        self.months: list[str] = []
        at, month = during.start, 0
        while at < during.end:
            wall = local_time.wall(at, zone)
            if wall.month != month:
                self.months.append(f"{wall:%Y-%m}")
                month = wall.month
            hour = wall.weekday() * 24 + wall.hour
            # A whole day without a change of the clocks is one piece of work.
            day = (
                wall.time() == time.min and at + _DAY <= during.end and local_time.wall(at + _DAY, zone) == wall + _DAY
            )
            number = 24 if day else 1
            first = int(at.timestamp())
            self._edges += range(first, first + 3600 * number, 3600)
            self._hours += range(hour, hour + number)
            self._months += [len(self.months) - 1] * number
            at = at + _DAY if day else _next_hour(at, wall)
        self._edges.append(int(during.end.timestamp()))

    def hours_of_week(self, at: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Of moments within the time."""
        return np.array(self._hours, np.int64)[np.searchsorted(self._edges, at, side="right") - 1]

    def spread(self, spans: Iterable[Span], weight: float, week: list[float], months: list[float]) -> None:
        """Add the seconds of the spans, which lie within the time, to the hours of the week and to the months."""
        for start, end in spans:
            at = bisect_right(self._edges, start) - 1
            while start < end:
                until = min(end, self._edges[at + 1])
                seconds = (until - start) * weight
                week[self._hours[at]] += seconds
                months[self._months[at]] += seconds
                start, at = until, at + 1


@lru_cache(maxsize=4)
def wall_hours(during: Interval, zone: ZoneInfo) -> WallHours:
    """Those of the few times that are measured just now."""
    return WallHours(during, zone)


_DAY = timedelta(days=1)


def _next_hour(at: datetime, wall: datetime) -> datetime:
    """When the wall clock shows a full hour next. Clocks change at full hours or, in a few zones, at half ones."""
    past = timedelta(minutes=wall.minute, seconds=wall.second, microseconds=wall.microsecond)
    return at + timedelta(hours=1) - past
