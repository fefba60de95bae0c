"""The dates of one event: its start, its rule, its RDATE (RFC 5545 3.8.5)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from controller.calendars.date_times import LONGEST, CalendarTime, exists, instant
from controller.calendars.event_reader import Added, CalendarEvent
from controller.calendars.ics_parser import CalendarFault
from controller.recurrence.horizon import PERIOD_DAYS, EventWalk, interval_of, last_wall
from controller.recurrence.week_numbers import WEEKDAYS


def recurring(
    event: CalendarEvent, faults: list[CalendarFault], horizon: tuple[datetime, datetime], walk: EventWalk
) -> Iterator[Added]:
    """All dates of ``event`` within ``horizon``, in no order; some come twice. What does not exist becomes a
    fault."""
    yield Added(start=event.start)
    if event.rule is not None:
        for moment in _by_rule(event, event.rule, faults, horizon, walk):
            yield Added(start=moment)
    for each in event.added:
        if each.start.all_day and not event.start.all_day:
            wall = datetime.combine(each.start.wall.date(), event.start.wall.time())
            yield Added(start=msgspec.structs.replace(event.start, wall=wall))
        else:
            yield each


def _by_rule(
    event: CalendarEvent, text: str, faults: list[CalendarFault], horizon: tuple[datetime, datetime], walk: EventWalk
) -> Iterator[CalendarTime]:
    """What the rule gives. Dates that do not exist are left out and not counted (RFC 5545 3.3.10)."""
    parts = dict(part.split("=", 1) for part in text.upper().split(";") if "=" in part)
    left = int(parts.pop("COUNT", 0)) or None
    last = last_wall(parts.pop("UNTIL", None), event.start.zone)
    start = event.start
    since, until = horizon
    end = min(until.astimezone(start.zone).replace(tzinfo=None), last or datetime(9999, 12, 31))  # noqa: DTZ001  # wall time on purpose
    begin = start.wall
    if left is None:
        back = min(since.astimezone(start.zone).replace(tzinfo=None) - LONGEST - timedelta(days=2), end)
        begin = _begin_later(parts, begin, back, walk)
    rule = ";".join(f"{name}={value}" for name, value in parts.items())
    # DTSTART is the first occurrence, whether the rule gives it or not.
    left = None if left is None else left - 1
    for wall in walk.times(rule, begin=begin, end=end):
        if left == 0:
            return
        if wall == start.wall:
            continue
        moment = msgspec.structs.replace(start, wall=wall)
        if not start.all_day and not exists(moment):
            if instant(moment) > since:
                reason = f"{wall:%H:%M on %-d %B %Y} does not exist (the clocks go forward); that date is left out"
                faults.append(CalendarFault(line=event.line, uid=event.uid, reason=reason))
            continue
        left = None if left is None else left - 1
        yield moment
    walk.goes_on = left != 0 and (last is None or last > end)


def _begin_later(parts: dict[str, str], begin: datetime, back: datetime, walk: EventWalk) -> datetime:
    """The last date not after ``back`` from which a plain rule gives what it gives from ``begin``.

    Plain: the same in each of its periods, so that what is left out is counted by multiplying.
    """
    days = parts.get("BYDAY", WEEKDAYS[begin.weekday()]).split(",")
    plain = {"DAILY": {"FREQ", "INTERVAL", "WKST"}, "WEEKLY": {"FREQ", "INTERVAL", "WKST", "BYDAY"}}
    if not parts.keys() <= plain.get(parts["FREQ"], set()) or not set(days) <= set(WEEKDAYS):
        return begin
    period = timedelta(days=interval_of(parts) * PERIOD_DAYS[parts["FREQ"]])
    periods = max(0, (back - begin) // period)
    if periods:
        each = len(set(days)) if parts["FREQ"] == "WEEKLY" else 1
        walk.skipped += periods * each - (WEEKDAYS[begin.weekday()] in days or parts["FREQ"] == "DAILY")
    return begin + periods * period
