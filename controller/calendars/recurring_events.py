"""The events of one UID turned into single occurrences within a horizon: the start, the rule and the RDATE of each,
less what is excluded or overridden (RFC 5545 3.8.4.4 and 3.8.5).
"""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import msgspec

from controller.calendars.date_times import LONGEST, CalendarTime, Length, exists, instant, moved
from controller.calendars.ics_parser import CalendarFault
from controller.calendars.vevent_parser import Added, CalendarEvent
from controller.hours.recurrence.errors import Unbookable
from controller.hours.recurrence.rrule_evaluation import PERIOD_DAYS, Budget, EventWalk, interval_of, last_wall
from controller.hours.recurrence.week_numbers import WEEKDAYS


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


MOST_OCCURRENCES = 1000
FARTHEST = timedelta(days=366)
"""Most that a change of all later dates may move them."""
_FIRST_YEAR, _LAST_YEAR = 2000, 2199


class EventOccurrence(msgspec.Struct, frozen=True, kw_only=True):
    """One booking to make. ``recurrence_id`` is the original start in UTC, empty for an event that comes once.

    ``cancelled``: the file says that it does not take place.
    """

    line: int
    uid: str
    recurrence_id: str
    title: str
    starts: datetime
    ends: datetime
    cancelled: bool

    @property
    def fingerprint(self) -> str:
        """Changes when anything that makes the booking changes."""
        text = "\n".join((self.title, self.starts.isoformat(), self.ends.isoformat(), str(self.cancelled)))
        return hashlib.sha256(text.encode()).hexdigest()


class DateOverride(msgspec.Struct, frozen=True, kw_only=True):
    """Replaces a date of a series, which is not booked at its old time in any case. ``event``: ``None``
    where it was refused. ``onward``: of all later dates too. ``whole_day``: of all dates of that day, where it names
    no time."""

    replaces: CalendarTime
    event: CalendarEvent | None
    onward: bool = False
    whole_day: bool = False


class Expanded(msgspec.Struct, frozen=True, kw_only=True):
    """Occurrences of one UID, and what could not be made. ``past``: how many were over before the horizon; where a
    rule was not walked from its beginning, dates taken out of it count too. ``goes_on``: events whose rules give more
    dates after it."""

    occurrences: tuple[EventOccurrence, ...]
    faults: tuple[CalendarFault, ...]
    past: int
    goes_on: tuple[CalendarEvent, ...]


def expand(
    series: CalendarEvent | None, overrides: Sequence[DateOverride], *, since: datetime, until: datetime, budget: Budget
) -> Expanded:
    """Occurrences that end after ``since`` and start before ``until``. One over ``budget`` is refused."""
    expansion = _Expansion(overrides, since=since, until=until, budget=budget)
    if series is not None:
        expansion.follow(series)
    for each in overrides:
        if each.event is not None and not (each.onward and series is not None):
            expansion.take(each.event, each.replaces)
    return expansion.found()


class _Expansion:
    def __init__(self, overrides: Sequence[DateOverride], *, since: datetime, until: datetime, budget: Budget) -> None:
        self._since = since
        self._until = until
        self._budget = budget
        alone = [each for each in overrides if not each.onward]
        self._held = {instant(each.replaces) for each in alone}
        self._held_days = {each.replaces.wall.date() for each in alone if each.whole_day}
        self._onward = sorted((each for each in overrides if each.onward), key=lambda each: instant(each.replaces))
        self._occurrences: list[EventOccurrence] = []
        self._faults: list[CalendarFault] = []
        self._goes_on: list[CalendarEvent] = []
        self._past = 0

    def found(self) -> Expanded:
        return Expanded(
            occurrences=tuple(sorted(self._occurrences, key=lambda each: each.starts)),
            faults=tuple(self._faults),
            past=self._past,
            goes_on=tuple(self._goes_on),
        )

    def take(self, event: CalendarEvent, replaces: CalendarTime) -> None:
        """An override of one date."""
        try:
            require_bookable(event)
            self._put(event, event.start, _identity(replaces), self._occurrences)
        except Unbookable as why:
            self._refuse(event, why)

    def follow(self, series: CalendarEvent) -> None:
        """An event with all its dates, but those that overrides of one date name."""
        walk = EventWalk(self._budget)
        try:
            require_bookable(series)
            if series.rule is None and not series.added:
                if instant(series.start) not in self._held:
                    self._put(series, series.start, "", self._occurrences)
                return
            later = self._changes(series)
            reach = max((abs(each.by) for each in later), default=timedelta())
            made: list[EventOccurrence] = []
            beyond = False
            for each in self._dates(series, (self._since - reach, self._until + reach), walk):
                event, start = _as_changed(series, each, later)
                if event is None:
                    continue
                if start != each.start and not start.all_day and not exists(start):
                    self._skipped(series, start)
                    continue
                beyond |= not self._put(event, start, _identity(each.start), made)
                if len(made) > MOST_OCCURRENCES:
                    raise Unbookable(
                        f"repeats more than {MOST_OCCURRENCES} times before {self._until:%-d %B %Y}; export a part"
                    )
        except Unbookable as why:
            self._refuse(series, why)
            return
        self._occurrences.extend(made)
        self._past += walk.skipped
        if walk.goes_on or (beyond and reach):
            self._goes_on.append(series)

    def _put(self, event: CalendarEvent, start: CalendarTime, identity: str, into: list[EventOccurrence]) -> bool:
        """False where it starts after the horizon."""
        starts = instant(start)
        if starts >= self._until:
            return False
        ends = _end(event, start)
        if ends <= self._since:
            self._past += 1
        else:
            into.append(
                EventOccurrence(
                    line=event.line,
                    uid=event.uid,
                    recurrence_id=identity,
                    title=event.title,
                    starts=starts,
                    ends=ends,
                    cancelled=event.cancelled,
                )
            )
        return True

    def _refuse(self, event: CalendarEvent, why: Unbookable) -> None:
        self._faults.append(CalendarFault(line=why.line or event.line, uid=event.uid, reason=why.reason))

    def _skipped(self, series: CalendarEvent, start: CalendarTime) -> None:
        if instant(start) > self._since:
            reason = f"{start.wall:%H:%M on %-d %B %Y} does not exist (the clocks go forward); that date is left out"
            self._faults.append(CalendarFault(line=series.line, uid=series.uid, reason=reason))

    def _changes(self, series: CalendarEvent) -> list["_Onward"]:
        """What changes all dates from one on, in their order. One that cannot be booked leaves out those dates."""
        found: list[_Onward] = []
        for each in self._onward:
            event, by = each.event, timedelta()
            if event is not None:
                try:
                    by = _moved_by(series, event, each.replaces)
                except Unbookable as why:
                    self._refuse(event, why)
                    event = None
            found.append(_Onward(since=instant(each.replaces), event=event, by=by))
        return found

    def _dates(self, series: CalendarEvent, horizon: tuple[datetime, datetime], walk: EventWalk) -> Iterator[Added]:
        # An EXDATE that is a date takes that whole day out, as most programs mean it.
        out = self._held | {instant(each) for each in series.excluded if not each.all_day}
        days = self._held_days | {each.wall.date() for each in series.excluded if each.all_day}
        for each in recurring(series, self._faults, horizon, walk):
            at = instant(each.start)
            if at not in out and each.start.wall.date() not in days:
                out.add(at)
                yield each


