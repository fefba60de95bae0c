"""One VEVENT read into a value, or refused with the line and the reason (RFC 5545 3.6.1)."""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

import msgspec

from controller.calendars.date_times import CalendarTime, Length
from controller.calendars.ics_parser import Component
from controller.calendars.tzid_lookup import Zones
from controller.hours.recurrence.errors import Unbookable

TITLE_LIMIT = 200
LONGEST_EVENT = 100_000
"""Most characters of what makes the bookings of one event."""
_ONCE = ("DTSTART", "DTEND", "DURATION", "UID", "RECURRENCE-ID", "RRULE", "STATUS", "TRANSP")
_TIMES = frozenset({"DTSTART", "DTEND", "RRULE", "EXDATE", "RDATE"})
_MATTER = frozenset({*_ONCE, *_TIMES, "EXRULE"})
"""A fault in one of these costs the event; in any other line, such as ATTENDEE, it costs nothing."""
_WORD = re.compile(r"[A-Za-z-]*")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_DURATION = re.compile(
    r"\+?P(?:(?P<weeks>\d{1,4})W|(?:(?P<days>\d{1,4})D)?"
    r"(?:T(?:(?P<hours>\d{1,5})H)?(?:(?P<minutes>\d{1,6})M)?(?:(?P<seconds>\d{1,8})S)?)?)"
)


_TZID = re.compile(r"(?<=;)TZID(?==)", re.IGNORECASE)
_HIDDEN = "X-TZID"
"""The zone of a time, by a name that icalendar does not know: what it makes of a zone depends on the files that the
process has read before, and on its settings for the whole process. ``Zones`` finds it."""


class Added(msgspec.Struct, frozen=True, kw_only=True):
    """A date of RDATE; a period has an ``end`` or a ``length`` of its own."""

    start: CalendarTime
    end: CalendarTime | None = None
    length: Length | None = None


class CalendarEvent(msgspec.Struct, frozen=True, kw_only=True):
    """A VEVENT that can be booked. One of ``end`` and ``length`` is set, but for one that is cancelled. ``added`` are
    those of RDATE, ``excluded`` of EXDATE."""

    line: int
    uid: str
    title: str
    start: CalendarTime
    end: CalendarTime | None
    length: Length | None
    rule: str | None
    added: tuple[Added, ...]
    excluded: tuple[CalendarTime, ...]
    cancelled: bool


def read_event(
    component: Component, zones: Zones, site_zone: tzinfo, *, uid: str, cancelled: bool, replaces: CalendarTime | None
) -> CalendarEvent:
    """The event of ``component``; times without a zone are in ``site_zone``. One that is cancelled needs no times:
    without DTSTART it begins at ``replaces``. Raises ``Unbookable``."""
    return _Reader(component, zones, site_zone).read(uid, cancelled, replaces)


