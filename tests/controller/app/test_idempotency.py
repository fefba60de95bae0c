"""A write that is sent again is answered again and not done again, on both databases."""

import asyncio

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select, text

from controller.app.container import Container
from controller.app.idempotency import forget_old_keys, idempotency
from controller.people.authentication import Builds
from controller.platform.web.fields import SlugPath
from controller.platform.web.services import TheClock, TheDatabase
from controller.records.audit import audit_log
from controller.records.audit.tables import audit_rows
from tests.controller.clock import ManualClock
from tests.controller.running import PASSWORD, USER, signed_in, stranger
from tests.controller.serving import serving
from tests.controller.signin.signing import put_party, reassign, signed_in_as, user_with
from tests.controller.village import wanted

SITE = {"name": "Ramsey", "zone": "Europe/London", "version": 0}
PATH = "/api/v1/sites/ramsey"
KEY = {"Idempotency-Key": "key-1"}


async def _writes(container: Container, act: str = "make") -> int:
    async with container.database.read() as tx:
        query = select(func.count()).select_from(audit_rows).where(audit_rows.c.act == act)
        return int((await tx.execute(query)).scalar_one())


async def test_the_same_request_is_answered_again_with_its_status_and_not_done_again(
    any_client: httpx.AsyncClient, any_container: Container
) -> None:
    first = await any_client.put(PATH, json=SITE, headers=KEY)
    second = await any_client.put(PATH, json=SITE, headers=KEY)
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.content == first.content
    assert second.headers["content-type"] == first.headers["content-type"]
    assert await _writes(any_container) == 1


async def test_another_request_with_the_key_is_refused(any_client: httpx.AsyncClient, any_container: Container) -> None:
    await any_client.put(PATH, json=SITE, headers=KEY)
    for answer in (
        await any_client.put(PATH, json=SITE | {"name": "Other"}, headers=KEY),
        await any_client.put("/api/v1/sites/other", json=SITE, headers=KEY),
    ):
        assert answer.status_code == 422
        assert "'key-1' belongs to another request" in answer.json()["detail"]
    assert await _writes(any_container) == 1


