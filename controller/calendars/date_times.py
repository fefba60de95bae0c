"""Times and lengths as a calendar writes them."""

from datetime import UTC, datetime, timedelta, tzinfo

import msgspec

LONGEST = timedelta(days=31)
"""Longest booking."""


class CalendarTime(msgspec.Struct, frozen=True, kw_only=True):
    """A time as the file writes it: wall time and its zone. ``all_day`` for a date without a time."""

    wall: datetime
    zone: tzinfo
    all_day: bool = False


class Length(msgspec.Struct, frozen=True, kw_only=True):
    """A DURATION: the days keep the wall time, the rest is exact (RFC 5545 3.3.6)."""

    days: int
    exact: timedelta


def instant(moment: CalendarTime) -> datetime:
    """The UTC instant. A skipped wall time takes the offset before the gap, a double one the first (3.3.5)."""
    try:
        return moment.wall.replace(tzinfo=moment.zone, fold=0).astimezone(UTC)
    except OverflowError:  # at an end of the calendar, where an offset is all the same
        return moment.wall.replace(tzinfo=UTC)


def exists(moment: CalendarTime) -> bool:
    """Whether the clocks of its zone ever show this wall time."""
    return instant(moment).astimezone(moment.zone).replace(tzinfo=None, fold=0) == moment.wall


def moved(moment: CalendarTime, by: timedelta) -> CalendarTime:
    """So much later by the clocks of its zone."""
    return msgspec.structs.replace(moment, wall=moment.wall + by)
