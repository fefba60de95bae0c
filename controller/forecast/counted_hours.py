"""What a site's own counters and hours say: hours that were counted, and days that are not like others. Pure."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from controller.forecast.hours import Calendar
from controller.hours.day_rules import RuleSource
from controller.hours.timetable import Timetable, of_site
from controller.telemetry.rollups.coverage import seconds_of, shares
from controller.telemetry.rollups.crossings import DoorCounter
from controller.telemetry.rollups.fold import Step, steps_in
from controller.text import local_time
from edge.wire.interval import Interval

_WHOLE = 0.9
"""An hour is known if every counter is known to have worked in this share of it."""


def doors(counters: Sequence[DoorCounter]) -> list[str]:
    """The doors that have a counter now."""
    return sorted({each.place for each in counters if not each.gone})


def counted_hours(counters: Sequence[DoorCounter], during: Interval, zone: ZoneInfo) -> dict[datetime, float]:
    """People who came in by the doors that have a counter now, by the start of the hour, in UTC.

    Only whole hours in which each of these doors had a counter, and each counter that was there is known to have
    worked. So the hours before a door got its first counter are unknown.
    """
    wanted = set(doors(counters))
    here = [each for each in counters if each.place in wanted]
    hours = list(steps_in(Step.HOUR, during, zone))
    seconds = seconds_of(hours)
    covered = [shares(each.known, seconds) for each in here]
    ins = [{row.at: row.ins for row in each.rows} for each in here]
    found = {}
    for at, hour in enumerate(hours):
        due = [n for n, each in enumerate(here) if each.there.overlaps(hour)]
        if hour.end > during.end or {here[n].place for n in due} != wanted:
            continue
        if all(covered[n][at] >= _WHOLE for n in due):
            found[hour.start] = float(sum(ins[n].get(hour.start, 0) for n in due))
    return found if wanted else {}


def calendar_of(hours: Timetable, during: Interval) -> Calendar:
    """Closures of the building, days that it is closed as a bank holiday or by date, bank holidays, and days between
    school terms; before the first term and after the last nothing is known of the schools."""
    zone = hours.site.tz
    first, last = (local_time.local_day(each, zone) for each in (during.start, during.end))
    days = [first + timedelta(days=each) for each in range((last - first).days + 1)]
    closed = [each.during for each in of_site(hours.closures) if each.during.overlaps(during)]
    closed += [local_time.day_bounds(day, zone) for day in days if _shut(hours, day)]
    holidays = {day: name for day in days if (name := hours.holiday(day))}
    terms = hours.terms
    known = (min(each.first for each in terms), max(each.last for each in terms)) if terms else (date.max, date.min)
    school = frozenset(day for day in days if known[0] <= day <= known[1] and not hours.in_term(day))
    return Calendar(holidays, school, closed)


def _shut(hours: Timetable, day: date) -> bool:
    rule = hours.rule(day)
    return rule.rule is not RuleSource.WEEK and not rule.spans
