"""The list of one's sessions: by what, from where, when, and ending them one by one."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI
from typer.testing import CliRunner

from controller.signin.commands import sessions as sessions_cli
from controller.signin.user_agent import browser_name
from tests.controller.clock import ManualClock
from tests.controller.running import BASE_URL, PASSWORD, USER, stranger
from tests.controller.serving import serving
from tests.controller.signin.signing import API, Json, signed_in_as

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1"
)
ANDROID = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0 Mobile Safari/537.36"
EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0 Safari/537.36 Edg/139.0"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (FIREFOX, "Firefox on Windows"),
        (IPHONE, "Safari on an iPhone"),
        (ANDROID, "Chrome on Android"),
        (EDGE, "Edge on Windows"),
        ("hallkeeper-command", "hallkeeper command"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", ""),
        ("\x00\x1b[31m", "[31m"),
        ("x" * 5000, "x" * 80),
    ],
)
def test_a_browser_is_named_in_words(user_agent: str, name: str) -> None:
    assert browser_name(user_agent) == name


@asynccontextmanager
async def _signed_in(
    app: FastAPI, browser: str = FIREFOX, address: str = "127.0.0.1"
) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app, client=(address, 1))
    async with httpx.AsyncClient(transport=transport, base_url=BASE_URL) as client:
        answer = await client.post(
            f"{API}/session", json={"user": USER, "password": PASSWORD}, headers={"User-Agent": browser}
        )
        assert answer.status_code == 201, answer.text
        client.cookies.clear()
        client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        yield client


async def _listed(client: httpx.AsyncClient) -> list[Json]:
    answer = await client.get(f"{API}/sessions")
    assert answer.status_code == 200, answer.text
    items: list[Json] = answer.json()["items"]
    return items


async def test_a_sign_in_ends_the_session_that_the_browser_had_and_no_other(
    any_app: FastAPI, any_client: httpx.AsyncClient
) -> None:
    async with _signed_in(any_app) as other, stranger(any_app) as browser:
        body = {"user": USER, "password": PASSWORD}
        tokens = [(await browser.post(f"{API}/session", json=body)).json()["token"] for _ in "12"]
        browser.cookies.clear()
        answers = [
            (await browser.get(f"{API}/session", headers={"Authorization": f"Bearer {token}"})).status_code
            for token in tokens
        ]
        assert answers == [401, 200]
        assert (await other.get(f"{API}/session")).status_code == 200
    assert (await any_client.get(f"{API}/session")).status_code == 200


async def test_sessions_are_listed_with_where_when_and_by_what(
    any_app: FastAPI, any_client: httpx.AsyncClient, clock: ManualClock
) -> None:
    clock.advance(minutes=5)
    async with _signed_in(any_app, IPHONE, "192.0.2.1") as phone:
        first, second = await _listed(phone)
        assert (first["browser"], first["method"], first["here"]) == ("Safari on an iPhone", "password", True)
        assert (second["method"], second["here"]) == ("setup", False)
        assert first["created_at"] == first["last_used_at"] == "2026-11-25T12:05:00+00:00"
        assert first["address"] == "192.0.2.1"
        clock.advance(minutes=59)
        await any_client.get(f"{API}/session")
        clock.advance(minutes=2)
        first, second = await _listed(any_client)
        assert first["here"]
        assert first["last_used_at"] == "2026-11-25T13:04:00+00:00"  # to the hour
        assert second["last_used_at"] == "2026-11-25T12:05:00+00:00"


@pytest.mark.both_databases
async def test_one_session_is_ended_at_once_and_only_ones_own(any_app: FastAPI, any_client: httpx.AsyncClient) -> None:
    async with _signed_in(any_app) as lost, signed_in_as(any_app, any_client, "wall") as reader:
        [ended] = [each for each in await _listed(any_client) if not each["here"]]
        assert (await reader.delete(f"{API}/sessions/{ended['id']}")).status_code == 404
        assert (await lost.get(f"{API}/session")).status_code == 200
        assert (await any_client.delete(f"{API}/sessions/{ended['id']}")).status_code == 204
        assert (await lost.get(f"{API}/session")).status_code == 401
        assert [each["here"] for each in await _listed(any_client)] == [True]
        assert (await any_client.delete(f"{API}/sessions/{ended['id']}")).status_code == 404


@pytest.mark.cases_full
async def test_use_does_not_make_a_session_longer_than_90_days(
    app: FastAPI, client: httpx.AsyncClient, clock: ManualClock
) -> None:
    for _ in range(89):
        clock.advance(days=1)
        assert (await client.get(f"{API}/session")).status_code == 200
    clock.advance(days=1)
    assert (await client.get(f"{API}/session")).status_code == 401


async def test_an_ended_one_is_not_listed(app: FastAPI, client: httpx.AsyncClient, clock: ManualClock) -> None:
    async with _signed_in(app):
        clock.advance(days=20)
        await client.get(f"{API}/session")
        clock.advance(days=11)
        assert [each["here"] for each in await _listed(client)] == [True]


async def test_a_browser_forgets_a_session_that_has_ended(app: FastAPI, client: httpx.AsyncClient) -> None:
    async with _signed_in(app) as browser:
        token = browser.headers.pop("Authorization").removeprefix("Bearer ")
        browser.cookies["hk_session"] = token
        assert "Set-Cookie" not in (await browser.get(f"{API}/session")).headers
        await client.delete(f"{API}/session/others")
        answer = await browser.get(f"{API}/session")
        assert answer.status_code == 401
        assert re.match('hk_session=""; .*Max-Age=0', answer.headers["Set-Cookie"])


async def test_a_link_of_another_site_signs_nobody_out(app: FastAPI, client: httpx.AsyncClient) -> None:
    async with _signed_in(app) as browser:
        del browser.headers["Authorization"]  # as its cookie, which is for this site alone
        answer = await browser.get(f"{API}/session")
        assert answer.status_code == 401
        assert "Set-Cookie" not in answer.headers


async def test_the_command_lists_and_ends_them(app: FastAPI, client: httpx.AsyncClient) -> None:
    async with _signed_in(app) as lost, serving(app) as address:
        env = {"HALLKEEPER_TOKEN": client.headers["Authorization"].removeprefix("Bearer "), "COLUMNS": "200"}

        async def run(*words: str) -> str:
            result = await asyncio.to_thread(CliRunner().invoke, sessions_cli, [*words, "--server", address], env=env)
            assert result.exit_code == 0, result.output
            return result.output

        assert "Firefox on Windows" in await run("list")
        [other] = [each for each in await _listed(client) if not each["here"]]
        assert await run("end", other["id"]) == "The session has ended.\n"
        assert (await lost.get(f"{API}/session")).status_code == 401
