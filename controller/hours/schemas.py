"""What hours take, with times of a day and of a week as requests write them."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from controller.hours.change_preview import NewClosure
from controller.hours.day_rules import dates, tied
from controller.hours.model import (
    DAY_MINUTES,
    LEAP_YEAR,
    BookableWindow,
    Break,
    Closing,
    HolidayMeaning,
    HolidayRule,
    Nation,
    OpeningHours,
    OtherDay,
    Season,
    Span,
    Term,
    WeeklySpan,
)
from controller.hours.space_hours import WEEKDAYS, time_text
from controller.platform.web.fields import (
    Body,
    Day,
    Line,
    MomentText,
    Name,
    Slug,
    Versioned,
    Whole,
    read_date,
    read_moment,
)
from edge.wire.plan import Mode

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00", re.ASCII)
_WEEK_MINUTES = 7 * DAY_MINUTES


def _clock_time(text: str) -> str:
    if not _TIME.fullmatch(text):
        raise ValueError('must be a wall time from "00:00" to "24:00"')
    return text


TimeOfDay = Annotated[str, Field(examples=["09:00"]), AfterValidator(_clock_time)]
OpenMode = Literal["staffed", "extended"]
Weekday = Annotated[Whole, Field(ge=0, le=6)]
"""0 is Monday."""


class TimesBody(Body):
    """``[opens, closes)`` of one day; a ``closes`` that is earlier than ``opens`` is on the next day."""

    opens: TimeOfDay
    closes: TimeOfDay

    @model_validator(mode="after")
    def _some_time(self) -> "TimesBody":
        if self.opens == "24:00":
            raise ValueError('opens must be before "24:00"; begin at "00:00" of the next day')
        if self.opens == self.closes:
            raise ValueError(
                f"opens and closes are both {self.opens}; for the whole day write 00:00 to 24:00, "
                "and closes earlier than opens for a night"
            )
        return self

    @property
    def minutes(self) -> tuple[int, int]:
        """Minutes after the midnight that begins the day; the second is past 1440 where it lies on the next day."""
        opens, closes = _minutes(self.opens), _minutes(self.closes)
        return opens, closes if closes > opens else closes + DAY_MINUTES


class SpanBody(TimesBody):
    """Times in a mode other than closed."""

    mode: OpenMode

    def span(self) -> Span:
        opens, closes = self.minutes
        return Span(opens=opens, closes=closes, mode=Mode(self.mode))


class WeeklyBody(SpanBody):
    """A span of every week. ``weekday``: the day it opens on, 0 is Monday."""

    weekday: Weekday

    def weekly(self) -> WeeklySpan:
        return WeeklySpan(weekday=self.weekday, span=self.span())


class WindowBody(TimesBody):
    """When a space can be booked, every week. ``weekday``: the day it opens on, 0 is Monday."""

    weekday: Weekday

    def window(self) -> BookableWindow:
        opens, closes = self.minutes
        return BookableWindow(weekday=self.weekday, opens=opens, closes=closes)


def check_week(week: Sequence[WeeklyBody] | Sequence[WindowBody], why: str) -> None:
    """Raises ``ValueError`` where two spans of a week overlap, Sunday's night and Monday among them; ``why`` ends the
    sentence."""
    at = sorted(
        (each.weekday * DAY_MINUTES + opens, each.weekday * DAY_MINUTES + closes)
        for each in week
        for opens, closes in (each.minutes,)
    )
    if not at:
        return
    first = at[0][0] + _WEEK_MINUTES, at[0][1] + _WEEK_MINUTES
    for one, other in pairwise((*at, first)):
        if other[0] < one[1]:
            raise ValueError(f"{_on(one)} and {_on(other)} overlap; {why}")


def check_day(day: str, spans: Iterable[SpanBody]) -> None:
    """Raises ``ValueError`` where two spans of one day overlap."""
    for one, other in pairwise(sorted(each.minutes for each in spans)):
        if other[0] < one[1]:
            raise ValueError(f"{day}: {_times(*one)} and {_times(*other)} overlap; a building is in one mode at a time")


def _on(times: tuple[int, int]) -> str:
    weekday, opens = divmod(times[0] % _WEEK_MINUTES, DAY_MINUTES)
    return f"{WEEKDAYS[weekday]} {_times(opens, opens + times[1] - times[0])}"


def _times(opens: int, closes: int) -> str:
    return f"{time_text(opens)}-{time_text(closes)}"


def _minutes(text: str) -> int:
    hours, _, rest = text.partition(":")
    return int(hours) * 60 + int(rest)


ONE_MODE = "a building is in one mode at a time"
LONGEST_TERM_DAYS = 200
_YEARLY = re.compile(r"\d{2}-\d{2}", re.ASCII)


def _season_day(text: str) -> str:
    try:
        _read_season_day(text)
    except ValueError as error:
        raise ValueError(f"must be a date like 2026-06-01, or 06-01 for every year: {error}") from error
    return text


def _read_season_day(text: str) -> tuple[date, bool]:
    """The day, and whether it is of every year."""
    if _YEARLY.fullmatch(text):
        return date.fromisoformat(f"{LEAP_YEAR}-{text}"), True
    return read_date(text), False


SeasonDay = Annotated[str, Field(examples=["06-01"]), AfterValidator(_season_day)]


class SeasonBody(Body):
    """``first`` to ``last`` inclusive, with a week of its own. Dates without a year come every year, and may go over
    the New Year."""

    name: Name
    first: SeasonDay
    last: SeasonDay
    pattern: Annotated[list[WeeklyBody], Field(max_length=168, default_factory=list)]

    @model_validator(mode="after")
    def _sound(self) -> "SeasonBody":
        (first, yearly), (last, last_yearly) = _read_season_day(self.first), _read_season_day(self.last)
        if yearly != last_yearly:
            raise ValueError(f"first {self.first} and last {self.last}: write both with the year, or both without")
        if not yearly and last < first:
            raise ValueError(f"last {self.last} must not be before first {self.first}")
        check_week(self.pattern, ONE_MODE)
        return self

    def season(self) -> Season:
        (first, yearly), (last, _) = _read_season_day(self.first), _read_season_day(self.last)
        pattern = tuple(sorted(each.weekly() for each in self.pattern))
        return Season(name=self.name, first=first, last=last, yearly=yearly, pattern=pattern)


class OtherDayBody(Body):
    """A date whose ``spans`` take the place of the week's; an empty list is closed all day."""

    date: Day
    note: Line = ""
    spans: Annotated[list[SpanBody], Field(max_length=24, default_factory=list)]

    @model_validator(mode="after")
    def _apart(self) -> "OtherDayBody":
        check_day(self.date.isoformat(), self.spans)
        return self

    def other_day(self) -> OtherDay:
        return OtherDay(date=self.date, note=self.note, spans=tuple(sorted(each.span() for each in self.spans)))


