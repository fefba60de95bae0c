"""Of two people who change the same thing the second learns of the first: nothing is overwritten unseen."""

import asyncio

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from controller.app.http_app import ROUTERS
from controller.people.optimistic_locking import version_of
from controller.platform.web.fields import Body, Versioned
from firmware_sim.api_client import place_of
from tests.controller.access.test_holders import body as holder_body
from tests.controller.access.test_holders import changed
from tests.controller.access.test_members import ADA, send
from tests.controller.signin.signing import API, Json, put_party, signed_in_as
from tests.controller.village import SITE, wanted

AT_SITE = f"{API}/sites/{SITE}"
WITHOUT = {
    "/sites/{site}/file": "a document that is kept elsewhere, and says the same however often it comes",
    "/parties/{party}/documents/{document_id}/content": "a file, which takes the place of the one before, on record",
    "/bookings/{booking_id}/problem-reports/{report_id}/content": "a file, which takes the place of the one before",
    "/sites/{site}/ways/content": "a file, which takes the place of the one before",
    "/sites/{site}/floor-plan": "a file, whose version is in the query (test_floor_plans)",
    "/sites/{site}/problem-reports/{report_id}": "notes that it is done or not, however often it comes",
    "/sites/{site}/calls/{notice}": "notes that somebody was rung, however often it comes",
}
"""PUTs without a version, and why."""
HALL = {"name": "Hall", "doors": []}
WEEK = [{"weekday": 1, "opens": "09:00", "closes": "17:00", "mode": "staffed"}]
FEED = {"name": "Surgery", "space": "hall", "address": "https://example.org/a.ics"}
TERM = {"id": "autumn", "name": "Autumn", "first": "2026-09-03", "last": "2026-12-18"}
CHANGES: dict[str, tuple[Json, Json]] = {
    f"{AT_SITE}": ({"name": "Ramsey", "zone": "Europe/London"}, {"name": "Other", "zone": "Europe/London"}),
    f"{AT_SITE}/floors/upper": ({"name": "Upper", "level": 1}, {"name": "Upper", "level": 2}),
    f"{AT_SITE}/spaces/hall": (HALL | {"capacity": 10}, HALL | {"capacity": 20}),
    f"{AT_SITE}/equipment/chair": ({"name": "Chair", "count": 1}, {"name": "Chair", "count": 2}),
    f"{AT_SITE}/doors/front-door": ({"name": "Front", "edge": "pi-front"}, {"name": "Main", "edge": "pi-front"}),
    f"{AT_SITE}/edges/pi-front": ({"name": "Front"}, {"name": "Main"}),
    f"{AT_SITE}/hours": ({"pattern": WEEK}, {"pattern": [WEEK[0] | {"closes": "18:00"}]}),
    f"{AT_SITE}/terms": ({"terms": [TERM]}, {"terms": []}),
    f"{AT_SITE}/spaces/hall/hours": ({"windows": []}, {"windows": None}),
    f"{AT_SITE}/alert-rules": ({"rules": {"held": {"off": True}}}, {"rules": {}}),
    f"{AT_SITE}/policy": ({"hold_hours": 10}, {"hold_hours": 20}),
    f"{AT_SITE}/tariffs": ({"gross": False}, {"gross": True}),
    f"{AT_SITE}/feeds/surgery": (FEED, FEED | {"every_min": 60}),
    f"{API}/parties/choir": ({"kind": "group", "name": "The choir"}, {"kind": "group", "name": "Singers"}),
    f"{API}/parties/choir/members/ann": ({"role": "treasurer"}, {"role": "leader"}),
}
"""Things that are put, and what two people make of them."""


@pytest.fixture
async def hub(village: httpx.AsyncClient) -> httpx.AsyncClient:
    await put_party(village, "choir")
    await put_party(village, "ann", kind="person")
    return village


async def _version(client: httpx.AsyncClient, path: str) -> int:
    where, find = place_of(path)
    answer = await client.get(where)
    return find(answer.json()) if answer.is_success else 0


@pytest.mark.parametrize("path", CHANGES)
async def test_the_second_of_two_writers_learns_whose_change_conflicts(
    app: FastAPI, hub: httpx.AsyncClient, path: str
) -> None:
    first, second = CHANGES[path]
    async with signed_in_as(app, hub, "owner") as other:
        read = await _version(hub, path)
        written = await hub.put(path, json=first | {"version": read})
        assert written.is_success, written.text
        stood = await _version(hub, path)
        assert stood != read
        refused = await other.put(path, json=second | {"version": read})
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:hallkeeper:problem:stale")
        assert "Una Porter " in refused.json()["detail"]
        assert "it at 2026-11-25 12:00 UTC; read it again" in refused.json()["detail"]
        assert await _version(hub, path) == stood
        assert (await other.put(path, json=second | {"version": stood})).is_success
        late = await hub.put(path, json=first | {"version": stood})
        assert (late.status_code, "owner " in late.json()["detail"]) == (409, True), late.text
        assert await _version(hub, path) == await _version(other, path)


