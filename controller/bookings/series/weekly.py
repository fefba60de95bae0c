"""A weekly series unrolled: both ends keep their wall time over the clock changes."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec

from controller import localtime
from edge.wire.interval import Interval

MOST_OCCURRENCES = 104
WEEK = timedelta(days=7)


class Clocks(StrEnum):
    """What the clock change does to one occurrence."""

    NOTHING = "nothing"
    MOVED = "moved"
    """An end that the clocks skip moved forward by the gap."""
    LENGTH = "length"
    """Both ends stand, but the time between them is longer or shorter."""
    EMPTY = "empty"
    """Nothing is left between start and end."""


class Occurrence(msgspec.Struct, frozen=True, kw_only=True):
    """One date of a series. ``during`` is ``None`` where nothing is left; ``text`` explains, else empty."""

    date: date
    during: Interval | None
    clocks: Clocks
    text: str


def count(first: date, until: date) -> int:
    """How many weekly dates lie from ``first`` to ``until``, both included."""
    return max(0, (until - first).days // 7 + 1)


def weekly(*, first_starts: datetime, first_ends: datetime, until: date, zone: ZoneInfo) -> tuple[Occurrence, ...]:
    """Every seventh day from ``first_starts`` (naive wall times) while the date is not after ``until``.

    The caller has checked that the first ends after it starts and that ``count`` is bearable.
    """
    return tuple(
        _occurrence(first_starts + WEEK * week, first_ends + WEEK * week, zone)
        for week in range(count(first_starts.date(), until))
    )


def _occurrence(starts_wall: datetime, ends_wall: datetime, zone: ZoneInfo) -> Occurrence:
    starts, start_moved = localtime.instant_moved(starts_wall, zone)
    ends, end_moved = localtime.instant_moved(ends_wall, zone)
    day = starts_wall.date()
    if ends <= starts:
        text = f"the clocks go forward and leave nothing of {starts_wall:%H:%M} to {ends_wall:%H:%M}"
        return Occurrence(date=day, during=None, clocks=Clocks.EMPTY, text=text)
    during = Interval(start=starts, end=ends)
    if start_moved or end_moved:
        shown = f"{localtime.wall(starts, zone):%H:%M} to {localtime.wall(ends, zone):%H:%M}"
        text = f"moved by the clock change to {shown}"
        return Occurrence(date=day, during=during, clocks=Clocks.MOVED, text=text)
    difference = (ends - starts) - (ends_wall - starts_wall)
    if difference:
        word = "longer" if difference > timedelta() else "shorter"
        text = f"{length_words(abs(difference))} {word}, since the clocks change"
        return Occurrence(date=day, during=during, clocks=Clocks.LENGTH, text=text)
    return Occurrence(date=day, during=during, clocks=Clocks.NOTHING, text="")


def length_words(length: timedelta) -> str:
    """“1 hour”, “30 minutes”, “1 hour 30 minutes”."""
    hours, minutes = divmod(round(length.total_seconds() / 60), 60)
    words = [
        f"{number} {name}{'' if number == 1 else 's'}"
        for number, name in ((hours, "hour"), (minutes, "minute"))
        if number
    ]
    return " ".join(words) or "no time"
