"""Random series against two other programs: python-dateutil and recurring-ical-events."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import msgspec
import pytest
import recurring_ical_events
from dateutil.rrule import rruleset, rrulestr
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from controller.hours.recurrence.expand import SeriesOccurrence, expand_pattern
from controller.hours.recurrence.pattern import ExtraDate, RecurrencePattern
from controller.hours.recurrence.week_numbers import WEEKDAYS
from controller.platform.web.problem import Invalid
from tests.controller.bookings.test_series import NO_DAYS
from tests.fuzz.effort import examples

LONDON = ZoneInfo("Europe/London")
FIRST = datetime(2026, 1, 1)  # noqa: DTZ001  # wall time on purpose
HOUR = timedelta(hours=1)


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """``until``: the last wall time, if the rule has no ``count``. ``out`` and ``extra``: days after the beginning."""

    begins: datetime
    parts: dict[str, str]
    count: int | None
    until: datetime | None
    length: timedelta
    out: tuple[int, ...]
    extra: tuple[int, ...]

    @property
    def endless(self) -> str:
        return ";".join(f"{name}={value}" for name, value in self.parts.items())

    def rule(self) -> str:
        if self.count is not None:
            return f"{self.endless};COUNT={self.count}"
        return f"{self.endless};UNTIL={self.until:%Y%m%dT%H%M%S}"

    def taken(self) -> list[datetime]:
        return [self.begins + timedelta(days=each) for each in self.out]

    def added(self) -> list[datetime]:
        return [self.begins + timedelta(days=each, hours=12) for each in self.extra]

    def pattern(self) -> RecurrencePattern:
        return RecurrencePattern(
            first_starts=self.begins,
            first_ends=self.begins + self.length,
            rule=self.rule(),
            out_times=tuple(self.taken()),
            extra=tuple(ExtraDate(starts=each, ends=each + self.length) for each in self.added()),
        )


def _listed(values: st.SearchStrategy[int], most: int = 3) -> st.SearchStrategy[str]:
    return st.lists(values, min_size=1, max_size=most, unique=True).map(lambda each: ",".join(map(str, sorted(each))))


@st.composite
def wishes(draw: st.DrawFn) -> Wish:
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = {"FREQ": frequency}
    if draw(st.booleans()):
        parts["INTERVAL"] = str(draw(st.integers(1, 4)))
    if draw(st.booleans()):
        days = draw(st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=3, unique=True))
        nth = draw(st.sampled_from(["", "", "1", "2", "-1"])) if frequency in ("MONTHLY", "YEARLY") else ""
        parts["BYDAY"] = ",".join(nth + day for day in days)
    if frequency in ("MONTHLY", "YEARLY") and draw(st.booleans()):
        parts["BYMONTHDAY"] = draw(_listed(st.integers(1, 31) | st.integers(-3, -1)))
    if draw(st.integers(0, 3)) == 0:
        parts["BYMONTH"] = draw(_listed(st.integers(1, 12), 4))
    if frequency in ("MONTHLY", "YEARLY") and parts.keys() & {"BYDAY", "BYMONTHDAY"} and draw(st.booleans()):
        parts["BYSETPOS"] = draw(_listed(st.sampled_from([1, 2, -1]), 2))
    if draw(st.booleans()):
        parts["WKST"] = draw(st.sampled_from(["MO", "SU"]))
    minute = draw(st.sampled_from([30, 90, 150, 600, 1170]))
    begins = FIRST + timedelta(days=draw(st.integers(0, 900)), minutes=minute)
    counted = draw(st.booleans())
    return Wish(
        begins=begins,
        parts=parts,
        count=draw(st.integers(1, 20)) if counted else None,
        until=None if counted else begins + timedelta(days=draw(st.integers(0, 300))),
        length=draw(st.sampled_from([30, 60, 120])) * timedelta(minutes=1),
        out=tuple(draw(st.lists(st.integers(0, 60), max_size=6, unique=True))),
        extra=tuple(draw(st.lists(st.integers(0, 60), max_size=2, unique=True))),
    )


def ours(wish: Wish) -> tuple[SeriesOccurrence, ...]:
    """What takes place; nothing where no series can be made of it."""
    try:
        return tuple(each for each in expand_pattern(wish.pattern(), LONDON, NO_DAYS).occurrences if not each.out)
    except Invalid:
        return ()


@pytest.mark.cases_full
@settings(max_examples=examples(80))
@given(wishes())
def test_the_same_dates_as_dateutil(wish: Wish) -> None:
    found = ours(wish)
    assume(found)
    everything = rruleset()
    for each in rrulestr(wish.rule(), dtstart=wish.begins):
        everything.rdate(each)
    for each in wish.added():
        everything.rdate(each)
    for each in wish.taken():
        everything.exdate(each)
    assert [each.wall for each in found] == list(everything)


@pytest.mark.cases_full
@settings(max_examples=examples(50))
@example(
    Wish(
        begins=datetime(2026, 1, 1, 1, 30),  # noqa: DTZ001  # wall time on purpose
        parts={"FREQ": "MONTHLY", "BYDAY": "-1MO,-1SU", "BYMONTH": "1,10"},
        count=3,
        until=None,
        length=timedelta(minutes=30),
        out=(),
        extra=(),
    )
)
@given(wishes())
def test_the_same_instants_as_recurring_ical_events(wish: Wish) -> None:
    # Others count a beginning that the rule does not give as a date; so this one begins with a date of the rule.
    first = next(iter(rrulestr(wish.endless, dtstart=wish.begins)), None)
    assume(first is not None and first < wish.begins + timedelta(days=800))
    assert first is not None
    wish = msgspec.structs.replace(wish, begins=first, until=wish.until and max(wish.until, first))
    found = ours(wish)
    assume(found)
    calendar = icalendar.Calendar.from_ical(_ical(wish))
    end = found[-1].wall + timedelta(days=1)
    events = recurring_ical_events.of(calendar).between(first - timedelta(days=1), end + timedelta(days=1))
    theirs = sorted({_first(each["DTSTART"].dt).astimezone(UTC) for each in events})
    mine = sorted({each.wall.replace(tzinfo=LONDON, fold=0).astimezone(UTC) for each in found})
    assert mine == theirs
    assert all(each.during is None or each.during.start in mine for each in found)


def _first(at: datetime) -> datetime:
    """A time that there is twice is meant the first time (RFC 5545, 3.3.5); the oracle may take it for the second."""
    wall = at.replace(tzinfo=LONDON, fold=0)
    return wall if wall.astimezone(UTC) < wall.replace(fold=1).astimezone(UTC) else at


def _ical(wish: Wish) -> str:
    def local(at: datetime) -> str:
        return f"{at:%Y%m%dT%H%M%S}"

    rule = wish.rule()
    if wish.until:
        rule = f"{wish.endless};UNTIL={wish.until.replace(tzinfo=LONDON).astimezone(UTC):%Y%m%dT%H%M%SZ}"
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:test", "BEGIN:VEVENT", "UID:1", "DTSTAMP:20260101T000000Z"]
    lines += [f"DTSTART;TZID=Europe/London:{local(wish.begins)}"]
    lines += [f"DTEND;TZID=Europe/London:{local(wish.begins + wish.length)}", f"RRULE:{rule}"]
    lines += [f"EXDATE;TZID=Europe/London:{local(each)}" for each in wish.taken()]
    lines += [f"RDATE;TZID=Europe/London:{local(each)}" for each in wish.added()]
    return "\r\n".join([*lines, "END:VEVENT", "END:VCALENDAR", ""])