@pytest.mark.parametrize("path", CHANGES)
async def test_what_is_put_says_which_version_it_takes_the_place_of(hub: httpx.AsyncClient, path: str) -> None:
    before = await _version(hub, path)
    answer = await hub.request("PUT", path, json=CHANGES[path][0])
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"field": "version", "message": "is missing"}]
    assert await _version(hub, path) == before


@pytest.mark.both_databases
async def test_of_two_who_write_at_once_one_is_refused(any_village: httpx.AsyncClient) -> None:
    path = f"{AT_SITE}/spaces/hall"
    read = await _version(any_village, path)
    bodies = [HALL | {"capacity": 10 + number, "version": read} for number in range(4)]
    answers = await asyncio.gather(*(any_village.put(path, json=body) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]


@pytest.mark.cases_full
async def test_a_change_by_the_sites_file_conflicts_as_well(hub: httpx.AsyncClient) -> None:
    path = f"{AT_SITE}/spaces/hall"
    read = await _version(hub, path)
    file = (await hub.get(f"{AT_SITE}/file")).text.replace("capacity = 60", "capacity = 61")
    brought = await hub.put(f"{AT_SITE}/file", content=file, headers={"Content-Type": "application/toml"})
    assert brought.status_code == 200, brought.text
    refused = await hub.put(path, json=HALL | {"version": read})
    assert (refused.status_code, "Una Porter changed it" in refused.json()["detail"]) == (409, True)


async def test_an_induction_is_noted_over_the_one_that_was_read(village: httpx.AsyncClient) -> None:
    await send(village, ADA)
    [member] = (await village.get(f"{API}/members")).json()["items"]
    path = f"{API}/members/{member['id']}/induction"
    stale = await village.put(path, json={"day": "2026-11-20", "version": 0})
    assert stale.status_code == 409
    version = member["inductions"][0]["version"]
    assert (await village.put(path, json={"day": "2026-11-20", "version": version})).status_code == 200


async def test_a_holder_is_changed_over_the_one_that_was_read(village: httpx.AsyncClient) -> None:
    made = (await village.post(f"{API}/holders", json=holder_body())).json()["holder"]
    path = f"{API}/holders/{made['id']}"
    change = changed(name="Una P")
    missing = await village.request("PUT", path, json={name: change[name] for name in change if name != "version"})
    assert missing.json()["errors"] == [{"field": "version", "message": "is missing"}]
    assert (await village.put(path, json=change)).status_code == 200
    stale = await village.put(path, json=change)
    assert (stale.status_code, "Una Porter changed it" in stale.json()["detail"]) == (409, True)


def _bodies(method: str) -> dict[str, type[Body] | None]:
    found: dict[str, type[Body] | None] = {}
    for router in ROUTERS:
        for route in router.routes:
            if isinstance(route, APIRoute) and method in (route.methods or ()):
                kind = route.body_field.field_info.annotation if route.body_field else None
                found[route.path] = kind if isinstance(kind, type) and issubclass(kind, Body) else None
    return found


def test_every_put_takes_a_version() -> None:
    bodies = _bodies("PUT")
    assert len(bodies) > 14
    without = {path for path, kind in bodies.items() if kind is None or not issubclass(kind, Versioned)}
    assert without == set(WITHOUT)


def test_what_has_not_changed_has_the_version_it_had() -> None:
    assert version_of(None) == version_of((), blank=()) == 0
    assert version_of({"a": 1, "b": 2}) == version_of({"b": 2, "a": 1}) != version_of({"a": 1, "b": 3})
    assert 0 < version_of("anything") < 2**53


async def test_a_field_that_is_not_known_is_refused_wherever_a_body_is_taken(village: httpx.AsyncClient) -> None:
    await village.put(f"{AT_SITE}/tariffs", json={"rates": [{"name": "all", "per_hour_pence": 500}]})
    before = (await village.get(f"{AT_SITE}/tariffs")).json()
    wiped = await village.put(f"{AT_SITE}/tariffs", json={"zz": 1, "version": before["version"]})
    assert (wiped.status_code, wiped.json()["errors"]) == (422, [{"field": "zz", "message": "is not a known field"}])
    assert (await village.get(f"{AT_SITE}/tariffs")).json() == before
    assert (await village.post(f"{AT_SITE}/bookings", json=wanted(poeple=70))).status_code == 422
    taken = {kind for method in ("PUT", "POST", "PATCH") for kind in _bodies(method).values() if kind}
    assert len(taken) > 40
    assert {kind.__name__ for kind in taken if kind.model_config.get("extra") != "forbid"} == set()
