"""All sites side by side: each figure is that of its site, and what is not measured is null."""

from datetime import timedelta

import httpx
import msgspec
import pytest
from fastapi import FastAPI
from sqlalchemy import delete, insert

from controller.app.container import Container
from controller.enrolment.tables import certificates
from controller.telemetry.tables import edge_states, room_sensors
from edge.wire.events import FootfallData
from tests.controller.alerts.building import Building
from tests.controller.clock import ManualClock
from tests.controller.signin.signing import signed_in_as
from tests.controller.statements import counted
from tests.controller.village import API, Json


@pytest.fixture
async def building(any_container: Container, clock: ManualClock, any_village: httpx.AsyncClient) -> Building:
    """Ramsey with both edges online, beside Wyton, which has nothing."""
    made = Building(any_container, clock, any_village)
    for edge in ("pi-front", "pi-side"):
        await made.edge(edge, online=True)
    await put_site(any_village, "wyton")
    return made


async def put_site(client: httpx.AsyncClient, site: str) -> None:
    assert (await client.put(f"{API}/sites/{site}", json={"name": site.title(), "zone": "UTC"})).is_success


async def sites(client: httpx.AsyncClient, query: str = "") -> dict[str, Json]:
    answer = await client.get(f"{API}/estate{query}")
    assert answer.status_code == 200, answer.text
    return {each["site"]: each for each in answer.json()["items"]}


async def people(building: Building) -> Json:
    found: Json = (await sites(building.client))["ramsey"]["people"]
    return found


async def counter(building: Building) -> None:
    """At which somebody has come in and gone again."""
    await building.device("beams", kind="counter")
    passed = FootfallData(counter="beams", door="front-door", ins=1, outs=1, total_ins=1, total_outs=1)
    await building.event(passed, device="beams")
    building.clock.advance(seconds=5)


async def sensor(building: Building, device: str, space: str | None, *, ago: timedelta, **more: object) -> None:
    """What a sensor sent last."""
    at = building.clock.now() - ago
    values = {"temperature": {"value": more.pop("celsius", 20), "at": at}}
    edge = more.pop("edge", "pi-front")
    row: Json = {"site": "ramsey", "edge": edge, "device": device, "name": device, "family": "x", "space": space}
    row |= {"first_at": at, "heard_at": at, "set_aside": "{}", "replaced": 0}
    row |= {"last_values": msgspec.json.encode(values).decode()}
    async with building.container.database.write() as tx:
        await tx.execute(insert(room_sensors).values(row | more))


async def issue(building: Building, serial: str, edge: str, days: int, **more: object) -> None:
    now = building.clock.now()
    row: dict[str, object] = {"serial": serial, "site": "ramsey", "edge": edge, "public_key": b"k" * 32, "pem": "-"}
    row |= {"issued_at": now, "expires_at": now + timedelta(days=days)}
    async with building.container.database.write() as tx:
        await tx.execute(insert(certificates).values(row | more))


@pytest.mark.both_databases
async def test_what_is_not_measured_is_null_and_never_nought(building: Building) -> None:
    found = await sites(building.client)
    nothing = dict.fromkeys(("people", "coldest", "warmest", "battery", "certificate"))
    quiet = {"danger": 0, "serious": 0, "minor": 0, "since": None, "seen": 0}
    edges: Json = {"total": 0, "away": 0, "away_since": None, "versions": {}}
    wyton = {"site": "wyton", "site_name": "Wyton", "zone": "UTC"}
    assert found["wyton"] == wyton | nothing | {"trouble": quiet, "edges": edges}
    assert found["ramsey"]["edges"] == edges | {"total": 2, "versions": {"1": 2}}


async def test_trouble_is_what_calls_somebody_by_how_serious_and_since_when(building: Building) -> None:
    began = building.clock.now().replace(microsecond=0)
    await building.device("front-door", alarm="held")
    await building.device("side-door", alarm="forced")
    [forced, held] = sorted(await building.after(minutes=1), key=lambda each: str(each["kind"]))
    trouble = (await sites(building.client))["ramsey"]["trouble"]
    assert trouble == {"danger": 1, "serious": 1, "minor": 0, "since": began.isoformat(), "seen": 0}
    assert (await building.act(held, "acknowledge")).is_success
    trouble = (await sites(building.client))["ramsey"]["trouble"]
    assert (trouble["danger"], trouble["serious"], trouble["seen"]) == (1, 0, 1)
    await building.device("side-door", alarm="")
    await building.act(forced, "acknowledge")
    await building.after(minutes=1)
    trouble = (await sites(building.client))["ramsey"]["trouble"]
    assert (trouble["danger"], trouble["since"], trouble["seen"]) == (0, None, 1)


@pytest.mark.both_databases
async def test_rooms_show_the_coldest_and_the_warmest_that_is_known_now_and_the_weakest_battery(
    building: Building,
) -> None:
    now = timedelta(0)
    await sensor(building, "air", "hall", ago=now, celsius=21.26, battery=30, battery_low=False)
    await sensor(building, "shelf", "studio", ago=now, celsius=17, battery_low=True)
    await sensor(building, "yard", "yard", ago=timedelta(hours=2), celsius=-3, battery=40)
    await sensor(building, "freezer", None, ago=now, celsius=-18, battery=1)
    ramsey = (await sites(building.client))["ramsey"]
    assert (ramsey["coldest"]["celsius"], ramsey["coldest"]["room"]) == (17.0, "Studio")
    assert (ramsey["warmest"]["celsius"], ramsey["warmest"]["room"]) == (21.3, "Hall")
    assert (ramsey["battery"]["sensor"], ramsey["battery"]["percent"], ramsey["battery"]["low"]) == (
        "shelf",
        None,
        True,
    )


