"""The events of one UID unrolled into single occurrences within a horizon (RFC 5545 3.8.5)."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

import msgspec

from controller.calendars.errors import Unbookable
from controller.calendars.lines import Fault
from controller.calendars.reading import CalendarEvent, Moment
from controller.calendars.walking import PERIOD_DAYS, Budget, Walk, interval_of, last_wall

LONGEST = timedelta(days=31)
MOST_OCCURRENCES = 1000
_FIRST_YEAR, _LAST_YEAR = 2000, 2199


class Occurrence(msgspec.Struct, frozen=True, kw_only=True):
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
        told = "\n".join((self.title, self.starts.isoformat(), self.ends.isoformat(), str(self.cancelled)))
        return hashlib.sha256(told.encode()).hexdigest()


class Expanded(msgspec.Struct, frozen=True, kw_only=True):
    """Occurrences of one UID, and what could not be made. ``past``: how many were over before the horizon; where a
    rule was not walked from its beginning, dates taken out of it count too. ``goes_on``: events whose rules give more
    dates after it."""

    occurrences: tuple[Occurrence, ...]
    faults: tuple[Fault, ...]
    past: int
    goes_on: tuple[CalendarEvent, ...]


def instant(moment: Moment) -> datetime:
    """The UTC instant. A skipped wall time takes the offset before the gap, a double one the first (3.3.5)."""
    return moment.wall.replace(tzinfo=moment.zone, fold=0).astimezone(UTC)


def exists(moment: Moment) -> bool:
    """Whether the clocks of its zone ever show this wall time."""
    return instant(moment).astimezone(moment.zone).replace(tzinfo=None, fold=0) == moment.wall


def expand(events: Sequence[CalendarEvent], *, since: datetime, until: datetime, budget: Budget) -> Expanded:
    """Occurrences that end after ``since`` and start before ``until``. ``events`` are a series and its exceptions. One
    over ``budget`` is refused."""
    occurrences: list[Occurrence] = []
    faults: list[Fault] = []
    goes_on: list[CalendarEvent] = []
    over = 0
    replaced = {instant(event.replaces) for event in events if event.replaces is not None}
    for event in events:
        walk = Walk(budget)
        try:
            made: list[Occurrence] = []
            for moment, identity in _starts(event, replaced, faults, (since, until), walk):
                starts, ends = instant(moment), _end(event, moment)
                if ends <= since:
                    over += 1
                elif starts < until:
                    made.append(_occurrence(event, identity, starts, ends))
                if len(made) > MOST_OCCURRENCES:
                    raise Unbookable(
                        f"comes more than {MOST_OCCURRENCES} times before {until:%-d %B %Y}; export a part of it"
                    )
            occurrences.extend(made)
            over += walk.skipped
            if walk.goes_on:
                goes_on.append(event)
        except Unbookable as why:
            faults.append(Fault(line=why.line or event.line, uid=event.uid, reason=why.reason))
    occurrences.sort(key=lambda each: each.starts)
    return Expanded(occurrences=tuple(occurrences), faults=tuple(faults), past=over, goes_on=tuple(goes_on))


def _occurrence(event: CalendarEvent, identity: str, starts: datetime, ends: datetime) -> Occurrence:
    return Occurrence(
        line=event.line,
        uid=event.uid,
        recurrence_id=identity,
        title=event.title,
        starts=starts,
        ends=ends,
        cancelled=event.cancelled,
    )


def _identity(moment: Moment) -> str:
    return instant(moment).strftime("%Y%m%dT%H%M%SZ")


def _end(event: CalendarEvent, start: Moment) -> datetime:
    """DTEND gives every occurrence the same exact length, DURATION the same nominal one (RFC 5545 3.8.5.3)."""
    begins = instant(start)
    if event.start.all_day and event.end is not None:
        ends = instant(_moved(start, event.end.wall - event.start.wall))
    elif event.end is not None:
        ends = begins + (instant(event.end) - instant(event.start))
    elif event.length is not None:
        ends = instant(_moved(start, timedelta(days=event.length.days))) + event.length.exact
    else:
        raise AssertionError("an event has an end or a length")
    if ends <= begins:
        raise Unbookable("ends before it begins" if ends < begins else "has no length")
    if ends - begins > LONGEST:
        raise Unbookable(f"lasts longer than {LONGEST.days} days; a booking may not")
    return ends


def _moved(moment: Moment, by: timedelta) -> Moment:
    return msgspec.structs.replace(moment, wall=moment.wall + by)


def _starts(
    event: CalendarEvent,
    replaced: set[datetime],
    faults: list[Fault],
    horizon: tuple[datetime, datetime],
    walk: Walk,
) -> Iterator[tuple[Moment, str]]:
    _end(event, event.start)
    if not _FIRST_YEAR <= event.start.wall.year <= _LAST_YEAR:
        raise Unbookable(f"begins in the year {event.start.wall.year}; a diary holds {_FIRST_YEAR} to {_LAST_YEAR}")
    if event.replaces is not None:
        yield event.start, _identity(event.replaces)
        return
    if event.rule is None and not event.added:
        yield event.start, ""
        return
    excluded = _Excluded(event.excluded)
    seen: set[datetime] = set()
    for moment in _recurring(event, faults, horizon, walk):
        at = instant(moment)
        if at in seen or at in replaced or excluded.has(moment):
            continue
        seen.add(at)
        yield moment, _identity(moment)


class _Excluded:
    """EXDATE. One that is a date takes that whole day out, as most programs mean it."""

    def __init__(self, moments: Sequence[Moment]) -> None:
        self._instants = {instant(moment) for moment in moments if not moment.all_day}
        self._days: set[date] = {moment.wall.date() for moment in moments if moment.all_day}

    def has(self, moment: Moment) -> bool:
        return instant(moment) in self._instants or moment.wall.date() in self._days


def _recurring(
    event: CalendarEvent, faults: list[Fault], horizon: tuple[datetime, datetime], walk: Walk
) -> Iterator[Moment]:
    yield event.start
    if event.rule is not None:
        yield from _by_rule(event, event.rule, faults, horizon, walk)
    for moment in event.added:
        if moment.all_day and not event.start.all_day:
            moment = msgspec.structs.replace(
                event.start, wall=datetime.combine(moment.wall.date(), event.start.wall.time())
            )
        yield moment


def _by_rule(
    event: CalendarEvent, text: str, faults: list[Fault], horizon: tuple[datetime, datetime], walk: Walk
) -> Iterator[Moment]:
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
                faults.append(Fault(line=event.line, uid=event.uid, reason=reason))
            continue
        left = None if left is None else left - 1
        yield moment
    walk.goes_on = left != 0 and (last is None or last > end)


def _begin_later(parts: dict[str, str], begin: datetime, back: datetime, walk: Walk) -> datetime:
    """The last date not after ``back`` from which a plain rule gives what it gives from ``begin``.

    Plain: the same in each of its periods, so that what is left out is counted by multiplying.
    """
    days = parts.get("BYDAY", _WEEKDAYS[begin.weekday()]).split(",")
    plain = {"DAILY": {"FREQ", "INTERVAL", "WKST"}, "WEEKLY": {"FREQ", "INTERVAL", "WKST", "BYDAY"}}
    if not parts.keys() <= plain.get(parts["FREQ"], set()) or not set(days) <= set(_WEEKDAYS):
        return begin
    period = timedelta(days=interval_of(parts) * PERIOD_DAYS[parts["FREQ"]])
    periods = max(0, (back - begin) // period)
    if periods:
        each = len(set(days)) if parts["FREQ"] == "WEEKLY" else 1
        walk.skipped += periods * each - (_WEEKDAYS[begin.weekday()] in days or parts["FREQ"] == "DAILY")
    return begin + periods * period


_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
