"""From what a site's counters counted to how many people to expect there. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from controller.estate.model import Site
from controller.hours.timetable import Timetable
from controller.occupancy.forecast.days_ahead import DayAhead, days_ahead
from controller.occupancy.forecast.hours import HOUR, ExpectedHour, forecast
from controller.occupancy.forecast.model import HISTORY, LEAST_DAYS
from controller.occupancy.forecast.site_calendar import calendar_of
from controller.platform.text import local_time, times
from controller.telemetry.rollups.counted_hours import counted_hours, doors
from controller.telemetry.rollups.crossings import DoorCounter
from edge.wire.interval import Interval

LEARNS_FROM = timedelta(days=HISTORY)
_STALE = timedelta(days=7)
"""Where the last counted hour is longer ago than this, nothing is forecast: the intervals are for two weeks."""


class SiteForecast(msgspec.Struct, frozen=True, kw_only=True):
    """What to expect at the ``doors`` that have a counter. ``counted_hours``, ``counted_days``: what it was learned
    from; ``needed_days``: how many of them must teach something. ``counted_until``: the end of the last.
    ``silent_hours``: zeros that were taken as a counter's silence. ``left_out``: other doors, at which a counter has
    not worked for a week. ``why_none``: a sentence where there are no hours; the days then know the bookings alone."""

    site: Site
    doors: tuple[str, ...]
    counted_hours: int
    counted_days: int
    needed_days: int
    counted_until: datetime | None
    silent_hours: int
    left_out: tuple[str, ...]
    why_none: str
    hours: tuple[ExpectedHour, ...]
    days: tuple[DayAhead, ...]


def site_forecast(
    hours: Timetable,
    counters: list[DoorCounter],
    past: Interval,
    days: int,
    now: datetime,
    booked: Iterable[Interval] = (),
) -> SiteForecast:
    """``counters``: what they counted by the hour in the time ``past``; ``booked``: times that bookings hold from now
    on. Pure; takes a second."""
    zone = hours.site.tz
    left_out = _silent_doors(counters, now - _STALE)
    if set(left_out) == set(doors(counters)):
        left_out = []
    counters = [each for each in counters if each.place not in left_out]
    counted = counted_hours(counters, past, zone)
    last = max(counted, default=None)
    found: list[ExpectedHour] = []
    silent, why = 0, ""
    if last is None:
        named = bool(doors(counters))
        why = "No whole hour has been counted yet." if named else "No door has a counter that has counted anything."
    elif now - last > _STALE:
        why = f"Nothing has been counted since {times.at(last + HOUR, zone, now=now)}."
    else:
        gap = (now - last) // timedelta(days=1) + 1
        reach = Interval(start=past.start, end=now + timedelta(days=days + 1))
        try:
            found, silent = forecast(counted, zone, calendar_of(hours, reach), days + gap)
        except ValueError as error:
            why = str(error)
    first = next((each.start for each in found if each.end > now), now)
    ahead = tuple(each for each in found if first <= each.start < past.end + timedelta(days=days))
    return SiteForecast(
        site=hours.site,
        doors=tuple(doors(counters)),
        counted_hours=len(counted),
        counted_days=len({local_time.local_day(each, zone) for each in counted}),
        needed_days=LEAST_DAYS,
        counted_until=None if last is None else last + HOUR,
        silent_hours=silent,
        left_out=tuple(left_out),
        why_none=why,
        hours=ahead,
        days=tuple(days_ahead(ahead, booked, zone, days, now)),
    )


def _silent_doors(counters: list[DoorCounter], since: datetime) -> list[str]:
    """Of the doors that have a counter now those at which one is not known to have worked ``since`` then."""
    return sorted({each.place for each in counters if not each.gone and not any(one.end > since for one in each.known)})
