"""Notices under bad addresses, races, a mail server that fails, and erasure."""

import asyncio
import logging
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import httpx
import msgspec
import pytest
from fastapi import FastAPI
from sqlalchemy import select, update

from controller.app.container import Container
from controller.bookings import repository as diary
from controller.bookings.diary.model import BookingState, Changed
from controller.bookings.diary.policy import ApprovalRule, Policy
from controller.bookings.diary.tables import bookings
from controller.db.engine import Tx
from controller.notices import repository
from controller.notices.gateway import Delivery
from controller.notices.model import NoticeState
from controller.notices.retry_schedule import longest_rest
from controller.notices.smtp import SmtpMailer, result_of
from controller.notices.tables import notices
from controller.platform.settings import Settings
from firmware_sim.ports import free_port
from tests.controller.bookings.policing import put_policy
from tests.controller.clock import ManualClock
from tests.controller.notices.conftest import Sending
from tests.controller.notices.test_notices import ROSA, claim_mail, listed, text
from tests.controller.running import running, signed_in
from tests.controller.seeds import cheap_passwords
from tests.controller.signin.signing import put_party, signed_in_as
from tests.controller.village import API, SITE, act, book, change, furnish, post
from tests.services.mail import SENDER, Behaviour, MailServer, relay


@pytest.fixture
def container(app: FastAPI) -> Container:
    container: Container = app.state.container
    return container


@pytest.fixture
def sending(container: Container, clock: ManualClock) -> Sending:
    return Sending(container, clock)


def kinds(mail: MailServer) -> list[str]:
    return [each["Subject"].partition(":")[0] for each in mail.mails]


@pytest.mark.parametrize("address", ["a@b.test,c@d.test", "a@[", "a@,<", "Rosa <a@b.test>", "a@b@c.test", "a b@c.test"])
async def test_an_address_that_is_not_one_address_is_refused(village: httpx.AsyncClient, address: str) -> None:
    answer = await post(village, contact_email=address)
    assert answer.status_code == 422
    assert "contact_email" in answer.json()["detail"]


async def test_a_notice_that_cannot_be_written_fails_alone(
    village: httpx.AsyncClient, container: Container, sending: Sending, mail: MailServer
) -> None:
    await book(village, contact_email=ROSA)
    await book(village, space="studio", contact_email="yoga@hub.test")
    await spoil_address(container)
    await sending.after(minutes=1)
    assert [each["To"] for each in mail.mails] == ["yoga@hub.test"]
    [failed] = await listed(village, state="failed")
    assert failed["reply"].startswith("it cannot be written")


@pytest.mark.cases_full
async def test_a_notice_that_cannot_be_written_says_nothing_of_the_mail_server(
    village: httpx.AsyncClient, container: Container, sending: Sending, mail: MailServer
) -> None:
    await book(village, contact_email=ROSA)
    mail.next = [Behaviour.CLOSED]
    await sending.after(minutes=1)
    [channel] = container.notice_worker.channels
    assert await channel.ready() is not None
    await spoil_address(container)
    await sending.after(minutes=10)
    assert len(await listed(village, state="failed")) == 1
    assert await channel.ready() is not None


async def spoil_address(container: Container) -> None:
    """So that the notice to Rosa cannot be written."""
    async with container.database.write() as tx:
        await tx.execute(update(bookings).where(bookings.c.contact_email == ROSA).values(contact_email="a@["))
        await tx.execute(update(notices).where(notices.c.contact_address == ROSA).values(contact_address="a@["))


