"""Notices that a time brings, or a closure: reminders on the day before, closed then, open after all; and charges."""

from datetime import UTC, datetime

import httpx
import pytest
from fastapi import FastAPI

from controller.notices.model import remind_at
from tests.controller.billing.test_quote_freezing import USUAL
from tests.controller.billing.test_tariffs import HALL, put
from tests.controller.billing.wishes import LONDON, wall
from tests.controller.bookings.test_affected import decide
from tests.controller.clock import ManualClock
from tests.controller.hours.test_changing import close
from tests.controller.notices.conftest import Sending
from tests.controller.notices.test_notices import ROSA, event, listed, text
from tests.controller.village import API, SITE, act, book, change
from tests.services.mail import Behaviour, MailServer

NEXT_WEEK = {"starts": "2026-12-03T18:00", "ends": "2026-12-03T20:00"}
CLOSED = {"reason": "Burst pipe", "first": "2026-12-03", "last": "2026-12-03"}


@pytest.fixture
def sending(village: httpx.AsyncClient, app: FastAPI, clock: ManualClock) -> Sending:
    return Sending(app.state.container, clock)


def headlines(mail: MailServer) -> list[str]:
    return [each["Subject"].partition(":")[0] for each in mail.mails]


@pytest.mark.parametrize(
    ("starts", "at"),
    [
        ("2026-12-03 18:00", "2026-12-02T17:00:00+00:00"),
        ("2026-12-03 00:00", "2026-12-02T17:00:00+00:00"),
        ("2027-03-28 10:00", "2027-03-27T17:00:00+00:00"),  # the clocks go forward in that night
        ("2027-03-29 10:00", "2027-03-28T16:00:00+00:00"),
        ("2027-10-31 10:00", "2027-10-30T16:00:00+00:00"),  # the clocks go back in that night
        ("2027-11-01 23:59", "2027-10-31T17:00:00+00:00"),
    ],
)
def test_the_reminder_is_due_at_five_on_the_day_before_by_the_site_s_clock(starts: str, at: str) -> None:
    found = remind_at(wall(starts), LONDON, 17)
    assert found == datetime.fromisoformat(at)
    assert remind_at(wall(starts), LONDON, None) is None


def test_an_hour_that_the_clocks_skip_or_repeat_reminds_once() -> None:
    skipped, repeated = wall("2027-03-29 10:00"), wall("2027-11-01 10:00")
    assert remind_at(skipped, LONDON, 1) == datetime(2027, 3, 28, 1, 0, tzinfo=UTC)  # 02:00 in London
    assert remind_at(repeated, LONDON, 1) == datetime(2027, 10, 31, 0, 0, tzinfo=UTC)  # the first 01:00


async def test_people_are_reminded_once_on_the_day_before_with_the_code(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer, clock: ManualClock
) -> None:
    booking = await book(village, contact_email=ROSA, **NEXT_WEEK)
    await sending.after(minutes=1)
    clock.set(datetime(2026, 12, 2, 16, 59, tzinfo=UTC))
    await sending.after(seconds=0)
    assert headlines(mail) == ["Confirmed"]
    await sending.after(minutes=1)
    await sending.after(minutes=1)
    await sending.after(hours=5)
    assert headlines(mail) == ["Confirmed", "Reminder"]
    sent = mail.mails[-1]
    assert sent["Subject"] == "Reminder: Choir, Hall, Thu 3 Dec, 18:00 to 20:00"
    code = (await village.post(f"{API}/bookings/{booking['id']}/code")).json()["codes"][0]["code"]
    assert f"{code[:3]} {code[3:]}" in text(sent)
    calendar, found = event(sent)
    assert (calendar["METHOD"], found["UID"]) == ("REQUEST", f"{booking['id']}@hallkeeper")


async def test_what_is_booked_or_moved_after_the_hour_needs_no_reminder(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer, clock: ManualClock
) -> None:
    clock.set(datetime(2026, 12, 2, 20, 0, tzinfo=UTC))
    booking = await book(village, contact_email=ROSA, **NEXT_WEEK)
    await sending.after(minutes=1)
    await change(village, booking, starts="2026-12-03T18:30")
    await sending.after(minutes=1)
    await sending.after(minutes=5)
    assert headlines(mail) == ["Confirmed", "Moved"]


async def test_what_is_moved_to_a_later_day_is_reminded_of_there(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer, clock: ManualClock
) -> None:
    booking = await book(village, contact_email=ROSA, **NEXT_WEEK)
    await sending.after(minutes=1)
    clock.set(datetime(2026, 12, 2, 17, 30, tzinfo=UTC))
    await sending.after(seconds=0)
    await change(village, booking, starts="2026-12-05T18:00", ends="2026-12-05T20:00")
    await sending.after(minutes=1)
    clock.set(datetime(2026, 12, 4, 17, 0, tzinfo=UTC))
    await sending.after(seconds=0)
    assert headlines(mail) == ["Confirmed", "Reminder", "Moved", "Reminder"]


async def test_cancelled_bookings_and_sites_that_do_not_want_it_are_not_reminded(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer, clock: ManualClock
) -> None:
    gone = await book(village, contact_email=ROSA, **NEXT_WEEK)
    await book(village, space="studio", contact_email=ROSA, **NEXT_WEEK)
    await sending.after(minutes=1)
    await act(village, gone, "cancel")
    await sending.after(minutes=1)
    plain = await village.get(f"{API}/sites/{SITE}/policy")
    answer = await village.put(f"{API}/sites/{SITE}/policy", json=plain.json() | {"reminder_hour": None})
    assert answer.is_success, answer.text
    clock.set(datetime(2026, 12, 2, 18, 0, tzinfo=UTC))
    await sending.after(seconds=0)
    assert headlines(mail) == ["Confirmed", "Confirmed", "Cancelled"]


