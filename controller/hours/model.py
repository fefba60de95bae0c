"""A site's hours as people set them: a week, seasons and dates that differ, closures, school terms, and when a space
can be booked."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from edge.wire.ids import Slug
from edge.wire.interval import Interval
from edge.wire.plan import Mode

DAY_MINUTES = 24 * 60
LEAP_YEAR = 2000
"""The year in which the dates of a yearly season are written, so that 29 February is one of them."""

Minute = Annotated[int, msgspec.Meta(ge=0, le=2 * DAY_MINUTES)]
"""Wall time as minutes after the midnight that begins a day; 1440 is the next midnight, 1560 two in the morning."""
Weekday = Annotated[int, msgspec.Meta(ge=0, le=6)]
"""0 is Monday."""


class Span(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """``[opens, closes)`` in a mode other than closed. It belongs to the local day it opens on, may end on the next,
    and is at most 24 hours long on the wall."""

    opens: Minute
    closes: Minute
    mode: Mode


class WeeklySpan(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A span of every week."""

    weekday: Weekday
    span: Span


class Season(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A time with a week of its own, ``first`` to ``last`` inclusive.

    ``yearly``: comes every year; its dates are then of ``LEAP_YEAR``, and a ``last`` before ``first`` is reached over
    the New Year.
    """

    name: str
    first: date
    last: date
    yearly: bool = False
    pattern: tuple[WeeklySpan, ...] = ()


class OtherDay(msgspec.Struct, frozen=True, kw_only=True, order=True, omit_defaults=True):
    """A date on which ``spans`` take the place of the week's; none of them means closed all day."""

    date: date
    note: str = ""
    spans: tuple[Span, ...] = ()


class HolidayMeaning(StrEnum):
    """What a bank holiday is to a site."""

    NOTHING = "nothing"
    """A day like any other."""
    CLOSED = "closed"
    WEEKDAY = "weekday"
    """As another day of the week that then holds."""
    SPANS = "spans"
    """It has hours of its own."""


class Nation(StrEnum):
    """Whose bank holidays a site has, in the words of gov.uk/bank-holidays."""

    ENGLAND_AND_WALES = "england-and-wales"
    SCOTLAND = "scotland"
    NORTHERN_IRELAND = "northern-ireland"


class HolidayRule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``weekday`` and ``spans`` go with the meanings of these names."""

    nation: Nation = Nation.ENGLAND_AND_WALES

    means: HolidayMeaning = HolidayMeaning.NOTHING
    weekday: Weekday | None = None
    spans: tuple[Span, ...] = ()


class Closing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """People are warned ``warn_minutes`` before the building closes; it should be empty and shut
    ``secure_within_minutes`` after."""

    warn_minutes: tuple[int, ...] = (15, 5)
    secure_within_minutes: int = 30


class OpeningHours(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All opening hours of a site. ``free_doors`` are unlocked while it is staffed."""

    pattern: tuple[WeeklySpan, ...] = ()
    seasons: tuple[Season, ...] = ()
    exceptions: tuple[OtherDay, ...] = ()
    bank_holidays: HolidayRule = HolidayRule()
    free_doors: tuple[Slug, ...] = ()
    closing: Closing = Closing()


class Closure(msgspec.Struct, frozen=True, kw_only=True):
    """A time in which nothing can be booked. Without ``spaces`` the whole site is shut, and its mode is closed.

    ``reason``: for those who run the site. ``public_words``: what everybody may read, those who booked among them;
    where it is empty, those who booked read the reason, and others only that it is closed. ``whole_days``: it was given
    as dates, so ``during`` runs from midnight to midnight.
    """

    id: str
    during: Interval
    reason: str
    public_words: str = ""
    whole_days: bool = False
    spaces: tuple[Slug, ...] = ()
    made_at: datetime
    made_by: str

    @property
    def told(self) -> str:
        """Why, for those who booked."""
        return self.public_words or self.reason


class Break(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """Days inside a term without school, ``first`` to ``last`` inclusive."""

    first: date
    last: date
    name: str = ""


class Term(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A school term, ``first`` to ``last`` inclusive, less its breaks."""

    id: Slug
    name: str
    first: date
    last: date
    breaks: tuple[Break, ...] = ()


class BookableWindow(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """When a space can be booked on a day of every week; ``opens`` and ``closes`` as in ``Span``."""

    weekday: Weekday
    opens: Minute
    closes: Minute


class SpaceHours(msgspec.Struct, frozen=True, kw_only=True):
    """What hours know of a space. ``atoms``: as divisions have them. ``windows``: ``None`` where it can be booked at
    any time, empty where at none."""

    name: str
    atoms: frozenset[str] = frozenset()
    windows: tuple[BookableWindow, ...] | None = None
