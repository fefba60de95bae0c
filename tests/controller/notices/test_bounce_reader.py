"""Mails that come back, read from a real Dovecot: believed where they carry our signature, and bounded."""

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import httpx
import msgspec
import pytest
from fastapi import FastAPI

from controller.container import Container
from controller.notices.bounces.mailbox import BounceMailbox
from controller.notices.bounces.model import MailType
from controller.notices.bounces.reader import BounceReader
from controller.notices.bounces.tokens import BounceTokens, MailName, tokens_in
from controller.notices.smtp import return_path
from controller.settings import BouncesSection, ConfigError, Settings
from controller.settings_file import load_settings
from tests.controller.clock import ManualClock
from tests.controller.notices.conftest import Sending
from tests.controller.notices.test_bounces import BOUNCED, marks
from tests.controller.notices.test_notices import ROSA, listed
from tests.controller.people.signing import make_user
from tests.controller.running import stranger
from tests.controller.village import API, book, furnish
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


@pytest.fixture
async def village(client: httpx.AsyncClient) -> httpx.AsyncClient:
    await furnish(client)
    return client


@pytest.fixture
def container(app: FastAPI) -> Container:
    container: Container = app.state.container
    return container


@pytest.fixture
def sending(container: Container, clock: ManualClock) -> Sending:
    return Sending(container, clock)


@pytest.fixture
def reader(container: Container) -> BounceReader:
    assert container.bounce_reader is not None
    return container.bounce_reader


def arrives(dovecot: Dovecot, *mails: bytes) -> None:
    with smtplib.LMTP("127.0.0.1", dovecot.lmtp_port) as server:
        for each in mails:
            server.sendmail("", [ADDRESS], each)


def counted(container: Container) -> dict[str, float]:
    """How many mails were what, as /metrics has it."""
    registry = container.registry
    found = {}
    for outcome in ("failed", "delayed", "unknown", "broken"):
        number = registry.get_sample_value("hallkeeper_bounce_mails_total", {"outcome": outcome})
        if number:
            found[outcome] = number
    return found


async def sent(village: httpx.AsyncClient, sending: Sending, mail: MailServer) -> tuple[str, str]:
    """Book, and have Rosa told; the token of that mail, and its Message-ID."""
    await book(village, contact_email=ROSA)
    await sending.after(minutes=1)
    message_id = str(mail.mails[-1]["Message-ID"])
    [token] = tokens_in(message_id)
    return token, message_id


@pytest.mark.parametrize("named_by", ["return path", "envelope", "message id", "in capitals"])
async def test_a_mail_that_comes_back_marks_its_address_and_is_told_when_that_is_cleared(
    village: httpx.AsyncClient,
    container: Container,
    sending: Sending,
    mail: MailServer,
    dovecot: Dovecot,
    reader: BounceReader,
    named_by: str,
) -> None:
    token, message_id = await sent(village, sending, mail)
    assert mail.senders == [f"bounces+{token}@hub.test"]
    ways = {
        "return path": {"to": mail.senders[0]},
        "in capitals": {"to": mail.senders[0].upper(), "recipient": ROSA.upper()},
        "envelope": {"envid": token},
        "message id": {"message_id": message_id},
    }
    arrives(dovecot, report(**ways[named_by]))
    assert await reader.look() == 1
    assert counted(container) == {"failed": 1}
    [mark] = await marks(village)
    assert (mark["contact_address"], mark["reply"]) == (ROSA, "5.1.1 no such user")
    [failed] = await listed(village, state="failed")
    assert failed["reply"] == "came back: 5.1.1 no such user"
    assert await reader.look() == 0  # it was deleted
    await village.delete(f"{BOUNCED}/{mark['id']}")
    await sending.after(minutes=2)
    assert [each["Subject"].partition(":")[0] for each in mail.mails] == ["Confirmed", "Confirmed"]


