"""Divisions: whole and parts never at once, and what becomes of bookings when a space divides otherwise."""

import asyncio
from datetime import timedelta
from itertools import permutations
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from controller.app.container import Container
from controller.bookings.diary.tables import claims, pool_claims, pool_quarters
from tests.controller.clock import ManualClock
from tests.controller.estate.building import ROOT, at, halves, look, space
from tests.controller.running import NOW
from tests.controller.village import SITE, book, post


async def atoms(container: Container, booking: str) -> list[str]:
    """What a booking claims."""
    async with container.database.read() as tx:
        query = select(claims.c.atom).where(claims.c.booking_id == booking).order_by(claims.c.atom)
        return [atom.removeprefix(f"{SITE}/") for atom in (await tx.execute(query)).scalars()]


@pytest.mark.both_databases
@pytest.mark.parametrize(("first", "second"), [("hall", "half-a"), ("half-b", "hall")])
async def test_whole_and_part_are_never_booked_at_once(any_client: httpx.AsyncClient, first: str, second: str) -> None:
    await halves(any_client)
    await book(any_client, space=first, title="Choir")
    answer = await post(any_client, space=second, title="Yoga")
    assert answer.status_code == 409
    assert [each["title"] for each in answer.json()["conflicts"]] == ["Choir"]


@pytest.mark.cases_full
async def test_two_parts_are_booked_at_once(client: httpx.AsyncClient) -> None:
    await halves(client)
    await book(client, space="half-a")
    await book(client, space="half-b")


@pytest.mark.cases_full
@pytest.mark.both_databases
async def test_whole_and_parts_asked_for_by_many_at_once_are_booked_once(any_client: httpx.AsyncClient) -> None:
    await halves(any_client)
    answers = await asyncio.gather(
        *(post(any_client, space=name, title=f"{name} {number}") for number in range(3) for name in ("hall", "half-a"))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409, 409]


async def test_a_part_may_lie_in_several_wholes(village: httpx.AsyncClient) -> None:
    for name in ("zone-1", "zone-2", "zone-3"):
        await space(village, name)
    await space(village, "west", parts=["zone-1", "zone-2"])
    await space(village, "east", parts=["zone-2", "zone-3"])
    await space(village, "floor", parts=["west", "east"])
    await book(village, space="west")
    assert (await post(village, space="east")).status_code == 409
    await book(village, space="zone-3")
    assert (await post(village, space="floor")).status_code == 409


