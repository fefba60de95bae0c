"""What benchmarks share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.postgres import PostgresServer


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
