"""Recorded hours to expected hours: clocks that change, gaps, columns, closures."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from controller.occupancy.forecast.hours import HOUR, Calendar, ExpectedHour, days_of, forecast, hours
from controller.occupancy.recording import BadRecording, Recording, mapping, read
from edge.wire.interval import Interval
from tests.controller.occupancy.recordings import write

LONDON = ZoneInfo("Europe/London")
CHANGES = [
    ("Europe/London", datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ("Europe/London", datetime(2026, 10, 25, 1, tzinfo=UTC)),
    ("Pacific/Auckland", datetime(2024, 4, 6, 14, tzinfo=UTC)),
    ("Pacific/Auckland", datetime(2024, 9, 28, 14, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, tzinfo=UTC)),
    ("America/St_Johns", datetime(2026, 3, 8, 5, 30, tzinfo=UTC)),
    ("Asia/Kathmandu", datetime(2026, 3, 8, 5, 15, tzinfo=UTC)),
]


def _by_the_wall(local: datetime) -> float:
    """10 people an hour from 9 to 17 on the wall, 30 from 12 to 13."""
    return 30.0 if local.hour == 12 else 10.0 if 9 <= local.hour < 17 else 0.0


def _counted(
    zone: ZoneInfo, until: datetime, count: int = 42 * 24, people: Callable[[datetime], float] = _by_the_wall
) -> dict[datetime, float]:
    starts = [until - HOUR * back for back in range(count, 0, -1)]
    return {start: people(start.astimezone(zone)) for start in starts}


def _expected(zone: ZoneInfo, counted: dict[datetime, float], calendar: Calendar | None = None) -> list[ExpectedHour]:
    return forecast(counted, zone, calendar or Calendar(), 14)[0]


@pytest.mark.parametrize(("name", "change"), CHANGES)
@pytest.mark.parametrize("days", [-3, 3])
def test_people_come_by_the_wall_clock_on_both_sides_of_its_change(name: str, change: datetime, days: int) -> None:
    zone = ZoneInfo(name)
    found = _expected(zone, _counted(zone, change + timedelta(days=days)))
    assert len(found) == 14 * 24
    for each in found:
        usual = _by_the_wall(each.start)
        assert each.mean == pytest.approx(usual, rel=0.05, abs=0.2), each.start
    starts = [each.start.astimezone(UTC) for each in found]
    assert starts == [change + timedelta(days=days) + HOUR * ahead for ahead in range(14 * 24)]
    assert all(each.end.astimezone(UTC) - each.start.astimezone(UTC) == HOUR for each in found)


def test_the_hour_that_comes_twice_is_expected_twice_and_the_one_left_out_never() -> None:
    spring, autumn = (
        [each.start.hour for each in _expected(LONDON, _counted(LONDON, midnight))[: 24 + longer]]
        for midnight, longer in ((datetime(2026, 3, 29, tzinfo=UTC), -1), (datetime(2026, 10, 24, 23, tzinfo=UTC), 1))
    )
    assert spring == [0, *range(2, 24)]
    assert autumn == [0, 1, 1, *range(2, 24)]


def test_a_day_that_is_not_over_is_expected_from_its_next_hour_on() -> None:
    noon = datetime(2026, 2, 4, 12, tzinfo=UTC)
    found = _expected(LONDON, _counted(LONDON, noon))
    assert found[0].start == noon
    assert [each.mean for each in found[:3]] == pytest.approx([30, 10, 10], rel=0.05)


def test_a_closed_time_expects_nobody_and_says_so() -> None:
    start = datetime(2026, 2, 4, tzinfo=UTC)
    shut = Interval(start=start + timedelta(hours=10, minutes=30), end=start + timedelta(hours=14))
    calendar = Calendar({date(2026, 2, 6): "Opening day"}, frozenset({date(2026, 2, 7)}), [shut])
    found = _expected(LONDON, _counted(LONDON, start), calendar)
    closed = [each for each in found if each.note == "closed"]
    assert [each.start.hour for each in closed] == [10, 11, 12, 13]
    assert [(each.mean, each.low, each.high) for each in closed] == [(0, 0, 0)] * 4
    assert {each.note for each in found[48:96]} == {"Opening day", "school holidays"}


def test_a_closure_over_the_change_of_the_clocks_closes_each_of_its_hours() -> None:
    whole = Interval(start=datetime(2026, 3, 28, tzinfo=UTC), end=datetime(2026, 3, 29, 23, tzinfo=UTC))
    closed = days_of(date(2026, 3, 27), 5, LONDON, Calendar(closed=[whole])).closed
    assert closed.sum(axis=1).tolist() == [0, 24, 23, 0, 0]


def _recording(path: Path, rows: list[tuple[object, ...]], *columns: str) -> Recording:
    names = [each.partition("=")[0] for each in columns]
    return read(write(path / "counts.csv", names, rows), mapping(columns), LONDON)


def test_rows_of_an_hour_add_up_and_an_hour_that_lacks_one_is_unknown(tmp_path: Path) -> None:
    rows: list[tuple[object, ...]] = [
        (f"2026-02-03 {at // 4:02}:{at % 4 * 15:02}", 1, 2) for at in range(16) if at != 6
    ]
    found = hours(_recording(tmp_path, rows, "time=time", "front=in", "back=in"))
    assert [(each.hour, count) for each, count in found.items()] == [(0, 12), (2, 12), (3, 12)]


def test_who_comes_in_is_not_counted_again_going_out(tmp_path: Path) -> None:
    rows: list[tuple[object, ...]] = [(f"2026-03-02 {hour:02}:00", hour, 24 - hour) for hour in range(24)]
    found = hours(_recording(tmp_path, rows, "time=time", "in=in", "out=out"))
    assert list(found.values()) == list(range(24))


def test_a_door_that_is_silent_makes_the_hour_unknown_and_not_smaller(tmp_path: Path) -> None:
    rows: list[tuple[object, ...]] = [
        ("2026-02-03 09:00", 5, 2),
        ("2026-02-03 10:00", 5, ""),
        ("2026-02-03 11:00", "", 2),
    ]
    found = hours(_recording(tmp_path, rows, "time=time", "front=in", "back=in"))
    assert [(each.hour, count) for each, count in found.items()] == [(9, 7)]


def test_rows_out_of_order_twice_or_wrong_are_set_aside_and_the_rest_goes_on(tmp_path: Path) -> None:
    rows: list[tuple[object, ...]] = [
        *(("2026-02-03 11:00", 3), ("2026-02-03 09:00", 1), ("2026-02-03 10:00", 2), ("2026-02-03 10:00", 50)),
        *(("2026-02-03 12:00", -4), ("2026-02-03 13:00", "NaN"), ("2026-02-03 14:00", 390_000), ("soon", 1)),
        ("2026-02-03 15:00", "Gate broken"),
    ]
    recording = _recording(tmp_path, rows, "time=time", "count=crossings")
    assert [(each.hour, count) for each, count in hours(recording).items()] == [(9, 1), (10, 2), (11, 3)]
    assert sum(recording.aside.values()) == 6


def test_rows_further_apart_than_an_hour_and_files_without_counts_are_refused(tmp_path: Path) -> None:
    daily: list[tuple[object, ...]] = [(f"2026-02-{day:02}", 5) for day in range(1, 20)]
    with pytest.raises(BadRecording, match="1440 minutes apart; 60 at most"):
        hours(_recording(tmp_path, daily, "time=time", "count=in"))
    with pytest.raises(BadRecording, match="No column counts people"):
        hours(_recording(tmp_path, daily, "time=time", "count=co2"))


def test_nothing_counted_is_refused() -> None:
    with pytest.raises(ValueError, match="No hour has a count"):
        forecast({}, LONDON, Calendar(), 14)


def test_quiet_and_busy_hours_of_a_day_are_named_and_empty_nights_are_not() -> None:
    people = {8: 4.0, 9: 10.0, 10: 10.0, 11: 10.0, 12: 20.0, 23: 0.1}
    midnight = datetime(2026, 2, 4, tzinfo=UTC)
    found = _expected(LONDON, _counted(LONDON, midnight, people=lambda local: people.get(local.hour, 0.0)))
    assert [(each.start.hour, each.level) for each in found[:24] if each.level] == [(8, "quiet"), (12, "busy")]


def test_hours_of_silence_are_told() -> None:
    counted = _counted(LONDON, datetime(2026, 2, 4, tzinfo=UTC))
    dead = dict.fromkeys(list(counted)[-3 * 24 :], 0.0)
    assert forecast({**counted, **dead}, LONDON, Calendar(), 1)[1] >= 3 * 8
    assert np.array([each.mean for each in _expected(LONDON, counted)]).max() == pytest.approx(30, rel=0.05)


def test_an_hour_of_the_day_that_was_never_counted_is_not_expected_at_all() -> None:
    counted = _counted(LONDON, datetime(2026, 2, 4, tzinfo=UTC))
    by_day = {at: count for at, count in counted.items() if 9 <= at.hour < 18}
    shut = Interval(start=datetime(2026, 2, 5, 20, tzinfo=UTC), end=datetime(2026, 2, 5, 21, tzinfo=UTC))
    found, _ = forecast(by_day, LONDON, Calendar(closed=[shut]), 3)
    assert {each.start.hour for each in found if each.note != "closed"} == set(range(9, 18))
    assert [(each.start.hour, each.mean) for each in found if each.note == "closed"] == [(20, 0)]
