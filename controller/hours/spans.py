"""Times of a day and of a week as requests write them."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from controller.hours.model import DAY_MINUTES, BookableWindow, Span, WeeklySpan
from controller.hours.windows import WEEKDAYS, time_text
from controller.web.fields import Body, Whole
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
