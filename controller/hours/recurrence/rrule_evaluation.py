"""Evaluates RRULEs (RFC 5545), with limits on steps and time so that no file keeps a processor busy.

The RFC itself sets none.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, time, timedelta, tzinfo
from time import process_time

from dateutil.rrule import rrule, rrulestr

from controller.hours.recurrence import week_numbers
from controller.hours.recurrence.errors import TooLong, Unbookable
from controller.hours.recurrence.week_numbers import WEEKDAYS, is_by_week

EVENT_STEPS = 20_000
"""Most days, weeks, months or years tried for one event, and most times given by it."""
FILE_STEPS = 200_000
"""The same for a whole file."""
FILE_SECONDS = 10.0
LONGEST_RULE = 2000
"""Most characters of a rule."""
LARGEST_INTERVAL = 1000
"""Of days and longer periods; of shorter ones a hundred times as many."""
PERIOD_DAYS = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 28, "YEARLY": 365}
"""How long each period is at least."""
_PERIODS = {name: timedelta(days=days) for name, days in PERIOD_DAYS.items()} | {
    "HOURLY": timedelta(hours=1),
    "MINUTELY": timedelta(minutes=1),
    "SECONDLY": timedelta(seconds=1),
}


class Budget:
    """The steps and the time that one file may take. ``timer`` gives seconds, of
    processor time unless told otherwise."""

    def __init__(
        self,
        *,
        event_steps: int = EVENT_STEPS,
        file_steps: int = FILE_STEPS,
        seconds: float = FILE_SECONDS,
        timer: Callable[[], float] = process_time,
    ) -> None:
        self.event_steps = event_steps
        self._left = file_steps
        self._timer = timer
        self._ends = timer() + seconds

    @property
    def late(self) -> bool:
        """Whether the time is over."""
        return self._timer() > self._ends

    def spend(self, steps: int) -> None:
        """Raises ``TooLong`` when the file has had its share."""
        self._left -= steps
        if self._left < 0 or self.late:
            self._left = 0
            raise TooLong("the file's repeating events take too long to work out; export a part of them")


class EventWalk:
    """One event's way through its dates. ``skipped``: dates that were over long ago and not walked through.
    ``goes_on``: its rule gives more dates after the last that was asked for."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._left = budget.event_steps
        self._given = False
        self.skipped = 0
        self.goes_on = False

    def spend(self, steps: int) -> None:
        """Raises ``TooLong`` when the event or its file has had its share."""
        self._left -= steps
        if self._left < 0:
            never = "its rule gives no date; give it dates that exist"
            raise TooLong("repeats too often; export a part of it" if self._given else never)
        self._budget.spend(steps)

    def times(self, text: str, *, begin: datetime, end: datetime) -> Iterator[datetime]:
        """What the rule ``text`` (no COUNT, no UNTIL) gives from ``begin`` to ``end``; wall times.

        Raises ``Unbookable`` where it cannot be carried out, or not within the budget.
        """
        parts = dict(part.split("=", 1) for part in text.split(";"))
        if len(text) > LONGEST_RULE:
            raise Unbookable(f"RRULE is longer than {LONGEST_RULE} characters")
        a_day = 1
        for name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
            a_day *= parts.get(name, "").count(",") + 1
        self._given = a_day > 1
        self.spend(a_day)  # a rule lays out all times of a day before it gives the first
        begin = begin.replace(microsecond=0)  # a rule has whole seconds
        if is_by_week(parts):
            yield from self._by_week(parts, begin, end, a_day)
            return
        rule = _rule(*_whole_weeks(parts, begin))
        interval = interval_of(parts)
        most = max(timedelta(), end - begin) // (interval * _PERIODS[parts["FREQ"]]) + 2
        try:
            for wall in rule.replace(interval=_Interval(interval, self, most)):
                if wall > end:
                    return
                if wall < begin:
                    continue  # of the week before the start, which BYSETPOS counts
                self._given = True
                self.spend(1)
                yield wall
        except _HorizonPassed:
            return

    def _by_week(self, parts: Mapping[str, str], begin: datetime, end: datetime, a_day: int) -> Iterator[datetime]:
        interval_of(parts)
        cost = (parts["BYWEEKNO"].count(",") + 1) * 7 * a_day
        for year in week_numbers.years(parts, begin, end):
            self.spend(cost)
            for wall in year:
                if begin <= wall <= end:
                    self._given = True
                    yield wall


def interval_of(parts: Mapping[str, str]) -> int:
    """Every how many periods a rule comes. Raises ``Unbookable``."""
    text = parts.get("INTERVAL", "1")
    most = LARGEST_INTERVAL if parts["FREQ"] in PERIOD_DAYS else 100 * LARGEST_INTERVAL
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and 1 <= int(text) <= most):
        raise Unbookable(f"RRULE has the INTERVAL “{text[:20]}”; 1 to {most} can be booked")
    return int(text)


def last_wall(text: str | None, zone: tzinfo) -> datetime | None:
    """UNTIL as wall time of a zone; a date means the whole of that day. Raises ``Unbookable``."""
    if text is None:
        return None
    form = "%Y%m%dT%H%M%SZ" if text.endswith("Z") else "%Y%m%dT%H%M%S" if "T" in text else "%Y%m%d"
    try:
        at = datetime.strptime(text, form)  # noqa: DTZ007  # wall time on purpose
    except ValueError as error:
        raise Unbookable(f"UNTIL “{text[:30]}” is not a time") from error
    if "T" not in text:
        return datetime.combine(at, time.max)
    if not text.endswith("Z"):
        return at
    try:
        return at.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)
    except OverflowError:  # at an end of the calendar, where an offset is all the same
        return at


def _whole_weeks(parts: Mapping[str, str], begin: datetime) -> tuple[str, datetime]:
    """A rule and where to begin with it. BYSETPOS counts in the whole of a week, so that one is begun at its first day,
    with the day of the start where none is named; ``dateutil`` would count from the start on."""
    named = dict(parts)
    if parts["FREQ"] == "WEEKLY" and "BYSETPOS" in parts:
        named.setdefault("BYDAY", WEEKDAYS[begin.weekday()])
        first = WEEKDAYS.index(parts.get("WKST", "MO")) if parts.get("WKST", "MO") in WEEKDAYS else 0
        begin -= timedelta(days=(begin.weekday() - first) % 7)
    return ";".join(f"{name}={value}" for name, value in named.items()), begin


def _rule(text: str, begin: datetime) -> rrule:
    try:
        rule = rrulestr(text, dtstart=begin)
    except (ValueError, KeyError, TypeError) as error:
        raise Unbookable(f"RRULE cannot be expanded: {error}") from error
    if not isinstance(rule, rrule):
        raise Unbookable("RRULE cannot be expanded: it is more than one rule")
    return rule


class _HorizonPassed(Exception):
    """A rule has gone through every period before the end."""


class _Interval(int):
    """The interval of a rule. It is added once for each period tried, and so counts them: a rule that gives
    nothing would otherwise be followed to the year 9999."""

    def __new__(cls, value: int, walk: EventWalk, most: int) -> "_Interval":
        self = super().__new__(cls, value)
        self._walk = walk
        self._left = most
        return self

    _walk: EventWalk
    _left: int

    def _step(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise _HorizonPassed
        self._walk.spend(1)

    def __radd__(self, other: int) -> int:
        self._step()
        return other + int(self)

    def __mul__(self, other: int) -> int:
        self._step()
        return int(self) * other
