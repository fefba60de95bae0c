"""A site as one file: out, in, and what keeps it out."""

import asyncio
import shutil
import tomllib
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from controller.app.container import Container
from controller.bookings.diary.tables import claims
from controller.estate.cli import app as site_cli
from controller.estate.repository import revision
from controller.estate.schemas import LayoutBody, SiteBody, SpaceFields
from controller.estate.tables import doors
from controller.people.passwords import Passwords
from controller.platform.settings import Settings
from controller.records.audit.tables import audit_rows
from tests.controller.clock import ManualClock
from tests.controller.estate.building import ROOT, at, put, space
from tests.controller.running import running, signed_in
from tests.controller.village import API, SITE, Json, book, furnish

LAYOUTS = [
    {"id": "theatre", "name": "Theatre “in the round”", "capacity": 90, "setup_min": 30},
    {"id": "boardroom", "name": "Boardroom", "cleardown_min": 10},
]
SMALL = """
format = 1
[site]
id = "ramsey"
name = "Ramsey Hub"
zone = "Europe/London"
phone = "01487 555 010"
"""


async def rich(client: httpx.AsyncClient) -> None:
    """The village with everything that a building can have."""
    await furnish(client)
    await put(client, "floors/ground", level=0)
    await put(client, "floors/upper", name="Up\tstairs \\ “attic”".replace("\t", " "), level=1)
    await space(client, "half-a", doors=["front-door"])
    await space(client, "half-b", doors=["side-door"])
    await space(
        client,
        "hall",
        parts=["half-a", "half-b"],
        doors=["front-door"],
        floor="ground",
        step_free=True,
        description="Sprung floor.\n\"Quoted\", 'twice', \\ and 😀.",
        amenities=["hearing-loop"],
        layouts=LAYOUTS,
        default_layout="boardroom",
        changeovers=[{"from_layout": "theatre", "to_layout": "boardroom", "minutes": 25}],
        floor_area_m2=120.5,
    )
    await space(client, "desks", kind="pool", pool_size=12, noise="quiet", bookable=False, share_buffers=False)
    await put(client, "equipment/chairs", count=80)
    await put(client, "equipment/piano", count=1, space="hall")
    await put(client, "doors/side-door", edge="pi-side", hold_s=8, held_after_s=90.5, counter="beams")
    pattern = [
        {"weekday": 0, "opens": "09:00", "closes": "17:30", "mode": "staffed"},
        {"weekday": 5, "opens": "20:00", "closes": "02:00", "mode": "extended"},
    ]
    season = {"name": "Summer", "first": "06-01", "last": "08-31", "pattern": pattern[:1]}
    holiday = {"means": "spans", "spans": [{"opens": "10:00", "closes": "12:00", "mode": "staffed"}]}
    await put(
        client,
        "hours",
        pattern=pattern,
        seasons=[season],
        exceptions=[{"date": "2026-12-24", "note": "Christmas Eve", "spans": []}],
        bank_holidays=holiday,
        free_doors=["front-door"],
    )
    term = {"id": "autumn", "name": "Autumn", "first": "2026-09-01", "last": "2026-12-18", "breaks": []}
    await put(client, "terms", terms=[term])
    await put(client, "spaces/desks/hours", windows=[{"weekday": 1, "opens": "09:00", "closes": "12:00"}])
    for closure in (
        {"reason": "Boiler", "first": "2027-01-04", "last": "2027-01-05"},
        {"reason": "Deep clean", "starts": "2027-01-06T09:00", "ends": "2027-01-06T12:00", "spaces": ["hall"]},
    ):
        assert (await client.post(f"{ROOT}/closures", json=closure)).status_code == 201
    rules = [{"name": "Regulars", "tiers": ["community"], "most_minutes": 180, "spaces": ["hall"]}]
    await put(client, "policy", rules=rules, hold_hours=None, release=[{"after_min": 20}])
    rates = [{"name": "Hall", "spaces": ["hall"], "hours": ["Mon-Fri 18:00-22:00"], "per_hour_pence": 1850}]
    await put(client, "tariffs", rates=rates, vat="standard", vat_percent="17.5")
    door = '<rect id="door-front-door" width="4" height="4"/>'
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{door}</svg>'
    assert (await client.put(f"{ROOT}/floor-plan?version=0", content=drawing)).status_code == 200


