"""What hours answer: as they were set, on the days of a calendar, and the effect of a change."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AliasChoices, AliasPath, BeforeValidator, Field

from controller.hours import bank_holidays
from controller.hours.day_rules import RuleSource
from controller.hours.impact import LossKind
from controller.hours.local_minutes import bounds
from controller.hours.model import (
    BookableWindow,
    Break,
    Closing,
    Closure,
    HolidayRule,
    OpeningHours,
    OtherDay,
    Season,
    Term,
)
from controller.hours.modes import ModePeriod
from controller.hours.service import HoursEffect
from controller.hours.space_hours import WEEKDAYS, time_text
from controller.hours.timetable import Timetable
from controller.people.optimistic_locking import version_of
from controller.platform.text.local_time import local_day
from controller.platform.web.fields import Answer, DateText, Ends, LocalTime, Page, Starts, TextOrNull, answer_of
from controller.platform.web.problem import Conflict
from edge.wire.plan import Mode

WallTime = Annotated[str, BeforeValidator(lambda value: time_text(value) if isinstance(value, int) else value)]
"""Minutes after midnight, as "09:00"."""


class SpanAnswer(Answer):
    """A ``closes`` that is earlier than ``opens`` is on the next day."""

    opens: WallTime
    closes: WallTime
    mode: Mode


class WeeklyAnswer(SpanAnswer):
    weekday: int
    opens: WallTime = Field(validation_alias=AliasChoices("opens", AliasPath("span", "opens")))
    closes: WallTime = Field(validation_alias=AliasChoices("closes", AliasPath("span", "closes")))
    mode: Mode = Field(validation_alias=AliasChoices("mode", AliasPath("span", "mode")))


class SeasonAnswer(Answer):
    name: str
    first: str
    last: str
    pattern: list[WeeklyAnswer]


class OtherDayAnswer(Answer, of=OtherDay):
    spans: list[SpanAnswer]


class HolidayRuleAnswer(Answer, of=HolidayRule):
    spans: list[SpanAnswer]


class ClosingAnswer(Answer, of=Closing): ...


class HoursAnswer(Answer):
    pattern: list[WeeklyAnswer]
    seasons: list[SeasonAnswer]
    exceptions: list[OtherDayAnswer]
    bank_holidays: HolidayRuleAnswer
    free_doors: list[str]
    closing: ClosingAnswer
    version: int


class ClosureAnswer(Answer):
    """``first`` and ``last`` are null where the closure was given as moments. An empty ``spaces`` is the whole site.
    ``public_words``: what everybody may read; ``reason`` is the same for all who do not run the site."""

    id: str
    reason: str
    public_words: str
    spaces: list[str]
    first: DateText | None
    last: DateText | None
    starts: Starts
    ends: Ends
    actor: str
    made_at: LocalTime


class ClosurePage(Page[ClosureAnswer]): ...


class BreakAnswer(Answer, of=Break): ...


class TermAnswer(Answer, of=Term):
    breaks: list[BreakAnswer]


class TermsAnswer(Answer):
    terms: list[TermAnswer]
    version: int


class WindowAnswer(Answer):
    """A ``closes`` that is earlier than ``opens`` is on the next day."""

    weekday: int
    opens: WallTime
    closes: WallTime


class SpaceHoursAnswer(Answer):
    """Null: it can be booked at any time."""

    windows: list[WindowAnswer] | None
    version: int


def hours_answer(timetable: OpeningHours) -> HoursAnswer:
    seasons = [_season(each) for each in timetable.seasons]
    return answer_of(HoursAnswer, timetable, seasons=seasons, version=version_of(timetable, blank=OpeningHours()))


def _season(season: Season) -> SeasonAnswer:
    form = "%m-%d" if season.yearly else "%Y-%m-%d"
    return answer_of(SeasonAnswer, season, first=season.first.strftime(form), last=season.last.strftime(form))


def closure_answer(closure: Closure, zone: ZoneInfo, *, staff: bool = True) -> ClosureAnswer:
    """``staff``: for who runs the site."""
    first = last = None
    reason = closure.reason if staff else closure.public_words
    if closure.whole_days:
        first = local_day(closure.during.start, zone)
        last = local_day(closure.during.end - timedelta(microseconds=1), zone)
    return answer_of(ClosureAnswer, closure, zone, first=first, last=last, actor=closure.made_by, reason=reason)


def terms_answer(terms: tuple[Term, ...]) -> TermsAnswer:
    return TermsAnswer(terms=[answer_of(TermAnswer, term) for term in terms], version=version_of(terms, blank=()))


def space_hours_answer(windows: tuple[BookableWindow, ...] | None) -> SpaceHoursAnswer:
    found = None if windows is None else [answer_of(WindowAnswer, each) for each in windows]
    return SpaceHoursAnswer(windows=found, version=version_of(windows))


class ModeAnswer(Answer):
    """``starts`` and ``ends`` carry the site's offset. ``note``: why this day differs from the week."""

    starts: Starts
    ends: Ends
    mode: Mode
    note: TextOrNull


class ModesAnswer(Answer):
    """They tile the asked time without gap or overlap, closed included."""

    items: list[ModeAnswer]


class ClosedAnswer(Answer):
    """A time in which nothing can be booked, and why."""

    starts: Starts
    ends: Ends
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
    note: TextOrNull
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
        note=rule.note,
        season=rule.season.name if rule.season else None,
        holiday=book.holiday(day),
        in_term=book.in_term(day),
        term=term.name if term else None,
        modes=_modes(book.modes(whole), zone),
        spaces=[
            answer_of(SpaceDayAnswer, book.spaces[space], zone, id=space, closed=periods)
            for space, periods in sorted(shut.items())
            if periods
        ],
    )


def bank_holidays_answer(book: Timetable, year: int) -> BankHolidaysAnswer:
    zone = book.site.tz
    return BankHolidaysAnswer(
        year=year,
        rule=answer_of(HolidayRuleAnswer, book.timetable.bank_holidays),
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
    return [answer_of(ModeAnswer, period, zone) for period in periods]


NAMED_BOOKINGS = 2000
"""Most bookings that a check names; ``count`` counts them all."""


class LossAnswer(Answer):
    """``kind``: "closed" where its space could no longer be booked, "mode" where the building would be less open than
    planned, "term" where its series keeps to school terms and it would lie outside them."""

    kind: LossKind
    text: str


class BrokenAnswer(Answer):
    """A booking and how the change affects it."""

    booking: Conflict
    reasons: list[LossAnswer]


class DoorChangeAnswer(Answer):
    """``was`` and ``becomes``: "unlocked", or the mode in which the door is locked for all but its credentials."""

    starts: Starts
    ends: Ends
    was: str
    becomes: str


class ChangedDoorAnswer(Answer):
    """``changes``: the first 20 of the ``count`` in the next 400 days."""

    id: str
    name: str
    changes: list[DoorChangeAnswer]
    count: int


class HoursEffectAnswer(Answer):
    """The effect of a change. ``bookings``: the first 2,000 of the ``count`` that it would affect. None is
    cancelled, and if there are any the change needs ``anyway=true``."""

    bookings: list[BrokenAnswer]
    count: int
    doors: list[ChangedDoorAnswer]


def effect_answer(effect: HoursEffect) -> HoursEffectAnswer:
    zone = effect.site.tz
    return answer_of(
        HoursEffectAnswer,
        effect,
        zone,
        bookings=[
            answer_of(BrokenAnswer, each, booking=each.booking.conflict(zone), reasons=each.losses)
            for each in effect.broken[:NAMED_BOOKINGS]
        ],
        count=len(effect.broken),
    )
