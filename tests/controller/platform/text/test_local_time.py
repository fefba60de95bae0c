"""Wall time and instants, over both clock changes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.platform.text import local_time
from controller.platform.text.local_time import NoSuchWallTime, UnknownZone
from edge.wire.interval import Interval

LONDON = ZoneInfo("Europe/London")
ZONES = ("Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Havana", "UTC")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_winter_wall_time_is_gmt_and_a_summer_one_an_hour_before() -> None:
    assert local_time.instant(wall("2026-11-25T18:00"), LONDON) == utc("2026-11-25T18:00")
    assert local_time.instant(wall("2026-07-01T18:00"), LONDON) == utc("2026-07-01T17:00")


@pytest.mark.parametrize("text", ["2026-03-29T01:00", "2026-03-29T01:30", "2026-03-29T01:59:59"])
def test_a_skipped_wall_time_is_refused_with_the_one_that_comes_next(text: str) -> None:
    with pytest.raises(NoSuchWallTime) as refused:
        local_time.instant(wall(text), LONDON)
    assert refused.value.first == wall("2026-03-29T01:00")
    assert refused.value.after == wall("2026-03-29T02:00")
    assert str(refused.value) == (
        f"{text[11:16]} does not exist on 29 March 2026: the clocks go forward from 01:00 to 02:00, "
        "so 02:00 is the next time there is"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2026-03-29T00:59:59", "2026-03-29T00:59:59"), ("2026-03-29T02:00", "2026-03-29T01:00")],
)
def test_the_ends_of_the_gap_exist(text: str, expected: str) -> None:
    assert local_time.instant(wall(text), LONDON) == utc(expected)


def test_a_skipped_wall_time_of_a_rule_moves_forward_by_the_gap() -> None:
    assert local_time.instant_moved(wall("2026-03-29T01:30"), LONDON) == (utc("2026-03-29T01:30"), True)
    assert local_time.wall(utc("2026-03-29T01:30"), LONDON) == wall("2026-03-29T02:30")
    assert local_time.instant_moved(wall("2026-03-29T02:30"), LONDON) == (utc("2026-03-29T01:30"), False)


def test_a_wall_time_that_comes_twice_is_the_first() -> None:
    assert local_time.instant(wall("2026-10-25T01:30"), LONDON) == utc("2026-10-25T00:30")
    assert local_time.instant_moved(wall("2026-10-25T01:30"), LONDON) == (utc("2026-10-25T00:30"), False)
    second = wall("2026-10-25T01:30").replace(fold=1)
    assert local_time.instant(second, LONDON) == utc("2026-10-25T00:30")


def test_both_instants_of_a_doubled_wall_time_show_the_same_wall_and_their_own_offset() -> None:
    first, second = utc("2026-10-25T00:30"), utc("2026-10-25T01:30")
    assert local_time.wall(first, LONDON) == local_time.wall(second, LONDON) == wall("2026-10-25T01:30")
    assert local_time.rfc3339(first, LONDON) == "2026-10-25T01:30:00+01:00"
    assert local_time.rfc3339(second, LONDON) == "2026-10-25T01:30:00+00:00"


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 11, 25), 24)]
)
def test_a_day_is_23_24_or_25_hours(day: date, hours: int) -> None:
    bounds = local_time.day_bounds(day, LONDON)
    assert bounds.end - bounds.start == timedelta(hours=hours)


def test_a_day_whose_midnight_is_skipped_begins_at_the_change() -> None:
    beirut = ZoneInfo("Asia/Beirut")
    assert local_time.day_start(date(2022, 3, 27), beirut) == utc("2022-03-26T22:00")
    assert local_time.wall(utc("2022-03-26T22:00"), beirut) == wall("2022-03-27T01:00")


def test_a_gap_of_half_an_hour_is_found_as_well() -> None:
    lord_howe = ZoneInfo("Australia/Lord_Howe")
    with pytest.raises(NoSuchWallTime) as refused:
        local_time.instant(wall("2026-10-04T02:15"), lord_howe)
    assert (refused.value.first, refused.value.after) == (wall("2026-10-04T02:00"), wall("2026-10-04T02:30"))


@pytest.mark.parametrize("name", ["Europe/Lond", "", "../etc/passwd", "europe/london", "+01:00"])
def test_an_unknown_zone_is_refused_by_name(name: str) -> None:
    with pytest.raises(UnknownZone, match="Europe/London"):
        local_time.zone(name)


@given(
    at=st.datetimes(wall("2024-01-01"), wall("2030-01-01"), timezones=st.just(UTC)),
    name=st.sampled_from(ZONES),
)
def test_an_instant_shown_and_read_again_is_itself_or_the_first_of_two(at: datetime, name: str) -> None:
    zone = local_time.zone(name)
    again = local_time.instant(local_time.wall(at, zone), zone)
    assert again <= at
    assert local_time.wall(again, zone) == local_time.wall(at, zone)
    assert again == at or at - again in {timedelta(hours=1), timedelta(minutes=30)}


@given(
    given_wall=st.datetimes(wall("2026-03-28T22:00"), wall("2026-03-29T06:00")),
    name=st.sampled_from(ZONES),
)
def test_every_wall_time_either_exists_or_is_refused_between_two_that_do(given_wall: datetime, name: str) -> None:
    zone = local_time.zone(name)
    try:
        at = local_time.instant(given_wall, zone)
    except NoSuchWallTime as error:
        refused = error
    else:
        assert local_time.wall(at, zone) == given_wall
        return
    assert refused.first <= given_wall < refused.after
    before = refused.first - timedelta(microseconds=1)
    assert local_time.wall(local_time.instant(before, zone), zone) == before
    assert local_time.wall(local_time.instant(refused.after, zone), zone) == refused.after


@given(at=st.datetimes(wall("2024-01-01"), wall("2030-01-01"), timezones=st.just(UTC)), name=st.sampled_from(ZONES))
def test_every_instant_lies_in_exactly_its_local_day(at: datetime, name: str) -> None:
    zone = local_time.zone(name)
    day = local_time.local_day(at, zone)
    assert at in local_time.day_bounds(day, zone)
    assert at not in local_time.day_bounds(day + timedelta(days=1), zone)


def test_an_interval_over_the_night_the_clocks_go_back_has_its_real_length() -> None:
    night = Interval(
        start=local_time.instant(wall("2026-10-25T00:30"), LONDON),
        end=local_time.instant(wall("2026-10-25T02:30"), LONDON),
    )
    assert night.seconds == 3 * 3600
