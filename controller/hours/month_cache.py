"""What is known of all time, worked out a month at a time when somebody asks, and found by halving. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from datetime import date
from itertools import accumulate
from typing import Generic, Protocol, TypeVar
from zoneinfo import ZoneInfo

from controller.hours.instants import month_days
from controller.text import local_time
from edge.wire.interval import Interval

KEPT_MONTHS = 24
"""Months kept in mind per timeline."""


class Timed(Protocol):
    """Anything that has a time."""

    @property
    def during(self) -> Interval: ...


T = TypeVar("T", bound=Timed)


class SortedSpans(Generic[T]):
    """Things by their start, which may overlap."""

    def __init__(self, things: Sequence[T]) -> None:
        self._things = sorted(things, key=lambda each: (each.during.start, each.during.end))
        self._starts = [each.during.start for each in self._things]
        self._latest_ends = list(accumulate((each.during.end for each in self._things), max))

    def __bool__(self) -> bool:
        return bool(self._things)

    def touching(self, during: Interval) -> list[T]:
        """Those that share an instant with ``during``, by start."""
        if not self._things:
            return []
        first = bisect_right(self._latest_ends, during.start)
        last = bisect_left(self._starts, during.end)
        return [each for each in self._things[first:last] if each.during.end > during.start]


class MonthCache(Generic[T]):
    """``make`` works out a month from its days; what it gives lies in them."""

    def __init__(self, zone: ZoneInfo, make: Callable[[Sequence[date]], Sequence[T]]) -> None:
        self._zone = zone
        self._make = make
        self._months: dict[int, SortedSpans[T]] = {}

    def touching(self, during: Interval) -> list[T]:
        """What shares an instant with ``during``, by start."""
        first, last = (_month(local_time.wall(each, self._zone)) for each in (during.start, during.end))
        found = self._of(first).touching(during)
        for month in range(first + 1, last + 1):
            found += self._of(month).touching(during)
        return found

    def _of(self, month: int) -> SortedSpans[T]:
        found = self._months.get(month)
        if found is None:
            while len(self._months) >= KEPT_MONTHS:
                self._months.pop(next(iter(self._months)))
            found = SortedSpans(self._make(tuple(month_days(month // 12, month % 12 + 1))))
            self._months[month] = found
        return found


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1
