"""Writes a calendar by RFC 5545: CRLF, lines of at most 75 octets, texts escaped. Pure, and the same for the
same events, so that a reader can ask whether anything has changed."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from controller.calendars.vtimezone_writer import timezone_lines, zones_of

LINE_OCTETS = 75
MEDIA_TYPE = "text/calendar; charset=utf-8"
PRODUCT = "-//Hallkeeper//Hallkeeper//EN"

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


class CalendarEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One event. ``status``: CONFIRMED, TENTATIVE or CANCELLED. ``sequence`` grows with every change. ``geo``: latitude
    and longitude. Empty texts are left out."""

    uid: str
    title: str
    starts: datetime
    ends: datetime
    zone: ZoneInfo
    status: str
    sequence: int
    created: datetime
    changed: datetime
    place: str = ""
    about: str = ""
    geo: tuple[float, float] | None = None


def calendar(name: str, entries: Sequence[CalendarEntry], *, about: str = "", refresh: timedelta) -> bytes:
    """The file. ``refresh``: how often readers should ask for it again."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{escaped(name)}",
        f"X-WR-CALNAME:{escaped(name)}",
    ]
    if about:
        lines += [f"DESCRIPTION:{escaped(about)}", f"X-WR-CALDESC:{escaped(about)}"]
    every = f"PT{round(refresh.total_seconds() / 60)}M"
    lines += [f"REFRESH-INTERVAL;VALUE=DURATION:{every}", f"X-PUBLISHED-TTL:{every}"]
    lines += _timezones(entries)
    for entry in entries:
        lines += _event(entry)
    lines.append("END:VCALENDAR")
    return b"".join(folded(line) for line in lines)


def invitation(entries: Sequence[CalendarEntry], *, method: str, organizer: str, attendee: str) -> bytes:
    """A file for one person's calendar, sent by mail (RFC 5546). ``method``: REQUEST for new and changed events, CANCEL
    for cancelled ones. No reply is wanted."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN", f"METHOD:{method}"]
    lines += _timezones(entries)
    people = (
        f"ORGANIZER:mailto:{organizer}",
        f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:{attendee}",
    )
    for entry in entries:
        lines += _event(entry, people)
    lines.append("END:VCALENDAR")
    return b"".join(folded(line) for line in lines)


def folded(line: str) -> bytes:
    """The line with its CRLF, folded so that no line exceeds 75 octets and no character is split (3.1)."""
    data = line.encode()
    if len(data) <= LINE_OCTETS:
        return data + b"\r\n"
    pieces = []
    room = LINE_OCTETS
    while data:
        cut = min(room, len(data))
        while cut < len(data) and data[cut] & 0xC0 == 0x80:  # inside a character
            cut -= 1
        pieces.append(data[:cut])
        data = data[cut:]
        room = LINE_OCTETS - 1  # the blank that continues the line
    return b"\r\n ".join(pieces) + b"\r\n"


def escaped(text: str) -> str:
    """A TEXT value (3.3.11); characters that a file may not contain are left out."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).translate(_ESCAPED)


def _timezones(entries: Sequence[CalendarEntry]) -> list[str]:
    lines: list[str] = []
    for zone in zones_of(entry.zone for entry in entries):
        here = [entry for entry in entries if entry.zone.key == zone.key]
        lines += timezone_lines(zone, min(each.starts for each in here), max(each.ends for each in here))
    return lines


def _event(entry: CalendarEntry, people: Iterable[str] = ()) -> Iterable[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{entry.uid}"
    yield f"DTSTAMP:{_utc(entry.changed)}"
    yield f"CREATED:{_utc(entry.created)}"
    yield f"LAST-MODIFIED:{_utc(entry.changed)}"
    yield f"SEQUENCE:{entry.sequence}"
    yield from _times(entry)
    yield from people
    yield f"SUMMARY:{escaped(entry.title)}"
    if entry.place:
        yield f"LOCATION:{escaped(entry.place)}"
    if entry.geo is not None:
        yield f"GEO:{entry.geo[0]:.6f};{entry.geo[1]:.6f}"
    if entry.about:
        yield f"DESCRIPTION:{escaped(entry.about)}"
    yield f"STATUS:{entry.status}"
    yield "TRANSP:" + ("TRANSPARENT" if entry.status == "CANCELLED" else "OPAQUE")
    yield "END:VEVENT"


def _times(entry: CalendarEntry) -> Iterable[str]:
    """Wall time with its zone; in UTC where the clocks show a time twice and the second is meant, which wall time
    cannot say (3.3.5)."""
    starts, ends = entry.starts.astimezone(entry.zone), entry.ends.astimezone(entry.zone)
    if starts.fold or ends.fold:
        yield f"DTSTART:{_utc(entry.starts)}"
        yield f"DTEND:{_utc(entry.ends)}"
    else:
        yield f"DTSTART;TZID={entry.zone.key}:{starts:%Y%m%dT%H%M%S}"
        yield f"DTEND;TZID={entry.zone.key}:{ends:%Y%m%dT%H%M%S}"


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
