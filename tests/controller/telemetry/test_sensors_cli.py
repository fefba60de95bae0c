"""``hallkeeper sensors`` over HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import insert
from typer.testing import CliRunner, Result

from controller.app.container import Container
from controller.db.engine import Tx
from controller.telemetry.room_sensors import model as room_sensors
from controller.telemetry.room_sensors.cli import app as sensors_cli
from controller.telemetry.tables import device_states, movement_holds
from edge.wire.events import ReadingData
from tests.controller.clock import ManualClock
from tests.controller.serving import serving
from tests.controller.signin.signing import API

Typed = Callable[..., asyncio.Future[Result]]
WINDOW = ReadingData(
    name="hall/window",
    family="zigbee2mqtt",
    values={"open": 0.0, "temperature": 20.5},
    battery=7,
    battery_low=True,
    set_aside={"malformed": 2},
)


@pytest.fixture
async def typed(
    app: FastAPI, village: httpx.AsyncClient, container: Container, clock: ManualClock
) -> AsyncIterator[Typed]:
    """Runs one of the commands against the application, where one edge has heard a sensor just now, and another one of
    the same id an hour ago."""
    hour_ago = clock.now() - timedelta(hours=1)

    async def heard(tx: Tx) -> None:
        await room_sensors.note(tx, "ramsey", "pi-front", [("window", clock.now(), WINDOW), ("door", hour_ago, WINDOW)])
        await room_sensors.note(tx, "ramsey", "pi-back", [("door", hour_ago, WINDOW)])

    await container.database.run(heard)
    token = village.headers["Authorization"].removeprefix("Bearer ")
    async with serving(app) as address:

        def run(*words: str) -> asyncio.Future[Result]:
            asked = [*words, "--server", address, "--token", token]
            return asyncio.get_running_loop().run_in_executor(
                None, lambda: CliRunner().invoke(sensors_cli, asked, env={"COLUMNS": "200"})
            )

        yield run


async def test_sensors_are_listed_added_to_a_room_and_taken_out(typed: Typed, village: httpx.AsyncClient) -> None:
    listed = await typed("list", "ramsey", "--unknown")
    assert listed.exit_code == 0, listed.output
    headings, *rows = (line.split("\t") for line in listed.stdout.splitlines())
    (window,) = (row for row in (dict(zip(headings, row, strict=True)) for row in rows) if row["ID"] == "window")
    assert (window["Name"], window["Room"], window["Sends"]) == ("hall/window", "", "open no, temperature 20.5 °C")
    assert (window["Battery"], window["Set aside"]) == ("7 % low", "malformed: 2")
    assert [row[4].startswith("silent since ") for row in rows] == [True, True, False]
    added = await typed("add", "ramsey", "window", "hall", "--json")
    assert (added.exit_code, json.loads(added.stdout)["space"]) == (0, "hall"), added.output
    found = (await village.get(f"{API}/sites/ramsey/edges/pi-front/sensors/window")).json()
    assert (found["space"], found["silent"]) == ("hall", False)
    removed = await typed("remove", "ramsey", "window")
    assert removed.stdout == "hall/window is in no room.\n"


async def test_a_sensor_that_is_gone_is_deleted_its_history_keeps_its_room_and_it_comes_back_when_it_sends(
    typed: Typed, village: httpx.AsyncClient, container: Container, clock: ManualClock
) -> None:
    assert (await typed("add", "ramsey", "window", "hall")).exit_code == 0
    deleted = await typed("delete", "ramsey", "window")
    assert deleted.stdout == "hall/window is removed. What it measured stays.\n", deleted.output
    listed = (await village.get(f"{API}/sites/ramsey/sensors")).json()["items"]
    assert [each["id"] for each in listed] == ["door", "door"]
    path = f"{API}/sites/ramsey/edges/pi-front/sensors/window"
    assert [(await village.request(how, path, params={"version": 0})).status_code for how in ("GET", "DELETE")] == [
        *(404, 404),
    ]
    async with container.database.read() as tx:
        assert (await room_sensors.rooms_of(tx, "ramsey"))["pi-front", "window"] == "hall"
    for late, count in ((timedelta(minutes=-1), 2), (timedelta(minutes=1), 3)):

        async def heard(tx: Tx, at: timedelta = late) -> None:
            await room_sensors.note(tx, "ramsey", "pi-front", [("window", clock.now() + at, WINDOW)])

        await container.database.run(heard)
        assert len((await village.get(f"{API}/sites/ramsey/sensors")).json()["items"]) == count
    assert (await village.get(path)).json()["space"] == "hall"


async def test_for_how_long_movement_is_held_is_listed_also_of_a_pir_on_a_pin(
    typed: Typed, village: httpx.AsyncClient, container: Container, clock: ManualClock
) -> None:
    now = clock.now()
    pir = {"site": "ramsey", "edge": "pi-front", "device": "hall-pir", "kind": "motion", "seq": 1, "at": now}
    pir |= {"since": now, "state": json.dumps({"zone": "hall", "active": False})}
    async with container.database.write() as tx:
        await tx.execute(
            insert(device_states).values(pir | {"since": now, "state": '{"zone": "hall", "active": false}'})
        )
        pir_before, pir_now = ("pi-front", "hall-pir", 90, 9), ("pi-front", "hall-pir", 150, 2)
        for edge, device, hold_s, ago in (pir_before, pir_now, ("pi-back", "door", 60, 1)):
            row = {"site": "ramsey", "edge": edge, "device": device, "hold_s": hold_s, "spells": 214}
            await tx.execute(insert(movement_holds).values(row | {"since": now - timedelta(days=ago)}))
    listed = await typed("list", "ramsey")
    rows = [line.split("\t") for line in listed.stdout.splitlines()]
    assert [(row[0], row[1], row[3], row[-1]) for row in rows[1:]] == [
        ("door", "pi-back", "", "60 s, from 214 spells"),
        ("door", "pi-front", "", ""),
        ("window", "pi-front", "", ""),
        ("hall-pir", "pi-front", "hall", "150 s, from 214 spells"),
    ], listed.output
    found = (await village.get(f"{API}/sites/ramsey/sensors")).json()
    assert [(each["zone"], each["hold"]["seconds"]) for each in found["pirs"]] == [("hall", 150)]
    unknown = (await village.get(f"{API}/sites/ramsey/sensors", params={"unknown": "true"})).json()
    assert (unknown["items"][0]["hold"]["spells"], unknown["pirs"]) == (214, [])


async def test_an_id_that_two_edges_have_needs_the_edge_and_one_that_none_has_is_refused(typed: Typed) -> None:
    for words, said in (
        (("door", "hall"), "--edge"),
        (("nobody", "hall"), "No sensor nobody has been heard"),
        (("window", "attic"), "attic"),
    ):
        refused = await typed("add", "ramsey", *words)
        assert refused.exit_code != 0, words
        assert said in refused.output, refused.output
    assert (await typed("add", "ramsey", "door", "hall", "--edge", "pi-back")).stdout == "hall/window is in hall.\n"


async def test_a_room_that_was_chosen_meanwhile_is_not_overwritten(typed: Typed, village: httpx.AsyncClient) -> None:
    path = f"{API}/sites/ramsey/edges/pi-front/sensors/window"
    seen = (await village.get(path)).json()["version"]
    assert (await typed("add", "ramsey", "window", "hall")).exit_code == 0
    stale = await village.put(path, json={"space": None, "version": seen})
    assert (stale.status_code, stale.json()["type"].rpartition(":")[2]) == (409, "stale")
