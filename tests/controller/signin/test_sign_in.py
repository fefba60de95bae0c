"""The first sign-in, sessions, and the wait after wrong passwords, on both databases."""

import asyncio
import stat

import httpx
import msgspec
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from controller.app.container import Container
from controller.people.passwords import Passwords
from controller.people.permissions import Action
from controller.people.tables import sessions, users
from controller.platform.settings import Settings
from controller.records.audit.tables import audit_rows
from tests.controller.clock import ManualClock
from tests.controller.running import PASSWORD, USER, running, signed_in, stranger

WRONG = "not the password"


async def _try(client: httpx.AsyncClient, password: str, user: str = USER) -> httpx.Response:
    return await client.post("/api/v1/session", json={"user": user, "password": password})


async def test_setup_is_needed_until_the_first_user_is_made(any_app: FastAPI) -> None:
    async with stranger(any_app) as client:
        assert (await client.get("/api/v1/setup-needed")).json() == {"setup_needed": True}
        async with signed_in(any_app):
            pass
        assert (await client.get("/api/v1/setup-needed")).json() == {"setup_needed": False}


async def test_the_setup_token_is_readable_by_its_owner_only_and_gone_after_use(
    app: FastAPI, container: Container
) -> None:
    file = container.settings.data_dir / "setup-token"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    async with signed_in(app):
        assert not file.exists()


async def test_a_wrong_setup_token_makes_nobody(app: FastAPI) -> None:
    async with stranger(app) as client:
        answer = await client.post("/api/v1/setup", json={"token": "guess", "user": "Eve", "password": PASSWORD})
        assert answer.status_code == 403
        assert "setup-token" in answer.json()["detail"]
        assert (await client.get("/api/v1/setup-needed")).json() == {"setup_needed": True}


@pytest.mark.both_databases
async def test_setup_works_once_even_when_tried_at_once(any_app: FastAPI) -> None:
    container: Container = any_app.state.container
    token = (container.settings.data_dir / "setup-token").read_text()
    async with stranger(any_app) as client:
        answers = await asyncio.gather(
            *(
                client.post("/api/v1/setup", json={"token": token, "user": f"user {n}", "password": PASSWORD})
                for n in range(5)
            )
        )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    async with container.database.read() as tx:
        assert len((await tx.execute(select(users))).all()) == 1
        assert (await tx.execute(select(audit_rows.c.act))).scalars().all() == ["set up"]


@pytest.mark.parametrize(("password", "field"), [("short", "password"), ("x" * 201, "password")])
async def test_a_first_password_has_limits_that_are_named(app: FastAPI, password: str, field: str) -> None:
    async with stranger(app) as client:
        answer = await client.post("/api/v1/setup", json={"token": "t", "user": "Una", "password": password})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert password not in answer.text


async def test_the_right_password_signs_in_by_cookie_and_by_token(any_app: FastAPI) -> None:
    async with signed_in(any_app), stranger(any_app) as client:
        answer = await _try(client, PASSWORD, user="una PORTER ")
        assert answer.status_code == 201
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith(f"hk_session={answer.json()['token']};")
        assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
        assert (await client.get("/api/v1/session")).json()["user"] == USER
        client.cookies.clear()
        client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        assert (await client.get("/api/v1/session")).json() == {
            "user": USER,
            "now": "2026-11-25T12:00:00+00:00",
            "assignments": [{"role": "owner", "site": None, "party": None, "party_name": None, "until_at": None}],
            "actions": dict.fromkeys(Action),
            "party": None,
            "needs_second_factor": False,
            "display": None,
        }


async def test_the_database_holds_neither_token_nor_password(app: FastAPI, container: Container) -> None:
    async with signed_in(app) as client:
        token = client.headers["Authorization"].removeprefix("Bearer ")
        async with container.database.read() as tx:
            (row,) = await tx.execute(select(sessions))
            (user,) = await tx.execute(select(users))
    assert token.encode() not in row.token_hash
    assert user.password_hash.startswith("$argon2id$")


@pytest.mark.parametrize("user", [USER, "Nobody"])
async def test_a_wrong_password_and_an_unknown_user_are_told_the_same(app: FastAPI, user: str) -> None:
    async with signed_in(app), stranger(app) as client:
        answer = await _try(client, WRONG, user=user)
    assert answer.status_code == 401
    assert answer.json()["detail"].startswith("the user or the password is wrong")


