"""The estate over HTTP: what it takes, what it refuses and why, on both databases where SQL matters."""

import asyncio
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from controller.app.container import Container
from controller.estate.tables import doors
from tests.controller.records.audit.reading import recorded
from tests.controller.village import without_versions

SITE = {
    "name": "Ramsey Library",
    "zone": "Europe/London",
    "address": "1 High Street",
    "phone": "01487 000000",
    "latitude": 52.45,
    "longitude": -0.11,
}
ROOT = "/api/v1/sites"
PLAIN_SPACE: dict[str, Any] = {
    "kind": "room",
    "capacity": None,
    "pool_size": None,
    "floor_area_m2": None,
    "floor": None,
    "description": "",
    "step_free": False,
    "noise": "any",
    "setup_min": 0,
    "cleardown_min": 0,
    "changeover_min": 0,
    "share_buffers": True,
    "default_layout": None,
    "bookable": True,
    "doors": [],
    "parts": [],
    "amenities": [],
    "layouts": [],
    "changeovers": [],
}


async def furnish(client: httpx.AsyncClient, site: str = "ramsey") -> None:
    """A site with an edge, two doors and a hall."""
    for path, body in (
        ("", SITE),
        ("/edges/pi", {"name": "Pi"}),
        ("/doors/front", {"name": "Front door", "edge": "pi"}),
        ("/doors/side", {"name": "Side door", "edge": "pi", "hold_s": 8.0, "held_after_s": 90, "counter": "beam"}),
        ("/spaces/hall", {"name": "Hall", "capacity": 80, "floor_area_m2": 120.5, "doors": ["side", "front", "side"]}),
    ):
        answer = await client.put(f"{ROOT}/{site}{path}", json=body)
        assert answer.status_code in {200, 201}, answer.text


async def test_a_site_is_answered_with_all_its_parts(client: httpx.AsyncClient) -> None:
    await furnish(client)
    hall = {"id": "hall", "name": "Hall", "capacity": 80, "floor_area_m2": 120.5, "doors": ["front", "side"]}
    assert without_versions((await client.get(f"{ROOT}/ramsey")).json()) == {
        "id": "ramsey",
        **SITE,
        "organisation": None,
        "floors": [],
        "spaces": [PLAIN_SPACE | hall],
        "equipment": [],
        "doors": [
            {"id": "front", "name": "Front door", "edge": "pi", "hold_s": 5.0, "held_after_s": 60.0, "counter": None}
            | {"code_length": 6, "passback": "off"},
            {"id": "side", "name": "Side door", "edge": "pi", "hold_s": 8.0, "held_after_s": 90.0, "counter": "beam"}
            | {"code_length": 6, "passback": "off"},
        ],
        "edges": [{"id": "pi", "name": "Pi"}],
    }


async def test_writing_a_thing_again_changes_it(client: httpx.AsyncClient) -> None:
    await furnish(client)
    answer = await client.put(f"{ROOT}/ramsey/spaces/hall", json={"name": "Great Hall", "doors": ["front"]})
    assert answer.status_code == 200
    (space,) = (await client.get(f"{ROOT}/ramsey")).json()["spaces"]
    assert without_versions(space) == PLAIN_SPACE | {"id": "hall", "name": "Great Hall", "doors": ["front"]}


async def test_every_write_records_its_actor(client: httpx.AsyncClient, container: Container) -> None:
    await furnish(client)
    await client.put(f"{ROOT}/ramsey", json=SITE)
    assert await recorded(container.database, site="ramsey") == [
        ("Una Porter", "make", "site ramsey"),
        ("Una Porter", "make", "edge pi"),
        ("Una Porter", "make", "door front"),
        ("Una Porter", "make", "door side"),
        ("Una Porter", "make", "space hall"),
        ("Una Porter", "change", "site ramsey"),
    ]


async def test_every_write_notifies_that_the_site_changed(client: httpx.AsyncClient, container: Container) -> None:
    with container.changes.subscribe() as heard:
        for path, body in (
            ("", SITE),
            ("/edges/pi", {"name": "Pi"}),
            ("/doors/front", {"name": "Front door", "edge": "pi"}),
            ("/spaces/hall", {"name": "Hall"}),
            ("/hours", {}),
        ):
            await client.put(f"{ROOT}/ramsey{path}", json=body)
            assert heard.pending() == {"ramsey"}, path
        await client.put(f"{ROOT}/ramsey/spaces/hall", json={"name": ""})
        assert heard.pending() == frozenset()


