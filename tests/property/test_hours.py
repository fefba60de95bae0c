"""Hours of any kind: they tile every time, and follow the rules a porter would go by."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.estate.model import Site
from controller.hours import bank_holidays
from controller.hours.day_rules import holds, rank, tied
from controller.hours.impact import Ahead, LossKind, broken
from controller.hours.model import (
    BookableWindow,
    Closure,
    HolidayMeaning,
    HolidayRule,
    OpeningHours,
    OtherDay,
    Season,
    SpaceHours,
    Span,
    WeeklySpan,
)
from controller.hours.timetable import Timetable
from controller.platform.text import local_time
from edge.wire.interval import Interval
from edge.wire.plan import Mode
from tests.controller.hours.books import utc

QUARTERS = st.integers(0, 24 * 4 - 1).map(lambda quarter: quarter * 15)
LENGTHS = st.integers(1, 24 * 4).map(lambda quarter: quarter * 15)
OPEN = st.sampled_from([Mode.STAFFED, Mode.EXTENDED])
ZONES = st.sampled_from(["Europe/London", "Australia/Lord_Howe", "America/Havana", "UTC"])
STARTS = st.sampled_from([utc("2026-03-26T00:00"), utc("2026-10-22T00:00"), utc("2026-12-29T00:00")])
OFFSETS = st.integers(0, 6 * 24 * 4).map(lambda quarter: timedelta(minutes=15 * quarter))
DATES = [
    each + timedelta(days=n) for each in (date(2026, 3, 27), date(2026, 10, 23), date(2026, 12, 30)) for n in range(5)
]


@st.composite
def spans(draw: st.DrawFn, most: int = 2) -> tuple[Span, ...]:
    """Of one day, apart, nights among them."""
    found: list[Span] = []
    for opens in sorted(draw(st.lists(QUARTERS, unique=True, max_size=most))):
        if found and found[-1].closes > opens:
            continue
        found.append(Span(opens=opens, closes=opens + draw(LENGTHS), mode=draw(OPEN)))
    return tuple(found)


def weeks() -> st.SearchStrategy[tuple[WeeklySpan, ...]]:
    days = st.lists(spans(), min_size=7, max_size=7)
    return days.map(lambda week: tuple(WeeklySpan(weekday=day, span=one) for day in range(7) for one in week[day]))


@st.composite
def seasons(draw: st.DrawFn) -> Season:
    yearly = draw(st.booleans())
    first, last = (draw(st.sampled_from(DATES)).replace(year=2000 if yearly else 2026) for _ in range(2))
    if not yearly and last < first:
        first, last = last, first
    return Season(name=draw(st.sampled_from(["A", "B"])), first=first, last=last, yearly=yearly, pattern=draw(weeks()))


RULES = st.one_of(
    st.just(HolidayRule()),
    st.just(HolidayRule(means=HolidayMeaning.CLOSED)),
    st.integers(0, 6).map(lambda day: HolidayRule(means=HolidayMeaning.WEEKDAY, weekday=day)),
    spans().map(lambda own: HolidayRule(means=HolidayMeaning.SPANS, spans=own)),
)


@st.composite
def closures(draw: st.DrawFn, space: bool) -> Closure:
    starts = draw(STARTS) + draw(OFFSETS)
    return Closure(
        id=str(draw(st.uuids())),
        during=Interval(start=starts, end=starts + draw(OFFSETS) + timedelta(minutes=15)),
        reason=draw(st.sampled_from(["boiler", "paint"])),
        spaces=("studio",) if space else (),
        made_at=utc("2026-01-01T00:00"),
        made_by="Una",
    )


@st.composite
def books(draw: st.DrawFn) -> Timetable:
    days = draw(st.lists(st.sampled_from(DATES), unique=True, max_size=3))
    exceptions = tuple(
        OtherDay(date=day, note=draw(st.sampled_from(["", "note"])), spans=draw(spans())) for day in days
    )
    windows = draw(st.none() | st.lists(st.tuples(st.integers(0, 6), QUARTERS, LENGTHS), max_size=4))
    own = (
        None
        if windows is None
        else tuple(BookableWindow(weekday=d, opens=at, closes=at + long) for d, at, long in windows)
    )
    return Timetable(
        site=Site(id="x", name="X", zone=draw(ZONES)),
        timetable=OpeningHours(
            pattern=draw(weeks()),
            seasons=tuple(draw(st.lists(seasons(), max_size=2))),
            exceptions=exceptions,
            bank_holidays=draw(RULES),
        ),
        closures=(*draw(st.lists(closures(False), max_size=2)), *draw(st.lists(closures(True), max_size=2))),
        spaces={"studio": SpaceHours(name="Studio", atoms=frozenset({"studio"}), windows=own)},
    )


@st.composite
def times(draw: st.DrawFn) -> Interval:
    starts = draw(STARTS) + draw(OFFSETS)
    return Interval(start=starts, end=starts + draw(OFFSETS) + timedelta(minutes=1))


SPACES = st.sampled_from([None, "studio", "unknown"])


@pytest.mark.cases_full
@given(hours=books(), during=times(), space=SPACES)
def test_modes_tile_any_time_without_gap_or_overlap(hours: Timetable, during: Interval, space: str | None) -> None:
    found = hours.modes(during, space=space)
    assert (found[0].during.start, found[-1].during.end) == (during.start, during.end)
    for one, other in pairwise(found):
        assert one.during.end == other.during.start
        assert (one.mode, one.note) != (other.mode, other.note)


@pytest.mark.cases_full
@given(hours=books(), during=times(), space=SPACES, part=st.floats(0.01, 0.99))
def test_a_time_asked_for_in_two_parts_has_the_same_modes_and_closed_times(
    hours: Timetable, during: Interval, space: str | None, part: float
) -> None:
    middle = during.start + timedelta(minutes=int((during.end - during.start) * part / timedelta(minutes=1)))
    if middle <= during.start:
        return
    parts = (Interval(start=during.start, end=middle), Interval(start=middle, end=during.end))
    for at in _instants(during):
        here = parts[0] if at in parts[0] else parts[1]
        assert _mode(hours, during, space, at) == _mode(hours, here, space, at)
        assert _whys(hours, during, space, at) == _whys(hours, here, space, at)


@pytest.mark.cases_full
@given(hours=books(), during=times())
def test_a_space_is_closed_in_its_closures_and_outside_its_own_hours(hours: Timetable, during: Interval) -> None:
    zone, own = hours.site.tz, hours.spaces["studio"].windows
    for at in _instants(during):
        shut = any(at in each.during for each in hours.closures)
        found = hours.closed(during, space="studio")
        assert all(during.start <= each.during.start < each.during.end <= during.end for each in found)
        if shut:
            assert _mode(hours, during, "studio", at)[0] is Mode.CLOSED
        if not _plain(hours, at):
            continue
        wall = local_time.wall(at, zone)
        minute = wall.hour * 60 + wall.minute
        in_window = own is None or any(
            (each.weekday == wall.weekday() and each.opens <= minute < each.closes)
            or (each.weekday == (wall.weekday() - 1) % 7 and minute < each.closes - 1440)
            for each in own
        )
        assert any(at in each.during for each in found) == (shut or not in_window)


@pytest.mark.cases_full
@given(hours=books(), during=times())
def test_the_mode_is_what_the_most_particular_rule_reads_on_the_wall(hours: Timetable, during: Interval) -> None:
    """Save on a night of change: closures, then the night before where it is as particular, then the day's own."""
    plain = [at for at in _instants(during) if _plain(hours, at)]
    assert [_mode(hours, during, None, at)[0] for at in plain] == [_expected(hours, at) for at in plain]