@pytest.mark.parametrize("user", [USER, "Nobody"])
async def test_after_five_wrong_passwords_even_the_right_one_has_to_wait(
    any_app: FastAPI, clock: ManualClock, user: str
) -> None:
    async with signed_in(any_app), stranger(any_app) as client:
        for _ in range(5):
            assert (await _try(client, WRONG, user)).status_code == 401
        refused = await _try(client, PASSWORD, user.upper())
        assert refused.status_code == 429
        assert refused.headers["Retry-After"] == "30"
        clock.advance(seconds=29.5)
        assert (await _try(client, PASSWORD, user)).headers["Retry-After"] == "1"
        clock.advance(seconds=0.5)
        assert (await _try(client, PASSWORD, user)).status_code == (201 if user == USER else 401)


async def test_the_wait_doubles_up_to_a_quarter_of_an_hour(app: FastAPI, clock: ManualClock) -> None:
    async with signed_in(app), stranger(app) as client:
        for _ in range(4):
            await _try(client, WRONG)
        waits = []
        for _ in range(7):
            assert (await _try(client, WRONG)).status_code == 401
            waits.append(int((await _try(client, WRONG)).headers["Retry-After"]))
            clock.advance(seconds=waits[-1])
    assert waits == [30, 60, 120, 240, 480, 900, 900]


@pytest.mark.both_databases
async def test_wrong_passwords_tried_at_once_are_all_counted(any_app: FastAPI) -> None:
    async with signed_in(any_app), stranger(any_app) as client:
        answers = await asyncio.gather(*(_try(client, WRONG) for _ in range(12)))
    assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 7


async def test_the_right_password_forgets_the_wrong_ones(app: FastAPI) -> None:
    async with signed_in(app), stranger(app) as client:
        for _ in range(3):
            for _ in range(4):
                await _try(client, WRONG)
            assert (await _try(client, PASSWORD)).status_code == 201


async def test_a_day_forgets_wrong_passwords(app: FastAPI, clock: ManualClock) -> None:
    async with signed_in(app), stranger(app) as client:
        for _ in range(5):
            await _try(client, WRONG)
        clock.advance(days=1, seconds=1)
        for _ in range(4):
            await _try(client, WRONG)
        assert (await _try(client, PASSWORD)).status_code == 201


async def test_signing_out_ends_this_session_and_no_other(app: FastAPI) -> None:
    async with signed_in(app) as first, stranger(app) as second:
        await _try(second, PASSWORD)
        answer = await second.delete("/api/v1/session", headers={"Origin": "http://hub.test"})
        assert answer.status_code == 204
        assert 'hk_session=""' in answer.headers["set-cookie"]
        assert (await second.get("/api/v1/session")).status_code == 401
        assert (await first.get("/api/v1/session")).status_code == 200


async def test_a_session_ends_30_days_after_it_was_last_used(any_app: FastAPI, clock: ManualClock) -> None:
    async with signed_in(any_app) as client:
        for _ in range(3):
            clock.advance(days=29)
            assert (await client.get("/api/v1/session")).status_code == 200
        clock.advance(days=30)
        answer = await client.get("/api/v1/session")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_tidying_forgets_what_has_run_out(any_app: FastAPI, clock: ManualClock) -> None:
    container: Container = any_app.state.container
    async with signed_in(any_app), stranger(any_app) as client:
        await _try(client, WRONG)
        clock.advance(days=31)
        await container.people.sessions.tidy()
    async with container.database.read() as tx:
        assert (await tx.execute(select(sessions))).all() == []


@pytest.mark.parametrize("token", ["", "x", "Bearer", "\xff\xfe", "a" * 5000])
async def test_a_token_that_is_nobodys_is_refused_and_never_a_fault(app: FastAPI, token: str) -> None:
    async with stranger(app) as client:
        answer = await client.get("/api/v1/session", headers=[(b"Authorization", f"Bearer {token}".encode("latin-1"))])
    assert answer.status_code == 401


async def test_over_https_cookies_are_tied_to_the_host_and_to_tls(
    settings: Settings, clock: ManualClock, passwords: Passwords
) -> None:
    address = "https://hub.test"
    async with running(msgspec.structs.replace(settings, public_url=address), clock, passwords) as app:
        token = (settings.data_dir / "setup-token").read_text()
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=address) as client:
            setup = {"token": token, "user": USER, "password": PASSWORD}
            answer = await client.post("/api/v1/setup", json=setup)
            for name in ("hk_session", "hk_device"):
                (cookie,) = [each for each in answer.headers.get_list("set-cookie") if name in each]
                assert cookie.startswith(f"__Host-{name}=")
                assert {"HttpOnly", "SameSite=strict", "Path=/", "Secure"} <= set(cookie.split("; "))
            assert (await client.get("/api/v1/session")).status_code == 200
            assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
            session = client.cookies["__Host-hk_session"]
            client.cookies.clear()
            client.cookies.set("hk_session", session)  # a name that another host of the domain could set
            assert (await client.get("/api/v1/session")).status_code == 401
