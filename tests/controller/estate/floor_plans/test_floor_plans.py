"""A site's floor plan: who keeps it, how it is given out, which doors and rooms it has, how a change is undone."""

import re
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from controller.app.container import Container
from controller.estate.floor_plans.drawing import rebuilt
from controller.estate.floor_plans.model import Place, PlaceKind, bound
from firmware_sim.building_file import DATA, demo_buildings
from tests.controller.estate.floor_plans.allow_list import require_only_what_is_allowed
from tests.controller.keyboard import cells, keyboard
from tests.controller.records.audit.reading import recorded
from tests.controller.signin.signing import signed_in_as
from tests.controller.village import API, SITE, Json

ROOT = Path(__file__).parents[4]
PLAN = f"{API}/sites/{SITE}/floor-plan"
FIRST = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 60" onload="alert(1)"><script>alert(2)</script>'
    '<rect id="room-hall" x="1" y="1" width="40" height="30"/><path id="door-front-door" d="M1 1h9"/>'
    '<rect id="room-cellar" width="4" height="4"/><g id="layer1"/></svg>'
)
SECOND = FIRST.replace("room-cellar", "studio")


async def sent(client: httpx.AsyncClient, drawing: str | bytes, version: int, **query: str) -> httpx.Response:
    return await client.put(PLAN, content=drawing, params={"version": str(version), **query})


async def kept(client: httpx.AsyncClient) -> Json:
    found: Json = (await client.get(PLAN)).json()
    return found


def elements(found: Json) -> dict[str, str | None]:
    return {each["id"]: each["element"] for each in found["places"]}


async def test_a_drawing_is_checked_kept_rebuilt_and_says_what_is_missing(village: httpx.AsyncClient) -> None:
    assert (await kept(village))["drawing"] is None
    checked = (await sent(village, FIRST, 0, check="true")).json()
    assert await kept(village) != checked
    answer = await sent(village, FIRST, 0)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found == await kept(village)
    assert found | {"version": 0} == checked, "nothing was written by the check"
    require_only_what_is_allowed(found["drawing"])
    bound_here = {"front-door": "door-front-door", "hall": "room-hall"}
    assert elements(found) == dict.fromkeys(("side-door", "studio", "yard")) | bound_here
    assert found["unmatched"] == ["room-cellar"]
    assert found["dropped"] == [
        {"what": "event attributes, such as onload", "count": 1},
        {"what": "scripts", "count": 1},
    ]
    assert (await village.get(f"{API}/sites/{SITE}/now")).json()["floor_plan"] == found["version"]


async def test_a_drawing_in_a_site_s_file_is_rebuilt_and_can_be_put_back(village: httpx.AsyncClient) -> None:
    assert b"[floor_plan]\ndrawing" not in (await village.get(f"{API}/sites/{SITE}/file")).content
    second = (await sent(village, SECOND, 0)).json()
    head = f"format = 1\n[site]\nid = '{SITE}'\nname = 'Village hub'\nzone = 'Europe/London'\n[floor_plan]\n"

    async def brought(drawing: str, **query: str) -> Json:
        file = f"{head}drawing = '{drawing}'" if drawing else head
        answer: Json = (await village.put(f"{API}/sites/{SITE}/file", content=file, params=query)).json()
        return answer

    refused = await brought("<svg", check="true")
    assert [each["place"] for each in refused["problems"]] == ["floor_plan.drawing"]
    foreseen = await brought(FIRST, check="true")
    assert {"section": "floor_plan", "id": "drawing", "what": "change", "fields": []} in foreseen["changes"]
    assert "floor_plan: ids that are of no door and no room: room-cellar" in foreseen["notes"]
    assert (await brought(FIRST))["written"]
    found = await kept(village)
    require_only_what_is_allowed(found["drawing"])
    assert (found["version"], elements(found)["hall"]) == (second["version"] + 1, "room-hall")
    assert (await brought(""))["changes"] == []
    assert (await brought("", prune="true"))["written"]
    assert ((await kept(village))["drawing"], (await kept(village))["before"]) == (None, True)


