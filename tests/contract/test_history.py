"""What every ``History`` keeps, in SQL and in a real InfluxDB; and that a dead one costs nothing."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.client.write_api import SYNCHRONOUS
from sqlalchemy import select

from controller.db.engine import Database
from controller.people.passwords import Passwords
from controller.platform.settings import HistorySettings as HistorySettings
from controller.platform.settings import Settings
from controller.telemetry.history import History, HistoryDown, HistoryFollower, HistoryRefuses, Sample, SqlHistory
from controller.telemetry.influx_history import InfluxHistory
from controller.telemetry.rollups.figures import figures
from controller.telemetry.rollups.fold import Step
from controller.telemetry.tables import samples
from edge.wire.topics import subscriptions
from tests.controller.clock import ManualClock
from tests.controller.telemetry.speaking import NOW, crossing, event, run_of
from tests.eventually import eventually
from tests.integration.hub import Hub, open_hub
from tests.memory_link import MemoryBroker
from tests.services.influx import InfluxServer

Row = tuple[datetime, str, str, str | None, dict[str, float]]


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A history and a way to read back what it holds of one measurement: time, site, device, place, fields."""

    history: History
    rows: Callable[[str], Awaitable[list[Row]]]


class _InOneTransaction:
    """The SQL history with a transaction around each write."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def write(self, found: Sequence[Sample]) -> None:
        async with self._database.write() as tx:
            await SqlHistory(tx).write(found)


@pytest.fixture(params=["sqlite", "postgresql", "influx"])
def backend(request: pytest.FixtureRequest) -> str | InfluxServer:
    """A database's URL, or an InfluxDB."""
    if request.param == "influx":
        server: InfluxServer = request.getfixturevalue("influx")
        return server
    if request.param == "sqlite":
        return str(request.getfixturevalue("sqlite_url"))
    template = request.getfixturevalue("postgres_template")
    return str(request.getfixturevalue("postgres_url")(template))


@pytest.fixture
async def kept(backend: str | InfluxServer) -> AsyncIterator[Kept]:
    if isinstance(backend, str):
        database = Database(backend)
        yield Kept(history=_InOneTransaction(database), rows=lambda name: in_sql(database, name))
        await database.close()
    else:
        server, bucket = backend, backend.create_bucket()
        history = influx_history(server, bucket)
        yield Kept(history=history, rows=lambda name: in_influx(server, bucket, name))
        await history.close()


def influx_history(server: InfluxServer, bucket: str) -> InfluxHistory:
    return InfluxHistory(url=server.url, org=server.org, bucket=bucket, token=server.token, timeout_s=60)


async def in_sql(database: Database, measurement: str) -> list[Row]:
    async with database.read() as tx:
        found = await tx.execute(
            select(samples).where(samples.c.measurement == measurement).order_by(samples.c.at, samples.c.device)
        )
        rows: dict[tuple[datetime, str, str, str | None], dict[str, float]] = {}
        for row in found:
            rows.setdefault((row.at, row.site, row.device, row.place), {})[row.field] = row.value
    return [(*key, fields) for key, fields in rows.items()]


async def in_influx(server: InfluxServer, bucket: str, measurement: str) -> list[Row]:
    query = f'SELECT * FROM "{measurement}" GROUP BY site, edge, device, place'
    answer = await asyncio.to_thread(server.query, bucket, query)
    rows: list[Row] = []
    for series in answer:
        for row in series.rows():
            at = datetime.fromisoformat(str(row.pop("time"))).astimezone(UTC)
            fields = {name: float(str(value)) for name, value in row.items() if value is not None}
            tags = series.tags
            rows.append((at, tags["site"], tags["device"], tags["place"] or None, fields))
    return sorted(rows, key=lambda row: (row[0], row[2]))


def sample(device: str = "front-beams", *, seconds: float = 0, **fields: int) -> Sample:
    return Sample(
        site="ramsey",
        edge="main",
        measurement="footfall",
        device=device,
        place="front-door",
        at=NOW + timedelta(seconds=seconds),
        fields=fields or {"ins": 1, "outs": 0},
    )


async def test_a_written_entry_is_stored_with_its_time_tags_and_numbers(kept: Kept) -> None:
    await kept.history.write([sample(ins=3, outs=1), sample(seconds=0.000001, ins=0, outs=2)])
    assert await kept.rows("footfall") == [
        (NOW, "ramsey", "front-beams", "front-door", {"ins": 3.0, "outs": 1.0}),
        (NOW + timedelta(microseconds=1), "ramsey", "front-beams", "front-door", {"ins": 0.0, "outs": 2.0}),
    ]


async def test_the_same_sample_twice_counts_once(kept: Kept) -> None:
    await kept.history.write([sample(), sample()])
    await kept.history.write([sample()])
    assert len(await kept.rows("footfall")) == 1


