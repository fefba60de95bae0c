"""One VEVENT read into a value, or refused with the line and the reason (RFC 5545 3.6.1)."""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

import msgspec
from icalendar import Event

from controller.calendars.errors import Unbookable
from controller.calendars.lines import Component
from controller.calendars.zones import Zones, named

TITLE_LIMIT = 200
LONGEST_EVENT = 100_000
"""Most characters of what makes the bookings of one event."""
_ONCE = ("DTSTART", "DTEND", "DURATION", "UID", "RECURRENCE-ID", "RRULE", "STATUS", "TRANSP")
_MATTER = frozenset({*_ONCE, "SUMMARY", "EXDATE", "RDATE"})
_DURATION = re.compile(
    r"\+?P(?:(?P<weeks>\d{1,4})W|(?:(?P<days>\d{1,4})D)?"
    r"(?:T(?:(?P<hours>\d{1,5})H)?(?:(?P<minutes>\d{1,6})M)?(?:(?P<seconds>\d{1,8})S)?)?)"
)


_VENDOR = re.compile(r'TZID="?(/[^":;]+)"?')


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """A time as the file writes it: wall time and its zone. ``all_day`` for a date without a time."""

    wall: datetime
    zone: tzinfo
    all_day: bool = False


class Length(msgspec.Struct, frozen=True, kw_only=True):
    """A DURATION: the days keep the wall time, the rest is exact (RFC 5545 3.3.6)."""

    days: int
    exact: timedelta


class CalendarEvent(msgspec.Struct, frozen=True, kw_only=True):
    """A VEVENT that can be booked. One of ``end`` and ``length`` is set. ``added`` are moments of RDATE,
    ``excluded`` of EXDATE; ``replaces`` is the RECURRENCE-ID."""

    line: int
    uid: str
    title: str
    start: Moment
    end: Moment | None
    length: Length | None
    rule: str | None
    added: tuple[Moment, ...]
    excluded: tuple[Moment, ...]
    replaces: Moment | None
    cancelled: bool


def read_event(component: Component, zones: Zones, site_zone: tzinfo) -> CalendarEvent:
    """The event of ``component``; times without a zone are in ``site_zone``. Raises ``Unbookable``."""
    return _Reader(component, zones, site_zone).read()


