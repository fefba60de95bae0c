"""The file of days that are not like others: closures, bank holidays and school holidays, as CSV."""

import csv
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from controller.hours import bank_holidays
from controller.hours.model import Nation
from controller.occupancy.forecast.hours import Calendar
from controller.occupancy.recording import BadRecording
from controller.platform.text import local_time
from edge.wire.interval import Interval

HEADING = ("first", "last", "what")
WHAT = ("closed", "bank holiday", "school holidays")


def read(path: Path, zone: ZoneInfo) -> Calendar:
    """``first`` and ``last`` are dates, both included, or times, of which the last is not. Times without an offset are
    of ``zone``. Raises BadRecording with the line that cannot be read."""
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            rows = csv.DictReader(file)
            if not set(HEADING) <= set(rows.fieldnames or ()):
                raise BadRecording(f"{path} needs the columns {', '.join(HEADING)}.")
            lines = [(rows.line_num, [str(row[name] or "").strip() for name in HEADING]) for row in rows]
    except OSError as error:
        raise BadRecording(f"{path} cannot be read: {error.strerror}.") from error
    closed, holidays, school = [], dict[date, str](), set[date]()
    for line, (first, last, what) in lines:
        if what not in WHAT:
            raise BadRecording(f"{path}, line {line}: “{what}” is none of {', '.join(WHAT)}.")
        try:
            during = _during(first, last or first, zone)
        except (ValueError, OverflowError) as error:
            raise BadRecording(f"{path}, line {line}: from “{first}” to “{last}” is no time.") from error
        days = list(_days(during, zone))
        if what == "closed":
            closed.append(during)
        elif what == "bank holiday":
            holidays |= dict.fromkeys(days, what)
        else:
            school.update(days)
    return Calendar(holidays, frozenset(school), closed)


def with_bank_holidays(calendar: Calendar, nation: Nation, years: Iterable[int]) -> Calendar:
    """``calendar`` and the bank holidays of a nation of the United Kingdom."""
    known = {day: name for year in years for day, name in bank_holidays.of_year(year, nation).items()}
    return Calendar({**calendar.holidays, **known}, calendar.school_holidays, calendar.closed)


def _during(first: str, last: str, zone: ZoneInfo) -> Interval:
    """Raises ValueError, and OverflowError for the last days of the calendar."""
    if len(last) <= len("2026-12-25"):
        end = local_time.day_start(date.fromisoformat(last) + timedelta(days=1), zone)
    else:
        end = _instant(last, zone)
    return Interval(start=_instant(first, zone), end=end)


def _instant(text: str, zone: ZoneInfo) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else local_time.instant_moved(moment, zone)[0]


def _days(during: Interval, zone: ZoneInfo) -> Iterable[date]:
    day, last = (local_time.local_day(at, zone) for at in (during.start, during.end - timedelta(microseconds=1)))
    while day <= last:
        yield day
        day += timedelta(days=1)
