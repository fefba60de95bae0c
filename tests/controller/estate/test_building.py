"""Floors, equipment, layouts and all else of a building: kept as written, refused with field and limit, deleted only
where nothing depends on it."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select

from controller.app.container import Container
from controller.estate.repository import revision
from controller.estate.tables import layouts, space_amenities
from controller.records.audit.tables import audit_rows
from tests.controller.clock import ManualClock
from tests.controller.estate.building import ROOT, at, halves, look, put, space
from tests.controller.running import NOW
from tests.controller.village import Json, act, book, post, without_versions

LAYOUTS: list[Json] = [
    {"id": "shelves-away", "name": "Shelves away", "capacity": 90, "setup_min": 30, "cleardown_min": 20},
    {"id": "shelves-in", "name": "Shelves in", "capacity": None, "setup_min": 0, "cleardown_min": 0},
]
RICH: Json = {
    "name": "Main hall",
    "kind": "room",
    "capacity": 60,
    "pool_size": None,
    "floor_area_m2": 120.5,
    "floor": "ground",
    "description": "Sprung floor.\nPiano tuned in May.",
    "step_free": True,
    "noise": "noisy",
    "setup_min": 10,
    "cleardown_min": 15,
    "changeover_min": 45,
    "share_buffers": False,
    "default_layout": "shelves-in",
    "bookable": True,
    "doors": ["front-door"],
    "parts": ["studio", "yard"],
    "amenities": ["hearing-loop", "kitchen"],
    "layouts": LAYOUTS,
    "changeovers": [{"from_layout": "shelves-in", "to_layout": "shelves-away", "minutes": 60}],
}


async def spaces(client: httpx.AsyncClient) -> dict[str, Json]:
    return {each["id"]: each for each in (await client.get(ROOT)).json()["spaces"]}


async def test_a_space_is_answered_with_all_that_was_written(any_village: httpx.AsyncClient) -> None:
    await put(any_village, "floors/ground", level=0)
    answer = await any_village.put(f"{ROOT}/spaces/hall", json=RICH)
    assert without_versions(answer.json()) == RICH | {"id": "hall"}
    assert (await spaces(any_village))["hall"] == answer.json()
    await space(any_village, "hall")
    assert (await spaces(any_village))["hall"]["layouts"] == []


async def test_floors_and_equipment_are_answered_with_the_site(any_village: httpx.AsyncClient) -> None:
    assert (await any_village.put(f"{ROOT}/floors/upper", json={"name": "Upstairs", "level": 1})).status_code == 201
    await put(any_village, "floors/cellar", level=-1)
    await put(any_village, "equipment/chairs", count=80)
    await put(any_village, "equipment/piano", count=1, space="hall")
    await put(any_village, "floors/cellar", level=-2)
    told = without_versions((await any_village.get(ROOT)).json())
    assert told["floors"] == [
        {"id": "cellar", "name": "cellar", "level": -2},
        {"id": "upper", "name": "Upstairs", "level": 1},
    ]
    assert told["equipment"] == [
        {"id": "chairs", "name": "chairs", "count": 80, "space": None},
        {"id": "piano", "name": "piano", "count": 1, "space": "hall"},
    ]


async def test_a_site_names_the_organisation_that_runs_it(client: httpx.AsyncClient) -> None:
    site = {"name": "Ramsey Hub", "zone": "Europe/London", "organisation": "council"}
    refused = await client.put(ROOT, json=site)
    assert refused.status_code == 422
    assert refused.json()["errors"] == [
        {"field": "organisation", "message": "there is no organisation 'council'; make it first"}
    ]
    party = {"kind": "organisation", "name": "County Council"}
    assert (await client.put("/api/v1/parties/council", json=party)).is_success
    assert (await client.put(ROOT, json=site)).json()["organisation"] == "council"


async def test_every_write_of_the_estate_is_a_new_revision(village: httpx.AsyncClient, container: Container) -> None:
    seen = []
    for path, body in (
        ("floors/upper", {"name": "Upper", "level": 1}),
        ("equipment/chairs", {"name": "Chairs", "count": 8}),
        ("spaces/yard", {"name": "Yard"}),
        ("spaces/yard", None),
        ("equipment/chairs", None),
        ("floors/upper", None),
    ):
        at = f"{ROOT}/{path}"
        answer = await (village.delete(at) if body is None else village.put(at, json=body))
        assert answer.is_success, answer.text
        async with container.database.read() as tx:
            seen.append(await revision(tx, "ramsey"))
    assert len(set(seen)) == 6
    async with container.database.read() as tx:
        told = (
            await tx.execute(select(audit_rows.c.act, audit_rows.c.thing).order_by(audit_rows.c.id.desc()).limit(3))
        ).all()
    assert [tuple(each) for each in told] == [
        ("delete", "floor upper"),
        ("delete", "equipment chairs"),
        ("delete", "space yard"),
    ]


async def test_a_check_writes_nothing(village: httpx.AsyncClient, container: Container) -> None:
    before = (await village.get(ROOT)).json()
    async with container.database.read() as tx:
        number = await revision(tx, "ramsey")
    told = await look(village, "hall", layouts=LAYOUTS)
    assert (told["possible"], told["count"], told["rewritten"]) == (True, 0, 0)
    assert (await look(village, "attic"))["changes"] == [
        {"section": "spaces", "id": "attic", "what": "add", "fields": []}
    ]
    assert await put(village, "equipment/chairs?check=true", 200, count=3)
    assert (await village.get(ROOT)).json() == before
    async with container.database.read() as tx:
        assert await revision(tx, "ramsey") == number


REFUSED: list[tuple[str, Json, str, str]] = [
    ("spaces/hall", {"parts": ["attic"]}, "parts", "site 'ramsey' has no space 'attic'; make it first"),
    ("spaces/hall", {"parts": ["hall"]}, "parts", "hall > hall: a space cannot be a part of itself"),
    ("spaces/half-a", {"parts": ["yard", "hall"]}, "parts", "half-a > hall > half-a: a space cannot be a part"),
    ("spaces/hall", {"parts": ["half-a", "half-a"]}, "parts", "'half-a' is listed twice"),
    ("spaces/hall", {"floor": "attic"}, "floor", "site 'ramsey' has no floor 'attic'; make it first"),
    ("spaces/hall", {"kind": "pool"}, "pool_size", "a pool needs one"),
    ("spaces/hall", {"kind": "pool", "pool_size": 0}, "pool_size", "at least 1"),
    ("spaces/hall", {"kind": "pool", "pool_size": 10_001}, "pool_size", "at most 10,000"),
    ("spaces/hall", {"kind": "pool", "pool_size": 6, "parts": ["half-a"]}, "parts", "does not divide"),
    ("spaces/hall", {"kind": "pool", "pool_size": 6, "layouts": LAYOUTS}, "layouts", "a pool has no layouts"),
    ("spaces/hall", {"pool_size": 6}, "pool_size", "goes with kind “pool” only"),
    ("spaces/hall", {"kind": "cupboard"}, "kind", "'room' or 'pool'"),
    ("spaces/hall", {"noise": "deafening"}, "noise", "'any', 'quiet' or 'noisy'"),
    ("spaces/hall", {"step_free": "yes"}, "step_free", "true or false"),
    ("spaces/hall", {"setup_min": 1441}, "setup_min", "1,440"),
    ("spaces/hall", {"cleardown_min": -1}, "cleardown_min", "0"),
    ("spaces/hall", {"changeover_min": 1.5}, "changeover_min", "whole number"),
    ("spaces/hall", {"description": "😀" * 10_000}, "description", "at most 2,000"),
    ("spaces/hall", {"name": "😀" * 10_000}, "name", "at most 200"),
    ("spaces/hall", {"parts": ["a"] * 201}, "parts", "at most 200"),
    ("spaces/hall", {"amenities": ["Hearing loop"]}, "amenities.0", "small letters, digits and hyphens"),
    ("spaces/hall", {"default_layout": "theatre"}, "default_layout", "no layout 'theatre' here; it has none"),
    ("spaces/hall", {"layouts": [LAYOUTS[0], LAYOUTS[0]]}, "layouts", "'shelves-away' is listed twice"),
    ("spaces/hall", {"layouts": [LAYOUTS[0] | {"capacity": -1}]}, "layouts.0.capacity", "0"),
    ("spaces/hall", {"layouts": [LAYOUTS[0] | {"setup_min": 2000}]}, "layouts.0.setup_min", "1,440"),
    (
        "spaces/hall",
        {"layouts": LAYOUTS, "changeovers": [{"from_layout": "shelves-in", "to_layout": "theatre", "minutes": 5}]},
        "changeovers.0.to_layout",
        "no layout 'theatre' here; its layouts are shelves-away, shelves-in",
    ),
    (
        "spaces/hall",
        {"layouts": LAYOUTS, "changeovers": [{"from_layout": "shelves-in", "to_layout": "shelves-in", "minutes": 5}]},
        "changeovers.0.to_layout",
        "to itself is not a change-over",
    ),
    (
        "spaces/hall",
        {"layouts": LAYOUTS, "changeovers": RICH["changeovers"] * 2},
        "changeovers",
        "'shelves-in' to 'shelves-away' is listed twice",
    ),
    ("floors/upper", {"level": 201}, "level", "200"),
    ("floors/upper", {}, "level", "is missing"),
    ("equipment/chairs", {"count": -1}, "count", "0"),
    ("equipment/chairs", {"count": 1, "space": "attic"}, "space", "site 'ramsey' has no space 'attic'; make it first"),
    ("doors/cellar-door", {"edge": "pi-attic"}, "edge", "site 'ramsey' has no edge 'pi-attic'; make it first"),
]


@pytest.mark.cases_full
async def test_what_cannot_be_is_refused_with_field_and_limit(client: httpx.AsyncClient) -> None:
    await halves(client)
    for path, body, field, limit in REFUSED:
        answer = await client.put(f"{ROOT}/{path}", json={"name": "x"} | body)
        assert answer.status_code == 422, answer.text
        (error,) = answer.json()["errors"]
        assert error["field"] == field
        assert limit in error["message"]


async def test_a_layout_may_hold_more_than_the_space(village: httpx.AsyncClient) -> None:
    await space(village, "hall", capacity=10, layouts=LAYOUTS)
    await book(village, space="hall", layout="shelves-away", people=90)
    assert (await post(village, space="hall", people=11, **at("10:00", "11:00"))).status_code == 409


async def test_a_counter_and_its_doors_hang_on_one_edge(village: httpx.AsyncClient) -> None:
    await put(village, "doors/front-door", edge="pi-front", counter="beams")
    refused = await put(village, "doors/side-door", 422, edge="pi-side", counter="beams")
    assert refused["errors"][0]["message"].endswith("what must act together without a network must be on one edge")


IN_USE = (
    ("floors/ground", "space 'hall' is on it"),
    ("spaces/half-a", "space 'hall' divides into it"),
    ("spaces/hall", "equipment 'piano' is bound to it"),
    ("doors/front-door", "it is on the way to space 'half-a'"),
    ("edges/pi-side", "door 'side-door' is on it"),
)


@pytest.mark.cases_full
async def test_what_something_in_the_site_depends_on_is_not_deleted(any_client: httpx.AsyncClient) -> None:
    await halves(any_client)
    await put(any_client, "floors/ground", level=0)
    await space(any_client, "hall", floor="ground", parts=["half-a", "half-b"])
    await put(any_client, "equipment/piano", count=1, space="hall")
    before = (await any_client.get(ROOT)).json()
    for path, why in IN_USE:
        answer = await any_client.delete(f"{ROOT}/{path}")
        assert answer.status_code == 409, answer.text
        assert answer.json()["type"] == "urn:hallkeeper:problem:in-use"
        assert why in answer.json()["detail"]
    assert (await any_client.get(ROOT)).json() == before


async def test_what_nothing_depends_on_is_deleted(any_village: httpx.AsyncClient, any_container: Container) -> None:
    await put(any_village, "floors/ground", level=0)
    await put(any_village, "equipment/chairs", count=5)
    await space(any_village, "attic", layouts=LAYOUTS, amenities=["loop"], doors=["side-door"], parts=["yard"])
    await put(any_village, "doors/attic-door", edge="pi-side")
    for path in ("spaces/attic", "equipment/chairs", "floors/ground", "doors/attic-door"):
        assert (await any_village.delete(f"{ROOT}/{path}")).status_code == 204, path
        gone = await any_village.delete(f"{ROOT}/{path}")
        assert gone.status_code == 404
        assert path.rpartition("/")[2] in gone.json()["detail"]
    async with any_container.database.read() as tx:
        for table in (layouts, space_amenities):
            assert (await tx.execute(select(table))).all() == []


async def test_a_space_that_was_ever_booked_stays_and_may_be_made_unbookable(
    any_village: httpx.AsyncClient,
) -> None:
    await act(any_village, await book(any_village, space="yard"), "cancel")
    answer = await any_village.delete(f"{ROOT}/spaces/yard")
    assert answer.status_code == 409
    assert answer.json()["detail"].startswith(
        "Yard cannot be deleted: it has 1 booking, 1 of them upcoming, and 0 series, and must stay for their history. "
        "Set bookable to false instead."
    )
    await space(any_village, "yard", bookable=False)
    assert (await post(any_village, space="yard")).status_code == 409


@pytest.mark.cases_full
async def test_a_door_that_had_a_code_stays(village: httpx.AsyncClient) -> None:
    await act(village, await book(village, space="hall"), "cancel")
    for name in ("hall", "studio"):
        await space(village, name)
    answer = await village.delete(f"{ROOT}/doors/front-door")
    assert answer.status_code == 409
    assert "Remove it from its spaces' doors instead." in answer.json()["detail"]


@pytest.mark.both_databases
async def test_equipment_is_never_fewer_than_is_booked_at_once(
    any_village: httpx.AsyncClient, clock: ManualClock
) -> None:
    await put(any_village, "equipment/chairs", count=50)
    await book(any_village, space="hall", equipment={"chairs": 30}, title="Choir")
    await book(any_village, space="studio", equipment={"chairs": 15}, title="Yoga")
    await book(any_village, space="yard", equipment={"chairs": 20}, title="Later", **at("20:00", "21:00"))
    refused = await put(any_village, "equipment/chairs", 409, count=44)
    assert refused["detail"].startswith("45 of chairs are booked at once, and there would be 44: ")
    assert {each["title"] for each in refused["conflicts"]} == {"Choir", "Yoga"}
    assert (await put(any_village, "equipment/chairs?check=true", 200, count=44))["possible"] is False
    refused = await put(any_village, "equipment/chairs", 409, count=50, space="hall")
    assert refused["reasons"][0]["field"] == "space"
    assert (await any_village.delete(f"{ROOT}/equipment/chairs")).status_code == 409
    await put(any_village, "equipment/chairs", count=45)
    clock.set(NOW + timedelta(days=3))
    assert (await any_village.delete(f"{ROOT}/equipment/chairs")).status_code == 204


async def test_who_may_not_build_changes_nothing(village: httpx.AsyncClient) -> None:
    user = {"name": "Mo Manager", "password": "fourteen shelves", "assignments": [{"role": "manager"}]}
    assert (await village.post("/api/v1/users", json=user)).is_success
    session = await village.post("/api/v1/session", json={"user": "Mo Manager", "password": "fourteen shelves"})
    headers = {"Authorization": f"Bearer {session.json()['token']}"}
    village.cookies.clear()
    for method, path in (("PUT", "floors/upper"), ("DELETE", "spaces/yard"), ("PUT", "spaces/hall?check=true")):
        answer = await village.request(method, f"{ROOT}/{path}", json={"name": "x", "level": 1}, headers=headers)
        assert answer.status_code == 403, answer.text
