"""A change frees time: the first in line hears of the offer when undo has ended, and undo takes the offer back."""

import httpx
import pytest
from fastapi import FastAPI

from tests.controller.clock import ManualClock
from tests.controller.closures.test_together import EVENING, ROOT, carry_out, off
from tests.controller.notices.conftest import Sending
from tests.controller.notices.test_reminders import headlines
from tests.controller.village import API, SITE, Json, book, furnish, look, wanted
from tests.services.mail import MailServer


@pytest.fixture
async def any_village(any_client: httpx.AsyncClient) -> httpx.AsyncClient:
    await furnish(any_client)
    return any_client


@pytest.fixture
def any_sending(any_village: httpx.AsyncClient, any_app: FastAPI, clock: ManualClock) -> Sending:
    return Sending(any_app.state.container, clock)


@pytest.fixture
async def village(client: httpx.AsyncClient) -> httpx.AsyncClient:
    await furnish(client)
    return client


@pytest.fixture
def sending(village: httpx.AsyncClient, app: FastAPI, clock: ManualClock) -> Sending:
    return Sending(app.state.container, clock)


async def waits(client: httpx.AsyncClient, title: str) -> Json:
    body = wanted(title=title, people=10, contact_email=f"{title.lower()}@hub.test", **EVENING)
    answer = await client.post(f"{API}/sites/{SITE}/waiting", json=body)
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    return made


async def state(client: httpx.AsyncClient, wait: Json) -> Json:
    found: Json = (await client.get(f"{API}/waiting/{wait['id']}")).json()
    return found


async def undo(client: httpx.AsyncClient, done: Json, status: int = 200) -> Json:
    answer = await client.post(f"{ROOT}/{done['id']}/undo")
    assert answer.status_code == status, answer.text
    found: Json = answer.json()
    return found


@pytest.mark.cases_full
@pytest.mark.both_databases
async def test_undoing_takes_the_offer_back_and_who_waits_keeps_their_place_and_is_told_nothing(
    any_village: httpx.AsyncClient, any_sending: Sending, mail: MailServer
) -> None:
    choir = await book(any_village, title="Choir", people=10, **EVENING)
    band, jazz = await waits(any_village, "Band"), await waits(any_village, "Jazz")
    done = await carry_out(any_village, off(choir))
    assert (await state(any_village, band))["state"] == "offered"
    await any_sending.after(minutes=30)
    assert headlines(mail) == []
    assert (await undo(any_village, done))["refused"] == []
    assert (await look(any_village, choir))["status"] == "confirmed"
    assert [(await state(any_village, each))["state"] for each in (band, jazz)] == ["waiting", "waiting"]
    await any_sending.after(hours=2)
    assert headlines(mail) == []
    line = (await any_village.get(f"{API}/sites/{SITE}/waiting")).json()["items"]
    assert [each["id"] for each in line] == [band["id"], jazz["id"]]


@pytest.mark.cases_full
async def test_after_the_hour_who_waits_is_told_and_has_the_whole_time_to_answer(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    choir = await book(village, title="Choir", people=10, **EVENING)
    band = await waits(village, "Band")
    await carry_out(village, off(choir))
    await sending.after(minutes=59)
    assert headlines(mail) == []
    await sending.after(minutes=2)
    assert headlines(mail) == ["Offered to you"]
    until = (await state(village, band))["offered_until"]
    assert until[:16] == "2026-11-26T13:00", "24 hours from when they are told"


@pytest.mark.cases_full
async def test_what_is_made_final_is_told_at_once_and_cannot_be_undone(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    choir = await book(village, title="Choir", people=10, **EVENING)
    await waits(village, "Band")
    done = await carry_out(village, off(choir))
    for _ in range(2):
        assert (await village.post(f"{ROOT}/{done['id']}/final")).json()["state"] == "final"
    await sending.after(seconds=1)
    assert headlines(mail) == ["Offered to you"]
    assert "not to be undone" in (await undo(village, done, 409))["detail"]
    assert (await village.get(ROOT)).json()["items"] == []


async def test_undo_says_who_from_the_waiting_list_has_the_time(village: httpx.AsyncClient) -> None:
    choir = await book(village, title="Choir", people=10, **EVENING)
    band = await waits(village, "Band")
    done = await carry_out(village, off(choir))
    assert (await village.post(f"{API}/waiting/{band['id']}/accept")).is_success
    [refused] = (await undo(village, done))["refused"]
    assert "It went to “Band” from the waiting list." in refused["detail"]
    assert (await look(village, choir))["status"] == "cancelled"


@pytest.mark.cases_full
async def test_a_time_that_begins_within_the_hour_is_offered_and_told_at_once(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    soon = {"starts": "2026-11-25T12:40", "ends": "2026-11-25T14:00"}
    choir = await book(village, title="Choir", people=10, **soon)
    body = wanted(title="Band", people=10, contact_email="band@hub.test", **soon)
    assert (await village.post(f"{API}/sites/{SITE}/waiting", json=body)).status_code == 201
    await carry_out(village, off(choir))
    await sending.after(minutes=2)
    assert headlines(mail) == ["Offered to you"]
