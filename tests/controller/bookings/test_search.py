"""Bookings are found by name on any day, by users who may see the name."""

import httpx
import pytest
from fastapi import FastAPI

from tests.controller.clock import ManualClock
from tests.controller.people.signing import put_party, signed_in_as
from tests.controller.village import API, SITE, act, book


@pytest.fixture
async def diary(any_village: httpx.AsyncClient, clock: ManualClock) -> httpx.AsyncClient:
    """Three bookings of the choir's, one of them over, and one of the yoga class."""
    await put_party(any_village, "choir", name="Great Whyte Choir")
    await put_party(any_village, "yoga", name="Yoga")
    for day, title in (("2026-11-26", "Rehearsal"), ("2027-03-09", "Spring concert"), ("2026-12-24", "Carols 100%")):
        times = {"starts": f"{day}T18:00", "ends": f"{day}T20:00"}
        await book(any_village, title=title, party="choir", contact_name="Cora Lee", contact_phone="01487 1", **times)
    earlier = {"starts": "2026-11-26T16:00", "ends": "2026-11-26T17:00"}
    await book(any_village, title="Yoga", party="yoga", contact_name="Ned Lee", space="studio", **earlier)
    clock.advance(days=2)
    return any_village


async def found(client: httpx.AsyncClient, text: str, **more: int) -> list[str]:
    answer = await client.get(f"{API}/sites/{SITE}/bookings/search", params={"text": text, **more})
    assert answer.status_code == 200, answer.text
    return [each["title"] for each in answer.json()["items"]]


@pytest.mark.both_databases
async def test_future_bookings_are_found_first_and_past_ones_last(diary: httpx.AsyncClient) -> None:
    assert await found(diary, "whyte") == ["Carols 100%", "Spring concert", "Rehearsal"]
    assert await found(diary, "lee") == ["Carols 100%", "Spring concert", "Rehearsal", "Yoga"]
    assert await found(diary, "CONCERT") == ["Spring concert"]
    assert await found(diary, "01487") == ["Carols 100%", "Spring concert", "Rehearsal"]
    assert await found(diary, "whyte", limit=2) == ["Carols 100%", "Spring concert"]
    assert await found(diary, "0%") == ["Carols 100%"]
    assert await found(diary, "__") == []


@pytest.mark.both_databases
async def test_a_search_ignores_fields_that_the_user_may_not_see(diary: httpx.AsyncClient, any_app: FastAPI) -> None:
    async with signed_in_as(any_app, diary, "wall") as reader:
        assert await found(reader, "lee") == []
        assert await found(reader, "concert") == ["Spring concert"]
    async with signed_in_as(any_app, diary, "group_leader", party="yoga") as yoga:
        assert await found(yoga, "concert") == []
        assert await found(yoga, "choir") == []
        assert await found(yoga, "lee") == ["Yoga"]


async def test_cancelled_bookings_are_found_and_marked(diary: httpx.AsyncClient) -> None:
    made = await book(diary, title="Bazaar", starts="2027-01-05T18:00", ends="2027-01-05T20:00")
    await act(diary, made, "cancel")
    answer = await diary.get(f"{API}/sites/{SITE}/bookings/search", params={"text": "bazaar"})
    assert [each["status"] for each in answer.json()["items"]] == ["cancelled"]


@pytest.mark.parametrize(
    ("query", "field"), [({"text": "x"}, "text"), ({}, "text"), ({"text": "ab", "limit": 0}, "limit")]
)
async def test_a_search_for_too_little_is_refused(
    diary: httpx.AsyncClient, query: dict[str, str | int], field: str
) -> None:
    refused = await diary.get(f"{API}/sites/{SITE}/bookings/search", params=query)
    assert refused.status_code == 422
    assert [each["field"] for each in refused.json()["errors"]] == [field]
    assert (await diary.get(f"{API}/sites/nowhere/bookings/search", params={"text": "ab"})).status_code == 404
