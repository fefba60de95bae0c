"""Which rule a date follows, and the spans it has by it. Pure.

The most particular holds: a date of its own, then what a bank holiday means, then a season, then the week.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from enum import IntEnum

import msgspec

from controller.hours import bank_holidays
from controller.hours.model import HolidayMeaning, OpeningHours, OtherDay, Season, Span, WeeklySpan
from controller.hours.seasons import ranked, season_of


class RuleSource(IntEnum):
    """What a date follows; the higher is the more particular. A season counts as the week it brings."""

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
