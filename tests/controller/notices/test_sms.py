"""Text messages: to whom they go, what they say, and what becomes of them at the gateway."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import msgspec
import pytest
from fastapi import FastAPI

from controller.notices import sms
from controller.notices.gateway import Delivery, SmsMessage
from controller.notices.mail_rendering import LONGEST_SMS, LONGEST_SMS_UNICODE
from controller.notices.model import Channel
from controller.notices.recipients import Recipients
from controller.notices.sms import SmsGateway, mobile
from controller.platform.key_files import load_keys
from controller.platform.settings import ConfigError, MailSection, Settings, SmsSection
from controller.platform.settings_file import load_settings
from edge.wire.clock import SystemClock
from tests.controller.clock import ManualClock
from tests.controller.notices.conftest import Sending
from tests.controller.notices.test_notices import ROSA, listed
from tests.controller.running import running, signed_in
from tests.controller.seeds import cheap_passwords
from tests.controller.signin.signing import put_party
from tests.controller.village import API, SITE, act, book, code_of, furnish
from tests.digits import says
from tests.services.mail import MailServer
from tests.services.sms import SmsServer, sms_server

NUMBER, AS_WRITTEN = "+447400123456", "07400 123 456"


@pytest.fixture(params=["http", "govuk_notify"])
async def gateway(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SmsServer]:
    """The test runs once on each kind."""
    async with sms_server(request.param, key_file=tmp_path / "notify-key") as server:
        yield server


@pytest.fixture
async def plain() -> AsyncIterator[SmsServer]:
    async with sms_server() as server:
        yield server


@pytest.fixture
def settings(settings: Settings, gateway: SmsServer) -> Settings:
    return msgspec.structs.replace(settings, sms=gateway.settings)


@pytest.fixture
def sending(village: httpx.AsyncClient, app: FastAPI, clock: ManualClock) -> Sending:
    return Sending(app.state.container, clock)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("07400 123456", NUMBER),
        ("+44 (0)7400 123456", NUMBER),
        ("0044 7400-123456", NUMBER),
        ("01487 555010", None),  # a landline
        ("+49 1512 3456789", "+4915123456789"),
        ("ring the vicar", None),
        ("", None),
    ],
)
def test_only_mobile_numbers_take_text_messages_however_they_are_written(written: str, number: str | None) -> None:
    assert mobile(written, "GB") == number


async def test_who_has_a_mobile_and_no_mail_address_gets_a_text_message_with_the_code(
    village: httpx.AsyncClient, sending: Sending, gateway: SmsServer, mail: MailServer
) -> None:
    booking = await book(village, contact_phone=AS_WRITTEN)
    await sending.after(minutes=1)
    [sent] = gateway.texts
    assert (sent["to"], sent["from"]) == (NUMBER, "RamseyHub")
    code = (await village.post(f"{API}/bookings/{booking['id']}/code")).json()["codes"][0]["code"]
    assert sent["text"].startswith("Ramsey Hub: Confirmed: Choir, Hall, Thu 26 Nov, 18:00 to 20:00.")
    assert f"Door code {code[:3]} {code[3:]}" in sent["text"]
    assert sent["text"].endswith(f"Details: {booking['link']}")
    [notice] = await listed(village)
    assert (notice["channel"], notice["contact_address"], notice["state"]) == ("sms", NUMBER, "sent")
    assert sent["reference"].startswith(notice["id"])
    await act(village, booking, "cancel")
    await sending.after(minutes=1)
    assert [each["text"].split(": ")[1] for each in gateway.texts] == ["Confirmed", "Cancelled"]
    assert "Door code" not in gateway.texts[-1]["text"]
    assert mail.attempts == 0


async def test_who_has_both_gets_a_mail_and_who_has_a_landline_is_rung(
    village: httpx.AsyncClient, sending: Sending, gateway: SmsServer, mail: MailServer
) -> None:
    await put_party(village, "choir", contact_email=ROSA)
    await book(village, party="choir", contact_phone=AS_WRITTEN)
    await book(village, space="studio", contact_phone="01487 555 010")
    await sending.after(minutes=1)
    assert [each["To"] for each in mail.mails] == [ROSA]
    assert gateway.attempts == 0
    [unreached] = await listed(village, state="no_address")
    assert unreached["contact_address"] == ""


async def test_a_series_is_one_message_that_fits_three_parts(
    village: httpx.AsyncClient, sending: Sending, gateway: SmsServer
) -> None:
    body = {
        "space": "hall",
        "title": "Yoga for everybody who has ever wanted to try it " * 4,
        "first_starts": "2026-12-01T09:00",
        "first_ends": "2026-12-01T10:00",
        "rule": "FREQ=WEEKLY;COUNT=40",
        "contact_phone": AS_WRITTEN,
    }
    answer = await village.post(f"{API}/sites/{SITE}/series", json=body)
    assert answer.status_code == 201, answer.text
    await sending.after(minutes=1)
    [sent] = gateway.texts
    assert len(sent["text"]) <= LONGEST_SMS
    assert "Details: http" in sent["text"]


async def test_a_gateway_that_is_away_delays_its_messages_and_no_mail(
    village: httpx.AsyncClient, sending: Sending, gateway: SmsServer, mail: MailServer
) -> None:
    gateway.next = [503, 429, 202]
    await book(village, contact_phone=AS_WRITTEN)
    await book(village, space="studio", contact_email=ROSA)
    await sending.after(minutes=1)
    assert (len(mail.mails), gateway.texts) == (1, [])
    [channel] = [each for each in sending.container.notice_worker.channels if each.channel is Channel.SMS]
    assert "503" in str(await channel.ready())
    await sending.after(minutes=2)
    await sending.after(minutes=5)
    assert len(gateway.texts) == 1
    assert await channel.ready() is None


async def test_a_gateway_that_takes_a_message_and_does_not_answer_gets_it_three_times_at_most(
    village: httpx.AsyncClient, sending: Sending, gateway: SmsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sms, "TIMEOUT_S", 1.0)
    gateway.next = [503, 503]
    await book(village, contact_phone=AS_WRITTEN)
    for _ in range(2):
        await sending.after(minutes=6)
    assert gateway.attempts == 2  # refused before it took any
    gateway.silent = asyncio.Event()
    for _ in range(8):
        await sending.after(minutes=6)
    assert gateway.attempts == 2 + 3
    [failed] = await listed(village, state="failed")
    assert failed["reply"] == "it gave no answer in time"
    gateway.silent.set()


async def test_what_the_gateway_refuses_has_failed(
    village: httpx.AsyncClient, sending: Sending, gateway: SmsServer
) -> None:
    gateway.next = [400]
    await book(village, contact_phone=AS_WRITTEN)
    await sending.after(minutes=1)
    await sending.after(hours=3)
    [failed] = await listed(village)
    assert (failed["state"], failed["reply"], gateway.attempts) == ("failed", "400 Bad Request", 1)


async def test_the_gateway_is_told_its_token_and_the_same_reference_for_the_same_text(
    plain: SmsServer, tmp_path: Path
) -> None:
    gateway = plain
    token = tmp_path / "token"
    token.write_text("let me in\n")
    sms = SmsGateway(msgspec.structs.replace(gateway.settings, token_file=token), SystemClock())
    message = SmsMessage(to=NUMBER, text="Hello", reference="once")
    for status, delivery in ((202, Delivery.TAKEN), (401, Delivery.NO_SERVER), (422, Delivery.REFUSED)):
        gateway.next = [status]
        assert (await sms.send(message)).delivery is delivery
    await sms.close()
    assert gateway.tokens == ["Bearer let me in"] * 3
    assert gateway.texts == [{"to": NUMBER, "text": "Hello", "from": "RamseyHub", "reference": "once"}]
    gone = SmsGateway(SmsSection(url="http://127.0.0.1:9/messages"), SystemClock())
    assert (await gone.send(message)).delivery is Delivery.NO_SERVER
    await gone.close()


def test_without_a_mail_server_the_mobile_is_used_although_there_is_a_mail_address(tmp_path: Path) -> None:
    only_sms = Recipients(load_keys(tmp_path), frozenset({Channel.SMS}), "GB")
    assert [each.address for each in only_sms.contact(mail=ROSA, phone=AS_WRITTEN).recipients] == [NUMBER]
    assert [each.address for each in only_sms.contact(mail=ROSA, phone="01487 555010").recipients] == [""]


async def test_nothing_that_the_gateway_repeats_is_stored_logged_or_shown(
    village: httpx.AsyncClient, sending: Sending, gateway: SmsServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="controller")
    gateway.next = [503, 400, 202]
    booking = await book(village, contact_phone=AS_WRITTEN)
    code = await code_of(village, booking)
    secrets = (booking["link"].rpartition("/")[2], NUMBER)
    await sending.after(minutes=1)
    seen = [(await village.get("/readyz")).text]
    await sending.after(minutes=5)
    [failed] = await listed(village)
    seen += [failed["reply"], *(f"{each.getMessage()} {vars(each)}" for each in caplog.records)]
    ours = [each for each in seen if "httpx" not in each]
    assert failed["reply"] == "400 Bad Request"
    assert not [each for each in ours if says(each, code) or any(secret in each for secret in secrets)]


async def test_a_token_that_cannot_be_sent_is_not_shown(plain: SmsServer, tmp_path: Path) -> None:
    gateway = plain
    token = tmp_path / "token"
    token.write_text("SECRET\nSECOND LINE\n")
    sms = SmsGateway(msgspec.structs.replace(gateway.settings, token_file=token), SystemClock())
    result = await sms.send(SmsMessage(to=NUMBER, text="Hello", reference="once"))
    await sms.close()
    assert (result.delivery, result.reply) == (Delivery.NO_SERVER, "its token cannot be read or sent")


async def test_letters_beyond_the_gsm_alphabet_shorten_a_message_to_three_parts(
    village: httpx.AsyncClient, sending: Sending, gateway: SmsServer
) -> None:
    await book(village, title="Chór Łódź " * 15, contact_phone=AS_WRITTEN)
    await book(village, space="studio", title="Choir Lodz " * 15, contact_phone=AS_WRITTEN)
    await sending.after(minutes=1)
    lengths = sorted(len(each["text"]) for each in gateway.texts)
    assert lengths[0] <= LONGEST_SMS_UNICODE < lengths[1] <= LONGEST_SMS


@pytest.mark.cases_full
@pytest.mark.parametrize("letter", ["’", "ŵ", "😀"])
async def test_what_is_too_long_loses_letters_of_its_title_and_never_half_a_code(
    village: httpx.AsyncClient, sending: Sending, gateway: SmsServer, letter: str
) -> None:
    title = f"St Mary{letter}s Parent and Toddler Group carols and tea for all who live in the three villages nearby"
    for length in range(20, len(title), 6):
        booking = await book(village, title=title[:length].strip(), contact_phone=AS_WRITTEN)
        code = await code_of(village, booking)
        await sending.after(minutes=1)
        text = gateway.texts[-1]["text"]
        assert f". Door code {code[:3]} {code[3:]}, " in text
        assert "Hall, Thu 26 Nov, 18:00 to 20:00. " in text
        assert text.endswith(f" Details: {booking['link']}")
        unicode = letter != "’"
        assert len(text.encode("utf-16-le")) // 2 <= (LONGEST_SMS_UNICODE if unicode else LONGEST_SMS)
        assert "..." not in text or unicode
        await act(village, booking, "cancel")
        await sending.after(minutes=1)


async def test_who_cannot_be_reached_is_listed_to_be_rung_where_only_a_gateway_is_set_up(
    settings: Settings, clock: ManualClock, gateway: SmsServer
) -> None:
    only_sms = msgspec.structs.replace(settings, mail=MailSection())
    async with running(only_sms, clock, cheap_passwords()) as app, signed_in(app) as client:
        await furnish(client)
        await book(client, contact_phone="01487 555 010")
        await Sending(app.state.container, clock).after(minutes=1)
        [unreached] = await listed(client, state="no_address")
    assert (unreached["channel"], unreached["contact_address"], gateway.attempts) == ("sms", "", 0)


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        ('url = "http://sms.example.org/messages"', "sms.url"),
        ('url = "https://sms.example.org/messages"\nregion = "Great Britain"', "sms.region"),
        ('url = "https://sms.example.org/messages"\ntoken_file = "gone"', "sms.token_file"),
        ('kind = "govuk_notify"', "sms.token_file"),
        ('kind = "govuk_notify"\ntoken_file = "controller.toml"', "sms.template_id"),
    ],
)
def test_a_gateway_in_clear_or_half_set_up_is_refused(tmp_path: Path, lines: str, place: str) -> None:
    file = tmp_path / "controller.toml"
    file.write_text(f'data_dir = "."\n[sms]\n{lines}\n')
    with pytest.raises(ConfigError) as caught:
        load_settings(file)
    assert place in str(caught.value)
