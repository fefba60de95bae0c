"""A closure with decisions, and its undoing, as those hear of it whose bookings are in it."""

import httpx
import pytest
from fastapi import FastAPI

from tests.controller.clock import ManualClock
from tests.controller.closures.test_closure_batches import EVENING, FLOOR, cancelled, carry_out, moved, undo
from tests.controller.notices.conftest import Sending
from tests.controller.notices.test_reminders import headlines
from tests.controller.village import book, furnish
from tests.services.mail import MailServer


@pytest.fixture
async def village(client: httpx.AsyncClient) -> httpx.AsyncClient:
    await furnish(client)
    return client


@pytest.fixture
def sending(village: httpx.AsyncClient, app: FastAPI, clock: ManualClock) -> Sending:
    return Sending(app.state.container, clock)


@pytest.mark.cases_full
async def test_each_is_told_once_what_became_of_their_booking_and_that_it_is_undone(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    choir = await book(village, title="Choir", contact_email="rosa@hub.test", **EVENING)
    yoga = {"starts": "2026-12-11T09:00", "ends": "2026-12-11T10:00", "contact_email": "ann@hub.test"}
    second = await book(village, title="Yoga", **yoga)
    await sending.after(minutes=1)
    done = await carry_out(village, FLOOR, moved(choir), cancelled(second))
    await sending.after(minutes=1)
    assert sorted(headlines(mail)[2:]) == ["Cancelled", "Moved"]
    await undo(village, done)
    await sending.after(minutes=1)
    assert sorted(headlines(mail)[4:]) == ["Confirmed", "Moved"]


@pytest.mark.cases_full
async def test_what_is_undone_within_the_minute_is_told_to_nobody(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    choir = await book(village, title="Choir", contact_email="rosa@hub.test", **EVENING)
    await sending.after(minutes=1)
    done = await carry_out(village, FLOOR, moved(choir))
    await undo(village, done)
    await sending.after(minutes=1)
    assert headlines(mail) == ["Confirmed"]
