"""Adds new events to the roll-ups, and makes roll-ups again from the events."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Protocol
from zoneinfo import ZoneInfo

import msgspec

from controller.db.engine import Database, Tx
from controller.db.sql_functions import numbers_of
from controller.estate.service import require_site
from controller.platform.text import local_time
from controller.telemetry.event_timestamps import AHEAD_LIMIT
from controller.telemetry.history import Sample, numbers_in
from controller.telemetry.rollups import repository
from controller.telemetry.rollups.coverage import NumberedEvent, blind_mark
from controller.telemetry.rollups.fold import Fold, Step, end_of, fold, instant, month_of, start_of
from controller.telemetry.rollups.repository import BlindMark, HeardSeries
from controller.telemetry.room_sensors.model import SILENT_AFTER
from controller.telemetry.validation import read_stored
from edge.wire.events import EventData, FaultData, FootfallData, ReadingData
from edge.wire.interval import Interval

_OF_DAY = (Step.FIVE_MINUTES, Step.HOUR, Step.DAY)


class RolledEvent(NumberedEvent, Protocol):
    """What roll-ups need of an event."""

    @property
    def data(self) -> EventData | None: ...


async def add_events(
    tx: Tx, site: str, zone: ZoneInfo, events: Sequence[RolledEvent], samples: Sequence[Sample]
) -> None:
    """Add events that were stored just now, each for the first time, and their samples, to the rows that are there,
    however late they come."""
    found = fold(samples)
    await repository.add_rows(tx, site, found.rows(zone))
    marks = (blind_mark(each, each.data) for each in events if isinstance(each.data, FaultData))
    reports = [(each.edge, each.device, each.at, each.at) for each in events if isinstance(each.data, ReadingData)]
    await _note(tx, site, found, marks, reports)


async def _note(
    tx: Tx,
    site: str,
    found: Fold,
    marks: Iterable[BlindMark | None],
    reports: Iterable[tuple[str, str, datetime, datetime]],
) -> None:
    """Keep what coverage needs when the events are no longer there. ``reports``: of sensors that are no devices of an
    edge, by edge and device the first and the last of some that are never silent between."""
    series = [
        HeardSeries(edge=edge, device=device, measurement=measurement, place=place, first_at=first, last_at=last)
        for (measurement, device, place, edge), (first, last) in found.heard().items()
    ]
    await repository.widen_series(tx, site, sorted(series, key=msgspec.structs.astuple))
    await repository.put_marks(tx, site, [each for each in marks if each is not None])
    runs: dict[tuple[str, str], list[Interval]] = {}
    for edge, device, first, last in sorted(reports):
        its = runs.setdefault((edge, device), [])
        start = its.pop().start if its and its[-1].end >= first else first
        its.append(Interval(start=start, end=last + SILENT_AFTER))
    for sensor, times in runs.items():
        for each in times:
            await repository.widen_run(tx, site, sensor, each)


async def remake_day(tx: Tx, site: str, day: date, zone: ZoneInfo) -> int:
    """Make the rows of a local day and of its month again, from the day's events; how many those are. Idempotent. It
    gives the very rows that ``add_events`` gave. A day of which events were deleted keeps its rows."""
    await repository.stop_others(tx)
    during = local_time.day_bounds(day, zone)
    lots = await repository.recorded(tx, site, during)
    faults = await repository.recorded_faults(tx, site, during) if any(lot[2] == _FAULT for lot in lots) else ()
    if day < await _whole_from(tx, zone):  # after they are read: what is deleted from here on was among them
        return 0
    await repository.remove(tx, site, _OF_DAY, during)
    found, reports, number = Fold(), [], 0
    for edge, device, kind, ats, texts in lots:
        times = numbers_of(ats)
        number += len(times)
        _take(found, edge, device, times, read_stored(kind, texts))
        if kind == _READING:
            reports.append((edge, device, instant(min(times)), instant(max(times))))
    marks = [
        blind_mark(_Numbered(edge, log, seq, device, instant(at)), data)
        for edge, log, seq, device, at, text in faults
        for data in read_stored(_FAULT, text)
        if isinstance(data, FaultData)
    ]
    await repository.put_rows(tx, site, found.rows(zone, _OF_DAY))
    await _note(tx, site, found, marks, reports)
    start = start_of(Step.MONTH, during.start, zone)
    month = Interval(start=start, end=end_of(Step.MONTH, start, zone))
    await repository.remove(tx, site, (Step.MONTH,), month)
    await repository.put_rows(tx, site, month_of(await repository.rows_of(tx, site, Step.DAY, month), zone))
    return number


def _take(found: Fold, edge: str, device: str, times: Sequence[int], data: Sequence[EventData | None]) -> None:
    """Take what a device sent in five minutes, all of one kind. Most are crossings, of which many are alike."""
    crossed = [*map(_CROSSED, data)] if data and isinstance(data[0], FootfallData) and None not in data else []
    alike = dict(zip(crossed, data, strict=False))
    if len({door for door, *_ in alike}) == 1:
        first, last = min(times), max(times)
        lots = [(first, last, alike[key], number) for key, number in Counter(crossed).items()]
    else:
        lots = [(at, at, each, 1) for at, each in zip(times, data, strict=False)]  # no data of a kind not known
    for first, last, each, number in lots:
        for measurement, place, fields in numbers_in(each):
            found.take((measurement, device, place or "", edge), first, fields, until=last, times=number)


_CROSSED = attrgetter("door", "ins", "outs", "passages")
_FAULT, _READING = (str(each.__struct_config__.tag) for each in (FaultData, ReadingData))


async def _whole_from(tx: Tx, zone: ZoneInfo) -> date:
    """The first local day of which no event was deleted."""
    kept = await repository.kept_from(tx)
    # An event may be dated a little ahead of when it was received.
    return date.min if kept is None else local_time.local_day(kept + AHEAD_LIMIT, zone) + timedelta(days=1)


class _Numbered(msgspec.Struct, frozen=True):
    edge: str
    log: str
    seq: int
    device: str
    at: datetime


class RemadeDay(msgspec.Struct, frozen=True, kw_only=True):
    """One of ``days`` local days was made again, from so many events."""

    day: date
    events: int
    number: int
    days: int


async def remake(
    database: Database, site: str, first: date | None, last: date | None, now: datetime
) -> AsyncIterator[RemadeDay]:
    """Make the roll-ups of local days again, ``last`` included, one transaction for each, also while events come in;
    of all days where none is named. Days of which events were deleted keep their rows. Raises ``SiteUnknown``."""
    async with database.read() as tx:
        zone = (await require_site(tx, site)).tz
        oldest = await repository.first_event(tx, site)
        whole = await _whole_from(tx, zone)
    if oldest is None:
        return
    first = max(whole, local_time.local_day(oldest, zone), *filter(None, [first]))
    last = min(filter(None, (last, local_time.local_day(now, zone) + timedelta(days=1))))
    days = [first + timedelta(days=each) for each in range((last - first).days + 1)]
    for number, day in enumerate(days, 1):
        events = await database.run(remake_day, site, day, zone)
        yield RemadeDay(day=day, events=events, number=number, days=len(days))
