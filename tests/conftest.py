"""Real servers for every test that asks for one. A missing program is a failure, never a skip."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.services.mosquitto import Broker
from tests.services.postgres import PostgresServer


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Broker]:
    """A running mosquitto of this test's own, which it may kill, pause and restart."""
    broker = Broker(tmp_path)
    broker.start()
    yield broker
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
