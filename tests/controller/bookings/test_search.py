"""Bookings are found by name on any day, by users who may see the name."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from controller.app.container import Container
from controller.bookings.code_search import MOST_A_MINUTE
from controller.records.audit.tables import audit_rows
from tests.controller.clock import ManualClock
from tests.controller.signin.signing import put_party, signed_in_as
from tests.controller.village import API, SITE, act, book
from tests.digits import says

Json = dict[str, Any]


@pytest.fixture
async def diary(any_village: httpx.AsyncClient, clock: ManualClock) -> httpx.AsyncClient:
    """Three bookings of the choir's, one of them over, and one of the yoga class; and a site without any."""
    await any_village.put(f"{API}/sites/elsewhere", json={"name": "Elsewhere", "zone": "Europe/London"})
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


async def test_future_bookings_are_found_first_and_past_ones_last(diary: httpx.AsyncClient) -> None:
    assert await found(diary, "whyte") == ["Carols 100%", "Spring concert", "Rehearsal"]
    assert await found(diary, "lee") == ["Carols 100%", "Spring concert", "Rehearsal", "Yoga"]
    assert await found(diary, "CONCERT") == ["Spring concert"]
    assert await found(diary, "01487") == ["Carols 100%", "Spring concert", "Rehearsal"]
    assert await found(diary, "whyte", limit=2) == ["Carols 100%", "Spring concert"]
    assert await found(diary, "0%") == ["Carols 100%"]
    assert await found(diary, "__") == []


async def test_a_search_ignores_fields_that_the_user_may_not_see(diary: httpx.AsyncClient, any_app: FastAPI) -> None:
    async with signed_in_as(any_app, diary, "wall") as reader:
        assert await found(reader, "lee") == []
        assert await found(reader, "concert") == ["Spring concert"]
    async with signed_in_as(any_app, diary, "group_leader", party="yoga") as yoga:
        assert await found(yoga, "concert") == []
        assert await found(yoga, "choir") == []
        assert await found(yoga, "lee") == ["Yoga"]


async def test_who_may_not_read_requests_does_not_find_out_what_they_are_called(
    diary: httpx.AsyncClient, any_app: FastAPI
) -> None:
    asked = {"starts": "2027-01-05T18:00", "ends": "2027-01-05T20:00", "by_rules": True}
    made = await book(diary, title="Seance", party="choir", **asked)
    assert made["status"] in ("held", "requested")
    assert await found(diary, "seance") == ["Seance"]
    async with signed_in_as(any_app, diary, "wall") as reader:
        assert await found(reader, "seance") == []
        await act(diary, made, "cancel")
        assert await found(reader, "seance") == []
        assert await found(reader, "choir") == ["Carols 100%", "Spring concert", "Rehearsal"]


async def everywhere(client: httpx.AsyncClient, text: str, **more: str | int) -> Json:
    answer = await client.get(f"{API}/bookings/search", params={"text": text, **more})
    assert answer.status_code == 200, answer.text
    page: Json = answer.json()
    return page


async def test_all_sites_are_searched_page_by_page_and_nothing_comes_twice(
    diary: httpx.AsyncClient, any_app: FastAPI
) -> None:
    pages: list[list[str]] = []
    after: dict[str, str | int] = {}
    while True:
        page = await everywhere(diary, "LEE", limit=1, **after)
        pages.append([each["title"] for each in page["items"]])
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert pages == [["Carols 100%"], ["Spring concert"], ["Rehearsal"], ["Yoga"]]
    async with signed_in_as(any_app, diary, "group_leader", party="yoga") as yoga:
        assert [each["title"] for each in (await everywhere(yoga, "lee"))["items"]] == ["Yoga"]
    async with signed_in_as(any_app, diary, "porter", sites=["elsewhere"]) as porter:
        assert (await everywhere(porter, "lee"))["items"] == []


async def by_body(client: httpx.AsyncClient, status: int = 200, **body: object) -> Json:
    answer = await client.post(f"{API}/bookings/search/text", json=body, headers={"Idempotency-Key": "one"})
    assert answer.status_code == status, answer.text
    found_there: Json = answer.json()
    return found_there