class _Reader:
    def __init__(self, component: Component, zones: Zones, site_zone: tzinfo) -> None:
        self._component = component
        self._zones = zones
        self._site_zone = site_zone
        self._properties: dict[str, Any] = {}

    def read(self) -> CalendarEvent:
        self._check_lines()
        event = Event.from_ical(_VENDOR.sub(_without_vendor, self._that_matters().text))
        for name, message in event.errors:
            if name is None or name.upper() in _MATTER:
                raise Unbookable(f"{name or 'a line'} cannot be read: {message}", line=self._line_of(name))
        self._properties = {name.upper(): value for name, value in event.items()}
        uid = str(self._properties.get("UID", "")).strip()
        if not uid:
            raise Unbookable("has no UID, so that a second import could not tell it from a new one")
        if not uid.isprintable():
            raise Unbookable("its UID has control characters", line=self._line_of("UID"))
        if len(uid) > 500:
            raise Unbookable("its UID is longer than 500 characters", line=self._line_of("UID"))
        if str(self._properties.get("TRANSP", "")).upper() == "TRANSPARENT":
            raise Unbookable("is marked as free time (TRANSP:TRANSPARENT), so it holds no room")
        start = self._required_start()
        end, length = self._end(start)
        return CalendarEvent(
            line=self._component.line,
            uid=uid,
            title=self._title(),
            start=start,
            end=end,
            length=length,
            rule=self._rule(),
            added=self._moments("RDATE"),
            excluded=self._moments("EXDATE"),
            replaces=self._replaces(),
            cancelled=str(self._properties.get("STATUS", "")).upper() == "CANCELLED",
        )

    def _that_matters(self) -> Component:
        """The component without what makes no booking: pictures, long lists of guests, hundreds of kilobytes."""
        component = self._component
        lines = tuple(line for line in component.lines if line.name in _MATTER)
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
        for line in self._component.lines:
            if not line.sound and line.name in _MATTER:
                raise Unbookable(f"{line.name} is not in UTF-8", line=line.number)
            if not line.name:
                raise Unbookable(f"“{line.text[:40]}” is not a property with a value", line=line.number)
            if line.name in _ONCE and line.name in seen:
                raise Unbookable(f"{line.name} stands twice", line=line.number)
            seen.add(line.name)
        if "EXRULE" in seen:
            raise Unbookable("has an EXRULE, which RFC 5545 dropped; use EXDATE", line=self._line_of("EXRULE"))

    def _title(self) -> str:
        value = self._properties.get("SUMMARY", "")
        text = str(value[0] if isinstance(value, list) else value)
        text = " ".join("".join(c if c.isprintable() else " " for c in text).split()) or "Untitled"
        return text if len(text) <= TITLE_LIMIT else text[: TITLE_LIMIT - 1] + "…"

    def _moment(self, name: str, value: datetime | date, tzid: str | None) -> Moment:
        if not isinstance(value, datetime):
            return Moment(wall=datetime.combine(value, datetime.min.time()), zone=self._site_zone, all_day=True)
        wall = value.replace(tzinfo=None)
        if tzid is not None:
            zone = self._zones.get(tzid)
            if zone is None:
                raise Unbookable(
                    f"{name} is in the time zone “{tzid}”, which is neither known nor described in the file",
                    line=self._line_of(name),
                )
            return Moment(wall=wall, zone=zone)
        return Moment(wall=wall, zone=self._site_zone if value.tzinfo is None else UTC)

    def _single(self, name: str) -> Moment | None:
        value = self._properties.get(name)
        if value is None:
            return None
        moment = value.dt
        if not isinstance(moment, date):
            raise Unbookable(f"{name} is neither a date nor a time", line=self._line_of(name))
        return self._moment(name, moment, value.params.get("TZID"))

    def _required_start(self) -> Moment:
        start = self._single("DTSTART")
        if start is None:
            raise Unbookable("has no DTSTART, so nobody knows when it begins")
        return start

    def _end(self, start: Moment) -> tuple[Moment | None, Length | None]:
        end, line = self._single("DTEND"), self._component.first("DURATION")
        if end is not None and line is not None:
            raise Unbookable("has both DTEND and DURATION; one is allowed", line=line.number)
        if end is not None:
            if end.all_day != start.all_day:
                raise Unbookable("one of DTSTART and DTEND is a date, the other a time", line=self._line_of("DTEND"))
            return end, None
        if line is not None:
            return None, _length(line.value, line.number)
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

    def _moments(self, name: str) -> tuple[Moment, ...]:
        value = self._properties.get(name, [])
        moments: list[Moment] = []
        for group in value if isinstance(value, list) else [value]:
            tzid = group.params.get("TZID")
            for item in group.dts:
                at = item.dt
                if isinstance(at, tuple):
                    raise Unbookable(
                        f"{name} holds a period; only dates and times are booked", line=self._line_of(name)
                    )
                moments.append(self._moment(name, at, tzid))
        return tuple(moments)

    def _replaces(self) -> Moment | None:
        value = self._properties.get("RECURRENCE-ID")
        if value is not None and value.params.get("RANGE"):
            raise Unbookable(
                "changes this and all later dates (RANGE=THISANDFUTURE); export it as two series",
                line=self._line_of("RECURRENCE-ID"),
            )
        return self._single("RECURRENCE-ID")


def _without_vendor(found: re.Match[str]) -> str:
    """A TZID with a vendor's path before it, as the plain name where it is one."""
    zone = named(found.group(1))
    return found.group() if zone is None else f"TZID={zone.key}"


def _length(text: str, line: int) -> Length:
    found = _DURATION.fullmatch(text.strip().upper())
    if found is None or not any(found.groupdict().values()):
        raise Unbookable(f"DURATION “{text.strip()[:30]}” is not a length above zero, such as PT2H", line=line)
    number = {name: int(value or 0) for name, value in found.groupdict().items()}
    exact = timedelta(hours=number["hours"], minutes=number["minutes"], seconds=number["seconds"])
    return Length(days=number["weeks"] * 7 + number["days"], exact=exact)
