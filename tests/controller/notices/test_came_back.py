"""Mails that the server took and sent back later: what was in them is told another way, or again."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec
import pytest
from fastapi import FastAPI

from controller.notices.bounces.model import MailType
from controller.notices.bounces.tokens import BounceTokens, MailName, tokens_in
from controller.platform.key_files import load_keys
from controller.platform.settings import Settings
from tests.controller.clock import ManualClock
from tests.controller.notices.conftest import Sending
from tests.controller.notices.test_notices import ROSA, listed
from tests.controller.notices.test_sms import AS_WRITTEN
from tests.controller.people.documents.test_documents import add
from tests.controller.signin.signing import put_party
from tests.controller.village import API, SITE, act, change
from tests.services.mail import MailServer
from tests.services.sms import SmsServer, sms_server


@pytest.fixture
async def gateway() -> AsyncIterator[SmsServer]:
    async with sms_server() as server:
        yield server


@pytest.fixture
def settings(settings: Settings, gateway: SmsServer) -> Settings:
    return msgspec.structs.replace(settings, sms=gateway.settings)


@pytest.fixture
def sending(village: httpx.AsyncClient, app: FastAPI, clock: ManualClock) -> Sending:
    return Sending(app.state.container, clock)


async def five_dates(village: httpx.AsyncClient, **fields: str) -> list[dict[str, Any]]:
    body = {
        "space": "hall",
        "title": "Yoga",
        "first_starts": "2026-12-01T09:00",
        "first_ends": "2026-12-01T10:00",
        "rule": "FREQ=WEEKLY;COUNT=5",
        "contact_email": ROSA,
    }
    made = await village.post(f"{API}/sites/{SITE}/series", json=body | fields)
    assert made.status_code == 201, made.text
    period = {"from": "2026-12-01", "to": "2027-01-10"}
    found = (await village.get(f"{API}/sites/{SITE}/bookings", params=period)).json()["items"]
    assert len(found) == 5
    return list(found)


async def comes_back(village: httpx.AsyncClient, sending: Sending, reply: str) -> str:
    """The newest notice that was sent does; its id."""
    newest = str((await listed(village, state="sent"))[0]["id"])
    name = MailName(kind=MailType.NOTICE, id=newest)
    assert await sending.container.bounces.came_back(name, ROSA, reply)
    return newest


@pytest.mark.parametrize("phone", [AS_WRITTEN, ""])
async def test_a_cancellation_that_comes_back_is_told_by_text_message_or_by_ringing(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer, gateway: SmsServer, phone: str
) -> None:
    dates = await five_dates(village, contact_phone=phone)
    await sending.after(minutes=1)
    await act(village, dates[1], "cancel")
    await sending.after(minutes=1)
    assert [each["Subject"].split(":")[0] for each in mail.mails] == ["Confirmed", "Cancelled"]
    await comes_back(village, sending, "5.1.1 no such user")
    await sending.after(minutes=1)
    texts = [each["text"] for each in gateway.texts]
    rung = [str(each["subject"]) for each in await listed(village, state="no_address")]
    [told] = texts if phone else rung
    assert "Changes: Yoga, 5 dates" in told


@pytest.mark.parametrize("reply", ["5.7.1 looks like spam", "5.6.0 virus"])
async def test_a_mail_that_comes_back_for_no_fault_of_the_address_ends_no_reminder(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer, reply: str
) -> None:
    dates = await five_dates(village)
    await sending.after(minutes=1)
    await act(village, dates[4], "cancel")
    await sending.after(minutes=1)
    await comes_back(village, sending, reply)
    await sending.after(days=5, hours=6)  # the evening before the first date
    await sending.after(days=7)
    subjects = [each["Subject"].split(",")[0] for each in mail.mails]
    assert subjects == ["Confirmed: Yoga", "Cancelled: Yoga", "Reminder: Yoga", "Reminder: Yoga"]


async def test_a_mail_that_came_back_says_the_same_when_somebody_sends_it_again(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    dates = await five_dates(village)
    await sending.after(minutes=1)
    await act(village, dates[1], "cancel")
    await sending.after(minutes=1)
    failed = await comes_back(village, sending, "5.7.1 looks like spam")
    assert (await village.post(f"{API}/sites/{SITE}/notices/{failed}/retry")).is_success
    await sending.after(minutes=1)
    assert mail.mails[-1]["Subject"] == "Cancelled: Yoga, Hall, Tue 8 Dec, 09:00 to 10:00"


async def test_only_the_dates_of_a_mail_that_came_back_are_told_again_when_its_address_is_cleared(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    dates = await five_dates(village)
    await sending.after(minutes=1)
    await change(village, dates[1], starts="2026-12-08T08:30")
    await sending.after(minutes=1)
    await comes_back(village, sending, "5.1.1 no such user")
    [mark] = (await village.get(f"{API}/sites/{SITE}/bounced-addresses")).json()["items"]
    sent = len(mail.mails)
    await village.delete(f"{API}/sites/{SITE}/bounced-addresses/{mark['id']}")
    await sending.after(minutes=1)
    assert [each["Subject"] for each in mail.mails[sent:]] == ["Confirmed: Yoga, Hall, Tue 8 Dec, 08:30 to 10:00"]


async def test_what_comes_back_after_its_address_was_cleared_is_not_forgotten(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    await five_dates(village)
    await sending.after(minutes=1)
    await comes_back(village, sending, "5.1.1 no such user")
    [mark] = (await village.get(f"{API}/sites/{SITE}/bounced-addresses")).json()["items"]
    sent = len(mail.mails)
    await village.delete(f"{API}/sites/{SITE}/bounced-addresses/{mark['id']}")
    await sending.after(minutes=1)
    assert [each["Subject"] for each in mail.mails[sent:]] == ["Confirmed: Yoga, 5 dates"]


async def test_a_reminder_of_a_document_is_recognised_when_it_comes_back(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer, settings: Settings
) -> None:
    await put_party(village, "choir", site=SITE, contact_email=ROSA)
    await add(village, valid_until="2026-12-01")
    await sending.container.lapsing.look()
    await sending.after(minutes=1)
    [reminder] = mail.mails
    [token] = tokens_in(str(reminder["Message-ID"]))
    [notice] = await listed(village)
    name = BounceTokens(load_keys(settings.data_dir).page).read(token, ROSA)
    assert name == MailName(kind=MailType.NOTICE, id=str(notice["id"]))
    await comes_back(village, sending, "5.1.1 no such user")
    assert [each["state"] for each in await listed(village)] == ["failed"]


async def test_a_reminder_of_a_document_wakes_nobody_by_a_text_message(
    village: httpx.AsyncClient, sending: Sending, gateway: SmsServer, clock: ManualClock
) -> None:
    await put_party(village, "choir", site=SITE, contact_phone=AS_WRITTEN)
    await add(village, valid_until="2026-12-01")
    clock.set(datetime(2026, 11, 25, 22, 0, tzinfo=UTC))
    await sending.container.lapsing.look()
    await sending.after(minutes=1)
    [waiting] = await listed(village)
    assert (waiting["state"], waiting["due_at"], gateway.texts) == ("waiting", "2026-11-26T07:30:00+00:00", [])
    clock.set(datetime(2026, 11, 26, 7, 30, tzinfo=UTC))
    await sending.after(seconds=0)
    assert len(gateway.texts) == 1
