"""Sums by five minutes, hour, local day and local month."""

import itertools
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from controller.platform.text import local_time
from controller.telemetry.history import Sample
from controller.telemetry.rollups.coverage import shares
from controller.telemetry.rollups.fold import Step, edges_in, fold, steps_in
from controller.telemetry.rollups.rows import texts_of
from edge.wire.interval import Interval

LONDON = ZoneInfo("Europe/London")


def sample(at: datetime, ins: int = 1) -> Sample:
    fields = {"ins": ins, "outs": 0}
    return Sample(
        site="ramsey", edge="main", measurement="footfall", device="beams", place="door", at=at, fields=fields
    )


def ins(samples: list[Sample], step: Step) -> dict[datetime, int]:
    return {
        at: cell[1] // 1000
        for (its, at, series), cell in fold(samples).rows(LONDON).items()
        if its is step and series[2] == "ins"
    }


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


def test_a_row_has_number_sum_least_and_greatest_in_thousandths() -> None:
    at = utc(2026, 11, 25, 12, 7)
    rows = fold([sample(at, 3), sample(at + timedelta(minutes=1), 5)]).rows(LONDON)
    assert rows[Step.FIVE_MINUTES, utc(2026, 11, 25, 12, 5), ("footfall", "beams", "ins", "door", "main")] == [
        *(2, 8000, 3000, 5000)
    ]


def test_a_step_holds_its_beginning_and_not_its_end() -> None:
    found = ins([sample(utc(2026, 11, 25, 12, 5)), sample(utc(2026, 11, 25, 12, 10))], Step.FIVE_MINUTES)
    assert found == {utc(2026, 11, 25, 12, 5): 1, utc(2026, 11, 25, 12, 10): 1}


def test_days_and_months_are_those_of_the_sites_zone() -> None:
    late = sample(utc(2026, 6, 30, 23, 30))  # half past midnight on the first of July in London
    assert list(ins([late], Step.DAY)) == [utc(2026, 6, 30, 23)]
    assert list(ins([late], Step.MONTH)) == [utc(2026, 6, 30, 23)]


def test_the_night_the_clocks_go_back_has_25_hours_and_the_hour_that_comes_twice_is_two() -> None:
    quarters = [sample(utc(2026, 10, 24, 23) + timedelta(minutes=15 * each)) for each in range(100)]
    assert ins(quarters, Step.DAY) == {utc(2026, 10, 24, 23): 100}
    hours = ins(quarters, Step.HOUR)
    assert (len(hours), set(hours.values())) == (25, {4})
    assert {utc(2026, 10, 25, 0), utc(2026, 10, 25, 1)} <= set(hours)  # one o'clock twice


def test_the_night_the_clocks_go_forward_has_23_hours() -> None:
    during = local_time.day_bounds(date(2026, 3, 29), LONDON)
    assert len(list(steps_in(Step.HOUR, during, LONDON))) == 23
    assert list(steps_in(Step.DAY, during, LONDON)) == [during]
    quarters = [sample(during.start + timedelta(minutes=15 * each)) for each in range(92)]
    assert ins(quarters, Step.DAY) == {during.start: 92}


def test_the_steps_of_a_year_touch_and_miss_nothing() -> None:
    year = Interval(start=utc(2026, 1, 1), end=utc(2027, 1, 1))
    for step, number in ((Step.FIVE_MINUTES, 105_120), (Step.HOUR, 8760), (Step.DAY, 365), (Step.MONTH, 12)):
        found = list(steps_in(step, year, LONDON))
        assert (len(found), found[0].start, found[-1].end) == (number, year.start, year.end)
        assert all(one.end == other.start for one, other in itertools.pairwise(found))
        assert edges_in(step, year, LONDON) == [int(at.timestamp()) for at in (*(one.start for one in found), year.end)]


def test_steps_that_begin_in_a_part_of_an_hour_are_those_that_have_edges() -> None:
    part = Interval(start=utc(2026, 1, 1, 0, 1), end=utc(2026, 1, 1, 2, 30))
    hour = int(utc(2026, 1, 1, 1).timestamp())
    assert edges_in(Step.HOUR, part, LONDON) == [hour, hour + 3600, hour + 7200]
    assert edges_in(Step.HOUR, Interval(start=part.start, end=utc(2026, 1, 1, 0, 30)), LONDON) == []


def test_an_hour_of_a_zone_off_by_half_an_hour_begins_on_its_wall() -> None:
    kolkata = ZoneInfo("Asia/Kolkata")
    starts = {at for step, at, _ in fold([sample(utc(2026, 1, 1, 0, 20))]).rows(kolkata) if step is Step.HOUR}
    assert starts == {utc(2025, 12, 31, 23, 30)}


@pytest.mark.parametrize("number", [1e306, -1e20, float("inf"), float("nan")])
def test_a_number_that_no_row_holds_is_left_out(number: float) -> None:
    fields = {"new": number, "co2": 400.0}
    odd = msgspec.structs.replace(sample(utc(2026, 11, 25, 12)), measurement="room", fields=fields)
    assert {series[2] for _, _, series in fold([odd]).rows(LONDON)} == {"co2"}


@pytest.mark.parametrize("zone", ["Europe/London", "Asia/Kathmandu", "Australia/Lord_Howe"])
@pytest.mark.parametrize("step", [Step.FIVE_MINUTES, Step.DAY])
def test_steps_are_written_with_the_offset_of_their_moment(zone: str, step: Step) -> None:
    tz = ZoneInfo(zone)
    during = Interval(start=utc(2026, 3, 27, 10), end=utc(2026, 4, 7))  # clocks change in London, and on Lord Howe
    starts = edges_in(step, during, tz)[:-1]
    assert texts_of(starts, tz) == [local_time.rfc3339(datetime.fromtimestamp(each, UTC), tz) for each in starts]


def test_known_times_are_shared_out_to_the_steps_they_lie_in_and_to_no_others() -> None:
    def known(*spans: tuple[float, float]) -> list[Interval]:
        zero = utc(1970, 1, 1)
        return [Interval(start=zero + timedelta(seconds=one), end=zero + timedelta(seconds=two)) for one, two in spans]

    edges = [100, 200, 300, 400, 500]
    assert shares(known((0, 50), (60, 100), (500, 600)), edges) == [0, 0, 0, 0]
    assert shares(known((0, 600)), edges) == [1, 1, 1, 1]
    assert shares(known((0, 110), (130, 350), (390, 400), (410, 420.5)), edges) == [0.8, 1, 0.6, 0.105]
    assert shares(known((250, 251)), edges) == [0, 0.01, 0, 0]
