"""Expands a pattern into dates: both ends of every date keep their wall time over the clock changes (DESIGN.md,
Time). Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from time import thread_time
from typing import Protocol
from zoneinfo import ZoneInfo

import msgspec

from controller.hours.recurrence.errors import TooLong, Unbookable
from controller.hours.recurrence.pattern import ExtraDate, RecurrencePattern
from controller.hours.recurrence.rrule_evaluation import Budget, EventWalk
from controller.hours.recurrence.rule import RecurrenceRule
from controller.platform.text import local_time
from controller.platform.text.times import duration
from controller.platform.web.problem import invalid_field
from edge.wire.interval import Interval

MOST_DATES = 366
"""Dates of one series."""
MOST_YEARS = 10
"""How far the last date may lie from the first."""
_STEPS = 20_000
_SECONDS = 2.0
"""Of the processor, which a busy machine does not take away."""


class ClockChange(StrEnum):
    """How a clock change affects one occurrence."""

    NOTHING = "nothing"
    MOVED = "moved"
    """An end that the clocks skip moved forward by the gap."""
    LENGTH = "length"
    """Both ends exist, but the time between them is longer or shorter."""
    EMPTY = "empty"
    """Nothing is left between start and end."""


class SeriesOccurrence(msgspec.Struct, frozen=True, kw_only=True):
    """One date of a series. ``wall``: the start that the rule gives it, its name among the dates. ``during`` is
    ``None`` where the clocks leave nothing; ``text`` explains what they do, else empty. ``out``: why it is left out,
    empty where it is not."""

    wall: datetime
    during: Interval | None
    clocks: ClockChange = ClockChange.NOTHING
    text: str = ""
    out: str = ""

    @property
    def name(self) -> str:
        """As bookings keep it."""
        return self.wall.isoformat()


class ExpandedSeries(msgspec.Struct, frozen=True, kw_only=True):
    """Every date by start, left-out ones too. ``ruled``: those of them that the rule gives."""

    occurrences: tuple[SeriesOccurrence, ...]
    ruled: tuple[datetime, ...] = ()


class SiteCalendar(Protocol):
    """What a site's hours say about a day."""

    def in_term(self, day: date) -> bool | None:
        """Whether the schools have term; ``None`` where no terms are set."""

    def holiday(self, day: date) -> str | None:
        """The bank holiday on that day, if any."""


def expand_pattern(pattern: RecurrencePattern, zone: ZoneInfo, days: SiteCalendar) -> ExpandedSeries:
    """Every date of a pattern. Raises ``Invalid``, naming the field and the limit, for a pattern that cannot be
    expanded, has no end, gives no date, too many or too late dates, or dates that overlap."""
    pattern.check()
    rule = pattern.read
    given = {wall: wall + pattern.length for wall in _by_rule(pattern, rule, zone)}
    added = {each.starts: each.ends for each in pattern.extra}
    if len(given | added) > MOST_DATES:
        raise invalid_field("extra", f"makes more than {MOST_DATES} dates; that is the most a series can have")
    everything = sorted((given | added).items())
    occurrences = [
        msgspec.structs.replace(_occurrence(starts, ends, zone), out=_left_out(pattern, starts, days, added))
        for starts, ends in everything
    ]
    taking_place = [
        ExtraDate(starts=wall, ends=ends) for (wall, ends), o in zip(everything, occurrences, strict=True) if not o.out
    ]
    _check_apart(taking_place, added)
    return ExpandedSeries(occurrences=tuple(occurrences), ruled=tuple(given))


