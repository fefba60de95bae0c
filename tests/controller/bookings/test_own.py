"""The bookings of a user's own parties, over all the sites where they book."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tests.controller.clock import ManualClock
from tests.controller.signin.signing import assignments, put_party, signed_in_as
from tests.controller.village import API, SITE, act, book

AWAY = "wyton"


@pytest.fixture
async def diary(any_village: httpx.AsyncClient) -> httpx.AsyncClient:
    """Bookings of the choir's at two sites, and one of the scouts'."""
    for party in ("choir", "scouts"):
        await put_party(any_village, party, contact_phone="01487 1")
    await any_village.put(f"{API}/sites/{AWAY}", json={"name": "Wyton", "zone": "Europe/London"})
    await any_village.put(f"{API}/sites/{AWAY}/spaces/hall", json={"name": "Hall", "step_free": True, "doors": []})
    await book(any_village, title="Rehearsal", party="choir", **_evening("2026-12-03"))
    await book(any_village, title="Warm-up", party="choir", **_evening("2026-11-26"))
    await book(any_village, title="Camp fire", party="scouts", **_evening("2026-11-27"))
    body = {"space": "hall", "title": "Concert", "party": "choir"} | _evening("2026-11-30")
    assert (await any_village.post(f"{API}/sites/{AWAY}/bookings", json=body)).status_code == 201
    return any_village


def _evening(day: str) -> dict[str, str]:
    return {"starts": f"{day}T18:00", "ends": f"{day}T20:00"}


@pytest.fixture
async def leader(diary: httpx.AsyncClient, any_app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with signed_in_as(any_app, diary, "group_leader", party="choir") as client:
        yield client


async def own(client: httpx.AsyncClient, **query: object) -> list[dict[str, Any]]:
    answer = await client.get(f"{API}/my/bookings", params={name: str(value) for name, value in query.items()})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def titles(items: list[dict[str, Any]]) -> list[str]:
    return [each["title"] for each in items]


async def test_a_leader_gets_the_bookings_of_their_party_at_all_sites_by_start(leader: httpx.AsyncClient) -> None:
    found = await own(leader)
    assert titles(found) == ["Warm-up", "Concert", "Rehearsal"]
    assert [each["site"] for each in found] == [SITE, AWAY, SITE]
    assert [each["step_free"] for each in found] == [False, True, False]


async def test_past_ones_come_on_request_with_the_latest_first(leader: httpx.AsyncClient, clock: ManualClock) -> None:
    assert await own(leader, over="true") == []
    clock.advance(days=6)
    assert titles(await own(leader)) == ["Rehearsal"]
    assert titles(await own(leader, over="true")) == ["Concert", "Warm-up"]


@pytest.mark.parametrize("over", ["false", "true"])
async def test_pages_follow_each_other_without_a_gap(leader: httpx.AsyncClient, clock: ManualClock, over: str) -> None:
    if over == "true":
        clock.advance(days=20)
    whole = await own(leader, over=over)
    found: list[str] = []
    after: str | None = ""
    while after is not None:
        query = {"over": over, "limit": "1"} | ({"after": after} if after else {})
        page = (await leader.get(f"{API}/my/bookings", params=query)).json()
        found += titles(page["items"])
        after = page["next"]
    assert found == titles(whole)
    assert len(found) == 3


async def test_codes_are_in_full_for_those_who_may_see_them(
    diary: httpx.AsyncClient, leader: httpx.AsyncClient
) -> None:
    [first, *_] = await own(leader)
    assert first["code"].isdigit()
    assert len(first["code"]) == 6
    assert first["codes"][0]["code"] == first["code"]
    masked = await diary.get(f"{API}/bookings/{first['id']}")
    assert masked.json()["code"] == first["code"][:2] + "••••"


async def test_a_member_sees_the_code_and_cannot_change_anything(diary: httpx.AsyncClient, any_app: FastAPI) -> None:
    async with signed_in_as(any_app, diary, "group_member", party="choir") as member:
        [first, *_] = await own(member)
    assert first["code"].isdigit()
    assert first["actions"] == []
    assert (first["link"], first["contact_phone"]) == ("", "")


async def test_who_leads_at_one_site_gets_the_bookings_there_only(diary: httpx.AsyncClient, any_app: FastAPI) -> None:
    async with signed_in_as(any_app, diary, "group_leader", party="choir", sites=[AWAY]) as local:
        assert titles(await own(local)) == ["Concert"]


async def test_staff_without_a_party_have_none_of_their_own(diary: httpx.AsyncClient, any_app: FastAPI) -> None:
    assert await own(diary) == []
    both = [*assignments("porter"), *assignments("group_leader", party="scouts")]
    async with signed_in_as(any_app, diary, "user", name="Pat Both", assignments=both) as porter:
        assert titles(await own(porter)) == ["Camp fire"]


async def test_what_was_cancelled_stays_in_the_list_with_its_status(
    diary: httpx.AsyncClient, leader: httpx.AsyncClient
) -> None:
    [first, *_] = await own(leader)
    await act(leader, first, "cancel")
    [first, *_] = await own(leader)
    assert (first["status"], first["code"]) == ("cancelled", None)
