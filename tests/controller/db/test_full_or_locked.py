"""What a full disk and somebody else's lock are answered with, and what of that shows on /readyz."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from controller.app.container import Container
from controller.db import engine as waiting
from controller.db import sqlite_driver, write_probe
from controller.db.engine import Database
from controller.db.errors import is_full, is_not_done
from controller.db.postgresql_engine import POOL_WAIT_S
from tests.controller.village import API, SITE, wanted

PATH = f"{API}/sites/{SITE}/bookings"


@contextmanager
def sqlite_held(container: Container) -> Iterator[None]:
    """Another process holds the lock."""
    connection = sqlite3.connect(Path(container.database.url.database or ""), isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield
    finally:
        connection.close()


@asynccontextmanager
async def held(container: Container) -> AsyncIterator[None]:
    """Somebody else has what a booking at Ramsey must have."""
    if container.database.sqlite:
        with sqlite_held(container):
            yield
        return
    other = Database(container.database.url)
    async with other.write() as tx:
        await tx.execute(text("LOCK TABLE bookings IN ACCESS EXCLUSIVE MODE"))
        yield
    await other.close()


@pytest.fixture
def full(container: Container, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite may not make its file any longer, which fails as a full disk does."""
    connect = sqlite_driver.connect

    async def cramped(file: str, *, pragmas: list[str], brief: bool) -> sqlite_driver.Connection:
        return await connect(file, pragmas=[*pragmas, "max_page_count=1"], brief=brief)

    monkeypatch.setattr(sqlite_driver, "connect", cramped)


def test_a_write_under_a_lock_ends_within_fifteen_seconds() -> None:
    """The wait for one's turn, and then for the lock."""
    assert waiting.WAIT_S + sqlite_driver.BUSY_TIMEOUT_MS / 1000 < 15
    assert waiting.WAIT_S + POOL_WAIT_S < 15


@pytest.mark.both_databases
async def test_a_write_under_another_lock_is_503_and_may_be_sent_again(
    any_village: httpx.AsyncClient, any_container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "WAIT_S", 0.5)
    monkeypatch.setattr(sqlite_driver, "BUSY_TIMEOUT_MS", 100)
    fresh = Database(any_container.database.url)  # its connections wait as short
    monkeypatch.setattr(any_container.bookings, "_database", fresh)
    headers = {"Idempotency-Key": "once"}
    async with held(any_container):
        began = time.monotonic()
        answers = await asyncio.gather(*(any_village.post(PATH, json=wanted()) for _ in range(4)))
        assert {each.status_code for each in answers} == {503}, [each.text for each in answers]
        assert {each.headers["Retry-After"] for each in answers} == {"5"}
        assert "nothing was changed" in answers[0].json()["detail"]
        assert time.monotonic() - began < 60
    answer = await any_village.post(PATH, json=wanted(), headers=headers)
    assert answer.status_code == 201, answer.text
    await fresh.close()


async def test_who_waits_for_another_write_of_ours_waits_no_longer(
    container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "WAIT_S", 0.2)
    async with container.database.write():
        with pytest.raises(PoolTimeoutError) as failed:
            async with container.database.write():
                pytest.fail("two write at once")
    assert is_not_done(failed.value)
    async with container.database.write() as tx:
        await tx.execute(text("SELECT 1"))


async def test_a_full_disk_is_507_and_nothing_is_done(
    village: httpx.AsyncClient, container: Container, app: FastAPI, full: None
) -> None:
    before = (await village.get(f"{PATH}?from=2026-11-26T00:00&to=2026-11-27T00:00")).json()
    await container.database.close()  # the next connections are cramped
    headers = {"Idempotency-Key": "once"}
    notes = "x" * 1_900
    answers = [await village.post(PATH, json=wanted(notes=notes), headers=headers)]
    for _ in range(40):
        answers.append(
            await village.post(PATH, json=wanted(notes=notes, starts="2026-12-26T18:00", ends="2026-12-26T20:00"))
        )
        if answers[-1].status_code == 507:
            break
    assert answers[-1].status_code == 507, answers[-1].text
    assert "disk is full" in answers[-1].json()["detail"]
    after = (await village.get(f"{PATH}?from=2026-11-26T00:00&to=2026-11-27T00:00")).json()
    assert len(after["items"]) - len(before["items"]) == sum(each.status_code == 201 for each in answers)


