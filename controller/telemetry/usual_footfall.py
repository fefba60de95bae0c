"""How busy a site usually is at this hour, from what was counted in the same hour of past weeks; nothing where too few
hours were counted. Silence is not zero: an hour counts only where each counter is known to have worked."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from statistics import fmean

import msgspec

from controller.db.engine import Tx
from controller.hours.timetable import Timetable
from controller.platform.text import local_time, times
from controller.telemetry.rollups.counted_hours import counted_hours
from controller.telemetry.rollups.crossings import crossings
from controller.telemetry.rollups.fold import Step, steps_in
from edge.wire.interval import Interval
from edge.wire.plan import Mode

WEEKS = 8
"""How far back it looks."""
_ENOUGH = 4
"""Counted hours; of fewer nothing is said."""
_QUIET, _BUSY = 0.6, 1.4
"""Shares of the average open hour of those days, below and above which an hour is quiet and busy."""
_HOUR = timedelta(hours=1)


class PastDay(msgspec.Struct, frozen=True, kw_only=True):
    """A day of a past week that was open at this hour. ``open``: to everybody."""

    day: Interval
    hour: Interval
    open: tuple[Interval, ...]

    def open_hours(self, hours: Timetable) -> list[datetime]:
        """When each whole hour of it begins in which it was open to everybody."""
        found = [one for each in self.open for one in steps_in(Step.HOUR, each, hours.site.tz) if one.end <= each.end]
        return [each.start for each in found]


async def usually(tx: Tx, hours: Timetable, now: datetime) -> str:
    """“Usually quiet at this time: 2 to 5 people came in …”, with the basis; empty where it is not known, and while the
    building is not open to everybody, since it would show when it is empty."""
    if hours.mode_at(now).mode is not Mode.STAFFED:
        return ""
    days = past_days(hours, now)
    if len(days) < _ENOUGH:
        return ""
    whole = Interval(start=days[-1].day.start, end=days[0].day.end)
    counters = await crossings(tx, hours.site.id, Step.HOUR, whole, now)
    counted = counted_hours(counters, whole, hours.site.tz)
    return _words([each for each in days if each.hour.start in counted], counted, hours, now)


def past_days(hours: Timetable, now: datetime) -> list[PastDay]:
    """The same weekday of past weeks, newest first, where the building was open to everybody in all of this hour."""
    zone = hours.site.tz
    wall = local_time.wall(now, zone)
    found = []
    for back in range(1, WEEKS + 1):
        date = wall.date() - timedelta(weeks=back)
        start, _ = local_time.instant_moved(datetime.combine(date, time(wall.hour)), zone)
        hour, day = Interval(start=start, end=start + _HOUR), local_time.day_bounds(date, zone)
        if all(each.mode is Mode.STAFFED for each in hours.modes(hour)):
            staffed = tuple(each.during for each in hours.modes(day) if each.mode is Mode.STAFFED)
            found.append(PastDay(day=day, hour=hour, open=staffed))
    return found


def _words(days: Sequence[PastDay], counted: Mapping[datetime, float], hours: Timetable, now: datetime) -> str:
    if len(days) < _ENOUGH:
        return ""
    here = [round(counted[day.hour.start]) for day in days]
    whole = [{day.hour.start, *day.open_hours(hours)} for day in days]
    average = fmean(counted[each] for starts in whole for each in starts if each in counted)
    if not average:
        return ""
    share = fmean(here) / average
    level = "quiet" if share < _QUIET else "busy" if share > _BUSY else "neither quiet nor busy"
    least, most = min(here), max(here)
    number = f"{least}" if least == most else f"{least} to {most}"
    people = "person" if number == "1" else "people"
    zone = hours.site.tz
    start = days[0].hour.start
    span = f"{times.clock(start, zone)} and {times.clock(start + _HOUR, zone)}"
    return (
        f"Usually {level} at this time: {number} {people} came in between {span} on "
        f"{len(days)} of the last {WEEKS} {local_time.wall(now, zone):%A}s."
    )
