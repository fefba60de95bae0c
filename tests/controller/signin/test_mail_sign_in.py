"""Signing in by a link or by the six digits of a mail, through a real mail server."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from email.message import EmailMessage
from typing import get_args

import httpx
import msgspec
import pytest
from fastapi import FastAPI
from sqlalchemy import select, text

from controller.app.container import Container
from controller.people.account_mails.model import MOST_FROM_NETWORK
from controller.people.account_mails.tables import account_mails
from controller.people.model import Role
from controller.platform.settings import RoleName, Settings
from tests.controller.clock import ManualClock
from tests.controller.running import BASE_URL, PASSWORD, stranger
from tests.controller.signin.signing import API, Json, make_user, put_party
from tests.eventually import eventually
from tests.services.mail import Behaviour, MailServer, mail_server

ROSA = "rosa@choir.test"
NEW = "another fine password"


@pytest.fixture
async def mail() -> AsyncIterator[MailServer]:
    async with mail_server() as server:
        yield server


@pytest.fixture
def settings(settings: Settings, mail: MailServer) -> Settings:
    return msgspec.structs.replace(settings, mail=mail.settings)


@pytest.fixture
def any_settings(any_settings: Settings, mail: MailServer) -> Settings:
    return msgspec.structs.replace(any_settings, mail=mail.settings)


@pytest.fixture
async def phone(any_app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in which nobody has signed in."""
    async with stranger(any_app) as client:
        yield client


def plain(sent: EmailMessage) -> str:
    part = sent.get_body(("plain",))
    assert part is not None
    content: str = part.get_content()
    return content


def token_in(sent: EmailMessage) -> str:
    [found] = re.findall(rf"^{re.escape(BASE_URL)}/[a-z-]+#(\S+)\r?$", plain(sent), re.MULTILINE)
    return str(found)


def digits_in(sent: EmailMessage) -> str:
    [found] = re.findall(r"\b(\d{3} \d{3})\b", plain(sent))
    return str(found)


async def ask(client: httpx.AsyncClient, email: str = ROSA) -> str:
    answer = await client.post(f"{API}/session/mail", json={"email": email})
    assert answer.status_code == 202, answer.text
    request: str = answer.json()["request"]
    return request


async def prove(client: httpx.AsyncClient, **proof: str) -> httpx.Response:
    return await client.post(f"{API}/session/mail/proof", json=proof)


async def asked(client: httpx.AsyncClient, container: Container, mail: MailServer) -> tuple[str, EmailMessage]:
    """The request, and the mail that was sent for it."""
    request = await ask(client)
    await container.notice_worker.send_due()
    return request, mail.mails[-1]


def wrong(digits: str, add: int = 1) -> str:
    return f"{(int(digits.replace(' ', '')) + add) % 1_000_000:06d}"


async def test_the_link_signs_in_once_and_looking_at_it_uses_nothing_up(
    any_client: httpx.AsyncClient, phone: httpx.AsyncClient, any_container: Container, mail: MailServer
) -> None:
    await make_user(any_client, "Rosa", "wall", password=None, email="Rosa@Choir.test")
    _, sent = await asked(phone, any_container, mail)
    assert sent["To"] == ROSA
    token = token_in(sent)
    for path in ("/sign-in", f"{API}/session/mail/proof", f"{API}/session"):
        await phone.get(path)
    answer = await prove(phone, token=token)
    assert answer.status_code == 201, answer.text
    assert (await phone.get(f"{API}/session")).json()["user"] == "Rosa"
    [session] = (await phone.get(f"{API}/sessions")).json()["items"]
    assert session["method"] == "mail"
    assert (await prove(phone, token=token)).status_code == 401
    assert (await prove(phone, token=token[:-1] + "x")).status_code == 401


async def test_the_digits_work_once_and_only_with_the_request_they_were_sent_for(
    any_app: FastAPI,
    any_client: httpx.AsyncClient,
    phone: httpx.AsyncClient,
    any_container: Container,
    mail: MailServer,
) -> None:
    await make_user(any_client, "Rosa", "wall", password=None, email=ROSA)
    request, sent = await asked(phone, any_container, mail)
    digits = digits_in(sent)
    async with stranger(any_app) as thief:
        other = await ask(thief)
        assert (await prove(thief, request=other, digits=digits)).status_code == 401
        assert (await prove(thief, request="guess", digits=digits)).status_code == 401
    assert (await prove(phone, request=request, digits=digits)).status_code == 201
    assert (await prove(phone, request=request, digits=digits)).status_code == 401