class Refusal(Exception):
    """As asyncpg raises it."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__("refused")
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("state", "full", "not_done"),
    [("53100", True, False), ("55P03", False, True), ("40P01", False, True), ("08006", False, False)],
)
def test_what_postgresql_says_is_understood(state: str, full: bool, not_done: bool) -> None:
    error = DBAPIError("INSERT", {}, Refusal(state))
    assert (is_full(error), is_not_done(error)) == (full, not_done)


async def test_readyz_says_that_a_write_fails(
    container: Container, village: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_probe, "EVERY_S", 0.0)
    monkeypatch.setattr(write_probe, "PATIENCE_S", 0.2)
    assert (await village.get("/readyz")).json()["checks"]["database"] == "ready"
    with sqlite_held(container):
        answer = await village.get("/readyz")
        assert answer.status_code == 503
        assert answer.json()["checks"]["database"] == "the database has not taken a write within 0.2 s"
        assert (await village.get("/healthz")).status_code == 200
    monkeypatch.setattr(write_probe, "PATIENCE_S", 30.0)
    assert (await village.get("/readyz")).json()["checks"]["database"] == "ready"


async def test_readyz_writes_no_more_often_than_it_must(
    any_container: Container, any_client: httpx.AsyncClient
) -> None:
    async def at() -> object:
        async with any_container.database.read() as tx:
            return (await tx.execute(text("SELECT at FROM readiness"))).scalar_one()

    await any_client.get("/readyz")
    first = await at()
    for _ in range(5):
        await any_client.get("/readyz")
    assert await at() == first


async def test_405_names_every_method_of_a_path(client: httpx.AsyncClient) -> None:
    answer = await client.request("POST", f"{API}/sites/{SITE}/spaces/hall", json={})
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "DELETE, PUT"
    assert answer.json()["status"] == 405
    assert (await client.patch(PATH)).headers["Allow"] == "GET, POST"


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", ["/holders/import", "/members/import", "/members/check"])
async def test_a_path_that_another_route_would_read_as_an_id_is_405(
    client: httpx.AsyncClient, method: str, path: str
) -> None:
    answer = await client.request(method, f"{API}{path}")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


async def test_an_id_that_cannot_be_one_is_still_named(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"{API}/holders/nobody")
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == ["holder_id"]


@pytest.mark.cases_full
async def test_the_document_says_how_one_signs_in_and_where_nobody_need(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    assert set(document["components"]["securitySchemes"]) == {"bearer", "cookie"}
    open_paths = {
        f"{method} {path}"
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if "security" not in operation
    }
    assert open_paths == {
        "get /healthz",
        "get /readyz",
        "get /metrics",
        f"get {API}/setup-needed",
        f"post {API}/setup",
        f"post {API}/session",
        f"get {API}/sign-in-options",
        *(f"post {API}/session/{path}" for path in ("mail", "mail/proof", "email/proof", "second-step")),
        *(f"post {API}/invitations/{path}" for path in ("look", "mail", "accept")),
        *(f"post {API}/session/{path}" for path in ("oidc", "oidc/proof", "passkey", "passkey/options")),
        f"post {API}/enrol",
        f"post {API}/displays/pair",
        f"get {API}/sites/{{site}}/whats-on",
        f"get {API}/sites/{{site}}/hire-options",
        *(f"post {API}/hire-requests{path}" for path in ("", "/check", "/proof", "/proof/check")),
    }
