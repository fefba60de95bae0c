"""What a site's own hours say of days that are not like others. Pure."""

from datetime import date, timedelta

from controller.hours.day_rules import RuleSource
from controller.hours.timetable import Timetable, of_site
from controller.occupancy.forecast.hours import Calendar
from controller.platform.text import local_time
from edge.wire.interval import Interval


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
