"""Guessing gets slow, and does not lock out anybody who has signed in before; on both databases."""

import asyncio
import threading
from contextlib import AsyncExitStack
from typing import Literal

import httpx
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from sqlalchemy import select

from controller.app.container import Container
from controller.people.passwords import LINE_LENGTH, Passwords
from controller.people.sign_in_throttle import network_of
from controller.people.tables import sign_in_failures
from controller.platform.settings import Settings
from controller.signin.routes import DEVICE
from tests.controller.clock import ManualClock
from tests.controller.running import BASE_URL, PASSWORD, USER, running
from tests.controller.signin.signing import assignments
from tests.eventually import eventually

API = "/api/v1"
WRONG = "not the password"


def caller(app: FastAPI, address: str = "203.0.113.7") -> httpx.AsyncClient:
    """Somebody who has not signed in, from an address of theirs."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app, client=(address, 40_000)), base_url=BASE_URL)


async def attempt(client: httpx.AsyncClient, password: str = PASSWORD, user: str = USER) -> int:
    answer = await client.post(f"{API}/session", json={"user": user, "password": password})
    return answer.status_code


async def guess(client: httpx.AsyncClient, times: int, user: str = USER) -> list[int]:
    return [await attempt(client, WRONG, user) for _ in range(times)]


@pytest.mark.usefixtures("any_client")
async def test_a_browser_that_signed_in_before_is_not_kept_out_by_guesses_elsewhere(any_app: FastAPI) -> None:
    async with caller(any_app) as own, caller(any_app, "198.51.100.1") as thief:
        assert await attempt(own) == 201
        assert (await guess(thief, 6))[-1] == 429
        assert await attempt(thief) == 429
        async with caller(any_app, "192.0.2.200") as moved:  # the same browser on another network
            moved.cookies = own.cookies
            assert await attempt(moved) == 201
        async with caller(any_app, "192.0.2.201") as new:
            assert await attempt(new) == 429


@pytest.mark.usefixtures("any_client")
async def test_an_address_that_signed_in_before_has_tries_of_its_own(any_app: FastAPI) -> None:
    async with caller(any_app) as own, caller(any_app, "198.51.100.1") as thief:
        assert await attempt(own) == 201
        own.cookies.clear()
        assert (await guess(thief, 6))[-1] == 429
        assert await attempt(own) == 201
        own.cookies.clear()
        assert await guess(own, 6) == [401] * 5 + [429]


@pytest.mark.usefixtures("any_client")
async def test_a_known_browser_has_five_tries_and_those_of_others_stay_theirs(any_app: FastAPI) -> None:
    async with caller(any_app) as own, caller(any_app, "198.51.100.1") as other:
        assert await attempt(own) == 201
        assert await guess(own, 6) == [401] * 5 + [429]
        assert await attempt(other) == 201


@pytest.mark.usefixtures("any_client")
@pytest.mark.parametrize("change", ["name", "signature", "nonce", "long"])
async def test_a_device_cookie_is_good_for_its_name_alone(any_app: FastAPI, change: str) -> None:
    async with caller(any_app) as own, caller(any_app, "198.51.100.1") as thief:
        assert await attempt(own) == 201
        cookie = own.cookies[DEVICE]
        nonce, _, signature = cookie.partition(".")
        forged = {
            "name": cookie,
            "signature": f"{nonce}.{'0' * len(signature)}",
            "nonce": f"x{nonce}.{signature}",
            "long": cookie * 100,
        }[change]
        user = "Somebody else" if change == "name" else USER
        thief.cookies.set(DEVICE, forged)
        assert await guess(thief, 5, user) == [401] * 5
        async with caller(any_app, "198.51.100.2") as another:
            assert await attempt(another, WRONG, user) == 429  # they were counted by name


@pytest.mark.usefixtures("any_client")
async def test_an_address_that_tries_many_names_has_to_wait(any_app: FastAPI, clock: ManualClock) -> None:
    async with caller(any_app, "198.51.100.1") as thief, caller(any_app) as own:
        tried = [await attempt(thief, WRONG, f"name {n}") for n in range(22)]
        assert tried == [401] * 20 + [429] * 2
        assert await attempt(thief) == 429
        assert await attempt(own) == 201
        clock.advance(seconds=30)
        assert await attempt(thief, WRONG, "another") == 401


@pytest.mark.usefixtures("any_client")
async def test_a_right_password_takes_back_no_guesses_of_its_address(any_app: FastAPI) -> None:
    """Otherwise a user with a valid password could guess at others without end."""
    async with caller(any_app, "198.51.100.1") as thief:
        for n in range(19):
            assert await attempt(thief, WRONG, f"name {n}") == 401
        assert await attempt(thief) == 201
        thief.cookies.clear()
        assert await attempt(thief, WRONG, "name 20") == 401
        assert await attempt(thief, WRONG, "name 21") == 429


@pytest.mark.usefixtures("any_client")
async def test_a_proxys_own_address_says_nothing(any_app: FastAPI) -> None:
    async with caller(any_app, "127.0.0.1") as proxy:
        assert [await attempt(proxy, WRONG, f"name {n}") for n in range(25)] == [401] * 25


@pytest.mark.both_databases
async def test_a_new_password_lets_in_at_once(any_app: FastAPI, any_client: httpx.AsyncClient) -> None:
    async with caller(any_app) as guesser:
        await any_client.post(
            f"{API}/users", json={"name": "Cora", "assignments": assignments("wall"), "password": PASSWORD}
        )
        assert (await guess(guesser, 6, "Cora"))[-1] == 429
        (cora,) = [each for each in (await any_client.get(f"{API}/users")).json()["items"] if each["name"] == "Cora"]
        await any_client.patch(f"{API}/users/{cora['id']}", json={"password": "fourteen ladders"})
        assert await attempt(guesser, "fourteen ladders", "Cora") == 201


@pytest.mark.both_databases
@pytest.mark.usefixtures("any_client")
async def test_no_name_and_no_address_stands_in_the_database_and_all_goes_in_the_end(
    any_app: FastAPI, clock: ManualClock
) -> None:
    container: Container = any_app.state.container
    async with caller(any_app) as client:
        await guess(client, 2, "my secret typed into the wrong box")
        assert await attempt(client) == 201

    async def kept() -> list[bytes]:
        async with container.database.read() as tx:
            return list((await tx.execute(select(sign_in_failures.c.key))).scalars())

    assert [len(key) for key in await kept()] == [32] * 3  # what was typed, the address, and that it is usual
    clock.advance(days=2)
    await container.people.sessions.tidy()
    assert len(await kept()) == 1
    clock.advance(days=60)
    await container.people.sessions.tidy()
    assert await kept() == []


@pytest.mark.parametrize(
    ("address", "who"),
    [
        ("203.0.113.7", "203.0.113.7/32"),
        ("::ffff:203.0.113.7", "203.0.113.7/32"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("testclient", ""),
        ("", ""),
    ],
)
def test_who_is_behind_an_address(address: str, who: str) -> None:
    assert network_of(address) == who


class HeldHasher(PasswordHasher):
    """Compares strangers' passwords once it is let go on; notes what it has compared."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.go = threading.Event()
        self.compared: list[str] = []

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002  # argon2's name
        if password != PASSWORD:
            assert self.go.wait(timeout=60)
        self.compared.append(str(password))
        return super().verify(hash, password)


