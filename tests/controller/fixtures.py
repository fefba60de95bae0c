"""Databases of both kinds, made by the migrations once and copied per test; a signed-in client."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI

from controller.database import Database
from controller.house import House
from controller.migrations import migrate
from controller.people.passwords import Passwords
from controller.settings import Settings
from tests.controller.clock import ManualClock
from tests.controller.running import BASE_URL, NOW, running, signed_in
from tests.controller.village import furnish
from tests.services.postgres import PostgresServer


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "hallkeeper.db"
    asyncio.run(migrate(f"sqlite+aiosqlite:///{file}"))
    return file


@pytest.fixture(scope="session")
def postgres_template(postgres: PostgresServer) -> str:
    return postgres.template("hallkeeper", lambda url: asyncio.run(migrate(url)))


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A migrated SQLite database of this test's own."""
    file = tmp_path / "hallkeeper.db"
    shutil.copy(sqlite_template, file)
    return f"sqlite+aiosqlite:///{file}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database of this test's own; the test runs once on each kind."""
    if request.param == "sqlite":
        return str(request.getfixturevalue("sqlite_url"))
    template = request.getfixturevalue("postgres_template")
    url: str = request.getfixturevalue("postgres_url")(template)
    return url


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    """The database on both kinds, for repository tests."""
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def passwords() -> Passwords:
    """Argon2 as cheap as it goes."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def pages_dir(tmp_path: Path) -> Path:
    """Where the built pages would be; empty until a test puts some there."""
    folder = tmp_path / "pages"
    folder.mkdir()
    return folder


@pytest.fixture
def settings(tmp_path: Path, sqlite_url: str, pages_dir: Path) -> Settings:
    """A controller on SQLite. `any_settings` is the same on both databases."""
    return Settings(data_dir=tmp_path, database=sqlite_url, pages_dir=pages_dir, public_url=BASE_URL)


@pytest.fixture
def any_settings(tmp_path: Path, database_url: str, pages_dir: Path) -> Settings:
    return Settings(data_dir=tmp_path, database=database_url, pages_dir=pages_dir, public_url=BASE_URL)


@pytest.fixture
async def app(settings: Settings, clock: ManualClock, passwords: Passwords) -> AsyncIterator[FastAPI]:
    """The application on SQLite; `app.state.house` has its parts."""
    async with running(settings, clock, passwords) as app:
        yield app


@pytest.fixture
async def any_app(any_settings: Settings, clock: ManualClock, passwords: Passwords) -> AsyncIterator[FastAPI]:
    """The application on both databases."""
    async with running(any_settings, clock, passwords) as app:
        yield app


@pytest.fixture
def house(app: FastAPI) -> House:
    found: House = app.state.house
    return found


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Signed in as `USER`, by bearer token."""
    async with signed_in(app) as client:
        yield client


@pytest.fixture
async def any_client(any_app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """As `client`, on both databases."""
    async with signed_in(any_app) as client:
        yield client


@pytest.fixture
def any_house(any_app: FastAPI) -> House:
    """As `house`, on both databases."""
    found: House = any_app.state.house
    return found


@pytest.fixture
async def village(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """A signed-in client of a controller with Ramsey in it."""
    await furnish(client)
    return client


@pytest.fixture
async def any_village(any_client: httpx.AsyncClient) -> httpx.AsyncClient:
    """As `village`, on both databases."""
    await furnish(any_client)
    return any_client
