"""Nobody pays for what a closure does to their booking, and what they owed otherwise stays."""

from typing import Any

import httpx
import pytest

from tests.controller.closures.test_closure_batches import EVENING, FLOOR, cancelled, carry_out, moved, undo
from tests.controller.closures.test_closure_undo import YOGA, at_march, march, rebooked
from tests.controller.village import API, SITE, Json, act, book, change, look

RULE: dict[str, Any] = {"name": "usual", "steps": [], "late_percent": 50, "no_show_percent": 100}
RATE: dict[str, Any] = {"name": "Hall", "spaces": ["hall"], "per_hour_pence": 1200}


async def priced(client: httpx.AsyncClient, site: str) -> None:
    tariffs = {"rates": [RATE], "cancelling": [RULE | {"released_percent": 100}], "version": 0}
    answer = await client.put(f"{API}/sites/{site}/tariffs", json=tariffs)
    assert answer.is_success, answer.text


@pytest.fixture
async def charging(any_village: httpx.AsyncClient) -> httpx.AsyncClient:
    await priced(any_village, SITE)
    return any_village


async def account(client: httpx.AsyncClient, booking: Json) -> Json:
    found: Json = (await client.get(f"{API}/bookings/{booking['id']}/quote")).json()
    return found


async def owed(client: httpx.AsyncClient, *some: Json) -> list[int]:
    return [(await account(client, each))["total_pence"] for each in some]


async def both(client: httpx.AsyncClient) -> tuple[Json, Json]:
    """Two bookings whose people have given up another day too late: half of it is charged."""
    found = []
    for each in ({"title": "Choir"} | EVENING, YOGA):
        made = await book(client, **(each | {"starts": "2026-12-08T18:00", "ends": "2026-12-08T20:00"}))
        await change(client, made, starts=each["starts"], ends=each["ends"])
        found.append(await look(client, made))
    return found[0], found[1]


@pytest.mark.cases_full
async def test_what_was_charged_before_stays_charged(charging: httpx.AsyncClient) -> None:
    choir, yoga = await both(charging)
    assert await owed(charging, choir, yoga) == [3600, 2400]
    done = await carry_out(charging, FLOOR, moved(choir), cancelled(yoga))
    assert await owed(charging, choir, yoga) == [3600, 1200]
    await undo(charging, done)
    assert await owed(charging, choir, yoga) == [3600, 2400]
    await change(charging, choir, starts="2026-12-16T18:00", ends="2026-12-16T20:00")
    assert await owed(charging, choir) == [4800]  # a waiver is for the closure, and for nothing that comes later


async def test_a_waiver_from_before_holds_again_when_it_is_undone(charging: httpx.AsyncClient) -> None:
    choir, yoga = await both(charging)
    for each in (choir, yoga):
        await act(charging, each, "quote/waive", reason="flood", given_up_only=True)
    done = await carry_out(charging, FLOOR, moved(choir), cancelled(yoga))
    assert await owed(charging, choir, yoga) == [2400, 0]
    await undo(charging, done)
    assert await owed(charging, choir, yoga) == [2400, 1200]
    assert ["flood" in (await account(charging, each))["lines"][-1]["text"] for each in (choir, yoga)] == [True, True]


async def test_a_waiver_that_somebody_made_since_stays(charging: httpx.AsyncClient) -> None:
    yoga = await book(charging, **YOGA)
    done = await carry_out(charging, FLOOR, cancelled(yoga))
    await act(charging, yoga, "quote/waive", 409, reason="flood")
    assert (await charging.delete(f"{API}/bookings/{yoga['id']}/quote/waive")).is_success
    await act(charging, yoga, "quote/waive", reason="flood")
    await undo(charging, done)
    assert ((await look(charging, yoga))["status"], await owed(charging, yoga)) == ("confirmed", [0])


async def test_the_booking_at_the_other_site_costs_nothing_when_it_is_undone(charging: httpx.AsyncClient) -> None:
    target = await march(charging)
    await priced(charging, "march")
    choir = await book(charging, title="Choir", **EVENING)
    done = await carry_out(charging, FLOOR, rebooked(choir, target))
    [there] = await at_march(charging)
    assert await owed(charging, choir, there) == [0, 2400]
    await undo(charging, done)
    assert await owed(charging, choir, there) == [2400, 0]
