"""Opening hours in the words of a public page: “Open until 21:00”, the hours of the coming days, closures. Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from controller.hours.model import Closure
from controller.hours.modes import ModePeriod, unexplained
from controller.hours.timetable import LOOK_AHEAD, Timetable, when
from controller.platform.text import local_time, times
from edge.wire.interval import Interval
from edge.wire.plan import Mode

_ANNOUNCED = timedelta(days=60)
"""How far ahead closures are announced."""


class OpenDay(msgspec.Struct, frozen=True, kw_only=True):
    """A local day. ``staffed``: when it is open to everybody, ``members``: to members only; empty where never, or where
    that is not told."""

    name: str
    staffed: str
    members: str


def has_hours(hours: Timetable) -> bool:
    """Whether anybody has said when the building is open."""
    return bool(hours.timetable.pattern or hours.timetable.seasons or hours.timetable.exceptions)


def open_now(hours: Timetable, now: datetime, *, unstaffed: bool = False) -> str:
    """“Open until 14:00.”, or when it opens next; empty where no hours are set. ``unstaffed``: hours without staff are
    told too, and else count as closed."""
    if not has_hours(hours):
        return ""
    zone = hours.site.tz
    periods = unexplained(_told(hours.modes(Interval(start=now, end=now + LOOK_AHEAD)), unstaffed))
    first = periods[0]
    if first.mode is Mode.CLOSED:
        following = next((each for each in periods[1:] if each.mode is not Mode.CLOSED), None)
        if following is None:
            return "Closed for the next two weeks."
        who = " for members, without staff" if following.mode is Mode.EXTENDED else ""
        return f"Closed now. Opens at {times.at(following.during.start, zone, now=now)}{who}."
    until = times.at(first.during.end, zone, now=now) if len(periods) > 1 else ""
    end = f" until {until}" if until else ""
    if first.mode is Mode.EXTENDED:
        return f"Open{end} for members with card and PIN, without staff."
    return f"Open{end}."


def open_days(hours: Timetable, now: datetime, days: int = 7, *, unstaffed: bool = False) -> list[OpenDay]:
    """The hours of today and the days after it; none where no hours are set. ``unstaffed``: as for ``open_now``. Notes
    and reasons are not in it: they were written for staff."""
    if not has_hours(hours):
        return []
    zone = hours.site.tz
    first = local_time.local_day(now, zone)
    found = []
    for day in (first + timedelta(days=each) for each in range(days)):
        modes = unexplained(_told(hours.modes(local_time.day_bounds(day, zone)), unstaffed))
        spans = {
            mode: times.listed([_span(each.during, hours) for each in modes if each.mode is mode]) for mode in Mode
        }
        found.append(
            OpenDay(
                name=f"{day:%a %-d %b}",
                staffed=spans[Mode.STAFFED],
                members=spans[Mode.EXTENDED],
            )
        )
    return found


def closures_ahead(hours: Timetable, now: datetime) -> Iterator[str]:
    """“Hall is closed on Thu 26 Nov: floor works.”, by start. The words are those for everybody, never the reason,
    which is for who booked, and for staff."""
    for each in sorted(hours.closures, key=lambda each: each.during.start):
        if each.during.end > now and each.during.start < now + _ANNOUNCED:
            yield _announced(each, hours)


def _announced(closure: Closure, hours: Timetable) -> str:
    names = [hours.spaces[each].name for each in closure.spaces if each in hours.spaces]
    subject = times.listed(names) if names else hours.site.name
    words = f": {closure.public_words.rstrip('.')}" if closure.public_words else ""
    return f"{subject} {'are' if len(names) > 1 else 'is'} closed {when(closure, hours.site)}{words}."


def _told(periods: list[ModePeriod], unstaffed: bool) -> list[ModePeriod]:
    hidden = {} if unstaffed else {Mode.EXTENDED: Mode.CLOSED}
    return [replace(each, mode=hidden.get(each.mode, each.mode)) for each in periods]


def _span(during: Interval, hours: Timetable) -> str:
    zone = hours.site.tz
    end = times.clock(during.end, zone)
    return f"{times.clock(during.start, zone)} to {'24:00' if end == '00:00' else end}"
