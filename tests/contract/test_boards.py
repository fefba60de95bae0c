"""Grafana's boards and alert rules: each is whole, and each of its queries has rows in the real store."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import combinations, pairwise
from random import Random
from typing import Any

import asyncpg
import httpx
import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest
from sqlalchemy import insert

import controller.app.schema  # noqa: F401  # all tables
from controller.alerts.repository import alerts
from controller.app.container import Container
from controller.db.engine import Database, metadata
from controller.estate.tables import edges
from controller.telemetry.envelope_verifier import EnvelopeVerifier
from controller.telemetry.history import HistoryFollower, Sample
from controller.telemetry.influx_history import InfluxHistory
from controller.telemetry.metrics import TelemetryMetrics
from controller.telemetry.rollups.figures import figures, stored_figures
from controller.telemetry.rollups.fold import Step
from edge.wire.events import Event, EventData, FaultData, MotionData, OutageData, ReadingData, WifiData
from edge.wire.faults import FaultCode
from edge.wire.interval import Interval
from tests import grafana
from tests.controller.telemetry.rollups.storing import make_site, store
from tests.controller.telemetry.rollups.test_service import LONDON, alive, some_weeks
from tests.controller.telemetry.speaking import crossing, event
from tests.grafana import Asked, Json, ago
from tests.memory_link import MemoryBroker
from tests.services.influx import InfluxServer
from tests.services.postgres import PostgresServer

SITE = "ramsey"
NOW = datetime(2026, 11, 25, 13, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
_READS = {
    *("sites", "edges", "doors", "spaces", "alerts", "edge_states", "event_logs", "event_runs", "events"),
    *("outages", "blind_marks", "device_states", "rollup_series", "rollups", "room_sensors", "sensor_runs"),
}
"""What functions of the boards read; of events the time and the number alone."""
ASKED = list(grafana.queries())
UNITS = {"none", "ppm", "celsius", "humidity", "percentunit", "percent", "s", "eps", "reqps"}
BOARDS = grafana.boards()


def overlap(one: Json, other: Json) -> bool:
    return bool(
        one["x"] < other["x"] + other["w"]
        and other["x"] < one["x"] + one["w"]
        and one["y"] < other["y"] + other["h"]
        and other["y"] < one["y"] + one["h"]
    )


@pytest.mark.parametrize("file", BOARDS)
def test_a_board_is_whole_and_its_panels_lie_side_by_side(file: str) -> None:
    board = BOARDS[file]
    sources = {
        one["uid"]: one["type"] for each in grafana.provisioned("datasources").values() for one in each["datasources"]
    }
    assert re.fullmatch(r"[a-z-]{1,40}", board["uid"])
    assert board["schemaVersion"] >= 39
    assert board["templating"]["list"][0]["name"] == "site"
    panels = board["panels"]
    assert len({each["id"] for each in panels}) == len(panels)
    for panel in panels:
        place = panel["gridPos"]
        assert 0 <= place["x"] < place["x"] + place["w"] <= 24, panel["title"]
        assert panel["type"] in {"stat", "timeseries", "table"}
        assert panel["fieldConfig"]["defaults"]["unit"] in UNITS
        for each in [panel, *panel["targets"]]:
            assert sources[each["datasource"]["uid"]] == each["datasource"]["type"]
        assert len({each["refId"] for each in panel["targets"]}) == len(panel["targets"])
        if panel["type"] == "timeseries":
            assert panel["fieldConfig"]["defaults"]["custom"]["spanNulls"] is False, "a gap is no line"
    assert not [(a["title"], b["title"]) for a, b in combinations(panels, 2) if overlap(a["gridPos"], b["gridPos"])]


def test_no_two_boards_sources_rules_or_providers_are_one() -> None:
    assert (
        len({each["uid"] for each in BOARDS.values()})
        == len(BOARDS)
        == len({each["title"] for each in BOARDS.values()})
    )
    found = [rule for kind in grafana.KINDS for rule in grafana.rules(kind)]
    assert len({each["uid"] for each in found}) == len(found) == len({each["title"] for each in found})
    for kind, provider in grafana.provisioned("dashboards").items():
        [each] = provider["providers"]
        assert each["options"]["path"].endswith(f"/{kind}"), "docs/grafana.md copies boards there"
        assert list((grafana.FOLDER / kind).glob("*.json"))


@pytest.mark.parametrize("kind", grafana.KINDS)
def test_a_rule_is_as_grafana_takes_it_from_a_file(kind: str) -> None:
    said = grafana.provisioned("alerting")[kind]
    assert said["apiVersion"] == 1
    sources = {one["uid"] for each in grafana.provisioned("datasources").values() for one in each["datasources"]}
    for group in said["groups"]:
        assert group.keys() == {"orgId", "name", "folder", "interval", "rules"}
        assert group["folder"] == "Hallkeeper"
        for rule in group["rules"]:
            assert re.fullmatch(r"[a-z0-9-]{1,40}", rule["uid"])
            assert re.fullmatch(r"\d+[smh]", rule["for"])
            assert rule["noDataState"] in {"OK", "Alerting"}
            assert rule["execErrState"] == "Error"
            before: list[str] = []
            for step in rule["data"]:
                model = step["model"]
                assert step["refId"] == model["refId"]
                if step["datasourceUid"] == "__expr__":
                    assert model["type"] in {"reduce", "threshold"}
                    assert model["expression"] in before
                else:
                    assert step["datasourceUid"] in sources
                    assert step["relativeTimeRange"]["from"] > step["relativeTimeRange"]["to"] == 0
                    assert " AS metric" not in model.get("rawSql", ""), "that one becomes no label, and each needs one"
                before.append(step["refId"])
            assert rule["condition"] == before[-1]
            named = re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"])
            asked = "".join(str(step["model"]) for step in rule["data"])
            assert all(name in asked or kind == "system" for name in named)


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked.where)
def test_no_query_makes_a_zero_of_what_is_not_known(asked: Asked) -> None:
    text = str(asked.target).lower()
    assert not re.search(r"fill\((0|previous|linear)\)|coalesce\([^)]*, *0\)|timegroup(alias)?\([^)]*,[^)]*,", text)


def some_days() -> list[Event]:
    """A week of a door, WiFi, movement and air, with an outage and a dead beam."""
    found, seq, ins = [], 0, 0
    dead = [FaultData(code=FaultCode.BEAM_DEAD, part="beam 2", present=present) for present in (True, False)]
    air = ReadingData(
        family="zigbee", name="air", values={"co2": 700.0, "temperature": 19.5, "humidity": 45.0}, battery=7.0
    )
    for hour in range(24 * 7):
        at = NOW - timedelta(days=7) + hour * 60 * MINUTE + 55 * MINUTE
        ins += hour % 3
        said: list[tuple[EventData, str]] = [(WifiData(zone="hall", stations=hour % 9), "wifi-hall"), (air, "air-hall")]
        said += [(MotionData(zone="hall", active=hour % 2 == 0), "pir-hall")]
        said += {50: [(dead[0], "front-beams")], 60: [(dead[1], "front-beams")]}.get(hour, [])
        said += {70: [(OutageData(start=at - 150 * MINUTE, end=at), "agent")]}.get(hour, [])
        if hour % 3:
            found.append(crossing(seq := seq + 1, ins=hour % 3, outs=1, total=(ins, hour), at=at))
        found += [event(seq := seq + 1, data, at=at, device=device) for data, device in said]
    return found


async def a_building(database: Database) -> None:
    await make_site(database, SITE)
    found = some_days()
    await store(database, SITE, found, now=NOW)
    await alive(database, NOW, head=len(found))
    begun = NOW - 50 * MINUTE
    alert = {"id": "a", "site": SITE, "kind": "offline", "edge": "porch", "about": "porch", "text": "Mrs Zebra’s"}
    times = {"begun_at": begun, "raised_at": begun, "momentary": False}
    async with database.write() as tx:
        await tx.execute(insert(edges), [{"site": SITE, "id": each, "name": each} for each in ("main", "porch")])
        await tx.execute(insert(alerts).values(**alert, **times, acknowledged_by="Mr Zebra"))


@asynccontextmanager
async def as_grafana(postgres: PostgresServer, url: str) -> AsyncIterator[asyncpg.Connection]:
    """The database with the functions, as the role that Grafana has."""
    for _ in range(2):  # as after an upgrade
        await asyncio.to_thread(postgres.run_file, url, grafana.FOLDER / "postgresql" / "functions.sql")
    name = url.rpartition("/")[2]
    reader = await asyncpg.connect(user="hallkeeper_boards", host="127.0.0.1", port=postgres.port, database=name)
    try:
        yield reader
    finally:
        await reader.close()


async def test_every_query_on_postgresql_has_rows_and_its_role_reads_nothing_else(
    postgres: PostgresServer, postgres_url: Callable[..., str], postgres_template: str
) -> None:
    url = postgres_url(postgres_template)
    database = Database(url)
    await a_building(database)
    await database.close()
    asked = [each for each in ASKED if each.source == "hallkeeper-postgresql"]
    assert len(asked) > 20
    async with as_grafana(postgres, url) as reader:
        for each in asked:
            text = grafana.in_sql(each.target["rawSql"], ago(NOW, each, {"site": [SITE, "o-brien"], "step": "hour"}))
            rows = [tuple(row) for row in await reader.fetch(text)]
            assert rows, each.where
            assert rows != [(0,)], each.where
            if each.target.get("format") == "time_series":
                assert any(row[-1] is not None for row in rows), each.where
            assert "Zebra" not in str(rows)
        allowed = "SELECT has_table_privilege(current_user, $1, 'SELECT,INSERT,UPDATE,DELETE')"
        assert not [name for name in metadata.tables if await reader.fetchval(allowed, name)]
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await reader.fetch("SELECT * FROM parties")
        await let_make_anything(url)
        await reader.execute("SET default_transaction_read_only = off")
        await reader.execute(_HIJACK)
        for function in ("sites()", "known('ramsey', now())", "figures('{ramsey}', 'day', now(), now(), 'room')"):
            await reader.fetch(f"SELECT * FROM boards.{function}")


_HIJACK = """
CREATE FUNCTION public.as_owner(varchar, text) RETURNS bool LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION 'this runs with the rights of %', current_user; END $$;
CREATE OPERATOR public.= (LEFTARG = varchar, RIGHTARG = text, FUNCTION = public.as_owner);
"""
"""What every role may do to others in PostgreSQL 14, and in a newer one that was upgraded from it."""


async def let_make_anything(url: str) -> None:
    owner = await asyncpg.connect(url.replace("+asyncpg", ""))
    await owner.execute("GRANT CREATE ON SCHEMA public TO PUBLIC")
    await owner.close()


def test_the_functions_of_the_boards_read_only_these_tables() -> None:
    text = re.sub(r"--.*", "", (grafana.FOLDER / "postgresql" / "functions.sql").read_text())
    assert set(re.findall(r"\w+", text)) & set(metadata.tables) - {"series", "grants"} == _READS
    assert not re.search(r"\bv\.(?!at\b|log_id\b|seq\b)|\ba\.(text|acknowledged_by|members)\b", text)


@pytest.mark.parametrize(
    "step", [Step.FIVE_MINUTES, *(pytest.param(each, marks=pytest.mark.cases_full) for each in (Step.HOUR, Step.DAY))]
)
async def test_figures_and_coverage_of_the_boards_are_those_of_the_api(
    postgres: PostgresServer, postgres_url: Callable[..., str], postgres_template: str, step: Step
) -> None:
    url = postgres_url(postgres_template)
    database = Database(url)
    await make_site(database, SITE)
    found = some_weeks(Random(5), 200)
    for seq in (41, 99, 120):
        found[seq] = event(seq + 1, OutageData(start=found[seq].at - 40 * MINUTE, end=found[seq].at), at=found[seq].at)
    await store(database, SITE, found)
    await alive(database, datetime(2026, 12, 2, tzinfo=UTC), head=200)
    async with as_grafana(postgres, url) as reader:
        for start, end in (("2026-03-28", "2026-03-30"), ("2026-10-24", "2026-10-27"), ("2026-11-29", "2026-12-03")):
            since, until = (datetime.fromisoformat(day).replace(tzinfo=LONDON).astimezone(UTC) for day in (start, end))
            said = await of_the_api(database, step, Interval(start=since, end=until))
            query = "SELECT * FROM boards.figures(ARRAY[$1], $2, $3, $4, 'footfall')"
            rows = await reader.fetch(query, SITE, step.value, since, until)
            shown = {(row["at"], row["field"]): (row["n"], row["total"], row["coverage"]) for row in rows}
            assert shown.keys() == said.keys()
            assert [shown[key][:2] for key in said] == [each[:2] for each in said.values()]
            assert [shown[key][2] for key in said] == pytest.approx([each[2] for each in said.values()], abs=2e-4)
            assert any(each[1] for each in said.values())
    await database.close()


async def of_the_api(database: Database, step: Step, during: Interval) -> dict[tuple[datetime, str], tuple[Any, ...]]:
    """Start and field -> readings, total and coverage, from the step on in which a counter was first heard."""
    async with database.read() as tx:
        stored = await stored_figures(tx, SITE, step, during, LONDON, during.end, footfall=True)
    assert stored is not None
    first = min(each.first_at for each in stored.heard)
    return {
        (datetime.fromtimestamp(start, UTC), each.field): tuple(numbers)
        for each in figures(stored)
        for (start, end), *numbers in zip(pairwise(each.edges), each.n, each.total, each.coverage, strict=True)
        if end > first.timestamp()
    }


async def test_every_query_on_influxdb_has_rows(influx: InfluxServer, sqlite_url: str) -> None:
    database, bucket = Database(sqlite_url), influx.create_bucket()
    history = InfluxHistory(url=influx.url, org=influx.org, bucket=bucket, token=influx.token, timeout_s=60)
    await a_building(database)
    await HistoryFollower(database=database, history=history).step()
    asked = [each for each in ASKED if each.source == "hallkeeper-influxdb"]
    assert len(asked) > 8
    for each in asked:
        shown = ago(NOW, each, {"site": [SITE, "other"], "zone": "Europe/London"}, "30m")
        found = await asyncio.to_thread(influx.query, bucket, grafana.in_influxql(each.target["query"], shown))
        assert [row for series in found for row in series.values if None not in row], each.where
    await history.close()
    await database.close()


async def test_people_in_on_influxdb_are_who_came_in_and_half_of_the_passages(influx: InfluxServer) -> None:
    bucket = influx.create_bucket()
    history = InfluxHistory(url=influx.url, org=influx.org, bucket=bucket, token=influx.token, timeout_s=60)
    counted = {"front-door": {"ins": 4.0, "outs": 1.0}, "side-door": {"passages": 5.0}}
    points = [
        Sample(
            site=SITE,
            edge="main",
            measurement="footfall",
            device=f"{door}-beams",
            place=door,
            at=NOW - 90 * MINUTE,
            fields=fields,
        )
        for door, fields in counted.items()
    ]
    await history.write(points)
    asked = [each for each in ASKED if "passages" in each.target.get("query", "")]
    assert len(asked) == 3
    for each in asked:
        shown = ago(NOW, each, {"site": [SITE, "other"], "zone": "Europe/London"}, "30m")
        found = await asyncio.to_thread(influx.query, bucket, grafana.in_influxql(each.target["query"], shown))
        sums = {one.tags.get("place", "all"): [row[1] for row in one.values if row[1] is not None] for one in found}
        assert sums in ({"all": [6.5]}, {"front-door": [4.0], "side-door": [2.5]}), each.where
    await history.close()


async def test_every_metric_that_is_asked_for_is_on_the_metrics_page(
    client: httpx.AsyncClient, container: Container
) -> None:
    await a_building(container.database)
    registry = CollectorRegistry()
    follower = HistoryFollower(database=container.database, history=NoHistory())
    registry.register(
        TelemetryMetrics(
            link=MemoryBroker().client([]),
            lease=None,
            verifier=EnvelopeVerifier(),
            strays={},
            failed={},
            dropped=int,
            hook=follower,
        )
    )
    await container.mqtt.occupancy.now(SITE)
    text = (await client.get("/metrics")).text + generate_latest(registry).decode()
    text = (await client.get("/metrics")).text + text  # the first answer is counted in the second
    there = set(re.findall(r"^(?:# TYPE )?(hallkeeper_\w+)", text, re.MULTILINE))
    asked = [each for each in ASKED if each.source == "hallkeeper-prometheus"]
    assert len(asked) > 20
    for each in asked:
        shown = ago(NOW, each, {"site": [SITE, "other"]})
        filled = grafana.in_promql(each.target["expr"], shown)
        assert (names := set(re.findall(r"hallkeeper_\w+", filled))), each.where
        assert names <= there, each.where
    assert re.search(r'^hallkeeper_people_low\{site="ramsey"\} \d', text, re.MULTILINE)
    assert 'hallkeeper_alerts_open{code="offline",site="ramsey"} 1.0' in text
    assert 'hallkeeper_sensor_battery_low{device="air-hall",edge="main",site="ramsey"} 1.0' in text
    assert 'hallkeeper_sensor_battery_percent{device="air-hall",edge="main",site="ramsey"} 7.0' in text


class NoHistory:
    async def write(self, samples: object) -> None:
        """Nothing comes."""