async def test_a_forged_report_marks_nothing(
    village: httpx.AsyncClient,
    container: Container,
    sending: Sending,
    mail: MailServer,
    dovecot: Dovecot,
    reader: BounceReader,
) -> None:
    token, _ = await sent(village, sending, mail)
    [notice] = await listed(village, state="sent")
    name = MailName(kind=MailType.NOTICE, id=notice["id"])
    with_another_key = BounceTokens(b"\1" * 32).of(name, ROSA)
    of_somebody_else = BounceTokens(container.keys.page).of(name, "eve@elsewhere.test")
    arrives(
        dovecot,
        report(),
        report(message_id=f"<{notice['id']}@hallkeeper>"),
        report(to=f"bounces+{with_another_key}@hub.test", envid=with_another_key),
        report(to=f"bounces+{of_somebody_else}@hub.test", envid=of_somebody_else),
        report(envid=token, recipient="the-caretaker@hub.test"),
        report(envid=token[:20] + ("a" if token[20] != "a" else "b") + token[21:]),
    )
    assert await reader.look() == 6
    assert counted(container) == {"unknown": 6}
    assert await marks(village) == []
    assert [each["state"] for each in await listed(village)] == ["sent"]
    assert await reader.look() == 0  # they are left there, as read


async def test_a_report_without_any_standard_is_understood(
    village: httpx.AsyncClient,
    sending: Sending,
    mail: MailServer,
    dovecot: Dovecot,
    reader: BounceReader,
) -> None:
    await sent(village, sending, mail)
    made = EmailMessage()
    made["From"], made["To"] = "MAILER-DAEMON@mx.choir.test", mail.senders[0]
    made["Subject"] = "failure notice"
    made.set_content(
        "Hi. This is the qmail-send program at mx.choir.test.\nI'm afraid I wasn't able to deliver your message.\n\n"
        f"<{ROSA}>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n"
    )
    arrives(dovecot, made.as_bytes())
    await reader.look()
    assert [each["contact_address"] for each in await marks(village)] == [ROSA]


async def test_a_mail_that_is_delayed_marks_nothing(
    village: httpx.AsyncClient,
    container: Container,
    sending: Sending,
    mail: MailServer,
    dovecot: Dovecot,
    reader: BounceReader,
) -> None:
    token, _ = await sent(village, sending, mail)
    arrives(dovecot, report(envid=token, action="delayed", status="4.4.1", words="connection timed out"))
    await reader.look()
    assert counted(container) == {"delayed": 1}
    assert await marks(village) == []
    [notice] = await listed(village)
    assert (notice["state"], notice["reply"]) == (
        "sent",
        "on its way for longer than usual: 4.4.1 connection timed out",
    )


async def test_a_mail_that_comes_back_because_of_its_text_fails_and_marks_nothing(
    village: httpx.AsyncClient,
    sending: Sending,
    mail: MailServer,
    dovecot: Dovecot,
    reader: BounceReader,
) -> None:
    token, _ = await sent(village, sending, mail)
    arrives(dovecot, report(envid=token, status="5.7.1", words="looks like spam"))
    await reader.look()
    assert await marks(village) == []
    assert [each["state"] for each in await listed(village)] == ["failed"]


async def test_what_comes_back_late_marks_no_address_that_was_cleared_since(
    village: httpx.AsyncClient,
    sending: Sending,
    mail: MailServer,
    dovecot: Dovecot,
    reader: BounceReader,
) -> None:
    token, _ = await sent(village, sending, mail)
    arrives(dovecot, report(envid=token))
    await reader.look()
    [mark] = await marks(village)
    sending.clock.advance(hours=1)
    await village.delete(f"{BOUNCED}/{mark['id']}")
    arrives(dovecot, report(envid=token))
    await reader.look()
    assert await marks(village) == []