async def export(client: httpx.AsyncClient) -> bytes:
    answer = await client.get(f"{ROOT}/file")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/toml"
    return answer.content


async def bring(client: httpx.AsyncClient, file: bytes | str, status: int = 200, **params: str) -> Json:
    answer = await client.put(f"{ROOT}/file", content=file, params=params, headers={"Content-Type": "application/toml"})
    assert answer.status_code == status, answer.text
    told: Json = answer.json()
    return told


@pytest.mark.cases_full
async def test_out_and_in_and_out_again_gives_the_same_bytes(
    any_client: httpx.AsyncClient, any_container: Container
) -> None:
    await rich(any_client)
    first = await export(any_client)
    async with any_container.database.read() as tx:
        number = await revision(tx, SITE)
        many = len((await tx.execute(select(audit_rows))).all())
    told = await bring(any_client, first)
    assert (told["written"], told["new"], told["changes"], told["problems"]) == (True, False, [], [])
    assert await export(any_client) == first
    async with any_container.database.read() as tx:
        assert await revision(tx, SITE) == number
        assert len((await tx.execute(select(audit_rows))).all()) == many


async def test_a_file_makes_its_site_on_an_empty_controller(
    client: httpx.AsyncClient, tmp_path: Path, clock: ManualClock, passwords: Passwords, sqlite_template: Path
) -> None:
    await rich(client)
    file = await export(client)
    folder = tmp_path / "other"
    folder.mkdir()
    database = folder / "hallkeeper.db"
    shutil.copy(sqlite_template, database)
    settings = Settings(data_dir=folder, database=f"sqlite+aiosqlite:///{database}", public_url="http://hub.test")
    async with running(settings, clock, passwords) as app, signed_in(app) as other:
        told = await bring(other, file, check="true")
        assert (told["possible"], told["written"], told["new"]) == (True, False, True)
        assert (await other.get(ROOT)).status_code == 404
        told = await bring(other, file)
        assert (told["written"], told["new"]) == (True, True)
        assert {"section": "doors", "id": "side-door", "what": "add", "fields": []} in told["changes"]
        assert await export(other) == file
        container: Container = app.state.container
        async with container.database.read() as tx:
            secrets = await container.estate.door_secrets(tx, SITE)
        assert {len(secret) for secret in secrets.values()} == {32}
        assert (await other.get(ROOT)).json() == (await client.get(ROOT)).json()
        for path in ("hours", "terms", "policy", "spaces/desks/hours", "floor-plan"):
            assert (await other.get(f"{ROOT}/{path}")).json() == (await client.get(f"{ROOT}/{path}")).json(), path
        await bring(other, file)
        assert await export(other) == file


@pytest.mark.cases_full
async def test_a_file_holds_no_secret(client: httpx.AsyncClient, container: Container) -> None:
    await rich(client)
    file = await export(client)
    async with container.database.read() as tx:
        assert all(secret not in file for secret in (await tx.execute(select(doors.c.secret))).scalars())
    assert set(tomllib.loads(file.decode())["doors"]["front-door"]) <= {"name", "edge", "hold_s", "counter"}


