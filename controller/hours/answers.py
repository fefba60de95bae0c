"""Answers: hours as they were set."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from controller.hours.model import (
    BookableWindow,
    Closure,
    HolidayMeaning,
    HolidayRule,
    Nation,
    OpeningHours,
    Season,
    Span,
    Term,
    WeeklySpan,
)
from controller.hours.windows import time_text
from controller.people.versions import version_of
from controller.text.local_time import local_day, rfc3339
from controller.web.fields import Answer
from edge.wire.plan import Mode


class SpanAnswer(Answer):
    """A ``closes`` that is earlier than ``opens`` is on the next day."""

    opens: str
    closes: str
    mode: Mode


class WeeklyAnswer(SpanAnswer):
    weekday: int


class SeasonAnswer(Answer):
    name: str
    first: str
    last: str
    pattern: list[WeeklyAnswer]


class OtherDayAnswer(Answer):
    date: str
    note: str
    spans: list[SpanAnswer]


class HolidayRuleAnswer(Answer):
    nation: Nation
    means: HolidayMeaning
    weekday: int | None
    spans: list[SpanAnswer]


class ClosingAnswer(Answer):
    warn_minutes: list[int]
    secure_within_minutes: int


class HoursAnswer(Answer):
    pattern: list[WeeklyAnswer]
    seasons: list[SeasonAnswer]
    exceptions: list[OtherDayAnswer]
    bank_holidays: HolidayRuleAnswer
    free_doors: list[str]
    closing: ClosingAnswer
    version: int


class ClosureAnswer(Answer):
    """``first`` and ``last`` are null where the closure was given as moments. An empty ``spaces`` is the whole site."""

    id: str
    reason: str
    spaces: list[str]
    first: str | None
    last: str | None
    starts: str
    ends: str
    actor: str
    made_at: str


class ClosurePage(Answer):
    items: list[ClosureAnswer]
    next: str | None


class BreakAnswer(Answer):
    first: str
    last: str
    name: str


class TermAnswer(Answer):
    id: str
    name: str
    first: str
    last: str
    breaks: list[BreakAnswer]


class TermsAnswer(Answer):
    terms: list[TermAnswer]
    version: int


class WindowAnswer(Answer):
    """A ``closes`` that is earlier than ``opens`` is on the next day."""

    weekday: int
    opens: str
    closes: str


class SpaceHoursAnswer(Answer):
    """Null: it can be booked at any time."""

    windows: list[WindowAnswer] | None
    version: int


def hours_answer(timetable: OpeningHours) -> HoursAnswer:
    return HoursAnswer(
        pattern=[_weekly(each) for each in timetable.pattern],
        seasons=[_season(each) for each in timetable.seasons],
        exceptions=[
            OtherDayAnswer(date=day.date.isoformat(), note=day.note, spans=[_span(each) for each in day.spans])
            for day in timetable.exceptions
        ],
        bank_holidays=rule_answer(timetable.bank_holidays),
        free_doors=list(timetable.free_doors),
        closing=ClosingAnswer(
            warn_minutes=list(timetable.closing.warn_minutes),
            secure_within_minutes=timetable.closing.secure_within_minutes,
        ),
        version=version_of(timetable, blank=OpeningHours()),
    )


def rule_answer(rule: HolidayRule) -> HolidayRuleAnswer:
    return HolidayRuleAnswer(
        nation=rule.nation, means=rule.means, weekday=rule.weekday, spans=[_span(each) for each in rule.spans]
    )


def closure_answer(closure: Closure, zone: ZoneInfo) -> ClosureAnswer:
    first = last = None
    if closure.whole_days:
        first = local_day(closure.during.start, zone).isoformat()
        last = local_day(closure.during.end - timedelta(microseconds=1), zone).isoformat()
    return ClosureAnswer(
        id=closure.id,
        reason=closure.reason,
        spaces=list(closure.spaces),
        first=first,
        last=last,
        starts=rfc3339(closure.during.start, zone),
        ends=rfc3339(closure.during.end, zone),
        actor=closure.made_by,
        made_at=rfc3339(closure.made_at, zone),
    )


def terms_answer(terms: tuple[Term, ...]) -> TermsAnswer:
    return TermsAnswer(
        terms=[
            TermAnswer(
                id=term.id,
                name=term.name,
                first=term.first.isoformat(),
                last=term.last.isoformat(),
                breaks=[
                    BreakAnswer(first=each.first.isoformat(), last=each.last.isoformat(), name=each.name)
                    for each in term.breaks
                ],
            )
            for term in terms
        ],
        version=version_of(terms, blank=()),
    )


def space_hours_answer(windows: tuple[BookableWindow, ...] | None) -> SpaceHoursAnswer:
    return SpaceHoursAnswer(
        windows=None
        if windows is None
        else [
            WindowAnswer(weekday=each.weekday, opens=time_text(each.opens), closes=time_text(each.closes))
            for each in windows
        ],
        version=version_of(windows),
    )


def _season(season: Season) -> SeasonAnswer:
    form = "%m-%d" if season.yearly else "%Y-%m-%d"
    return SeasonAnswer(
        name=season.name,
        first=season.first.strftime(form),
        last=season.last.strftime(form),
        pattern=[_weekly(each) for each in season.pattern],
    )


def _weekly(weekly: WeeklySpan) -> WeeklyAnswer:
    span = weekly.span
    return WeeklyAnswer(
        weekday=weekly.weekday, opens=time_text(span.opens), closes=time_text(span.closes), mode=span.mode
    )


def _span(span: Span) -> SpanAnswer:
    return SpanAnswer(opens=time_text(span.opens), closes=time_text(span.closes), mode=span.mode)
