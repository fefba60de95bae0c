"""Figures over time are the same from the SQL roll-ups and from a real InfluxDB, and what one lacks is not zero."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import msgspec
import pytest

from controller.db.engine import Database
from controller.platform.settings import HistorySettings
from controller.telemetry.history import HistoryFollower
from controller.telemetry.influx_history import InfluxHistory
from controller.telemetry.rollups.figure_reader import FigureReader, row_source
from controller.telemetry.rollups.figures import figures
from controller.telemetry.rollups.fold import Step
from controller.telemetry.rollups.influx_rows import HistoryUnreadable, InfluxRows
from controller.telemetry.rollups.rows import FootfallRow, SampleRow, as_csv, footfall_rows, sample_rows
from edge.wire.events import Event, ReadingData, WifiData
from tests.controller.clock import ManualClock
from tests.controller.telemetry.rollups.storing import make_site, store
from tests.controller.telemetry.rollups.test_service import alive, some_weeks
from tests.controller.telemetry.speaking import crossing, event
from tests.services.influx import InfluxServer

SITE = "ramsey"
LATER = datetime(2026, 12, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Store(msgspec.Struct, frozen=True, kw_only=True):
    """Takes events as the controller does, and reads figures. ``follower`` brings samples to InfluxDB."""

    database: Database
    reader: FigureReader
    clock: ManualClock
    follower: HistoryFollower | None = None

    async def keep(self, *lots: Sequence[Event]) -> None:
        await store(self.database, SITE, *lots, now=self.clock.now())
        await self.follow()

    async def follow(self) -> None:
        while self.follower is not None and await self.follower.step():
            pass

    async def footfall(self, start: str, end: str, by: Step) -> list[FootfallRow]:
        stored, zone = await self.reader.read(SITE, (start, end), by, footfall=True)
        return footfall_rows(figures(stored), zone)

    async def samples(self, start: str, end: str, by: Step, place: str | None = None) -> list[SampleRow]:
        stored, zone = await self.reader.read(SITE, (start, end), by, footfall=False, place=place)
        return sample_rows(figures(stored), zone)


@asynccontextmanager
async def opened(url: str, influx: InfluxServer | None) -> AsyncIterator[Store]:
    database, clock = Database(url), ManualClock(LATER)
    if influx is None:
        yield Store(database=database, reader=FigureReader(database, clock), clock=clock)
    else:
        bucket = influx.create_bucket()
        history = InfluxHistory(url=influx.url, org=influx.org, bucket=bucket, token=influx.token, timeout_s=60)
        rows = InfluxRows(url=influx.url, bucket=bucket, token=influx.token, timeout_s=60)
        reader = FigureReader(database, clock, rows)
        follower = HistoryFollower(database=database, history=history)
        yield Store(database=database, reader=reader, clock=clock, follower=follower)
        await reader.close()
        await history.close()
    await database.close()


@pytest.fixture(params=["sqlite", "postgresql", "influx"])
def backend(request: pytest.FixtureRequest) -> tuple[str, InfluxServer | None]:
    """A database's URL, and an InfluxDB beside it."""
    if request.param == "postgresql":
        template = request.getfixturevalue("postgres_template")
        return str(request.getfixturevalue("postgres_url")(template)), None
    influx = request.getfixturevalue("influx") if request.param == "influx" else None
    return str(request.getfixturevalue("sqlite_url")), influx


@pytest.fixture
async def kept(backend: tuple[str, InfluxServer | None]) -> AsyncIterator[Store]:
    async with opened(*backend) as found:
        yield found


@pytest.fixture
async def in_influx(sqlite_url: str, influx: InfluxServer) -> AsyncIterator[Store]:
    async with opened(sqlite_url, influx) as found:
        yield found