@pytest.mark.cases_full
async def test_what_a_file_leaves_out_stays_and_goes_only_when_pruned(client: httpx.AsyncClient) -> None:
    await rich(client)
    file = SMALL + "[floors.ground]\nname = 'Ground'\nlevel = 0\n[equipment]\n[hours.terms]\n"
    told = await bring(client, file)
    assert [(each["section"], each["id"], each["what"]) for each in told["changes"]] == [
        ("floors", "ground", "change"),
    ]
    before = (await client.get(ROOT)).json()
    assert [floor["id"] for floor in before["floors"]] == ["ground", "upper"]
    told = await bring(client, file, check="true", prune="true")
    removed = {(each["section"], each["id"]) for each in told["changes"] if each["what"] == "remove"}
    assert {("floors", "upper"), ("equipment", "chairs"), ("equipment", "piano")} <= removed
    assert (await client.get(ROOT)).json() == before
    await bring(client, file, prune="true")
    after = (await client.get(ROOT)).json()
    assert [floor["id"] for floor in after["floors"]] == ["ground"]
    assert after["equipment"] == []
    assert after["spaces"] == before["spaces"]
    assert (await client.get(f"{ROOT}/terms")).json() == {"terms": [], "version": 0}
    assert (await client.get(f"{ROOT}/policy")).json()["rules"] != []


async def test_pruning_does_not_take_what_was_booked(village: httpx.AsyncClient) -> None:
    await book(village, space="yard")
    refused = await bring(village, SMALL + "[spaces.hall]\nname = 'Hall'\n", 409, prune="true")
    assert refused["detail"].startswith("Yard cannot be deleted: it has 1 booking, 1 of them upcoming")
    assert {each["id"] for each in (await village.get(ROOT)).json()["spaces"]} == {"hall", "studio", "yard"}


async def test_all_problems_are_listed_with_their_place_and_nothing_is_written(
    village: httpx.AsyncClient,
) -> None:
    before = await export(village)
    file = (
        SMALL
        + """
[floors.ground]
name = "Ground"
[spaces.hall]
name = "Hall"
floor = "attic"
capcity = 60
parts = ["hall"]
default_layout = "theatre"
[spaces.hall.layouts.boardroom]
name = "Boardroom"
setup_min = 2000
[spaces.Yard]
name = "Yard"
[doors.front-door]
name = "Front"
edge = "pi-attic"
[edges.pi-front]
name = "Pi"
colour = "red"
[hours]
pattern = [{ weekday = 9, opens = "09:00", closes = "17:00", mode = "staffed" }]
[spcaes]
"""
    )
    told = await bring(village, file, check="true")
    assert not told["possible"]
    places = {each["place"] for each in told["problems"]}
    assert places == {
        "floors.ground.level",
        "spaces.hall.capcity",
        "spaces.hall.floor",
        "spaces.hall.parts",
        "spaces.hall.layouts.boardroom.setup_min",
        "spaces.Yard",
        "doors.front-door.edge",
        "edges.pi-front.colour",
        "hours.pattern.0.weekday",
        "spcaes",
    }
    refused = await bring(village, file, 422)
    assert {each["field"] for each in refused["errors"]} == places
    assert await export(village) == before


async def test_what_cannot_be_read_hides_no_other_fault_and_makes_none_up(village: httpx.AsyncClient) -> None:
    file = (
        SMALL
        + """
[spaces.hall]
name = 7
noise = "loud"
doors = ["cellar-door"]
default_layout = "theatre"
[spaces.hall.layouts.theatre]
name = "Theatre"
[spaces.desks]
name = "Desks"
kind = "pond"
pool_size = 4
floor = "attic"
[spaces.lounge]
name = "Lounge"
default_layout = "sofas"
[spaces.lounge.layouts.sofas]
name = "Sofas"
setup_min = -1
[equipment.piano]
name = "Piano"
count = "one"
space = "cellar"
[doors.side-door]
name = "Side"
edge = "no-edge"
hold_s = 0
"""
    )
    told = await bring(village, file, check="true")
    assert sorted(each["place"] for each in told["problems"]) == [
        "doors.side-door.edge",
        "doors.side-door.hold_s",
        "equipment.piano.count",
        "equipment.piano.space",
        "spaces.desks.floor",
        "spaces.desks.kind",
        "spaces.hall.doors",
        "spaces.hall.name",
        "spaces.hall.noise",
        "spaces.lounge.layouts.sofas.setup_min",
    ]


