"""A sensor that nobody set up: heard by an edge, listed with what it sends, added to a room, its values the room's."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select

from controller.bookings.diary.policy import Policy, ReleaseRule
from controller.db.engine import Tx
from controller.telemetry.room_sensors import model as room_sensors
from controller.telemetry.room_sensors.model import SENSORS_LIMIT
from controller.telemetry.tables import samples
from edge.wire.events import DoorChange, DoorData, ReadingData
from tests.controller.bookings.policing import put_policy
from tests.controller.clock import ManualClock
from tests.controller.running import signed_in
from tests.controller.signin.signing import Json
from tests.controller.telemetry.speaking import NOW, crossing, event
from tests.integration.fake_edge import FakeEdge
from tests.integration.hub import Hub, book

SENSORS = "/api/v1/sites/ramsey/sensors"
ONE = "z2m-hall-window-1a2b3c4d"


def reading(**said: object) -> ReadingData:
    fields: dict[str, object] = {"name": "hall/window", "family": "zigbee2mqtt", **said}
    return ReadingData(**fields)  # type: ignore[arg-type]  # a test's own fields


@pytest.fixture
async def client(hub: Hub) -> AsyncIterator[httpx.AsyncClient]:
    async with signed_in(hub.app) as client:
        yield client


async def listed(client: httpx.AsyncClient, **query: str) -> list[Json]:
    answer = await client.get(SENSORS, params=query)
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["items"]
    return found


async def kept(hub: Hub) -> list[tuple[str, str | None, str, float]]:
    async with hub.container.database.read() as tx:
        query = select(samples).where(samples.c.device == ONE).order_by(samples.c.at, samples.c.measurement)
        return [(row.measurement, row.place, row.field, row.value) for row in await tx.execute(query)]


@pytest.mark.cases_full
async def test_an_unknown_sensor_is_listed_and_its_values_are_those_of_the_room_it_is_added_to(
    hub: Hub, edge: FakeEdge, client: httpx.AsyncClient
) -> None:
    first = reading(values={"open": 1.0, "temperature": 20.5}, battery=87, available=True, set_aside={"malformed": 2})
    await edge.send([event(1, first, device=ONE)])
    await edge.acknowledged(1)
    (found,) = await listed(client, unknown="true")
    assert (found["id"], found["edge"], found["name"], found["space"]) == (ONE, "main", "hall/window", None)
    assert [(each["kind"], each["value"], each["unit"]) for each in found["readings"]] == [
        ("open", 1.0, ""),
        ("temperature", 20.5, "°C"),
    ]
    assert (found["battery"], found["available"], found["set_aside"]) == (87, True, {"malformed": 2})
    put = await client.put(f"/api/v1/sites/ramsey/edges/main/sensors/{ONE}", json={"space": "hall"})
    assert put.status_code == 200, put.text
    assert await listed(client, unknown="true") == []
    later = reading(values={"motion": 1.0}, set_aside={"malformed": 1, "old": 1}, replaced=9)
    await edge.send([event(2, later, device=ONE, at=NOW + timedelta(seconds=1))])
    await edge.acknowledged(2)
    (now,) = await listed(client)
    assert (now["space"], now["set_aside"], now["replaced"]) == ("hall", {"malformed": 3, "old": 1}, 9)
    assert [each["kind"] for each in now["readings"]] == ["motion", "open", "temperature"]
    assert await kept(hub) == [
        ("contact", None, "open", 1.0),
        ("room", None, "temperature", 20.5),
        ("motion", "hall", "active", 1.0),
    ]
    log = (await client.get("/api/v1/audit", params={"site": "ramsey"})).json()["items"]
    assert [each["thing"] for each in log if each["act"] == "add sensor to room"] == [f"sensor {ONE} of main"]


@pytest.mark.cases_full
async def test_a_room_or_sensor_that_is_not_there_is_refused(edge: FakeEdge, client: httpx.AsyncClient) -> None:
    await edge.send([event(1, reading(values={"co2": 800.0}), device=ONE)])
    await edge.acknowledged(1)
    path = "/api/v1/sites/ramsey/edges/main/sensors"
    assert (await client.put(f"{path}/{ONE}", json={"space": "attic"})).status_code == 404
    assert (await client.put(f"{path}/nobody", json={"space": "hall"})).status_code == 404
    assert (await client.put(f"{path}/{ONE}", json={"space": "no slug"})).status_code == 422
    assert (await listed(client))[0]["space"] is None


@pytest.mark.cases_full
async def test_what_no_sensor_measures_is_set_aside_and_the_rest_goes_on(
    edge: FakeEdge, client: httpx.AsyncClient
) -> None:
    absurd = reading(values={"people": 390_000.0})
    sound = reading(values={"people": 12.0})
    await edge.send([event(1, absurd, device=ONE), event(2, sound, device=ONE)])
    await edge.acknowledged(2)
    (aside,) = (await client.get("/api/v1/sites/ramsey/quarantine")).json()["items"]
    assert "people" in aside["why"]
    assert [each["value"] for each in (await listed(client))[0]["readings"]] == [12]


@pytest.mark.cases_full
async def test_what_comes_late_changes_only_what_it_is_newer_than(edge: FakeEdge, client: httpx.AsyncClient) -> None:
    new = reading(values={"temperature": 21.0}, battery=80)
    old = reading(values={"temperature": 19.0, "humidity": 40.0}, battery=90, set_aside={"old": 1})
    await edge.send([event(1, new, device=ONE), event(2, old, device=ONE, at=NOW - timedelta(hours=1))])
    await edge.acknowledged(2)
    (found,) = await listed(client)
    assert {each["kind"]: each["value"] for each in found["readings"]} == {"temperature": 21, "humidity": 40}
    assert (found["battery"], found["set_aside"]) == (80, {"old": 1})


@pytest.mark.cases_full
async def test_an_edge_has_no_more_sensors_than_the_limit_and_those_in_rooms_stay(hub: Hub) -> None:
    def said(number: int) -> list[tuple[str, object, ReadingData]]:
        return [(f"shelly-{number}", NOW + timedelta(seconds=number), reading(values={"co2": 500.0}))]

    async def fill(tx: Tx) -> list[str]:
        await room_sensors.note(tx, "ramsey", "main", said(0))  # type: ignore[arg-type]
        ((_, first),) = (await room_sensors.of_edge(tx, "ramsey", "main", ["shelly-0"])).items()
        await room_sensors.put_in(tx, first, "hall")
        for number in range(1, SENSORS_LIMIT + 3):
            await room_sensors.note(tx, "ramsey", "main", said(number))  # type: ignore[arg-type]
        return [each.device for each in await room_sensors.of_site(tx, "ramsey")]

    found = await hub.container.database.run(fill)
    assert len(found) == SENSORS_LIMIT
    assert {"shelly-0", "shelly-4", f"shelly-{SENSORS_LIMIT + 2}"} <= set(found)
    assert not {"shelly-1", "shelly-2", "shelly-3"} & set(found)


@pytest.mark.cases_full
@pytest.mark.parametrize("speaks", [False, True])
async def test_sensors_that_say_nobody_is_there_release_no_booking(
    speaks: bool, hub: Hub, edge: FakeEdge, client: httpx.AsyncClient, clock: ManualClock
) -> None:
    """They are not signed: a booking goes the same way with them as without."""
    await put_policy(hub.container, Policy(release=(ReleaseRule(after_min=20, warn_min=10),)), site="ramsey")
    came = (await book(hub, "2026-11-25T12:00", "2026-11-25T14:00")).booking.id
    opened = DoorData(door="front-door", change=DoorChange.OPENED, why="schedule")
    await edge.send([event(1, opened, device="front-door"), crossing(2, ins=2, total=(2, 0))])
    await edge.acknowledged(2)
    nobody = reading(values={"presence": 0.0, "motion": 0.0, "people": 0.0, "open": 0.0})
    for minute in range(40):
        clock.advance(minutes=1)
        if speaks:
            await edge.send([event(3 + minute, nobody, device=ONE, at=clock.now())])
            await edge.acknowledged(3 + minute)
        await asyncio.sleep(0)
        await hub.quiet()
    found = (await client.get(f"/api/v1/bookings/{came}")).json()
    assert found["status"] == "arrived"
    log = (await client.get(f"/api/v1/bookings/{came}/log")).json()["items"]
    assert [each["what"] for each in log] == ["book", "arrive"]