async def test_two_devices_at_the_same_instant_are_two(kept: Kept) -> None:
    await kept.history.write([sample("front-beams"), sample("side-beams")])
    assert [row[2] for row in await kept.rows("footfall")] == ["front-beams", "side-beams"]


async def test_measurements_are_kept_apart(kept: Kept) -> None:
    wifi = msgspec.structs.replace(sample(), measurement="wifi", place="hall", fields={"stations": 7})
    placeless = msgspec.structs.replace(sample("side-beams"), place=None)
    await kept.history.write([sample(), wifi, placeless])
    assert [row[4] for row in await kept.rows("wifi")] == [{"stations": 7.0}]
    assert [row[3] for row in await kept.rows("footfall")] == ["front-door", None]


async def test_nothing_is_written_for_nothing(kept: Kept) -> None:
    await kept.history.write([])


async def test_ten_thousand_samples_are_all_kept(kept: Kept) -> None:
    await kept.history.write([sample(seconds=number) for number in range(10_000)])
    assert len(await kept.rows("footfall")) == 10_000


async def test_a_dead_influx_is_reported_and_a_permanently_refusing_one_differently(influx: InfluxServer) -> None:
    bucket = influx.create_bucket()
    history, nowhere = influx_history(influx, bucket), influx_history(influx, "no-such-bucket")
    with pytest.raises(HistoryDown, match="no-such-bucket"):
        await nowhere.write([sample()])
    await history.write([sample()])
    influx.kill()
    with pytest.raises(HistoryDown, match="502"):
        await history.write([sample(seconds=1)])
    await history.close()
    await nowhere.close()


async def test_a_point_of_another_type_is_refused_permanently(influx: InfluxServer) -> None:
    bucket = influx.create_bucket()
    history = influx_history(influx, bucket)
    # InfluxDB compares types within a week, so the point is of that of the sample.
    line = f'footfall,site=ramsey ins="many" {int(NOW.timestamp())}'
    with InfluxDBClient(influx.url, influx.token, org=influx.org) as foreign:
        foreign.write_api(write_options=SYNCHRONOUS).write(bucket, record=line, write_precision="s")
    with pytest.raises(HistoryRefuses, match="400"):
        await history.write([sample()])
    await history.close()


@pytest.fixture
async def influx_hub(
    settings: Settings, clock: ManualClock, passwords: Passwords, influx: InfluxServer
) -> AsyncIterator[tuple[Hub, MemoryBroker, str]]:
    """A controller that keeps its history in InfluxDB."""
    bucket = influx.create_bucket()
    token_file = settings.data_dir / "influx-token"
    token_file.write_text(influx.token)
    history = HistorySettings(kind="influx", url=influx.url, org=influx.org, bucket=bucket, token_file=token_file)
    changed = msgspec.structs.replace(settings, history=history)
    broker = MemoryBroker()
    async with open_hub(changed, clock, passwords, link=broker.client(subscriptions("up"))) as hub:
        yield hub, broker, bucket


@pytest.mark.cases_full
async def test_a_controller_feeds_influx_and_a_dead_influx_blocks_nothing_and_loses_nothing(
    influx_hub: tuple[Hub, MemoryBroker, str], influx: InfluxServer
) -> None:
    hub, broker, bucket = influx_hub
    hook = hub.container.mqtt.hook
    assert isinstance(hook, HistoryFollower)
    async with hub.edge(broker.client(subscriptions("down", site="ramsey", edge="main"))) as edge:
        await hub.up_to_date()
        await edge.send([crossing(1, ins=2, total=(2, 0)), event(2)])
        await edge.acknowledged(2)

        async def arrived(number: int) -> bool:
            return len(await in_influx(influx, bucket, "motion")) == number

        await eventually(lambda: arrived(1), what="the first sample is in InfluxDB")
        influx.kill()
        await edge.send(run_of(3, 150))
        await edge.acknowledged(150)

        async def down() -> bool:
            return hook.down is not None

        await eventually(down, what="the follower knows that InfluxDB is down")
        await edge.send(run_of(151, 200))
        await edge.acknowledged(200)
        influx.restart()
        await eventually(lambda: arrived(199), what="everything is in InfluxDB")
        assert await in_influx(influx, bucket, "footfall") == [
            (NOW, "ramsey", "front-beams", "front-door", {"ins": 2.0, "outs": 0.0})
        ]
        day = NOW.date()
        stored, _ = await hub.container.figure_reader.read(
            "ramsey", (day.isoformat(), (day + timedelta(days=1)).isoformat()), Step.DAY, footfall=True
        )
        assert [(each.field, each.n, each.total) for each in figures(stored)] == [("ins", [1], [2]), ("outs", [1], [0])]
    async with hub.container.database.read() as tx:
        assert (await tx.execute(select(samples))).first() is None
