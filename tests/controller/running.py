"""A controller inside the test's own process, and clients of it."""

import atexit
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
from fastapi import FastAPI

from controller.app.container import Container
from controller.app.http_app import build_app
from controller.people.passwords import Passwords
from controller.platform.settings import Settings
from controller.platform.uploads.parser import Parser
from edge.wire.clock import Clock
from firmware_sim.api_client import place_of

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
"""A Wednesday, when London keeps GMT."""
USER = "Una Porter"
PASSWORD = "thirteen shelves"
BASE_URL = "http://hub.test"
PARSER = Parser()
"""One for all tests: its worker takes over a second to start."""
atexit.register(PARSER.close)


@asynccontextmanager
async def running(settings: Settings, clock: Clock, passwords: Passwords) -> AsyncIterator[FastAPI]:
    """The application on a migrated database, started, and closed at the end. Its tasks do not run."""
    app = build_app(settings, clock, passwords=passwords, parser=PARSER)
    container: Container = app.state.container
    await container.start()
    try:
        yield app
    finally:
        await container.close()


class Client(httpx.AsyncClient):
    """Reads what is there before it puts something in its place, for its version, unless the test gives one."""

    async def put(self, url: str, *, json: Any = None, **rest: Any) -> httpx.Response:  # type: ignore[override]
        if isinstance(json, dict) and "version" not in json:
            where, find = place_of(url.partition("?")[0])
            read = await self.get(where)
            json = json | {"version": find(read.json()) if read.is_success else 0}
        return await super().put(url, json=json, **rest)


def stranger(app: FastAPI) -> httpx.AsyncClient:
    """A client that is not signed in."""
    return Client(transport=httpx.ASGITransport(app), base_url=BASE_URL)


@asynccontextmanager
async def signed_in(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client signed in as `USER`, by bearer token; makes the user on a new controller."""
    container: Container = app.state.container
    async with stranger(app) as client:
        token = (container.settings.data_dir / "setup-token").read_text()
        answer = await client.post("/api/v1/setup", json={"token": token, "user": USER, "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        client.cookies.clear()
        client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        yield client
