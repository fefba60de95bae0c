"""Footfall and samples over HTTP, as JSON and CSV, and the command that makes them again."""

import asyncio
import csv
import io
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import delete, select
from typer.testing import CliRunner

from controller.app.cli.controller import app as commands
from controller.app.container import Container
from controller.telemetry.rollups import figures, repository, routes
from controller.telemetry.rollups.influx_rows import InfluxRows
from controller.telemetry.rollups.rows import SAMPLE_COLUMNS, SampleRow, as_csv
from controller.telemetry.tables import events, rollups
from edge.wire.events import FaultData, MotionData, WifiData
from edge.wire.faults import FaultCode
from tests.controller.clock import ManualClock
from tests.controller.telemetry.rollups.storing import rows_of, store
from tests.controller.telemetry.rollups.test_service import alive
from tests.controller.telemetry.speaking import crossing, event
from tests.controller.village import API, SITE, Json

NINE = datetime(2026, 11, 25, 9, tzinfo=UTC)
NOW = datetime(2026, 11, 25, 13, tzinfo=UTC)
DAY = {"from": "2026-11-25", "to": "2026-11-26"}


@pytest.fixture
async def counted(village: httpx.AsyncClient, container: Container, clock: ManualClock) -> httpx.AsyncClient:
    """A counter that counted from nine and was heard of until noon, movement, and WiFi."""
    minute = timedelta(minutes=1)
    await store(
        container.database,
        SITE,
        [
            crossing(1, ins=3, outs=1, total=(3, 1), at=NINE),
            event(2, MotionData(zone="hall", active=True), at=NINE),
            event(3, MotionData(zone="hall", active=False), at=NINE + minute),
            event(4, WifiData(zone="hall", stations=10), at=NINE, device="wifi-hall"),
            event(5, WifiData(zone="hall", stations=13), at=NINE + minute, device="wifi-hall"),
            crossing(6, ins=1, outs=0, total=(4, 1), at=NINE + 2 * 60 * minute),
        ],
        now=NOW,
    )
    await alive(container.database, NINE + 3 * 60 * minute, head=6)
    clock.set(NOW)
    return village


async def rows(client: httpx.AsyncClient, path: str, **more: str) -> list[Json]:
    answer = await client.get(f"{API}/sites/{SITE}/{path}", params=DAY | more)
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["items"]
    return found


async def test_footfall_by_the_hour_has_each_counter_with_its_coverage(counted: httpx.AsyncClient) -> None:
    found = await rows(counted, "footfall")
    assert [each["starts"] for each in found][:2] == ["2026-11-25T00:00:00+00:00", "2026-11-25T01:00:00+00:00"]
    assert [(each["ins"], each["outs"], each["events"], each["coverage"]) for each in found[8:]] == [
        (None, None, 0, 0.0),
        (3, 1, 1, 1.0),
        (0, 0, 0, 1.0),
        (1, 0, 1, 1.0),
        (None, None, 0, 0.0),
    ]
    assert (found[9]["counter"], found[9]["door"]) == ("front-beams", "front-door")
    [day] = await rows(counted, "footfall", by="day")
    assert (day["ins"], day["outs"], day["coverage"]) == (4, 1, 0.125)
    assert len(await rows(counted, "footfall", by="5min")) == 13 * 12
    assert await rows(counted, "footfall", counter="side-beams") == []


async def test_one_counter_that_was_silent_has_its_rows(counted: httpx.AsyncClient, container: Container) -> None:
    dark = {"from": "2026-11-25T10:00", "to": "2026-11-25T11:00"}
    [row] = await rows(counted, "footfall", counter="front-beams", **dark)
    assert (row["ins"], row["outs"], row["coverage"]) == (0, 0, 1.0)