async def test_dates_with_other_addresses_are_told_apart(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    body = {"space": "hall", "title": "Yoga", "first_starts": "2026-12-01T09:00", "first_ends": "2026-12-01T10:00"}
    body |= {"rule": "FREQ=WEEKLY;COUNT=3", "contact_email": ROSA}
    answer = await village.post(f"{API}/sites/{SITE}/series", json=body)
    assert answer.status_code == 201, answer.text
    last = answer.json()["bookings"][-1]
    await change(village, last, contact_email="stand-in@hub.test")
    await sending.after(minutes=1)
    assert {each["To"]: each["Subject"] for each in mail.mails} == {
        ROSA: "Confirmed: Yoga, 2 dates",
        "stand-in@hub.test": "Confirmed: Yoga, Hall, Tue 15 Dec, 09:00 to 10:00",
    }


async def test_an_address_that_is_given_later_or_corrected_is_told_then(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    booking = await book(village)
    await sending.after(minutes=1)
    assert mail.raw == []
    for address in ("rsoa@choir.test", ROSA):
        await change(village, booking, contact_email=address)
        await sending.after(minutes=1)
    assert [each["To"] for each in mail.mails] == ["rsoa@choir.test", ROSA]
    assert kinds(mail) == ["Confirmed", "Confirmed"]


async def test_another_text_has_another_message_id(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    mail.next = [Behaviour.DIE_AFTER_DATA]
    booking = await book(village, contact_email=ROSA)
    await sending.after(minutes=1)
    await act(village, booking, "cancel")
    await sending.after(minutes=2)
    assert kinds(mail) == ["Confirmed", "Cancelled"]
    assert len({each for _, each in mail.ids}) == 2


@pytest.mark.both_databases
async def test_a_change_that_is_committed_while_its_notice_is_sent_is_told_next(
    any_village: httpx.AsyncClient, any_app: FastAPI, clock: ManualClock, mail: MailServer
) -> None:
    container: Container = any_app.state.container
    sending = Sending(container, clock)
    booking = await book(any_village, contact_email=ROSA)
    clock.advance(minutes=1)
    begun, on = asyncio.Event(), asyncio.Event()

    async def cancelled(tx: Tx) -> None:
        """A cancellation that takes its time."""
        await container.database.lock_site(tx, SITE)
        begun.set()
        await on.wait()
        values = {"state": BookingState.CANCELLED, "state_at": clock.now(), "changed_at": clock.now()}
        await tx.execute(update(bookings).where(bookings.c.id == booking["id"]).values(values))
        after = await diary.booking(tx, booking["id"])
        assert after is not None
        site_config = await container.writer.site_configs.of(tx, SITE)
        changes = [Changed(before=after, after=after)]
        await container.notices.follow(tx, site_config, changes, actor="Ada", now=clock.now())

    change_task = asyncio.create_task(container.database.run(cancelled))
    await begun.wait()
    send_task = asyncio.create_task(container.notice_worker.send_due())
    await asyncio.sleep(0.05)
    on.set()
    await asyncio.gather(change_task, send_task)
    await sending.after(minutes=1)
    assert kinds(mail)[-1] == "Cancelled"


@pytest.mark.cases_full
async def test_while_there_is_no_mail_server_all_wait_for_it_together(
    village: httpx.AsyncClient, container: Container, sending: Sending, mail: MailServer
) -> None:
    mail.next = [Behaviour.CLOSED] * 3
    for hour in range(10, 15):
        times = {"starts": f"2026-11-26T{hour}:00", "ends": f"2026-11-26T{hour}:30"}
        await book(village, contact_email=f"group-{hour}@hub.test", **times)
    await sending.after(minutes=1)
    assert mail.connections == 1
    trouble = (await village.get("/readyz")).json()
    assert "the mail server takes nothing since 2026-11-25 12:01 UTC" in str(trouble)
    assert (await village.get(f"{API}/sites/{SITE}/notices/status")).json()["waiting"] == 5
    for _ in range(6):
        await sending.after(minutes=6)
    assert len(mail.raw) == 5
    assert await container.notice_worker.channels[0].ready() is None


async def test_after_a_long_pause_a_busy_server_is_still_tried_for_three_days(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    await village.post(f"{API}/sites/{SITE}/notices/pause")
    await book(village, starts="2026-12-20T18:00", ends="2026-12-20T20:00", contact_email=ROSA)
    await sending.after(days=4)
    await village.post(f"{API}/sites/{SITE}/notices/resume")
    mail.next = [Behaviour.GREYLIST]
    await sending.after(minutes=1)
    assert [each["state"] for each in await listed(village)] == ["waiting"]
    await sending.after(minutes=1)
    assert kinds(mail) == ["Confirmed"]


async def test_a_hold_that_runs_out_is_told(
    village: httpx.AsyncClient, container: Container, sending: Sending, mail: MailServer
) -> None:
    await put_policy(container, Policy(rules=(ApprovalRule(name="nobody", parties=("nobody",)),), hold_hours=2))
    await put_party(village, "choir", contact_email=ROSA)
    answer = await post(village, party="choir", by_rules=True)
    assert answer.json()["status"] == "held", answer.text
    await sending.after(minutes=1)
    await sending.after(hours=3)
    await sending.after(hours=3)
    assert kinds(mail) == ["Requested", "Not confirmed in time"]


async def test_a_hold_that_runs_out_at_an_address_that_fails_is_told_once(
    village: httpx.AsyncClient, container: Container, sending: Sending, mail: MailServer
) -> None:
    await put_policy(container, Policy(rules=(ApprovalRule(name="nobody", parties=("nobody",)),), hold_hours=2))
    await put_party(village, "choir", contact_email=ROSA)
    await post(village, party="choir", by_rules=True)
    await sending.after(minutes=1)
    mail.next = [Behaviour.NO_SUCH_USER]
    await sending.after(hours=3)
    for _ in range(5):
        await sending.after(minutes=1)
    assert sorted(each["state"] for each in await listed(village)) == ["failed", "sent", "skipped"]


async def test_dates_that_moved_and_dates_that_are_cancelled_are_in_one_file(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    body = {"space": "hall", "title": "Yogé", "first_starts": "2026-12-01T09:00", "first_ends": "2026-12-01T10:00"}
    body |= {"rule": "FREQ=WEEKLY;COUNT=3", "contact_email": ROSA}
    answer = await village.post(f"{API}/sites/{SITE}/series", json=body)
    await sending.after(minutes=1)
    first, _, last = answer.json()["bookings"]
    await change(village, first, starts="2026-12-01T09:30")
    await act(village, last, "cancel")
    await sending.after(minutes=1)
    assert mail.mails[1]["Subject"] == "Changes: Yogé, 2 dates"
    shown = text(mail.mails[1])
    assert shown.index("Moved:") < shown.index("Cancelled:")
    [part] = [part for part in mail.mails[1].iter_attachments() if part.get_content_type() == "text/calendar"]
    assert part.get_content_charset() == "utf-8"
    content = part.get_content()
    assert "METHOD:PUBLISH" in content
    assert content.count("STATUS:CANCELLED") == 1
    assert content.count("SUMMARY:Yogé") == 2


async def test_setting_up_mail_later_tells_nothing_of_before(
    village: httpx.AsyncClient, container: Container, sending: Sending, mail: MailServer
) -> None:
    body = {"space": "hall", "title": "Yoga", "first_starts": "2026-12-01T09:00", "first_ends": "2026-12-01T10:00"}
    body |= {"rule": "FREQ=WEEKLY;COUNT=3", "contact_email": ROSA}
    answer = await village.post(f"{API}/sites/{SITE}/series", json=body)
    first, *_ = answer.json()["bookings"]
    async with container.database.write() as tx:  # as if there had been no mail server then
        await tx.execute(notices.delete())
    sending.clock.advance(hours=1)
    await change(village, first, starts="2026-12-01T09:30")
    await sending.after(minutes=1)
    assert [each["Subject"] for each in mail.mails] == ["Confirmed: Yoga, Hall, Tue 1 Dec, 09:30 to 10:00"]


async def test_what_is_forgotten_while_it_is_sent_stays_forgotten(
    village: httpx.AsyncClient, container: Container, sending: Sending, mail: MailServer
) -> None:
    await put_party(village, "choir", contact_email=ROSA)
    booking = await book(village, party="choir")
    await act(village, booking, "cancel")
    sending.clock.advance(minutes=1)
    database = container.database
    claimed = await database.run(claim_mail, database, sending.clock.now())
    assert claimed is not None
    assert (await village.post(f"{API}/parties/choir/forget")).is_success
    async with database.write() as tx:
        fields = {"subject": "Cancelled: Choir", "reply": f"250 {ROSA}"}
        await repository.settle(tx, database, claimed, state=NoticeState.SENT, **fields)
    async with database.read() as tx:
        rows = (
            await tx.execute(select(notices.c.state, notices.c.contact_address, notices.c.subject, notices.c.reply))
        ).all()
    assert [tuple(row) for row in rows] == [("sent", "", "", "")]


async def test_a_reply_with_an_address_in_it_stays_out_of_the_log(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="controller")
    mail.next = [Behaviour.NO_SUCH_USER_NAMED]
    await book(village, contact_email=ROSA)
    await sending.after(minutes=1)
    [failed] = await listed(village, state="failed")
    assert ROSA in failed["reply"]
    assert [vars(record)["code"] for record in caplog.records if vars(record).get("action") == "notice"] == [550]
    assert not [record for record in caplog.records if ROSA in f"{record.getMessage()} {vars(record)}"]


async def test_notices_are_forgotten_after_a_year(
    village: httpx.AsyncClient, container: Container, sending: Sending
) -> None:
    await book(village, contact_email=ROSA)
    await sending.after(minutes=1)
    left = []
    for days in (364, 2):
        await sending.after(days=days)
        await container.retention.enforce()
        async with container.database.read() as tx:
            left.append(len((await tx.execute(select(notices.c.id))).all()))
    assert left == [1, 0]


async def test_a_manager_of_another_site_sees_nothing_and_pauses_nothing(
    village: httpx.AsyncClient, app: FastAPI
) -> None:
    answer = await village.put(f"{API}/sites/march", json={"name": "March", "zone": "Europe/London"})
    assert answer.is_success, answer.text
    async with signed_in_as(app, village, "manager", sites=["march"]) as other:
        assert (await other.get(f"{API}/sites/{SITE}/notices")).status_code == 403
        assert (await other.post(f"{API}/sites/{SITE}/notices/pause")).status_code == 403
        assert (await other.get(f"{API}/sites/march/notices")).json()["items"] == []


def mail_to_rosa(subject: str = "") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Message-ID"] = SENDER, ROSA, "<1@hallkeeper>"
    made["Subject"], made["Date"] = subject, "Wed, 25 Nov 2026 12:00:00 +0000"
    made.set_content("Doors open at seven.")
    return made


@pytest.fixture
async def mail_relay(tmp_path: Path) -> AsyncIterator[MailServer]:
    async with relay(tmp_path) as server:
        yield server


async def test_mail_goes_over_tls_after_signing_in(mail_relay: MailServer) -> None:
    mailer = SmtpMailer(mail_relay.settings)
    result = await mailer.send(mail_to_rosa())
    await mailer.close()
    assert (result.delivery, result.reply) == (Delivery.TAKEN, "2.0.0 queued")
    assert mail_relay.ids == [(ROSA, "<1@hallkeeper>")]


@pytest.mark.parametrize(
    ("change_to", "words"),
    [
        ({"password_file": "wrong"}, "535"),
        ({"ca_file": None}, "certificate verify failed"),
        ({"port": free_port()}, "connect"),
        ({"security": "tls"}, ""),
    ],
)
async def test_a_server_that_is_set_up_wrong_fails_no_notice(
    mail_relay: MailServer, tmp_path_factory: pytest.TempPathFactory, change_to: dict[str, object], words: str
) -> None:
    if change_to.get("password_file"):
        file = tmp_path_factory.mktemp("mail") / "password"
        file.write_text("not this one\n")
        change_to = {"password_file": file}
    mailer = SmtpMailer(msgspec.structs.replace(mail_relay.settings, **change_to))
    result = await mailer.send(mail_to_rosa())
    await mailer.close()
    assert result.delivery is Delivery.NO_SERVER
    assert words.lower() in result.reply.lower()
    assert mail_relay.ids == []


def test_a_reply_that_is_not_text_can_be_stored() -> None:
    result = result_of(aiosmtplib.SMTPRecipientRefused(550, "Bo\udcee te\0 inconnue", ROSA))
    assert (result.delivery, result.reply) == (Delivery.REFUSED, "550 Bo? te inconnue")
    assert result.reply.encode()


async def test_a_party_whose_address_is_corrected_is_told_there_what_nobody_got(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    await put_party(village, "choir", contact_email="typo@choir.test")
    mail.next = [Behaviour.NO_SUCH_USER]
    await book(village, party="choir")
    gone = await book(village, party="choir", starts="2026-11-27T18:00", ends="2026-11-27T20:00")
    await act(village, gone, "cancel")
    await sending.after(minutes=1)
    await sending.after(minutes=1)
    assert mail.mails == []
    await put_party(village, "choir", contact_email=ROSA)
    await sending.after(minutes=1)
    await sending.after(minutes=1)
    assert [(each["To"], each["Subject"].partition(":")[0]) for each in mail.mails] == [(ROSA, "Confirmed")]
    await put_party(village, "choir", contact_email=ROSA, notes="bass section at the back")
    await sending.after(minutes=1)
    assert len(mail.mails) == 1


async def test_stopping_and_starting_a_site_s_notices_is_on_record(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    mail.next = [Behaviour.NO_SUCH_USER]
    await book(village, contact_email=ROSA)
    await sending.after(minutes=1)
    [failed] = await listed(village, state="failed")
    for path in ("pause", "resume", f"{failed['id']}/retry"):
        assert (await village.post(f"{API}/sites/{SITE}/notices/{path}")).is_success
    rows = (await village.get(f"{API}/audit", params={"site": SITE})).json()["items"]
    acts = {(each["act"], each["thing"]) for each in rows}
    assert {("pause", "notices"), ("resume", "notices"), ("retry", f"notice {failed['id']}")} <= acts


@pytest.mark.cases_full
async def test_no_more_go_in_a_minute_than_the_server_allows(
    settings: Settings, clock: ManualClock, mail: MailServer
) -> None:
    slow = msgspec.structs.replace(settings, mail=msgspec.structs.replace(mail.settings, most_per_minute=3))
    async with running(slow, clock, cheap_passwords()) as app, signed_in(app) as client:
        await furnish(client)
        for day in range(1, 8):
            await book(client, contact_email=ROSA, starts=f"2026-12-0{day}T18:00", ends=f"2026-12-0{day}T20:00")
        sending = Sending(app.state.container, clock)
        taken = []
        for seconds in (60, 30, 30, 60):
            await sending.after(seconds=seconds)
            taken.append(len(mail.mails))
    assert taken == [3, 3, 6, 7]


@pytest.mark.parametrize(("took_s", "rests_s"), [(0.0, 0.5), (0.03, 0.5), (0.2, 2.0), (30.0, 5.0)])
def test_a_queue_takes_a_tenth_of_the_time_in_which_people_book_and_never_stops(took_s: float, rests_s: float) -> None:
    assert longest_rest(took_s) == rests_s
