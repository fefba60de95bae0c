"""Mails that come back, read from a real Dovecot: believed where they carry our signature, and bounded."""

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from fastapi import FastAPI

from controller.app.container import Container
from controller.notices.bounces.mailbox import BounceMailbox
from controller.notices.bounces.model import MailType
from controller.notices.bounces.tokens import BounceTokens, MailName, tokens_in
from controller.notices.smtp import return_path
from controller.platform.settings import BouncesSection, ConfigError, Settings
from controller.platform.settings_file import load_settings
from tests.controller.clock import ManualClock
from tests.controller.notices.conftest import Sending
from tests.controller.notices.test_bounces import BOUNCED, marks
from tests.controller.notices.test_notices import ROSA, listed
from tests.controller.running import stranger
from tests.controller.signin.signing import make_user
from tests.controller.village import API, book
from tests.services.dovecot import ADDRESS, Dovecot
from tests.services.mail import MailServer, localhost_certificate
from tests.services.mailbox import open_folder

HEAD = """\
From: MAILER-DAEMON@mx.choir.test
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.choir.test
{envelope}
Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {status} {words}

--b
Content-Type: text/rfc822-headers

From: bookings@hub.test
To: {recipient}
Message-ID: {message_id}

--b--
"""


def report(
    *,
    to: str = ADDRESS,
    envid: str = "",
    message_id: str = "<1@elsewhere>",
    recipient: str = ROSA,
    action: str = "failed",
    status: str = "5.1.1",
    words: str = "no such user",
) -> bytes:
    envelope = f"Original-Envelope-Id: {envid}\n" if envid else ""
    fields = {"to": to, "envelope": envelope, "message_id": message_id, "recipient": recipient, "action": action}
    return HEAD.format(**fields, status=status, words=words).encode()


@pytest.fixture
def dovecot() -> Iterator[Dovecot]:
    with open_folder() as folder:
        key, certificate = localhost_certificate(folder)
        server = Dovecot(folder, certificate=certificate, key=key)
        try:
            server.start()
            yield server
        finally:
            server.stop()


@pytest.fixture
def settings(settings: Settings, dovecot: Dovecot) -> Settings:
    return msgspec.structs.replace(settings, bounces=dovecot.settings)


class Bouncing:
    """A controller that sends mails, and reads those that come back from Dovecot."""

    def __init__(
        self, client: httpx.AsyncClient, container: Container, clock: ManualClock, mail: MailServer, dovecot: Dovecot
    ) -> None:
        assert container.bounce_reader is not None
        self.client = client
        self.container = container
        self.sending = Sending(container, clock)
        self.mail = mail
        self.dovecot = dovecot
        self.reader = container.bounce_reader

    async def send(self) -> tuple[str, str]:
        """Book, and have Rosa told; the token of that mail, and its Message-ID."""
        await book(self.client, contact_email=ROSA)
        await self.sending.after(minutes=1)
        message_id = str(self.mail.mails[-1]["Message-ID"])
        [token] = tokens_in(message_id)
        return token, message_id

    async def read(self, *mails: bytes) -> int:
        """Have these mails arrive; how many the reader reads then."""
        with smtplib.LMTP("127.0.0.1", self.dovecot.lmtp_port) as server:
            for each in mails:
                server.sendmail("", [ADDRESS], each)
        return await self.reader.look()

    async def marks(self, path: str = BOUNCED) -> list[dict[str, Any]]:
        return await marks(self.client, path)

    async def listed(self, **query: str) -> list[dict[str, Any]]:
        return await listed(self.client, **query)

    def counted(self) -> dict[str, float]:
        """How many mails were what, as /metrics has it."""
        found = {}
        for outcome in ("failed", "delayed", "unknown", "broken"):
            number = self.container.registry.get_sample_value("hallkeeper_bounce_mails_total", {"outcome": outcome})
            if number:
                found[outcome] = number
        return found


@pytest.fixture
async def bouncing(
    village: httpx.AsyncClient, app: FastAPI, clock: ManualClock, mail: MailServer, dovecot: Dovecot
) -> Bouncing:
    return Bouncing(village, app.state.container, clock, mail, dovecot)