async def test_a_door_keeps_its_secrets_when_it_is_changed(client: httpx.AsyncClient, container: Container) -> None:
    await furnish(client)
    estate = container.estate
    async with container.database.read() as tx:
        before = await estate.all_secrets(tx, "ramsey", edge="pi")
    await client.put(f"{ROOT}/ramsey/doors/front", json={"name": "Main door", "edge": "pi"})
    async with container.database.read() as tx:
        assert await estate.all_secrets(tx, "ramsey", edge="pi") == before
    secrets = {secret for (each,) in before.values() for secret in (each.secret, each.offline)}
    assert (set(before), len(secrets)) == ({"front", "side"}, 4)


async def test_door_secrets_are_sealed_in_the_database(client: httpx.AsyncClient, container: Container) -> None:
    await furnish(client)
    async with container.database.read() as tx:
        stored = {row.id: (row.secret, row.offline) for row in await tx.execute(select(doors))}
        plain = await container.estate.all_secrets(tx, "ramsey", edge="pi")
    for door, (each,) in plain.items():
        assert each.secret not in stored[door][0]
        assert each.offline not in stored[door][1]


async def test_one_site_made_by_many_at_once_is_made_once(client: httpx.AsyncClient) -> None:
    made = SITE | {"version": 0}
    answers = await asyncio.gather(*(client.put(f"{ROOT}/ramsey", json=made) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7


async def test_a_space_takes_no_door_of_another_site(client: httpx.AsyncClient) -> None:
    await furnish(client, "moor")
    await client.put(f"{ROOT}/ramsey", json=SITE)
    answer = await client.put(f"{ROOT}/ramsey/spaces/hall", json={"name": "Hall", "doors": ["front"]})
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error == {"field": "doors", "message": "site 'ramsey' has no door 'front'; make it first"}
    assert (await client.get(f"{ROOT}/ramsey")).json()["spaces"] == []


async def test_a_door_takes_no_edge_of_another_site(client: httpx.AsyncClient) -> None:
    await furnish(client, "moor")
    await client.put(f"{ROOT}/ramsey", json=SITE)
    answer = await client.put(f"{ROOT}/ramsey/doors/front", json={"name": "Door", "edge": "pi"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "edge"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("spaces/hall", {"name": "Hall"}),
        ("doors/front", {"name": "Door", "edge": "pi"}),
        ("edges/pi", {"name": "Pi"}),
        ("hours", {}),
    ],
)
async def test_nothing_is_put_into_a_site_that_is_not_there(
    client: httpx.AsyncClient, path: str, body: dict[str, Any]
) -> None:
    answer = await client.put(f"{ROOT}/nowhere/{path}", json=body)
    assert answer.status_code == 404
    assert answer.json()["detail"].startswith("there is no site 'nowhere'")


REFUSED: list[tuple[str, object, str, str]] = [
    ("ramsey", {"zone": "UTC"}, "name", "is missing"),
    ("ramsey", {**SITE, "name": ""}, "name", "must not be empty"),
    ("ramsey", {**SITE, "name": "   "}, "name", "must not be empty"),
    ("ramsey", {**SITE, "name": "x" * 201}, "name", "at most 200"),
    ("ramsey", {**SITE, "name": "two\nlines"}, "name", "one line"),
    ("ramsey", {**SITE, "name": "nul\0"}, "name", "control"),
    ("ramsey", {**SITE, "name": 7}, "name", "must be text"),
    ("ramsey", {**SITE, "zone": "Europe/Lond"}, "zone", "Europe/London"),
    ("ramsey", {**SITE, "zone": "x" * 65}, "zone", "at most 64"),
    ("ramsey", {**SITE, "phone": "x" * 201}, "phone", "at most 200"),
    ("ramsey", {**SITE, "latitude": 90.1}, "latitude", "90"),
    ("ramsey", {**SITE, "latitude": "52"}, "latitude", "number"),
    ("ramsey", {**SITE, "longitude": -180.1}, "longitude", "-180"),
    ("ramsey", {**SITE, "longitude": True}, "longitude", "number"),
    ("Ramsey", SITE, "site", "small letters, digits and hyphens"),
    ("-ramsey", SITE, "site", "small letters, digits and hyphens"),
    ("r" * 41, SITE, "site", "small letters, digits and hyphens"),
    ("rams%00ey", SITE, "site", "small letters, digits and hyphens"),
    ("ramsey%0A", SITE, "site", "small letters, digits and hyphens"),
    ("ramsey/spaces/hall", {"name": "Hall", "capacity": -1}, "capacity", "0"),
    ("ramsey/spaces/hall", {"name": "Hall", "capacity": 100_001}, "capacity", "100,000"),
    ("ramsey/spaces/hall", {"name": "Hall", "capacity": 10**30}, "capacity", ""),
    ("ramsey/spaces/hall", {"name": "Hall", "capacity": 1.5}, "capacity", "whole number"),
    ("ramsey/spaces/hall", {"name": "Hall", "floor_area_m2": 0}, "floor_area_m2", "more than 0"),
    ("ramsey/spaces/hall", {"name": "Hall", "doors": ["Front"]}, "doors.0", "small letters, digits and hyphens"),
    ("ramsey/spaces/hall", {"name": "Hall", "doors": "front"}, "doors", "list"),
    ("ramsey/spaces/hall", {"name": "Hall", "doors": ["d"] * 51}, "doors", "at most 50"),
    ("ramsey/doors/front", {"name": "Door", "edge": "pi", "hold_s": 0.5}, "hold_s", "1"),
    ("ramsey/doors/front", {"name": "Door", "edge": "pi", "hold_s": 301}, "hold_s", "300"),
    ("ramsey/doors/front", {"name": "Door", "edge": "pi", "held_after_s": 4}, "held_after_s", "5"),
    ("ramsey/doors/front", {"name": "Door"}, "edge", "is missing"),
    ("ramsey", [], "body", ""),
    ("ramsey", None, "body", ""),
]


@pytest.mark.parametrize(("path", "body", "field", "limit"), REFUSED)
async def test_a_field_that_cannot_be_taken_is_named_with_its_limit(
    client: httpx.AsyncClient, path: str, body: object, field: str, limit: str
) -> None:
    await client.put(f"{ROOT}/ramsey", json=SITE)
    answer = await client.put(f"{ROOT}/{path}", json=body)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    (error,) = answer.json()["errors"]
    assert error["field"] == field
    assert limit in error["message"]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe", b'{"name": NaN}', b"[" * 100_000, b'{"name": "\\ud800", "zone": "UTC"}']
)
async def test_bytes_that_are_no_json_of_ours_are_refused_and_never_a_fault(
    client: httpx.AsyncClient, content: bytes
) -> None:
    answer = await client.put(f"{ROOT}/ramsey", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_values_at_their_limits_are_taken(client: httpx.AsyncClient) -> None:
    body = {"name": "é" * 200, "zone": "Asia/Kolkata", "latitude": 90, "longitude": -180.0}
    assert (await client.put(f"{ROOT}/{'r' * 40}", json=body)).status_code == 201
    await client.put(f"{ROOT}/r", json=body)
    space = {"name": "H", "capacity": 100_000, "floor_area_m2": 0.001}
    assert (await client.put(f"{ROOT}/r/spaces/h", json=space)).status_code == 201


async def test_sites_are_listed_page_by_page(client: httpx.AsyncClient) -> None:
    for name in ("moor", "ramsey", "st-ives", "wyton"):
        await client.put(f"{ROOT}/{name}", json=SITE)
    seen: list[str] = []
    after: str | None = None
    while True:
        page = (await client.get(ROOT, params={"limit": 2} | ({"after": after} if after else {}))).json()
        seen += [site["id"] for site in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert seen == ["moor", "ramsey", "st-ives", "wyton"]


@pytest.mark.parametrize("limit", ["0", "501", "x", "-1", "1e3", "9" * 30])
async def test_a_page_has_1_to_500_items(client: httpx.AsyncClient, limit: str) -> None:
    answer = await client.get(ROOT, params={"limit": limit})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "limit"


@pytest.mark.parametrize("after", ["zzz", "\U0001f600", "%", "a' OR 1=1 --"])
async def test_a_page_may_be_asked_for_from_anywhere(client: httpx.AsyncClient, after: str) -> None:
    assert (await client.get(ROOT, params={"after": after})).json() == {"items": [], "next": None}


async def test_a_page_that_starts_at_a_control_character_is_refused(client: httpx.AsyncClient) -> None:
    assert (await client.get(ROOT, params={"after": "a\0"})).status_code == 422
