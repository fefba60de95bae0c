"""What opening hours take and answer."""

import re
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from controller.fields import Answer, Body, Day, Line, Slug, Whole
from controller.hours.model import DAY_MINUTES, OtherDay, Span, Timetable, Weekly
from edge.wire.plan import Mode

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00", re.ASCII)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _clock_time(text: str) -> str:
    if not _TIME.fullmatch(text):
        raise ValueError('must be a wall time from "00:00" to "24:00"')
    return text


TimeOfDay = Annotated[str, Field(examples=["09:00"]), AfterValidator(_clock_time)]
OpenMode = Literal["staffed", "extended"]


class SpanBody(Body):
    """``[opens, closes)`` of one day; what runs past midnight is written as two."""

    opens: TimeOfDay
    closes: TimeOfDay
    mode: OpenMode

    @model_validator(mode="after")
    def _in_order(self) -> "SpanBody":
        if minutes(self.opens) >= minutes(self.closes):
            raise ValueError(
                f"opens {self.opens} must be before closes {self.closes}; "
                'past midnight, end at "24:00" and go on with the next day'
            )
        return self

    def span(self) -> Span:
        return Span(opens=minutes(self.opens), closes=minutes(self.closes), mode=Mode(self.mode))


class WeeklyBody(SpanBody):
    """``weekday``: 0 is Monday."""

    weekday: Annotated[Whole, Field(ge=0, le=6)]


class OtherDayBody(Body):
    """A date whose ``spans`` take the place of the week's; an empty list is closed all day."""

    date: Day
    note: Line = ""
    spans: Annotated[list[SpanBody], Field(max_length=24, default_factory=list)]

    @model_validator(mode="after")
    def _apart(self) -> "OtherDayBody":
        _check_apart(self.date.isoformat(), self.spans)
        return self


class HoursBody(Body):
    """Replaces all opening hours of the site. ``free_doors`` stand unlocked while it is staffed."""

    pattern: Annotated[list[WeeklyBody], Field(max_length=168, default_factory=list)]
    exceptions: Annotated[list[OtherDayBody], Field(max_length=2000, default_factory=list)]
    free_doors: Annotated[list[Slug], Field(max_length=200, default_factory=list)]

    @model_validator(mode="after")
    def _sound(self) -> "HoursBody":
        for number, name in enumerate(WEEKDAYS):
            _check_apart(name, [span for span in self.pattern if span.weekday == number])
        for one, other in pairwise(sorted(day.date for day in self.exceptions)):
            if one == other:
                raise ValueError(f"{one} is listed twice among the exceptions; put its spans in one")
        return self

    def timetable(self) -> Timetable:
        return Timetable(
            pattern=tuple(sorted(Weekly(weekday=one.weekday, span=one.span()) for one in self.pattern)),
            exceptions=tuple(
                OtherDay(date=day.date, note=day.note, spans=tuple(sorted(one.span() for one in day.spans)))
                for day in sorted(self.exceptions, key=lambda day: day.date)
            ),
            free_doors=tuple(sorted(set(self.free_doors))),
        )


class SpanAnswer(Answer):
    opens: str
    closes: str
    mode: Mode


class WeeklyAnswer(SpanAnswer):
    weekday: int


class OtherDayAnswer(Answer):
    date: Day
    note: str
    spans: list[SpanAnswer]


class HoursAnswer(Answer):
    pattern: list[WeeklyAnswer]
    exceptions: list[OtherDayAnswer]
    free_doors: list[str]


class ModeAnswer(Answer):
    """``starts`` and ``ends`` carry the site's offset. ``note``: why this day differs from the week."""

    starts: str
    ends: str
    mode: Mode
    note: str | None


class ModesAnswer(Answer):
    """They tile the asked time without gap or overlap, closed included."""

    items: list[ModeAnswer]


def minutes(text: str) -> int:
    """Minutes after midnight of a checked "09:00"."""
    hours, _, rest = text.partition(":")
    return int(hours) * 60 + int(rest)


def time_text(minute: int) -> str:
    """The "09:00" of minutes after midnight; the end of the day is "24:00"."""
    assert 0 <= minute <= DAY_MINUTES
    return f"{minute // 60:02}:{minute % 60:02}"


def hours_answer(timetable: Timetable) -> HoursAnswer:
    return HoursAnswer(
        pattern=[
            WeeklyAnswer(weekday=weekly.weekday, **_span_answer(weekly.span).model_dump())
            for weekly in timetable.pattern
        ],
        exceptions=[
            OtherDayAnswer(date=day.date, note=day.note, spans=[_span_answer(span) for span in day.spans])
            for day in timetable.exceptions
        ],
        free_doors=list(timetable.free_doors),
    )


def _span_answer(span: Span) -> SpanAnswer:
    return SpanAnswer(opens=time_text(span.opens), closes=time_text(span.closes), mode=span.mode)


def _check_apart(day: str, spans: "list[SpanBody] | list[WeeklyBody]") -> None:
    ordered = sorted(spans, key=lambda span: (minutes(span.opens), minutes(span.closes)))
    for one, other in pairwise(ordered):
        if minutes(other.opens) < minutes(one.closes):
            raise ValueError(
                f"{day}: {one.opens}-{one.closes} and {other.opens}-{other.closes} overlap; "
                "a building is in one mode at a time"
            )