@pytest.mark.cases_full
@pytest.mark.parametrize("named_by", ["return path", "envelope", "message id", "in capitals"])
async def test_a_mail_that_comes_back_marks_its_address_and_is_told_when_that_is_cleared(
    bouncing: Bouncing, named_by: str
) -> None:
    token, message_id = await bouncing.send()
    assert bouncing.mail.senders == [f"bounces+{token}@hub.test"]
    ways = {
        "return path": {"to": bouncing.mail.senders[0]},
        "in capitals": {"to": bouncing.mail.senders[0].upper(), "recipient": ROSA.upper()},
        "envelope": {"envid": token},
        "message id": {"message_id": message_id},
    }
    assert await bouncing.read(report(**ways[named_by])) == 1
    assert bouncing.counted() == {"failed": 1}
    [mark] = await bouncing.marks()
    assert (mark["contact_address"], mark["reply"]) == (ROSA, "5.1.1 no such user")
    [failed] = await bouncing.listed(state="failed")
    assert failed["reply"] == "came back: 5.1.1 no such user"
    assert await bouncing.reader.look() == 0  # it was deleted
    await bouncing.client.delete(f"{BOUNCED}/{mark['id']}")
    await bouncing.sending.after(minutes=2)
    assert [each["Subject"].partition(":")[0] for each in bouncing.mail.mails] == ["Confirmed", "Confirmed"]


async def test_a_forged_report_marks_nothing(bouncing: Bouncing) -> None:
    token, _ = await bouncing.send()
    [notice] = await bouncing.listed(state="sent")
    name = MailName(kind=MailType.NOTICE, id=notice["id"])
    with_another_key = BounceTokens(b"\1" * 32).of(name, ROSA)
    of_somebody_else = BounceTokens(bouncing.container.keys.page).of(name, "eve@elsewhere.test")
    forged = (
        report(),
        report(message_id=f"<{notice['id']}@hallkeeper>"),
        report(to=f"bounces+{with_another_key}@hub.test", envid=with_another_key),
        report(to=f"bounces+{of_somebody_else}@hub.test", envid=of_somebody_else),
        report(envid=token, recipient="the-caretaker@hub.test"),
        report(envid=token[:20] + ("a" if token[20] != "a" else "b") + token[21:]),
    )
    assert await bouncing.read(*forged) == 6
    assert bouncing.counted() == {"unknown": 6}
    assert await bouncing.marks() == []
    assert [each["state"] for each in await bouncing.listed()] == ["sent"]
    assert await bouncing.reader.look() == 0  # they are left there, as read


async def test_a_report_without_any_standard_is_understood(bouncing: Bouncing) -> None:
    await bouncing.send()
    made = EmailMessage()
    made["From"], made["To"] = "MAILER-DAEMON@mx.choir.test", bouncing.mail.senders[0]
    made["Subject"] = "failure notice"
    made.set_content(
        "Hi. This is the qmail-send program at mx.choir.test.\nI'm afraid I wasn't able to deliver your message.\n\n"
        f"<{ROSA}>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n"
    )
    await bouncing.read(made.as_bytes())
    assert [each["contact_address"] for each in await bouncing.marks()] == [ROSA]


async def test_a_mail_that_is_delayed_marks_nothing(bouncing: Bouncing) -> None:
    token, _ = await bouncing.send()
    await bouncing.read(report(envid=token, action="delayed", status="4.4.1", words="connection timed out"))
    assert bouncing.counted() == {"delayed": 1}
    assert await bouncing.marks() == []
    [notice] = await bouncing.listed()
    assert (notice["state"], notice["reply"]) == (
        "sent",
        "on its way for longer than usual: 4.4.1 connection timed out",
    )


async def test_a_mail_that_comes_back_because_of_its_text_fails_and_marks_nothing(bouncing: Bouncing) -> None:
    token, _ = await bouncing.send()
    await bouncing.read(report(envid=token, status="5.7.1", words="looks like spam"))
    assert await bouncing.marks() == []
    assert [each["state"] for each in await bouncing.listed()] == ["failed"]


async def test_what_comes_back_late_marks_no_address_that_was_cleared_since(bouncing: Bouncing) -> None:
    token, _ = await bouncing.send()
    await bouncing.read(report(envid=token))
    [mark] = await bouncing.marks()
    bouncing.sending.clock.advance(hours=1)
    await bouncing.client.delete(f"{BOUNCED}/{mark['id']}")
    await bouncing.read(report(envid=token))
    assert await bouncing.marks() == []


