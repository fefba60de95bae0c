"""Which season, bank holiday or date of its own a day follows."""

from datetime import date
from itertools import pairwise

import pytest

from controller.hours import bank_holidays
from controller.hours.day_rules import ranked, season_of, tied
from controller.hours.model import HolidayMeaning, HolidayRule, Nation, OpeningHours, OtherDay, Season
from edge.wire.interval import Interval
from edge.wire.plan import Mode
from tests.controller.hours.books import book, day, once, span, told, utc, week, yearly

NINE = span("09:00", "17:00")
TEN = span("10:00", "12:00")
SUMMER = yearly("Summer", "06-01", "08-31", TEN)
WINTER = yearly("Winter", "12-21", "01-05", TEN)


@pytest.mark.parametrize(
    ("on", "season"),
    [
        ("2026-05-31", None),
        ("2026-06-01", "Summer"),
        ("2031-08-31", "Summer"),
        ("2026-09-01", None),
        ("2026-12-20", None),
        ("2026-12-21", "Winter"),
        ("2026-12-31", "Winter"),
        ("2027-01-01", "Winter"),
        ("2027-01-05", "Winter"),
        ("2027-01-06", None),
    ],
)
def test_a_yearly_season_comes_every_year_and_may_go_over_new_year(on: str, season: str | None) -> None:
    found = season_of(ranked([SUMMER, WINTER]), date.fromisoformat(on))
    assert (found.name if found else None) == season


def test_a_season_over_new_year_has_its_own_week_on_both_sides() -> None:
    hours = book(OpeningHours(pattern=week(NINE), seasons=(WINTER,)))
    for on, opens in (
        ("2026-12-20", "09:00"),
        ("2026-12-31", "10:00"),
        ("2027-01-01", "10:00"),
        ("2027-01-06", "09:00"),
    ):
        assert f"{on[-2:]} {opens}" in [start for start, mode, _ in told(hours, day(on)) if mode == "staffed"]


@pytest.mark.parametrize(("on", "holds"), [("2027-02-28", False), ("2027-03-01", False), ("2028-02-29", True)])
def test_a_season_of_29_february_holds_in_leap_years(on: str, holds: bool) -> None:
    leap = [yearly("Leap", "02-29", "02-29")]
    assert (season_of(leap, date.fromisoformat(on)) is not None) == holds


def test_the_most_particular_season_holds() -> None:
    """One of a single year before one of every year, then the one of fewer days."""
    fete = yearly("Fête", "07-10", "07-12", NINE)
    works = once("Works", "2027-07-01", "2027-12-31")
    open_day = once("Open day", "2027-07-11", "2027-07-11", NINE)
    seasons = ranked([SUMMER, works, fete, open_day])
    for on, name in (
        ("2026-07-11", "Fête"),
        ("2026-07-13", "Summer"),
        ("2027-07-10", "Works"),
        ("2027-07-11", "Open day"),
        ("2027-06-30", "Summer"),
    ):
        found = season_of(seasons, date.fromisoformat(on))
        assert found is not None
        assert found.name == name


@pytest.mark.parametrize(
    ("seasons", "refused"),
    [
        ([SUMMER, WINTER], False),
        ([SUMMER, yearly("Same length", "05-02", "08-01")], True),
        ([SUMMER, yearly("Shorter", "05-01", "06-02")], False),
        ([WINTER, yearly("January", "01-05", "01-20")], True),
        ([WINTER, yearly("January", "01-06", "01-21")], False),
        ([once("A", "2026-06-01", "2026-06-10"), once("B", "2026-06-10", "2026-06-19")], True),
        ([once("A", "2026-06-01", "2026-06-10"), once("B", "2027-06-01", "2027-06-10")], False),
        ([once("A", "2026-06-01", "2026-08-31"), SUMMER], False),
    ],
)
def test_seasons_of_one_rank_that_share_days_are_found(seasons: list[Season], refused: bool) -> None:
    assert (tied(seasons) is not None) == refused