async def test_names_that_nothing_has_and_hours_that_cannot_be_are_listed_too(village: httpx.AsyncClient) -> None:
    file = (
        SMALL
        + """
[spaces.hall]
name = "Hall"
floor = "attic"
parts = ["studio"]
[spaces.studio]
name = "Studio"
parts = ["hall"]
[hours]
free_doors = ["cellar-door"]
pattern = [{ weekday = 9, opens = "09:00", closes = "17:00", mode = "staffed" }]
[policy]
hold_days = 3
"""
    )
    told = await bring(village, file, check="true")
    assert {each["place"] for each in told["problems"]} == {
        "spaces.hall.floor",
        "spaces.hall.parts",
        "hours.pattern.0.weekday",
        "policy.hold_days",
    }


@pytest.mark.parametrize(
    ("file", "place", "text"),
    [
        (b"", "format", "must be 1"),
        (b"format = 2", "format", "must be 1"),
        (b"format = true", "format", "must be 1"),
        (b"\xff\xfe", "", "not a text in UTF-8"),
        (b"<!doctype html><title>Sign in</title>", "", "not TOML"),
        (b"a = " + b"[" * 50_000, "", "nested too deeply"),
        (b"a = " + b"9" * 5000, "", "not TOML"),
        (b"format = 1", "site", "needs a table [site]"),
        (b"format = 1\nsite = 3", "site", "needs a table [site]"),
        (b"format = 1\n[[site]]\nid = 'ramsey'", "site", "needs a table [site]"),
        (
            b"format = 1\n[site]\nid = 'moor'\nname = 'x'\nzone = 'UTC'",
            "site.id",
            "but this file is being written to 'ramsey'",
        ),
        (b"format = 1\n[site]\nid = 'ramsey'\nname = 'x'\nzone = 'Mars/Base'", "site.zone", "Europe/London"),
        (SMALL.encode() + b"organisation = 'nobody'", "site.organisation", "make it first"),
        (SMALL.encode() + b"[floors]\nground = 3", "floors.ground", "must be a table"),
        (SMALL.encode() + b"[[floors]]\nname = 'x'", "floors", "must be tables by id"),
        (SMALL.encode() + b"[floors.'10,000 \\u00e9']\nname = 'x'", "floors.10,000 \\u00e9", "small letters"),
        (SMALL.encode() + "[floors.a]\nlevel = 1\nname = '{}'".format("😀" * 10_000).encode(), "floors.a.name", "200"),
        (SMALL.encode() + b"[floors.a]\nname = 'x'\nlevel = 2026-11-25", "floors.a.level", "whole number"),
        (SMALL.encode() + b"[spaces.a]\nname = 'x'\nlayouts = [1]", "spaces.a.layouts", "tables by id"),
        (
            SMALL.encode() + b"[hours]\nclosures = [{ reason = 'x', first = 2027-01-01 }]",
            "hours.closures.0",
            "first and",
        ),
    ],
)
async def test_a_file_that_is_none_of_ours_is_refused_in_words(
    client: httpx.AsyncClient, file: bytes, place: str, text: str
) -> None:
    told = await bring(client, file, check="true")
    (problem,) = told["problems"]
    assert problem["place"] == place
    assert text in problem["text"]
    assert (await bring(client, file, 422))["errors"][0]["field"] == (place or "body")
    assert (await client.get(ROOT)).status_code == 404


async def test_a_file_of_more_than_four_megabytes_is_refused(client: httpx.AsyncClient) -> None:
    assert (await client.put(f"{ROOT}/file", content=b"#" * (4 * 1024 * 1024 + 1))).status_code == 413


