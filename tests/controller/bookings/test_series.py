"""A series keeps its wall time over both clock changes, ends where it says, and never runs away."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.hours.recurrence.describe import describe_pattern
from controller.hours.recurrence.expand import ClockChange, SeriesOccurrence, expand_pattern
from controller.hours.recurrence.pattern import ExtraDate, RecurrencePattern
from controller.platform.text import local_time
from controller.platform.web.problem import Invalid

LONDON = ZoneInfo("Europe/London")


class Days(msgspec.Struct, frozen=True, kw_only=True):
    """Terms as spans of dates, and bank holidays."""

    terms: tuple[tuple[date, date], ...] = ()
    holidays: dict[date, str] = {}

    def in_term(self, day: date) -> bool | None:
        return any(first <= day <= last for first, last in self.terms) if self.terms else None

    def holiday(self, day: date) -> str | None:
        return self.holidays.get(day)


NO_DAYS = Days()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def pattern(starts: str, ends: str, rule: str = "", **more: Any) -> RecurrencePattern:
    return RecurrencePattern(first_starts=at(starts), first_ends=at(ends), rule=rule, **more)


def dates(*args: str, days: Days = NO_DAYS, **more: Any) -> tuple[SeriesOccurrence, ...]:
    return expand_pattern(pattern(*args, **more), LONDON, days).occurrences


def wall_times(found: tuple[SeriesOccurrence, ...]) -> list[str]:
    return [f"{each.wall:%Y-%m-%d %H:%M}" for each in found if not each.out]


def refused(*args: str, days: Days = NO_DAYS, **more: Any) -> tuple[str, str]:
    with pytest.raises(Invalid) as caught:
        dates(*args, days=days, **more)
    return caught.value.errors[0].field, caught.value.errors[0].message


def test_an_evening_keeps_its_wall_time_over_both_changes() -> None:
    found = dates("2026-03-24T19:00", "2026-03-24T21:00", "FREQ=WEEKLY;UNTIL=20261027")
    times = [each.during for each in found if each.during]
    shown = {tuple(f"{local_time.wall(end, LONDON):%H:%M}" for end in (each.start, each.end)) for each in times}
    assert shown == {("19:00", "21:00")}
    assert [times[0].start, times[1].start] == [
        datetime(2026, 3, 24, 19, tzinfo=UTC),
        datetime(2026, 3, 31, 18, tzinfo=UTC),
    ]
    assert len(found) == 32
    assert {each.clocks for each in found} == {ClockChange.NOTHING}


@pytest.mark.parametrize(
    ("start", "end", "first", "last", "clocks", "text"),
    [
        ("00:30", "01:30", "00:30", "01:30", ClockChange.MOVED, "moved by the clock change to 00:30 to 02:30"),
        ("01:30", "03:30", "01:30", "02:30", ClockChange.MOVED, "moved by the clock change to 02:30 to 03:30"),
        ("02:30", "03:30", "01:30", "02:30", ClockChange.NOTHING, ""),
        ("00:30", "02:30", "00:30", "01:30", ClockChange.LENGTH, "1 hour shorter, since the clocks change"),
    ],
)
def test_the_night_the_clocks_go_forward(
    start: str, end: str, first: str, last: str, clocks: ClockChange, text: str
) -> None:
    """Instants in UTC: the clocks go from 01:00 to 02:00 on 29 March 2026."""
    found = dates(f"2026-03-22T{start}", f"2026-03-22T{end}", "FREQ=WEEKLY;COUNT=3")
    assert [each.clocks for each in found] == [ClockChange.NOTHING, clocks, ClockChange.NOTHING]
    during = found[1].during
    assert during is not None
    assert (f"{during.start:%H:%M}", f"{during.end:%H:%M}") == (first, last)
    assert found[1].text == text


@pytest.mark.parametrize(
    ("start", "end", "first", "last", "text"),
    [
        ("00:30", "01:30", "23:30", "00:30", ""),
        ("01:15", "01:45", "00:15", "00:45", ""),
        ("01:30", "02:30", "00:30", "02:30", "1 hour longer, since the clocks change"),
        ("02:30", "03:30", "02:30", "03:30", ""),
    ],
)
def test_the_night_the_clocks_go_back_a_time_that_comes_twice_is_the_first(
    start: str, end: str, first: str, last: str, text: str
) -> None:
    """Instants in UTC: the clocks go from 02:00 to 01:00 on 25 October 2026."""
    found = dates(f"2026-10-18T{start}", f"2026-10-18T{end}", "FREQ=WEEKLY;COUNT=3")[1]
    assert found.during is not None
    assert (f"{found.during.start:%H:%M}", f"{found.during.end:%H:%M}", found.text) == (first, last, text)


def test_an_occurrence_left_empty_is_listed_and_not_made() -> None:
    found = dates("2026-03-22T01:30", "2026-03-22T02:15", "FREQ=WEEKLY;COUNT=3")
    assert [each.during is None for each in found] == [False, True, False]
    assert found[1].clocks is ClockChange.EMPTY
    assert "leave nothing of 01:30 to 02:15" in found[1].text


def test_a_night_over_a_change_is_an_hour_longer_or_shorter_and_says_so() -> None:
    for first, second, hours, word in (("10-24", "10-25", 7, "longer"), ("03-28", "03-29", 5, "shorter")):
        (found,) = dates(f"2026-{first}T22:00", f"2026-{second}T04:00")
        assert found.during is not None
        assert found.during.seconds == hours * 3600
        assert found.text == f"1 hour {word}, since the clocks change"


def test_a_29th_of_february_comes_in_leap_years_only() -> None:
    found = dates("2028-02-29T10:00", "2028-02-29T11:00", "FREQ=YEARLY;COUNT=3")
    assert wall_times(found) == ["2028-02-29 10:00", "2032-02-29 10:00", "2036-02-29 10:00"]


def test_a_31st_comes_in_long_months_only() -> None:
    found = dates("2026-12-31T10:00", "2026-12-31T11:00", "FREQ=MONTHLY;COUNT=3")
    assert wall_times(found) == ["2026-12-31 10:00", "2027-01-31 10:00", "2027-03-31 10:00"]


def test_the_last_weekday_of_a_month_by_position() -> None:
    rule = "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3"
    found = dates("2027-01-29T10:00", "2027-01-29T11:00", rule)
    assert wall_times(found) == ["2027-01-29 10:00", "2027-02-26 10:00", "2027-03-31 10:00"]


def test_the_day_a_week_starts_on_decides_every_other_week() -> None:
    rule = "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST={}"
    args = ("2026-12-01T10:00", "2026-12-01T11:00")
    assert [each[5:10] for each in wall_times(dates(*args, rule.format("MO")))] == ["12-01", "12-06", "12-15", "12-20"]
    assert [each[5:10] for each in wall_times(dates(*args, rule.format("SU")))] == ["12-01", "12-13", "12-15", "12-27"]


def test_count_counts_dates_that_are_left_out() -> None:
    found = dates("2026-12-01T10:00", "2026-12-01T11:00", "FREQ=WEEKLY;COUNT=3", out_days=(date(2026, 12, 8),))
    assert [(each.wall.day, each.out) for each in found] == [(1, ""), (8, "left out"), (15, "")]


@pytest.mark.parametrize(
    ("until", "last"),
    [
        ("20270328", "2027-03-28 00:30"),  # a date means all of that day
        ("20270328T003000", "2027-03-28 00:30"),
        ("20270328T002959", "2027-03-21 00:30"),
        ("20270404T003000", "2027-04-04 00:30"),
        ("20270403T233000Z", "2027-04-04 00:30"),  # in summer time
        ("20270403T232959Z", "2027-03-28 00:30"),
    ],
)
def test_until_is_a_date_a_wall_time_or_an_instant(until: str, last: str) -> None:
    found = dates("2027-03-07T00:30", "2027-03-07T01:00", f"FREQ=WEEKLY;UNTIL={until}")
    assert wall_times(found)[-1] == last


def test_extra_dates_come_besides_the_rules_and_left_out_ones_go() -> None:
    found = dates(
        "2026-12-01T10:00",
        "2026-12-01T11:00",
        "FREQ=WEEKLY;COUNT=3",
        extra=(
            ExtraDate(starts=at("2026-12-08T10:00"), ends=at("2026-12-08T13:00")),
            ExtraDate(starts=at("2026-12-10T18:00"), ends=at("2026-12-10T19:00")),
        ),
        out_times=(at("2026-12-15T10:00"), at("2026-12-15T11:00")),
    )
    assert wall_times(found) == ["2026-12-01 10:00", "2026-12-08 10:00", "2026-12-10 18:00"]
    assert found[1].during is not None
    assert found[1].during.seconds == 3 * 3600


def test_without_a_rule_there_are_the_first_date_and_the_extra_ones() -> None:
    extra = (ExtraDate(starts=at("2026-12-10T18:00"), ends=at("2026-12-10T19:00")),)
    assert wall_times(dates("2026-12-01T10:00", "2026-12-01T11:00", extra=extra)) == [
        "2026-12-01 10:00",
        "2026-12-10 18:00",
    ]


def test_a_first_date_outside_the_rule_is_no_date_of_the_series() -> None:
    found = dates("2026-11-25T10:00", "2026-11-25T11:00", "FREQ=WEEKLY;BYDAY=TU;COUNT=2")
    assert wall_times(found) == ["2026-12-01 10:00", "2026-12-08 10:00"]


def test_dates_outside_term_and_on_bank_holidays_are_left_out_but_not_those_named_by_hand() -> None:
    days = Days(
        terms=((date(2026, 11, 2), date(2026, 12, 18)), (date(2027, 1, 4), date(2027, 2, 12))),
        holidays={date(2027, 1, 4): "New Year (moved)"},
    )
    found = dates(
        "2026-12-14T10:00",
        "2026-12-14T11:00",
        "FREQ=WEEKLY;COUNT=5",
        days=days,
        term_only=True,
        skip_holidays=True,
        extra=(ExtraDate(starts=at("2026-12-23T10:00"), ends=at("2026-12-23T11:00")),),
    )
    assert [(f"{each.wall:%m-%d}", each.out) for each in found] == [
        ("12-14", ""),
        ("12-21", "outside term"),
        ("12-23", ""),
        ("12-28", "outside term"),
        ("01-04", "New Year (moved)"),
        ("01-11", ""),
    ]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=WEEKLY", "has no end; add UNTIL or COUNT: at most 366 dates within 10 years"),
        ("FREQ=SECONDLY", "has no end"),
        ("FREQ=SECONDLY;COUNT=1000000", "gives more than 366 dates"),
        ("FREQ=DAILY;UNTIL=99991231", "gives more than 366 dates"),
        ("FREQ=YEARLY;UNTIL=99991231", "goes on for more than 10 years; end it by 1 December 2036"),
        ("FREQ=YEARLY;COUNT=12", "goes on for more than 10 years"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;UNTIL=20281201", "gives no date from 1 December 2026 to 1 December 2028"),
        ("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30;COUNT=3", "gives no date from 1 December 2026 to 1 December 2036"),
        ("FREQ=DAILY;UNTIL=20261130", "gives no date"),
        ("FREQ=SECONDLY;BYSECOND=0;BYMONTH=2;BYMONTHDAY=30;COUNT=3", "do they exist?"),
        ("FREQ=MINUTELY;BYHOUR=10;BYMINUTE=0;UNTIL=20271201", "takes too long to work out its dates after"),
        (
            f"FREQ=DAILY;BYHOUR={','.join(map(str, range(24)))};BYMINUTE={','.join(map(str, range(60)))};"
            f"BYSECOND={','.join(map(str, range(60)))};COUNT=3",
            "takes too long",
        ),
        ("FREQ=DAILY;BYYEARDAY=" + ",".join(["1"] * 1200), "must be at most 2000 characters"),
        ("FREQ=WEEKLY;INTERVAL=1001", "INTERVAL “1001”; 1 to 1000 can be booked"),
        ("FREQ=WEEKLY;INTERVAL=0", "INTERVAL “0”"),
        ("FREQ=WEEKLY;COUNT=0", "COUNT must be a whole number above zero"),
        ("FREQ=WEEKLY;COUNT=99999999999", "of at most 9 digits"),
        ("FREQ=WEEKLY;COUNT=3;UNTIL=20270101", "has both COUNT and UNTIL"),
        ("FREQ=WEEKLY;UNTIL=tomorrow", "UNTIL “TOMORROW” is not a time"),
        ("FREQ=FORTNIGHTLY", "must have FREQ, one of YEARLY"),
        ("BYDAY=TU", "must have FREQ"),
        ("every Tuesday", "“EVERY TUESDAY” is not part of a rule"),
        ("FREQ=WEEKLY;FREQ=DAILY", "has FREQ twice"),
        ("FREQ=WEEKLY;BYDAY=XX", "BYDAY must be days such as TU"),
        ("FREQ=WEEKLY;BYDAY=2TU", "it needs FREQ=MONTHLY or YEARLY"),
        ("FREQ=MONTHLY;BYDAY=0TU", "BYDAY must be days"),
        ("FREQ=YEARLY;BYMONTH=13", "BYMONTH must be 1 to 12, not “13”"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY must be 1 to 31, or -31 to -1 from the end, not “0”"),
        ("FREQ=DAILY;BYHOUR=24", "BYHOUR must be 0 to 23, not “24”"),
        ("FREQ=DAILY;BYSETPOS=1", "BYSETPOS chooses among days"),
        ("FREQ=WEEKLY;WKST=1", "WKST must be one of"),
        ("FREQ=HOURLY;INTERVAL=2;BYHOUR=11;COUNT=3", "cannot be expanded"),
        ("FREQ=WEEKLY;BYDAY=" + "👩‍👩‍👧" * 500, "must be"),
    ],
)
def test_a_rule_that_runs_away_or_says_nothing_is_refused_in_words(rule: str, words: str) -> None:
    field, message = refused("2026-12-01T10:00", "2026-12-01T10:00:01", rule)
    assert field == "rule"
    assert words in message


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"first_ends": at("2026-12-01T10:00")}, "first_ends"),
        ({"first_ends": at("2026-12-08T10:01")}, "first_ends"),
        ({"rule": "FREQ=DAILY;COUNT=2", "first_ends": at("2026-12-02T10:01")}, "first_ends"),
        ({"extra": (ExtraDate(starts=at("2026-12-03T10:00"), ends=at("2026-12-03T10:00")),)}, "extra.0"),
        ({"extra": (ExtraDate(starts=at("2026-12-01T10:30"), ends=at("2026-12-01T10:40")),)}, "extra"),
        (
            {
                "rule": "FREQ=DAILY;COUNT=366",
                "extra": (ExtraDate(starts=at("2029-12-03T10:00"), ends=at("2029-12-03T10:30")),),
            },
            "extra",
        ),
        ({"out_days": tuple(date(2026, 1, 1) + timedelta(days=each) for each in range(367))}, "without"),
        ({"term_only": True}, "term_only"),
    ],
)
def test_an_invalid_series_is_refused_naming_the_field(changes: dict[str, object], field: str) -> None:
    plain = pattern("2026-12-01T10:00", "2026-12-01T11:00")
    with pytest.raises(Invalid) as caught:
        expand_pattern(msgspec.structs.replace(plain, **changes), LONDON, NO_DAYS)
    assert caught.value.errors[0].field == field


def test_without_terms_term_time_only_says_what_is_missing() -> None:
    _, message = refused("2026-12-01T10:00", "2026-12-01T11:00", term_only=True)
    assert message == "needs school terms, and none are set for this site; set them, or book without"


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=WEEKLY", "Every Thursday, 19:00 to 21:00"),
        ("FREQ=WEEKLY;BYDAY=TU;UNTIL=20270331", "Every Tuesday, 19:00 to 21:00, until 31 March 2027"),
        ("FREQ=WEEKLY;INTERVAL=2;COUNT=10", "Every other Thursday, 19:00 to 21:00, 10 times"),
        ("FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,TH", "Every 3 weeks on Monday and Thursday, 19:00 to 21:00"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "Every weekday, 19:00 to 21:00"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "The last Friday of every month, 19:00 to 21:00"),
        ("FREQ=MONTHLY;BYDAY=FR;BYSETPOS=-1", "The last Friday of every month, 19:00 to 21:00"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,-1", "The 1st and last day of every month, 19:00 to 21:00"),
        ("FREQ=MONTHLY;BYMONTH=1,3;BYDAY=2TU", "The second Tuesday of January and March, 19:00 to 21:00"),
        ("FREQ=MONTHLY", "The 26th of every month, 19:00 to 21:00"),
        ("FREQ=YEARLY", "Every year on 26 November, 19:00 to 21:00"),
        ("FREQ=YEARLY;BYMONTH=11;BYDAY=-1TH", "The last Thursday of November, every year, 19:00 to 21:00"),
        ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "Every year, in the 20th week of the year, on Monday, 19:00 to 21:00"),
        ("FREQ=DAILY;BYHOUR=9,14;BYMINUTE=30", "Every day, at 09:30 and 14:30"),
        ("", "Once, 19:00 to 21:00"),
    ],
)
def test_a_rule_is_said_in_words(rule: str, words: str) -> None:
    assert describe_pattern(pattern("2026-11-26T19:00", "2026-11-26T21:00", rule), LONDON) == words


def test_all_else_about_a_pattern_is_said_too() -> None:
    found = pattern(
        "2026-11-26T19:00",
        "2026-11-27T07:00",
        "FREQ=WEEKLY",
        extra=(ExtraDate(starts=at("2026-12-24T19:00"), ends=at("2026-12-25T07:00")),),
        out_days=(date(2026, 12, 3), date(2026, 12, 10)),
        term_only=True,
        skip_holidays=True,
    )
    assert describe_pattern(found, LONDON) == (
        "Every Thursday, 19:00 to 07:00 the next day, and 1 date more, without 2 dates, in term time only, "
        "not on bank holidays"
    )


@settings(max_examples=60)
@given(
    st.datetimes(min_value=at("2020-01-01"), max_value=at("2035-01-01")),
    st.timedeltas(min_value=timedelta(minutes=1), max_value=timedelta(days=7)),
    st.integers(min_value=0, max_value=103),
)
def test_every_date_is_there_once_and_occurrences_never_overlap(
    starts: datetime, length: timedelta, weeks: int
) -> None:
    until = starts.date() + timedelta(weeks=weeks)
    found = expand_pattern(
        RecurrencePattern(first_starts=starts, first_ends=starts + length, rule=f"FREQ=WEEKLY;UNTIL={until:%Y%m%d}"),
        LONDON,
        NO_DAYS,
    ).occurrences
    wall_times = [each.wall.replace(microsecond=0) for each in found]
    assert wall_times == [starts.replace(microsecond=0) + timedelta(weeks=week) for week in range(weeks + 1)]
    times = [each.during for each in found if each.during is not None]
    assert all(not left.overlaps(right) for left, right in pairwise(times))