@pytest.mark.cases_full
async def test_a_crash_before_the_mailbox_is_tidied_repeats_a_report_harmlessly(
    bouncing: Bouncing, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, _ = await bouncing.send()

    def dies(mailbox: BounceMailbox, **which: object) -> None:
        raise ConnectionResetError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(BounceMailbox, "finish", dies)
        await bouncing.read(report(envid=token))
    first = await bouncing.marks(), await bouncing.listed()
    await bouncing.reader.look()
    assert (await bouncing.marks(), await bouncing.listed()) == first
    assert len(first[0]) == 1
    assert await bouncing.reader.look() == 0


async def test_a_mail_to_sign_in_by_that_comes_back_marks_its_address(bouncing: Bouncing, app: FastAPI) -> None:
    await make_user(bouncing.client, "Rosa", "wall", email=ROSA)
    async with stranger(app) as phone:
        await phone.post(f"{API}/session/mail", json={"email": ROSA})
    await bouncing.sending.after(minutes=1)
    [token] = tokens_in(str(bouncing.mail.mails[0]["Message-ID"]))
    await bouncing.read(report(envid=token))
    assert [each["contact_address"] for each in await bouncing.marks(f"{API}/bounced-addresses")] == [ROSA]


async def test_many_huge_and_broken_mails_are_read_in_bounded_portions_and_counted(bouncing: Bouncing) -> None:
    token, _ = await bouncing.send()
    deep = b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (number, number) for number in range(3_000)
    )
    broken = [b"", b"\0\xff\xfe" * 500, b"Content-Type: multipart/report; boundary=\n\n--\n", deep]
    for each in broken:
        bouncing.dovecot.put(each)
    bouncing.dovecot.put(b"Subject: holiday pictures\n\n" + b"A" * 5_000_000)
    for number in range(120):
        bouncing.dovecot.put(b"Subject: %d\n\nI am away until Monday.\n" % number)
    bouncing.dovecot.put(report(envid=token))
    assert await bouncing.reader.look() == 126
    found = bouncing.counted()
    assert found["failed"] == 1
    assert sum(found.values()) == 126
    assert bouncing.container.registry.get_sample_value("hallkeeper_bounce_mails_cut_total") == 1
    assert len(await bouncing.marks()) == 1


@pytest.mark.cases_full
async def test_a_mailbox_that_cannot_be_read_is_in_the_health_until_it_can(bouncing: Bouncing) -> None:
    token, _ = await bouncing.send()
    bouncing.dovecot.stop()
    await bouncing.reader.look()
    assert (
        "the mailbox for bounces cannot be read since 2026-11-25 12:01 UTC"
        in (await bouncing.client.get("/readyz")).text
    )
    bouncing.dovecot.start()
    await bouncing.read(report(envid=token))
    assert await bouncing.reader.ready() is None
    assert len(await bouncing.marks()) == 1


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ({"password": "wrong"}, "AUTHENTICATIONFAILED"),
        ({"folder": "No such folder"}, "SELECT"),
        ({"ca_file": None}, "certificate"),
    ],
)
async def test_a_mailbox_that_refuses_us_says_why(
    bouncing: Bouncing, tmp_path: Path, lines: dict[str, str], why: str
) -> None:
    changed: dict[str, object] = dict(lines)
    if password := lines.get("password"):
        file = tmp_path / "wrong"
        file.write_text(password)
        changed = {"password_file": file}
    mailbox = BounceMailbox(msgspec.structs.replace(bouncing.dovecot.settings, **changed))
    bouncing.reader.mailbox = mailbox
    await bouncing.reader.look()
    assert why in str(await bouncing.reader.ready())


def test_over_starttls_it_is_read_too(dovecot: Dovecot) -> None:
    settings = msgspec.structs.replace(dovecot.settings, security="starttls", port=dovecot.starttls_port)
    dovecot.put(b"Subject: hello\n\n")
    mailbox = BounceMailbox(settings)
    mailbox.open()
    assert [each.raw[:14] for each in mailbox.unread(5)] == [b"Subject: hello"]
    mailbox.close()


def test_a_mailbox_without_plus_addresses_is_the_return_path_as_it_is() -> None:
    plain = BouncesSection(address="bounces@hub.test", separator="")
    assert return_path(plain, "token") == "bounces@hub.test"
    assert return_path(BouncesSection(), "token") == ""


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        ('host = "imap.hub.test"', "bounces.address"),
        ('host = "imap.hub.test"\naddress = "bounces@hub.test"', "bounces.username"),
        ('address = "the-mailbox-for-what-comes-back@hub.test"', "bounces.address"),
        ('address = "bounces@hub.test"\nseparator = "@"', "bounces.separator"),
        ('address = "bounces@hub.test"\nhost = "not a host"', "bounces.host"),
        ('security = "none"', "bounces.security"),
    ],
)
def test_a_mailbox_that_is_half_set_up_is_refused(tmp_path: Path, lines: str, place: str) -> None:
    file = tmp_path / "controller.toml"
    mail = '[mail]\nhost = "mail.hub.test"\nsender = "bookings@hub.test"'
    file.write_text(f'data_dir = "."\n{mail}\n[bounces]\n{lines}\n')
    with pytest.raises(ConfigError) as caught:
        load_settings(file)
    assert place in str(caught.value)
