"""GOV.UK Notify: what each of its answers means, its tokens, and lines that die. What both kinds of gateway do is in
test_sms."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from controller.notices import sms
from controller.notices.gateway import Delivery, DeliveryResult, SmsMessage
from controller.notices.sms import SmsGateway
from controller.platform.settings import NOTIFY_URL, SmsSection
from controller.platform.settings_file import load_settings
from edge.wire.clock import SystemClock
from tests.controller.clock import ManualClock
from tests.services.raw_server import raw_server
from tests.services.sms import NOTIFY_KEY, NOTIFY_SECRET, TEMPLATE, SmsServer, sms_server

MESSAGE = SmsMessage(to="+447400123456", text="Door code 123 456", reference="once")


@pytest.fixture
async def notify(tmp_path: Path) -> AsyncIterator[SmsServer]:
    async with sms_server("govuk_notify", key_file=tmp_path / "key") as server:
        yield server


async def sent(settings: SmsSection) -> DeliveryResult:
    gateway = SmsGateway(settings, SystemClock())
    try:
        return await gateway.send(MESSAGE)
    finally:
        await gateway.close()


@pytest.mark.parametrize(
    ("status", "said", "delivery", "words"),
    [
        (201, "", Delivery.TAKEN, "201 Created"),
        (400, "", Delivery.REFUSED, "400 Bad Request"),
        (400, "Text messages cannot be longer than 918 characters.", Delivery.REFUSED, "400 Bad Request"),
        (400, "Template not found", Delivery.NO_SERVER, "sms.template_id"),
        (400, "Missing personalisation: text", Delivery.NO_SERVER, "((text))"),
        (400, "sms_sender_id is not a valid UUID", Delivery.NO_SERVER, "sms.sender"),
        (400, "Can't send to this recipient using a team-only API key", Delivery.NO_SERVER, "a live key"),
        (403, "", Delivery.NO_SERVER, "clock is more than 30 seconds off"),
        (403, "Invalid token: API key not found", Delivery.NO_SERVER, "API key is not valid"),
        (429, "", Delivery.NO_SERVER, "too many at once"),
        (429, "Exceeded send limits (250000) for today", Delivery.NO_SERVER, "raised at Notify"),
        (500, "", Delivery.NO_SERVER, "500 Internal Server Error"),
    ],
)
async def test_what_each_answer_means(
    notify: SmsServer, status: int, said: str, delivery: Delivery, words: str
) -> None:
    notify.next, notify.message = [status], said
    result = await sent(notify.settings)
    assert (result.delivery, words in result.reply) == (delivery, True), result.reply
    assert "123 456" not in result.reply, "which its answer repeats"


async def test_a_token_is_made_for_each_message_at_its_time(notify: SmsServer) -> None:
    clock = ManualClock(datetime(2026, 10, 25, 0, 30, tzinfo=UTC))  # the night the clocks go back
    gateway = SmsGateway(notify.settings, clock)
    for _ in range(2):
        assert (await gateway.send(MESSAGE)).delivery is Delivery.TAKEN
        clock.advance(hours=1)
    await gateway.close()
    key = OctKey.import_key(NOTIFY_SECRET)
    issued = [jwt.decode(each.removeprefix("Bearer "), key, ["HS256"]).claims["iat"] for each in notify.tokens]
    assert issued == [1792888200, 1792891800]


@pytest.mark.parametrize("key", ["", "just-a-word", NOTIFY_KEY[:-1], NOTIFY_KEY.upper(), f"{NOTIFY_KEY}\n{NOTIFY_KEY}"])
async def test_what_is_no_key_is_said_and_not_shown(notify: SmsServer, tmp_path: Path, key: str) -> None:
    (tmp_path / "key").write_text(key)
    result = await sent(notify.settings)
    assert (result.delivery, notify.attempts) == (Delivery.NO_SERVER, 0)
    assert "copy all of it" in result.reply
    assert NOTIFY_SECRET not in result.reply


async def test_a_gateway_that_hangs_is_asked_again_later(notify: SmsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sms, "TIMEOUT_S", 1.0)
    notify.silent = asyncio.Event()
    result = await sent(notify.settings)
    notify.silent.set()
    assert (result.delivery, result.reply) == (Delivery.LATER, "it gave no answer in time")


async def test_a_line_that_is_cut_is_tried_again_later_and_nobody_there_waits(notify: SmsServer) -> None:
    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.transport.abort()

    async with raw_server(cut) as port:
        result = await sent(msgspec.structs.replace(notify.settings, url=f"http://127.0.0.1:{port}"))
    assert result.delivery is Delivery.LATER
    gone = await sent(msgspec.structs.replace(notify.settings, url="http://127.0.0.1:9"))
    assert (gone.delivery, gone.reply) == (Delivery.NO_SERVER, "it was not reached")


def test_the_settings_need_no_address(tmp_path: Path) -> None:
    file = tmp_path / "controller.toml"
    (tmp_path / "key").write_text(NOTIFY_KEY)
    file.write_text(f'data_dir = "."\n[sms]\nkind = "govuk_notify"\ntoken_file = "key"\ntemplate_id = "{TEMPLATE}"\n')
    assert load_settings(file).sms.address == NOTIFY_URL
