"""What of the bare constrained INSERT's speed is left to a booking through HTTP, with one client and with eight."""

from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from tests.bench.bench_booking import CLIENTS, Result, bare_application, controller, measure, moved_in, slots
from tests.bench.booking_peers import opened


async def compared(folder: Path, url: str, *, rounds: int, each: int) -> list[Result]:
    name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[make_url(url).get_backend_name()]
    free = slots()
    with controller(folder, url) as running, bare_application(folder, url) as frame:
        token = await moved_in(running.address, folder)
        addresses = (frame, running.address)
        peer = await opened(make_url(url), clients=max(CLIENTS))
        try:
            return [
                await measure(name, addresses, token, peer, free, clients=clients, rounds=rounds, each=each)
                for clients in CLIENTS
            ]
        finally:
            await peer.close()


async def test_every_booking_that_was_measured_was_made(tmp_path: Path, durable_url: str) -> None:
    for result in await compared(tmp_path, durable_url, rounds=1, each=16):
        assert len(result.http) == 1


@pytest.mark.bench
async def test_bookings_through_http_against_the_bare_insert(tmp_path: Path, durable_url: str) -> None:
    for result in await compared(tmp_path, durable_url, rounds=7, each=200):
        print(f"\n{result}")
