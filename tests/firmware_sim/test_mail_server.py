"""The demo's inbox: what the controller sends is on its page."""

from collections.abc import AsyncIterator

import httpx
import pytest

from controller.notices.gateway import Delivery
from controller.notices.smtp import SmtpMailer
from controller.platform.settings import MailSection
from firmware_sim.mail_server import DemoMailServer
from tests.controller.notices.test_notices_withstand import mail_to_rosa


@pytest.fixture
async def inbox() -> AsyncIterator[DemoMailServer]:
    inbox = DemoMailServer()
    await inbox.start()
    yield inbox
    await inbox.stop()


async def test_an_empty_inbox_says_how_a_mail_gets_into_it(inbox: DemoMailServer) -> None:
    async with httpx.AsyncClient(base_url=inbox.address) as client:
        assert "Book a room with a mail address" in (await client.get("/")).text
        assert (await client.get("/1")).status_code == 404


async def test_a_mail_is_listed_and_shown_with_its_calendar_file(inbox: DemoMailServer) -> None:
    mailer = SmtpMailer(MailSection(host="127.0.0.1", port=inbox.smtp_port, security="none"))
    made = mail_to_rosa(subject="Confirmed: <Choir>")
    made.add_attachment(b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", maintype="text", subtype="calendar", filename="b.ics")
    assert (await mailer.send(made)).delivery is Delivery.TAKEN
    await mailer.close()
    async with httpx.AsyncClient(base_url=inbox.address) as client:
        assert '<a href="1">Confirmed: &lt;Choir&gt;</a>' in (await client.get("/")).text
        assert "Doors open at seven." in (await client.get("/1")).text
        calendar = await client.get("/1.ics")
    assert calendar.headers["Content-Type"].startswith("text/calendar")
    assert calendar.text.startswith("BEGIN:VCALENDAR")


async def test_an_inbox_that_has_not_started_can_be_stopped() -> None:
    await DemoMailServer().stop()
