"""Reads a calendar file: occurrences to book, and faults to list. Pure."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from controller.calendars.date_times import CalendarTime, instant
from controller.calendars.errors import CalendarTooSlow
from controller.calendars.event_reader import CalendarEvent, read_event
from controller.calendars.expand import DateOverride, EventOccurrence, expand
from controller.calendars.ics_parser import CalendarFault, parse_components
from controller.calendars.identity import Version, identify, newest
from controller.calendars.tzid_lookup import Zones
from controller.recurrence.errors import Unbookable
from controller.recurrence.horizon import Budget

_SILENT = frozenset({"VTIMEZONE"})


class GoesOn(msgspec.Struct, frozen=True, kw_only=True):
    """A series that has more dates after the horizon."""

    line: int
    uid: str
    title: str


class CancelledEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event that the file cancels with all its dates, whatever they are."""

    line: int
    uid: str


class ClassifiedCalendar(msgspec.Struct, frozen=True, kw_only=True):
    """``past``: how many occurrences were over before the horizon; ``goes_on``: series that have more dates after it.
    ``series``: UIDs that come more than once.
    ``whole``: False where the file is damaged beyond single events, or only cancels some, so that others may be
    missing."""

    occurrences: tuple[EventOccurrence, ...]
    faults: tuple[CalendarFault, ...]
    past: int
    goes_on: tuple[GoesOn, ...]
    series: frozenset[str]
    ended: tuple[CancelledEvent, ...] = ()
    whole: bool = True


def sort_out(
    data: bytes, zone: ZoneInfo, *, since: datetime, until: datetime, budget: Budget | None = None
) -> ClassifiedCalendar:
    """Everything in the file that ends after ``since`` and starts before ``until``; ``zone``: the site's time zone.

    ``budget`` bounds the time for all of it and the work on repeating events; the usual one if left out.

    Raises ``CalendarError`` where the whole file is of no use.
    """
    budget = budget or Budget()
    calendar = parse_components(data)
    faults = list(calendar.faults)
    zones = Zones(calendar.components)
    versions: dict[str, list[Version]] = defaultdict(list)
    for component in calendar.components:
        if component.name in _SILENT:
            continue
        try:
            if component.name != "VEVENT":
                raise Unbookable(f"is a {component.name}; only events can be booked")
            version = identify(component, zones)
        except Unbookable as why:
            if component.whole:  # else it is reported as cut off already
                faults.append(CalendarFault(line=why.line or component.line, uid=component.uid, reason=why.reason))
        else:
            versions[version.uid].append(version)
    occurrences: list[EventOccurrence] = []
    goes_on: list[GoesOn] = []
    ended: list[CancelledEvent] = []
    series: set[str] = set()
    past = 0
    for uid, group in versions.items():
        one = _Group(zones, zone, budget, faults).read(group)
        found = expand(one.series, one.overrides, since=since, until=until, budget=budget)
        occurrences.extend(found.occurrences)
        faults.extend(found.faults)
        goes_on.extend(GoesOn(line=each.line, uid=each.uid, title=each.title) for each in found.goes_on)
        past += found.past
        if one.ended is not None:
            ended.append(CancelledEvent(line=one.ended, uid=uid))
        if one.repeats:
            series.add(uid)
    return ClassifiedCalendar(
        occurrences=tuple(sorted(occurrences, key=lambda each: (each.starts, each.uid))),
        faults=tuple(sorted(faults, key=lambda fault: fault.line)),
        past=past,
        goes_on=tuple(sorted(goes_on, key=lambda each: each.line)),
        ended=tuple(ended),
        whole=not calendar.faults and not any(each.method == "CANCEL" for each in calendar.components),
        series=frozenset(series),
    )


class _Read(msgspec.Struct, frozen=True, kw_only=True):
    """The events of one UID. ``ended``: the line of the one that cancels all of it."""

    series: CalendarEvent | None = None
    overrides: tuple[DateOverride, ...] = ()
    ended: int | None = None

    @property
    def repeats(self) -> bool:
        events = (self.series, *(each.event for each in self.overrides))
        return any(event is not None and (event.rule or event.added) for event in events)


class _Group:
    """Reads the events of one UID. What is wrong with them goes to ``faults``."""

    def __init__(self, zones: Zones, zone: ZoneInfo, budget: Budget, faults: list[CalendarFault]) -> None:
        self._zones = zones
        self._zone = zone
        self._budget = budget
        self._faults = faults

    def read(self, versions: Sequence[Version]) -> _Read:
        """A date that an override names is held back before the override is judged. Where it cannot be said which date
        that is, nothing is booked: it might be the one that has moved."""
        for each in versions:
            if each.wrong:
                reason = f"{each.wrong}, so nothing of the series is imported: that date must not be booked as it was"
                self._faults.append(CalendarFault(line=each.component.line, uid=each.uid, reason=reason))
        if any(each.wrong for each in versions):
            return _Read()
        own = [each for each in versions if each.replaces is None]
        itself = newest(own, self._faults) if own else None
        series = None if itself is None else self._event(itself, None)
        start = None if series is None else series.start
        dates: dict[tuple[datetime, bool], list[tuple[Version, CalendarTime]]] = defaultdict(list)
        for each in versions:
            if each.replaces is not None:
                at = each.replaces.within(start, self._zone)
                dates[instant(at), each.replaces.onward].append((each, at))
        overrides = [self._override(named, timed=start is not None and not start.all_day) for named in dates.values()]
        ended = itself.component.line if itself is not None and itself.cancelled else None
        return _Read(series=series, overrides=tuple(overrides), ended=ended)

    def _override(self, named: Sequence[tuple[Version, CalendarTime]], *, timed: bool) -> DateOverride:
        best = newest([each for each, _ in named], self._faults)
        at = next(moment for each, moment in named if each is best)
        assert best.replaces is not None, "an override names a date"
        return DateOverride(
            replaces=at,
            event=self._event(best, at),
            onward=best.replaces.onward,
            whole_day=timed and any(each.replaces is not None and each.replaces.all_day for each, _ in named),
        )

    def _event(self, version: Version, replaces: CalendarTime | None) -> CalendarEvent | None:
        """``None`` where there is nothing to book; raises ``CalendarTooSlow``."""
        component = version.component
        if self._budget.late:
            raise CalendarTooSlow("the calendar takes too long to read; export a shorter period and send that")
        if not component.whole:
            return None  # among the file's own faults already
        if version.cancelled and replaces is None and component.first("DTSTART") is None:
            return None  # it names nothing but its UID
        try:
            return read_event(
                component, self._zones, self._zone, uid=version.uid, cancelled=version.cancelled, replaces=replaces
            )
        except Unbookable as why:
            reason, line = why.reason, why.line
        except (ValueError, TypeError, AttributeError, KeyError, IndexError, OverflowError) as error:
            # The reader's library has many ways to say that a value makes no sense; the file is not ours to trust.
            reason, line = f"cannot be read: {error}", None
        self._faults.append(CalendarFault(line=line or component.line, uid=version.uid, reason=reason))
        return None
