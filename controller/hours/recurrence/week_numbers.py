"""Yearly rules that name weeks by their numbers (BYWEEKNO, RFC 5545 3.3.10; the numbers are those of ISO 8601).

Where nothing else names the day, it is that of the start. Week 1 of a year is the first with at least four days in it,
so that days of a year's weeks may lie in the year before or after. INTERVAL and BYSETPOS count years of such weeks.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from itertools import product

from controller.hours.recurrence.errors import Unbookable

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WEEK = timedelta(days=7)


def is_by_week(parts: Mapping[str, str]) -> bool:
    """Whether a rule is such a one."""
    return parts.get("FREQ") == "YEARLY" and "BYWEEKNO" in parts


def first_week(year: int, week_starts: int) -> date:
    """The first day of week 1; ``week_starts``: 0 for Monday."""
    middle = date(year, 1, 4)  # always in it
    return middle - timedelta(days=(middle.weekday() - week_starts) % 7)


def years(parts: Mapping[str, str], begin: datetime, end: datetime) -> Iterator[tuple[datetime, ...]]:
    """What each year gives that INTERVAL does not pass over, from that of ``begin`` to that of ``end``, in order; wall
    times, none of a year without any. Raises ``Unbookable`` where a part makes no sense."""
    try:
        rule = _Rule(parts, begin)
    except (ValueError, KeyError) as error:
        raise Unbookable(f"RRULE cannot be expanded: {error}") from error
    year = next(each for each in (begin.year + 1, begin.year, begin.year - 1) if rule.first_day(each) <= begin.date())
    while year < date.max.year and rule.first_day(year) <= end.date():
        yield rule.gives(year)
        year += rule.interval


class _Rule:
    def __init__(self, parts: Mapping[str, str], begin: datetime) -> None:
        def numbers(name: str) -> list[int]:
            return [int(each) for each in parts[name].split(",")] if name in parts else []

        self.interval = int(parts.get("INTERVAL", "1"))
        self._starts = WEEKDAYS.index(parts.get("WKST", "MO"))
        self._weeks = numbers("BYWEEKNO")
        self._months = set(numbers("BYMONTH"))
        self._month_days = set(numbers("BYMONTHDAY"))
        self._year_days = set(numbers("BYYEARDAY"))
        self._places = numbers("BYSETPOS")
        named = parts["BYDAY"].split(",") if "BYDAY" in parts else []
        if not named and not self._month_days and not self._year_days:
            named = [WEEKDAYS[begin.weekday()]]
        if any(each not in WEEKDAYS for each in named):
            raise Unbookable("RRULE combines days of the year (BYDAY) with weeks (BYWEEKNO)")
        self._weekdays = {WEEKDAYS.index(each) for each in named}
        hours, minutes = numbers("BYHOUR") or [begin.hour], numbers("BYMINUTE") or [begin.minute]
        seconds = numbers("BYSECOND") or [begin.second]
        self._times = sorted({time(*each) for each in product(hours, minutes, seconds)})

    def first_day(self, year: int) -> date:
        return first_week(year, self._starts)

    def gives(self, year: int) -> tuple[datetime, ...]:
        first, after = self.first_day(year), self.first_day(year + 1)
        count = (after - first) // _WEEK
        chosen = {number if number > 0 else count + 1 + number for number in self._weeks}
        weeks = (first + (number - 1) * _WEEK for number in sorted(chosen) if 1 <= number <= count)
        days = (week + timedelta(days=at) for week in weeks for at in range(7))
        found = [datetime.combine(day, at) for day in days if self._has(day) for at in self._times]
        if not self._places:
            return tuple(found)
        places = {at - 1 if at > 0 else len(found) + at for at in self._places}
        return tuple(each for at, each in enumerate(found) if at in places)

    def _has(self, day: date) -> bool:
        return (
            (not self._months or day.month in self._months)
            and (not self._weekdays or day.weekday() in self._weekdays)
            and (not self._month_days or bool(self._month_days & _counted(day.day, _days_in_month(day))))
            and (not self._year_days or bool(self._year_days & _counted(day.timetuple().tm_yday, _days_in_year(day))))
        )


def _counted(number: int, of: int) -> set[int]:
    """A number from the beginning and from the end."""
    return {number, number - of - 1}


def _days_in_month(day: date) -> int:
    return ((day.replace(day=1) + timedelta(days=31)).replace(day=1) - day.replace(day=1)).days


def _days_in_year(day: date) -> int:
    return date(day.year, 12, 31).timetuple().tm_yday
