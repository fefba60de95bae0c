"""Limits that apply to every booking. Each refusal names the field and the limit. Pure."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from controller.text import local_time, times
from controller.text.times import length
from controller.web.fields import read_date, read_moment
from controller.web.problem import invalid_field
from edge.wire.interval import Interval

LONGEST = timedelta(days=31)
BEGUN = timedelta(hours=12)
"""How far back a booking may have begun when it is made."""
SHOWN_LONGEST = timedelta(days=62)
"""Most time whose bookings are listed at once."""


def window(starts: datetime, ends: datetime) -> Interval:
    """The time between two instants. Raises ``Invalid`` unless it is above zero and at most 31 days."""
    if ends <= starts:
        why = "must be after starts, not at the same time" if ends == starts else "must be after starts"
        raise invalid_field("ends", why)
    if ends - starts > LONGEST:
        raise invalid_field("ends", f"must be at most {LONGEST.days} days after starts")
    return Interval(start=starts, end=ends)


def not_over(during: Interval, *, zone: ZoneInfo, now: datetime) -> None:
    """Raises ``Invalid`` for a time that is over."""
    if during.end <= now:
        raise invalid_field("ends", f"must be in the future; {times.at(during.end, zone, now=now)} is over")


def timely(during: Interval, *, zone: ZoneInfo, now: datetime) -> None:
    """Raises ``Invalid`` for a time that is over or began too long ago."""
    not_over(during, zone=zone, now=now)
    if during.start < now - BEGUN:
        hours = BEGUN.total_seconds() / 3600
        raise invalid_field("starts", f"must be at most {hours:.0f} hours ago")


def last_moment(during: Interval, *, now: datetime) -> datetime:
    """Until when a time can be held: to its start, or to its end once it has begun."""
    return during.start if during.start > now else during.end


def shown(starts: str, ends: str, zone: ZoneInfo, *, longest: timedelta = SHOWN_LONGEST) -> Interval:
    """The time between two moments or dates; a date means where its day begins. Raises ``Invalid``."""
    start, end = _edge(starts, "from", zone), _edge(ends, "to", zone)
    if end <= start:
        raise invalid_field("to", "must be after `from`")
    if end - start > longest:
        raise invalid_field("to", f"must be at most {longest.days} days after `from`")
    return Interval(start=start, end=end)


def _edge(text: str, field: str, zone: ZoneInfo) -> datetime:
    try:
        if "T" in text:
            return read_moment(text).resolve(zone, field)
        return local_time.day_start(read_date(text), zone)
    except ValueError as error:
        raise invalid_field(field, str(error)) from error


def notes(during: Interval, zone: ZoneInfo) -> tuple[str, ...]:
    """Worth knowing of a requested time, though it refuses nothing: a night in which the clocks change."""
    on_the_wall = local_time.wall(during.end, zone) - local_time.wall(during.start, zone)
    real = during.end - during.start
    if real == on_the_wall:
        return ()
    word = "longer" if real > on_the_wall else "shorter"
    return (f"the clocks change: it lasts {length(real)}, {length(abs(real - on_the_wall))} {word}",)
