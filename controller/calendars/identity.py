"""Which event a VEVENT is, which date of a series it is about, and how new it is (RFC 5545 3.8.4.4, RFC 5546 2.1.5).

This is found out before it is judged, so that a date that an override names is never booked at its old time.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, time, tzinfo

import msgspec

from controller.calendars.date_times import CalendarTime
from controller.calendars.ics_parser import CalendarFault, Component, ContentLine
from controller.calendars.tzid_lookup import Zones
from controller.recurrence.errors import Unbookable

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
