"""Public events as a page shows them: by day, in the site's own time, with the kinds to choose from. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from controller.bookings.diary.model import EventKind
from controller.bookings.diary.site_config import SiteConfig
from controller.calendars.public_events import KIND_NAMES, PublicEventRow, TakenTime
from controller.hours.timetable import Timetable
from controller.occupancy.desks import FreeDesks
from controller.platform.text import local_time, times
from controller.platform.text.web_host import web_host
from controller.screens.door_pages.words import gettext, marked
from edge.wire.interval import Interval
from edge.wire.plan import Mode

IN_USE = marked("In use")
"""What a booking that is not public is called, where a site shows that its spaces are taken."""
_ABOUT_ACCESS = frozenset(
    {
        *("accessible-parking", "accessible-toilet", "automatic-door", "baby-changing", "changing-places"),
        *("evac-chair", "hearing-loop", "induction-loop", "lift", "quiet-room", "ramp", "tactile-signs", "wheelchair"),
    }
)
"""Amenities that are about getting in and about, named before the others."""


class ShownEvent(msgspec.Struct, frozen=True, kw_only=True):
    """``site``: its id, where the page is about all sites. ``host``: of ``link``. ``taken``: nothing but its place and
    time is told."""

    time: str
    title: str
    where: str
    site: str = ""
    kind: str = ""
    about: str = ""
    organiser: str = ""
    link: str = ""
    host: str = ""
    called_off: bool = False
    on_now: bool = False
    taken: bool = False


class ShownDay(msgspec.Struct, frozen=True, kw_only=True):
    """“Today, Wednesday 25 November” with its events, by start."""

    name: str
    events: list[ShownEvent]


class SpaceFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is recorded of a space. ``holds``: how many people, if that is."""

    name: str
    access: list[str]
    also: list[str]
    holds: int | None


def shown_days(
    events: Iterable[PublicEventRow],
    first: date,
    *,
    today: date,
    now: datetime,
    of_all: bool = False,
    taken: Iterable[TakenTime] = (),
    zone: ZoneInfo | None = None,
) -> list[ShownDay]:
    """The days on which something begins, from ``first``; what began earlier is on ``first``. ``of_all``: each event
    names its site. ``taken``: at a site in ``zone``."""
    found: dict[date, list[tuple[datetime, ShownEvent]]] = {}
    for each in events:
        day = max(local_time.local_day(each.starts, each.tz), first)
        found.setdefault(day, []).append((each.starts, _shown(each, day, now, of_all=of_all)))
    for one in taken:
        assert zone is not None
        day = max(local_time.local_day(one.starts, zone), first)
        during = Interval(start=one.starts, end=one.ends)
        shown = ShownEvent(
            time=_time(during, zone, day, now),
            title=gettext(IN_USE),
            where=one.space_name,
            taken=True,
            on_now=now in during,
        )
        found.setdefault(day, []).append((one.starts, shown))
    ordered = {day: sorted(listed, key=lambda one: one[0]) for day, listed in sorted(found.items())}
    return [
        ShownDay(name=_day_name(day, today), events=[each for _, each in listed]) for day, listed in ordered.items()
    ]


def within_hours(taken: Iterable[TakenTime], hours: Timetable, *, unstaffed: bool) -> list[TakenTime]:
    """The parts in which the building is open; ``unstaffed``: also without staff."""
    found = []
    for each in taken:
        for period in hours.modes(Interval(start=each.starts, end=each.ends)):
            if period.mode is Mode.STAFFED or (unstaffed and period.mode is Mode.EXTENDED):
                start, end = max(each.starts, period.during.start), min(each.ends, period.during.end)
                found.append(replace(each, starts=start, ends=end))
    return found


def desks_now(desks: FreeDesks, now: datetime) -> str:
    """“Touch-down desks: 4 of 6 free at 14:05, as sensors said at 14:03.”"""
    zone = local_time.zone(desks.zone)
    words = {
        "name": desks.name,
        "free": desks.free,
        "places": desks.places,
        "at": times.clock(now, zone),
        "seen": times.clock(desks.seen_at, zone) if desks.seen_at else "",
    }
    if desks.measured:
        return gettext("%(name)s: %(free)s of %(places)s free at %(at)s, as sensors said at %(seen)s.", **words)
    text = "%(name)s: %(free)s of %(places)s not booked at %(at)s. People without a booking are not counted."
    return gettext(text, **words)


def kinds_of(events: Iterable[PublicEventRow]) -> list[tuple[str, str, int]]:
    """The kinds that there are, in a fixed order: value, name, how many."""
    counts: dict[EventKind | None, int] = {}
    for each in events:
        counts[each.event_kind] = counts.get(each.event_kind, 0) + 1
    return [(kind.value, gettext(name), counts[kind]) for kind, name in KIND_NAMES.items() if kind in counts]


def facts(config: SiteConfig) -> list[SpaceFacts]:
    """What is recorded of the spaces that can be booked, by name. What is not recorded is not said to be missing."""
    found = []
    for place in sorted(config.by_space.values(), key=lambda each: each.space.name.casefold()):
        space = place.space
        if not space.bookable:
            continue
        words = {each: each.replace("-", " ") for each in space.amenities}
        access = [word for each, word in words.items() if each in _ABOUT_ACCESS]
        if space.step_free:
            access.insert(0, gettext("no steps on the way in"))
        also = [word for each, word in words.items() if each not in _ABOUT_ACCESS]
        most = max((each for each in (space.capacity, *(one.capacity for one in space.layouts)) if each), default=None)
        found.append(SpaceFacts(name=space.name, access=access, also=also, holds=most))
    return found


def window(first: date, days: int, zones: Sequence[ZoneInfo]) -> Interval:
    """So many days from ``first``, as any of the zones has them."""
    starts = [local_time.day_start(first, zone) for zone in zones]
    ends = [local_time.day_start(first + timedelta(days=days), zone) for zone in zones]
    return Interval(start=min(starts), end=max(ends))


def day_text(day: date) -> str:
    """“9 December”."""
    return f"{day:%-d %B}"


def _shown(event: PublicEventRow, day: date, now: datetime, *, of_all: bool) -> ShownEvent:
    host = web_host(event.web_link)
    return ShownEvent(
        time=_time(event.during, event.tz, day, now),
        title=event.title,
        where=event.place if of_all else event.space_name,
        site=event.site if of_all else "",
        kind=gettext(KIND_NAMES[event.event_kind]) if event.event_kind else "",
        about=event.about,
        organiser=event.organiser or "",
        link=event.web_link if host else "",
        host=host.removeprefix("www."),
        called_off=event.called_off,
        on_now=not event.called_off and now in event.during,
    )


def _time(during: Interval, zone: ZoneInfo, day: date, now: datetime) -> str:
    first, last = (local_time.local_day(each, zone) for each in (during.start, during.end))
    if first != day:
        return f"until {times.at(during.end, zone, now=local_time.day_start(day, zone))}"
    end = times.clock(during.end, zone)
    if last == first or (last == first + timedelta(days=1) and end == "00:00"):
        return f"{times.clock(during.start, zone)} to {end}"
    return f"{times.clock(during.start, zone)} to {end} on {times.day(during.end, zone, now=now)}"


def _day_name(day: date, today: date) -> str:
    text = f"{day:%A %-d %B}" if day.year == today.year else f"{day:%A %-d %B %Y}"
    near = {today: gettext("Today"), today + timedelta(days=1): gettext("Tomorrow")}.get(day)
    return f"{near}, {text}" if near else text