def _by_rule(pattern: RecurrencePattern, rule: RecurrenceRule | None, zone: ZoneInfo) -> list[datetime]:
    begin = pattern.first_starts
    if rule is None:
        return [begin]
    if not rule.ends:
        limits = f"at most {MOST_DATES} dates within {MOST_YEARS} years"
        raise invalid_field("rule", f"has no end; add UNTIL or COUNT: {limits}")
    horizon = _years_later(begin, MOST_YEARS)
    last = rule.until(zone)
    found: list[datetime] = []
    try:
        for wall in wall_times(rule, begin, zone, end=horizon):
            if len(found) == MOST_DATES:
                raise invalid_field(
                    "rule",
                    f"gives more than {MOST_DATES} dates; end it sooner with a smaller COUNT or an earlier UNTIL",
                )
            found.append(wall)
    except TooLong as error:
        dates = f"its dates after {found[-1]:%-d %B %Y}" if found else "its dates; do they exist?"
        raise invalid_field("rule", f"takes too long to work out {dates}") from error
    except Unbookable as error:
        raise invalid_field("rule", error.reason.removeprefix("RRULE ")) from error
    if not found:
        until = f"{min(horizon, last or horizon):%-d %B %Y}"
        raise invalid_field("rule", f"gives no date from {begin:%-d %B %Y} to {until}")
    beyond = last is not None and last > horizon
    if beyond or (rule.count is not None and len(found) < rule.count):
        raise invalid_field("rule", f"goes on for more than {MOST_YEARS} years; end it by {horizon:%-d %B %Y}")
    return found


def wall_times(
    rule: RecurrenceRule, begin: datetime, zone: ZoneInfo, *, end: datetime, steps: int = _STEPS
) -> Iterator[datetime]:
    """The wall times that a rule gives from ``begin`` to ``end``; ``begin`` itself only if the rule gives it.

    Raises ``Unbookable`` where it cannot be carried out, ``TooLong`` where it takes over ``steps`` periods and dates.
    """
    last = rule.until(zone)
    end = end if last is None else min(end, last)
    walk = EventWalk(Budget(event_steps=steps, file_steps=steps, seconds=_SECONDS, timer=thread_time))
    for number, wall in enumerate(walk.times(rule.endless, begin=begin, end=end)):
        if number == rule.count:
            return
        yield wall


def _years_later(wall: datetime, years: int) -> datetime:
    try:
        return wall.replace(year=wall.year + years)
    except ValueError:  # 29 February
        return wall.replace(year=wall.year + years, day=28)


def _left_out(
    pattern: RecurrencePattern, wall: datetime, days: SiteCalendar, added: Mapping[datetime, datetime]
) -> str:
    if pattern.leaves_out(wall):
        return "left out"
    if wall in added:
        return ""  # somebody wants this very date
    if pattern.term_only:
        in_term = days.in_term(wall.date())
        if in_term is None:
            raise invalid_field(
                "term_only", "needs school terms, and none are set for this site; set them, or book without"
            )
        if not in_term:
            return "outside term"
    if pattern.skip_holidays and (holiday := days.holiday(wall.date())):
        return holiday
    return ""


def _check_apart(dates: Sequence[ExtraDate], added: Mapping[datetime, datetime]) -> None:
    for one, other in pairwise(dates):
        if other.starts < one.ends:
            field = "extra" if one.starts in added or other.starts in added else "first_ends"
            raise invalid_field(
                field,
                f"each date must be over before the next: {one.starts:%H:%M on %-d %B %Y} to {one.ends:%H:%M} "
                f"runs into {other.starts:%H:%M on %-d %B %Y}",
            )


def _occurrence(starts_wall: datetime, ends_wall: datetime, zone: ZoneInfo) -> SeriesOccurrence:
    starts, start_moved = local_time.instant_moved(starts_wall, zone)
    ends, end_moved = local_time.instant_moved(ends_wall, zone)
    if ends <= starts:
        text = f"the clocks go forward and leave nothing of {starts_wall:%H:%M} to {ends_wall:%H:%M}"
        return SeriesOccurrence(wall=starts_wall, during=None, clocks=ClockChange.EMPTY, text=text)
    during = Interval(start=starts, end=ends)
    if start_moved or end_moved:
        shown = f"{local_time.wall(starts, zone):%H:%M} to {local_time.wall(ends, zone):%H:%M}"
        text = f"moved by the clock change to {shown}"
        return SeriesOccurrence(wall=starts_wall, during=during, clocks=ClockChange.MOVED, text=text)
    difference = (ends - starts) - (ends_wall - starts_wall)
    if difference:
        word = "longer" if difference > timedelta() else "shorter"
        text = f"{duration(abs(difference))} {word}, since the clocks change"
        return SeriesOccurrence(wall=starts_wall, during=during, clocks=ClockChange.LENGTH, text=text)
    return SeriesOccurrence(wall=starts_wall, during=during)
