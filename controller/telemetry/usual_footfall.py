"""How busy a site usually is at this hour, from the crossings of the same weekday in past weeks; nothing where too few
hours were counted. Silence is not zero: an hour counts only where each counter is known to have worked."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from statistics import fmean

import msgspec
from sqlalchemy import and_, or_, select

from controller.db.engine import Tx
from controller.hours.timetable import Timetable
from controller.telemetry import queries
from controller.telemetry.tables import device_states, samples
from controller.text import local_time, times
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
    """A day of a past week that was open at this hour. ``open_for``: in all, to everybody."""

    day: Interval
    hour: Interval
    open: tuple[Interval, ...]

    @property
    def open_for(self) -> timedelta:
        return sum((each.end - each.start for each in self.open), timedelta())


async def usually(tx: Tx, hours: Timetable, now: datetime) -> str:
    """“Usually quiet at this time: 2 to 5 people came in …”, with the basis; empty where it is not known, and while the
    building is not open to everybody, since it would show when it is empty."""
    if hours.mode_at(now).mode is not Mode.STAFFED:
        return ""
    site = hours.site.id
    days = past_days(hours, now)
    query = select(device_states.c.device).where(device_states.c.site == site, device_states.c.kind == "counter")
    counters = frozenset((await tx.execute(query)).scalars())
    if len(days) < _ENOUGH or not counters:
        return ""
    whole = Interval(start=days[-1].day.start, end=days[0].day.end)
    c = samples.c
    crossings = select(c.device, c.at, c.value).where(
        c.site == site,
        c.measurement == "footfall",
        c.device.in_(sorted(counters)),
        c.field == "ins",
        c.value > 0,
        c.at >= whole.start,
        c.at < whole.end,  # by these two the primary key bounds the search
        or_(*(and_(c.at >= each.day.start, c.at < each.day.end) for each in days)),
    )
    ins: dict[str, list[tuple[datetime, float]]] = defaultdict(list)
    for row in await tx.execute(crossings):
        ins[row.device].append((row.at, row.value))
    outages = [each.during for each in await queries.site_outages(tx, site, whole)]
    counted = [each for each in days if _counted(each, {name: ins[name] for name in counters}, outages)]
    every = [each for found in ins.values() for each in found]
    return _words(counted, every, hours, now)


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


def _counted(day: PastDay, ins: Mapping[str, Sequence[tuple[datetime, float]]], outages: Sequence[Interval]) -> bool:
    """Whether each counter is known to have worked in the hour: it counted somebody then, or on both sides of it that
    day; and no outage touches the open time."""
    if any(outage.overlaps(each) for outage in outages for each in day.open):
        return False
    for found in ins.values():
        at = [moment for moment, _ in found if moment in day.day]
        if any(each in day.hour for each in at):
            continue
        if not (any(each < day.hour.start for each in at) and any(each >= day.hour.end for each in at)):
            return False
    return True


def _words(days: Sequence[PastDay], ins: Sequence[tuple[datetime, float]], hours: Timetable, now: datetime) -> str:
    if len(days) < _ENOUGH:
        return ""
    here = [round(sum(value for at, value in ins if at in day.hour)) for day in days]
    all_day = sum(value for day in days for each in day.open for at, value in ins if at in each)
    average = all_day / (sum((day.open_for for day in days), timedelta()) / _HOUR)
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