ENGLAND = Nation.ENGLAND_AND_WALES


@pytest.mark.parametrize(
    ("nation", "days"),
    [
        ("england-and-wales", "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28"),
        ("scotland", "01-01 01-02 04-03 05-04 05-25 06-15 08-03 11-30 12-25 12-28"),
        ("northern-ireland", "01-01 03-17 04-03 04-06 05-04 05-25 07-13 08-31 12-25 12-28"),
    ],
)
def test_each_nation_has_the_days_of_gov_uk(nation: str, days: str) -> None:
    """As gov.uk/bank-holidays lists 2026, which has no holiday on a weekend, only its substitute."""
    found = bank_holidays.of_year(2026, Nation(nation))
    assert [f"{day:%m-%d}" for day in found if day.weekday() < 5] == days.split()


def test_bank_holidays_on_a_weekend_have_their_substitutes() -> None:
    found = {day.isoformat(): name for day, name in bank_holidays.of_year(2027, ENGLAND).items() if day.month == 12}
    assert found == {
        "2027-12-25": "Christmas Day",
        "2027-12-26": "Boxing Day",
        "2027-12-27": "Christmas Day (substitute day)",
        "2027-12-28": "Boxing Day (substitute day)",
    }


@pytest.mark.parametrize(
    ("good_friday", "easter_monday"),
    [("2024-03-29", "2024-04-01"), ("2027-03-26", "2027-03-29"), ("2038-04-23", "2038-04-26")],
)
def test_easter_moves(good_friday: str, easter_monday: str) -> None:
    assert bank_holidays.name(date.fromisoformat(good_friday), ENGLAND) == "Good Friday"
    assert bank_holidays.name(date.fromisoformat(easter_monday), ENGLAND) == "Easter Monday"


def test_a_year_is_listed_by_day_and_has_at_least_the_eight() -> None:
    for year in range(2000, 2101):
        found = bank_holidays.of_year(year, ENGLAND)
        assert len(found) >= 8
        assert all(one < other for one, other in pairwise(found))
    assert bank_holidays.name(date(2026, 11, 25), ENGLAND) is None


SUNDAY = week(span("11:00", "15:00"), days=(6,))


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (HolidayRule(), [("09:00", "staffed", ""), ("17:00", "closed", "")]),
        (HolidayRule(means=HolidayMeaning.CLOSED), []),
        (
            HolidayRule(means=HolidayMeaning.WEEKDAY, weekday=6),
            [("11:00", "staffed", "May Day"), ("15:00", "closed", "May Day")],
        ),
        (
            HolidayRule(means=HolidayMeaning.SPANS, spans=(span("10:00", "11:00", Mode.EXTENDED),)),
            [("10:00", "extended", "May Day"), ("11:00", "closed", "May Day")],
        ),
    ],
)
def test_a_bank_holiday_means_what_the_site_says(rule: HolidayRule, expected: list[tuple[str, str, str]]) -> None:
    hours = book(OpeningHours(pattern=(*week(NINE, days=range(6)), *SUNDAY), bank_holidays=rule))
    may_day = [(start[3:], mode, note) for start, mode, note in told(hours, day("2027-05-03"))]
    note = "May Day" if rule.means is not HolidayMeaning.NOTHING else ""
    assert may_day == [("00:00", "closed", note), *expected]
    assert hours.holiday(date(2027, 5, 3)) == "May Day"


def test_a_bank_holiday_as_sunday_takes_the_sunday_of_its_season() -> None:
    summer = Season(name="Summer", first=date(2000, 8, 1), last=date(2000, 8, 31), yearly=True, pattern=week(TEN))
    rule = HolidayRule(means=HolidayMeaning.WEEKDAY, weekday=6)
    hours = book(OpeningHours(pattern=(*week(NINE, days=range(6)), *SUNDAY), seasons=(summer,), bank_holidays=rule))
    assert told(hours, day("2027-08-30"))[1] == ("30 10:00", "staffed", "Late Summer Bank Holiday")


