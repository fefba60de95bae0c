"""What extended hours brought: visits, bookings and arrivals in them beside staffed hours, by hour of the week, and
before and after the opening hours were changed. Pure.

Errors are half of a 90 % interval, from how days differ and, of visits, from crossings that counters get wrong.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import msgspec
import numpy as np

from controller.hours.model import HolidayMeaning
from controller.hours.modes import ModePeriod
from controller.hours.past_hours import HoursThen
from controller.platform.text import local_time
from controller.telemetry.halves import WRONG_PER_VISIT, rounded
from controller.telemetry.people_inside import MISSED_PER_CROSSING
from controller.telemetry.rollups.crossings import DoorCounter
from controller.telemetry.rollups.repository import Crossed
from controller.use.model import AnyBooking
from controller.use.outcome import Outcome, outcome
from controller.use.spans import WEEK_HOURS, Span, common, seconds_in, span_of, union, wall_hours
from controller.use.visits import LEAST, Counts, Steps, Visits, local_midnights, measured_time, whole_day, within
from edge.wire.interval import Interval
from edge.wire.plan import Mode

_DAYS = 7
"""With fewer measured days no error is said."""
_EACH = 2
"""Days of each weekday that a week before or after a change is made of, at least."""
_COMPARED = ("visits", "bookings", "arrivals")
_NORMAL = 1.645
"""Standard deviations of a normal distribution that nine of ten are within."""


class OpenHours(msgspec.Struct, frozen=True, kw_only=True):
    """Staffed or extended time. ``minutes``: of it; ``measured``: those in which every counter worked. ``visits``:
    visits within these, as of ``ModeVisits``; ``per_hour`` and its ``error``; ``None``: not measured, or less than a
    tenth is. ``bookings``: that began in it; ``arrivals``: of them those whose people came; ``unknown``: those of which
    nothing is known."""

    minutes: int
    measured: int
    visits: int | None
    per_hour: float | None
    error: float | None
    bookings: int
    arrivals: int
    unknown: int


class WeekHour(msgspec.Struct, frozen=True, kw_only=True):
    """An hour of the week, from Monday 00:00, as staffed or extended time; fields as of ``OpenHours``. ``arrivals``:
    ``None`` where nothing is known of any of its bookings."""

    hour: int
    mode: Mode
    minutes: int
    measured: int
    visits: int | None
    bookings: int
    arrivals: int | None


class WeekRate(msgspec.Struct, frozen=True, kw_only=True):
    """What a week before and after has of something, each with its error; ``None`` where it cannot be said, and
    ``why_not`` says why."""

    what: str
    before: float | None
    before_error: float | None
    after: float | None
    after_error: float | None
    why_not: str


class HoursChanged(msgspec.Struct, frozen=True, kw_only=True):
    """The last change of the opening hours, ``at``, and what a week has before and after it."""

    at: datetime
    rates: tuple[WeekRate, ...]


class LateOpening(msgspec.Struct, frozen=True, kw_only=True):
    """``why_no_change``: why nothing is compared, where ``change`` is ``None``."""

    staffed: OpenHours
    extended: OpenHours
    week: tuple[WeekHour, ...]
    change: HoursChanged | None
    why_no_change: str


def late_opening(
    counters: Sequence[DoorCounter],
    crossed: Sequence[Crossed],
    modes: Sequence[ModePeriod],
    bookings: Iterable[AnyBooking],
    set_then: Sequence[HoursThen],
    past: Interval,
    zone: ZoneInfo,
    bookings_from: datetime | None = None,
) -> LateOpening:
    """``counters`` and ``crossed`` as for ``site_visits``; ``modes`` tile the time; ``bookings``: all that touch it;
    ``bookings_from``: when the first of the site began, where that is within the time."""
    days = _Days(counters, crossed, modes, bookings, past, zone, bookings_from)
    found = {mode: days.of_mode(mode) for mode in (Mode.STAFFED, Mode.EXTENDED)}
    week = [each for _, its in found.values() for each in its]
    change, why = days.change(set_then)
    return LateOpening(
        staffed=found[Mode.STAFFED][0],
        extended=found[Mode.EXTENDED][0],
        week=tuple(sorted(week, key=lambda each: (each.hour, each.mode))),
        change=change,
        why_no_change=why,
    )


def _nine_of_ten(freedom: int) -> float:
    """Standard errors that nine of ten are within, by Student's t, since how days differ is known from few of them: to
    0.01 from six degrees of freedom on (Cornish and Fisher's expansion)."""
    return _NORMAL + 1.524 / freedom + 1.42 / freedom**2


def _error(spread: float, freedom: int, wrong: float) -> float:
    """``spread``: the variance that days show; ``wrong``: that of what counters miss or count twice."""
    return math.sqrt(_nine_of_ten(freedom) ** 2 * spread + _NORMAL**2 * wrong)


class _Days:
    def __init__(
        self,
        counters: Sequence[DoorCounter],
        crossed: Sequence[Crossed],
        modes: Sequence[ModePeriod],
        bookings: Iterable[AnyBooking],
        past: Interval,
        zone: ZoneInfo,
        bookings_from: datetime | None,
    ) -> None:
        self._modes, self._past, self._zone, self._counted = modes, past, zone, bool(counters)
        self._wrong = WRONG_PER_VISIT if any(each.both_ways for each in counters) else MISSED_PER_CROSSING
        self._wall = wall_hours(past, zone)
        self._measured = measured_time(counters, past) if counters else []
        self._at, self._came = Steps(past, crossed).busy()
        self._known = within(self._measured, self._at)
        start, end = span_of(past)
        self._days: list[Span] = list(pairwise(sorted({start, *local_midnights(past, zone), end})))
        self._starts = np.array([day[0] for day in self._days])
        begun = [(each, became) for each in bookings if each.starts in past and (became := outcome(each)) is not None]
        self._begun = np.array([int(each.starts.timestamp()) for each, _ in begun], np.int64)
        self._arrived = np.array([became is Outcome.USED for _, became in begun], np.bool_)
        self._unknown = np.array([became is Outcome.UNKNOWN for _, became in begun], np.bool_)
        self._booked_from = (bookings_from or past.start).timestamp()

    def of_mode(self, mode: Mode) -> tuple[OpenHours, list[WeekHour]]:
        its = union(span_of(each.during) for each in self._modes if each.mode is mode)
        both = common(its, self._measured)
        here, begun = within(its, self._at) & self._known, within(its, self._begun)
        at, came = self._at[here], self._came[here]
        measured, visits = seconds_in(both), float(came.sum())
        counted = self._counted and bool(measured)
        enough = counted and measured >= LEAST * seconds_in(its)
        total = OpenHours(
            minutes=round(seconds_in(its) / 60),
            measured=round(measured / 60),
            visits=rounded(visits) if counted else None,
            per_hour=visits / measured * 3600 if enough else None,
            error=self._error(both, at, came) if enough else None,
            bookings=int(begun.sum()),
            arrivals=int((begun & self._arrived).sum()),
            unknown=int((begun & self._unknown).sum()),
        )
        minutes, known = ([0.0] * WEEK_HOURS for _ in range(2))
        for spans, into in ((its, minutes), (both, known)):
            self._wall.spread(spans, 1 / 60, into, [0.0] * len(self._wall.months))
        hours = self._wall.hours_of_week
        people = np.bincount(hours(at), came, WEEK_HOURS)
        booked, arrived, unknown = (
            np.bincount(hours(self._begun[mask]), minlength=WEEK_HOURS)
            for mask in (begun, begun & self._arrived, begun & self._unknown)
        )
        return total, [
            WeekHour(
                hour=hour,
                mode=mode,
                minutes=round(minutes[hour]),
                measured=round(known[hour]),
                visits=rounded(people[hour]) if self._counted and known[hour] else None,
                bookings=int(booked[hour]),
                arrivals=None if booked[hour] and unknown[hour] == booked[hour] else int(arrived[hour]),
            )
            for hour in range(WEEK_HOURS)
            if minutes[hour]
        ]

    def _of_days(self, at: Counts, weights: Counts | Visits | None = None) -> list[float]:
        n = np.searchsorted(self._starts, at, side="right") - 1
        return [float(each) for each in np.bincount(n, weights, len(self._days))]

    def _error(self, both: Sequence[Span], at: Counts, came: Visits) -> float | None:
        """Of visits an hour: a ratio of sums over days."""
        pieces = np.array(common(self._days, both), np.int64)
        hours = np.array(self._of_days(pieces[:, 0], pieces[:, 1] - pieces[:, 0])) / 3600
        number = int((hours > 0).sum())
        if number < _DAYS:
            return None
        visits = np.array(self._of_days(at, came))
        off = visits - visits.sum() / hours.sum() * hours
        spread = number / (number - 1) * float((off**2).sum())
        return _error(spread, number - 1, self._wrong * float(visits.sum())) / float(hours.sum())

    def change(self, set_then: Sequence[HoursThen]) -> tuple[HoursChanged | None, str]:
        """The last change, and why none is compared."""
        runs: list[list[HoursThen]] = []
        for each in set_then:
            if runs and runs[-1][-1].hours.timetable == each.hours.timetable:
                runs[-1].append(each)
            else:
                runs.append([each])
        if len(runs) < 2:
            known = all(each.known for each in set_then)
            return None, "" if not set_then else _UNCHANGED if known else _UNKNOWN_HOURS
        if not all(each.known for run in runs[-2:] for each in run):
            return None, _UNKNOWN_HOURS
        spans = [Interval(start=run[0].during.start, end=run[-1].during.end) for run in runs[-2:]]
        lately = [one for run in runs[-2:] for one in run]
        shut = [span_of(each.during) for one in lately for each in one.hours.closed(one.during)]
        closed = union([*shut, *(day for one in lately for day in self._holidays(one))])
        rates = tuple(self._rate(what, spans, closed) for what in _COMPARED)
        return HoursChanged(at=spans[1].start, rates=rates), ""

    def _holidays(self, then: HoursThen) -> list[Span]:
        """Days that begin in the time and are bank holidays with hours of their own."""
        if then.hours.timetable.bank_holidays.means is HolidayMeaning.NOTHING:
            return []
        start, end = span_of(then.during)
        days = [day for day in self._days if start <= day[0] < end]
        return [day for day in days if then.hours.holiday(datetime.fromtimestamp(day[0], self._zone).date())]

    def _rate(self, what: str, spans: Sequence[Interval], closed: Sequence[Span]) -> WeekRate:
        """Days that a closure hit, and bank holidays with hours of their own, count for neither; nor, of bookings,
        those before the first that is recorded and, of arrivals, those with a booking of which nothing is known."""
        opened = union(span_of(each.during) for each in self._modes if each.mode is not Mode.CLOSED)
        if what == "visits":
            if not self._counted:
                return _without(what, "no door had a counter")
            inside = within(opened, self._at)
            values = self._of_days(self._at[inside], self._came[inside])

            def measured(day: Span) -> bool:
                return not common([day], opened) or whole_day(day, opened, self._measured)
        else:
            values = self._of_days(self._begun if what == "bookings" else self._begun[self._arrived])
            unknown = dict(zip(self._days, self._of_days(self._begun[self._unknown]), strict=True))

            def measured(day: Span) -> bool:
                return day[0] >= self._booked_from and (what == "bookings" or not unknown[day])

        wrong = self._wrong if what == "visits" else 0.0
        weeks = [self._week(values, span_of(each), closed, measured, wrong) for each in spans]
        for word, week in zip(("before", "after"), weeks, strict=True):
            if week is None:
                return _without(what, f"fewer than {_EACH} whole days of each weekday are measured {word} the change")
        (before, before_error), (after, after_error) = (each for each in weeks if each is not None)
        return WeekRate(
            what=what, before=before, before_error=before_error, after=after, after_error=after_error, why_not=""
        )

    def _week(
        self,
        values: Sequence[float],
        span: Span,
        closed: Sequence[Span],
        measured: Callable[[Span], bool],
        wrong: float,
    ) -> tuple[float, float] | None:
        """Of a week, and the error: the sum of the means of its weekdays. ``wrong``: the share of values that is."""
        by_weekday: list[list[float]] = [[] for _ in range(7)]
        for day, value in zip(self._days, values, strict=True):
            start, after = (datetime.fromtimestamp(each, self._zone) for each in day)
            whole = start == local_time.day_start(start.date(), self._zone) and after.date() != start.date()
            if whole and span[0] <= day[0] and day[1] <= span[1] and not common([day], closed) and measured(day):
                by_weekday[start.weekday()].append(value)
        if min(map(len, by_weekday)) < _EACH:
            return None
        spread = sum(float(np.var(each, ddof=1)) / len(each) for each in by_weekday)
        missed = wrong * sum(sum(each) / len(each) ** 2 for each in by_weekday)
        freedom = sum(len(each) - 1 for each in by_weekday)
        return sum(float(np.mean(each)) for each in by_weekday), _error(spread, freedom, missed)


_UNCHANGED = "the opening hours were not changed in this time"
_UNKNOWN_HOURS = "it is not known which opening hours were set in all of this time"


def _without(what: str, why: str) -> WeekRate:
    return WeekRate(what=what, before=None, before_error=None, after=None, after_error=None, why_not=why)
