"""Databases of both kinds, made once and copied per test; a signed-in client."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from controller.app.container import Container
from controller.db.engine import Database
from controller.people.passwords import Passwords
from controller.platform.settings import Settings
from tests.controller.clock import ManualClock
from tests.controller.running import BASE_URL, NOW, running, stranger
from tests.controller.seeds import Seed, Seeds, Stage, cheap_passwords, stage_for
from tests.controller.village import Json
from tests.interface_words import document
from tests.services.postgres import PostgresServer


@pytest.fixture(scope="session")
def openapi() -> Json:
    """The OpenAPI document, which takes a second to make. Not to be changed."""
    return document()


@pytest.fixture(scope="session")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Seeds:
    return Seeds(tmp_path_factory.mktemp("seeds"))


@pytest.fixture
def stage(request: pytest.FixtureRequest) -> Stage:
    """How far along this test's databases are when it begins."""
    return stage_for(request.fixturenames)


@pytest.fixture(scope="session")
def sqlite_template(seeds: Seeds) -> Path:
    """A migrated SQLite database, to copy."""
    return Path(seeds.sqlite(Stage.MIGRATED).database)


@pytest.fixture(scope="session")
def postgres_template(seeds: Seeds, postgres: PostgresServer) -> str:
    """The name of a migrated PostgreSQL database, to copy."""
    return seeds.postgres(postgres, Stage.MIGRATED).database


@pytest.fixture
def sqlite_seed(seeds: Seeds, stage: Stage) -> Seed:
    return seeds.sqlite(stage)


@pytest.fixture
def sqlite_url(sqlite_seed: Seed, tmp_path: Path) -> str:
    """A migrated SQLite database of this test's own, and its keys in ``tmp_path``."""
    file = tmp_path / "hallkeeper.db"
    shutil.copy(sqlite_seed.database, file)
    sqlite_seed.keys_into(tmp_path)
    return f"sqlite+aiosqlite:///{file}"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test of the database alone runs on both kinds. One with the whole application runs on SQLite, and on PostgreSQL
    where it is marked `both_databases`; ``make databases`` runs all others on PostgreSQL.
    """
    if "any_seed" in metafunc.fixturenames:
        whole = not {"any_app", "hub"}.isdisjoint(metafunc.fixturenames)
        both = not whole or metafunc.definition.get_closest_marker("both_databases")
        marks = () if both else pytest.mark.databases_full
        metafunc.parametrize("any_seed", ["sqlite", pytest.param("postgresql", marks=marks)], indirect=True)


@pytest.fixture
def any_seed(request: pytest.FixtureRequest, seeds: Seeds, stage: Stage) -> Seed:
    if request.param == "sqlite":
        return seeds.sqlite(stage)
    return seeds.postgres(request.getfixturevalue("postgres"), stage)


@pytest.fixture
def database_url(request: pytest.FixtureRequest, any_seed: Seed, tmp_path: Path) -> str:
    """A migrated database of this test's own, and its keys in ``tmp_path``; the test runs once on each kind."""
    if Path(any_seed.database).is_absolute():
        return str(request.getfixturevalue("sqlite_url"))
    any_seed.keys_into(tmp_path)
    url: str = request.getfixturevalue("postgres_url")(any_seed.database)
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
    return cheap_passwords()


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
    """The application on SQLite; `app.state.container` has its parts."""
    async with running(settings, clock, passwords) as app:
        yield app


@pytest.fixture
async def any_app(any_settings: Settings, clock: ManualClock, passwords: Passwords) -> AsyncIterator[FastAPI]:
    """The application on both databases."""
    async with running(any_settings, clock, passwords) as app:
        yield app


@pytest.fixture
def container(app: FastAPI) -> Container:
    found: Container = app.state.container
    return found


@pytest.fixture
async def client(app: FastAPI, sqlite_seed: Seed) -> AsyncIterator[httpx.AsyncClient]:
    """Signed in as `USER`, by bearer token."""
    async with stranger(app) as client:
        client.headers["Authorization"] = sqlite_seed.authorization
        yield client


@pytest.fixture
async def any_client(any_app: FastAPI, any_seed: Seed) -> AsyncIterator[httpx.AsyncClient]:
    """As `client`, on both databases."""
    async with stranger(any_app) as client:
        client.headers["Authorization"] = any_seed.authorization
        yield client


@pytest.fixture
def any_container(any_app: FastAPI) -> Container:
    """As `container`, on both databases."""
    found: Container = any_app.state.container
    return found


@pytest.fixture
def village(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """A signed-in client of a controller with Ramsey in it (see `tests.controller.village`)."""
    return client


@pytest.fixture
def any_village(any_client: httpx.AsyncClient) -> httpx.AsyncClient:
    """As `village`, on both databases."""
    return any_client