async def test_a_divided_hall_in_a_file_rewrites_claims_or_names_the_clash(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    made = await book(any_village, space="hall")
    divided = SMALL + "[spaces.hall]\nname = 'Hall'\nparts = ['yard', 'studio']\n"
    told = await bring(any_village, divided, check="true")
    assert (told["possible"], told["rewritten"]) == (True, 1)
    later = await book(any_village, space="yard", title="Yoga", **at("19:00", "20:00"))
    told = await bring(any_village, divided, check="true")
    assert [each["kind"] for each in told["obstacles"]] == ["clash"]
    refused = await bring(any_village, divided, 409)
    assert {each["id"] for each in refused["conflicts"]} == {made["id"], later["id"]}
    await any_village.post(f"{API}/bookings/{later['id']}/cancel", json={})
    await bring(any_village, divided)
    async with any_container.database.read() as tx:
        held = (await tx.execute(select(claims.c.atom).order_by(claims.c.atom))).scalars().all()
    assert held == ["ramsey/studio", "ramsey/yard"]


async def test_closing_hours_in_a_file_name_the_bookings_they_break(village: httpx.AsyncClient) -> None:
    await book(village, space="hall")
    file = SMALL + "[hours.spaces.hall]\nwindows = [{ weekday = 0, opens = '09:00', closes = '12:00' }]\n"
    told = await bring(village, file, check="true")
    assert [each["kind"] for each in told["obstacles"]] == ["would-break"]
    await bring(village, file, 409)
    assert (await bring(village, file, check="true", anyway="true"))["possible"]
    await bring(village, file, anyway="true")
    assert (await village.get(f"{ROOT}/spaces/hall/hours")).json()["windows"] != []


async def test_a_site_without_a_way_in_is_taken_with_a_note(client: httpx.AsyncClient) -> None:
    file = SMALL + "[spaces.hall]\nname = 'Hall'\n[edges.pi]\nname = 'Pi'\n"
    told = await bring(client, file)
    assert told["notes"] == [
        "space 'hall' can be booked and has no door on its way in; its bookings will have no code",
        "space 'hall' can be booked and has no capacity set; it accepts any number of people",
        "edge 'pi' has no door",
    ]


@pytest.mark.parametrize(
    ("space", "noted"),
    [
        ("", True),
        ("capacity = 60", False),
        ("bookable = false", False),
        ("kind = 'pool'\npool_size = 8", False),
        ("default_layout = 'rows'\n[spaces.hall.layouts.rows]\nname = 'Rows'\ncapacity = 40", False),
        ("[spaces.hall.layouts.rows]\nname = 'Rows'\ncapacity = 40", True),
        ("capacity = 60\n[spaces.hall.layouts.rows]\nname = 'Rows'", False),
    ],
)
async def test_a_room_without_a_capacity_is_noted(client: httpx.AsyncClient, space: str, noted: bool) -> None:
    told = await bring(client, SMALL + f"[spaces.hall]\nname = 'Hall'\n{space}\n", check="true")
    assert told["possible"]
    assert any("has no capacity set" in each for each in told["notes"]) is noted


@pytest.mark.both_databases
async def test_two_that_bring_a_file_in_at_once_make_one_site(any_client: httpx.AsyncClient) -> None:
    file = SMALL + "[floors.ground]\nname = 'Ground'\nlevel = 0\n"
    told = await asyncio.gather(*(bring(any_client, file) for _ in range(4)))
    assert sorted(each["new"] for each in told) == [False, False, False, True]


PAGE = Path(__file__).parents[3] / "docs" / "buildings.md"


async def test_the_example_in_the_docs_can_be_imported(client: httpx.AsyncClient) -> None:
    example = PAGE.read_text().split("```toml\n", 1)[1].split("```", 1)[0]
    (problem,) = (await bring(client, example, check="true"))["problems"]
    assert problem["place"] == "site.organisation"
    told = await bring(client, example.replace('organisation = "county-council"\n', ""))
    assert told["written"]
    assert {each["section"] for each in told["changes"]} == {
        "site", "floors", "spaces", "equipment", "doors", "edges", "hours", "policy", "tariffs", "floor_plan",
    }  # fmt: skip


def test_the_docs_name_every_field_of_a_space_and_every_command() -> None:
    page = PAGE.read_text()
    fields = {*SpaceFields.model_fields, *LayoutBody.model_fields, *SiteBody.model_fields} - {
        "id",
        "address",
        "phone",
        "version",
    }
    assert {each for each in fields if each not in page} == {"latitude", "longitude"}
    commands = [each.name or each.callback.__name__ for each in site_cli.registered_commands if each.callback]
    assert all(f"hallkeeper site {name}" in page for name in commands)