def test_a_date_of_its_own_wins_over_bank_holiday_season_and_week() -> None:
    hours = book(
        OpeningHours(
            pattern=week(NINE),
            seasons=(SUMMER,),
            bank_holidays=HolidayRule(means=HolidayMeaning.CLOSED),
            exceptions=(OtherDay(date=date(2027, 8, 30), note="Carnival", spans=(span("07:00", "23:00"),)),),
        )
    )
    assert told(hours, day("2027-08-30"))[1] == ("30 07:00", "staffed", "Carnival")
    assert told(hours, day("2027-08-29"))[1] == ("29 10:00", "staffed", "Summer")
    assert told(hours, day("2027-05-03")) == [("03 00:00", "closed", "May Day")]


NIGHT = span("20:00", "32:00", Mode.EXTENDED)


def test_a_night_is_entered_once_and_goes_on_in_the_morning() -> None:
    hours = book(OpeningHours(pattern=week(NIGHT, days=(4,))))
    assert told(hours, Interval(start=utc("2026-11-27T00:00"), end=utc("2026-11-29T00:00"))) == [
        ("27 00:00", "closed", ""),
        ("27 20:00", "extended", ""),
        ("28 08:00", "closed", ""),
    ]


@pytest.mark.parametrize(
    ("change", "hours"), [("2026-03-28T20:00", 11), ("2026-10-24T19:00", 13), ("2026-06-06T19:00", 12)]
)
def test_a_night_keeps_the_wall_time_of_both_ends_when_the_clocks_change(change: str, hours: int) -> None:
    found = book(OpeningHours(pattern=week(NIGHT))).mode_at(utc(change))
    assert found.mode is Mode.EXTENDED
    assert found.during.seconds == hours * 3600
    assert told(book(OpeningHours(pattern=week(NIGHT))), found.during)[0][0].endswith("20:00")


def test_a_nights_end_yields_to_the_spans_of_the_next_day() -> None:
    hours = book(OpeningHours(pattern=(*week(NIGHT), *week(span("07:00", "07:30")))))
    assert [(start[3:], mode) for start, mode, _ in told(hours, day("2026-11-26"))] == [
        ("00:00", "extended"),
        ("07:00", "staffed"),
        ("07:30", "closed"),
        ("20:00", "extended"),
    ]


def test_a_day_that_is_closed_by_date_or_bank_holiday_cuts_the_night_before_at_midnight() -> None:
    hours = book(
        OpeningHours(
            pattern=week(NIGHT),
            exceptions=(OtherDay(date=date(2026, 12, 5), note="Stocktaking"),),
            bank_holidays=HolidayRule(means=HolidayMeaning.CLOSED),
        )
    )
    assert told(hours, day("2026-12-05")) == [("05 00:00", "closed", "Stocktaking")]
    assert told(hours, day("2026-12-25")) == [("25 00:00", "closed", "Christmas Day")]
    assert told(hours, day("2026-12-06"))[0] == ("06 00:00", "closed", "")


def test_the_night_of_a_date_of_its_own_goes_on_into_a_bank_holiday() -> None:
    hours = book(
        OpeningHours(
            pattern=week(NINE),
            exceptions=(OtherDay(date=date(2026, 12, 31), note="Party", spans=(span("18:00", "26:00"),)),),
            bank_holidays=HolidayRule(means=HolidayMeaning.CLOSED),
        )
    )
    assert told(hours, day("2027-01-01")) == [
        ("01 00:00", "staffed", "Party"),
        ("01 02:00", "closed", "New Year's Day"),
    ]


def test_the_night_of_a_date_of_its_own_goes_before_the_weeks_morning() -> None:
    party = OtherDay(date=date(2026, 11, 25), note="Party", spans=(span("18:00", "26:00", Mode.EXTENDED),))
    hours = book(OpeningHours(pattern=week(span("00:00", "24:00")), exceptions=(party,)))
    assert told(hours, day("2026-11-26")) == [("26 00:00", "extended", "Party"), ("26 02:00", "staffed", "")]
