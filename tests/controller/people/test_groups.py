"""Who belongs to a party, with which role, and who answers for it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest
from fastapi import FastAPI

from tests.controller.clock import ManualClock
from tests.controller.running import PASSWORD, USER
from tests.controller.signin.signing import API, Json, make_user, put_party, signed_in_as
from tests.controller.village import SITE

PEOPLE = f"{API}/parties/choir/people"


@pytest.fixture
async def hub(any_village: httpx.AsyncClient) -> httpx.AsyncClient:
    """An owner; Ramsey with a choir and scouts, Wyton with bells."""
    await any_village.put(f"{API}/sites/wyton", json={"name": "Wyton", "zone": "Europe/London"})
    for party, site in (("choir", SITE), ("scouts", SITE), ("bells", "wyton")):
        await put_party(any_village, party, site=site)
    return any_village


@pytest.fixture
async def leader(any_app: FastAPI, hub: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    async with signed_in_as(any_app, hub, "group_leader", sites=[SITE], party="choir", name="Lena") as client:
        yield client


@pytest.fixture
async def manager(any_app: FastAPI, hub: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    async with signed_in_as(any_app, hub, "manager", sites=[SITE], name="Max") as client:
        yield client


async def people(client: httpx.AsyncClient, party: str = "choir") -> dict[str, Json]:
    """By name, the newest role of each."""
    answer = await client.get(f"{API}/parties/{party}/people")
    assert answer.status_code == 200, answer.text
    return {each["user"]: each for each in answer.json()["items"]}


async def sign_in_again(client: httpx.AsyncClient) -> None:
    """The owner's session has run out."""
    del client.headers["Authorization"]
    answer = await client.post(f"{API}/session", json={"user": USER, "password": PASSWORD})
    client.cookies.clear()
    client.headers["Authorization"] = f"Bearer {answer.json()['token']}"


async def responsible(client: httpx.AsyncClient, party: str = "choir") -> Json | None:
    found: Json | None = (await client.get(f"{API}/parties/{party}/people")).json()["responsible"]
    return found


async def unanswered(client: httpx.AsyncClient) -> list[str]:
    answer = await client.get(f"{API}/parties", params={"without_responsible": True})
    return [each["id"] for each in answer.json()["items"]]


async def test_a_manager_adds_people_and_a_leader_changes_and_ends_their_roles(
    hub: httpx.AsyncClient, manager: httpx.AsyncClient, leader: httpx.AsyncClient
) -> None:
    await make_user(manager, "Sam", "group_member", sites=[SITE], party="scouts")
    added = await manager.post(PEOPLE, json={"user": "Sam", "site": SITE, "until_at": "2026-12-31"})
    assert added.status_code == 201, added.text
    assert (added.json()["user"], added.json()["role"], added.json()["state"]) == ("Sam", "group_member", "in_force")
    assert (await manager.post(PEOPLE, json={"user": "Sam", "site": SITE})).status_code == 409
    sam = (await people(leader))["Sam"]
    led = await leader.patch(f"{PEOPLE}/{sam['id']}", json={"role": "group_leader", "until_at": None})
    assert (led.status_code, led.json()["role"], led.json()["until_at"]) == (200, "group_leader", None)
    over = await leader.delete(f"{PEOPLE}/{sam['id']}")
    assert (over.status_code, over.json()["state"]) == (200, "over")
    assert (await leader.delete(f"{PEOPLE}/{sam['id']}")).status_code == 200
    assert (await people(hub, "scouts"))["Sam"]["state"] == "in_force"
    log = (await hub.get(f"{API}/audit", params={"thing": f"user {(await user_id(hub, 'Sam'))}"})).json()["items"]
    assert {each["act"] for each in log} >= {"give", "change", "take away"}


async def user_id(client: httpx.AsyncClient, name: str) -> str:
    users: list[Json] = (await client.get(f"{API}/users")).json()["items"]
    return str(next(each["id"] for each in users if each["name"] == name))


async def test_a_leader_decides_about_the_own_party_at_the_own_site_only(
    hub: httpx.AsyncClient, leader: httpx.AsyncClient
) -> None:
    await make_user(hub, "Wim", "group_member", sites=["wyton"], party="choir")
    await make_user(hub, "Sam", "group_member", sites=[SITE], party="scouts")
    away, scout = (await people(hub))["Wim"], (await people(hub, "scouts"))["Sam"]
    assert set(await people(leader)) == {"Lena"}
    for method, path in (
        ("GET", f"{API}/parties/scouts/people"),
        ("DELETE", f"{API}/parties/scouts/people/{scout['id']}"),
        ("DELETE", f"{PEOPLE}/{away['id']}"),
        ("POST", f"{API}/parties/bells/responsible"),
        ("GET", f"{API}/parties/scouts/invitations"),
    ):
        answer = await leader.request(method, path, json={} if method == "POST" else None)
        assert answer.status_code == 403, (method, path, answer.text)
    assert (await leader.delete(f"{PEOPLE}/{scout['id']}")).status_code == 404
    assert (await leader.post(PEOPLE, json={"user": "Sam", "site": SITE})).status_code == 403
    own = (await people(leader))["Lena"]
    for role in ("manager", None):
        assert (await leader.patch(f"{PEOPLE}/{own['id']}", json={"role": role})).status_code == 422
    assert (await leader.get(f"{API}/users")).status_code == 403