class HolidayRuleBody(Body):
    """What a bank holiday of the ``nation`` means: a day like any other, closed, as a given ``weekday``, or ``spans``
    of its own."""

    nation: Nation = Nation.ENGLAND_AND_WALES
    means: HolidayMeaning = HolidayMeaning.NOTHING
    weekday: Weekday | None = None
    spans: Annotated[list[SpanBody], Field(max_length=24, default_factory=list)]

    @model_validator(mode="after")
    def _sound(self) -> "HolidayRuleBody":
        if (self.means is HolidayMeaning.WEEKDAY) != (self.weekday is not None):
            raise ValueError('weekday is for means "weekday" only')
        if (self.means is HolidayMeaning.SPANS) != bool(self.spans):
            raise ValueError('spans are for means "spans" only; for none at all write "closed"')
        check_day("a bank holiday", self.spans)
        return self

    def rule(self) -> HolidayRule:
        spans = tuple(sorted(each.span() for each in self.spans))
        return HolidayRule(**self.model_dump(exclude={"spans"}), spans=spans)


class ClosingBody(Body):
    """How the building closes: minutes before at which people are warned; minutes after within which it should be
    empty, closed and its alarm set, else an alert is raised."""

    warn_minutes: Annotated[tuple[Annotated[int, Field(ge=1, le=240)], ...], Field(max_length=6)] = (15, 5)
    secure_within_minutes: Annotated[int, Field(ge=1, le=1440)] = 30

    def closing(self) -> Closing:
        return Closing(
            warn_minutes=tuple(sorted(set(self.warn_minutes), reverse=True)),
            secure_within_minutes=self.secure_within_minutes,
        )


class HoursBody(Body):
    """Replaces all opening hours of the site. ``free_doors`` are unlocked while it is staffed."""

    pattern: Annotated[list[WeeklyBody], Field(max_length=168, default_factory=list)]
    seasons: Annotated[list[SeasonBody], Field(max_length=100, default_factory=list)]
    exceptions: Annotated[list[OtherDayBody], Field(max_length=2000, default_factory=list)]
    bank_holidays: HolidayRuleBody = HolidayRuleBody(spans=[])
    free_doors: Annotated[list[Slug], Field(max_length=200, default_factory=list)]
    closing: ClosingBody = ClosingBody()

    @model_validator(mode="after")
    def _sound(self) -> "HoursBody":
        check_week(self.pattern, ONE_MODE)
        for one, other in pairwise(sorted(day.date for day in self.exceptions)):
            if one == other:
                raise ValueError(f"{one} is listed twice among the exceptions; put its spans in one")
        both = tied([each.season() for each in self.seasons])
        if both is not None:
            named = " and ".join(f"“{each.name}” ({dates(each)})" for each in both)
            raise ValueError(
                f"the seasons {named} overlap and neither is more specific; "
                "make one of them shorter, or give one of them a year"
            )
        return self

    def timetable(self) -> OpeningHours:
        return OpeningHours(
            pattern=tuple(sorted(each.weekly() for each in self.pattern)),
            seasons=tuple(each.season() for each in self.seasons),
            exceptions=tuple(sorted((each.other_day() for each in self.exceptions), key=lambda day: day.date)),
            bank_holidays=self.bank_holidays.rule(),
            free_doors=tuple(sorted(set(self.free_doors))),
            closing=self.closing.closing(),
        )