@pytest.mark.both_databases
async def test_five_wrong_digits_end_the_request_also_when_tried_at_once(
    any_client: httpx.AsyncClient, phone: httpx.AsyncClient, any_container: Container, mail: MailServer
) -> None:
    await make_user(any_client, "Rosa", "wall", password=None, email=ROSA)
    request, sent = await asked(phone, any_container, mail)
    digits = digits_in(sent)
    first = await prove(phone, request=request, digits=wrong(digits))
    assert "you can try 4 times more" in first.json()["detail"]
    tries = await asyncio.gather(*(prove(phone, request=request, digits=wrong(digits, 2 + n)) for n in range(9)))
    assert {each.status_code for each in tries} == {401}
    assert sum("can try" in each.json()["detail"] for each in tries) == 3
    assert (await prove(phone, request=request, digits=digits)).status_code == 401
    assert (await prove(phone, token=token_in(sent))).status_code == 201  # the link is another matter


@pytest.mark.both_databases
async def test_a_link_that_is_opened_on_ten_devices_at_once_signs_in_one(
    any_client: httpx.AsyncClient, phone: httpx.AsyncClient, any_container: Container, mail: MailServer
) -> None:
    await make_user(any_client, "Rosa", "wall", password=None, email=ROSA)
    request, sent = await asked(phone, any_container, mail)
    proofs = [{"token": token_in(sent)}] * 5 + [{"request": request, "digits": digits_in(sent)}] * 4
    answers = await asyncio.gather(*(prove(phone, **each) for each in proofs))
    assert sorted(each.status_code for each in answers) == [201] + [401] * 8


async def test_link_and_digits_end_ten_minutes_after_the_mail_was_sent(
    any_client: httpx.AsyncClient,
    phone: httpx.AsyncClient,
    any_container: Container,
    mail: MailServer,
    clock: ManualClock,
) -> None:
    await make_user(any_client, "Rosa", "wall", password=None, email=ROSA)
    second, sent = await asked(phone, any_container, mail)
    clock.advance(minutes=9, seconds=59)
    assert (await prove(phone, request=second, digits=digits_in(sent))).status_code == 201
    third, sent = await asked(phone, any_container, mail)
    clock.advance(minutes=10)
    assert (await prove(phone, request=third, digits=digits_in(sent))).status_code == 401
    assert (await prove(phone, token=token_in(sent))).status_code == 401


async def test_a_mail_that_waits_for_its_server_works_for_ten_minutes_from_then(
    any_client: httpx.AsyncClient,
    phone: httpx.AsyncClient,
    any_container: Container,
    mail: MailServer,
    clock: ManualClock,
) -> None:
    await make_user(any_client, "Rosa", "wall", password=None, email=ROSA)
    mail.next = [Behaviour.CLOSED] * 3
    request = await ask(phone)
    for _ in range(3):
        await any_container.notice_worker.send_due()
        assert mail.mails == []  # delayed, not lost
        clock.advance(minutes=20)
    await any_container.notice_worker.send_due()
    [sent] = mail.mails
    clock.advance(minutes=9)
    assert (await prove(phone, request=request, digits=digits_in(sent))).status_code == 201


@pytest.mark.both_databases
async def test_unknown_addresses_and_ended_users_get_the_same_answer_and_no_mail(
    any_client: httpx.AsyncClient, phone: httpx.AsyncClient, any_container: Container, mail: MailServer
) -> None:
    ended = await make_user(any_client, "Max", "wall", email="max@hub.test")
    await any_client.patch(f"{API}/users/{ended['id']}", json={"ended": True})
    await make_user(any_client, "Rosa", "wall", email=ROSA)
    answers = [
        await phone.post(f"{API}/session/mail", json={"email": each})
        for each in (ROSA, "nobody@x.test", "max@hub.test")
    ]
    assert {each.status_code for each in answers} == {202}
    assert {tuple(each.json()) for each in answers} == {("request",)}
    assert len({len(each.content) for each in answers}) == 1
    await any_container.notice_worker.send_due()
    assert [each["To"] for each in mail.mails] == [ROSA]
    async with any_container.database.read() as tx:
        kept = (await tx.execute(select(account_mails.c.sealed_address, account_mails.c.state))).all()
    assert [state for sealed, state in kept if sealed == b""] == ["skipped", "skipped"]


