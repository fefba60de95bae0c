"""What belongs to all sites, or to others: who has some sites neither sees it nor changes it, by any route."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from tests.controller.access.test_holders import make as make_holder
from tests.controller.access.test_members import ADA, one
from tests.controller.access.test_members import send as send_members
from tests.controller.people.test_routes import ANY_SITE, OPEN
from tests.controller.signin.signing import API, Json, put_party, reassign, signed_in_as, user_with
from tests.controller.village import SITE, book

NAMED = re.compile(r"\{(booking|series|override|restored|wait)_id\}|\{(command|party)\}")
"""Things of a path that are looked up."""


@pytest.fixture
async def both(village: httpx.AsyncClient) -> httpx.AsyncClient:
    """Ramsey and Wyton; an owner of both."""
    await village.put(f"{API}/sites/wyton", json={"name": "Wyton", "zone": "Europe/London"})
    return village


@pytest.fixture
async def local(app: FastAPI, both: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    """Owner of Wyton only."""
    async with signed_in_as(app, both, "owner", sites=["wyton"]) as client:
        yield client


async def test_what_belongs_to_all_sites_is_refused_to_the_owner_of_one(
    local: httpx.AsyncClient, openapi: Json
) -> None:
    asked = set()
    for path, operations in openapi["paths"].items():
        if "{site}" in path or not path.startswith(API) or path in OPEN or NAMED.search(path):
            continue
        for method in operations:
            if (method.upper(), path) in ANY_SITE:
                continue
            answer = await local.request(method, re.sub(r"\{\w+\}", "0" * 36, path), json={})
            assert answer.status_code == 403, f"{method} {path}: {answer.status_code} {answer.text}"
            asked.add((method, path.removeprefix(API)))
    assert {("post", "/signing-key/rotation"), ("post", "/members/import")} <= asked
    assert "it belongs to all sites" in (await local.post(f"{API}/signing-key/rotation")).json()["detail"]


@pytest.mark.cases_full
async def test_lists_over_all_sites_hold_nothing_of_a_site_that_is_not_the_actors(
    app: FastAPI, both: httpx.AsyncClient, local: httpx.AsyncClient
) -> None:
    await put_party(both, "choir", site=SITE)
    await book(both, title="Zebra choir", party="choir")
    await make_holder(both, name="Zebra Porter")
    for body in ({"site": SITE, "name": "Zebra"}, {"party": "choir", "shows": "contacts", "name": "Zebra party"}):
        made = await both.post(f"{API}/subscriptions", json=body)
        assert made.status_code == 201, made.text
    await send_members(both, ADA.replace("2026-11-01,", "2026-11-01,ramsey"))
    await make_holder(local, status=403, name="Mine")
    for method, path in ANY_SITE:
        if method != "GET" or "{" in path:
            continue
        params = {"from": "2026-11-25", "to": "2026-12-12", "text": "zebra", "authority": "Fenland"}
        mine, all_of_it = await local.get(path, params=params), await both.get(path, params=params)
        assert (mine.status_code, all_of_it.status_code) == (200, 200), f"{path}: {mine.text} {all_of_it.text}"
        assert SITE not in mine.text.lower(), f"{path}: {mine.text}"
        assert "zebra" not in mine.text.lower(), f"{path}: {mine.text}"
    for path in ("/find", "/find/series"):
        when: Json = {"starts": "2026-11-26T18:00", "ends": "2026-11-26T20:00"}
        if path != "/find":
            when = {"first_starts": when["starts"], "first_ends": when["ends"]} | {"weeks": 2}
        assert SITE in (await both.post(f"{API}{path}", json=when)).text
        answer = await local.post(f"{API}{path}", json=when)
        assert (answer.status_code, SITE in answer.text) == (200, False), answer.text


@pytest.mark.cases_full
async def test_a_member_is_shown_with_what_is_said_at_the_actors_sites_only(
    both: httpx.AsyncClient, local: httpx.AsyncClient
) -> None:
    await send_members(both, ADA.replace("2026-11-01,", "2026-11-01,ramsey"))
    member = await one(both)
    path = f"{API}/members/{member['id']}"
    assert [each["site"] for each in member["inductions"]] == [SITE]
    assert await one(local) == member | {"inductions": [], "kept_out": member["kept_out"]}
    assert [each["site"] for each in member["kept_out"]] == ["wyton"]
    for site in (SITE, None):
        refused = await local.put(f"{path}/induction", json={"site": site, "day": "2026-11-20"})
        assert refused.status_code == 403, refused.text
    assert (await local.patch(path, json={"suspended": True})).status_code == 403
    inducted = await local.put(f"{path}/induction", json={"site": "wyton", "day": "2026-11-20"})
    assert inducted.status_code == 200, inducted.text
    assert [each["site"] for each in inducted.json()["inductions"]] == ["wyton"]
    assert {each["site"] for each in (await one(both))["inductions"]} == {SITE, "wyton"}
    assert (await one(local))["kept_out"] == []


async def test_a_link_to_a_calendar_is_revoked_by_who_made_it_or_runs_all_its_sites(
    app: FastAPI, both: httpx.AsyncClient, local: httpx.AsyncClient
) -> None:
    await put_party(both, "choir")

    async def subscribe(client: httpx.AsyncClient, **body: str) -> str:
        made = await client.post(f"{API}/subscriptions", json=body)
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    async def revoke(client: httpx.AsyncClient, link: str) -> int:
        return (await client.delete(f"{API}/subscriptions/{link}")).status_code

    theirs, ramseys = await subscribe(both, party="choir"), await subscribe(both, site=SITE)
    mine, wytons = await subscribe(local, party="choir"), await subscribe(both, site="wyton")
    assert [await revoke(local, link) for link in (theirs, ramseys)] == [403, 403]
    listed = (await local.get(f"{API}/subscriptions")).json()["items"]
    assert {each["id"] for each in listed} == {mine, wytons}
    assert [await revoke(local, link) for link in (mine, wytons)] == [204, 204]
    assert await revoke(both, theirs) == 204


async def test_a_link_shows_no_site_that_its_maker_has_no_more(app: FastAPI, both: httpx.AsyncClient) -> None:
    await put_party(both, "choir")
    await book(both, title="Zebra choir", party="choir")
    async with signed_in_as(app, both, "manager") as manager:
        made = (await manager.post(f"{API}/subscriptions", json={"party": "choir", "shows": "titles"})).json()
        assert "Zebra" in (await manager.get(made["link"])).text
        await reassign(both, await user_with(both, "manager"), "manager", sites=["wyton"])
        answer = await manager.get(made["link"])
        assert (answer.status_code, "Zebra" in answer.text) == (200, False)


async def test_a_link_shows_contacts_only_from_sites_where_its_maker_sees_them(
    app: FastAPI, both: httpx.AsyncClient
) -> None:
    await put_party(both, "choir")
    await book(both, title="Zebra choir", party="choir", contact_name="Zebra Lee")
    held = [{"role": "manager", "site": "wyton"}, {"role": "wall", "site": SITE}]
    async with signed_in_as(app, both, "user", name="Two roles", assignments=held) as client:
        shown = {}
        for shows in ("titles", "contacts"):
            made = await client.post(f"{API}/subscriptions", json={"party": "choir", "shows": shows})
            shown[shows] = (await client.get(made.json()["link"])).text
    assert ("Zebra choir" in shown["titles"], "Zebra Lee" in shown["titles"]) == (True, False)
    assert "Zebra" not in shown["contacts"]


async def test_what_is_named_by_its_id_alone_is_refused_at_another_site_and_unknown_where_there_is_none(
    both: httpx.AsyncClient, local: httpx.AsyncClient
) -> None:
    made = await book(both)
    ordered = await both.post(f"{API}/sites/{SITE}/overrides", json={"kind": "lock_down", "reason": "drill"})
    override: Json = ordered.json()
    for path, there in (("bookings", made["id"]), ("overrides", override["id"])):
        assert (await local.get(f"{API}/{path}/{there}")).status_code == 403
        assert (await local.get(f"{API}/{path}/01a21293-b600-75c8-a29c-459564e966c2")).status_code == 404
