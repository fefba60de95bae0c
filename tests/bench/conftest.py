"""What benchmarks share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.postgres import PostgresServer


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The short forms only show that a benchmark still runs: on SQLite. `make bench` runs all on both databases."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent) and "postgresql" in item.name:
            item.add_marker(pytest.mark.bench)


@pytest.fixture(params=["sqlite", "postgresql"])
def durable_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database whose commits are on disk when they return."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/hallkeeper.db"
        return
    server = PostgresServer(durable=True)
    try:
        server.start()
        yield server.create().replace("postgresql+asyncpg", "postgresql")
    finally:
        server.stop()