async def test_a_group_member_decides_about_nobody(any_app: FastAPI, hub: httpx.AsyncClient) -> None:
    async with signed_in_as(any_app, hub, "group_member", sites=[SITE], party="choir", name="Mia") as member:
        assert (await member.get(PEOPLE)).status_code == 403
        own = (await people(hub))["Mia"]
        assert (await member.patch(f"{PEOPLE}/{own['id']}", json={"role": "group_leader"})).status_code == 403


async def test_days_of_a_role_follow_the_clock_of_the_site_over_both_changes(
    hub: httpx.AsyncClient, manager: httpx.AsyncClient, clock: ManualClock
) -> None:
    await make_user(manager, "Sam", "group_member", sites=[SITE], party="scouts")
    for first, last, starts, ends in (
        ("2027-03-28", "2027-03-28", "2027-03-28T00:00:00+00:00", "2027-03-28T23:00:00+00:00"),
        ("2027-10-31", "2027-10-31", "2027-10-30T23:00:00+00:00", "2027-11-01T00:00:00+00:00"),
    ):
        body = {"user": "Sam", "site": SITE, "from_at": first, "until_at": last}
        added = await hub.post(PEOPLE, json=body)
        assert added.status_code == 201, added.text
        assert (added.json()["state"], added.json()["from_at"]) == ("coming", starts)
        assert added.json()["until_at"] == ends
        clock.set(datetime.fromisoformat(starts))
        await sign_in_again(hub)
        assert (await people(hub))["Sam"]["state"] == "in_force"
        clock.set(datetime.fromisoformat(ends))
        assert (await people(hub))["Sam"]["state"] == "over"


async def test_one_person_answers_for_a_party_and_a_party_without_one_is_listed(
    hub: httpx.AsyncClient, manager: httpx.AsyncClient, leader: httpx.AsyncClient
) -> None:
    path = f"{API}/parties/choir/responsible"
    await put_party(hub, "ann", kind="person", name="Ann Lee", site=SITE)
    assert await unanswered(manager) == ["choir", "scouts"]
    put = await leader.post(path, json={"user": "Lena"})
    assert (put.status_code, put.json()) == (200, {"name": "Lena", "person": None, "active": True})
    assert await unanswered(manager) == ["scouts"]
    both = await leader.post(path, json={"user": "Lena", "person": "ann"})
    assert both.status_code == 422
    assert (await leader.post(path, json={"user": "Max"})).status_code == 422
    put = await leader.post(path, json={"person": "ann"})
    assert put.json() == {"name": "Ann Lee", "person": "ann", "active": True}
    assert (await leader.post(path, json={"user": "Lena"})).is_success
    body = {"kind": "group", "name": "Choir", "site": SITE, "responsible": "ann"}
    version = (await manager.get(f"{API}/parties/choir")).json()["version"]
    assert (await manager.put(f"{API}/parties/choir", json=body | {"version": version})).is_success
    assert (await responsible(leader) or {})["name"] == "Ann Lee"
    log = (await hub.get(f"{API}/audit", params={"thing": "party choir"})).json()["items"]
    assert sum(each["act"] == "change responsible person" for each in log) == 3


async def test_a_party_whose_responsible_person_goes_is_listed_and_keeps_its_bookings(
    hub: httpx.AsyncClient, manager: httpx.AsyncClient, leader: httpx.AsyncClient, clock: ManualClock
) -> None:
    await leader.post(f"{API}/parties/choir/responsible", json={"user": "Lena"})
    times = {"starts": "2026-11-26T18:00", "ends": "2026-11-26T20:00"}
    booked = await leader.post(f"{API}/sites/{SITE}/bookings", json={"space": "hall", "title": "Choir", **times})
    assert booked.status_code == 201, booked.text
    own = (await people(manager))["Lena"]
    until = {"until_at": "2026-11-26T00:00:00+00:00"}
    assert (await manager.patch(f"{PEOPLE}/{own['id']}", json=until, params={"force": True})).is_success
    assert "choir" not in await unanswered(manager)
    clock.set(datetime(2026, 11, 26, tzinfo=UTC))
    assert "choir" in await unanswered(manager)
    assert await responsible(manager) == {"name": "Lena", "person": None, "active": False}
    kept = await manager.get(f"{API}/bookings/{booked.json()['id']}")
    assert kept.json()["status"] == booked.json()["status"] == "held"