@pytest.mark.cases_full
async def test_a_division_with_bookings_writes_their_claims_again(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    made = await book(any_village, space="hall")
    await space(any_village, "half-a")
    await space(any_village, "half-b")
    change: dict[str, Any] = {"parts": ["half-a", "half-b"]}
    told = await look(any_village, "hall", **change)
    assert (told["possible"], told["rewritten"], told["obstacles"]) == (True, 1, [])
    assert await atoms(any_container, made["id"]) == ["hall"]
    await space(any_village, "hall", **change)
    assert await atoms(any_container, made["id"]) == ["half-a", "half-b"]
    assert (await post(any_village, space="half-a")).status_code == 409
    await space(any_village, "hall", parts=[])
    assert await atoms(any_container, made["id"]) == ["hall"]
    await book(any_village, space="half-a")


async def test_a_division_that_would_double_book_names_who_clashes_with_whom_and_changes_nothing(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    await space(any_village, "half-a")
    await space(any_village, "half-b")
    choir = await book(any_village, space="hall", title="Choir")
    yoga = await book(any_village, space="half-a", title="Yoga", **at("19:00", "21:00"))
    await book(any_village, space="half-b", title="Just after", **at("20:00", "21:00"))
    change: dict[str, Any] = {"parts": ["half-a", "half-b"], "doors": ["front-door"]}
    told = await look(any_village, "hall", **change)
    assert not told["possible"]
    (obstacle,) = told["obstacles"]
    assert obstacle["place"] == "spaces.hall.parts"
    assert obstacle["text"] == (
        "“Choir” (hall, Thu 26 Nov, 18:00 to 20:00) and “Yoga” (half-a, Thu 26 Nov, 19:00 to 21:00) "
        "would both have half-a. Move or cancel one of them first."
    )
    refused = await space(any_village, "hall", 409, **change)
    assert refused["type"] == "urn:hallkeeper:problem:would-clash"
    assert {each["id"] for each in refused["conflicts"]} == {choir["id"], yoga["id"]}
    (reason,) = refused["reasons"]
    assert (reason["field"], reason["kind"]) == ("parts", "clash")
    assert [each["title"] for each in reason["conflicts"]] == ["Choir", "Yoga"]
    hall = next(each for each in (await any_village.get(ROOT)).json()["spaces"] if each["id"] == "hall")
    assert hall["parts"] == []
    assert await atoms(any_container, choir["id"]) == ["hall"]


async def test_what_is_over_keeps_its_claims(
    village: httpx.AsyncClient, container: Container, clock: ManualClock
) -> None:
    await space(village, "half-a")
    over = await book(village, space="hall", title="Over")
    await book(village, space="half-a", title="Over too")
    clock.set(NOW + timedelta(days=2))
    ahead = await book(village, space="hall", **at("18:00", "20:00", "2026-12-03"))
    await space(village, "hall", parts=["half-a"])
    assert await atoms(container, over["id"]) == ["hall"]
    assert await atoms(container, ahead["id"]) == ["half-a"]


async def test_what_is_on_is_not_rewritten_over_what_has_just_been(
    village: httpx.AsyncClient, clock: ManualClock
) -> None:
    await space(village, "half-a")
    await book(village, space="half-a", title="Just been", **at("18:00", "19:00"))
    await book(village, space="hall", title="Still on", **at("18:00", "22:00"))
    clock.set(NOW + timedelta(days=1, hours=8))
    told = await look(village, "hall", parts=["half-a"])
    (obstacle,) = told["obstacles"]
    assert obstacle["text"].endswith("“Just been” is over, so wait until “Still on” is over too, at 22:00.")
    await space(village, "hall", 409, parts=["half-a"])


async def test_a_hold_that_has_run_out_is_in_nobodys_way(village: httpx.AsyncClient, clock: ManualClock) -> None:
    await space(village, "half-a")
    later = at("18:00", "20:00", "2026-12-20")
    held = await book(village, space="half-a", title="Never decided", by_rules=True, **later)
    assert held["status"] == "held"
    await book(village, space="hall", title="Choir", **later)
    clock.set(NOW + timedelta(days=7))
    assert (await look(village, "hall", parts=["half-a"]))["obstacles"] == []
    await space(village, "hall", parts=["half-a"])
    await space(village, "half-b")
    assert (await post(village, space="half-a", **later)).status_code == 409


@pytest.mark.cases_full
async def test_a_pool_of_another_size_counts_its_places_again(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    await space(any_village, "desks", kind="pool", pool_size=6)
    await space(any_village, "floor", parts=["desks", "studio"])
    await book(any_village, space="desks", seats=3, title="Three")
    await book(any_village, space="desks", seats=2, title="Two")
    await book(any_village, space="floor", title="All", **at("10:00", "11:00"))
    refused = await space(any_village, "desks", 409, kind="pool", pool_size=4)
    assert refused["reasons"][0]["field"] == "pool_size"
    assert refused["detail"].startswith("desks would have 4 places and 5 taken at once: “T")
    await space(any_village, "desks", kind="pool", pool_size=5)
    async with any_container.database.read() as tx:
        rows = (await tx.execute(select(pool_quarters.c.size, pool_quarters.c.taken).distinct())).all()
        seats = (await tx.execute(select(pool_claims.c.seats).order_by(pool_claims.c.seats))).scalars().all()
    assert {tuple(row) for row in rows} == {(5, 5)}
    assert seats == [2, 3, 5]
    await space(any_village, "desks", kind="pool", pool_size=8)
    await book(any_village, space="desks", seats=3, title="Three more")
    assert (await post(any_village, space="desks", seats=1)).status_code == 409


async def test_a_room_becomes_a_pool_and_back_unless_its_people_would_clash(village: httpx.AsyncClient) -> None:
    await book(village, space="studio", people=4)
    await space(village, "studio", 409, kind="pool", pool_size=3)
    await space(village, "studio", kind="pool", pool_size=6)
    await book(village, space="studio", seats=2, title="Beside them")
    refused = await space(village, "studio", 409)
    assert {each["title"] for each in refused["conflicts"]} == {"Choir", "Beside them"}


async def test_a_whole_does_not_take_in_a_pool_that_has_bookings_then(village: httpx.AsyncClient) -> None:
    await space(village, "desks", kind="pool", pool_size=6)
    await book(village, space="desks", seats=1, title="One desk")
    await book(village, space="hall", title="Choir", **at("19:45", "21:00"))
    refused = await space(village, "hall", 409, parts=["desks"])
    assert [each["kind"] for each in refused["reasons"]] == ["seats"]
    assert {each["title"] for each in refused["conflicts"]} == {"One desk", "Choir"}


async def test_minutes_of_a_space_reach_the_claims_of_bookings_to_come(
    village: httpx.AsyncClient, container: Container
) -> None:
    made = await book(village, space="hall")
    layout = {"id": "theatre", "name": "Theatre", "setup_min": 40}
    await space(village, "hall", cleardown_min=15, layouts=[layout], default_layout="theatre")
    async with container.database.read() as tx:
        query = select(claims.c.layout, claims.c.setup_min, claims.c.cleardown_min)
        row = (await tx.execute(query.where(claims.c.booking_id == made["id"]))).one()
    assert tuple(row) == ("theatre", 40, 15)


async def test_a_layout_that_bookings_to_come_are_in_stays(village: httpx.AsyncClient) -> None:
    theatre, boardroom = ({"id": name, "name": name.title()} for name in ("theatre", "boardroom"))
    await space(village, "hall", layouts=[theatre, boardroom])
    await book(village, space="hall", layout="theatre")
    refused = await space(village, "hall", 409, layouts=[boardroom])
    assert refused["reasons"][0]["kind"] == "layout"
    assert "Give them another one first." in refused["detail"]
    await space(village, "hall", layouts=[theatre])


async def test_a_check_notes_what_could_not_be_booked_so_any_more(village: httpx.AsyncClient) -> None:
    await book(village, space="hall", people=50)
    told = await look(village, "hall", capacity=40, bookable=False)
    assert told["possible"]
    assert told["notes"] == [
        "hall can no longer be booked; 1 booking to come stays.",
        "“Choir” (Thu 26 Nov, 18:00 to 20:00) expect more people than hall would hold.",
    ]
    assert told["changes"] == [
        {"section": "spaces", "id": "hall", "what": "change", "fields": ["name", "capacity", "bookable", "doors"]}
    ]


THEATRE, BOARDROOM = ({"id": name, "name": name.title()} for name in ("theatre", "boardroom"))


async def test_another_default_layout_is_previewed_and_logged_for_the_bookings_it_changes(
    any_village: httpx.AsyncClient,
) -> None:
    plain: dict[str, Any] = {"layouts": [THEATRE, BOARDROOM]}
    await space(any_village, "hall", **plain, default_layout="theatre")
    choir = await book(any_village, space="hall", title="Choir")
    named = await book(any_village, space="hall", title="Talk", layout="theatre", **at("14:00", "15:00"))
    told = await look(any_village, "hall", **plain, default_layout="boardroom")
    assert told["notes"] == [
        "“Choir” (Thu 26 Nov, 18:00 to 20:00) names no layout: hall is laid out as “Boardroom” for them."
    ]
    await space(any_village, "hall", **plain, default_layout="boardroom")
    now = (await any_village.get(f"/api/v1/bookings/{choir['id']}")).json()
    assert (now["version"], now["layout"], now["layout_name"]) == (choir["version"] + 1, None, "Boardroom")
    [*_, line] = (await any_village.get(f"/api/v1/bookings/{choir['id']}/log")).json()["items"]
    assert (line["what"], line["reason"]) == (
        "change",
        "hall is laid out as “Boardroom” unless another layout is asked for",
    )
    assert (await any_village.get(f"/api/v1/bookings/{named['id']}")).json()["version"] == named["version"]


GROWN: dict[str, tuple[dict[str, Any], str]] = {
    "set-up": ({"setup_min": 45}, "45 minutes"),
    "clear-down": ({"cleardown_min": 40}, "40 minutes"),
    "not sharing": ({"setup_min": 20, "cleardown_min": 20, "share_buffers": False}, "40 minutes"),
    "change-over": ({"changeover_min": 60}, "1 hour"),
    "one change-over": (
        {"changeovers": [{"from_layout": "theatre", "to_layout": "boardroom", "minutes": 35}]},
        "35 minutes",
    ),
    "default layout": ({"default_layout": "boardroom", "changeover_min": 31}, ""),
    "as long as there is": ({"setup_min": 30, "changeover_min": 30}, ""),
}


@pytest.mark.parametrize("case", GROWN)
async def test_neighbours_that_would_have_too_little_time_between_them_are_named(
    village: httpx.AsyncClient, case: str
) -> None:
    change, needed = GROWN[case]
    plain: dict[str, Any] = {"layouts": [THEATRE, BOARDROOM], "default_layout": "theatre"}
    await space(village, "hall", **plain)
    await book(village, space="hall", title="Choir")
    await book(village, space="hall", title="Trustees", layout="boardroom", **at("20:30", "21:30"))
    told = await look(village, "hall", **plain | change)
    assert told["possible"]
    tight = [each for each in told["notes"] if "between them" in each]
    assert tight == [
        "“Choir” (hall, Thu 26 Nov, 18:00 to 20:00) and “Trustees” (hall, Thu 26 Nov, 20:30 to 21:30) have 30 minutes "
        f"between them, and would need {needed} to clear down, set up or change over. They stay as they are."
    ] * bool(needed)
    await space(village, "hall", **plain | change)
    again = await look(village, "hall", **plain | change | {"description": "x"})
    assert again["notes"] == [], "what is tight already is not told again"


@pytest.mark.cases_full
async def test_many_bookings_are_rewritten_or_named_in_one_go(village: httpx.AsyncClient, container: Container) -> None:
    await space(village, "half-a")
    for name in ("hall", "half-a"):
        for day in range(1, 29):
            await book(village, space=name, **at("18:00", "20:00", f"2027-02-{day:02}"))
    refused = await space(village, "hall", 409, parts=["half-a"])
    assert len(refused["reasons"]) == 28
    assert "And 25 more." in refused["detail"]


@pytest.mark.both_databases
async def test_bookings_and_a_division_at_once_never_leave_a_double_booking(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    """In any order: a hall that divides is booked once; one that does not divide is booked beside its half."""
    await space(any_village, "half-a")
    for number, order in enumerate(permutations(("hall", "half-a", "divide"))):
        day = f"2026-12-{number + 1:02}"
        await space(any_village, "hall")
        asked = {
            "hall": post(any_village, space="hall", title="Whole", **at("18:00", "20:00", day)),
            "half-a": post(any_village, space="half-a", title="Half", **at("18:00", "20:00", day)),
            "divide": any_village.put(f"{ROOT}/spaces/hall", json={"name": "hall", "parts": ["half-a"]}),
        }
        answers = dict(zip(order, await asyncio.gather(*(asked[each] for each in order)), strict=True))
        divided = answers["divide"].is_success
        booked = {name for name in ("hall", "half-a") if answers[name].status_code == 201}
        assert {answer.status_code for answer in answers.values()} <= {200, 201, 409}
        assert len(booked) == (1 if divided else 2), (order, answers)
        hall = next(each for each in (await any_village.get(ROOT)).json()["spaces"] if each["id"] == "hall")
        assert hall["parts"] == (["half-a"] if divided else [])
        async with any_container.database.read() as tx:
            query = select(claims.c.space, claims.c.atom).where(claims.c.starts > NOW + timedelta(days=number))
            held = [(row.space, row.atom) for row in await tx.execute(query)]
        claimed = {"hall": "half-a" if divided else "hall", "half-a": "half-a"}
        assert sorted(held) == sorted((name, f"{SITE}/{claimed[name]}") for name in booked)
        for name in booked:
            cancelled = await any_village.post(f"/api/v1/bookings/{answers[name].json()['id']}/cancel", json={})
            assert cancelled.is_success, cancelled.text