class _Reader:
    def __init__(self, component: Component, zones: Zones, site_zone: tzinfo) -> None:
        self._component = component
        self._zones = zones
        self._site_zone = site_zone
        self._properties: dict[str, Any] = {}

    def read(self, uid: str, cancelled: bool, replaces: CalendarTime | None) -> CalendarEvent:
        self._check_lines()
        from icalendar import Event  # by the worker that reads files, so not at the controller's start

        event = Event.from_ical(_TZID.sub(_HIDDEN, self._that_matters().text))
        if event.errors:
            name, message = event.errors[0]
            raise Unbookable(f"{name or 'a line'} cannot be read: {message}", line=self._line_of(name))
        self._properties = {name.upper(): value for name, value in event.items()}
        if self._component.value("TRANSP").upper() == "TRANSPARENT" and not cancelled:
            raise Unbookable("is marked as free time (TRANSP:TRANSPARENT), so it holds no room")
        start = self._single("DTSTART") or (replaces if cancelled else None)
        if start is None:
            raise Unbookable("has no DTSTART, so nobody knows when it begins")
        end, length = self._end(start, cancelled)
        return CalendarEvent(
            line=self._component.line,
            uid=uid,
            title=self._title(),
            start=start,
            end=end,
            length=length,
            rule=self._rule(),
            added=tuple(self._dates("RDATE")),
            excluded=tuple(each.start for each in self._dates("EXDATE")),
            cancelled=cancelled,
        )

    def _that_matters(self) -> Component:
        """The times of the component, without what makes no booking: pictures, guests, hundreds of kilobytes."""
        component = self._component
        lines = tuple(line for line in component.lines if line.name in _TIMES)
        size = sum(len(line.text) for line in lines)
        if size > LONGEST_EVENT:
            raise Unbookable(f"is longer than {LONGEST_EVENT:,} characters; export a part of it")
        return msgspec.structs.replace(component, lines=lines)

    def _line_of(self, name: str | None) -> int | None:
        if name is None:
            return next((line.number for line in self._component.lines if not line.name), None)
        line = self._component.first(name.upper())
        return line.number if line else None

    def _check_lines(self) -> None:
        seen: set[str] = set()
        before = ""
        for line in self._component.lines:
            if not line.sound and line.name in _MATTER:
                raise Unbookable(f"{line.name} is not in UTF-8", line=line.number)
            if not line.name and _costs(line.text, before):
                raise Unbookable(f"“{line.text[:40]}” is not a property with a value", line=line.number)
            before = line.name
            if line.name in _ONCE and line.name in seen:
                raise Unbookable(f"{line.name} occurs twice", line=line.number)
            seen.add(line.name)
        if "EXRULE" in seen:
            raise Unbookable("has an EXRULE, which RFC 5545 dropped; use EXDATE", line=self._line_of("EXRULE"))

    def _title(self) -> str:
        text = _ESCAPED.sub(
            lambda found: " " if found.group(1) in "nN" else found.group(1), self._component.value("SUMMARY")
        )
        text = " ".join("".join(c if c.isprintable() else " " for c in text).split()) or "Untitled"
        return text if len(text) <= TITLE_LIMIT else text[: TITLE_LIMIT - 1] + "…"

    def _moment(self, name: str, value: datetime | date, tzid: str | None) -> CalendarTime:
        if not isinstance(value, datetime):
            return CalendarTime(wall=datetime.combine(value, datetime.min.time()), zone=self._site_zone, all_day=True)
        wall = value.replace(tzinfo=None)
        if tzid is not None:
            zone = self._zones.get(tzid)
            if zone is None:
                raise Unbookable(
                    f"{name} is in the time zone “{tzid}”, which is neither known nor described in the file",
                    line=self._line_of(name),
                )
            return CalendarTime(wall=wall, zone=zone)
        return CalendarTime(wall=wall, zone=self._site_zone if value.tzinfo is None else UTC)

    def _single(self, name: str) -> CalendarTime | None:
        value = self._properties.get(name)
        if value is None:
            return None
        moment = value.dt
        if not isinstance(moment, date):
            raise Unbookable(f"{name} is neither a date nor a time", line=self._line_of(name))
        return self._moment(name, moment, value.params.get(_HIDDEN))

    def _end(self, start: CalendarTime, cancelled: bool) -> tuple[CalendarTime | None, Length | None]:
        end, line = self._single("DTEND"), self._component.first("DURATION")
        length = None if line is None else _length(line.value, line.number)
        if end is not None and line is not None and length != Length(days=0, exact=timedelta()):
            # Some programs write a DURATION of zero in addition to the end.
            raise Unbookable("has both DTEND and DURATION; one is allowed", line=line.number)
        if end is not None:
            if end.all_day != start.all_day:
                raise Unbookable("one of DTSTART and DTEND is a date, the other a time", line=self._line_of("DTEND"))
            return end, None
        if length is not None or cancelled:
            return None, length
        if start.all_day:
            return None, Length(days=1, exact=timedelta())
        raise Unbookable("has neither DTEND nor DURATION, so nobody knows when it ends")

    def _rule(self) -> str | None:
        rule = self._properties.get("RRULE")
        if rule is None:
            return None
        line = self._line_of("RRULE")
        if "COUNT" in rule and "UNTIL" in rule:
            raise Unbookable("RRULE has both COUNT and UNTIL; one is allowed (RFC 5545 3.3.10)", line=line)
        frequency = str(rule.get("FREQ", [""])[0]).upper()
        if frequency not in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY"):
            raise Unbookable(f"RRULE repeats {frequency or 'without FREQ'}; daily is the most often", line=line)
        return str(rule.to_ical().decode())

    def _dates(self, name: str) -> list[Added]:
        value = self._properties.get(name, [])
        dates: list[Added] = []
        for group in value if isinstance(value, list) else [value]:
            tzid = group.params.get(_HIDDEN)
            for item in group.dts:
                at = item.dt
                if not isinstance(at, tuple):
                    dates.append(Added(start=self._moment(name, at, tzid)))
                    continue
                start, until = at
                begins = self._moment(name, start, tzid)
                if isinstance(until, timedelta):
                    dates.append(
                        Added(start=begins, length=Length(days=until.days, exact=until - timedelta(until.days)))
                    )
                else:
                    dates.append(Added(start=begins, end=self._moment(name, until, tzid)))
        return dates


def _costs(text: str, before: str) -> bool:
    """Whether a line that is no property costs the event: it may be one that makes its times, or the end of one.
    ``before``: the property on the line before."""
    word = _WORD.match(text.strip())
    return before in _MATTER or (word is not None and word.group().upper() in _MATTER)


def _length(text: str, line: int) -> Length:
    found = _DURATION.fullmatch(text.strip().upper())
    if found is None or not any(found.groupdict().values()):
        raise Unbookable(f"DURATION “{text.strip()[:30]}” is not a length above zero, such as PT2H", line=line)
    number = {name: int(value or 0) for name, value in found.groupdict().items()}
    exact = timedelta(hours=number["hours"], minutes=number["minutes"], seconds=number["seconds"])
    return Length(days=number["weeks"] * 7 + number["days"], exact=exact)
