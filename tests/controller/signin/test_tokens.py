"""API tokens: limited, with an end, shown once, and no way to more rights."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select
from typer.testing import CliRunner

from controller.app.container import Container
from controller.people.permissions import Action, Thing, may, may_somewhere, parties_of, sites_of, things_of
from controller.people.tables import sessions
from controller.signin.commands import tokens as tokens_cli
from tests.controller.clock import ManualClock
from tests.controller.running import PASSWORD, stranger
from tests.controller.serving import serving
from tests.controller.signin.signing import API, Json, put_party, signed_in_as

UNTIL = "2026-12-31"


async def make(client: httpx.AsyncClient, status: int = 201, **fields: object) -> Json:
    answer = await client.post(f"{API}/tokens", json={"name": "rota", "until": UNTIL, "current": PASSWORD} | fields)
    assert answer.status_code == status, answer.text
    made: Json = answer.json()
    return made


@asynccontextmanager
async def program(app: FastAPI, made: Json) -> AsyncIterator[httpx.AsyncClient]:
    """A client with an API token."""
    async with stranger(app) as client:
        client.headers["Authorization"] = f"Bearer {made['token']}"
        yield client


@pytest.mark.both_databases
async def test_a_token_does_what_its_user_may_and_is_shown_once(
    any_app: FastAPI, any_village: httpx.AsyncClient, any_container: Container
) -> None:
    made = await make(any_village)
    assert made["token"].startswith("hk_")
    async with program(any_app, made) as client:
        assert (await client.get(f"{API}/parties")).status_code == 200
        await put_party(client, "choir")
    [listed] = (await any_village.get(f"{API}/tokens")).json()["items"]
    assert (listed["name"], listed["scopes"], listed["read_only"]) == ("rota", None, False)
    assert "token" not in listed
    assert len((await any_village.get(f"{API}/sessions")).json()["items"]) == 1  # a token is no sign-in
    async with any_container.database.read() as tx:
        stored = (await tx.execute(select(sessions.c.token_hash))).scalars().all()
    assert made["token"].encode() not in b"".join(stored)


async def test_scopes_leave_out_everything_else_in_lists_too(app: FastAPI, village: httpx.AsyncClient) -> None:
    async with program(app, await make(village, scopes=["read"])) as client:
        assert (await client.get(f"{API}/sites/ramsey")).status_code == 200
        assert [each["id"] for each in (await client.get(f"{API}/sites")).json()["items"]] == ["ramsey"]
        for path in ("/parties", "/users", "/sites/ramsey/notices"):
            assert (await client.get(f"{API}{path}")).status_code == 403, path
        refused = await client.put(f"{API}/parties/choir", json={"kind": "group", "name": "Choir", "version": 0})
        assert refused.status_code == 403


@pytest.mark.parametrize("action", [each for each in Action if each is not Action.READ])
async def test_no_action_outside_of_the_scopes_is_to_be_had_anywhere(
    app: FastAPI, village: httpx.AsyncClient, container: Container, action: Action
) -> None:
    made = await make(village, scopes=["read"])
    actor = await container.people.sessions.identify(made["token"], by_cookie=False)
    assert actor is not None
    assert not may(actor, action, Thing(site="ramsey"))
    assert not may_somewhere(actor, action)
    assert (sites_of(actor, action), parties_of(actor, action, None)) == (frozenset(), frozenset())
    assert things_of(actor, action) == frozenset()


async def test_a_token_for_reading_changes_nothing(app: FastAPI, village: httpx.AsyncClient) -> None:
    async with program(app, await make(village, read_only=True)) as client:
        assert (await client.get(f"{API}/parties")).status_code == 200
        refused = await client.put(f"{API}/parties/choir", json={"kind": "group", "name": "Choir", "version": 0})
        assert (refused.status_code, "for reading only" in refused.json()["detail"]) == (403, True)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/tokens"),
        ("POST", "/tokens"),
        ("DELETE", f"/tokens/{'0' * 36}"),
        ("GET", "/sessions"),
        ("DELETE", f"/sessions/{'0' * 36}"),
        ("DELETE", "/session/others"),
        ("POST", "/session/password"),
        ("POST", "/session/email"),
        ("GET", "/session/email"),
        ("GET", "/users"),
        ("POST", "/users"),
        ("PATCH", f"/users/{'0' * 36}"),
    ],
)
async def test_a_token_makes_no_tokens_and_changes_no_sign_in(
    app: FastAPI, village: httpx.AsyncClient, method: str, path: str
) -> None:
    async with program(app, await make(village)) as client:
        answer = await client.request(method, f"{API}{path}", json={})
    assert answer.status_code == 403, answer.text


async def test_a_token_ends_at_its_day_however_it_is_used(
    any_app: FastAPI, any_client: httpx.AsyncClient, clock: ManualClock
) -> None:
    made = await make(any_client, until="2026-11-27")
    async with program(any_app, made) as client:
        for _ in range(59):
            clock.advance(hours=1)
            assert (await client.get(f"{API}/session")).status_code == 200
        clock.advance(hours=1)
        assert (await client.get(f"{API}/session")).status_code == 401
    assert (await any_client.get(f"{API}/tokens")).json()["items"] == []


@pytest.mark.both_databases
async def test_a_token_is_ended_at_once_and_only_ones_own(any_app: FastAPI, any_client: httpx.AsyncClient) -> None:
    made = await make(any_client)
    async with program(any_app, made) as client, signed_in_as(any_app, any_client, "auditor") as other:
        assert (await other.delete(f"{API}/tokens/{made['id']}")).status_code == 404
        assert (await client.get(f"{API}/session")).status_code == 200
        assert (await any_client.delete(f"{API}/tokens/{made['id']}")).status_code == 204
        assert (await client.get(f"{API}/session")).status_code == 401


async def test_a_token_ends_with_its_user_and_with_a_password_that_somebody_else_sets(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    async with signed_in_as(app, client, "auditor") as auditor:
        made = await make(auditor)
        async with program(app, made) as user:
            assert (await auditor.delete(f"{API}/session/others")).status_code == 200
            assert (await user.get(f"{API}/session")).status_code == 200
            users = (await client.get(f"{API}/users")).json()["items"]
            [mine] = [each for each in users if each["name"].startswith("auditor")]
            await client.patch(f"{API}/users/{mine['id']}", json={"password": "another fine password"})
            assert (await user.get(f"{API}/session")).status_code == 401


async def test_a_new_password_of_ones_own_ends_tokens_unless_they_are_kept(
    any_app: FastAPI, any_client: httpx.AsyncClient
) -> None:
    made, now = await make(any_client), PASSWORD
    async with program(any_app, made) as user:
        for new, keep, ended, status in (("seven red bicycles", True, 0, 200), ("nine blue bicycles", False, 1, 401)):
            body = {"current": now, "new": new, "keep_tokens": keep}
            answer = await any_client.post(f"{API}/session/password", json=body)
            assert (answer.status_code, answer.json()) == (200, {"ended": 0, "tokens": ended})
            assert (await user.get(f"{API}/session")).status_code == status
            now = new
    assert (await any_client.get(f"{API}/tokens")).json()["items"] == []


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"until": "2026-11-24"}, "expires_at"),
        ({"until": "2027-11-27"}, "expires_at"),
        ({"scopes": ["users"]}, "scopes"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["fly"]}, "scopes"),
        ({"name": ""}, "name"),
        ({"current": None}, "current"),
        ({"current": "not the password"}, "current"),
    ],
)
async def test_a_token_that_makes_no_sense_is_refused(client: httpx.AsyncClient, fields: Json, field: str) -> None:
    refused = await make(client, 422, **fields)
    assert {each["field"].partition(".")[0] for each in refused["errors"]} == {field}


async def test_nobody_gives_a_token_a_right_that_they_lack(app: FastAPI, client: httpx.AsyncClient) -> None:
    async with signed_in_as(app, client, "porter") as porter:
        refused = await make(porter, 422, scopes=["run"])
        assert refused["errors"][0]["field"] == "scopes"


async def test_the_commands_make_list_and_end_tokens(app: FastAPI, client: httpx.AsyncClient) -> None:
    async with serving(app) as address:
        env = {"HALLKEEPER_TOKEN": client.headers["Authorization"].removeprefix("Bearer "), "COLUMNS": "200"}

        async def run(*words: str, **more: str) -> str:
            asked = [*words, "--server", address]
            typed = f"{PASSWORD}\n"
            result = await asyncio.to_thread(CliRunner().invoke, tokens_cli, asked, input=typed, env=env | more)
            assert result.exit_code == 0, result.output
            return result.output

        token = (await run("make", "cleaning rota", "--until", UNTIL, "--scope", "read", "--read-only")).strip()
        assert token.startswith("hk_")
        assert "read, read only" in await run("list")
        [made] = (await client.get(f"{API}/tokens")).json()["items"]
        assert await run("end", made["id"]) == "The token has ended.\n"
        assert "no tokens" in await run("list")
