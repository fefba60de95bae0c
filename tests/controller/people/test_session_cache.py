"""Cached sessions are dropped with the first change of anybody's rights."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from controller.app.container import Container
from controller.db.engine import Database
from controller.people.model import Actor, Session, SignInMethod
from controller.people.session_cache import KEPT_S, SessionCache
from controller.people.users import UserChange, UserService
from tests.controller.clock import ManualClock
from tests.controller.running import NOW, PASSWORD, stranger
from tests.controller.signin.signing import API, put_party, reassign, signed_in_as, user_with
from tests.controller.statements import counted
from tests.eventually import eventually

TOKEN = bytes(32)
SESSION = Session(
    user_id="cora",
    method=SignInMethod.PASSWORD,
    user="Cora",
    assignments=(),
    created_at=NOW,
    last_used_at=NOW,
    expires_at=NOW + timedelta(days=1),
)
NEW = "another fine password"


@pytest.fixture
async def watched(any_app: FastAPI, any_container: Container) -> AsyncIterator[FastAPI]:
    """The application with what it runs to hear of other processes' changes; on PostgreSQL sessions are kept."""
    if any_container.database.sqlite:
        yield any_app
        return
    watching = asyncio.create_task(any_container.people.sessions.cache.watch(any_container.database.url))

    async def trusted() -> bool:
        return any_container.people.sessions.cache._trusted_until > 0

    await eventually(trusted, what="the line for notifications is up")
    yield any_app
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)


async def asks(client: httpx.AsyncClient, path: str = "/session") -> int:
    return (await client.get(f"{API}{path}")).status_code


async def test_a_session_is_looked_up_once_on_postgresql_and_each_time_in_memory_on_sqlite(
    watched: FastAPI, any_client: httpx.AsyncClient, any_container: Container
) -> None:
    async with signed_in_as(watched, any_client, "wall") as reader:
        token = reader.headers["Authorization"].removeprefix("Bearer ")
        async with counted() as said:
            for _ in range(3):
                assert await any_container.people.sessions.identify(token, by_cookie=False) is not None
        assert len([each for each in said if "sessions" in each]) == (3 if any_container.database.sqlite else 1)


Change = Callable[[FastAPI, httpx.AsyncClient, httpx.AsyncClient, str], Awaitable[None]]
"""A change to the user of the id, made by an administrator (the first client) or the user (the second)."""


def reassigned(role: str, **rights: Any) -> Change:
    async def change(_: FastAPI, admin: httpx.AsyncClient, __: httpx.AsyncClient, user: str) -> None:
        await reassign(admin, {"id": user}, role, **rights)

    return change


def changed(**fields: object) -> Change:
    async def change(_: FastAPI, admin: httpx.AsyncClient, __: httpx.AsyncClient, user: str) -> None:
        answer = await admin.patch(f"{API}/users/{user}", json=fields)
        assert answer.is_success, answer.text

    return change


async def sign_out(_: FastAPI, __: httpx.AsyncClient, own: httpx.AsyncClient, ___: str) -> None:
    assert (await own.delete(f"{API}/session")).is_success


async def own_password(app: FastAPI, _: httpx.AsyncClient, own: httpx.AsyncClient, user: str) -> None:
    async with elsewhere(app, own) as other:
        body = {"current": PASSWORD, "new": NEW}
        assert (await other.post(f"{API}/session/password", json=body)).is_success


async def others_ended(app: FastAPI, _: httpx.AsyncClient, own: httpx.AsyncClient, user: str) -> None:
    async with elsewhere(app, own) as other:
        assert (await other.delete(f"{API}/session/others")).is_success


async def erased(_: FastAPI, admin: httpx.AsyncClient, __: httpx.AsyncClient, user: str) -> None:
    """A user who books for a party must be ended before its personal data is deleted."""
    assert (await admin.post(f"{API}/parties/ann/forget")).status_code == 409
    assert (await admin.patch(f"{API}/users/{user}", json={"ended": True})).is_success
    assert (await admin.post(f"{API}/parties/ann/forget")).is_success


