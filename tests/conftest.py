"""Real servers for every test that asks for one. A missing program is a failure, never a skip."""

import gc
import os
import sys
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from playwright.async_api import Browser

from tests.fuzz.effort import LONG
from tests.services.chromium import launched
from tests.services.fork_client import ForkServer, running_at
from tests.services.influx import InfluxServer
from tests.services.memory import in_memory
from tests.services.mosquitto import Broker
from tests.services.postgres import PostgresServer, primary_and_standby

settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# For make mutants: one failure is enough, the smallest is of no use, and the same code has the same score.
settings.register_profile(
    "unshrunk", settings.get_profile("unhurried"), phases=[Phase.explicit, Phase.generate], derandomize=True
)
settings.register_profile(LONG, settings.get_profile("unhurried"))
settings.load_profile("unhurried")

# httpx looks for this package at each request to an application, in every folder of the path.
sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]  # the documented way to say that there is none

if (memory := in_memory()) is not None:
    # The `tmp_path` of every test, unless told otherwise: much of a run would be waiting for a disk.
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))

pytest_plugins = [
    "tests.controller.fixtures",
    "tests.browser.slow_line",
    "tests.cpu_times",
    "tests.faults.rows",
    "tests.integration.fixtures",
    "tests.scheduling",
]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is collected stays to the end: no garbage collection looks through it, now or while the tests run."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Broker]:
    """A running mosquitto of this test's own, which it may kill, pause and restart."""
    broker = Broker(tmp_path)
    try:
        broker.start()
        yield broker
    finally:
        broker.stop()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One PostgreSQL server for the whole run; tests take databases from `postgres_url`."""
    server = PostgresServer()
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[Callable[..., str]]:
    """Makes fresh databases: `postgres_url()` or `postgres_url(postgres.template(name, build))` -> URL."""
    made: list[str] = []

    def fresh(template: str = "template1") -> str:
        made.append(postgres.create(template))
        return made[-1]

    yield fresh
    for url in made:
        postgres.drop(url)


@pytest.fixture
def postgres_pair() -> Iterator[tuple[PostgresServer, PostgresServer]]:
    """A primary of PostgreSQL of this test's own, and the synchronous standby that follows it."""
    with primary_and_standby() as pair:
        yield pair


@pytest.fixture
def influx(tmp_path: Path) -> Iterator[InfluxServer]:
    """A running InfluxDB 1.6 behind nginx, of this test's own, which it may kill and restart."""
    server = InfluxServer(tmp_path)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def fork_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForkServer]:
    """Starts controllers and edges of tests that start many."""
    with running_at(tmp_path_factory.mktemp("fork")) as server:
        yield server


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    """A running headless Chromium; tests open contexts of their own in it."""
    async with launched() as browser:
        yield browser
