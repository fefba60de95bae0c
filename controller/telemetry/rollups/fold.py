"""Sums samples by time. Pure, and sums of whole numbers: neither order nor division of the samples changes a row."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from controller.platform.text import local_time
from controller.telemetry.history import Sample
from edge.wire.interval import Interval
from edge.wire.readings import LARGEST


class Step(StrEnum):
    """How much time a row sums up. Hours, days and months are those of the site's zone."""

    FIVE_MINUTES = "5min"
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"


Series = tuple[str, str, str, str, str]
"""Measurement, device, field, place (empty where there is none), edge."""
Heard = tuple[str, str, str, str]
"""Measurement, device, place (empty where there is none), edge."""
Row = tuple[Step, datetime, Series]
Cell = list[int]
"""How many numbers, their sum, the least and the greatest, in thousandths."""

THOUSANDTHS = 1000
_FIVE = timedelta(minutes=5)
FIVE_US = 300_000_000
_SECONDS = {Step.FIVE_MINUTES: 300, Step.HOUR: 3600}
"""Steps that are all of one length."""
_MICROSECOND = timedelta(microseconds=1)
_HOUR = timedelta(hours=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Fold:
    """Sums numbers by time. Numbers beyond ``LARGEST``, which only an older controller took, are left out."""

    def __init__(self) -> None:
        self._series: dict[Heard, tuple[list[int], dict[int, dict[str, Cell]]]] = {}

    def take(
        self, series: Heard, at: int, fields: Mapping[str, float], *, until: int | None = None, times: int = 1
    ) -> None:
        """``at``: in microseconds since 1970. Of several events with these numbers ``at`` is the first, ``until`` the
        last, within the same five minutes, and ``times`` how many they are."""
        found = self._series.get(series)
        if found is None:
            found = self._series[series] = ([at, at], {})
        span, steps = found
        span[:] = min(span[0], at), max(span[1], at if until is None else until)
        start = at // FIVE_US
        cells = steps.get(start)
        if cells is None:
            cells = steps[start] = {}
        for field, number in fields.items():
            if not -LARGEST <= number <= LARGEST:  # no NaN either
                continue
            value = round(number * THOUSANDTHS)
            cell = cells.get(field)
            if cell is None:
                cells[field] = [times, times * value, value, value]
                continue
            cell[0] += times
            cell[1] += times * value
            if value < cell[2]:
                cell[2] = value
            elif value > cell[3]:
                cell[3] = value

    def heard(self) -> dict[Heard, tuple[datetime, datetime]]:
        """When each spoke first and last."""
        return {name: (instant(span[0]), instant(span[1])) for name, (span, _) in self._series.items()}

    def rows(self, zone: ZoneInfo, of: Sequence[Step] = tuple(Step)) -> dict[Row, Cell]:
        """Of some steps. No zone is off UTC by a part of five minutes (since 2000)."""
        rows: dict[Row, Cell] = {}
        for (measurement, device, place, edge), (_, steps) in self._series.items():
            for start, cells in steps.items():
                starts = _starts(start, zone, of)
                for field, cell in cells.items():
                    series = (measurement, device, field, place, edge)
                    for step, at in starts:
                        add(rows, (step, at, series), cell)
        return rows


def fold(samples: Iterable[Sample]) -> Fold:
    """What the samples add."""
    found = Fold()
    for each in samples:
        series = (each.measurement, each.device, each.place or "", each.edge)
        found.take(series, (each.at - _EPOCH) // _MICROSECOND, each.fields)
    return found


def instant(at: int) -> datetime:
    """From microseconds since 1970."""
    return _EPOCH + at * _MICROSECOND


def add(rows: dict[Row, Cell], key: Row, cell: Cell) -> None:
    """Add what is in ``cell`` to a row."""
    found = rows.get(key)
    if found is None:
        rows[key] = list(cell)
    else:
        found[0] += cell[0]
        found[1] += cell[1]
        found[2] = min(found[2], cell[2])
        found[3] = max(found[3], cell[3])


def month_of(days: Mapping[Row, Cell], zone: ZoneInfo) -> dict[Row, Cell]:
    """The rows of the months that rows of days make."""
    rows: dict[Row, Cell] = {}
    for (_, at, series), cell in days.items():
        add(rows, (Step.MONTH, start_of(Step.MONTH, at, zone), series), cell)
    return rows


@lru_cache(maxsize=4096)
def _starts(number: int, zone: ZoneInfo, of: Sequence[Step]) -> tuple[tuple[Step, datetime], ...]:
    at = _EPOCH + number * _FIVE
    return tuple((step, start_of(step, at, zone)) for step in of)


def start_of(step: Step, at: datetime, zone: ZoneInfo) -> datetime:
    """When the step begins that an instant is in, in UTC. Of an hour that comes twice each is one."""
    if step is Step.FIVE_MINUTES:
        return at - (at - _EPOCH) % _FIVE
    if step is Step.HOUR:
        wall = at.astimezone(zone)
        past = timedelta(minutes=wall.minute, seconds=wall.second, microseconds=wall.microsecond)
        return at.astimezone(UTC) - past
    day = local_time.local_day(at, zone)
    return _day_start(day if step is Step.DAY else day.replace(day=1), zone)


def end_of(step: Step, start: datetime, zone: ZoneInfo) -> datetime:
    """When the step that begins at ``start`` ends, which is when the next begins."""
    if step is Step.FIVE_MINUTES:
        return start + _FIVE
    if step is Step.HOUR:
        return start + _HOUR
    day = local_time.local_day(start, zone)
    if step is Step.DAY:
        return _day_start(day + timedelta(days=1), zone)
    return _day_start((day.replace(day=1) + timedelta(days=32)).replace(day=1), zone)


def steps_in(step: Step, during: Interval, zone: ZoneInfo) -> Iterator[Interval]:
    """Every step that begins in the interval, in order."""
    start = start_of(step, during.start, zone)
    if start < during.start:
        start = end_of(step, start, zone)
    while start < during.end:
        end = end_of(step, start, zone)
        yield Interval(start=start, end=end)
        start = end


def edges_in(step: Step, during: Interval, zone: ZoneInfo) -> list[int]:
    """When each of ``steps_in`` begins, and when the last ends, in seconds since 1970. Of none, nothing."""
    if step in _SECONDS:
        start = start_of(step, during.start, zone)
        first = int(start.timestamp()) + (_SECONDS[step] if start < during.start else 0)
        starts = range(first, math.ceil(during.end.timestamp()), _SECONDS[step])
        return [*starts, starts[-1] + _SECONDS[step]] if starts else []
    found = list(steps_in(step, during, zone))
    return [int(each.start.timestamp()) for each in found] + [int(each.end.timestamp()) for each in found[-1:]]


@lru_cache(maxsize=1024)
def _day_start(day: date, zone: ZoneInfo) -> datetime:
    return local_time.day_start(day, zone)
