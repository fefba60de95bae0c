"""A user's own new mail address: who may ask for it, what confirms it, and what voids that."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import update
from typer.testing import CliRunner

from controller.app.cli.controller import app as controller_cli
from controller.app.container import Container
from controller.people.account_mails.tables import account_mails
from tests.controller.clock import ManualClock
from tests.controller.running import PASSWORD, stranger
from tests.controller.signin.signing import API, Json, make_user
from tests.controller.signin.test_mail_sign_in import (
    NEW,
    ROSA,
    any_settings,
    ask,
    asked,
    digits_in,
    mail,
    phone,
    plain,
    prove,
    settings,
    token_in,
)
from tests.services.mail import MailServer

__all__ = ["any_settings", "mail", "phone", "settings"]  # fixtures

BELLS = "rosa@bells.test"


@asynccontextmanager
async def signed_in(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Rosa, with her password."""
    async with stranger(app) as client:
        answer = await client.post(f"{API}/session", json={"user": "Rosa", "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        client.cookies.clear()
        client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        yield client


async def ask_for(client: httpx.AsyncClient, email: str, **fields: object) -> httpx.Response:
    return await client.post(f"{API}/session/email", json={"email": email, "current": PASSWORD} | fields)


async def sent_to(client: httpx.AsyncClient, container: Container, mail: MailServer, email: str) -> dict[str, str]:
    """The digits of the mail that Rosa asked for, with their request."""
    answer = await ask_for(client, email)
    assert answer.status_code == 202, answer.text
    await container.notice_worker.send_due()
    assert mail.mails[-1]["To"] == email
    return {"request": answer.json()["request"], "digits": digits_in(mail.mails[-1])}


async def confirm(client: httpx.AsyncClient, proof: Json) -> int:
    return (await client.post(f"{API}/session/email/proof", json=proof)).status_code


async def address_of(admin: httpx.AsyncClient, user: Json) -> str:
    users = (await admin.get(f"{API}/users")).json()["items"]
    return str(next(each["email"] for each in users if each["id"] == user["id"]))


async def test_a_changed_address_is_confirmed_by_the_new_one_and_told_to_the_old(
    any_app: FastAPI, any_client: httpx.AsyncClient, any_container: Container, mail: MailServer
) -> None:
    rosa = await make_user(any_client, "Rosa", "wall", email=ROSA)
    async with signed_in(any_app) as phone:
        proof = await sent_to(phone, any_container, mail, BELLS)
        assert (await prove(phone, token=token_in(mail.mails[-1]))).status_code == 401  # signs nobody in
        assert await address_of(any_client, rosa) == ROSA
        answer = await phone.post(f"{API}/session/email/proof", json=proof)
        assert (answer.status_code, answer.json()) == (200, {"user": "Rosa"})
        assert await confirm(phone, proof) == 401
        assert await address_of(any_client, rosa) == BELLS
        await any_container.notice_worker.send_due()
        told = mail.mails[-1]
        assert (told["To"], "was changed" in told["Subject"]) == (ROSA, True)
        assert "bells" not in plain(told)
        await ask(phone, ROSA)
    await any_container.notice_worker.send_due()
    assert len(mail.mails) == 2


async def test_an_address_that_a_manager_of_users_changes_is_told_too(
    any_client: httpx.AsyncClient, any_container: Container, mail: MailServer
) -> None:
    rosa = await make_user(any_client, "Rosa", "wall", email=ROSA)
    await any_client.patch(f"{API}/users/{rosa['id']}", json={"email": "other@x.test"})
    await any_container.notice_worker.send_due()
    assert [each["To"] for each in mail.mails] == [ROSA]


async def test_an_address_that_is_changed_on_the_controllers_machine_is_told_too(
    client: httpx.AsyncClient, app: FastAPI, mail: MailServer, clock: ManualClock, tmp_path: Path
) -> None:
    container: Container = app.state.container
    await make_user(client, "Rosa", "wall", email=ROSA)
    config = tmp_path / "controller.toml"
    config.write_text(
        f'data_dir = "{container.settings.data_dir}"\ndatabase = "{container.settings.database_url}"\n'
        f'[mail]\nhost = "127.0.0.1"\nport = {mail.settings.port}\nsecurity = "none"\n'
        f'sender = "{mail.settings.sender}"\n'
    )
    words = ["user", "mail", "Rosa", BELLS, "--config", str(config)]
    done = await asyncio.to_thread(CliRunner().invoke, controller_cli, words)
    assert done.exit_code == 0, done.output
    async with container.database.write() as tx:  # the command keeps the time of this machine
        await tx.execute(update(account_mails).values(due_at=clock.now()))
    await container.notice_worker.send_due()
    assert [each["To"] for each in mail.mails] == [ROSA]


async def test_a_session_alone_asks_for_no_new_address(
    any_app: FastAPI, any_client: httpx.AsyncClient, any_container: Container, mail: MailServer
) -> None:
    await make_user(any_client, "Rosa", "wall", email=ROSA)
    async with signed_in(any_app) as unlocked:
        own = (await unlocked.get(f"{API}/session/email")).json()
        assert own == {"email": ROSA, "password": True, "mail": True, "just_signed_in": False}
        for _ in range(7):  # no tries
            without = await ask_for(unlocked, BELLS, current=None)
            assert (without.status_code, without.json()["errors"][0]["field"]) == (422, "current")
        guesses = [await ask_for(unlocked, BELLS, current=f"guess {n}") for n in range(6)]
        assert [each.status_code for each in guesses] == [422] * 5 + [429]
        assert guesses[0].json()["errors"][0]["message"] == "is not your password"
        assert (await ask_for(unlocked, BELLS)).status_code == 429
    await any_container.notice_worker.send_due()
    assert mail.mails == []


async def test_right_passwords_are_no_tries(any_app: FastAPI, any_client: httpx.AsyncClient, mail: MailServer) -> None:
    await make_user(any_client, "Rosa", "wall", email=ROSA)
    async with signed_in(any_app) as phone:
        answers = [await ask_for(phone, f"rosa{number}@bells.test") for number in range(6)]
        assert [each.status_code for each in answers] == [202] * 5 + [429]  # mails, not tries
        body = {"current": "not the password", "new": NEW}
        assert (await phone.post(f"{API}/session/password", json=body)).status_code == 422


async def test_a_user_without_a_password_has_signed_in_by_mail_within_15_minutes(
    any_client: httpx.AsyncClient,
    phone: httpx.AsyncClient,
    any_container: Container,
    mail: MailServer,
    clock: ManualClock,
) -> None:
    await make_user(any_client, "Rosa", "wall", password=None, email=ROSA)
    _, sent = await asked(phone, any_container, mail)
    answer = await prove(phone, token=token_in(sent))
    phone.headers["Authorization"] = f"Bearer {answer.json()['token']}"
    clock.advance(minutes=14, seconds=59)
    assert (await ask_for(phone, BELLS, current=None)).status_code == 202
    clock.advance(seconds=1)
    refused = await ask_for(phone, BELLS, current=None)
    assert (refused.status_code, "sign in by mail or passkey again" in refused.json()["detail"]) == (422, True)


Act = Callable[[FastAPI, httpx.AsyncClient, httpx.AsyncClient, Json], Awaitable[httpx.Response]]


async def own_password(app: FastAPI, admin: httpx.AsyncClient, own: httpx.AsyncClient, rosa: Json) -> httpx.Response:
    return await own.post(f"{API}/session/password", json={"current": PASSWORD, "new": NEW})


async def password_elsewhere(
    app: FastAPI, admin: httpx.AsyncClient, own: httpx.AsyncClient, rosa: Json
) -> httpx.Response:
    async with signed_in(app) as other:
        return await own_password(app, admin, other, rosa)


async def others_ended(app: FastAPI, admin: httpx.AsyncClient, own: httpx.AsyncClient, rosa: Json) -> httpx.Response:
    async with signed_in(app) as other:
        return await other.delete(f"{API}/session/others")


async def one_ended(app: FastAPI, admin: httpx.AsyncClient, own: httpx.AsyncClient, rosa: Json) -> httpx.Response:
    async with signed_in(app) as other:
        sessions = (await other.get(f"{API}/sessions")).json()["items"]
        [asking] = [each["id"] for each in sessions if not each["here"]]
        return await other.delete(f"{API}/sessions/{asking}")


async def signed_out(app: FastAPI, admin: httpx.AsyncClient, own: httpx.AsyncClient, rosa: Json) -> httpx.Response:
    return await own.delete(f"{API}/session")


async def user_ended(app: FastAPI, admin: httpx.AsyncClient, own: httpx.AsyncClient, rosa: Json) -> httpx.Response:
    await admin.patch(f"{API}/users/{rosa['id']}", json={"ended": True})
    return await admin.patch(f"{API}/users/{rosa['id']}", json={"ended": False})


async def password_set(app: FastAPI, admin: httpx.AsyncClient, own: httpx.AsyncClient, rosa: Json) -> httpx.Response:
    return await admin.patch(f"{API}/users/{rosa['id']}", json={"password": NEW})


async def address_set(app: FastAPI, admin: httpx.AsyncClient, own: httpx.AsyncClient, rosa: Json) -> httpx.Response:
    await admin.patch(f"{API}/users/{rosa['id']}", json={"email": "rosa@old.test"})
    return await admin.patch(f"{API}/users/{rosa['id']}", json={"email": ROSA})


async def asked_again(app: FastAPI, admin: httpx.AsyncClient, own: httpx.AsyncClient, rosa: Json) -> httpx.Response:
    return await ask_for(own, "rosa@other.test")


ACTS: list[Act] = [
    own_password,
    password_elsewhere,
    others_ended,
    one_ended,
    signed_out,
    user_ended,
    password_set,
    address_set,
    asked_again,
]


@pytest.mark.parametrize("act", ACTS)
async def test_an_address_that_was_asked_for_is_void_after(
    any_app: FastAPI,
    any_client: httpx.AsyncClient,
    phone: httpx.AsyncClient,
    any_container: Container,
    mail: MailServer,
    act: Act,
) -> None:
    rosa = await make_user(any_client, "Rosa", "wall", email=ROSA)
    async with signed_in(any_app) as own:
        proof = await sent_to(own, any_container, mail, BELLS)
        token = token_in(mail.mails[-1])
        done = await act(any_app, any_client, own, rosa)
        assert done.is_success, done.text
    assert [await confirm(phone, each) for each in (proof, {"token": token})] == [401, 401]
    assert await address_of(any_client, rosa) == ROSA


async def test_a_session_of_another_browser_voids_nothing_when_it_ends(
    any_app: FastAPI,
    any_client: httpx.AsyncClient,
    phone: httpx.AsyncClient,
    any_container: Container,
    mail: MailServer,
) -> None:
    rosa = await make_user(any_client, "Rosa", "wall", email=ROSA)
    async with signed_in(any_app) as own, signed_in(any_app) as other:
        proof = await sent_to(own, any_container, mail, BELLS)
        assert (await other.delete(f"{API}/session")).status_code == 204
        assert (await own.delete(f"{API}/session/others")).status_code == 200
        assert await confirm(phone, proof) == 200
    assert await address_of(any_client, rosa) == BELLS


@pytest.mark.both_databases
async def test_a_mail_that_is_void_before_it_was_sent_is_not_sent(
    any_app: FastAPI, any_client: httpx.AsyncClient, any_container: Container, mail: MailServer
) -> None:
    await make_user(any_client, "Rosa", "wall", email=ROSA)
    async with signed_in(any_app) as own:
        await ask_for(own, "rosa@mistyped.test")
        await ask_for(own, BELLS)
        await any_container.notice_worker.send_due()
    assert [each["To"] for each in mail.mails] == [BELLS]
