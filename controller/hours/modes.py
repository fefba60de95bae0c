"""Opening hours to modes: which mode holds from when to when. Pure.

Both ends of a span keep their wall time, so a span over a clock change is an hour longer or shorter. An
end that the clocks skip moves forward by the gap; what comes twice takes the first.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from controller import localtime
from controller.hours.model import Span, Timetable
from edge.wire.interval import Interval
from edge.wire.plan import Mode


class ModePeriod(msgspec.Struct, frozen=True, kw_only=True):
    """A mode that holds without a break. ``note``: why the day differs from the week, if it does."""

    during: Interval
    mode: Mode
    note: str = ""


def modes(timetable: Timetable, zone: ZoneInfo, during: Interval) -> list[ModePeriod]:
    """The modes that tile ``during`` without gap or overlap, closed included, in order."""
    periods: list[ModePeriod] = []
    at = during.start
    for period in _open_periods(timetable, zone, during):
        start = max(period.during.start, at)
        end = min(period.during.end, during.end)
        if start >= end:
            continue
        if at < start:
            periods.extend(_closed(timetable, zone, Interval(start=at, end=start)))
        periods.append(msgspec.structs.replace(period, during=Interval(start=start, end=end)))
        at = end
    if at < during.end:
        periods.extend(_closed(timetable, zone, Interval(start=at, end=during.end)))
    return _joined(periods)


def mode_at(timetable: Timetable, zone: ZoneInfo, at: datetime) -> ModePeriod:
    """The mode at an instant and how long it holds, looking at most two weeks ahead."""
    return modes(timetable, zone, Interval(start=at, end=at + timedelta(days=14)))[0]


def _open_periods(timetable: Timetable, zone: ZoneInfo, during: Interval) -> Iterator[ModePeriod]:
    """Every open span that may touch ``during``, by start."""
    week: dict[int, list[Span]] = defaultdict(list)
    for weekly in timetable.pattern:
        week[weekly.weekday].append(weekly.span)
    other = {day.date: day for day in timetable.exceptions}
    # A day either side: a moved end may lie in the next local day.
    found: list[ModePeriod] = []
    for day in _days(during, zone):
        differs = other.get(day)
        spans = differs.spans if differs else week[day.weekday()]
        note = differs.note if differs else ""
        for span in spans:
            start = _instant(day, span.opens, zone)
            end = _instant(day, span.closes, zone)
            if start < end:
                found.append(ModePeriod(during=Interval(start=start, end=end), mode=span.mode, note=note))
    yield from sorted(found, key=lambda period: (period.during.start, period.during.end))


def _closed(timetable: Timetable, zone: ZoneInfo, during: Interval) -> Iterator[ModePeriod]:
    """Closed time, cut at the days that differ so that each carries its own note."""
    noted = {day.date: day.note for day in timetable.exceptions if day.note}
    if not noted:
        yield ModePeriod(during=during, mode=Mode.CLOSED)
        return
    for day in _days(during, zone):
        start = max(localtime.day_start(day, zone), during.start)
        end = min(localtime.day_start(day + timedelta(days=1), zone), during.end)
        if start < end:
            yield ModePeriod(during=Interval(start=start, end=end), mode=Mode.CLOSED, note=noted.get(day, ""))


def _joined(periods: Iterable[ModePeriod]) -> list[ModePeriod]:
    """Neighbours of the same mode and note made one."""
    joined: list[ModePeriod] = []
    for period in periods:
        last = joined[-1] if joined else None
        if last and last.mode == period.mode and last.note == period.note:
            joined[-1] = msgspec.structs.replace(last, during=Interval(start=last.during.start, end=period.during.end))
        else:
            joined.append(period)
    return joined


def _days(during: Interval, zone: ZoneInfo) -> Iterator[date]:
    day = localtime.local_day(during.start, zone) - timedelta(days=1)
    last = localtime.local_day(during.end, zone) + timedelta(days=1)
    while day <= last:
        yield day
        day += timedelta(days=1)


def _instant(day: date, minute: int, zone: ZoneInfo) -> datetime:
    wall = datetime.combine(day, time.min) + timedelta(minutes=minute)
    return localtime.instant_moved(wall, zone)[0]