@pytest.mark.parametrize(
    ("path", "one", "wide"),
    [("footfall", {"counter": "front-beams"}, "one counter"), ("samples", {"place": "hall"}, "one place")],
)
async def test_more_rows_than_an_answer_may_have_are_refused_before_they_are_read(
    counted: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, path: str, one: dict[str, str], wide: str
) -> None:
    monkeypatch.setattr(figures, "ROWS_LIMIT", 12)  # a day has 13 hours up to now

    async def never(*_: object, **__: object) -> None:
        pytest.fail("read")

    monkeypatch.setattr(repository, "read_rows", never)
    for asked in (DAY, DAY | one):
        answer = await counted.get(f"{API}/sites/{SITE}/{path}", params=asked)
        assert answer.status_code == 422
        assert f"more than 12 rows for one answer: ask for fewer days, a larger step or {wide}" in answer.text
    monkeypatch.undo()
    monkeypatch.setattr(figures, "ROWS_LIMIT", 26)
    assert len(await rows(counted, path, **one)) == (13 if path == "footfall" else 26)


async def test_one_place_is_within_the_limit_where_all_are_not(
    counted: httpx.AsyncClient, container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store(container.database, SITE, [event(7, WifiData(zone="foyer", stations=1), at=NINE, device="wifi-foyer")])
    monkeypatch.setattr(figures, "ROWS_LIMIT", 26)
    assert (await counted.get(f"{API}/sites/{SITE}/samples", params=DAY)).status_code == 422
    assert len(await rows(counted, "samples", place="foyer")) == 13


async def test_figures_of_days_stay_as_they_are_when_events_and_hours_are_deleted(
    counted: httpx.AsyncClient, container: Container
) -> None:
    dead = FaultData(code=FaultCode.BEAM_DEAD, part="beam 2", present=True)
    faults = [event(7, dead, at=NINE + timedelta(hours=2), device="front-beams")]
    await store(container.database, SITE, faults, now=NOW)
    before = await rows(counted, "footfall", by="day")
    assert before[0]["coverage"] == round(2 / 24, 4)
    hours = await rows(counted, "footfall")
    for kind in ("events", "rollups"):
        for rule in container.retention._rules[kind]:
            await container.retention.carry_out(rule, NOW + timedelta(days=1))
    async with container.database.read() as tx:
        assert (await tx.execute(select(events))).first() is None
    assert await rows(counted, "footfall", by="day") == before
    deleted = await rows(counted, "footfall")
    assert {each["events"] for each in deleted} == {0} != {each["events"] for each in hours}
    assert {(each["ins"], each["coverage"]) for each in deleted} == {(None, 0)}


async def test_figures_are_built_beside_the_event_loop_and_after_the_reads(
    counted: httpx.AsyncClient, container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bool] = []
    build, loop = figures.figures, asyncio.get_running_loop()

    def watched(stored: figures.StoredFigures | None) -> list[figures.FigureSeries]:
        with pytest.raises(RuntimeError):
            asyncio.get_running_loop()
        # The database is asked while the figures are built: on the loop, nothing would answer.
        seen.append(bool(asyncio.run_coroutine_threadsafe(rows_of(container.database, SITE), loop).result(10)))
        return build(stored)

    monkeypatch.setattr(routes, "figures", watched)
    assert await rows(counted, "footfall")
    assert await rows(counted, "samples")
    assert seen == [True, True]


async def test_what_is_counted_has_a_total_and_what_is_measured_a_mean(counted: httpx.AsyncClient) -> None:
    found = [
        each for each in await rows(counted, "samples", place="hall") if each["starts"].startswith("2026-11-25T09")
    ]
    shown = [(each["device"], each["unit"], each["total"], each["mean"], each["least"], each["most"]) for each in found]
    assert shown == [("pir-hall", "movements begun", 1, None, None, None), ("wifi-hall", "devices", None, 11.5, 10, 13)]
    assert await rows(counted, "samples", place="foyer") == []


async def test_a_file_has_units_in_its_heading_and_says_where_nothing_is_known(counted: httpx.AsyncClient) -> None:
    answer = await counted.get(f"{API}/sites/{SITE}/footfall.csv", params=DAY)
    assert answer.headers["content-disposition"] == f'attachment; filename="{SITE}-footfall.csv"'
    heading, *lines = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert heading[3:] == [
        *(
            "in (people, raw count)",
            "out (people, raw count)",
            "passages both ways (raw count)",
            "visits (people in, or passages halved)",
            "error of halved visits (people)",
            "events",
            "coverage (share of the time, 0 to 1)",
            "notes",
        )
    ]
    assert lines[8][3:] == ["", "", "", "", "", "0", "0.0", "not known: silence is not zero"]
    assert lines[9][3:] == ["3", "1", "", "3", "", "1", "1.0", ""]
    answer = await counted.get(f"{API}/sites/{SITE}/samples.csv", params=DAY | {"by": "day"})
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [line[1:9] for line in lines[1:]] == [
        ["hall", "pir-hall", "motion", "active", "movements begun", "2", "1.0", ""],
        ["hall", "wifi-hall", "wifi", "stations", "devices", "2", "", "11.5"],
    ]


def test_a_number_below_zero_is_a_number_in_the_file_and_a_text_is_no_formula() -> None:
    row = SampleRow(
        starts="s",
        place="=1",
        device="d",
        measurement="room",
        field="f",
        unit="-",
        readings=2,
        total=None,
        mean=-3.5,
        least=-4.0,
        most=-3.0,
        coverage=1.0,
    )
    [_, line] = csv.reader(io.StringIO(as_csv([row], SAMPLE_COLUMNS).decode("utf-8-sig")))
    assert line == ["s", "'=1", "d", "room", "f", "'-", "2", "", "-3.5", "-4.0", "-3.0", "1.0", ""]


@pytest.mark.parametrize("path", ["footfall", "footfall.csv", "samples", "samples.csv"])
async def test_figures_in_an_influxdb_that_is_down_are_an_error_that_says_what_to_do(
    counted: httpx.AsyncClient, container: Container, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    with socket.socket() as taken:  # nobody listens
        taken.bind(("127.0.0.1", 0))
        rows = InfluxRows(url=f"http://127.0.0.1:{taken.getsockname()[1]}", bucket="samples", token="t")
        monkeypatch.setattr(container.figure_reader, "_source", rows)
        answer = await counted.get(f"{API}/sites/{SITE}/{path}", params=DAY)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert "bucket 'samples', which cannot be read" in answer.json()["detail"]
    assert "what [history] in the controller's settings says of it" in answer.json()["detail"]
    await rows.close()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"to": "2026-11-25"}, "to"),
        ({"by": "5min", "to": "2027-01-25"}, "to"),
        ({"from": "soon"}, "from"),
        ({"by": "week"}, "by"),
    ],
)
async def test_a_time_that_is_too_long_or_none_is_refused_by_name(
    counted: httpx.AsyncClient, wrong: dict[str, str], field: str
) -> None:
    answer = await counted.get(f"{API}/sites/{SITE}/footfall", params=DAY | wrong)
    assert answer.status_code == 422
    assert field in answer.text


async def test_the_command_makes_the_figures_of_a_building_again(
    counted: httpx.AsyncClient, container: Container, tmp_path: Path
) -> None:
    before = await rows_of(container.database, SITE)
    async with container.database.write() as tx:
        await tx.execute(delete(rollups))
    config = tmp_path / "controller.toml"
    config.write_text(f'data_dir = "{tmp_path}"\n')

    def roll_up(*words: str) -> str:
        done = CliRunner().invoke(commands, ["roll-up", *words, "--config", str(config)])
        return f"{done.exit_code} {done.output}"

    said = await asyncio.to_thread(roll_up, SITE, "--to", "2026-11-26")
    assert said == "0 2026-11-25: 1 of 1 days, 6 events\nRolled up 6 events of 1 days.\n"
    assert await rows_of(container.database, SITE) == before
    assert "0 Rolled up 0 events of 0 days." in await asyncio.to_thread(roll_up, SITE, "--to", "2026-11-25")
    assert (await asyncio.to_thread(roll_up, "nowhere")).startswith("2 ")
    assert (await asyncio.to_thread(roll_up, SITE, "--from", "soon")).startswith("2 --from must be a date")