@asynccontextmanager
async def elsewhere(app: FastAPI, own: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    """The same user, signed in again."""
    name = (await own.get(f"{API}/session")).json()["user"]
    async with stranger(app) as other:
        answer = await other.post(f"{API}/session", json={"user": name, "password": PASSWORD})
        other.cookies.clear()
        other.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        yield other


@pytest.mark.parametrize(
    ("change", "path", "before", "after"),
    [
        pytest.param(changed(password=NEW), "/session", 200, 401, id="new password"),
        pytest.param(own_password, "/session", 200, 401, id="own password"),
        pytest.param(reassigned("wall"), "/sites/ramsey/requests", 200, 200, id="other role"),
        pytest.param(
            reassigned("group_leader", party="ann", sites=["wyton"]), "/sites/ramsey", 200, 403, id="other sites"
        ),
        pytest.param(changed(ended=True), "/session", 200, 401, id="ended"),
        pytest.param(sign_out, "/session", 200, 401, id="signed out"),
        pytest.param(others_ended, "/session", 200, 401, id="ended from elsewhere"),
        pytest.param(erased, "/session", 200, 401, id="personal data deleted"),
    ],
)
async def test_the_next_request_after_a_change_of_rights_uses_the_new_rights(
    watched: FastAPI, any_village: httpx.AsyncClient, change: Change, path: str, before: int, after: int
) -> None:
    await any_village.put(f"{API}/sites/wyton", json={"name": "Wyton", "zone": "Europe/London"})
    await put_party(any_village, "ann", kind="person", name="Ann Lee")
    async with signed_in_as(watched, any_village, "group_leader", party="ann") as own:
        user = await user_with(any_village, "group_leader")
        assert await asks(own, path) == before
        assert await asks(own, path) == before
        rights = (await own.get(f"{API}/session")).json()["actions"]
        await change(watched, any_village, own, user["id"])
        assert await asks(own, path) == after
        if after == 200:
            assert (await own.get(f"{API}/session")).json()["actions"] != rights


async def test_a_change_that_another_process_makes_is_heard_of(
    watched: FastAPI, any_client: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    other = Database(any_container.database.url)
    try:
        async with signed_in_as(watched, any_client, "wall") as reader:
            assert await asks(reader) == 200
            user = (await user_with(any_client, "wall"))["id"]
            people = any_container.people
            command = UserService(
                other, clock, people.passwords, people._tries, people.users.site_zones, people.mails, people.ways_in
            )
            await command.change(user, UserChange(ended=True), actor=Actor.acting("console"))

            async def refused() -> bool:
                return await asks(reader) == 401

            await eventually(refused, what="the session has ended", within_s=KEPT_S)
    finally:
        await other.close()


async def _cache(*, alive: bool = True) -> SessionCache:
    cache = SessionCache()
    if alive:
        cache._trust()
    return cache


async def _found() -> Session | None:
    return SESSION


async def _nothing() -> Session | None:
    return None


async def test_a_session_read_before_a_change_is_not_cached_after_it() -> None:
    cache = await _cache()

    async def changed_meanwhile() -> Session | None:
        cache.forget()
        return SESSION

    assert await cache.session(TOKEN, NOW, changed_meanwhile) is SESSION
    assert await cache.session(TOKEN, NOW, _nothing) is None


async def test_nothing_is_cached_while_notifications_may_be_missed() -> None:
    cache = await _cache(alive=False)
    assert await cache.session(TOKEN, NOW, _found) is SESSION
    assert await cache.session(TOKEN, NOW, _nothing) is None


async def test_a_cached_session_expires_by_the_clock_that_it_was_made_by() -> None:
    cache = await _cache()
    assert await cache.session(TOKEN, NOW, _found) is SESSION
    assert await cache.session(TOKEN, SESSION.expires_at - timedelta(seconds=1), _nothing) is SESSION
    assert await cache.session(TOKEN, SESSION.expires_at, _nothing) is None


async def test_a_session_is_cached_for_at_most_a_second() -> None:
    cache = await _cache()
    assert await cache.session(TOKEN, NOW, _found) is SESSION
    assert await cache.session(TOKEN, NOW, _nothing) is SESSION
    cache._sessions[TOKEN] = (asyncio.get_running_loop().time(), SESSION)
    assert await cache.session(TOKEN, NOW, _nothing) is None


async def test_a_token_of_nobody_takes_no_memory() -> None:
    cache = await _cache()
    for number in range(100):
        assert await cache.session(number.to_bytes(32), NOW, _nothing) is None
    assert cache._sessions == {}