class ClosureBody(Body):
    """A time to close the whole site, or the ``spaces``: dates ``first`` to ``last`` inclusive, or the moments
    ``starts`` and ``ends``. ``public_words``: what everybody may read instead of the reason, such as “floor works”."""

    reason: Name
    public_words: Line = ""
    spaces: Annotated[list[Slug], Field(max_length=500, default_factory=list)]
    first: Day | None = None
    last: Day | None = None
    starts: MomentText | None = None
    ends: MomentText | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "ClosureBody":
        given = [name for name in ("first", "last", "starts", "ends") if getattr(self, name) is not None]
        if given not in (["first", "last"], ["starts", "ends"]):
            raise ValueError("give either the dates first and last, or the moments starts and ends")
        return self

    def closure(self, closure_id: str, *, made_at: datetime, made_by: str) -> NewClosure:
        given = self.model_dump() | {"spaces": tuple(sorted(set(self.spaces)))}
        given |= {name: read_moment(given[name]) for name in ("starts", "ends") if given[name] is not None}
        return NewClosure(id=closure_id, **given, made_at=made_at, made_by=made_by)


class BreakBody(Body):
    """Days inside a term without school, such as half-term; ``first`` to ``last`` inclusive."""

    first: Day
    last: Day
    name: Line = ""

    def off(self) -> Break:
        return Break(**self.model_dump())


class TermBody(Body):
    """A school term, ``first`` to ``last`` inclusive."""

    id: Slug
    name: Name
    first: Day
    last: Day
    breaks: Annotated[list[BreakBody], Field(max_length=20, default_factory=list)]

    @model_validator(mode="after")
    def _sound(self) -> "TermBody":
        if self.last < self.first:
            raise ValueError(f"last {self.last} must not be before first {self.first}")
        if (self.last - self.first).days >= LONGEST_TERM_DAYS:
            raise ValueError(f"a term must be at most {LONGEST_TERM_DAYS} days long, breaks included")
        for each in self.breaks:
            if not self.first <= each.first <= each.last <= self.last:
                raise ValueError(f"the break {each.first} to {each.last} must lie in the term")
        for one, other in pairwise(sorted(each.off() for each in self.breaks)):
            if other.first <= one.last:
                raise ValueError(f"the breaks from {one.first} and from {other.first} share days")
        return self

    def term(self) -> Term:
        return Term(**self.model_dump(exclude={"breaks"}), breaks=tuple(sorted(each.off() for each in self.breaks)))


class TermsBody(Body):
    """Replaces all school terms of the site: by these ``terms``, or by those of another site (``copy_from``)."""

    terms: Annotated[list[TermBody] | None, Field(max_length=100)] = None
    copy_from: Slug | None = None

    @model_validator(mode="after")
    def _sound(self) -> "TermsBody":
        if (self.terms is None) == (self.copy_from is None):
            raise ValueError("give either terms or copy_from")
        ids = sorted(each.id for each in self.terms or ())
        for one, other in pairwise(ids):
            if one == other:
                raise ValueError(f"the term {one!r} is listed twice; give each an id of its own")
        for before, after in pairwise(sorted(self.terms or (), key=lambda term: term.first)):
            if after.first <= before.last:
                raise ValueError(f"the terms {before.id!r} and {after.id!r} share days")
        return self

    def given(self) -> tuple[Term, ...]:
        """The terms of the body itself, by date."""
        return tuple(sorted((each.term() for each in self.terms or ()), key=lambda term: term.first))


class SpaceHoursBody(Body):
    """Replaces when a space can be booked; null for any time, an empty list for none."""

    windows: Annotated[list[WindowBody] | None, Field(max_length=168)]

    @model_validator(mode="after")
    def _apart(self) -> "SpaceHoursBody":
        check_week(self.windows or (), "put them in one")
        return self

    def sorted_windows(self) -> tuple[BookableWindow, ...] | None:
        return None if self.windows is None else tuple(sorted(each.window() for each in self.windows))


class PutHoursBody(HoursBody, Versioned): ...


class PutTermsBody(TermsBody, Versioned): ...


class PutSpaceHoursBody(SpaceHoursBody, Versioned): ...