async def test_the_dates_of_a_series_are_each_reminded_of_on_the_day_before(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer, clock: ManualClock
) -> None:
    body = {
        "space": "hall",
        "title": "Yoga",
        "first_starts": "2026-12-01T09:00",
        "first_ends": "2026-12-01T10:00",
        "rule": "FREQ=WEEKLY;COUNT=4",
        "contact_email": ROSA,
    }
    answer = await village.post(f"{API}/sites/{SITE}/series", json=body)
    assert answer.status_code == 201, answer.text
    await sending.after(minutes=1)
    for day in (30, 30 + 7):
        clock.set(datetime(2026, 11, 1, 17, 0, tzinfo=UTC))
        clock.advance(days=day - 1)
        await sending.after(minutes=1)
    assert [each["Subject"] for each in mail.mails] == [
        "Confirmed: Yoga, 4 dates",
        "Reminder: Yoga, Hall, Tue 1 Dec, 09:00 to 10:00",
        "Reminder: Yoga, Hall, Tue 8 Dec, 09:00 to 10:00",
    ]


async def test_a_reminder_that_the_server_refuses_is_not_tried_every_minute(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer, clock: ManualClock
) -> None:
    await book(village, contact_email=ROSA, **NEXT_WEEK)
    await sending.after(minutes=1)
    clock.set(datetime(2026, 12, 2, 17, 0, tzinfo=UTC))
    mail.next = [Behaviour.NO_SUCH_USER]
    for _ in range(5):
        await sending.after(minutes=1)
    assert sorted(each["state"] for each in await listed(village)) == ["failed", "no_address", "sent"]


async def test_a_closure_tells_everybody_it_hits_and_so_does_its_end(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    await book(village, contact_email=ROSA, **NEXT_WEEK)
    await book(village, space="studio", contact_phone="07700 900123", **NEXT_WEEK)
    await book(village, starts="2026-12-10T18:00", ends="2026-12-10T20:00", contact_email="ann@hub.test")
    await sending.after(minutes=1)
    closure = await close(village, CLOSED, anyway="true")
    await sending.after(minutes=1)
    assert headlines(mail) == ["Confirmed", "Confirmed", "The building is closed then"]
    assert mail.mails[-1]["To"] == ROSA
    assert "Burst pipe. Ask us before you come." in text(mail.mails[-1])
    unreached = await listed(village, state="no_address")
    assert unreached[0]["subject"].startswith("The building is closed then: Choir, Studio")
    answer = await village.delete(f"{API}/sites/{SITE}/closures/{closure['id']}")
    assert answer.is_success, answer.text
    await sending.after(minutes=1)
    assert headlines(mail)[3:] == ["Open after all"]


async def test_a_closure_that_is_taken_back_within_a_minute_is_told_to_nobody(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    await book(village, contact_email=ROSA, **NEXT_WEEK)
    await sending.after(minutes=1)
    closure = await close(village, CLOSED, anyway="true")
    assert (await village.delete(f"{API}/sites/{SITE}/closures/{closure['id']}")).is_success
    await sending.after(minutes=1)
    assert headlines(mail) == ["Confirmed"]


async def test_who_may_come_in_spite_of_a_closure_is_told_so(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    booking = await book(village, contact_email=ROSA, **NEXT_WEEK)
    await sending.after(minutes=1)
    await close(village, CLOSED, anyway="true")
    await sending.after(minutes=1)
    await decide(village, "keep", bookings=[booking["id"]])
    await sending.after(minutes=1)
    assert headlines(mail) == ["Confirmed", "The building is closed then", "The building is closed then"]
    assert "Your booking goes ahead anyway." in text(mail.mails[-1])


async def test_the_price_is_named_and_what_is_charged_for_cancelling(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer, clock: ManualClock
) -> None:
    await put(village, rates=[HALL], cancelling=[USUAL])
    early = await book(village, contact_email=ROSA, starts="2026-12-17T18:00", ends="2026-12-17T20:00")
    late = await book(village, contact_email=ROSA, starts="2026-12-18T18:00", ends="2026-12-18T20:00")
    await sending.after(minutes=1)
    assert ["Price: £24.00." in text(each) for each in mail.mails] == [True, True]
    await act(village, early, "cancel")
    await sending.after(minutes=1)
    assert "Charge for cancelling: none." in text(mail.mails[-1])
    clock.set(datetime(2026, 12, 10, 12, 0, tzinfo=UTC))
    await act(village, late, "cancel")
    await sending.after(minutes=1)
    assert "Charge for cancelling: £12.00." in text(mail.mails[-1])


async def test_where_nothing_has_a_price_no_mail_speaks_of_one(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    booking = await book(village, contact_email=ROSA, **NEXT_WEEK)
    await sending.after(minutes=1)
    await act(village, booking, "cancel")
    await sending.after(minutes=1)
    assert not [each for each in mail.mails if "Price" in text(each) or "harge" in text(each)]


async def test_both_databases_find_who_is_to_be_reminded(
    any_village: httpx.AsyncClient, any_app: FastAPI, clock: ManualClock, mail: MailServer
) -> None:
    sending = Sending(any_app.state.container, clock)
    await book(any_village, contact_email=ROSA, **NEXT_WEEK)
    await book(any_village, contact_email=ROSA, starts="2026-12-04T18:00", ends="2026-12-04T20:00")
    await sending.after(minutes=1)
    clock.set(datetime(2026, 12, 2, 17, 0, tzinfo=UTC))
    await sending.after(minutes=1)
    assert headlines(mail) == ["Confirmed", "Confirmed", "Reminder"]
    assert "Thu 3 Dec" in mail.mails[-1]["Subject"]
