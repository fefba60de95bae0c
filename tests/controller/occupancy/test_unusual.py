"""Unusual counts at a door: found, at the rate that was asked for, from the past alone."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from controller.occupancy.recording import BadRecording, mapping, read
from controller.occupancy.unusual import HALF_HOUR, WEEK, half_hours, unusual
from tests.controller.occupancy.recordings import MONDAY, Numbers, usual_week, write

LONDON = ZoneInfo("Europe/London")


def _rows(counts: Numbers, start: datetime = MONDAY) -> list[tuple[datetime, float | None]]:
    return [(start + index * HALF_HOUR, float(count)) for index, count in enumerate(counts)]


def _runs(strengths: Numbers) -> int:
    """How often strengths rise to 1."""
    above = strengths >= 1
    return int(above[0]) + int((above[1:] & ~above[:-1]).sum())


def test_every_half_hour_from_the_second_week_on_is_answered() -> None:
    found = list(unusual(_rows(usual_week(3, seed=1)), per_week=2))
    assert [found[0].start, found[-1].end] == [MONDAY + timedelta(weeks=1), MONDAY + timedelta(weeks=3)]
    assert len(found) == 2 * WEEK


@pytest.mark.parametrize("seed", range(4))
def test_an_event_is_stronger_than_what_a_usual_week_brings(seed: int) -> None:
    counts = usual_week(6, seed)
    event = 4 * WEEK + 2 * 48 + 38  # a Wednesday, 19:00
    counts[event : event + 4] += 25
    found = list(unusual(_rows(counts), per_week=1))
    strongest = max(found, key=lambda each: each.strength)
    assert MONDAY + event * HALF_HOUR <= strongest.start < MONDAY + (event + 8) * HALF_HOUR
    assert strongest.strength > 1


@pytest.mark.cases_full
@pytest.mark.parametrize("per_week", [1, 5])
def test_usual_weeks_are_reported_about_as_often_as_asked_for(per_week: int) -> None:
    rates = [
        _runs(np.array([each.strength for each in unusual(_rows(usual_week(15, seed)), per_week)])) / 14
        for seed in range(20, 23)
    ]
    assert 0.3 * per_week <= np.mean(rates) <= 1.5 * per_week


def test_what_comes_later_changes_nothing_that_was_said() -> None:
    counts = usual_week(4, seed=7)
    before = list(unusual(_rows(counts[: 3 * WEEK]), per_week=3))
    counts[3 * WEEK :] *= 50
    assert list(unusual(_rows(counts), per_week=3))[: len(before)] == before


def test_one_busy_evening_does_not_become_usual() -> None:
    quiet, busy = usual_week(5, seed=3), usual_week(5, seed=3)
    busy[2 * WEEK + 40] += 500
    at = 3 * WEEK + 40 - WEEK
    usual_then, after_event = (list(unusual(_rows(each), per_week=2))[at].expected for each in (quiet, busy))
    assert after_event < usual_then + 3


def test_a_half_hour_without_a_record_is_not_a_zero(tmp_path: Path) -> None:
    counts = usual_week(3, seed=5)
    rows = [((MONDAY + index * HALF_HOUR).isoformat(), count) for index, count in enumerate(counts) if index != 500]
    path = write(tmp_path / "door.csv", ["time", "in"], rows)
    found = list(unusual(half_hours(read(path, mapping(["time=time", "in=in"]))), per_week=2))
    gap = found[500 - WEEK]
    assert (gap.count, gap.strength) == (None, 0.0)
    assert len(found) == 2 * WEEK


@pytest.mark.parametrize("start", [datetime(2026, 3, 16, tzinfo=LONDON), datetime(2026, 10, 12, tzinfo=LONDON)])
def test_the_usual_week_keeps_its_wall_time_over_a_clock_change(start: datetime) -> None:
    """People come at nine by the clock on the wall, before and after."""
    moments = [datetime.fromtimestamp(start.timestamp() + index * 1800, LONDON) for index in range(4 * WEEK)]
    rows = [(moment, 30.0 if moment.hour == 9 else 1.0) for moment in moments]
    found = [each for each in unusual(rows, per_week=1) if each.start >= start + timedelta(weeks=2, days=1)]
    assert max(each.strength for each in found) < 1
    assert min(each.expected for each in found if each.start.hour == 9 and each.start.weekday() < 5) > 10


def test_rows_further_apart_than_an_hour_are_refused(tmp_path: Path) -> None:
    rows = [((MONDAY + timedelta(hours=2 * index)).isoformat(), 1) for index in range(50)]
    path = write(tmp_path / "door.csv", ["time", "in"], rows)
    with pytest.raises(BadRecording, match="120 minutes apart"):
        half_hours(read(path, mapping(["time=time", "in=in"])))


def test_counts_of_whole_hours_are_halved_and_a_busy_evening_among_them_is_found(tmp_path: Path) -> None:
    counts = usual_week(4, seed=2).reshape(-1, 2).sum(axis=1)
    evening = (3 * 7 + 2) * 24 + 20
    counts[evening : evening + 2] += 60
    rows = [((MONDAY + timedelta(hours=hour)).isoformat(), count) for hour, count in enumerate(counts.tolist())]
    halves = half_hours(read(write(tmp_path / "door.csv", ["time", "in"], rows), mapping(["time=time", "in=in"])))
    assert len(halves) == 2 * len(counts)
    assert [count for _, count in halves[:4]] == np.repeat(counts[:2] / 2, 2).tolist()
    start = MONDAY + timedelta(hours=evening)
    reported = [each.start for each in unusual(halves, per_week=2) if each.strength >= 1]
    assert start in reported
    assert sum(abs(each - start) > timedelta(hours=5) for each in reported) < 15


def test_a_recording_without_counts_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "room.csv", ["time", "co2"], [(datetime(2026, 1, 5, tzinfo=UTC).isoformat(), 500)])
    with pytest.raises(BadRecording, match="No column counts people"):
        half_hours(read(path, mapping(["time=time", "co2=co2"])))


def test_one_row_of_another_decade_is_refused_and_not_counted_up_to(tmp_path: Path) -> None:
    path = tmp_path / "wrong.csv"
    path.write_text("t,n\n2026-03-02 09:00,3\n2026-03-02 09:30,3\n2026-03-02 10:00,3\n2099-01-01 00:00,1\n")
    with pytest.raises(BadRecording, match=r"no counts from 2026-03-02 10:00 to 2099-01-01 00:00"):
        half_hours(read(path, mapping(["t=time", "n=in"])))
