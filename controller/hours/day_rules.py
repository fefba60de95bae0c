"""Which rule a date follows, and the spans it has by it. Pure.

The most specific applies: an exception for the date, then a bank holiday, then a season, then the week. Of two
seasons one of a single year holds before one of every year, then the one of fewer days; two of the same rank that meet
are a mistake.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from enum import IntEnum
from itertools import combinations

import msgspec

from controller.hours import bank_holidays
from controller.hours.model import LEAP_YEAR, HolidayMeaning, OpeningHours, OtherDay, Season, Span, WeeklySpan


def ranked(seasons: Iterable[Season]) -> tuple[Season, ...]:
    """The most particular first."""
    return tuple(sorted(seasons, key=lambda each: (*rank(each), each.first)))


def rank(season: Season) -> tuple[bool, int]:
    """Less is more specific."""
    return season.yearly, _days(season)


def holds(season: Season, day: date) -> bool:
    """Whether the day lies in the season."""
    if not season.yearly:
        return season.first <= day <= season.last
    here, first, last = ((each.month, each.day) for each in (day, season.first, season.last))
    return first <= here <= last if first <= last else here >= first or here <= last


def season_of(by_rank: Sequence[Season], day: date) -> Season | None:
    """The season of a day; ``by_rank`` as ``ranked`` gives them."""
    return next((each for each in by_rank if holds(each, day)), None)


def tied(seasons: Sequence[Season]) -> tuple[Season, Season] | None:
    """Two seasons of the same rank that share a day, so that nobody could say which holds."""
    pairs = ((one, other) for one, other in combinations(seasons, 2) if rank(one) == rank(other))
    return next(((one, other) for one, other in pairs if _meet(one, other)), None)


def dates(season: Season) -> str:
    """“1 June to 31 August”, “21 December 2026 to 3 January 2027”."""
    form = "%-d %B" if season.yearly else "%-d %B %Y"
    return f"{season.first:{form}} to {season.last:{form}}"


def _days(season: Season) -> int:
    days = (season.last - season.first).days + 1
    return days if days > 0 else days + _YEAR_DAYS


_YEAR_DAYS = (date(LEAP_YEAR + 1, 1, 1) - date(LEAP_YEAR, 1, 1)).days


def _meet(one: Season, other: Season) -> bool:
    if not one.yearly:
        return one.first <= other.last and other.first <= one.last
    # Of two ranges on a circle one begins in the other.
    return any(holds(each, began) for each, began in ((one, other.first), (other, one.first)))


class RuleSource(IntEnum):
    """What a date follows; the higher is the more specific. A season counts as the week it brings."""

    WEEK = 0
    BANK_HOLIDAY = 1
    DATE = 2


class DayRule(msgspec.Struct, frozen=True, kw_only=True):
    """A date's hours and where they come from. ``note``: why it differs from the plain week, if it does."""

    rule: RuleSource
    note: str = ""
    spans: tuple[Span, ...] = ()
    season: Season | None = None


class Days:
    """A timetable made ready to be asked for dates: each costs a look into a dictionary and at the seasons."""

    def __init__(self, timetable: OpeningHours) -> None:
        self._week = _by_weekday(timetable.pattern)
        self._seasons = ranked(timetable.seasons)
        self._season_weeks = {id(season): _by_weekday(season.pattern) for season in self._seasons}
        self._dates: dict[date, OtherDay] = {day.date: day for day in timetable.exceptions}
        self._holidays = timetable.bank_holidays

    def of(self, day: date) -> DayRule:
        """The rule of a date."""
        season = season_of(self._seasons, day)
        other = self._dates.get(day)
        if other is not None:
            return DayRule(rule=RuleSource.DATE, note=other.note, spans=other.spans, season=season)
        holiday = bank_holidays.name(day, self._holidays.nation)
        if holiday and self._holidays.means is not HolidayMeaning.NOTHING:
            return DayRule(rule=RuleSource.BANK_HOLIDAY, note=holiday, spans=self._holiday_spans(season), season=season)
        note = season.name if season else ""
        return DayRule(rule=RuleSource.WEEK, note=note, spans=self._usual(season, day.weekday()), season=season)

    def _holiday_spans(self, season: Season | None) -> tuple[Span, ...]:
        if self._holidays.means is HolidayMeaning.SPANS:
            return self._holidays.spans
        if self._holidays.weekday is None:
            return ()
        return self._usual(season, self._holidays.weekday)

    def _usual(self, season: Season | None, weekday: int) -> tuple[Span, ...]:
        week = self._season_weeks[id(season)] if season else self._week
        return week.get(weekday, ())


def _by_weekday(pattern: Iterable[WeeklySpan]) -> dict[int, tuple[Span, ...]]:
    week: defaultdict[int, list[Span]] = defaultdict(list)
    for weekly in pattern:
        week[weekly.weekday].append(weekly.span)
    return {weekday: tuple(sorted(spans)) for weekday, spans in week.items()}
