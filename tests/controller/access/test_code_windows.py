"""A change of lead-in or lag moves codes to come, and never cuts a window that is open."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from controller.app.container import Container
from edge.wire.access_decision import Reason
from edge.wire.credentials import Presented
from tests.controller.access.asking import ask
from tests.controller.access.test_door_codes import door, policy
from tests.controller.clock import ManualClock
from tests.controller.running import PASSWORD, USER
from tests.controller.village import API, Json, book, change, code_of, look

MINUTE = timedelta(minutes=1)
NIGHTS = {
    "an ordinary day": ("2026-11-26T18:00:00+00:00", "2026-11-26T20:00:00+00:00"),
    "clocks go forward": ("2027-03-28T00:30:00+00:00", "2027-03-28T03:30:00+01:00"),
    "clocks go back": ("2027-10-31T00:30:00+01:00", "2027-10-31T01:30:00+00:00"),
}


def instants(night: str) -> tuple[datetime, datetime]:
    starts, ends = NIGHTS[night]
    return datetime.fromisoformat(starts).astimezone(UTC), datetime.fromisoformat(ends).astimezone(UTC)


async def booked(client: httpx.AsyncClient, clock: ManualClock, night: str, at: timedelta) -> Json:
    """A booking, at that time after its start, by which its code has opened."""
    starts, _ = instants(night)
    clock.set(starts - timedelta(days=1))
    answer = await client.post(f"{API}/session", json={"user": USER, "password": PASSWORD})
    client.cookies.clear()
    client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
    made = await book(client, starts=NIGHTS[night][0], ends=NIGHTS[night][1])
    clock.set(starts + at)
    return made


async def shown_at(client: httpx.AsyncClient, made: Json, end: str) -> datetime:
    """An end of the window that the booking shows."""
    return datetime.fromisoformat((await look(client, made))["code_window"][end])


@pytest.mark.parametrize("night", NIGHTS)
async def test_a_shorter_lag_leaves_a_window_that_is_open_its_end(
    any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock, night: str
) -> None:
    _, ends = instants(night)
    made = await booked(any_village, clock, night, 10 * MINUTE)
    await policy(any_village, lag_min=0)
    shown = Presented(digits=made["code"])
    assert (await ask(any_container, shown, ends + 14 * MINUTE)).granted
    assert not (await ask(any_container, shown, ends + 15 * MINUTE)).granted
    assert await shown_at(any_village, made, "ends") == ends + 15 * MINUTE
    assert await code_of(any_village, made) == made["code"]


@pytest.mark.parametrize("night", NIGHTS)
async def test_a_shorter_lead_in_leaves_a_window_open_whose_booking_has_not_begun(
    any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock, night: str
) -> None:
    starts, _ = instants(night)
    made = await booked(any_village, clock, night, -10 * MINUTE)
    await policy(any_village, lead_in_min=0)
    assert (await ask(any_container, Presented(digits=made["code"]), clock.now())).granted
    assert await shown_at(any_village, made, "starts") == starts - 15 * MINUTE


@pytest.mark.parametrize("night", NIGHTS)
async def test_a_window_that_is_open_takes_a_later_end(
    any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock, night: str
) -> None:
    _, ends = instants(night)
    made = await booked(any_village, clock, night, 10 * MINUTE)
    await policy(any_village, lag_min=60)
    assert (await ask(any_container, Presented(digits=made["code"]), ends + 59 * MINUTE)).granted


@pytest.mark.parametrize("night", NIGHTS)
async def test_a_code_that_does_not_open_yet_follows_at_once(
    any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock, night: str
) -> None:
    starts, ends = instants(night)
    made = await booked(any_village, clock, night, -16 * MINUTE)
    await policy(any_village, lead_in_min=0, lag_min=0)
    shown = Presented(digits=made["code"])
    assert (await ask(any_container, shown, starts - MINUTE)).reason is Reason.TOO_EARLY
    assert not (await ask(any_container, shown, ends)).granted


async def test_a_window_that_was_kept_outlasts_a_change_of_doors_and_ends_with_a_change_of_its_booking(
    any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    _, ends = instants("an ordinary day")
    made = await booked(any_village, clock, "an ordinary day", 10 * MINUTE)
    told = (await policy(any_village, check="true", lag_min=0))["codes"]
    assert told["windows"] == 0
    await policy(any_village, lag_min=0)
    await door(any_village, "side-door", "pi-side", code_length=4)
    assert (await ask(any_container, Presented(digits=made["code"]), ends + 14 * MINUTE)).granted
    await change(any_village, made, ends="2026-11-26T19:30")
    code = await code_of(any_village, made)
    assert not (await ask(any_container, Presented(digits=code), ends - 30 * MINUTE)).granted