def _expected(hours: Timetable, at: datetime) -> Mode:
    if any(at in each.during and not each.spaces for each in hours.closures):
        return Mode.CLOSED
    wall = local_time.wall(at, hours.site.tz)
    today, minute = wall.date(), wall.hour * 60 + wall.minute
    (rank_before, before), (rank_here, here) = (_rule(hours, each) for each in (today - timedelta(days=1), today))
    first = min((each.opens for each in here), default=1440)
    until = {True: 0, False: 1440}[rank_before < rank_here] if rank_before != rank_here else first
    night = [each.mode for each in before if minute < min(each.closes - 1440, until)]
    own = [each.mode for each in here if each.opens <= minute < each.closes]
    return (*night, *own, Mode.CLOSED)[0]


def _rule(hours: Timetable, day: date) -> tuple[int, tuple[Span, ...]]:
    """How particular a day's rule is, and its spans."""
    timetable, rule = hours.timetable, hours.timetable.bank_holidays
    for other in timetable.exceptions:
        if other.date == day:
            return 2, other.spans
    week = timetable.pattern
    here = sorted((each for each in timetable.seasons if holds(each, day)), key=lambda each: (*rank(each), each.first))
    if here:
        week = here[0].pattern
    if rule.means is not HolidayMeaning.NOTHING and bank_holidays.name(day, rule.nation):
        if rule.means is not HolidayMeaning.WEEKDAY:
            return 1, rule.spans
        return 1, tuple(each.span for each in week if each.weekday == rule.weekday)
    return 0, tuple(each.span for each in week if each.weekday == day.weekday())


@given(hours=books(), other=books(), during=times())
def test_a_change_breaks_what_it_newly_closes_and_nothing_breaks_without_a_change(
    hours: Timetable, other: Timetable, during: Interval
) -> None:
    changed = Timetable(
        site=hours.site, timetable=other.timetable, closures=other.closures, spaces=other.spaces, terms=other.terms
    )
    booking = Ahead(id="1", title="Choir", space="studio", during=during)
    assert broken(hours, hours, [booking]) == []
    newly = any(
        _whys(changed, during, "studio", at) and not _whys(hours, during, "studio", at) for at in _instants(during)
    )
    kinds: set[Any] = {loss.kind for each in broken(hours, changed, [booking]) for loss in each.losses}
    assert LossKind.CLOSED in kinds or not newly


@pytest.mark.cases_full
@given(one=seasons(), other=seasons())
def test_two_seasons_are_tied_when_a_day_lies_in_both_and_neither_is_more_particular(
    one: Season, other: Season
) -> None:
    day, shared = date(2023, 12, 31), False
    for n in range(5 * 366):
        shared = shared or (holds(one, day + timedelta(days=n)) and holds(other, day + timedelta(days=n)))
    assert (tied([one, other]) is not None) == (shared and rank(one) == rank(other))


def _instants(during: Interval) -> list[datetime]:
    """Some of a time, a quarter of an hour apart at least."""
    step = max((during.end - during.start) // 8, timedelta(minutes=15))
    found, at = [], during.start
    while at < during.end:
        found.append(at)
        at += step
    return found


def _mode(hours: Timetable, during: Interval, space: str | None, at: datetime) -> tuple[Mode, str]:
    [found] = [each for each in hours.modes(during, space=space) if at in each.during]
    return found.mode, found.note


def _whys(hours: Timetable, during: Interval, space: str | None, at: datetime) -> set[str]:
    return {each.why for each in hours.closed(during, space=space) if at in each.during}


def _plain(hours: Timetable, at: datetime) -> bool:
    """Whether the clocks change neither on that local day nor on those beside it."""
    zone = hours.site.tz
    offsets = {(at + timedelta(hours=each)).astimezone(zone).utcoffset() for each in (-52, -26, 0, 26)}
    return len(offsets) == 1
