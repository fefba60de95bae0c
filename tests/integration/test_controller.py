"""The controller on a real broker, served over HTTP, with an edge that speaks the wire."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from controller.people.passwords import Passwords
from controller.platform.mqtt_client import BrokerLink
from controller.platform.settings import Broker as BrokerSettings
from controller.platform.settings import Settings
from edge.wire.access_decision import Reason
from edge.wire.credentials import CredentialKind
from edge.wire.events import AccessData, DoorChange, DoorData
from edge.wire.topics import subscriptions
from firmware_sim.ports import free_port
from tests.controller.clock import ManualClock
from tests.controller.running import signed_in
from tests.controller.telemetry.speaking import NOW, crossing, event, run_of
from tests.eventually import eventually
from tests.integration.fake_edge import FakeEdge
from tests.integration.hub import ACTOR, Hub, book, open_hub
from tests.services.mosquitto import Broker

Json = dict[str, Any]


@pytest.fixture
async def hub(settings: Settings, clock: ManualClock, passwords: Passwords, mosquitto: Broker) -> AsyncIterator[Hub]:
    """A controller on a real broker."""
    broker = BrokerSettings(host=mosquitto.host, port=mosquitto.port)
    async with open_hub(msgspec.structs.replace(settings, broker=broker), clock, passwords) as hub:
        yield hub


@pytest.fixture
async def edge(hub: Hub, mosquitto: Broker) -> AsyncIterator[FakeEdge]:
    """Its edge, up to date."""
    async with hub.edge(edge_link(mosquitto)) as edge:
        await hub.up_to_date()
        yield edge


def edge_link(mosquitto: Broker) -> BrokerLink:
    return BrokerLink(
        host=mosquitto.host, port=mosquitto.port, subscribe=subscriptions("down", site="ramsey", edge="main")
    )


@pytest.fixture
async def client(hub: Hub) -> AsyncIterator[httpx.AsyncClient]:
    async with signed_in(hub.app) as client:
        yield client


@asynccontextmanager
async def served(hub: Hub) -> AsyncIterator[str]:
    """The application on a port of its own; its address without the scheme."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(hub.app, port=port, lifespan="off", log_config=None, ws="websockets-sansio"))
    serving = asyncio.create_task(server.serve())

    async def started() -> bool:
        return server.started

    await eventually(started, what="the web server listens")
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await serving


@pytest.fixture
async def watching(hub: Hub, client: httpx.AsyncClient) -> AsyncIterator[tuple[str, dict[str, str]]]:
    """Address of the live socket, and the headers that open it."""
    async with served(hub) as address:
        yield f"ws://{address}/api/v1/live?site=ramsey", {"Authorization": client.headers["Authorization"]}


async def next_of(socket: ClientConnection, kind: str) -> Json:
    """The next message of a kind, passing over others."""
    async with asyncio.timeout(60):
        while True:
            message: Json = msgspec.json.decode(await socket.recv())
            if message["type"] == kind:
                return message


def inside(snapshot: Json) -> int:
    """The people said to be inside; 0 while nothing has been counted."""
    people: Json = snapshot["people"] or {"estimate": 0}
    return int(people["estimate"])


async def test_a_watcher_gets_a_snapshot_at_once_and_another_when_something_happens(
    edge: FakeEdge, watching: tuple[str, dict[str, str]]
) -> None:
    address, headers = watching
    async with connect(address, additional_headers=headers) as socket:
        first = await next_of(socket, "snapshot")
        assert first["people"] is None
        assert [edge["online"] for edge in first["edges"]] == [True]
        await edge.send([crossing(1, ins=3, total=(3, 0))])
        second = await next_of(socket, "snapshot")
        while not second["counters"]:
            second = await next_of(socket, "snapshot")
        assert (second["counters"][0]["ins_today"], second["people"]["estimate"]) == (3, 3)


