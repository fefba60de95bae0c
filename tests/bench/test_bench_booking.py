"""What of the bare constrained INSERT's speed is left to a booking through HTTP, with one client and with eight, at one
site and at eight."""

import statistics
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from tests.bench.bench_booking import (
    CLIENTS,
    Result,
    bare_application,
    controller,
    measure,
    moved_in,
    over_sites,
    slots,
    wanted_per_s,
)
from tests.bench.booking_peers import opened


async def compared(folder: Path, url: str, *, rounds: int, each: int) -> tuple[list[Result], list[float]]:
    """At one site with one client and with eight; then bookings a second of eight clients at eight sites."""
    name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[make_url(url).get_backend_name()]
    free = slots()
    with controller(folder, url) as running, bare_application(folder, url) as frame:
        token = await moved_in(running.address, folder)
        addresses = (frame, running.address)
        peer = await opened(make_url(url), clients=max(CLIENTS))
        try:
            at_one = [
                await measure(name, addresses, token, peer, free, clients=clients, rounds=rounds, each=each)
                for clients in CLIENTS
            ]
            return at_one, await over_sites(running.address, token, free, rounds=rounds, each=each)
        finally:
            await peer.close()


@pytest.mark.bench
async def test_every_booking_that_was_measured_was_made(tmp_path: Path, durable_url: str) -> None:
    at_one, at_eight = await compared(tmp_path, durable_url, rounds=1, each=16)
    assert [len(each.http) for each in at_one] == [1, 1]
    assert len(at_eight) == 1


@pytest.mark.bench
async def test_bookings_through_http_against_the_bare_insert(tmp_path: Path, durable_url: str) -> None:
    at_one, at_eight = await compared(tmp_path, durable_url, rounds=7, each=200)
    for result in at_one:
        print(f"\n{result}")
    name, clients = at_one[0].database, max(CLIENTS)
    print(
        f"{name}, {clients} clients at {clients} sites: through HTTP {statistics.median(at_eight):,.0f}/s"
        f"{wanted_per_s(name, clients, clients)}"
    )
