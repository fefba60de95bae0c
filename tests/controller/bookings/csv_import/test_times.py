"""Dates and times as people write them in spreadsheets."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.bookings.csv_import.times import TimeOfDay, read_clock, read_day, read_when, span, written
from controller.platform.web.fields import Moment

at = datetime.fromisoformat
LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    "text",
    [
        "26/11/2026",
        "26.11.26",
        "26-11-2026",
        "2026-11-26",
        "26 Nov 2026",
        "Thu 26 Nov 2026",
        "Thursday, 26th November 2026",
        " 26-nov-26 ",
    ],
)
def test_a_date_is_read_day_before_month(text: str) -> None:
    assert read_day(text) == date(2026, 11, 26)


@pytest.mark.parametrize(
    "text", ["", "11/26/2026", "29/02/2027", "soon", "26/11", "45987", "26 Smarch 2026", "２６/11/2026"]
)
def test_what_is_no_date_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="write day/month/year like 26/11/2026"):
        read_day(text)


@pytest.mark.parametrize("text", ["26/11/1999", "26/11/2200"])
def test_a_year_far_away_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="the year must be 2000 to 2199"):
        read_day(text)


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("18:00", time(18)),
        ("6pm", time(18)),
        ("6.30 p.m.", time(18, 30)),
        ("12am", time(0)),
        ("12 PM", time(12)),
        ("9:05", time(9, 5)),
        ("18:00:30", time(18, 0, 30)),
    ],
)
def test_a_time_is_read(text: str, clock: time) -> None:
    assert read_clock(text) == TimeOfDay(at=clock)


def test_24_00_is_the_end_of_the_day() -> None:
    assert read_clock("24:00") == TimeOfDay(at=time(0), next_day=True)


@pytest.mark.parametrize("text", ["", "18", "25:00", "24:01", "13pm", "0am", "18:60", "six", "0.75"])
def test_what_is_no_time_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="write it like 18:00"):
        read_clock(text)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("26/11/2026 18:00", Moment(wall=at("2026-11-26T18:00"))),
        ("26 Nov 2026, 6:30 pm", Moment(wall=at("2026-11-26T18:30"))),
        ("2026-11-26T18:00", Moment(wall=at("2026-11-26T18:00"))),
        ("2026-11-26 24:00", Moment(wall=at("2026-11-27T00:00"))),
        ("2026-11-26T18:00:00+01:00", Moment(instant=datetime(2026, 11, 26, 17, tzinfo=UTC))),
        ("2026-11-26T18:00Z", Moment(instant=datetime(2026, 11, 26, 18, tzinfo=UTC))),
    ],
)
def test_a_date_with_a_time_is_read(text: str, moment: Moment) -> None:
    assert read_when(text) == moment


@pytest.mark.parametrize("text", ["26/11/2026", "18:00", "26/11/2026 at six", "26/11/2026 18:00+99:00"])
def test_half_a_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="like 26/11/2026"):
        read_when(text)


def test_an_end_before_the_start_is_on_the_next_day() -> None:
    day = date(2026, 12, 31)
    late = span(day, read_clock("22:00"), read_clock("1am"))
    assert late == (Moment(wall=at("2026-12-31T22:00")), Moment(wall=at("2027-01-01T01:00")))
    assert span(day, read_clock("22:00"), read_clock("24:00"))[1] == Moment(wall=at("2027-01-01T00:00"))


@given(st.datetimes(at("2026-10-24T00:00"), at("2027-03-29T00:00")))  # both clock changes lie between
def test_what_is_written_is_read_as_the_same_instant(moment: datetime) -> None:
    instant = moment.replace(tzinfo=UTC)
    assert read_when(written(instant, LONDON)).resolve(LONDON, "starts") == instant


def test_the_second_half_past_one_of_the_night_is_told_apart_by_its_offset() -> None:
    assert written(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), LONDON) == "2026-10-25 01:30"
    assert written(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), LONDON) == "2026-10-25 01:30+00:00"
