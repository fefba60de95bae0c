"""Notices: what is told, once, a minute after it happened, as things are then."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from functools import partial
from typing import Any

import httpx
import msgspec
import pytest
from fastapi import FastAPI
from icalendar import Calendar
from sqlalchemy import select

from controller.app.container import Container
from controller.notices import repository
from controller.notices.model import Channel
from controller.notices.repository import PERHAPS_SENT
from controller.notices.tables import notices
from controller.platform.settings import MailSection, Settings
from tests.controller.clock import ManualClock
from tests.controller.notices.conftest import Sending
from tests.controller.running import NOW, running, stranger
from tests.controller.seeds import cheap_passwords
from tests.controller.signin.signing import put_party, signed_in_as
from tests.controller.village import API, SITE, Json, act, book, change, post
from tests.digits import says
from tests.eventually import eventually
from tests.services.mail import Behaviour, MailServer

claim_mail = partial(repository.claim, channel=Channel.MAIL)
ROSA = "rosa@choir.test"


@pytest.fixture
def sending(app: FastAPI, clock: ManualClock) -> Sending:
    return Sending(app.state.container, clock)


def text(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    content: str = part.get_content()
    return content


def event(mail: EmailMessage) -> Any:
    """The only event of the calendar file."""
    [part] = [part for part in mail.iter_attachments() if part.get_content_type() == "text/calendar"]
    content = part.get_content()
    calendar = Calendar.from_ical(content)
    [found] = calendar.walk("VEVENT")
    return calendar, found


async def listed(client: httpx.AsyncClient, **query: str) -> list[Json]:
    answer = await client.get(f"{API}/sites/{SITE}/notices", params=query)
    assert answer.status_code == 200, answer.text
    items: list[Json] = answer.json()["items"]
    return items


async def test_a_booking_is_told_after_a_minute_with_code_times_and_link(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    booking = await book(village, contact_email=ROSA)
    await sending.after(seconds=59)
    assert mail.mails == []
    await sending.after(seconds=1)
    [sent] = mail.mails
    assert sent["Subject"] == "Confirmed: Choir, Hall, Thu 26 Nov, 18:00 to 20:00"
    assert sent["To"] == ROSA
    assert sent["Auto-Submitted"] == "auto-generated"
    code = (await village.post(f"{API}/bookings/{booking['id']}/code")).json()["codes"][0]["code"]
    for shown in (text(sent), text(sent, "html")):
        assert f"{code[:3]} {code[3:]}" in shown
        assert booking["link"] in shown
        assert "01487 555 010" in shown
    assert not says(sent["Subject"], code)
    calendar, found = event(sent)
    assert (calendar["METHOD"], found["UID"]) == ("REQUEST", f"{booking['id']}@hallkeeper")
    assert found["ATTENDEE"].params["RSVP"] == "FALSE"
    assert not says(calendar.to_ical().decode(), code)
    await sending.after(hours=1)
    assert len(mail.mails) == 1


async def test_booked_moved_and_cancelled_within_a_minute_is_one_notice_without_a_code(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    booking = await book(village, contact_email=ROSA)
    await change(village, booking, starts="2026-11-26T18:30")
    await act(village, booking, "cancel")
    await sending.after(minutes=1)
    [sent] = mail.mails
    assert sent["Subject"].startswith("Cancelled: Choir")
    assert "Door code" not in text(sent)
    calendar, found = event(sent)
    assert (calendar["METHOD"], found["STATUS"]) == ("CANCEL", "CANCELLED")


async def test_who_booked_is_told_once_that_somebody_has_ended_it_early(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer, clock: ManualClock
) -> None:
    booking = await book(village, contact_email=ROSA)
    await sending.after(minutes=1)
    clock.set(datetime(2026, 11, 26, 18, 30, tzinfo=UTC))
    await act(village, booking, "finish")
    await sending.after(minutes=1)
    sent = mail.mails[-1]
    assert sent["Subject"] == "Ended early: Choir, Hall, Thu 26 Nov, 18:00 to 18:30"
    assert "Door code" not in text(sent)
    told = len(mail.mails)
    await sending.after(hours=1)
    await change(village, booking, notes="Left the lights on")
    await sending.after(minutes=1)
    assert len(mail.mails) == told


async def test_a_move_and_a_cancellation_after_the_first_notice_are_told_with_a_higher_sequence(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    booking = await book(village, contact_email=ROSA)
    await sending.after(minutes=1)
    await change(village, booking, starts="2026-11-26T18:30")
    await sending.after(minutes=1)
    await act(village, booking, "cancel")
    await sending.after(minutes=1)
    assert [each["Subject"].partition(":")[0] for each in mail.mails] == ["Confirmed", "Moved", "Cancelled"]
    sequences = [int(event(each)[1]["SEQUENCE"]) for each in mail.mails]
    assert sequences == sorted(set(sequences))
    assert len({each["Message-ID"] for each in mail.mails}) == 3


async def test_what_its_recipient_knows_is_not_told_again(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    booking = await book(village, contact_email=ROSA)
    await sending.after(minutes=1)
    await change(village, booking, notes="Bring the lectern")
    await change(village, booking, starts="2026-11-26T18:30")
    await change(village, booking, starts="2026-11-26T18:00")
    await sending.after(minutes=1)
    assert len(mail.mails) == 1
    assert [each["state"] for each in await listed(village)] == ["skipped", "sent"]


async def test_a_new_code_is_told(village: httpx.AsyncClient, sending: Sending, mail: MailServer) -> None:
    booking = await book(village, contact_email=ROSA)
    await sending.after(minutes=1)
    answer = await village.post(f"{API}/bookings/{booking['id']}/code/reissue", json={"reason": "passed on"})
    assert answer.is_success, answer.text
    await sending.after(minutes=1)
    assert mail.mails[-1]["Subject"].startswith("New door code: Choir")
    assert "forget the one you had before" in text(mail.mails[-1])


@pytest.mark.cases_full
async def test_a_series_of_forty_dates_is_one_notice_and_so_is_its_cancellation(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    body = {
        "space": "hall",
        "title": "Yoga",
        "first_starts": "2026-12-01T09:00",
        "first_ends": "2026-12-01T10:00",
        "rule": "FREQ=WEEKLY;COUNT=40",
        "contact_email": ROSA,
    }
    answer = await village.post(f"{API}/sites/{SITE}/series", json=body)
    assert answer.status_code == 201, answer.text
    series = answer.json()["id"]
    await sending.after(minutes=1)
    [sent] = mail.mails
    assert sent["Subject"] == "Confirmed: Yoga, 40 dates"
    assert text(sent).count("Door code") == 40
    assert "Tue 30 Mar 2027, 09:00 to 10:00" in text(sent)  # after the clocks went forward, at the same time of day
    answer = await village.post(f"{API}/series/{series}/cancel", json={})
    assert answer.is_success, answer.text
    await sending.after(minutes=1)
    assert [each["Subject"] for each in mail.mails[1:]] == ["Cancelled: Yoga, 40 dates"]
    assert "Door code" not in text(mail.mails[1])


async def test_a_time_that_comes_twice_says_which_one_is_meant(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    night = {"starts": "2027-10-31T01:30:00+01:00", "ends": "2027-10-31T01:30:00+00:00"}
    await book(village, contact_email=ROSA, **night)
    await sending.after(minutes=1)
    [sent] = mail.mails
    assert "Sun 31 Oct 2027, 01:30 BST to 01:30 GMT" in sent["Subject"]
    _, found = event(sent)
    assert found.decoded("DTEND") - found.decoded("DTSTART") == timedelta(hours=1)


async def test_the_address_of_the_party_is_used_where_the_booking_has_none(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    await put_party(village, "choir", contact_email="leader@choir.test")
    await book(village, party="choir")
    await sending.after(minutes=1)
    assert [each["To"] for each in mail.mails] == ["leader@choir.test"]


async def test_who_has_no_address_is_listed_to_be_rung(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    await book(village, contact_phone="07700 900123")
    await sending.after(minutes=1)
    [found] = await listed(village, state="no_address")
    assert found["subject"].startswith("Confirmed: Choir")
    assert mail.attempts == 0


async def test_notices_are_found_by_a_part_of_the_address(village: httpx.AsyncClient, sending: Sending) -> None:
    await book(village, contact_email=ROSA)
    await book(village, contact_email="max_1@choir.test", starts="2026-11-27T18:00", ends="2026-11-27T20:00")
    assert [each["contact_address"] for each in await listed(village, to="ROSA")] == [ROSA]
    assert [each["contact_address"] for each in await listed(village, to="x_1@")] == ["max_1@choir.test"]
    assert await listed(village, to="_") == await listed(village, to="max")
    assert await listed(village, to="ROSA", state="failed") == []


async def test_a_refused_booking_and_a_block_of_an_outside_diary_are_told_to_nobody(
    village: httpx.AsyncClient, app: FastAPI, sending: Sending, mail: MailServer
) -> None:
    await book(village, contact_email=ROSA)
    await sending.after(minutes=1)
    assert (await post(village, contact_email="late@choir.test")).status_code == 409
    await sending.after(minutes=1)
    assert [each["To"] for each in mail.mails] == [ROSA]


async def test_a_busy_server_is_asked_again_later_with_the_same_message_id_and_a_higher_wait(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    mail.next = [Behaviour.GREYLIST, Behaviour.DIE_IN_DATA, Behaviour.TAKE]
    await book(village, contact_email=ROSA)
    await sending.after(minutes=1)
    [waiting] = await listed(village)
    assert (waiting["state"], waiting["attempts"]) == ("waiting", 1)
    assert waiting["reply"] == "451 4.7.1 greylisted, try again later"
    await sending.after(seconds=15)
    assert mail.attempts == 1
    await sending.after(minutes=1)
    assert mail.attempts == 2
    await sending.after(minutes=2)
    [sent] = mail.mails
    [notice] = await listed(village)
    assert (notice["state"], notice["attempts"]) == ("sent", 3)
    assert sent["Message-ID"].startswith(f"<{notice['id']}.")


async def test_a_mail_that_was_taken_without_an_answer_comes_perhaps_twice_with_one_message_id(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    mail.next = [Behaviour.DIE_AFTER_DATA]
    await book(village, contact_email=ROSA)
    await sending.after(minutes=1)
    await sending.after(minutes=2)
    assert len(mail.mails) == 2
    assert len({each["Message-ID"] for each in mail.mails}) == 1


async def test_what_a_process_had_handed_over_when_it_died_comes_again_the_same_and_says_so(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer, clock: ManualClock
) -> None:
    mail.next = [Behaviour.HOLD]
    await book(village, contact_email=ROSA)
    clock.advance(minutes=1)
    worker = sending.container.notice_worker
    dying = asyncio.create_task(worker.send_due())

    async def handed_over() -> bool:
        return len(mail.raw) == 1

    await eventually(handed_over, what="the mail is handed over")
    dying.cancel()
    mail.released.set()
    await asyncio.gather(dying, return_exceptions=True)
    await sending.after(minutes=1)
    assert len(mail.raw) == 1
    mail.next = [Behaviour.GREYLIST]
    await worker.take_back()
    await sending.after(minutes=1)
    [waiting] = await listed(village, state="waiting")
    assert waiting["reply"] == f"{PERHAPS_SENT}; 451 4.7.1 greylisted, try again later"
    await sending.after(minutes=2)
    first, second = mail.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert text(first) == text(second)
    [sent] = await listed(village, state="sent")
    assert sent["reply"].startswith(f"{PERHAPS_SENT}; 2.0.0 ")
    await worker.take_back()
    await sending.after(minutes=1)
    assert len(mail.raw) == 2


@pytest.mark.parametrize("behaviour", [Behaviour.NO_SUCH_USER, Behaviour.REFUSE_DATA])
async def test_what_the_server_refuses_has_failed_until_it_is_sent_again_by_hand(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer, behaviour: Behaviour
) -> None:
    mail.next = [behaviour]
    await book(village, contact_email=ROSA)
    await sending.after(minutes=1)
    await sending.after(days=1)
    [failed] = await listed(village, state="failed")
    assert (failed["reply"], mail.attempts) == (behaviour.value, 1)
    again = await village.post(f"{API}/sites/{SITE}/notices/{failed['id']}/retry")
    assert again.status_code == 200, again.text
    await sending.after(seconds=0)
    [sent] = await listed(village, state="sent")
    assert sent["id"] == failed["id"]
    twice = await village.post(f"{API}/sites/{SITE}/notices/{failed['id']}/retry")
    assert twice.status_code == 409


@pytest.mark.cases_full
async def test_a_server_that_is_not_there_for_three_days_fails_the_notice(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    mail.next = [Behaviour.GREYLIST] * 40
    await book(village, starts="2026-12-20T18:00", ends="2026-12-20T20:00", contact_email=ROSA)
    for _ in range(35):
        await sending.after(hours=6)
    [failed] = await listed(village)
    assert failed["state"] == "failed"
    assert 12 < failed["attempts"] < 15  # every six hours, as the test let them pass


async def test_a_change_while_a_notice_waits_for_the_server_joins_it(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    mail.next = [Behaviour.GREYLIST]
    booking = await book(village, contact_email=ROSA)
    await sending.after(minutes=1)
    await act(village, booking, "cancel")
    await sending.after(minutes=2)
    assert [each["Subject"].partition(":")[0] for each in mail.mails] == ["Cancelled"]


async def test_a_paused_site_sends_nothing_and_then_tells_things_as_they_are(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    paused = await village.post(f"{API}/sites/{SITE}/notices/pause")
    assert paused.json()["paused_at"] is not None
    booking = await book(village, contact_email=ROSA)
    await sending.after(hours=2)
    await act(village, booking, "cancel")
    await sending.after(hours=2)
    assert mail.attempts == 0
    status = (await village.get(f"{API}/sites/{SITE}/notices/status")).json()
    assert (status["sends"], status["waiting"]) == (True, 1)
    resumed = await village.post(f"{API}/sites/{SITE}/notices/resume")
    assert resumed.json()["paused_at"] is None
    await sending.after(seconds=0)
    assert [each["Subject"].partition(":")[0] for each in mail.mails] == ["Cancelled"]


async def test_a_booking_tells_what_was_sent_about_it_and_its_series(
    village: httpx.AsyncClient, sending: Sending
) -> None:
    booking = await book(village, contact_email=ROSA)
    await sending.after(minutes=1)
    answer = await village.get(f"{API}/bookings/{booking['id']}/notices")
    [found] = answer.json()["items"]
    assert (found["state"], found["contact_address"], found["reply"]) == ("sent", ROSA, "2.0.0 queued")
    assert found["ended_at"] == "2026-11-25T12:01:00+00:00"
    unknown = await village.get(f"{API}/bookings/01890000-0000-7000-8000-000000000000/notices")
    assert unknown.status_code == 404


async def test_groups_and_readers_see_no_notices_of_a_site(
    village: httpx.AsyncClient, app: FastAPI, sending: Sending
) -> None:
    await put_party(village, "choir")
    await put_party(village, "yoga")
    mine = await book(village, party="choir", contact_email=ROSA)
    await sending.after(minutes=1)
    async with signed_in_as(app, village, "group_leader", party="yoga") as other:
        assert (await other.get(f"{API}/sites/{SITE}/notices")).status_code == 403
        assert (await other.post(f"{API}/sites/{SITE}/notices/pause")).status_code == 403
        assert (await other.get(f"{API}/bookings/{mine['id']}/notices")).status_code == 403
    async with signed_in_as(app, village, "group_leader", party="choir") as own:
        answer = await own.get(f"{API}/bookings/{mine['id']}/notices")
        assert [each["state"] for each in answer.json()["items"]] == ["sent"]


async def test_forgetting_a_party_forgets_where_its_notices_went(
    village: httpx.AsyncClient, app: FastAPI, sending: Sending
) -> None:
    await put_party(village, "choir", contact_email=ROSA)
    booking = await book(village, party="choir")
    await sending.after(minutes=1)
    await act(village, booking, "cancel")
    await sending.after(minutes=1)
    answer = await village.post(f"{API}/parties/choir/forget")
    assert answer.is_success, answer.text
    container: Container = app.state.container
    async with container.database.read() as tx:
        rows = (await tx.execute(select(notices.c.contact_address, notices.c.subject, notices.c.reply))).all()
    assert [tuple(row) for row in rows] == [("", "", "")] * 2


async def test_no_log_line_has_a_code_or_an_address(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="controller")
    mail.next = [Behaviour.GREYLIST]
    booking = await book(village, contact_email=ROSA)
    await sending.after(minutes=1)
    code = (await village.post(f"{API}/bookings/{booking['id']}/code")).json()["codes"][0]["code"]
    ours = [record for record in caplog.records if record.name.startswith("controller")]
    lines = [f"{record.getMessage()} {vars(record)}" for record in ours]
    assert any("'action': 'notice'" in line for line in lines)
    assert not [line for line in lines if says(line, code) or ROSA in line]


async def test_without_a_mail_server_nothing_is_written_down(
    village: httpx.AsyncClient, settings: Settings, clock: ManualClock
) -> None:
    plain = msgspec.structs.replace(settings, mail=MailSection())
    async with running(plain, clock, cheap_passwords()) as app, stranger(app) as client:
        client.headers["Authorization"] = village.headers["Authorization"]
        await book(client, contact_email=ROSA)
        assert await listed(client) == []
        assert (await client.get(f"{API}/sites/{SITE}/notices/status")).json()["sends"] is False
        names = [task.name for task in app.state.container.tasks]
    assert "notices" not in names


@pytest.mark.cases_full
async def test_many_changes_of_many_bookings_are_each_told_once_on_both_databases(
    any_village: httpx.AsyncClient, any_app: FastAPI, clock: ManualClock, mail: MailServer
) -> None:
    sending = Sending(any_app.state.container, clock)
    for hour in range(8, 20):
        times = {"starts": f"2026-11-26T{hour:02}:00", "ends": f"2026-11-26T{hour:02}:45"}
        booking = await book(any_village, contact_email=f"group-{hour}@hub.test", **times)
        await change(any_village, booking, title=f"Group {hour}")
    await sending.after(minutes=1)
    assert sorted(each["To"] for each in mail.mails) == sorted(f"group-{hour}@hub.test" for hour in range(8, 20))
    assert {each["Subject"].partition(":")[0] for each in mail.mails} == {"Confirmed"}
    assert datetime(2026, 11, 25, 12, 0, tzinfo=UTC) == NOW
