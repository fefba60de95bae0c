"""Reads a calendar file: occurrences to book, and faults to list. Pure.

Which event a VEVENT is, which date of a series it is about, and how new it is (RFC 5545 3.8.4.4, RFC 5546 2.1.5) is
found out before it is judged, so that a date that an override names is never booked at its old time.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, time, tzinfo
from zoneinfo import ZoneInfo

import msgspec

from controller.calendars.date_times import CalendarTime, instant
from controller.calendars.ics_parser import CalendarFault, CalendarTooSlow, Component, ContentLine, parse_components
from controller.calendars.recurring_events import DateOverride, EventOccurrence, expand
from controller.calendars.tzid_lookup import Zones
from controller.calendars.vevent_parser import CalendarEvent, read_event
from controller.hours.recurrence.errors import Unbookable
from controller.hours.recurrence.rrule_evaluation import Budget

_TIME = re.compile(r"(\d{8})(T\d{6})?(Z)?")
_TZID = re.compile(r';TZID="?([^":;]+)"?', re.IGNORECASE)
_STAMP = re.compile(r"\d{8}T\d{6}Z")
_ANSWERS = frozenset({"REPLY", "REFRESH", "COUNTER", "DECLINECOUNTER"})
_RANGE = re.compile(r";RANGE=(?!THISANDFUTURE\b)", re.IGNORECASE)
_YEARS = range(1900, 2300)


class RecurrenceId(msgspec.Struct, frozen=True, kw_only=True):
    """The date of a series that an override is about. ``zone``: ``None`` for that of the series, where none is given
    or nobody knows the one that is. ``onward``: it and all later ones (RANGE=THISANDFUTURE)."""

    wall: datetime
    all_day: bool
    zone: tzinfo | None
    onward: bool

    def within(self, start: CalendarTime | None, site_zone: tzinfo) -> CalendarTime:
        """The date as the series writes it that begins at ``start``: of a timed one its time on that day, of one of
        whole days that day."""
        zone = self.zone or (start.zone if start else site_zone)
        if start is None:
            return CalendarTime(wall=self.wall, zone=zone, all_day=self.all_day)
        if not start.all_day:
            if not self.all_day:
                return CalendarTime(wall=self.wall, zone=zone)
            return CalendarTime(wall=datetime.combine(self.wall.date(), start.wall.time()), zone=start.zone)
        local = self.wall if self.all_day else self.wall.replace(tzinfo=zone).astimezone(start.zone)
        return CalendarTime(wall=datetime.combine(local.date(), time()), zone=start.zone, all_day=True)


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """A VEVENT before it is judged. ``replaces``: ``None`` for the event itself. ``wrong``: why it cannot be said which
    date it is about, else empty."""

    component: Component
    uid: str
    replaces: RecurrenceId | None
    wrong: str
    sequence: int
    stamp: str
    cancelled: bool


def identify(component: Component, zones: Zones) -> Version:
    """Raises ``Unbookable`` where it has no UID, or is an answer to an invitation."""
    if component.method in _ANSWERS:
        raise Unbookable(f"answers an invitation (METHOD:{component.method}); only the event itself can be booked")
    line = component.first("RECURRENCE-ID")
    replaces = None if line is None else _recurrence_id(line, zones)
    sequence = component.value("SEQUENCE")
    stamp = component.value("DTSTAMP")
    return Version(
        component=component,
        uid=_uid(component),
        replaces=replaces,
        wrong="" if line is None or replaces else f"{line.text.strip()[:60]} names no date of a series",
        sequence=int(sequence) if re.fullmatch(r"[0-9]{1,9}", sequence) else 0,
        stamp=stamp if _STAMP.fullmatch(stamp) else "",
        cancelled=component.method == "CANCEL" or component.value("STATUS").upper() == "CANCELLED",
    )


def newest(versions: Sequence[Version], faults: list[CalendarFault]) -> Version:
    """The one of the highest SEQUENCE, then of the latest DTSTAMP. Of those that are alike the first; the others are
    faults."""
    best = max(versions, key=lambda each: (each.sequence, each.stamp))
    for each in versions:
        if each is not best and (each.sequence, each.stamp) == (best.sequence, best.stamp):
            reason = f"has the same UID as the event on line {best.component.line}, which was imported"
            faults.append(CalendarFault(line=each.component.line, uid=each.uid, reason=reason))
    return best


def _uid(component: Component) -> str:
    line = component.first("UID")
    uid = line.value.strip() if line else ""
    if line is None or not uid:
        raise Unbookable("has no UID, so that a second import could not tell it from a new one")
    if not line.sound:
        raise Unbookable("UID is not in UTF-8", line=line.number)
    if not uid.isprintable():
        raise Unbookable("its UID has control characters", line=line.number)
    if len(uid) > 500:
        raise Unbookable("its UID is longer than 500 characters", line=line.number)
    return uid


def _recurrence_id(line: ContentLine, zones: Zones) -> RecurrenceId | None:
    """``None`` where it cannot be read."""
    found = _TIME.fullmatch(line.value.strip())
    parameters = line.text[: len(line.text) - len(line.value)]
    if found is None or _RANGE.search(parameters):
        return None
    day, at, utc = found.groups()
    try:
        wall = datetime.strptime(day + (at or ""), "%Y%m%dT%H%M%S" if at else "%Y%m%d")  # noqa: DTZ007  # wall time
    except ValueError:
        return None
    if wall.year not in _YEARS:
        return None
    tzid = _TZID.search(parameters)
    zone = UTC if utc else zones.get(tzid.group(1)) if tzid else None
    return RecurrenceId(wall=wall, all_day=not at, zone=zone, onward="THISANDFUTURE" in parameters.upper())


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