@pytest.mark.parametrize("when", ["before it is sent", "once it is sent", "once its link was used", "too late"])
async def test_wrong_digits_are_answered_alike_for_known_and_unknown_addresses(
    any_client: httpx.AsyncClient,
    phone: httpx.AsyncClient,
    any_container: Container,
    mail: MailServer,
    clock: ManualClock,
    when: str,
) -> None:
    ended = await make_user(any_client, "Max", "wall", email="max@hub.test")
    await any_client.patch(f"{API}/users/{ended['id']}", json={"ended": True})
    await make_user(any_client, "Rosa", "wall", email=ROSA)
    requests = [await ask(phone, each) for each in (ROSA, "nobody@x.test", "max@hub.test")]
    digits = "000000"
    if when != "before it is sent":
        await any_container.notice_worker.send_due()
        [sent] = mail.mails
        digits = wrong(digits_in(sent))
        if when == "once its link was used":
            assert (await prove(phone, token=token_in(sent))).status_code == 201
    tries, expired = 6, 0
    if when == "too late":
        clock.advance(minutes=16)
        tries, expired = 2, 1
    said = {request: [await prove(phone, request=request, digits=digits) for _ in range(tries)] for request in requests}
    clock.advance(hours=1)
    for request in requests:
        said[request] += [await prove(phone, request=request, digits=digits) for _ in range(expired)]
    known, *unknown = [[(each.status_code, each.json()) for each in answers] for answers in said.values()]
    assert unknown == [known, known]
    details = [body["detail"] for _, body in known]
    assert "you can try 4 times more" in details[0]
    assert ("have run out" if expired else "wrong too often") in details[-1]


async def test_an_address_that_only_looks_alike_gets_no_mail(
    client: httpx.AsyncClient, app: FastAPI, container: Container, mail: MailServer
) -> None:
    await make_user(client, "Kit", "wall", email="kit@choir.test")
    async with stranger(app) as phone:
        await ask(phone, "\N{KELVIN SIGN}it@choir.test")  # its small letter is k
    await container.notice_worker.send_due()
    assert mail.mails == []


async def test_the_one_who_signs_in_is_chosen_where_several_have_the_address(
    any_client: httpx.AsyncClient, phone: httpx.AsyncClient, any_container: Container, mail: MailServer
) -> None:
    for name in ("Rosa", "Bells"):
        await make_user(any_client, name, "wall", password=None, email=ROSA)
    request, sent = await asked(phone, any_container, mail)
    proof = {"request": request, "digits": digits_in(sent)}
    for _ in range(7):  # right digits are no tries
        choice = await prove(phone, **proof)
        assert (choice.status_code, choice.json()) == (200, {"users": ["Bells", "Rosa"]})
    assert (await prove(phone, **proof, user="Una Porter")).status_code == 422
    assert (await prove(phone, **proof, user="bells")).status_code == 201
    assert (await phone.get(f"{API}/session")).json()["user"] == "Bells"


@pytest.mark.both_databases
async def test_five_mails_an_hour_go_to_an_address_also_when_asked_for_at_once(
    any_client: httpx.AsyncClient,
    phone: httpx.AsyncClient,
    any_container: Container,
    mail: MailServer,
    clock: ManualClock,
) -> None:
    await make_user(any_client, "Rosa", "wall", email=ROSA)
    body = {"email": ROSA}
    for email in (ROSA, "nobody@x.test"):
        answers = await asyncio.gather(
            *(phone.post(f"{API}/session/mail", json={"email": email.upper()}) for _ in range(8))
        )
        assert sorted(each.status_code for each in answers) == [202] * 5 + [429] * 3
    await any_container.notice_worker.send_due()
    assert len(mail.mails) == 5
    clock.advance(minutes=59)
    refused = await phone.post(f"{API}/session/mail", json=body)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    clock.advance(minutes=1)
    assert (await phone.post(f"{API}/session/mail", json=body)).status_code == 202


async def test_one_network_asks_for_so_many_mails_and_another_still_gets_its_own(
    any_client: httpx.AsyncClient, any_app: FastAPI, mail: MailServer
) -> None:
    def from_address(address: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(any_app, client=(address, 1)), base_url=BASE_URL)

    async with (
        from_address("2001:db8::1") as one,
        from_address("2001:db8::2") as same,
        from_address("192.0.2.1") as other,
    ):
        for n in range(MOST_FROM_NETWORK):
            await ask((one, same)[n % 2], f"somebody{n}@x.test")
        refused = await same.post(f"{API}/session/mail", json={"email": ROSA})
        assert refused.status_code == 429
        await ask(other)


