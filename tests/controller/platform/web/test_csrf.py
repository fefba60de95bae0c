"""A write that carries our cookie must come from our own pages."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from starlette.requests import HTTPConnection

from controller.people.authentication import find_actor
from controller.platform.web.csrf import ForeignOrigin
from tests.controller.running import PASSWORD, USER, signed_in, stranger

SITE = {"name": "Ramsey", "zone": "Europe/London"}
PATH = "/api/v1/sites/ramsey"


@pytest.fixture
async def browser(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Signed in by cookie, as a browser is."""
    async with signed_in(app), stranger(app) as client:
        await client.post("/api/v1/session", json={"user": USER, "password": PASSWORD})
        yield client


@pytest.mark.parametrize("origin", ["https://evil.test", "http://hub.test.evil.test", "null", "http://hub.test:81"])
async def test_a_write_from_another_origin_is_refused(browser: httpx.AsyncClient, origin: str) -> None:
    answer = await browser.put(PATH, json=SITE, headers={"Origin": origin, "Idempotency-Key": "k"})
    assert answer.status_code == 403
    assert "own pages" in answer.json()["detail"]


async def test_a_write_from_our_own_pages_is_carried_out(browser: httpx.AsyncClient) -> None:
    assert (await browser.put(PATH, json=SITE, headers={"Origin": "http://hub.test"})).status_code == 201


async def test_a_write_behind_a_proxy_may_name_the_public_address(browser: httpx.AsyncClient) -> None:
    headers = {"Origin": "http://hub.test", "Host": "127.0.0.1:8080"}
    assert (await browser.put(PATH, json=SITE, headers=headers)).status_code == 201


async def test_without_an_origin_json_alone_will_do(browser: httpx.AsyncClient) -> None:
    assert (await browser.put(PATH, json=SITE)).status_code == 201
    form = await browser.put(PATH, content=b"{}", headers={"Content-Type": "text/plain"})
    assert form.status_code == 403


async def test_reading_needs_no_origin(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/api/v1/sites", headers={"Origin": "https://evil.test"})
    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers


async def test_a_bearer_token_needs_no_origin(client: httpx.AsyncClient) -> None:
    assert (await client.put(PATH, json=SITE, headers={"Origin": "https://evil.test"})).status_code == 201


def _socket(app: FastAPI, browser: httpx.AsyncClient, origin: str | None) -> HTTPConnection:
    headers = [(b"host", b"hub.test"), (b"cookie", f"hk_session={browser.cookies['hk_session']}".encode())]
    if origin is not None:
        headers.append((b"origin", origin.encode()))
    return HTTPConnection({"type": "websocket", "path": "/api/v1/live", "headers": headers, "app": app})


@pytest.mark.parametrize("origin", ["http://hub.test", None])
async def test_a_websocket_with_our_cookie_is_accepted_from_our_own_pages(
    app: FastAPI, browser: httpx.AsyncClient, origin: str | None
) -> None:
    actor = await find_actor(_socket(app, browser, origin))
    assert actor is not None
    assert actor.name == USER


@pytest.mark.parametrize("origin", ["https://evil.test", "null"])
async def test_a_websocket_with_our_cookie_is_refused_from_other_pages(
    app: FastAPI, browser: httpx.AsyncClient, origin: str
) -> None:
    with pytest.raises(ForeignOrigin):
        await find_actor(_socket(app, browser, origin))
