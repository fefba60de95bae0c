"""What becomes of a notice on a line that dies, hangs or drips: sent again with the same Message-ID, or failed; never
lost."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path

import httpx
import msgspec
import pytest
from fastapi import FastAPI

from controller.notices import sms, smtp
from controller.notices.gateway import Delivery, DeliveryResult, SmsMessage
from controller.notices.sms import SmsGateway
from controller.notices.smtp import SmtpMailer
from controller.platform.settings import MailSection, Settings, SmsSection
from edge.wire.clock import SystemClock
from tests.controller.clock import ManualClock
from tests.controller.notices.conftest import Sending
from tests.controller.notices.test_bounces import marks
from tests.controller.notices.test_notices import ROSA, listed
from tests.controller.village import book
from tests.services.bad_line import BadLine, Line, bad_line
from tests.services.mail import SENDER, localhost_certificate, relay
from tests.services.raw_server import raw_server
from tests.services.sms import NOTIFY_KEY, TEMPLATE


@pytest.fixture
async def line() -> AsyncIterator[BadLine]:
    async with bad_line() as server:
        yield server


@pytest.fixture
def settings(settings: Settings, line: BadLine) -> Settings:
    return msgspec.structs.replace(settings, mail=line.settings)


@pytest.fixture
def sending(app: FastAPI, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> Sending:
    monkeypatch.setattr(smtp, "TIMEOUT_S", 0.5)
    monkeypatch.setattr(smtp, "MAIL_S", 1.5)
    return Sending(app.state.container, clock)


AGAIN = [
    Line.CUT_IN_DATA,
    Line.CUT_AFTER_DOT,
    Line.HANG_AT_GREETING,
    Line.HANG_AT_RECIPIENT,
    Line.HANG_AFTER_DOT,
    Line.DRIP,
    Line.FLOOD,
    Line.NO_SMTP,
    Line.CLOSING,
    Line.LATER,
    Line.FULL_NOW,
    Line.DATA_LATER,
]
"""After which a notice is tried again."""
NEVER = [Line.NO_SUCH_USER, Line.FULL, Line.DATA_NEVER]
TAKEN_TWICE = (Line.CUT_AFTER_DOT, Line.HANG_AFTER_DOT)


def test_every_bad_line_has_an_outcome() -> None:
    assert {*AGAIN, *NEVER, Line.GOOD} == set(Line)


@pytest.mark.parametrize("bad", AGAIN)
async def test_a_notice_is_sent_again_with_the_same_message_id(
    village: httpx.AsyncClient, sending: Sending, line: BadLine, bad: Line
) -> None:
    line.next = [bad, bad]
    await book(village, contact_email=ROSA)
    await sending.after(minutes=1)
    [notice] = await listed(village)
    assert notice["state"] == "waiting"
    for _ in range(3):
        await sending.after(minutes=6)
    [notice] = await listed(village)
    assert notice["state"] == "sent"
    assert await marks(village) == []
    assert {to for to, _ in line.taken} == {ROSA}
    assert len({message_id for _, message_id in line.taken}) == 1
    assert len(line.taken) == (3 if bad in TAKEN_TWICE else 1)


@pytest.mark.parametrize("bad", NEVER)
async def test_a_notice_that_is_refused_for_good_has_failed(
    village: httpx.AsyncClient, sending: Sending, line: BadLine, bad: Line
) -> None:
    line.next = [bad]
    await book(village, contact_email=ROSA)
    for _ in range(3):
        await sending.after(minutes=6)
    [failed] = await listed(village, state="failed")
    assert failed["reply"] == str(bad)
    assert line.taken == []
    assert line.connections == 1


def mail_to_rosa() -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Message-ID"], made["Subject"] = SENDER, ROSA, "<1@hallkeeper>", "Code"
    made.set_content("The door code is 123 456.")
    return made


async def test_a_line_from_which_starttls_was_cut_out_gets_no_mail(line: BadLine) -> None:
    mailer = SmtpMailer(msgspec.structs.replace(line.settings, security="starttls"))
    result = await mailer.send(mail_to_rosa())
    await mailer.close()
    assert result.delivery is Delivery.NO_SERVER
    assert line.taken == []


async def test_a_server_with_the_certificate_of_another_name_gets_no_mail(tmp_path: Path) -> None:
    async with relay(tmp_path) as server:
        mailer = SmtpMailer(msgspec.structs.replace(server.settings, host="127.0.0.1"))
        result = await mailer.send(mail_to_rosa())
        await mailer.close()
    assert result.delivery is Delivery.NO_SERVER
    assert "certificate verify failed" in result.reply
    assert server.raw == []


async def test_a_line_that_dies_in_the_tls_handshake_gets_no_mail(tmp_path: Path) -> None:
    _, certificate = localhost_certificate(tmp_path)

    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.transport.abort()

    async with raw_server(cut) as port:
        section = MailSection(host="localhost", port=port, security="tls", sender=SENDER, ca_file=certificate)
        result = await SmtpMailer(section).send(mail_to_rosa())
    assert result.delivery is Delivery.NO_SERVER


@pytest.mark.parametrize(
    ("answer", "delivery"),
    [
        (b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n", Delivery.TAKEN),
        (b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", Delivery.REFUSED),
        (b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n", Delivery.NO_SERVER),
        (b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", Delivery.NO_SERVER),
        (b"HTTP/1.1 202 Acc", Delivery.LATER),
        (b"", Delivery.LATER),
        (b"220 mail.test\r\n", Delivery.LATER),
        (None, Delivery.LATER),
    ],
    ids=["202", "400", "429", "503", "cut in its answer", "cut before", "no HTTP", "hangs"],
)
async def test_what_becomes_of_a_text_message(
    answer: bytes | None, delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    if answer is None:
        monkeypatch.setattr(sms, "TIMEOUT_S", 0.5)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if answer is None:
            await asyncio.Event().wait()
        writer.write(answer or b"")
        writer.close()

    async with raw_server(serve) as port:
        gateway = SmsGateway(SmsSection(url=f"http://127.0.0.1:{port}/messages", sender="RamseyHub"), SystemClock())
        result = await gateway.send(SmsMessage(to="+447400123456", text="Code 123 456", reference="one"))
        await gateway.close()
    assert result.delivery is delivery


@pytest.mark.parametrize(
    ("head", "piece", "delivery"),
    [
        (b"HTTP/1.1 ", b"2", Delivery.LATER),
        (b"HTTP/1.1 201 Created\r\nX: ", b"x", Delivery.LATER),
        (b"HTTP/1.1 201 Created\r\nContent-Length: 900000000\r\n\r\n", b"x", Delivery.TAKEN),
        (b"HTTP/1.1 201 Created\r\nContent-Length: 900000000\r\n\r\n", b"x" * 10_000, Delivery.TAKEN),
        (b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 900000000\r\n\r\n", b"x", Delivery.NO_SERVER),
    ],
    ids=["in its status", "in its head", "after taking it", "a flood after taking it", "in an error"],
)
@pytest.mark.parametrize("kind", ["http", "govuk_notify"])
async def test_an_answer_that_drips_ends(
    kind: str, head: bytes, piece: bytes, delivery: Delivery, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sms, "TIMEOUT_S", 0.5 if delivery is Delivery.LATER else 2.0)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            writer.write(head)
            while not writer.is_closing():
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0.01)

    key = tmp_path / "key"
    key.write_text(NOTIFY_KEY)
    async with raw_server(serve) as port, asyncio.timeout(20):
        root = f"http://127.0.0.1:{port}"
        settings = (
            SmsSection(kind="govuk_notify", url=root, token_file=key, template_id=TEMPLATE)
            if kind == "govuk_notify"
            else SmsSection(url=root)
        )
        gateway = SmsGateway(settings, SystemClock())
        result = await gateway.send(SmsMessage(to="+447400123456", text="Code 123 456", reference="one"))
        await gateway.close()
    assert result.delivery is delivery


async def test_the_worker_ends_although_sending_swallows_that_it_is_to_end(
    village: httpx.AsyncClient, sending: Sending, line: BadLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for hour in range(10, 14):
        times = {"starts": f"2026-11-26T{hour}:00", "ends": f"2026-11-26T{hour}:30"}
        await book(village, contact_email=f"group-{hour}@hub.test", **times)
    send, handing_over = SmtpMailer.send, asyncio.Event()

    async def swallows(mailer: SmtpMailer, message: EmailMessage | SmsMessage) -> DeliveryResult:
        """As ``asyncio.wait_for`` of Python 3.11 does when the reply comes at that moment."""
        result = await send(mailer, message)
        handing_over.set()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(60)
        return result

    monkeypatch.setattr(SmtpMailer, "send", swallows)
    sending.clock.advance(minutes=1)
    running = asyncio.create_task(sending.container.notice_worker.run())
    await handing_over.wait()
    running.cancel()
    async with asyncio.timeout(30):
        await asyncio.wait({running})
    assert running.cancelled()
    assert len(line.taken) == 1
    assert sorted(each["state"] for each in await listed(village)) == ["sent", "waiting", "waiting", "waiting"]
