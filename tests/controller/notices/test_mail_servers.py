"""Notices through a real Postfix with greylisting, whose reports are read from a real Dovecot."""

from collections.abc import Iterator

import httpx
import msgspec
import pytest
from fastapi import FastAPI

from controller.app.container import Container
from controller.notices.bounces.mailbox import BounceMailbox
from controller.platform.settings import MailSection, Settings
from tests.controller.clock import ManualClock
from tests.controller.notices.conftest import Sending
from tests.controller.notices.test_bounces import marks
from tests.controller.notices.test_notices import ROSA, listed
from tests.controller.signin.signing import Json
from tests.controller.village import API, SITE, book
from tests.digits import says
from tests.eventually import eventually
from tests.services.dovecot import ADDRESS, Dovecot
from tests.services.mail import SENDER, Behaviour, MailServer, localhost_certificate
from tests.services.mailbox import open_folder
from tests.services.postfix import Postfix, Postgrey


class MailServers(msgspec.Struct, frozen=True):
    relay: Postfix
    mailbox: Dovecot
    mail: MailSection


@pytest.fixture
def servers(mail: MailServer) -> Iterator[MailServers]:
    """``mail`` is the far end: the mail server of choir.test."""
    with open_folder() as folder:
        key, certificate = localhost_certificate(folder)
        dovecot = Dovecot(folder, certificate=certificate, key=key)
        postgrey = Postgrey(folder)
        postfix = Postfix(
            folder,
            onward={"choir.test": mail.settings.port},
            mailbox=(ADDRESS, dovecot.lmtp_port),
            certificate=certificate,
            key=key,
            postgrey=postgrey,
        )
        services = (dovecot, postgrey, postfix)
        try:
            for each in services:
                each.start()
            section = MailSection(host="localhost", port=postfix.port, sender=SENDER, ca_file=certificate)
            yield MailServers(postfix, dovecot, section)
        finally:
            for each in reversed(services):
                each.stop()


@pytest.fixture
def settings(settings: Settings, servers: MailServers) -> Settings:
    return msgspec.structs.replace(settings, mail=servers.mail, bounces=servers.mailbox.settings)


@pytest.fixture
def container(app: FastAPI) -> Container:
    container: Container = app.state.container
    return container


async def taken(village: httpx.AsyncClient, container: Container, clock: ManualClock) -> Json:
    """The notice, once greylisting is over and Postfix has taken it."""
    sending = Sending(container, clock)

    async def sent() -> Json | None:
        await sending.after(minutes=1)
        [notice] = await listed(village)
        return notice if notice["state"] == "sent" else None

    return await eventually(sent, what="Postfix has taken the notice")


@pytest.mark.cases_full
async def test_a_greylisted_notice_comes_back_by_postfix_and_dovecot_and_marks_its_address(
    village: httpx.AsyncClient, container: Container, clock: ManualClock, mail: MailServer, servers: MailServers
) -> None:
    mail.next = [Behaviour.NO_SUCH_USER]
    booking = await book(village, contact_email=ROSA)
    code = (await village.post(f"{API}/bookings/{booking['id']}/code")).json()["codes"][0]
    notice = await taken(village, container, clock)
    assert notice["attempts"] >= 2  # greylisted first
    assert "Greylisted" in servers.relay.log.read_text()
    mailbox = BounceMailbox(servers.mailbox.settings)
    mailbox.open()

    async def returned() -> bytes | None:
        found = mailbox.unread(1)
        return found[0].raw if found else None

    report = (await eventually(returned, what="the report is in the mailbox")).decode()
    mailbox.close()
    [address] = [line for line in report.splitlines() if line.startswith("Delivered-To: bounces+")]
    token = address.removeprefix("Delivered-To: bounces+").removesuffix("@hub.test")
    assert f"Original-Envelope-Id: {token}" in report
    assert not says(report, code["code"])  # its head alone came back
    assert container.bounce_reader is not None
    assert await container.bounce_reader.look() == 1
    [mark] = await marks(village)
    assert mark["contact_address"] == ROSA
    assert "no such user" in str(mark["reply"])
    [failed] = await listed(village, state="failed")
    assert "5.1.1" in failed["reply"]


@pytest.mark.cases_full
async def test_a_notice_that_postfix_cannot_hand_on_yet_says_so_and_arrives(
    village: httpx.AsyncClient, container: Container, clock: ManualClock, mail: MailServer, servers: MailServers
) -> None:
    mail.next = [Behaviour.GREYLIST] * 1000
    await book(village, contact_email=ROSA)
    await taken(village, container, clock)
    reader = container.bounce_reader
    assert reader is not None

    async def delayed() -> bool:
        await reader.look()
        [notice] = await listed(village)
        return str(notice["reply"]).startswith("on its way for longer than usual: 451 4.7.1")

    await eventually(delayed, what="the report of the delay is read")
    assert await marks(village) == []
    mail.next = []

    async def arrived() -> bool:
        return bool(mail.raw)

    await eventually(arrived, what="Postfix has handed the notice on")
    assert [each["To"] for each in mail.mails] == [ROSA]
    status = (await village.get(f"{API}/sites/{SITE}/notices/status")).json()
    assert status["waiting"] == 0
