"""A party belongs to a site or to the estate: who owns it changes it, and nobody else, by any way in."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from tests.controller.signin.signing import API, Json, put_party, signed_in_as
from tests.controller.village import SITE, book, change, look, wanted

GROUP = {"kind": "group", "name": "Choir"}


@pytest.fixture
async def both(any_village: httpx.AsyncClient) -> httpx.AsyncClient:
    """Ramsey's choir and the county's, and Wyton; an administrator of all."""
    await any_village.put(f"{API}/sites/wyton", json={"name": "Wyton", "zone": "Europe/London"})
    await any_village.put(f"{API}/sites/wyton/spaces/hall", json={"name": "Hall", "doors": []})
    await put_party(any_village, "choir", site=SITE, contact_email="choir@example.org")
    await put_party(any_village, "county", kind="organisation", tier="council")
    await put_party(any_village, "ann", kind="person")
    return any_village


@pytest.fixture
async def wyton(any_app: FastAPI, both: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    """Manager of Wyton only."""
    async with signed_in_as(any_app, both, "manager", sites=["wyton"]) as client:
        yield client


async def _version(client: httpx.AsyncClient, party: str) -> int:
    return int((await client.get(f"{API}/parties/{party}")).json()["version"])


@pytest.mark.parametrize("party", ["choir", "county"])
async def test_a_manager_of_another_site_changes_neither_name_nor_tier_nor_anything_else(
    both: httpx.AsyncClient, wyton: httpx.AsyncClient, party: str
) -> None:
    path, before = f"{API}/parties/{party}", (await both.get(f"{API}/parties/{party}")).json()
    body = {"kind": before["kind"], "name": "Renamed", "tier": "council", "version": before["version"]}
    answers = [
        await wyton.put(path, json=body),
        await wyton.put(path, json=body | {"site": "wyton"}),
        await wyton.put(f"{path}/members/ann", json={"version": 0}),
        await wyton.delete(f"{path}/members/ann"),
        await wyton.post(f"{path}/forget"),
        await wyton.delete(path),
    ]
    assert [each.status_code for each in answers] == [403] * 6
    assert (await both.get(path)).json() == before
    file = f"id,name,tier\n{party},Renamed,council\n"
    told = await wyton.post(f"{API}/parties/import", content=file, headers={"Content-Type": "text/csv"})
    assert (told.status_code, told.json()["refused"], told.json()["changed"]) == (200, 1, 0), told.text
    assert "is not yours to change" in told.text
    assert (await both.get(path)).json() == before


async def test_a_manager_of_a_site_edits_its_parties_and_sees_those_of_the_estate(
    both: httpx.AsyncClient, wyton: httpx.AsyncClient
) -> None:
    made = await wyton.put(f"{API}/parties/bells", json={"kind": "group", "name": "Bells", "version": 0})
    assert (made.status_code, made.json()["site"]) == (201, "wyton"), made.text
    body = {"kind": "group", "name": "Bell ringers", "tier": "partner", "version": made.json()["version"]}
    assert (await wyton.put(f"{API}/parties/bells", json=body)).json()["site"] == "wyton"
    joined = await wyton.put(f"{API}/parties/bells/members/ann", json={"version": 0})
    assert joined.status_code == 201, joined.text
    assert [each["id"] for each in (await wyton.get(f"{API}/parties")).json()["items"]] == ["ann", "bells", "county"]
    assert "choir" not in (await wyton.get(f"{API}/parties.csv")).text
    assert [(await wyton.get(f"{API}/parties/{each}")).status_code for each in ("county", "choir")] == [200, 403]
    for site in (SITE, None):
        refused = await wyton.put(f"{API}/parties/mine", json=GROUP | {"site": site, "version": 0})
        assert refused.status_code == 403, refused.text
    assert "it belongs to all sites" in refused.json()["detail"]
    taken = f"id,name,site\nnew-one,New one,\nnew-two,New two,wyton\nnew-three,New three,{SITE}\n"
    told = await wyton.post(f"{API}/parties/import", content=taken, headers={"Content-Type": "text/csv"})
    assert (told.json()["added"], told.json()["refused"]) == (1, 2), told.text
    short = await wyton.post(
        f"{API}/parties/import", content="id,name\nlast,Last\n", headers={"Content-Type": "text/csv"}
    )
    assert short.json()["added"] == 1
    assert (await both.get(f"{API}/parties/last")).json()["site"] == "wyton"


async def test_who_has_all_sites_hands_a_party_over(both: httpx.AsyncClient, wyton: httpx.AsyncClient) -> None:
    handed = await both.put(f"{API}/parties/choir", json=GROUP | {"site": "wyton"})
    assert handed.json()["site"] == "wyton"
    mine = await wyton.put(f"{API}/parties/choir", json=GROUP | {"name": "Wyton choir"})
    assert (mine.status_code, mine.json()["site"]) == (200, "wyton"), mine.text
    nowhere = await both.put(f"{API}/parties/choir", json=GROUP | {"site": "attic"})
    assert nowhere.json()["errors"][0]["field"] == "site"


async def test_nobody_books_for_a_party_that_they_do_not_see(
    any_app: FastAPI, both: httpx.AsyncClient, wyton: httpx.AsyncClient
) -> None:
    path = f"{API}/sites/wyton/bookings"
    for body, status in ((wanted(party="choir"), 422), (wanted(party="county"), 201)):
        answer = await wyton.post(path, json=body)
        assert answer.status_code == status, answer.text
        assert "choir@example.org" not in answer.text
    async with signed_in_as(any_app, both, "group_leader", party="choir") as choir:
        answer = await choir.post(path, json=wanted(starts="2026-11-27T18:00", ends="2026-11-27T20:00"))
        assert answer.status_code == 201, answer.text


async def test_a_partys_address_reaches_its_bookings(both: httpx.AsyncClient) -> None:
    made = await book(both, party="choir")
    assert made["contact_email"] == "choir@example.org"
    moved: Json = {"site": SITE, "contact_email": "new@example.org", "contact_phone": "01487 555 020"}
    await put_party(both, "choir", **moved)
    seen = await look(both, made)
    assert (seen["contact_email"], seen["contact_phone"]) == ("new@example.org", "01487 555 020")
    own = await change(both, made, contact_email="leader@example.org")
    assert (own["contact_email"], own["contact_phone"]) == ("leader@example.org", "01487 555 020")
    assert (await change(both, made, contact_email=""))["contact_email"] == "new@example.org"