@pytest.mark.both_databases
@pytest.mark.usefixtures("any_client")
async def test_sixty_invented_names_at_once_wait_in_a_line_that_ends_and_in_nobodys_way(
    any_app: FastAPI, any_settings: Settings, clock: ManualClock
) -> None:
    async with caller(any_app) as client:
        assert await attempt(client) == 201
        cookies = client.cookies
    hasher = HeldHasher()
    async with running(any_settings, clock, Passwords(hasher)) as app, AsyncExitStack() as stack:
        strangers = [await stack.enter_async_context(caller(app, f"198.51.100.{n}")) for n in range(60)]
        flood = [asyncio.create_task(attempt(each, WRONG, f"name {n}")) for n, each in enumerate(strangers)]

        async def refused() -> bool:
            return sum(task.done() for task in flood) == 60 - LINE_LENGTH

        await eventually(refused, what="the line is full")
        async with caller(app, "192.0.2.9") as known:
            known.cookies = cookies
            assert await attempt(known) == 201
        assert hasher.compared == [PASSWORD]
        hasher.go.set()
        assert sorted(await asyncio.gather(*flood)) == [401] * LINE_LENGTH + [503] * (60 - LINE_LENGTH)


@pytest.mark.usefixtures("client")
async def test_the_refusal_of_a_stranger_is_held_back_and_that_of_a_known_browser_is_not(
    app: FastAPI, settings: Settings, clock: ManualClock
) -> None:
    """Else a flood asks again as fast as it is refused."""
    async with caller(app) as client:
        assert await attempt(client) == 201
        cookies = client.cookies
    passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1), pause_s=3600)
    async with (
        running(settings, clock, passwords) as other,
        caller(other, "198.51.100.1") as thief,
        caller(other, "192.0.2.9") as known,
    ):
        known.cookies = cookies
        assert await guess(thief, 5) == [401] * 5
        refused = asyncio.create_task(attempt(thief, WRONG))
        assert await guess(known, 6) == [401] * 5 + [429]
        assert not refused.done()
        refused.cancel()
        await asyncio.wait({refused})


@pytest.mark.usefixtures("client")
async def test_a_known_browser_waits_for_one_strangers_write_at_most(app: FastAPI) -> None:
    """SQLite has one writer: those who guess must not stand in its line by the hundred."""
    container: Container = app.state.container
    answers: list[int] = []

    async def stranger(number: int) -> None:
        async with caller(app, f"198.51.100.{number}") as client:
            answers.append(await attempt(client, WRONG))

    async with caller(app) as known:
        assert await attempt(known) == 201
        async with container.database.write():
            flood = [asyncio.create_task(stranger(n)) for n in range(60)]

            async def refused() -> bool:
                return answers == [503] * (60 - LINE_LENGTH)

            await eventually(refused, what="the line is full, and none of it is answered yet")
            before = len(answers)
        assert await attempt(known) == 201
        assert len(answers) - before < LINE_LENGTH // 2
        await asyncio.gather(*flood)
    assert sorted(answers) == [401] * 5 + [429] * (LINE_LENGTH - 5) + [503] * (60 - LINE_LENGTH)


@pytest.mark.usefixtures("client")
async def test_a_try_that_is_refused_anyway_writes_nothing(app: FastAPI) -> None:
    container: Container = app.state.container
    async with caller(app, "198.51.100.1") as thief, caller(app, "198.51.100.2") as other:
        assert (await guess(thief, 6))[-1] == 429
        async with container.database.write():  # nobody else writes now
            assert await guess(thief, 20) == [429] * 20
            assert await guess(other, 20) == [429] * 20