@pytest.mark.cases_full
async def test_snapshots_come_at_most_once_a_second_however_much_happens(
    edge: FakeEdge, watching: tuple[str, dict[str, str]]
) -> None:
    address, headers = watching
    loop = asyncio.get_running_loop()
    async with connect(address, additional_headers=headers) as socket:
        await next_of(socket, "snapshot")
        began, count = loop.time(), 0
        for number in range(1, 200):
            await edge.send([crossing(number, ins=1, total=(number, 0))])
        while inside(await next_of(socket, "snapshot")) < 199:
            count += 1
        assert count <= loop.time() - began + 1


@pytest.mark.cases_full
async def test_a_watcher_hears_that_the_diary_changed_and_where_a_code_stands(
    hub: Hub, edge: FakeEdge, watching: tuple[str, dict[str, str]]
) -> None:
    address, headers = watching
    async with connect(address, additional_headers=headers) as socket:
        await next_of(socket, "snapshot")
        await book(hub, "2026-11-25T18:00", "2026-11-25T20:00")
        assert await next_of(socket, "bookings") == {"type": "bookings", "site": "ramsey"}
        assert await next_of(socket, "bookings") == {"type": "bookings", "site": "ramsey"}


@pytest.mark.cases_full
async def test_a_beat_comes_while_nothing_happens(edge: FakeEdge, watching: tuple[str, dict[str, str]]) -> None:
    address, headers = watching
    async with connect(address, additional_headers=headers) as socket:
        assert (await next_of(socket, "beat"))["at"].startswith("2026-11-25T12:00:00")


@pytest.mark.cases_full
async def test_a_watcher_that_reads_nothing_holds_nobody_up(
    edge: FakeEdge, watching: tuple[str, dict[str, str]]
) -> None:
    address, headers = watching
    async with (
        connect(address, additional_headers=headers, max_queue=1, close_timeout=0.1) as asleep,
        connect(address, additional_headers=headers) as awake,
    ):
        assert asleep is not awake
        for number in range(1, 60):
            await edge.send([crossing(number, ins=1, total=(number, 0))])
        while inside(await next_of(awake, "snapshot")) < 59:
            pass


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer nonsense"}, {"Origin": "http://elsewhere.test"}])
async def test_nobody_watches_without_signing_in(watching: tuple[str, dict[str, str]], headers: dict[str, str]) -> None:
    async with connect(watching[0], additional_headers=headers) as socket:
        with pytest.raises(ConnectionClosed):
            await socket.recv()
        assert socket.close_code == 4401


@pytest.mark.cases_full
@pytest.mark.parametrize("end", ["sign out", "expiry"])
async def test_the_live_line_ends_with_the_session(
    end: str, edge: FakeEdge, client: httpx.AsyncClient, clock: ManualClock, watching: tuple[str, dict[str, str]]
) -> None:
    address, headers = watching
    async with connect(address, additional_headers=headers) as socket:
        await next_of(socket, "snapshot")
        if end == "sign out":
            assert (await client.delete("/api/v1/session")).status_code == 204
        else:
            clock.advance(days=400)
        with pytest.raises(ConnectionClosed):
            await next_of(socket, "the end")
        assert socket.close_code == 4401


async def test_an_unknown_site_is_told_to_its_watcher(watching: tuple[str, dict[str, str]]) -> None:
    address, headers = watching
    async with connect(address.replace("ramsey", "nowhere"), additional_headers=headers) as socket:
        with pytest.raises(ConnectionClosed):
            await socket.recv()
        assert socket.close_code == 4404


async def test_an_unlock_goes_through_the_api_to_the_edge_and_back(edge: FakeEdge, client: httpx.AsyncClient) -> None:
    answer = await client.post(
        "/api/v1/sites/ramsey/doors/front-door/commands", json={"kind": "unlock", "reason": "left the key"}
    )
    assert answer.status_code == 202, answer.text

    async def look() -> Json | None:
        got: Json = (await client.get(f"/api/v1/commands/{answer.json()['id']}")).json()
        return got if got["outcome"] != "waiting" else None

    done = await eventually(look, what="the command is answered")
    assert (done["outcome"], done["actor"], done["reason"]) == ("done", ACTOR, "left the key")


