"""A counter that does not tell in from out: stored as it counted, visits are half of its passages, summed first."""

import csv
import io
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest

from controller.app.container import Container
from controller.telemetry.halves import visits_error
from controller.telemetry.history import samples_of
from controller.telemetry.repository import put_device_states
from controller.telemetry.rollups.counted_hours import counted_hours
from controller.telemetry.rollups.crossings import crossings
from controller.telemetry.rollups.figures import FigureSeries
from controller.telemetry.rollups.fold import Step, fold
from controller.telemetry.rollups.rows import footfall_rows
from controller.telemetry.rollups.service import remake_day
from controller.telemetry.validation import read_data
from edge.wire.codec import encode
from edge.wire.events import FootfallData
from edge.wire.interval import Interval
from edge.wire.messages import DeviceState
from tests.controller.clock import ManualClock
from tests.controller.telemetry.rollups.storing import rows_of, store
from tests.controller.telemetry.rollups.test_routes import DAY, NINE, NOW, rows
from tests.controller.telemetry.rollups.test_service import alive
from tests.controller.telemetry.speaking import crossing, passing
from tests.controller.village import API, SITE

LONDON, HOUR = ZoneInfo("Europe/London"), timedelta(hours=1)


@pytest.fixture
async def counted(village: httpx.AsyncClient, container: Container, clock: ManualClock) -> httpx.AsyncClient:
    """Beams at the front, and a mat at the side with odd numbers in each of three hours."""
    await store(
        container.database,
        SITE,
        [
            crossing(1, ins=3, outs=1, total=(3, 1), at=NINE),
            passing(2, 3, total=3, at=NINE),
            passing(3, 5, total=8, at=NINE + HOUR),
            passing(4, 1, total=9, at=NINE + 2 * HOUR),
        ],
        now=NOW,
    )
    await alive(container.database, NINE + 3 * HOUR, head=4)
    mat = DeviceState(device="side-mat", kind="counter", seq=4, at=NOW, values={"passages_today": 9})
    async with container.database.write() as tx:
        await put_device_states(tx, SITE, "main", [mat])
    clock.set(NOW)
    return village


async def test_halves_are_kept_by_the_hour_and_whole_by_the_day(counted: httpx.AsyncClient) -> None:
    found = await rows(counted, "footfall", counter="side-mat")
    said = [(each["ins"], each["outs"], each["passages"], each["visits"], each["visits_error"]) for each in found[8:13]]
    assert said == [
        (None, None, None, None, None),
        (None, None, 3, 1.5, 1.5),
        (None, None, 5, 2.5, 2.5),
        (None, None, 1, 0.5, 0.5),
        (None, None, None, None, None),
    ]
    [day] = await rows(counted, "footfall", counter="side-mat", by="day")
    assert (day["passages"], day["visits"], day["visits_error"]) == (9, 4.5, 4.5), "the day is not over"
    [day] = await rows(counted, "footfall", counter="front-beams", by="day")
    assert (day["ins"], day["outs"], day["passages"], day["visits"], day["visits_error"]) == (3, 1, None, 3, None)


async def test_a_file_says_that_visits_are_halved(counted: httpx.AsyncClient) -> None:
    answer = await counted.get(f"{API}/sites/{SITE}/footfall.csv", params=DAY | {"by": "day"})
    _, front, side = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert front[3:8] == ["3", "1", "", "3", ""]
    assert side[3:8] == ["", "", "9", "4.5", "4.5"]
    assert side[-1].startswith("counted both ways, halved; known for ")


async def test_visits_of_the_hours_hold_the_halves_and_rows_that_are_made_again_are_the_same(
    counted: httpx.AsyncClient, container: Container
) -> None:
    before = await rows_of(container.database, SITE)
    await container.database.run(remake_day, SITE, NINE.date(), LONDON)
    assert await rows_of(container.database, SITE) == before
    during = Interval(start=NINE, end=NINE + 3 * HOUR)
    async with container.database.read() as tx:
        found = await crossings(tx, SITE, Step.HOUR, during, NOW)
    assert {each.device: each.both_ways for each in found} == {"front-beams": False, "side-mat": True}
    hours = counted_hours(found, during, LONDON)
    assert hours == {NINE: 4.5, NINE + HOUR: 2.5, NINE + 2 * HOUR: 0.5}
    assert sum(hours.values()) == 3 + 9 / 2


@pytest.mark.parametrize("night", [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 24, 23, tzinfo=UTC)])
def test_odd_numbers_in_the_nights_when_the_clocks_change_are_summed_before_they_are_halved(night: datetime) -> None:
    found = fold(
        each
        for quarter in range(92 if night.month == 3 else 100)
        for each in samples_of(
            site=SITE,
            edge="main",
            device="side-mat",
            at=night + quarter * timedelta(minutes=15),
            data=passing(1, 1, total=1).read(),
        )
    ).rows(LONDON)
    days = {at: cell[1] for (step, at, series), cell in found.items() if step is Step.DAY and series[2] == "passages"}
    assert days == {night: (92 if night.month == 3 else 100) * 1000}
    assert {series[2] for _, _, series in found} == {"passages"}


def test_the_error_of_a_day_is_less_than_that_of_an_hour_in_which_all_may_have_gone_one_way() -> None:
    assert visits_error(400, days=False) == 200
    assert visits_error(400, days=True) == pytest.approx(6.3, abs=0.1)
    assert visits_error(0, days=True) == 0


@pytest.mark.parametrize(("coverage", "error"), [(1.0, 6.3), (0.98, 200.0)])
def test_a_day_of_which_a_part_is_not_known_has_the_error_of_a_part(coverage: float, error: float) -> None:
    day = FigureSeries(
        measurement="footfall",
        device="side-mat",
        place="side-door",
        edge="main",
        field="passages",
        edges=[0, 24 * 3600],
        n=[9],
        total=[400.0],
        least=[None],
        most=[None],
        coverage=[coverage],
    )
    [found] = footfall_rows([day], LONDON)
    assert (found.visits, found.visits_error) == (200, error)


def test_an_event_of_an_older_edge_is_read_as_it_was() -> None:
    text = '{"kind":"footfall","counter":"c","door":null,"ins":1,"outs":0,"total_ins":5,"total_outs":4,"turned_back":0}'
    data = read_data("footfall", text)
    assert isinstance(data, FootfallData)
    assert encode(data) == text.replace('"door":null,', "").replace(',"turned_back":0', "").encode()
