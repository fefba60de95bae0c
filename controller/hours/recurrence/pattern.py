"""When a series takes place: a rule with its exceptions, in the site's wall time. Pure."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

import msgspec

from controller.hours.recurrence.rule import RecurrenceRule, read_rule
from controller.platform.web.problem import invalid_field

LONGEST = timedelta(days=7)
"""How long one date of a series may last."""
MOST_EXCEPTIONS = 366
"""Dates left out of a series, and dates added to it."""


class ExtraDate(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A date besides the rule's (RDATE). Naive wall times."""

    starts: datetime
    ends: datetime


def read_extras(texts: Iterable[str], first: datetime, length: timedelta) -> tuple[ExtraDate, ...]:
    """Dates written as ``2026-12-24``, ``2026-12-24T19:00`` or ``2026-12-24T19:00/2026-12-24T22:00``, each once. One
    without a time has that of the first date, one without an end lasts as long."""
    found = {}
    for text in texts:
        start, _, end = text.partition("/")
        starts = datetime.fromisoformat(start)  # a date is midnight
        if "T" not in start:
            starts = datetime.combine(starts.date(), first.time())
        found[starts] = ExtraDate(starts=starts, ends=datetime.fromisoformat(end) if end else starts + length)
    return tuple(found[starts] for starts in sorted(found))


class RecurrencePattern(msgspec.Struct, frozen=True, kw_only=True):
    """Naive wall times of the site. ``first_starts`` and ``first_ends``: where the rule begins (DTSTART, DTEND); the
    rule alone says whether that is one of its dates. ``rule``: empty for the first date and ``extra`` only.
    ``out_days`` and ``out_times``: left out (EXDATE). ``term_only``: dates outside school terms are left out, and with
    ``skip_holidays`` those on bank holidays; both after the rule has counted them, and neither touches ``extra``."""

    first_starts: datetime
    first_ends: datetime
    rule: str = ""
    extra: tuple[ExtraDate, ...] = ()
    out_days: tuple[date, ...] = ()
    out_times: tuple[datetime, ...] = ()
    term_only: bool = False
    skip_holidays: bool = False

    @property
    def read(self) -> RecurrenceRule | None:
        """The rule, read. Raises ``Invalid``."""
        return read_rule(self.rule) if self.rule else None

    @property
    def length(self) -> timedelta:
        """From start to end on the wall."""
        return self.first_ends - self.first_starts

    def check(self) -> None:
        """Raises ``Invalid`` for what no series may be; the rule is read by ``expand_pattern``."""
        if self.first_ends <= self.first_starts:
            raise invalid_field("first_ends", "must be after first_starts")
        if self.length > LONGEST:
            raise invalid_field("first_ends", f"must be at most {LONGEST.days} days after first_starts")
        for index, each in enumerate(self.extra):
            if not timedelta() < each.ends - each.starts <= LONGEST:
                raise invalid_field(f"extra.{index}", f"must end after it starts, at most {LONGEST.days} days later")
        if len(self.extra) > MOST_EXCEPTIONS:
            raise invalid_field("extra", f"must be at most {MOST_EXCEPTIONS} dates")
        if len(self.out_days) + len(self.out_times) > MOST_EXCEPTIONS:
            raise invalid_field("without", f"must be at most {MOST_EXCEPTIONS} dates")

    def leaves_out(self, wall: datetime) -> bool:
        """Whether it is among the exceptions."""
        return wall in self.out_times or wall.date() in self.out_days

    def with_choices(self, *, left_out: Collection[datetime], wanted: Collection[datetime]) -> "RecurrencePattern":
        """The same with some dates left out, and some though they would be left out."""
        named = {each.starts for each in self.extra}
        days = {wall.date() for wall in wanted}
        more = tuple(ExtraDate(starts=wall, ends=wall + self.length) for wall in sorted(wanted) if wall not in named)
        out = {wall for wall in (*self.out_times, *left_out) if wall not in wanted}
        return msgspec.structs.replace(
            self,
            extra=self.extra + more,
            out_days=tuple(day for day in self.out_days if day not in days),
            out_times=tuple(sorted(out)),
        )
