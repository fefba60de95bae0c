"""Recorded hours as a grid of local days, and hours to come as rows: between instants, a zone and `model`. Pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from controller.occupancy.forecast.model import Days, Expectation, Floats, ever_counted, expect, silent
from controller.occupancy.recording import BadRecording, Recording
from controller.platform.text import local_time
from edge.wire.interval import Interval

HOUR = timedelta(hours=1)
_WHOLE = 0.9
"""An hour is known if this share of its rows has counts."""
_UNEVEN = 1.05
"""Rows this many hours apart still are hourly."""
_SOME = 0.1
"""Of what the busiest hour of a day expects, this share makes an hour one in which people come."""
_QUIET, _BUSY = 0.6, 1.4
"""Shares of the mean of those hours, as the public pages have them."""


@dataclass(frozen=True)
class Calendar:
    """What is known of days to come. ``holidays``: bank holidays with their names; ``closed``: nobody can come."""

    holidays: Mapping[date, str] = field(default_factory=dict)
    school_holidays: frozenset[date] = frozenset()
    closed: Sequence[Interval] = ()

    def note(self, start: datetime) -> str:
        """Of the hour from ``start``, in local time."""
        if any(each.start < start.astimezone(UTC) + HOUR and start < each.end for each in self.closed):
            return "closed"
        day = start.date()
        return self.holidays.get(day) or ("school holidays" if day in self.school_holidays else "")


@dataclass(frozen=True)
class ExpectedHour:
    """``start`` and ``end``: local. The number of people is from ``low`` to ``high`` in nine of ten cases. ``level``:
    quiet or busy for its day, or empty."""

    start: datetime
    end: datetime
    mean: float
    low: int
    high: int
    level: str
    note: str


def hours(recording: Recording) -> dict[datetime, float]:
    """People an hour by its start in UTC, from rows at most an hour apart. A count in two columns is their sum; where
    some count who comes in, others are left out: who goes out was counted before.

    An hour is left out if a column or a tenth of its rows has no count. Raises BadRecording if nothing counts people,
    or rows are further apart.
    """
    columns = recording.of("in") or recording.of("out", "crossings")
    if not columns:
        raise BadRecording("No column counts people: name one, such as --map entries=in or --map count=crossings.")
    total: Floats = np.stack([column.values for column in columns]).sum(axis=0)
    step = float(np.median(np.diff(recording.seconds))) if len(recording.seconds) > 1 else HOUR.total_seconds()
    if step > _UNEVEN * HOUR.total_seconds():
        raise BadRecording(f"Its rows are {step / 60:.0f} minutes apart; 60 at most can be used.")
    rows = _WHOLE * max(1, round(HOUR.total_seconds() / step))
    found: dict[datetime, list[float]] = {}
    for moment, count in zip(recording.moments, total, strict=True):
        if not np.isnan(count):
            found.setdefault(_hour_of(moment), []).append(float(count))
    return {start: sum(counts) for start, counts in found.items() if len(counts) >= rows}


def forecast(
    counted: Mapping[datetime, float], zone: ZoneInfo, calendar: Calendar, days: int
) -> tuple[list[ExpectedHour], int]:
    """The ``days`` times 24 hours after the last counted one, without hours of the day that were never counted; and how
    many counted hours were taken as silence.

    ``counted``: people an hour by its start. Raises ValueError as `expect` does.
    """
    if not counted:
        raise ValueError("No hour has a count.")
    last = max(counted)
    starts = [(last + HOUR * ahead).astimezone(zone) for ahead in range(1, 24 * days + 1)]
    first = min(counted).astimezone(zone).date()
    cells: dict[tuple[int, int], list[float]] = {}
    for start, count in counted.items():
        local = start.astimezone(zone)
        cells.setdefault(((local.date() - first).days, local.hour), []).append(count)
    grid = np.full((max(day for day, _ in cells) + 1, 24), np.nan)
    for place, each in cells.items():
        grid[place] = sum(each) / len(each)
    known = days_of(first, (starts[-1].date() - first).days + 1, zone, calendar)
    today = len(grid) - 1
    found: Expectation = expect(grid, known, today)
    ever = ever_counted(grid, known)
    rows = []
    for start in starts:
        place = ((start.date() - first).days - today, start.hour)
        if not ever[start.hour] and not known.closed[place[0] + today, start.hour]:
            continue
        low, high = math.floor(found.low[place]), math.ceil(found.high[place])
        end = (start.astimezone(UTC) + HOUR).astimezone(zone)
        level = _level(found.mean[place], found.mean[place[0]])
        rows.append(ExpectedHour(start, end, float(found.mean[place]), low, high, level, calendar.note(start)))
    return rows, int(silent(grid, known).sum())


def _level(mean: float, day: Floats) -> str:
    some = day[day >= _SOME * day.max()]
    if mean == 0 or mean < some.min():
        return ""
    return "quiet" if mean < _QUIET * some.mean() else "busy" if mean > _BUSY * some.mean() else ""


def days_of(first: date, count: int, zone: ZoneInfo, calendar: Calendar) -> Days:
    """What `calendar` says of ``count`` days from ``first`` on. An hour is closed if any part of it is."""
    days = [first + timedelta(days=each) for each in range(count)]
    closed = np.zeros((count, 24), dtype=bool)
    for each in calendar.closed:
        start = max(_hour_of(each.start.astimezone(zone)), local_time.day_start(first, zone))
        while start < each.end:
            local = start.astimezone(zone)
            if (local.date() - first).days >= count:
                break
            closed[(local.date() - first).days, local.hour] = True
            start += HOUR
    return Days(
        np.array([day.weekday() for day in days]),
        np.array([day in calendar.holidays for day in days]),
        np.array([day in calendar.school_holidays for day in days]),
        closed,
    )


def _hour_of(local: datetime) -> datetime:
    """The instant at which the local hour of ``local`` begins, in UTC."""
    past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    return local.astimezone(UTC) - past