async def test_an_unlock_offline_is_a_conflict(hub: Hub, client: httpx.AsyncClient) -> None:
    answer = await client.post(
        "/api/v1/sites/ramsey/doors/front-door/commands", json={"kind": "unlock", "reason": "left the key"}
    )
    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:hallkeeper:problem:offline"
    assert "it has never connected" in answer.json()["detail"]


@pytest.mark.cases_full
async def test_events_and_quarantine_are_read_in_pages(edge: FakeEdge, client: httpx.AsyncClient) -> None:
    await edge.send([*run_of(1, 7), b'"nonsense"', b'"more"'])
    await edge.acknowledged(9)
    got: list[int] = []
    after: str | None = None
    while True:
        page = (await client.get("/api/v1/sites/ramsey/events", params={"limit": 3, "after": after or 0})).json()
        got += [item["seq"] for item in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert got == [1, 2, 3, 4, 5, 6, 7]
    page = (await client.get("/api/v1/sites/ramsey/quarantine", params={"limit": 1})).json()
    assert [(item["seq"], item["kind"], item["raw"]) for item in page["items"]] == [
        (8, "malformed", "Im5vbnNlbnNlIg==")
    ]
    assert page["next"] is not None


@pytest.mark.cases_full
async def test_the_state_of_plans_alerts_and_metrics_is_told(
    hub: Hub, edge: FakeEdge, client: httpx.AsyncClient
) -> None:
    await edge.say("events", b"rubbish")
    await edge.send(run_of(1, 2))
    await edge.acknowledged(2)
    (plan,) = (await client.get("/api/v1/sites/ramsey/plans")).json()["items"]
    assert edge.manifest is not None
    assert plan["version"] == plan["applied_version"] == edge.manifest.version
    assert (await client.get("/api/v1/sites/ramsey/alerts")).json() == {"items": []}
    metrics = (await client.get("/metrics")).text
    assert "hallkeeper_events_total 2.0" in metrics
    assert 'hallkeeper_refused_total{reason="malformed"} 1.0' in metrics
    assert "hallkeeper_broker_connected 1.0" in metrics


async def series_of(client: httpx.AsyncClient) -> dict[str, float]:
    """The edges' series on /metrics, without their common prefix."""
    lines = (await client.get("/metrics")).text.splitlines()
    found = (line.removeprefix("hallkeeper_edge_").rpartition(" ") for line in lines if "hallkeeper_edge_" in line)
    return {name: float(value) for name, _, value in found if not name.startswith("#")}


@pytest.mark.cases_full
async def test_each_edge_has_its_series_and_a_dead_one_reads_zero(
    hub: Hub, edge: FakeEdge, client: httpx.AsyncClient, clock: ManualClock
) -> None:
    at = '{edge="main",site="ramsey"}'
    found = await series_of(client)
    assert (found[f"online{at}"], found[f"plan_pending_seconds{at}"], found[f"outbox_events{at}"]) == (1, 0, 0)
    assert found['clock{edge="main",site="ramsey",state="synced"}'] == 1
    assert found[f"disk_free_bytes{at}"] == 2.3e9
    now = (await client.get("/api/v1/sites/ramsey/now")).json()
    assert now["edges"][0]["health"] == {}
    clock.advance(hours=1)
    assert (await series_of(client))[f"plan_age_seconds{at}"] >= 3600
    await edge.say_status(online=False)

    async def gone() -> bool:
        return (await series_of(client))[f"online{at}"] == 0

    await eventually(gone, what="the edge to read as offline")
    new = await client.put("/api/v1/sites/ramsey/edges/second", json={"name": "Second"})
    assert new.status_code == 201, new.text
    never = {name: value for name, value in (await series_of(client)).items() if 'edge="second"' in name}
    assert never['online{edge="second",site="ramsey"}'] == 0
    assert not any(name.startswith(("since", "clock", "plan_age")) for name in never)


async def test_every_series_is_documented(edge: FakeEdge, client: httpx.AsyncClient) -> None:
    page = (Path(__file__).parents[2] / "docs" / "monitoring.md").read_text(encoding="utf-8")
    text = (await client.get("/metrics")).text
    families = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE hallkeeper_")}
    told = {name for name in families if not name.endswith("_created")}
    assert {name for name in told if f"`{name}`" not in page} == set()
    assert len(told) > 12


async def test_readiness_names_a_broker_that_is_gone(hub: Hub, client: httpx.AsyncClient, mosquitto: Broker) -> None:
    assert (await client.get("/readyz")).status_code == 200
    mosquitto.kill()

    async def look() -> bool:
        return (await client.get("/readyz")).status_code == 503

    await eventually(look, what="it is not ready")
    assert (await client.get("/readyz")).json()["checks"]["broker"] == "the broker is not connected"


@pytest.mark.cases_full
async def test_nothing_passes_for_live_while_the_line_to_the_broker_is_down(
    edge: FakeEdge, client: httpx.AsyncClient, mosquitto: Broker
) -> None:
    async def edges() -> list[Json]:
        found: list[Json] = (await client.get("/api/v1/sites/ramsey/now")).json()["edges"]
        return found

    async def online(wanted: bool) -> bool:
        return all(each["online"] is wanted for each in await edges())

    assert await online(True)
    mosquitto.kill()
    await eventually(lambda: online(False), what="the edge is shown offline")
    assert all(door["stale"] for door in (await client.get("/api/v1/sites/ramsey/now")).json()["doors"])
    mosquitto.start()
    await eventually(lambda: online(True), what="the edge is online again")


@pytest.mark.cases_full
async def test_a_broker_that_is_killed_costs_neither_event_nor_plan(
    hub: Hub, edge: FakeEdge, mosquitto: Broker, client: httpx.AsyncClient
) -> None:
    await edge.send(run_of(1, 10))
    await edge.acknowledged(10)
    mosquitto.kill()
    view = await book(hub, "2026-11-25T18:00", "2026-11-25T20:00")
    edge.hellos.clear()
    mosquitto.start()
    await edge.until(lambda: edge.hellos, "both are back, and the controller asks for what it wants next")
    await edge.send(run_of(6, 20))
    await edge.acknowledged(20)

    async def on() -> bool:
        got = (await client.get(f"/api/v1/bookings/{view.booking.id}")).json()
        return bool(got["on_door"]["state"] == "on")

    await eventually(on, what="the code is on the door")
    page = (await client.get("/api/v1/sites/ramsey/events")).json()
    assert [item["seq"] for item in page["items"]] == list(range(1, 21))


async def test_a_code_that_is_typed_and_a_door_that_opens_turn_the_booking_to_arrived(
    hub: Hub, edge: FakeEdge, client: httpx.AsyncClient
) -> None:
    view = await book(hub, "2026-11-25T12:00", "2026-11-25T14:00")
    granted = AccessData(
        door="front-door",
        granted=True,
        reason=Reason.GRANTED,
        credential=CredentialKind.BOOKING_CODE,
        booking=view.booking.id,
    )
    opened = DoorData(door="front-door", change=DoorChange.OPENED, why="grant")
    await edge.send(
        [
            event(1, granted, device="front-door"),
            event(2, opened, at=NOW + timedelta(seconds=2), device="front-door"),
            crossing(3, ins=2, total=(2, 0), at=NOW + timedelta(seconds=3)),
        ]
    )
    await edge.acknowledged(3)
    got = (await client.get(f"/api/v1/bookings/{view.booking.id}")).json()
    assert (got["status"], got["arrived_at"], got["counted_in"]) == ("arrived", "2026-11-25T12:00:02+00:00", 2)