@pytest.mark.both_databases
async def test_twins_at_once_have_one_effect_and_one_answer(
    any_client: httpx.AsyncClient, any_container: Container
) -> None:
    answers = await asyncio.gather(*(any_client.put(PATH, json=SITE, headers=KEY) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert await _writes(any_container) == 1


async def test_a_refusal_is_answered_again(any_client: httpx.AsyncClient) -> None:
    path = "/api/v1/sites/nowhere/spaces/hall"
    first = await any_client.put(path, json={"name": "Hall"}, headers=KEY)
    await any_client.put("/api/v1/sites/nowhere", json=SITE)
    second = await any_client.put(path, json={"name": "Hall"}, headers=KEY)
    assert (first.status_code, second.status_code) == (404, 404)
    assert second.json() == first.json()


@pytest.mark.both_databases
async def test_keys_are_each_users_own(any_app: FastAPI, any_container: Container) -> None:
    async with signed_in(any_app) as una:
        await una.put(PATH, json=SITE, headers=KEY)
        async with any_container.database.write() as tx:
            await tx.execute(text("UPDATE users SET name = 'Bo'"))
        again = await una.put(PATH, json=SITE, headers=KEY)
    assert (again.status_code, "Una Porter made it" in again.json()["detail"]) == (409, True)


async def test_a_key_outlives_the_session_it_was_used_in(any_app: FastAPI, any_container: Container) -> None:
    async with signed_in(any_app) as una, stranger(any_app) as again:
        await una.put(PATH, json=SITE, headers=KEY)
        await una.delete("/api/v1/session")
        token = (await again.post("/api/v1/session", json={"user": USER, "password": PASSWORD})).json()["token"]
        answer = await again.put(PATH, json=SITE, headers=KEY | {"Authorization": f"Bearer {token}"})
    assert answer.status_code == 201
    assert await _writes(any_container) == 1


async def test_a_write_without_a_sign_in_claims_no_key(any_app: FastAPI, any_container: Container) -> None:
    async with stranger(any_app) as client:
        assert (await client.put(PATH, json=SITE, headers=KEY)).status_code == 401
    async with any_container.database.read() as tx:
        assert (await tx.execute(select(idempotency))).all() == []


async def test_a_write_that_broke_off_is_never_run_a_second_time(app: FastAPI) -> None:
    async def break_off(name: SlugPath, database: TheDatabase, clock: TheClock, actor: Builds) -> None:
        async with database.write() as tx:
            await audit_log.record(tx, actor=actor.name, at=clock.now(), act="make", thing=name)
        raise RuntimeError("after the commit")

    app.post("/api/v1/broken/{name}")(break_off)
    async with signed_in(app) as client:
        assert (await client.post("/api/v1/broken/x", headers=KEY)).status_code == 500
        again = await client.post("/api/v1/broken/x", headers=KEY)
    assert (again.status_code, again.json()["type"]) == (409, "urn:hallkeeper:problem:outcome-unknown")
    assert "may or may not" in again.json()["detail"]
    assert await _writes(app.state.container) == 1


async def test_a_day_later_the_key_is_free(
    any_client: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    await any_client.put(PATH, json=SITE, headers=KEY)
    await forget_old_keys(any_container)
    assert (await any_client.put(PATH, json=SITE, headers=KEY)).status_code == 201
    clock.advance(days=1, seconds=1)
    await forget_old_keys(any_container)
    assert (await any_client.put(PATH, json=SITE, headers=KEY)).status_code == 409


async def test_stored_answers_are_sealed(client: httpx.AsyncClient, container: Container) -> None:
    await client.put(PATH, json=SITE, headers=KEY)
    async with container.database.read() as tx:
        (row,) = await tx.execute(select(idempotency))
    assert b"Ramsey" not in row.answer


@pytest.mark.parametrize("key", ["", "k" * 201, "a\tb"])
async def test_a_key_has_limits(client: httpx.AsyncClient, key: str) -> None:
    answer = await client.put(PATH, json=SITE, headers={"Idempotency-Key": key})
    assert answer.status_code == 422
    assert "1 to 200" in answer.json()["detail"]


async def test_a_long_answer_under_a_key_is_whole_on_a_real_line_and_stored_whole(
    app: FastAPI, village: httpx.AsyncClient
) -> None:
    sheet = b"Ref,Space,Title,Date,Start,End\na,hall,Choir,1/12/2026,10:00,11:00\n"
    headers = {"Content-Type": "text/csv", **KEY}
    async with serving(app) as url, httpx.AsyncClient(base_url=url, headers=village.headers, timeout=60) as client:
        first, second = [
            await client.post(f"{PATH}/bookings/import", content=sheet, params={"progress": "true"}, headers=headers)
            for _ in range(2)
        ]
    assert '"added":1' in first.text.splitlines()[-1]
    assert second.content == first.content


async def _changed(admin: httpx.AsyncClient, was: str, role: str, *, party: str | None = None) -> None:
    """Give the one user who has or had a role another instead."""
    await reassign(admin, await user_with(admin, was), role, party=party)


async def test_who_may_no_longer_ask_is_not_answered_from_memory(
    any_app: FastAPI, any_village: httpx.AsyncClient
) -> None:
    async with signed_in_as(any_app, any_village, "manager") as manager:
        made = await manager.post(f"{PATH}/bookings", json=wanted(), headers=KEY)
        assert made.json()["code"].isdigit()
        told = await manager.post(f"/api/v1/bookings/{made.json()['id']}/code", headers={"Idempotency-Key": "code"})
        assert told.json()["codes"]
        await _changed(any_village, "manager", "wall")
        for path, body, key in (
            (f"{PATH}/bookings", wanted(), "key-1"),
            (f"/api/v1/bookings/{made.json()['id']}/code", None, "code"),
        ):
            again = await manager.post(path, json=body, headers={"Idempotency-Key": key})
            assert again.status_code == 403, again.text
            assert "code" not in again.json()


async def test_an_answer_given_under_other_rights_is_forgotten_and_the_write_not_done_again(
    any_app: FastAPI, any_village: httpx.AsyncClient
) -> None:
    """A booker may still book, so the gate lets the request in; but not for that party."""
    for party in ("choir", "yoga"):
        await put_party(any_village, party)
    async with signed_in_as(any_app, any_village, "group_leader", party="choir") as booker:
        made = await booker.post(f"{PATH}/bookings", json=wanted(party="choir"), headers=KEY)
        assert made.status_code == 201, made.text
        await _changed(any_village, "group_leader", "group_leader", party="yoga")
        again = await booker.post(f"{PATH}/bookings", json=wanted(party="choir"), headers=KEY)
        assert (again.status_code, again.json()["type"]) == (409, "urn:hallkeeper:problem:answer-forgotten")
        assert made.json()["id"] not in again.text
        await _changed(any_village, "group_leader", "group_leader", party="choir")
        assert (await booker.post(f"{PATH}/bookings", json=wanted(party="choir"), headers=KEY)).json() == made.json()


async def test_a_refusal_by_the_gate_claims_no_key(any_app: FastAPI, any_village: httpx.AsyncClient) -> None:
    async with signed_in_as(any_app, any_village, "wall") as reader:
        assert (await reader.post(f"{PATH}/bookings", json=wanted(), headers=KEY)).status_code == 403
        await _changed(any_village, "wall", "manager")
        assert (await reader.post(f"{PATH}/bookings", json=wanted(), headers=KEY)).status_code == 201


async def test_signing_in_is_never_answered_from_memory(
    app: FastAPI, client: httpx.AsyncClient, container: Container
) -> None:
    said = {"user": USER, "password": PASSWORD}
    answers = [await client.post("/api/v1/session", json=said, headers=KEY) for _ in range(2)]
    assert [each.status_code for each in answers] == [201, 201]
    assert answers[0].json()["token"] != answers[1].json()["token"]
    async with container.database.read() as tx:
        assert (await tx.execute(select(idempotency))).all() == []