async def test_the_file_is_given_out_as_a_picture_that_runs_nothing(village: httpx.AsyncClient) -> None:
    assert (await village.get(f"{PLAN}/content")).status_code == 404
    await sent(village, FIRST, 0)
    file = await village.get(f"{PLAN}/content")
    assert file.headers["content-type"].split(";")[0] == "image/svg+xml"
    assert file.headers["content-security-policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert file.headers["x-content-type-options"] == "nosniff"
    assert file.text == (await kept(village))["drawing"]


async def test_the_one_before_is_put_back_also_after_it_was_removed_each_on_record(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    first = (await sent(any_village, FIRST, 0)).json()
    assert not first["before"]
    second = (await sent(any_village, SECOND, first["version"])).json()
    undone = await any_village.post(f"{PLAN}/undo", params={"version": second["version"]})
    assert (undone.json()["drawing"], undone.json()["before"]) == (first["drawing"], True)
    gone = await any_village.delete(PLAN, params={"version": undone.json()["version"]})
    assert (gone.json()["drawing"], (await any_village.get(f"{PLAN}/content")).status_code) == (None, 404)
    assert (await any_village.get(f"{API}/sites/{SITE}/now")).json()["floor_plan"] is None
    again = await any_village.delete(PLAN, params={"version": gone.json()["version"]})
    assert again.status_code == 404
    back = (await any_village.post(f"{PLAN}/undo", params={"version": gone.json()["version"]})).json()
    assert (back["drawing"], back["before"]) == (first["drawing"], False)
    assert (await any_village.post(f"{PLAN}/undo", params={"version": back["version"]})).status_code == 404
    acts = [act for _, act, thing in await recorded(any_container.database, site=SITE) if thing == "the floor plan"]
    changed = "change floor plan"
    assert acts == [changed, changed, "put back floor plan", "delete floor plan", "put back floor plan"]


async def test_of_two_who_change_it_the_second_learns_of_the_first(village: httpx.AsyncClient, app: FastAPI) -> None:
    first = (await sent(village, FIRST, 0)).json()
    for stale in (
        await sent(village, SECOND, 0),
        await village.delete(PLAN, params={"version": 0}),
        await village.post(f"{PLAN}/undo", params={"version": 0}),
    ):
        assert (stale.status_code, "Una Porter changed it" in stale.text) == (409, True)
    assert (await village.put(PLAN, content=SECOND)).status_code == 422, "without a version"
    assert await kept(village) == first


async def test_what_is_refused_leaves_the_plan_as_it_is(village: httpx.AsyncClient) -> None:
    first = (await sent(village, FIRST, 0)).json()
    bomb = '<!DOCTYPE svg [<!ENTITY a "b">]>' + FIRST
    for content, status in ((bomb, 422), (b"\x89PNG", 422), ("", 422), ("<svg>" + " " * 1_100_000, 413)):
        answer = await sent(village, content, first["version"])
        assert answer.status_code == status, answer.text
    assert await kept(village) == first


@pytest.mark.cases_full
async def test_who_sees_the_site_live_sees_it_and_who_runs_the_site_changes_it(
    village: httpx.AsyncClient, app: FastAPI
) -> None:
    await sent(village, FIRST, 0)
    async with signed_in_as(app, village, "facilities", sites=[SITE]) as fay:
        assert (await fay.get(PLAN)).status_code == 200
        assert (await sent(fay, SECOND, 1)).status_code == 403
        assert (await fay.delete(PLAN, params={"version": 1})).status_code == 403


@pytest.mark.cases_full
async def test_it_is_imported_shown_removed_and_put_back_at_the_terminal(
    village: httpx.AsyncClient, app: FastAPI, tmp_path: Path
) -> None:
    (file := tmp_path / "plan.svg").write_text(FIRST)
    async with keyboard(app, village) as typed:
        tried = await typed("floor-plan", "import", SITE, str(file), "--check")
        assert "Not kept: scripts (1)" in tried.stdout
        assert "There is no floor plan." in (await typed("floor-plan", "show", SITE)).stdout
        assert (await typed("floor-plan", "import", SITE, str(file))).exit_code == 0
        shown = await typed("floor-plan", "show", SITE)
        assert ["Side door", "door", "side-door", "not in the drawing"] in cells(shown)
        assert "of no door and no room: room-cellar" in shown.stdout
        assert (await typed("floor-plan", "export", SITE, "--out", str(tmp_path / "out.svg"))).exit_code == 0
        require_only_what_is_allowed((tmp_path / "out.svg").read_text())
        assert (await typed("floor-plan", "remove", SITE)).exit_code == 0
        assert (await kept(village))["drawing"] is None
        assert "is back" in (await typed("floor-plan", "undo", SITE)).stdout
        assert elements(await kept(village))["hall"] == "room-hall"


def _ramsey() -> list[Place]:
    (building,) = (each for each in demo_buildings() if each.id == SITE)
    doors = [Place(kind=PlaceKind.DOOR, id=each.id, name=each.name) for each in building.doors]
    return [*doors, *(Place(kind=PlaceKind.SPACE, id=each.id, name=each.name) for each in building.spaces)]


def test_the_drawings_of_the_docs_and_of_the_demo_have_every_door_and_room_and_are_kept_whole() -> None:
    (example,) = re.findall("```svg\n(.*?)```", (ROOT / "docs" / "floor-plan.md").read_text(), re.DOTALL)
    demo = (DATA / f"{SITE}-floor-plan.svg").read_text()
    for drawing in (example, demo):
        made = rebuilt(drawing.encode())
        found, _ = bound(made.ids, _ramsey())
        assert [each.id for each in found if each.element is None] == []
        assert made.dropped == ()


def test_ids_are_of_doors_and_rooms_with_or_without_what_they_are() -> None:
    def place(kind: PlaceKind, name: str) -> Place:
        return Place(kind=kind, id=name, name=name)

    places = [place(PlaceKind.DOOR, "front-door"), place(PlaceKind.DOOR, "hall"), place(PlaceKind.SPACE, "hall")]
    places += [place(PlaceKind.SPACE, "room-1"), place(PlaceKind.SPACE, "studio"), place(PlaceKind.SPACE, "bar")]
    ids = ["svg5", "path12-3", "Layer_1", "Front_Door", "door-hall", "hall", "room-hall", "room-1", "space-studio"]
    found, unmatched = bound([*ids, "front-door", "door-bar", "rm-bar", "door_x2D_front_x2D_door"], places)
    assert [each.element for each in found] == ["Front_Door", "door-hall", "room-hall", "room-1", "space-studio", None]
    assert unmatched == ["hall", "door-bar", "rm-bar"], "of two things, or of none"
