"""Writes a calendar by RFC 5545: CRLF, lines of at most 75 octets, texts escaped; and answers with its ``ETag``. Pure.

The text is the same for the same events, so a client that has it already need not load it again (RFC 9110 13.1.2).
VTIMEZONE is made from the zone database: every change of offset in the years that a calendar speaks of (3.6.5).
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec
from fastapi import Response, status

_STEP = timedelta(days=7)
"""No zone changes twice in a week."""
_SECOND = timedelta(seconds=1)


class ZoneTransition(msgspec.Struct, frozen=True, kw_only=True):
    """From ``at`` on the zone has another offset or name. ``wall``: what clocks showed up to then."""

    at: datetime
    wall: datetime
    before: timedelta
    after: timedelta
    name: str
    summer: bool


def timezone_lines(zone: ZoneInfo, since: datetime, until: datetime) -> list[str]:
    """The content lines of a VTIMEZONE that is right from ``since`` to ``until``, unfolded."""
    lines = ["BEGIN:VTIMEZONE", f"TZID:{zone.key}", f"X-LIC-LOCATION:{zone.key}"]
    for each in changes(zone, since, until):
        kind = "DAYLIGHT" if each.summer else "STANDARD"
        lines += [
            f"BEGIN:{kind}",
            f"DTSTART:{each.wall:%Y%m%dT%H%M%S}",
            f"TZOFFSETFROM:{offset(each.before)}",
            f"TZOFFSETTO:{offset(each.after)}",
            f"TZNAME:{each.name}",
            f"END:{kind}",
        ]
    return [*lines, "END:VTIMEZONE"]


def changes(zone: ZoneInfo, since: datetime, until: datetime) -> list[ZoneTransition]:
    """The changes from the last one before ``since`` on up to ``until``; where there is none before, one that sets the
    offset at the beginning of 1970."""
    years = range(since.astimezone(UTC).year - 1, until.astimezone(UTC).year + 1)
    found = [change for year in years for change in _of_year(zone, year)]
    before = [change for change in found if change.at <= since]
    start = before[-1] if before else _standing(zone, since)
    return [start, *(change for change in found if since < change.at <= until)]


def offset(value: timedelta) -> str:
    """“+0100”; with seconds only where there are any (RFC 5545 3.3.14)."""
    seconds = round(value.total_seconds())
    sign = "-" if seconds < 0 else "+"
    minutes, rest = divmod(abs(seconds), 60)
    return f"{sign}{minutes // 60:02}{minutes % 60:02}" + (f"{rest:02}" if rest else "")


@lru_cache(maxsize=512)
def _of_year(zone: ZoneInfo, year: int) -> tuple[ZoneTransition, ...]:
    at = datetime(year, 1, 1, tzinfo=UTC)
    end = datetime(year + 1, 1, 1, tzinfo=UTC)
    found = []
    while at < end:
        following = min(at + _STEP, end)
        if _shown(zone, at) != _shown(zone, following):
            found.append(_change(zone, at, following))
        at = following
    return tuple(found)


def _change(zone: ZoneInfo, low: datetime, high: datetime) -> ZoneTransition:
    """The change in ``(low, high]``, to the second."""
    old = _shown(zone, low)
    while high - low > _SECOND:
        middle = (low + (high - low) / 2).replace(microsecond=0)
        if _shown(zone, middle) == old:
            low = middle
        else:
            high = middle
    before, _, _ = old
    after, name, summer = _shown(zone, high)
    return ZoneTransition(
        at=high, wall=(high + before).replace(tzinfo=None), before=before, after=after, name=name, summer=summer
    )


def _standing(zone: ZoneInfo, at: datetime) -> ZoneTransition:
    shown, name, summer = _shown(zone, at)
    first = datetime(1970, 1, 1, tzinfo=UTC)
    return ZoneTransition(
        at=first, wall=first.replace(tzinfo=None), before=shown, after=shown, name=name, summer=summer
    )


def _shown(zone: ZoneInfo, at: datetime) -> tuple[timedelta, str, bool]:
    local = at.astimezone(zone)
    return local.utcoffset() or timedelta(), local.tzname() or "", (local.dst() or timedelta()) > timedelta()


def zones_of(zones: Iterable[ZoneInfo]) -> list[ZoneInfo]:
    """Each zone once, in the order of their names."""
    return [found for _, found in sorted({zone.key: zone for zone in zones}.items())]


def etag(data: bytes) -> str:
    """A tag that changes when the bytes do."""
    return hashlib.sha256(data).hexdigest()[:32]


def tagged(
    kind: type[Response], data: bytes, tag: str, if_none_match: str | None, headers: Mapping[str, str]
) -> Response:
    """The bytes, or 304 where the header names their tag, weakly compared, or anything at all."""
    named = {each.strip().removeprefix("W/") for each in (if_none_match or "").split(",")}
    headers = {"ETag": f'"{tag}"', **headers}
    if "*" in named or f'"{tag}"' in named:
        return Response(status_code=status.HTTP_304_NOT_MODIFIED, headers=headers)
    return kind(data, headers=headers)


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
