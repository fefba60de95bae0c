"""A sign-in flood from 1,000 addresses against the controller's own process: how long somebody with a known browser,
and somebody with a link, wait meanwhile."""

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from tests.controller.running import PASSWORD, USER
from tests.eventually import eventually
from tests.faults.controller_process import ControllerProcess
from tests.services.fork_client import ForkServer
from tests.services.mosquitto import Broker

API = "/api/v1"
LIMIT_S = 2.0
LONG, SHORT = (1000, 10), (60, 1)
"""Addresses, and how often each of the two signs in meanwhile."""
AT_ONCE = 100
"""Connections of the flood. All come through one trusted proxy, so that each may name an address."""


@pytest.mark.bench
@pytest.mark.parametrize("size", [SHORT, pytest.param(LONG, marks=pytest.mark.bench)], ids=["short", "long"])
async def test_a_known_browser_and_a_link_get_in_during_a_flood(
    mosquitto: Broker, tmp_path: Path, fork_server: ForkServer, size: tuple[int, int]
) -> None:
    addresses, rounds = size
    controller = ControllerProcess(tmp_path, mosquitto, fork_server.start)
    await controller.start()
    try:
        async with _client(controller) as known, _client(controller) as phone:
            link = await _booked(known, controller)
            async with _flood(controller, addresses) as answers:
                waits: dict[str, list[float]] = {"known browser": [], "link": []}

                async def under_way() -> bool:
                    return len(answers) >= AT_ONCE // 2

                await eventually(under_way, what="the flood is under way")
                for _ in range(rounds):
                    waits["known browser"].append(await _took(_sign_in(known)))
                    waits["link"].append(await _took(_opened(phone, link)))
                during = len(answers)
    finally:
        await controller.stop()
    assert set(answers) <= {401, 429, 503}
    for who, times in waits.items():
        worst = max(times)
        print(
            f"flood from {addresses} addresses, {during} answers so far: {who} in {worst:.2f} s at worst,"
            f" {worst / LIMIT_S:.2f} of the limit of {LIMIT_S} s"
        )


def _client(controller: ControllerProcess, **headers: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=f"http://127.0.0.1:{controller.port}", timeout=60, headers=headers)


async def _sign_in(client: httpx.AsyncClient) -> None:
    answer = await client.post(f"{API}/session", json={"user": USER, "password": PASSWORD})
    assert answer.status_code == 201, answer.text


async def _opened(client: httpx.AsyncClient, link: str) -> None:
    answer = await client.get(httpx.URL(link).path)
    assert answer.status_code == 200, answer.text
    assert "Choir" in answer.text


async def _took(doing: Coroutine[None, None, None]) -> float:
    began = time.perf_counter()
    await doing
    return time.perf_counter() - began


async def _booked(client: httpx.AsyncClient, controller: ControllerProcess) -> str:
    """Set the controller up, from a browser that is known from then on; the link to a booking."""
    file = controller.data_dir / "setup-token"

    async def left() -> bool:
        return file.exists()

    await eventually(left, what="a token to set the controller up with")
    token = file.read_text()
    setup = {"token": token, "user": USER, "password": PASSWORD}
    assert (await client.post(f"{API}/setup", json=setup)).status_code == 201
    for path, body in (
        ("sites/ramsey", {"name": "Ramsey Hub", "zone": "Europe/London"}),
        ("sites/ramsey/spaces/hall", {"name": "Hall", "capacity": 80}),
    ):
        assert (await client.put(f"{API}/{path}", json=body | {"version": 0})).is_success
    booking = {"space": "hall", "title": "Choir", "starts": "2030-12-03T19:00", "ends": "2030-12-03T21:00"}
    made = await client.post(f"{API}/sites/ramsey/bookings", json=booking)
    assert made.status_code == 201, made.text
    link: str = made.json()["link"]
    return link


@asynccontextmanager
async def _flood(controller: ControllerProcess, addresses: int) -> AsyncIterator[list[int]]:
    """Guesses at one name from so many addresses, again and again until the block ends; the statuses so far."""
    statuses: list[int] = []

    async def guess(worker: int) -> None:
        number = worker
        async with _client(controller) as client:
            while True:
                address = f"198.18.{number % addresses // 250}.{number % addresses % 250 + 1}"
                answer = await client.post(
                    f"{API}/session",
                    json={"user": USER, "password": "not the password"},
                    headers={"X-Forwarded-For": address},
                )
                statuses.append(answer.status_code)
                number += AT_ONCE

    workers = [asyncio.create_task(guess(worker)) for worker in range(min(AT_ONCE, addresses))]
    try:
        yield statuses
    finally:
        for each in workers:
            each.cancel()
        for outcome in await asyncio.gather(*workers, return_exceptions=True):
            assert isinstance(outcome, asyncio.CancelledError), outcome
