"""Dates and times as people in Britain write them in spreadsheets, and ISO 8601. Pure."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from controller.platform.text import local_time
from controller.platform.web.fields import Moment

_DAY = timedelta(days=1)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CLOCK = (
    r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.(?P<part>\d{1,6}))?)?)?"
    r"\s*(?P<half>[ap]\.?m\.?)?"
)
_TIME = re.compile(_CLOCK, re.ASCII)
_MOMENT = re.compile(
    rf"(?P<date>.+?)(?:[ ,]+|(?<=\d)t)(?P<time>{_CLOCK})\s*(?P<offset>z|[+-](?:0\d|1[0-4]):?[0-5]\d)?", re.ASCII
)
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})", re.ASCII)
_BRITISH = re.compile(r"(?P<day>\d{1,2})([/.-])(?P<month>\d{1,2})\2(?P<year>\d{4}|\d{2})", re.ASCII)
_WRITTEN = re.compile(r"(?P<day>\d{1,2})(?:st|nd|rd|th)?[ -](?P<month>[a-z]{3,9})[ -](?P<year>\d{4}|\d{2})", re.ASCII)
_WEEKDAY = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[ ,.]+", re.ASCII)


class TimeOfDay(msgspec.Struct, frozen=True, kw_only=True):
    """A time of the day. ``next_day``: it was written 24:00 and is the midnight at the end of the day."""

    at: time
    next_day: bool = False


def read_day(text: str) -> date:
    """“26/11/2026”, “2026-11-26”, “Thu 26 Nov 2026”: the day before the month. Raises ``ValueError``."""
    plain = _WEEKDAY.sub("", text.strip().casefold(), count=1)
    found = _ISO.fullmatch(plain) or _BRITISH.fullmatch(plain) or _WRITTEN.fullmatch(plain)
    wrong = f"{text[:40]!r} is not a date; write day/month/year like 26/11/2026, or 2026-11-26"
    if found is None:
        raise ValueError(wrong)
    year = int(found["year"])
    try:
        day = date(year + 2000 if year < 100 else year, _month(found["month"]), int(found["day"]))
    except ValueError as error:
        raise ValueError(wrong) from error
    if not local_time.FIRST_YEAR <= day.year <= local_time.LAST_YEAR:
        raise ValueError(f"the year must be {local_time.FIRST_YEAR} to {local_time.LAST_YEAR}")
    return day


def read_clock(text: str) -> TimeOfDay:
    """“18:00”, “18.00”, “6pm”, “6:30 pm”, “24:00”. Raises ``ValueError``."""
    found = _TIME.fullmatch(text.strip().casefold())
    wrong = ValueError(f"{text[:40]!r} is not a time; write it like 18:00")
    if found is None or (found["minute"] is None and found["half"] is None):
        raise wrong
    hour, minute, second = (int(found[name] or 0) for name in ("hour", "minute", "second"))
    part = int((found["part"] or "").ljust(6, "0"))
    if (hour, minute, second, part, found["half"]) == (24, 0, 0, 0, None):
        return TimeOfDay(at=time(0), next_day=True)
    if found["half"]:
        if not 1 <= hour <= 12:
            raise wrong
        hour = hour % 12 + (12 if found["half"].startswith("p") else 0)
    try:
        return TimeOfDay(at=time(hour, minute, second, part))
    except ValueError:
        raise wrong from None


def read_when(text: str) -> Moment:
    """A date and a time in one cell, with an offset where it has one. Raises ``ValueError``."""
    found = _MOMENT.fullmatch(text.strip().casefold())
    if found is None:
        raise ValueError(f"{text[:40]!r} is not a date with a time; write it like 26/11/2026 18:00")
    wall = _on(read_day(found["date"]), read_clock(found["time"]))
    if found["offset"] is None:
        return Moment(wall=wall)
    return Moment(instant=(wall - _shift(found["offset"])).replace(tzinfo=UTC))


def span(day: date, start: TimeOfDay, end: TimeOfDay) -> tuple[Moment, Moment]:
    """From start to end; an end that is before the start is on the next day."""
    begins, ends = _on(day, start), _on(day, end)
    return Moment(wall=begins), Moment(wall=ends if ends >= begins else ends + _DAY)


def written(moment: datetime, zone: ZoneInfo) -> str:
    """A moment as ``read_when`` takes it: the site's own time, with the offset where that comes twice."""
    wall = local_time.wall(moment, zone)
    text = wall.isoformat(sep=" ", timespec="auto" if wall.second or wall.microsecond else "minutes")
    if local_time.instant_moved(wall, zone)[0] == moment:
        return text
    return text + moment.astimezone(zone).isoformat()[-6:]


def _on(day: date, clock: TimeOfDay) -> datetime:
    return datetime.combine(day, clock.at) + (_DAY if clock.next_day else timedelta())


def _month(text: str) -> int:
    """0 for what is none."""
    if text.isdigit():
        return int(text)
    return _MONTHS.index(text[:3]) + 1 if text[:3] in _MONTHS else 0


def _shift(offset: str) -> timedelta:
    if offset == "z":
        return timedelta()
    shift = timedelta(hours=int(offset[1:3]), minutes=int(offset[-2:]))
    return -shift if offset.startswith("-") else shift