async def test_a_battery_whose_sensor_has_been_silent_for_a_day_comes_before_one_that_is_low(
    building: Building,
) -> None:
    await sensor(building, "dead", "hall", ago=timedelta(days=90), battery=43, battery_low=False)
    await sensor(building, "low", "hall", ago=timedelta(hours=23), battery=2, battery_low=True)
    await sensor(building, "gone", "hall", ago=timedelta(days=99), battery=1, edge="pi-gone")
    battery = (await sites(building.client))["ramsey"]["battery"]
    assert (battery["sensor"], battery["percent"], battery["silent"]) == ("dead", 43, True)
    assert battery["at"] == "2026-08-27T13:00:00+01:00"
    await sensor(building, "other", "hall", ago=timedelta(0), battery=1)
    async with building.container.database.write() as tx:
        await tx.execute(delete(room_sensors).where(room_sensors.c.device == "dead"))
    battery = (await sites(building.client))["ramsey"]["battery"]
    assert (battery["sensor"], battery["silent"]) == ("low", False)


@pytest.mark.both_databases
async def test_edges_show_who_is_away_which_versions_they_run_and_the_first_end_of_a_certificate(
    building: Building,
) -> None:
    gone = building.clock.now().replace(microsecond=0)
    await building.edge("pi-side", online=False)
    building.clock.advance(hours=1)
    await issue(building, "1", "pi-front", 20)
    await issue(building, "2", "pi-front", 300)
    await issue(building, "3", "pi-side", 90)
    await issue(building, "4", "pi-side", 500, revoked_at=building.clock.now())
    ramsey = (await sites(building.client))["ramsey"]
    assert ramsey["edges"] == {"total": 2, "away": 1, "away_since": gone.isoformat(), "versions": {"1": 2}}
    ends = building.clock.now().replace(microsecond=0) + timedelta(days=90)
    assert ramsey["certificate"] == {"edge": "pi-side", "ends": ends.isoformat()}
    async with building.container.database.write() as tx:
        await tx.execute(delete(edge_states).where(edge_states.c.edge == "pi-side"))
    edges = (await sites(building.client))["ramsey"]["edges"]
    assert edges == {"total": 2, "away": 1, "away_since": None, "versions": {"1": 1}}, "never heard of is away too"


async def test_people_are_those_of_the_live_page_while_it_is_looked_at_and_else_in_less_out(building: Building) -> None:
    await counter(building)
    assert (await people(building))["estimated"] is False
    await building.client.get(f"{API}/sites/ramsey/occupancy")
    shown = (await building.client.get(f"{API}/sites/ramsey/now")).json()["occupancy"]
    same = {name: shown[name] for name in ("people", "low", "high")}
    assert await people(building) == same | {"estimated": True, "gaps": 0, "stale_since": None}
    assert same["high"] > 0, "else it could be the count"
    building.clock.advance(minutes=3)
    assert await people(building) == dict.fromkeys(("people", "low", "high", "gaps"), 0) | {
        "estimated": False,
        "stale_since": None,
    }


async def test_people_are_stale_while_a_counting_edge_is_away(building: Building) -> None:
    await counter(building)
    gone = building.clock.now().replace(microsecond=0)
    await building.edge("pi-front", online=False)
    building.clock.advance(minutes=5)
    assert (await people(building))["stale_since"] == gone.isoformat()
    await building.client.get(f"{API}/sites/ramsey/occupancy")
    found = await people(building)
    assert (found["estimated"], found["stale_since"]) == (True, gone.isoformat())


async def test_the_counter_of_an_edge_that_was_removed_counts_nobody(building: Building) -> None:
    await building.device("beams", kind="counter", edge="pi-gone")
    assert await people(building) is None
    await building.client.get(f"{API}/sites/ramsey/occupancy")
    assert await people(building) is None
    building.clock.advance(days=1)
    await building.device("side-beams", kind="counter", edge="pi-side")
    async with building.container.database.write() as tx:
        await tx.execute(delete(edge_states).where(edge_states.c.edge == "pi-side"))
    building.clock.advance(days=1)
    assert await people(building) is None, "neither is online"


async def test_everybody_sees_the_sites_whose_live_state_they_may_see_and_no_other(
    any_app: FastAPI, building: Building
) -> None:
    async with signed_in_as(any_app, building.client, "porter", sites=["wyton"]) as porter:
        assert list(await sites(porter)) == ["wyton"]
    async with signed_in_as(any_app, building.client, "facilities") as everywhere:
        assert list(await sites(everywhere)) == ["ramsey", "wyton"]
    async with signed_in_as(any_app, building.client, "wall") as foyer:
        assert (await foyer.get(f"{API}/estate")).status_code == 403


async def test_the_list_comes_in_pages(building: Building) -> None:
    first = (await building.client.get(f"{API}/estate?limit=1")).json()
    assert [each["site"] for each in first["items"]] == ["ramsey"]
    assert list(await sites(building.client, f"?after={first['next']}")) == ["wyton"]


async def test_more_sites_take_no_more_statements(building: Building) -> None:
    async with counted() as two:
        await sites(building.client)
    for site in ("yaxley", "yelling"):
        await put_site(building.client, site)
    async with counted() as four:
        assert len(await sites(building.client)) == 4
    assert len(four) == len(two)
