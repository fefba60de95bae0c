"""In the quiet hours only what cannot wait is sent; the rest goes in the morning as one message."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import msgspec
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from controller.bookings.diary.model import BookingStatus
from controller.notices.model import Told
from controller.notices.quiet_hours import cannot_wait, quiet_until
from controller.notices.tables import notices
from controller.platform.settings import Settings
from tests.controller.billing.wishes import LONDON, wall
from tests.controller.clock import ManualClock
from tests.controller.notices.conftest import Sending
from tests.controller.notices.test_notices import ROSA, claim_mail, listed
from tests.controller.notices.test_preferences import texts
from tests.controller.notices.test_reminders import NEXT_WEEK, headlines
from tests.controller.notices.test_sms import AS_WRITTEN
from tests.controller.village import API, SITE, act, book, change
from tests.services.mail import MailServer
from tests.services.sms import SmsServer, sms_server

NIGHT = datetime(2026, 11, 25, 22, 0, tzinfo=UTC)
MORNING = datetime(2026, 11, 26, 7, 30, tzinfo=UTC)
TONIGHT = {"starts": "2026-11-25T23:00", "ends": "2026-11-26T01:00"}


@pytest.fixture
async def gateway() -> AsyncIterator[SmsServer]:
    async with sms_server() as server:
        yield server


@pytest.fixture
def settings(settings: Settings, gateway: SmsServer) -> Settings:
    return msgspec.structs.replace(settings, sms=gateway.settings)


@pytest.fixture
def any_settings(any_settings: Settings, gateway: SmsServer) -> Settings:
    return msgspec.structs.replace(any_settings, sms=gateway.settings)


@pytest.fixture
def sending(village: httpx.AsyncClient, app: FastAPI, clock: ManualClock) -> Sending:
    return Sending(app.state.container, clock)


async def set_policy(client: httpx.AsyncClient, **fields: object) -> int:
    plain = await client.get(f"{API}/sites/{SITE}/policy")
    return (await client.put(f"{API}/sites/{SITE}/policy", json=plain.json() | fields)).status_code


@pytest.mark.parametrize(
    ("now", "hours", "until"),
    [
        ("2026-11-25 21:29", "21:30-07:30", None),
        ("2026-11-25 21:30", "21:30-07:30", "2026-11-26T07:30:00+00:00"),
        ("2026-11-26 07:29", "21:30-07:30", "2026-11-26T07:30:00+00:00"),
        ("2026-11-26 07:30", "21:30-07:30", None),
        ("2026-11-26 12:30", "12:00-13:00", "2026-11-26T13:00:00+00:00"),
        ("2026-11-26 12:30", None, None),
        ("2027-03-27 22:00", "21:30-07:30", "2027-03-28T06:30:00+00:00"),  # the clocks go forward in that night
        ("2027-03-28 07:29", "21:30-07:30", "2027-03-28T06:30:00+00:00"),
        ("2027-03-27 22:00", "21:30-01:30", "2027-03-28T01:30:00+00:00"),  # the end is skipped: 02:30
        ("2027-10-30 22:00", "21:30-07:30", "2027-10-31T07:30:00+00:00"),  # the clocks go back in that night
        ("2027-10-31 07:29", "21:30-07:30", "2027-10-31T07:30:00+00:00"),
    ],
)
def test_the_quiet_hours_are_those_of_the_clock_on_the_wall(now: str, hours: str | None, until: str | None) -> None:
    found = quiet_until(wall(now), hours, LONDON)
    assert found == (datetime.fromisoformat(until) if until else None)


def test_an_hour_that_comes_twice_is_quiet_once() -> None:
    first = datetime(2027, 10, 31, 0, 15, tzinfo=UTC)  # 01:15 in London, for the first time
    assert quiet_until(first, "21:30-01:30", LONDON) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert quiet_until(first + timedelta(hours=1), "21:30-01:30", LONDON) is None


@pytest.mark.parametrize(
    ("now", "held_until", "waits"),
    [
        ("2026-11-25 22:00", "2026-11-26 06:00", False),
        ("2026-11-25 22:00", "2026-11-26 09:29", False),
        ("2026-11-25 22:00", "2026-11-26 09:30", True),
        ("2027-03-27 22:00", "2027-03-28 09:29", False),  # the clocks go forward in that night
        ("2027-03-27 22:00", "2027-03-28 09:30", True),
        ("2027-10-30 22:00", "2027-10-31 09:29", False),  # the clocks go back in that night
        ("2027-10-30 22:00", "2027-10-31 09:30", True),
    ],
)
def test_a_hold_that_runs_out_early_in_the_morning_cannot_wait(now: str, held_until: str, waits: bool) -> None:
    at = wall(now)
    until = quiet_until(at, "21:30-07:30", LONDON)
    assert until is not None
    told = Told(
        booking_id="x",
        address_tag=b"",
        status=BookingStatus.HELD,
        space="hall",
        starts=at + timedelta(days=7),
        ends=at + timedelta(days=7, hours=1),
        code_tag=b"",
        closed_tag=None,
        warned=False,
        reminded=False,
    )
    assert cannot_wait(told, None, held_until=wall(held_until), until=until, at=at) is not waits


async def test_what_can_wait_goes_in_the_morning_as_one_message_on_both_databases(
    any_village: httpx.AsyncClient, any_app: FastAPI, clock: ManualClock, mail: MailServer, gateway: SmsServer
) -> None:
    sending = Sending(any_app.state.container, clock)
    clock.set(NIGHT)
    booking = await book(any_village, contact_phone=AS_WRITTEN, **NEXT_WEEK)
    await book(any_village, space="studio", contact_email=ROSA, **NEXT_WEEK)
    await sending.after(minutes=1)
    assert (headlines(mail), gateway.texts) == (["Confirmed"], [])
    await change(any_village, booking, starts="2026-12-03T18:30")
    await sending.after(minutes=1)
    clock.set(MORNING - timedelta(seconds=1))
    await sending.after(seconds=0)
    [waiting] = await listed(any_village, state="waiting")
    assert (gateway.attempts, waiting["attempts"], waiting["due_at"]) == (0, 0, "2026-11-26T07:30:00+00:00")
    await sending.after(seconds=1)
    assert texts(gateway) == ["Confirmed"]
    assert "18:30" in gateway.texts[0]["text"]


async def test_what_begins_before_the_morning_goes_at_once(
    village: httpx.AsyncClient, sending: Sending, gateway: SmsServer, clock: ManualClock
) -> None:
    clock.set(NIGHT)
    tonight = await book(village, contact_phone=AS_WRITTEN, **TONIGHT)
    await sending.after(minutes=1)
    answer = await village.post(f"{API}/bookings/{tonight['id']}/code/reissue", json={"reason": "passed on"})
    assert answer.is_success, answer.text
    await sending.after(minutes=1)
    await change(village, tonight, starts="2026-12-03T18:00", ends="2026-12-03T20:00")  # they are on their way
    await sending.after(minutes=1)
    await act(village, tonight, "cancel")  # of next week
    await sending.after(minutes=1)
    assert texts(gateway) == ["Confirmed", "New door code", "Moved"]
    clock.set(MORNING)
    await sending.after(seconds=0)
    assert texts(gateway) == ["Confirmed", "New door code", "Moved", "Cancelled"]


async def test_what_waits_for_the_morning_keeps_back_nothing_that_cannot(
    village: httpx.AsyncClient, sending: Sending, gateway: SmsServer, clock: ManualClock
) -> None:
    clock.set(NIGHT)
    booking = await book(village, contact_phone=AS_WRITTEN, **NEXT_WEEK)
    await sending.after(minutes=1)
    assert gateway.texts == []
    await change(village, booking, starts=TONIGHT["starts"], ends=TONIGHT["ends"])
    await sending.after(minutes=1)
    assert texts(gateway) == ["Confirmed"]


@pytest.mark.cases_full
async def test_a_site_has_its_own_quiet_hours_for_mails_too_or_none(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer, gateway: SmsServer, clock: ManualClock
) -> None:
    for wrong in ("21:30", "21:30-24:00", "21:30-21:30", "9:30-10:00"):
        assert await set_policy(village, quiet_hours=wrong) == 422
    assert await set_policy(village, quiet_hours="20:00-06:00", quiet_mail=True) == 200
    clock.set(NIGHT)
    await book(village, contact_email=ROSA, **NEXT_WEEK)
    await book(village, space="studio", title="Chess", **NEXT_WEEK)
    await sending.after(minutes=1)
    assert mail.mails == []
    assert len(await listed(village, state="no_address")) == 1  # nobody is woken by a list
    clock.set(datetime(2026, 11, 26, 6, 0, tzinfo=UTC))
    await sending.after(seconds=0)
    assert headlines(mail) == ["Confirmed"]
    assert await set_policy(village, quiet_hours=None) == 200
    clock.set(NIGHT + timedelta(days=1))
    await book(village, contact_phone=AS_WRITTEN, starts="2026-12-04T18:00", ends="2026-12-04T20:00")
    await sending.after(minutes=1)
    assert texts(gateway) == ["Confirmed"]


async def test_a_notice_that_joins_a_newer_one_loses_no_date(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer, clock: ManualClock
) -> None:
    body = {
        "space": "hall",
        "title": "Yoga",
        "first_starts": "2026-12-01T09:00",
        "first_ends": "2026-12-01T10:00",
        "rule": "FREQ=WEEKLY;COUNT=3",
        "contact_email": ROSA,
    }
    made = await village.post(f"{API}/sites/{SITE}/series", json=body)
    assert made.status_code == 201, made.text
    clock.advance(minutes=1)
    database = sending.container.database
    assert await database.run(claim_mail, database, clock.now()) is not None
    first = (
        await village.get(f"{API}/sites/{SITE}/bookings", params={"from": "2026-12-01", "to": "2026-12-02"})
    ).json()
    await change(village, first["items"][0], starts="2026-12-01T09:15")  # while the mail is on its way
    await sending.container.notice_worker.take_back()  # and the process dies
    await sending.after(minutes=1)
    assert [each["Subject"] for each in mail.mails] == ["Confirmed: Yoga, 3 dates"]
    async with database.read() as tx:
        found = await tx.execute(select(notices.c.state, notices.c.ended_at.is_not(None)).order_by(notices.c.id))
        assert [tuple(each) for each in found] == [
            ("skipped", True),
            ("sent", True),
        ]  # so that both are deleted in time