async def test_the_text_can_be_in_the_body_and_then_finds_the_same_for_the_same_people(
    diary: httpx.AsyncClient, any_app: FastAPI
) -> None:
    first = await by_body(diary, text="  LEE ", limit=2)
    assert first == await everywhere(diary, "LEE", limit=2)
    rest = await by_body(diary, text="LEE", after=first["next"])
    assert [each["title"] for each in rest["items"]] == ["Rehearsal", "Yoga"]
    here = [each["title"] for each in (await by_body(diary, text="lee", site=SITE))["items"]]
    assert here == await found(diary, "lee")
    assert (await by_body(diary, 404, text="lee", site="nowhere"))["status"] == 404
    wrong: list[dict[str, object]] = [
        {"text": "l"},
        {"text": " l "},
        {"text": "l" * 101},
        {"text": "lee", "limit": 101},
        {},
    ]
    for body in wrong:
        await by_body(diary, 422, **body)
    async with signed_in_as(any_app, diary, "group_leader", party="yoga") as yoga:
        assert [each["title"] for each in (await by_body(yoga, text="lee", site=SITE))["items"]] == ["Yoga"]
    async with signed_in_as(any_app, diary, "porter", sites=["elsewhere"]) as porter:
        assert (await by_body(porter, text="lee", site=SITE))["items"] == []


async def test_a_party_is_found_by_whom_to_ring_for_it_where_the_booking_names_nobody(
    diary: httpx.AsyncClient, any_app: FastAPI
) -> None:
    await put_party(diary, "scouts", name="Scouts", contact_name="Akela Brown", contact_phone="01487 22")
    times = {"starts": "2027-02-02T18:00", "ends": "2027-02-02T20:00"}
    await book(diary, title="Knots", party="scouts", contact_name="", contact_phone="", **times)
    assert [each["title"] for each in (await everywhere(diary, "akela"))["items"]] == ["Knots"]
    assert await found(diary, "akela") == ["Knots"]
    async with signed_in_as(any_app, diary, "wall") as reader:
        assert (await everywhere(reader, "akela"))["items"] == []


async def coded(client: httpx.AsyncClient, digits: str, status: int = 200) -> Json:
    answer = await client.post(f"{API}/bookings/search", json={"digits": digits})
    assert answer.status_code == status, answer.text
    body: Json = answer.json()
    return body


async def test_staff_find_a_booking_by_the_last_digits_of_its_code_and_it_is_recorded_without_them(
    diary: httpx.AsyncClient, any_app: FastAPI, any_container: Container
) -> None:
    times = {"starts": "2026-11-30T18:00", "ends": "2026-11-30T20:00"}
    made = await book(diary, title="Bell ringers", party="choir", **times)
    code = made["code"]
    async with signed_in_as(any_app, diary, "porter") as porter:
        for size in (2, 3, 4):
            answer = await coded(porter, code[-size:])
            assert "Bell ringers" in [each["title"] for each in answer["items"]]
            assert not says(str(answer), code)
        for wrong in ("1", "12345", "1a", "", code):
            await coded(porter, wrong, 422)
    async with any_container.database.read() as tx:
        rows = [*(await tx.execute(select(audit_rows).where(audit_rows.c.act == "search codes"))).mappings()]
    assert len(rows) == 3
    for row in rows:
        assert not says(f"{row['thing']} {row['changes']} {row['personal']}", code[-4:])


async def test_a_search_by_digits_keeps_no_fingerprint_of_them(
    diary: httpx.AsyncClient, any_container: Container
) -> None:
    from controller.app.idempotency import idempotency

    async with any_container.database.read() as tx:
        before = len((await tx.execute(select(idempotency))).all())
    for digits in ("12", "34"):
        path, key = f"{API}/bookings/search", {"Idempotency-Key": "one"}
        assert (await diary.post(path, json={"digits": digits}, headers=key)).status_code == 200
        assert (await diary.post(f"{path}/text", json={"text": digits}, headers=key)).status_code == 200
    async with any_container.database.read() as tx:
        assert len((await tx.execute(select(idempotency))).all()) == before


async def test_groups_learn_nothing_from_the_digits_of_codes(diary: httpx.AsyncClient, any_app: FastAPI) -> None:
    times = {"starts": "2026-11-30T18:00", "ends": "2026-11-30T20:00"}
    made = await book(diary, title="Bell ringers", party="choir", **times)
    for role in ("group_leader", "group_member"):
        async with signed_in_as(any_app, diary, role, party="choir") as choir:
            assert (await coded(choir, made["code"][-4:]))["items"] == []
    async with signed_in_as(any_app, diary, "wall") as reader:
        await coded(reader, made["code"][-4:], 403)
    async with signed_in_as(any_app, diary, "porter", sites=["elsewhere"]) as porter:
        assert (await coded(porter, made["code"][-4:]))["items"] == []


async def test_codes_are_searched_so_often_a_minute(diary: httpx.AsyncClient, clock: ManualClock) -> None:
    for _ in range(MOST_A_MINUTE):
        await coded(diary, "00")
    refused = await diary.post(f"{API}/bookings/search", json={"digits": "00"})
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    clock.advance(minutes=1)
    await coded(diary, "00")


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