@pytest.mark.cases_full
async def test_a_known_browser_gets_its_mail_whatever_others_ask_for_from_its_network(
    any_client: httpx.AsyncClient, any_app: FastAPI, any_container: Container, mail: MailServer, clock: ManualClock
) -> None:
    for name, email in (("Rosa", ROSA), ("Max", "max@hub.test")):
        await make_user(any_client, name, "wall", email=email)
    transport = httpx.ASGITransport(any_app, client=("192.0.2.1", 1))  # of a whole building
    async with (
        httpx.AsyncClient(transport=transport, base_url=BASE_URL) as tablet,
        httpx.AsyncClient(transport=transport, base_url=BASE_URL) as guest,
    ):
        _, sent = await asked(tablet, any_container, mail)
        assert (await prove(tablet, token=token_in(sent))).status_code == 201
        clock.advance(hours=1)
        for n in range(MOST_FROM_NETWORK):
            await ask(guest, ROSA if n < 5 else f"somebody{n}@x.test")

        async def status(client: httpx.AsyncClient, email: str) -> int:
            return (await client.post(f"{API}/session/mail", json={"email": email})).status_code

        assert [await status(guest, each) for each in (ROSA, "max@hub.test", "new@x.test")] == [429] * 3
        assert [await status(tablet, each) for each in ("max@hub.test", "new@x.test")] == [429] * 2
        _, sent = await asked(tablet, any_container, mail)
        assert (await prove(tablet, token=token_in(sent))).status_code == 201
        assert [await status(tablet, ROSA) for _ in range(5)] == [202] * 4 + [429]
        for forged in ("x", tablet.cookies["hk_device"][:-1] + "g"):
            guest.cookies.set("hk_device", forged)
            assert await status(guest, ROSA) == 429


@pytest.mark.both_databases
async def test_nothing_secret_stands_in_the_database_a_subject_or_the_log(
    any_client: httpx.AsyncClient,
    phone: httpx.AsyncClient,
    any_container: Container,
    mail: MailServer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await make_user(any_client, "Rosa", "wall", password=None, email=ROSA)
    caplog.set_level(logging.DEBUG)
    mail.next = [Behaviour.GREYLIST]
    request = await ask(phone)
    await any_container.notice_worker.send_due()
    await any_container.database.run(_all_due)
    await any_container.notice_worker.send_due()
    [sent] = mail.mails
    token, digits = token_in(sent), digits_in(sent).replace(" ", "")
    async with any_container.database.read() as tx:
        [row] = (await tx.execute(select(account_mails))).all()
    stored = b" ".join(each if isinstance(each, bytes) else str(each).encode() for each in row)
    for secret in (token, digits, request, ROSA):
        assert secret.encode() not in stored
    for secret in (token, digits, digits_in(sent)):
        assert secret not in sent["Subject"] + sent["Message-ID"]
    ours = [each for each in caplog.records if each.name.startswith("controller")]
    assert ours
    logged = "\n".join(f"{each.getMessage()} {_without_numbers(each)}" for each in ours)
    for secret in (token, digits, request, ROSA):
        assert secret not in logged


def _without_numbers(record: logging.LogRecord) -> dict[str, object]:
    """A record without its time, its thread and the like, in which any digits may be by chance."""
    numbers = {name for name, value in vars(logging.makeLogRecord({})).items() if isinstance(value, int | float)}
    return {name: value for name, value in vars(record).items() if name not in numbers}


async def _all_due(tx: object) -> None:
    await tx.execute(text("UPDATE account_mails SET due_at = made_at"))  # type: ignore[attr-defined]


async def test_a_mail_that_is_sent_twice_after_a_crash_is_the_same(
    any_client: httpx.AsyncClient, phone: httpx.AsyncClient, any_container: Container, mail: MailServer
) -> None:
    await make_user(any_client, "Rosa", "wall", password=None, email=ROSA)
    await ask(phone)
    mails = any_container.account_mails
    claimed = await mails.claim()
    assert claimed is not None
    first = await mails.rendered(claimed)  # then the process dies
    assert first is not None
    await any_container.notice_worker.take_back()
    await any_container.notice_worker.send_due()
    [sent] = mail.mails
    own_id = first["Message-ID"].removeprefix("<").partition("@")[0]  # sending adds the token of bounces to it
    assert (sent["Message-ID"].startswith(f"<{own_id}."), token_in(sent)) == (True, token_in(first))


@pytest.mark.both_databases
async def test_a_mail_is_sent_at_once_although_the_next_notice_is_far_off(
    any_client: httpx.AsyncClient, phone: httpx.AsyncClient, any_container: Container, mail: MailServer
) -> None:
    await make_user(any_client, "Rosa", "wall", email=ROSA)
    sending = asyncio.create_task(any_container.notice_worker.run())
    try:
        await asyncio.sleep(0.2)  # it rests by now, for as long as the clock stands
        await ask(phone)

        async def arrived() -> bool:
            return len(mail.raw) == 1

        await eventually(arrived, what="the mail")
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"token": "x", "digits": "123456"},
        {"digits": "123456"},
        {"request": "x", "digits": "12345"},
        {"request": "x", "digits": "١٢٣٤٥٦"},
        {"request": "x" * 5000, "digits": "123456"},
        {"token": ""},
        {"token": "x", "user": ""},
    ],
)
async def test_a_proof_that_makes_no_sense_is_refused(app: FastAPI, body: Json) -> None:
    async with stranger(app) as phone:
        assert (await phone.post(f"{API}/session/mail/proof", json=body)).status_code == 422


