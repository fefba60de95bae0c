"""What bookers and readers get over HTTP, in full; test_matrix tries every route as every role."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from tests.controller.signin.signing import API, Json, put_party, signed_in_as
from tests.controller.village import SITE, as_later, book, look, wanted

CHOIR = {
    "contact_name": "Cora Lee",
    "contact_phone": "01487 555 020",
    "contact_email": "cora@example.org",
    "key_holder": "Cora",
    "notes": "piano",
    "people": 25,
}
DAY = {"from": "2026-11-26", "to": "2026-11-27"}


@pytest.fixture
async def shared(village: httpx.AsyncClient) -> httpx.AsyncClient:
    """Ramsey and Wyton, the choir and the yoga class; an administrator's client."""
    await village.put(f"{API}/sites/wyton", json={"name": "Wyton", "zone": "Europe/London"})
    await village.put(f"{API}/sites/wyton/spaces/hall", json={"name": "Hall", "doors": []})
    for party in ("choir", "yoga"):
        await put_party(village, party)
    return village


@pytest.fixture
async def choirs(shared: httpx.AsyncClient) -> Json:
    """The choir's booking."""
    return await book(shared, party="choir", **CHOIR)


@pytest.fixture
async def reader(app: FastAPI, shared: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    async with signed_in_as(app, shared, "wall") as client:
        yield client


@pytest.fixture
async def yoga(app: FastAPI, shared: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    """Books for the yoga class at Ramsey."""
    async with signed_in_as(app, shared, "group_leader", party="yoga", sites=[SITE]) as client:
        yield client


async def test_a_reader_sees_the_diary_without_contacts_and_codes(reader: httpx.AsyncClient, choirs: Json) -> None:
    seen = await look(reader, choirs)
    hidden = {name for name in seen if seen[name] != choirs[name]} - {"actions"}
    assert hidden == {*CHOIR, "code", "codes", "link", "show_link", "message"} - {"people"}
    assert not any(seen[name] for name in hidden)
    for path in (
        f"/bookings/{choirs['id']}/log",
        f"/sites/{SITE}/now",
        "/parties",
        "/parties/choir",
        "/parties.csv",
        "/users",
    ):
        assert (await reader.get(f"{API}{path}")).status_code == 403


async def test_a_booker_sees_all_of_its_own_and_of_others_that_the_time_is_taken(
    yoga: httpx.AsyncClient, shared: httpx.AsyncClient, choirs: Json
) -> None:
    own = await book(shared, party="yoga", title="Yoga", space="studio")
    gone = await book(shared, title="Judo", space="yard")
    await shared.post(f"{API}/bookings/{gone['id']}/cancel")
    listed = (await yoga.get(f"{API}/sites/{SITE}/bookings", params=DAY)).json()["items"]
    assert {each["title"] for each in listed} == {"Taken", "Yoga"}
    taken = next(each for each in listed if each["title"] == "Taken")
    told = {name: value for name, value in taken.items() if value}
    assert told.keys() <= {
        *("id", "site", "space", "title", "starts", "ends", "status", "code_window", "on_door", "version"),
        *("created_at", "changed_at", "setup_starts", "cleardown_ends", "site_name", "space_name"),
    }
    assert (taken["starts"], taken["space"]) == (choirs["starts"], "hall")
    assert "Cora" not in str(listed)
    assert await look(yoga, own) == as_later(own) | {"message": own["message"]}
    assert (await look(yoga, choirs))["title"] == "Taken"
    assert (await yoga.get(f"{API}/bookings/{choirs['id']}/log")).status_code == 403
    assert (await yoga.get(f"{API}/bookings/{own['id']}/log")).status_code == 200
    assert (await yoga.get(f"{API}/parties/yoga")).status_code == 200
    assert (await yoga.get(f"{API}/parties/choir")).status_code == 403


async def test_a_booker_changes_its_own_bookings_and_nobody_elses(
    yoga: httpx.AsyncClient, shared: httpx.AsyncClient, choirs: Json
) -> None:
    own = await book(shared, party="yoga", title="Yoga", space="studio")
    nobodys = await book(shared, title="Meeting", space="yard")
    for other in (choirs, nobodys):
        for what in ("cancel", "restore"):
            assert (await yoga.post(f"{API}/bookings/{other['id']}/{what}")).status_code == 403
        assert (await yoga.patch(f"{API}/bookings/{other['id']}", json={"title": "Mine"})).status_code == 403
    assert (await yoga.patch(f"{API}/bookings/{own['id']}", json={"title": "Hot yoga"})).status_code == 200
    assert (await yoga.patch(f"{API}/bookings/{own['id']}", json={"party": "choir"})).status_code == 403
    assert (await yoga.post(f"{API}/bookings/{own['id']}/cancel")).status_code == 200


async def test_a_booker_books_for_its_own_party_only(yoga: httpx.AsyncClient) -> None:
    for party, status in (("choir", 403), ("yoga", 201)):
        answer = await yoga.post(f"{API}/sites/{SITE}/bookings", json=wanted(party=party))
        assert answer.status_code == status, answer.text
        assert status == 201 or "ask a manager of the site for a role that may" in answer.json()["detail"]


async def test_what_has_no_such_id_is_unknown_and_not_forbidden(yoga: httpx.AsyncClient) -> None:
    assert (await yoga.post(f"{API}/bookings/{'0' * 36}/cancel")).status_code == 404


async def test_the_owner_of_one_site_builds_it_and_no_other(app: FastAPI, shared: httpx.AsyncClient) -> None:
    async with signed_in_as(app, shared, "owner", sites=["wyton"]) as client:
        for site, status in (("third", 403), (SITE, 403), ("wyton", 200)):
            answer = await client.put(f"{API}/sites/{site}", json={"name": "W", "zone": "Europe/London"})
            assert answer.status_code == status, answer.text