async def test_a_crash_before_the_mailbox_is_tidied_repeats_a_report_harmlessly(
    village: httpx.AsyncClient,
    sending: Sending,
    mail: MailServer,
    dovecot: Dovecot,
    reader: BounceReader,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    token, _ = await sent(village, sending, mail)
    arrives(dovecot, report(envid=token))

    def dies(mailbox: BounceMailbox, **which: object) -> None:
        raise ConnectionResetError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(BounceMailbox, "finish", dies)
        await reader.look()
    first = await marks(village), await listed(village)
    await reader.look()
    assert (await marks(village), await listed(village)) == first
    assert len(first[0]) == 1
    assert await reader.look() == 0


async def test_a_mail_to_sign_in_by_that_comes_back_marks_its_address(
    app: FastAPI,
    client: httpx.AsyncClient,
    sending: Sending,
    mail: MailServer,
    dovecot: Dovecot,
    reader: BounceReader,
) -> None:
    await make_user(client, "Rosa", "wall", email=ROSA)
    async with stranger(app) as phone:
        await phone.post(f"{API}/session/mail", json={"email": ROSA})
    await sending.after(minutes=1)
    [token] = tokens_in(str(mail.mails[0]["Message-ID"]))
    arrives(dovecot, report(envid=token))
    await reader.look()
    assert [each["contact_address"] for each in await marks(client, f"{API}/bounced-addresses")] == [ROSA]


async def test_many_huge_and_broken_mails_are_read_in_bounded_portions_and_counted(
    village: httpx.AsyncClient,
    container: Container,
    sending: Sending,
    mail: MailServer,
    dovecot: Dovecot,
    reader: BounceReader,
) -> None:
    token, _ = await sent(village, sending, mail)
    deep = b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (number, number) for number in range(3_000)
    )
    broken = [b"", b"\0\xff\xfe" * 500, b"Content-Type: multipart/report; boundary=\n\n--\n", deep]
    for each in broken:
        dovecot.put(each)
    dovecot.put(b"Subject: holiday pictures\n\n" + b"A" * 5_000_000)
    for number in range(120):
        dovecot.put(b"Subject: %d\n\nI am away until Monday.\n" % number)
    dovecot.put(report(envid=token))
    assert await reader.look() == 126
    found = counted(container)
    assert found["failed"] == 1
    assert sum(found.values()) == 126
    assert container.registry.get_sample_value("hallkeeper_bounce_mails_cut_total") == 1
    assert len(await marks(village)) == 1


async def test_a_mailbox_that_cannot_be_read_is_in_the_health_until_it_can(
    village: httpx.AsyncClient,
    sending: Sending,
    mail: MailServer,
    dovecot: Dovecot,
    reader: BounceReader,
) -> None:
    token, _ = await sent(village, sending, mail)
    dovecot.stop()
    await reader.look()
    assert "the mailbox for bounces cannot be read since 2026-11-25 12:01 UTC" in (await village.get("/readyz")).text
    dovecot.start()
    arrives(dovecot, report(envid=token))
    await reader.look()
    assert await reader.ready() is None
    assert len(await marks(village)) == 1


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ({"password": "wrong"}, "AUTHENTICATIONFAILED"),
        ({"folder": "No such folder"}, "SELECT"),
        ({"ca_file": None}, "certificate"),
    ],
)
async def test_a_mailbox_that_refuses_us_says_why(
    dovecot: Dovecot,
    clock: ManualClock,
    container: Container,
    tmp_path: Path,
    lines: dict[str, str],
    why: str,
) -> None:
    changed: dict[str, object] = dict(lines)
    if password := lines.get("password"):
        file = tmp_path / "wrong"
        file.write_text(password)
        changed = {"password_file": file}
    mailbox = BounceMailbox(msgspec.structs.replace(dovecot.settings, **changed))
    reader = container.bounce_reader
    assert reader is not None
    reader.mailbox = mailbox
    await reader.look()
    assert why in str(await reader.ready())


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