async def test_a_forgotten_password_is_set_anew_after_a_sign_in_by_mail(
    any_client: httpx.AsyncClient,
    phone: httpx.AsyncClient,
    any_container: Container,
    mail: MailServer,
    clock: ManualClock,
) -> None:
    await make_user(any_client, "Rosa", "wall", email=ROSA)
    await phone.post(f"{API}/session", json={"user": "Rosa", "password": PASSWORD})
    headers = {"Origin": BASE_URL}
    refused = await phone.post(f"{API}/session/password", json={"new": NEW}, headers=headers)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "current")
    _, sent = await asked(phone, any_container, mail)
    await prove(phone, token=token_in(sent))
    clock.advance(minutes=14)
    done = await phone.post(f"{API}/session/password", json={"new": NEW}, headers=headers)
    assert (done.status_code, done.json()) == (200, {"ended": 0, "tokens": 0}), "the sign-in ended the one before it"
    answer = await phone.post(f"{API}/session", json={"user": "Rosa", "password": NEW})
    assert answer.status_code == 201
    _, sent = await asked(phone, any_container, mail)
    await prove(phone, token=token_in(sent))
    clock.advance(minutes=15)
    refused = await phone.post(f"{API}/session/password", json={"new": PASSWORD}, headers=headers)
    assert refused.status_code == 422


async def test_a_token_and_an_app_take_a_sign_in_by_mail_of_the_last_minutes(
    any_client: httpx.AsyncClient,
    phone: httpx.AsyncClient,
    any_container: Container,
    mail: MailServer,
    clock: ManualClock,
) -> None:
    await make_user(any_client, "Rosa", "wall", email=ROSA, password=None)
    _, sent = await asked(phone, any_container, mail)
    await prove(phone, token=token_in(sent))
    clock.advance(minutes=14)
    new = {"/tokens": {"name": "rota", "until": "2026-12-31"}, "/session/second-factor": {}}
    for path, body in new.items():
        made = await phone.post(f"{API}{path}", json=body, headers={"Origin": BASE_URL})
        assert made.status_code == 201, made.text
    clock.advance(minutes=1)
    for path, body in new.items():
        refused = await phone.post(f"{API}{path}", json=body, headers={"Origin": BASE_URL})
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "current")


@pytest.mark.both_databases
async def test_old_mails_are_forgotten_after_a_day(
    any_client: httpx.AsyncClient,
    phone: httpx.AsyncClient,
    any_container: Container,
    mail: MailServer,
    clock: ManualClock,
) -> None:
    await make_user(any_client, "Rosa", "wall", email=ROSA)
    await asked(phone, any_container, mail)
    clock.advance(days=1, seconds=1)
    waits = await ask(phone)
    await any_container.account_mails.tidy()
    async with any_container.database.read() as tx:
        assert len((await tx.execute(select(account_mails.c.id))).all()) == 1
    assert waits
    clock.advance(days=4, seconds=1)
    await any_container.account_mails.tidy()
    async with any_container.database.read() as tx:
        assert (await tx.execute(select(account_mails.c.id))).all() == []


@pytest.mark.parametrize("role", ["group_leader", "manager", "tablet"])
async def test_where_each_role_wants_a_second_factor_who_signs_in_by_mail_alone_may_do_nothing(
    client: httpx.AsyncClient, app: FastAPI, container: Container, mail: MailServer, role: str
) -> None:
    await put_party(client, "choir")
    await make_user(client, "Rosa", role, party="choir" if role == "group_leader" else None, email=ROSA)
    container.people.sessions.second_factor_roles = frozenset(Role(each) for each in get_args(RoleName))
    async with stranger(app) as browser:
        _, sent = await asked(browser, container, mail)
        assert (await prove(browser, token=token_in(sent))).status_code == 201
        session = (await browser.get(f"{API}/session")).json()
        assert (session["actions"], session["needs_second_factor"]) == ({}, True)
        assert (await browser.get(f"{API}/sites")).status_code == 403
