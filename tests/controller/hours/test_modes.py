"""Opening hours to modes, over both clock changes."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller import localtime
from controller.estate.model import Site
from controller.hours.book import HoursBook
from controller.hours.model import OtherDay, Span, Timetable, Weekly
from controller.hours.modes import ModePeriod
from edge.wire.interval import Interval
from edge.wire.plan import Mode

LONDON = ZoneInfo("Europe/London")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def span(opens: str, closes: str, mode: Mode = Mode.STAFFED) -> Span:
    def minute(text: str) -> int:
        hours, _, rest = text.partition(":")
        return int(hours) * 60 + int(rest)

    return Span(opens=minute(opens), closes=minute(closes), mode=mode)


def book(timetable: Timetable, zone: ZoneInfo = LONDON) -> HoursBook:
    return HoursBook(site=Site(id="ramsey", name="Ramsey Hub", zone=zone.key), timetable=timetable)


def modes(timetable: Timetable, zone: ZoneInfo, during: Interval) -> list[ModePeriod]:
    return book(timetable, zone).modes(during)


def every_day(*spans: Span) -> tuple[Weekly, ...]:
    return tuple(Weekly(weekday=day, span=one) for day in range(7) for one in spans)


def told(timetable: Timetable, start: str, end: str, zone: ZoneInfo = LONDON) -> list[tuple[str, str, str]]:
    during = Interval(start=utc(start), end=utc(end))
    return [
        (f"{found.during.start:%dT%H:%M}", f"{found.during.end:%dT%H:%M}", found.mode.value)
        for found in modes(timetable, zone, during)
    ]


def test_without_opening_hours_a_site_is_closed() -> None:
    assert told(Timetable(), "2026-11-25T00:00", "2026-12-25T00:00") == [("25T00:00", "25T00:00", "closed")]


def test_the_asked_time_is_tiled_and_cut_at_its_ends() -> None:
    timetable = Timetable(pattern=every_day(span("09:00", "17:00"), span("17:00", "22:00", Mode.EXTENDED)))
    assert told(timetable, "2026-11-25T12:00", "2026-11-26T10:00") == [
        ("25T12:00", "25T17:00", "staffed"),
        ("25T17:00", "25T22:00", "extended"),
        ("25T22:00", "26T09:00", "closed"),
        ("26T09:00", "26T10:00", "staffed"),
    ]


def test_opening_hours_keep_their_wall_time_over_both_clock_changes() -> None:
    timetable = Timetable(pattern=every_day(span("09:00", "17:00")))
    for before, change in (("2026-03-28", "2026-03-29"), ("2026-10-24", "2026-10-25")):
        found = [
            localtime.wall(period.during.start, LONDON).time().hour
            for period in modes(timetable, LONDON, Interval(start=utc(before), end=utc(change) + timedelta(days=1)))
            if period.mode is Mode.STAFFED
        ]
        assert found == [9, 9]


def test_a_span_over_the_night_is_an_hour_shorter_in_march_and_longer_in_october() -> None:
    timetable = Timetable(pattern=every_day(span("00:00", "06:00")))
    (march,) = [
        p for p in modes(timetable, LONDON, localtime.day_bounds(date(2026, 3, 29), LONDON)) if p.mode is Mode.STAFFED
    ]
    (october,) = [
        p for p in modes(timetable, LONDON, localtime.day_bounds(date(2026, 10, 25), LONDON)) if p.mode is Mode.STAFFED
    ]
    assert (march.during.seconds, october.during.seconds) == (5 * 3600, 7 * 3600)


def test_an_end_that_the_clocks_skip_moves_forward_by_the_gap() -> None:
    timetable = Timetable(pattern=every_day(span("00:00", "01:30")))
    assert told(timetable, "2026-03-29T00:00", "2026-03-29T03:00") == [
        ("29T00:00", "29T01:30", "staffed"),
        ("29T01:30", "29T03:00", "closed"),
    ]


def test_a_start_that_the_clocks_skip_moves_forward_by_the_gap() -> None:
    timetable = Timetable(pattern=every_day(span("01:30", "04:00")))
    assert told(timetable, "2026-03-29T00:00", "2026-03-29T04:00") == [
        ("29T00:00", "29T01:30", "closed"),
        ("29T01:30", "29T03:00", "staffed"),
        ("29T03:00", "29T04:00", "closed"),
    ]


def test_a_span_whose_start_moves_past_its_end_is_not_made() -> None:
    timetable = Timetable(pattern=every_day(span("01:30", "02:15")))
    assert told(timetable, "2026-03-29T00:00", "2026-03-29T12:00") == [("29T00:00", "29T12:00", "closed")]


def test_what_comes_twice_takes_the_first() -> None:
    timetable = Timetable(pattern=every_day(span("01:15", "01:45")))
    assert told(timetable, "2026-10-25T00:00", "2026-10-25T03:00") == [
        ("25T00:00", "25T00:15", "closed"),
        ("25T00:15", "25T00:45", "staffed"),
        ("25T00:45", "25T03:00", "closed"),
    ]


def test_moved_spans_never_overlap() -> None:
    timetable = Timetable(pattern=every_day(span("01:15", "01:45"), span("02:00", "03:00", Mode.EXTENDED)))
    assert told(timetable, "2026-03-29T00:00", "2026-03-29T03:00") == [
        ("29T00:00", "29T01:00", "closed"),
        ("29T01:00", "29T02:00", "extended"),
        ("29T02:00", "29T03:00", "closed"),
    ]


def test_an_exception_takes_the_place_of_the_whole_day_and_says_why() -> None:
    timetable = Timetable(
        pattern=every_day(span("09:00", "17:00")),
        exceptions=(
            OtherDay(date=date(2026, 12, 24), note="Christmas Eve", spans=(span("09:00", "12:00"),)),
            OtherDay(date=date(2026, 12, 25), note="Christmas Day"),
        ),
    )
    found = modes(timetable, LONDON, Interval(start=utc("2026-12-24T00:00"), end=utc("2026-12-27T00:00")))
    assert [(f"{p.during.start:%dT%H}", f"{p.during.end:%dT%H}", p.mode.value, p.note) for p in found] == [
        ("24T00", "24T09", "closed", "Christmas Eve"),
        ("24T09", "24T12", "staffed", "Christmas Eve"),
        ("24T12", "25T00", "closed", "Christmas Eve"),
        ("25T00", "26T00", "closed", "Christmas Day"),
        ("26T00", "26T09", "closed", ""),
        ("26T09", "26T17", "staffed", ""),
        ("26T17", "27T00", "closed", ""),
    ]


def test_hours_that_end_at_midnight_join_those_that_begin_there() -> None:
    timetable = Timetable(pattern=every_day(span("00:00", "24:00")))
    assert told(timetable, "2026-10-20T00:00", "2026-10-30T00:00") == [("20T00:00", "30T00:00", "staffed")]


@pytest.mark.parametrize(
    ("at", "mode", "until"),
    [
        ("2026-11-25T12:00", Mode.STAFFED, "2026-11-25T17:00"),
        ("2026-11-25T17:00", Mode.CLOSED, "2026-11-26T09:00"),
        ("2026-11-25T09:00", Mode.STAFFED, "2026-11-25T17:00"),
    ],
)
def test_the_mode_of_a_moment_holds_until_the_next(at: str, mode: Mode, until: str) -> None:
    found = book(Timetable(pattern=every_day(span("09:00", "17:00")))).mode_at(utc(at))
    assert (found.mode, found.during.end) == (mode, utc(until))


MINUTES = st.integers(0, 24 * 4).map(lambda quarter: quarter * 15)
OPEN = st.sampled_from([Mode.STAFFED, Mode.EXTENDED])


@st.composite
def day_spans(draw: st.DrawFn) -> tuple[Span, ...]:
    cuts = sorted(draw(st.lists(MINUTES, unique=True, max_size=6)))
    pairs = list(pairwise(cuts))
    kept = draw(st.lists(st.booleans(), min_size=len(pairs), max_size=len(pairs)))
    return tuple(
        Span(opens=opens, closes=closes, mode=draw(OPEN))
        for (opens, closes), keep in zip(pairs, kept, strict=True)
        if keep
    )


@st.composite
def timetables(draw: st.DrawFn) -> Timetable:
    pattern = [Weekly(weekday=day, span=one) for day in range(7) for one in draw(day_spans())]
    days = draw(st.lists(st.sampled_from(DATES), unique=True, max_size=3))
    exceptions = [
        OtherDay(date=day, note=draw(st.sampled_from(["", "note"])), spans=draw(day_spans())) for day in sorted(days)
    ]
    return Timetable(pattern=tuple(pattern), exceptions=tuple(exceptions))


DATES = [date(2026, 3, 28) + timedelta(days=n) for n in range(3)] + [
    date(2026, 10, 24) + timedelta(days=n) for n in range(3)
]
STARTS = st.sampled_from([utc("2026-03-27T00:00"), utc("2026-10-23T00:00")])
OFFSETS = st.integers(0, 5 * 24 * 4).map(lambda quarter: timedelta(minutes=15 * quarter))
ZONE_NAMES = st.sampled_from(["Europe/London", "Australia/Lord_Howe", "America/Havana", "UTC"])


@given(timetable=timetables(), start=STARTS, offset=OFFSETS, length=OFFSETS, name=ZONE_NAMES)
def test_modes_tile_any_range_in_half_open_intervals(
    timetable: Timetable, start: datetime, offset: timedelta, length: timedelta, name: str
) -> None:
    during = Interval(start=start + offset, end=start + offset + length + timedelta(minutes=1))
    found = modes(timetable, ZoneInfo(name), during)
    assert found[0].during.start == during.start
    assert found[-1].during.end == during.end
    for one, other in pairwise(found):
        assert one.during.end == other.during.start
        assert (one.mode, one.note) != (other.mode, other.note)


@given(timetable=timetables(), start=STARTS, offset=OFFSETS, name=ZONE_NAMES)
def test_the_mode_is_what_the_wall_clock_reads_in_the_timetable_save_on_a_night_of_change(
    timetable: Timetable, start: datetime, offset: timedelta, name: str
) -> None:
    zone = ZoneInfo(name)
    at = start + offset
    before, after = (at + timedelta(hours=h) for h in (-26, 26))
    if before.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset():
        return
    wall = localtime.wall(at, zone)
    other = {day.date: day.spans for day in timetable.exceptions}
    spans = other.get(wall.date(), tuple(w.span for w in timetable.pattern if w.weekday == wall.weekday()))
    minute = wall.hour * 60 + wall.minute
    expected = next((one.mode for one in spans if one.opens <= minute < one.closes), Mode.CLOSED)
    (found,) = modes(timetable, zone, Interval(start=at, end=at + timedelta(seconds=1)))
    assert found.mode == expected


@given(timetable=timetables(), start=STARTS, cut=OFFSETS, name=ZONE_NAMES)
def test_a_range_asked_for_in_two_halves_tells_the_same_as_in_one(
    timetable: Timetable, start: datetime, cut: timedelta, name: str
) -> None:
    zone = ZoneInfo(name)
    end = start + timedelta(days=6)
    middle = start + cut + timedelta(minutes=1)

    def at_each(*ranges: Interval) -> list[tuple[datetime, Mode, str]]:
        points: list[tuple[datetime, Mode, str]] = []
        for during in ranges:
            for period in modes(timetable, zone, during):
                if points and points[-1][1:] == (period.mode, period.note):
                    continue
                points.append((period.during.start, period.mode, period.note))
        return points

    whole = at_each(Interval(start=start, end=end))
    assert at_each(Interval(start=start, end=middle), Interval(start=middle, end=end)) == whole
