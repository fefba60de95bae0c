"""Account mails on their way: how long they are tried, and what they say of the mail server."""

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select, update

from controller.app.container import Container
from controller.people.account_mails.tables import account_mails
from tests.controller.clock import ManualClock
from tests.controller.notices.conftest import Sending
from tests.controller.running import stranger
from tests.controller.signin.signing import API, make_user
from tests.services.mail import Behaviour, MailServer

ROSA = "rosa@choir.test"


@pytest.fixture
def container(app: FastAPI) -> Container:
    container: Container = app.state.container
    return container


@pytest.fixture
def sending(container: Container, clock: ManualClock) -> Sending:
    return Sending(container, clock)


async def states(container: Container) -> list[str]:
    async with container.database.read() as tx:
        query = select(account_mails.c.state).order_by(account_mails.c.purpose)
        return list((await tx.execute(query)).scalars())


async def test_a_mail_to_sign_in_by_is_given_up_after_an_hour_and_one_that_tells_an_old_address_is_not(
    app: FastAPI, client: httpx.AsyncClient, container: Container, sending: Sending, mail: MailServer
) -> None:
    rosa = await make_user(client, "Rosa", "wall", email=ROSA)
    mail.next = [Behaviour.CLOSED] * 9
    await client.patch(f"{API}/users/{rosa['id']}", json={"email": "rosa@bells.test"})
    async with stranger(app) as phone:
        await phone.post(f"{API}/session/mail", json={"email": "rosa@bells.test"})
    for _ in range(4):
        await sending.after(minutes=15)
        assert await states(container) == ["waiting", "waiting"]
    mail.next = []
    await sending.after(minutes=15)
    assert await states(container) == ["sent", "failed"]
    assert [each["To"] for each in mail.mails] == [ROSA]


@pytest.mark.cases_full
async def test_a_mail_to_sign_in_by_is_tried_again_within_minutes_however_often_it_was_tried(
    app: FastAPI, client: httpx.AsyncClient, container: Container, sending: Sending, mail: MailServer
) -> None:
    await make_user(client, "Rosa", "wall", email=ROSA)
    mail.next = [Behaviour.GREYLIST] * 6
    async with stranger(app) as phone:
        await phone.post(f"{API}/session/mail", json={"email": ROSA})
    for _ in range(7):
        await sending.after(minutes=7)
    assert len(mail.mails) == 1


async def test_an_account_mail_that_cannot_be_written_says_nothing_of_the_server(
    app: FastAPI, client: httpx.AsyncClient, container: Container, sending: Sending, mail: MailServer
) -> None:
    await make_user(client, "Rosa", "wall", email=ROSA)
    mail.next = [Behaviour.CLOSED] * 2
    async with stranger(app) as phone:
        for _ in range(2):
            await phone.post(f"{API}/session/mail", json={"email": ROSA})
    await sending.after(minutes=1)
    [channel] = container.notice_worker.channels
    assert await channel.ready() is not None
    async with container.database.write() as tx:
        await tx.execute(update(account_mails).values(sealed_address=b"of another key"))
    await sending.after(minutes=3)
    assert await channel.ready() is not None
