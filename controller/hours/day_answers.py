"""Answers: hours on the days of a calendar."""

from collections.abc import Iterable
from datetime import date
from zoneinfo import ZoneInfo

from controller.hours import bank_holidays
from controller.hours.answers import HolidayRuleAnswer, rule_answer
from controller.hours.days import RuleSource
from controller.hours.instants import bounds
from controller.hours.modes import ModePeriod
from controller.hours.timetable import Timetable
from controller.hours.windows import WEEKDAYS, ClosedPeriod
from controller.text.local_time import rfc3339
from controller.web.fields import Answer
from edge.wire.plan import Mode


class ModeAnswer(Answer):
    """``starts`` and ``ends`` carry the site's offset. ``note``: why this day differs from the week."""

    starts: str
    ends: str
    mode: Mode
    note: str | None


class ModesAnswer(Answer):
    """They tile the asked time without gap or overlap, closed included."""

    items: list[ModeAnswer]


class ClosedAnswer(Answer):
    """A time in which nothing can be booked, and why."""

    starts: str
    ends: str
    why: str


class SpaceDayAnswer(Answer):
    """When a space cannot be booked on a day; what shuts the whole site is among it."""

    id: str
    name: str
    closed: list[ClosedAnswer]


class DayAnswer(Answer):
    """A local day. ``rule``: what its hours follow: "week" (the ``season``'s, if there is one), "bank_holiday" or
    "date". ``in_term``: null where the site has no school terms. ``spaces``: those that cannot be booked all day."""

    date: str
    weekday: str
    rule: str
    note: str | None
    season: str | None
    holiday: str | None
    in_term: bool | None
    term: str | None
    modes: list[ModeAnswer]
    spaces: list[SpaceDayAnswer]


class BankHolidayAnswer(Answer):
    """``rule``: what the day's hours follow: "bank_holiday", "date" where it is among the exceptions, "week" where
    bank holidays mean nothing here. ``modes``: the result, closures included."""

    date: str
    name: str
    rule: str
    modes: list[ModeAnswer]


class BankHolidaysAnswer(Answer):
    """The bank holidays of the site's nation in a year, and what they mean at the site."""

    year: int
    rule: HolidayRuleAnswer
    items: list[BankHolidayAnswer]


def modes_answer(periods: Iterable[ModePeriod], zone: ZoneInfo) -> ModesAnswer:
    return ModesAnswer(items=_modes(periods, zone))


def day_answer(book: Timetable, day: date) -> DayAnswer:
    zone = book.site.tz
    whole = bounds(day, zone)
    rule, term = book.rule(day), book.term(day)
    shut = {space: book.closed(whole, space=space) for space in book.spaces}
    return DayAnswer(
        date=day.isoformat(),
        weekday=WEEKDAYS[day.weekday()],
        rule=_RULES[rule.rule],
        note=rule.note or None,
        season=rule.season.name if rule.season else None,
        holiday=book.holiday(day),
        in_term=book.in_term(day),
        term=term.name if term else None,
        modes=_modes(book.modes(whole), zone),
        spaces=[
            SpaceDayAnswer(id=space, name=book.spaces[space].name, closed=[_closed(each, zone) for each in periods])
            for space, periods in sorted(shut.items())
            if periods
        ],
    )


def bank_holidays_answer(book: Timetable, year: int) -> BankHolidaysAnswer:
    zone = book.site.tz
    return BankHolidaysAnswer(
        year=year,
        rule=rule_answer(book.timetable.bank_holidays),
        items=[
            BankHolidayAnswer(
                date=day.isoformat(),
                name=name,
                rule=_RULES[book.rule(day).rule],
                modes=_modes(book.modes(bounds(day, zone)), zone),
            )
            for day, name in bank_holidays.of_year(year, book.timetable.bank_holidays.nation).items()
        ],
    )


_RULES = {RuleSource.WEEK: "week", RuleSource.BANK_HOLIDAY: "bank_holiday", RuleSource.DATE: "date"}


def _modes(periods: Iterable[ModePeriod], zone: ZoneInfo) -> list[ModeAnswer]:
    return [
        ModeAnswer(
            starts=rfc3339(period.during.start, zone),
            ends=rfc3339(period.during.end, zone),
            mode=period.mode,
            note=period.note or None,
        )
        for period in periods
    ]


def _closed(period: ClosedPeriod, zone: ZoneInfo) -> ClosedAnswer:
    return ClosedAnswer(
        starts=rfc3339(period.during.start, zone), ends=rfc3339(period.during.end, zone), why=period.why
    )