class _Onward(msgspec.Struct, frozen=True, kw_only=True):
    """How dates from an instant on differ from those of their series: as ``event`` has it, moved ``by`` so much wall
    time."""

    since: datetime
    event: CalendarEvent | None
    by: timedelta


def require_bookable(event: CalendarEvent) -> None:
    """Raises ``Unbookable``."""
    if not _FIRST_YEAR <= event.start.wall.year <= _LAST_YEAR:
        raise Unbookable(f"begins in the year {event.start.wall.year}; a diary holds {_FIRST_YEAR} to {_LAST_YEAR}")
    _end(event, event.start)


def _moved_by(series: CalendarEvent, event: CalendarEvent, replaces: CalendarTime) -> timedelta:
    """By how much wall time all later dates move (RFC 5545 3.8.4.4). Raises ``Unbookable``."""
    require_bookable(event)
    if event.rule is not None or event.added:
        raise Unbookable("changes all later dates and has dates of its own; export it as two series")
    if event.start.all_day != series.start.all_day:
        raise Unbookable("turns times into whole days for all later dates; export it as two series")
    zone = series.start.zone
    new, old = (instant(each).astimezone(zone).replace(tzinfo=None) for each in (event.start, replaces))
    if abs(new - old) > FARTHEST:
        raise Unbookable(f"moves all later dates by more than {FARTHEST.days} days; export it as two series")
    return new - old


def _as_changed(
    series: CalendarEvent, date: Added, changes: Sequence[_Onward]
) -> tuple[CalendarEvent | None, CalendarTime]:
    """What a date is an occurrence of, and when that begins."""
    at = instant(date.start)
    ruling = next((each for each in reversed(changes) if each.since <= at), None)
    if ruling is not None:
        return ruling.event, moved(date.start, ruling.by)
    if date.end is None and date.length is None:
        return series, date.start
    return msgspec.structs.replace(series, start=date.start, end=date.end, length=date.length), date.start


def _identity(moment: CalendarTime) -> str:
    return instant(moment).strftime("%Y%m%dT%H%M%SZ")


def _end(event: CalendarEvent, start: CalendarTime) -> datetime:
    """DTEND gives every occurrence the same exact length, DURATION the same nominal one (RFC 5545 3.8.5.3). What is
    cancelled needs none. Raises ``Unbookable``."""
    begins = instant(start)
    if event.start.all_day and event.end is not None:
        ends = instant(moved(start, event.end.wall - event.start.wall))
    elif event.end is not None:
        ends = begins + (instant(event.end) - instant(event.start))
    else:
        length = event.length or Length(days=0, exact=timedelta())
        ends = instant(moved(start, timedelta(days=length.days))) + length.exact
    if event.cancelled:
        return max(ends, begins + timedelta(minutes=1))
    if ends <= begins:
        raise Unbookable("ends before it begins" if ends < begins else "has no length")
    if ends - begins > LONGEST:
        raise Unbookable(f"lasts longer than {LONGEST.days} days; a booking may not")
    return ends