async def test_hours_and_days_are_the_sites_own_when_clocks_change(kept: Store) -> None:
    await make_site(kept.database, SITE)
    night = datetime(2026, 10, 25, tzinfo=UTC)  # 01:00 in summer; the hour from 01:00 comes twice
    evening = datetime(2026, 10, 25, 23, 30, tzinfo=UTC)
    await kept.keep(
        [
            crossing(seq, ins=seq, total=(seq * (seq + 1) // 2, 0), at=night + timedelta(minutes=30 * seq))
            for seq in range(1, 5)
        ],
        [crossing(5, ins=1, outs=2, total=(11, 2), at=evening)],
    )
    await alive(kept.database, LATER, head=5)
    hours = await kept.footfall("2026-10-25", "2026-10-26", Step.HOUR)
    assert [(row.starts, row.ins, row.outs, row.events, row.coverage) for row in hours[1:4]] == [
        ("2026-10-25T01:00:00+01:00", 1, 0, 1, 0.5),
        ("2026-10-25T01:00:00+00:00", 5, 0, 2, 1.0),
        ("2026-10-25T02:00:00+00:00", 4, 0, 1, 1.0),
    ]
    assert len(hours) == 25
    [day] = await kept.footfall("2026-10-25", "2026-10-26", Step.DAY)
    assert (day.ins, day.outs, day.events) == (11, 2, 5)
    months = await kept.footfall("2026-09-01", "2026-12-01", Step.MONTH)
    assert [(row.ins, row.events) for row in months] == [(None, 0), (11, 5), (0, 0)]


async def test_a_measured_figure_has_its_mean_and_extremes_and_late_readings_are_added(kept: Store) -> None:
    await make_site(kept.database, SITE)
    nine = datetime(2026, 11, 25, 9, tzinfo=UTC)
    readings = [{"co2": 600.0, "temperature": 19.4567}, {"co2": 901.0}, {"motion": 1.0}, {"co2": 450.0}]
    wifi = event(5, WifiData(zone="hall", stations=10, minutes=3), at=nine, device="wifi-hall")
    twice = event(6, WifiData(zone="hall", stations=13), at=nine, device="wifi-hall")
    at_nine = [
        event(seq, ReadingData(family="shelly", name="hall", values=values), at=nine + seq * MINUTE, device="air-hall")
        for seq, values in enumerate(readings, 1)
    ]
    await kept.keep([*at_nine[:3], wifi])
    await kept.keep([at_nine[3], twice])
    await kept.keep([at_nine[0]])
    rows = await kept.samples("2026-11-25T09:00", "2026-11-25T10:00", Step.HOUR)
    assert [(row.measurement, row.field, row.readings, row.total, row.mean, row.least, row.most) for row in rows] == [
        ("motion", "active", 1, 1, None, None, None),
        ("room", "co2", 3, None, 650.333, 450, 901),
        ("room", "temperature", 1, None, 19.457, 19.457, 19.457),
        ("wifi", "minutes", 1, 3, None, None, None),
        ("wifi", "stations", 2, None, 11.5, 10, 13),
    ]
    assert "known for" in as_csv(rows, {"coverage": "coverage"}).decode()
    assert {row.device for row in await kept.samples("2026-11-25", "2026-11-26", Step.DAY, "hall")} == {"wifi-hall"}


@pytest.mark.cases_full
@pytest.mark.parametrize("zone", ["Europe/London", "Asia/Kolkata", "America/St_Johns"])
async def test_every_row_of_every_step_is_as_the_roll_ups_have_it(in_influx: Store, zone: str) -> None:
    await make_site(in_influx.database, SITE, zone)
    await in_influx.keep(some_weeks(Random(3), 400))
    await alive(in_influx.database, LATER, head=400)
    in_sql = msgspec.structs.replace(in_influx, reader=FigureReader(in_influx.database, in_influx.clock))
    read: list[tuple[Step, str]] = []
    for by, days in ((Step.FIVE_MINUTES, 3), (Step.HOUR, 20), (Step.DAY, 300), (Step.MONTH, 300)):
        for start in ("2026-03-28", "2026-10-24", "2026-11-29"):
            edges = (start, (datetime.fromisoformat(start) + timedelta(days=days)).date().isoformat())
            assert await in_influx.footfall(*edges, by) == await in_sql.footfall(*edges, by)
            found = await in_influx.samples(*edges, by)
            assert found == await in_sql.samples(*edges, by)
            read += [(by, start) for row in found if row.readings]
    assert {by for by, _ in read} == set(Step)


def test_figures_are_read_from_where_samples_are(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("secret\n")
    history = HistorySettings(kind="influx", url="http://127.0.0.1:8086", org="o", bucket="b", token_file=token)
    assert isinstance(row_source(history), InfluxRows)
    assert row_source(HistorySettings()) is None


async def test_what_influx_does_not_have_is_not_zero(in_influx: Store, influx: InfluxServer) -> None:
    await make_site(in_influx.database, SITE)
    nine = datetime(2026, 11, 25, 9, tzinfo=UTC)
    hours = ("2026-11-25T09:00", "2026-11-25T12:00", Step.HOUR)
    await in_influx.keep([crossing(1, ins=2, total=(2, 0), at=nine)])
    late = [
        crossing(2, ins=1, total=(3, 0), at=nine + MINUTE),
        crossing(3, ins=4, total=(7, 0), at=nine + 130 * MINUTE),
    ]
    await store(in_influx.database, SITE, late, now=LATER)
    await alive(in_influx.database, LATER, head=3)
    assert [(row.ins, row.coverage) for row in await in_influx.footfall(*hours)] == [(2, 0.0), (0, 1.0), (None, 0.0)]
    await in_influx.follow()
    assert [(row.ins, row.coverage) for row in await in_influx.footfall(*hours)] == [(3, 1.0), (0, 1.0), (4, 1.0)]
    influx.kill()
    with pytest.raises(
        HistoryUnreadable, match=r"bucket_1.*cannot be read: it answered 502 Bad Gateway. See that it runs"
    ):
        await in_influx.footfall(*hours)
