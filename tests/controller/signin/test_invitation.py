"""A new user is told by mail where to sign in; users are found by a part of their name or mail address."""

import httpx
import pytest

from controller.app.container import Container
from tests.controller.running import BASE_URL
from tests.controller.signin.signing import API, assignments, make_user
from tests.controller.signin.test_mail_sign_in import ROSA, any_settings, asked, mail, phone, plain, settings
from tests.services.mail import MailServer

__all__ = ["any_settings", "mail", "phone", "settings"]  # fixtures


@pytest.mark.cases_full
async def test_an_invitation_says_where_to_sign_in_and_proves_nothing(
    any_client: httpx.AsyncClient,
    phone: httpx.AsyncClient,
    any_container: Container,
    mail: MailServer,
) -> None:
    await make_user(any_client, "Rosa", "wall", password=None, email=ROSA, invite=True)
    await any_container.notice_worker.send_due()
    [sent] = mail.mails
    assert (sent["To"], sent["Subject"]) == (ROSA, "You can sign in to Hallkeeper")
    text = plain(sent)
    assert f"\n{BASE_URL}/sign-in?mail\r\n" in text or f"\n{BASE_URL}/sign-in?mail\n" in text
    assert "as Rosa" in text
    for _ in range(4):  # it takes nothing from the five mails an hour that they may ask for
        await asked(phone, any_container, mail)
    _, last = await asked(phone, any_container, mail)
    assert last["Subject"] == "Sign in to Hallkeeper"


async def test_without_the_wish_no_mail_goes_out(
    any_client: httpx.AsyncClient,
    any_container: Container,
    mail: MailServer,
) -> None:
    await make_user(any_client, "Rosa", "wall", password=None, email=ROSA)
    await any_container.notice_worker.send_due()
    assert mail.mails == []


async def test_an_invitation_needs_an_address(any_client: httpx.AsyncClient) -> None:
    body = {"name": "Rosa", "password": "a rather long one", "assignments": assignments("wall"), "invite": True}
    answer = await any_client.post(f"{API}/users", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"field": "invite", "message": "needs a mail address"}]


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("search=ROS", {"Rosa", "Rosalind"}),
        ("search=choir.TEST", {"Rosa"}),
        ("search=%25", set()),
        ("search=ros&ended=false", {"Rosa"}),
        ("search=ros&ended=true", {"Rosalind"}),
    ],
)
async def test_users_are_found_by_name_and_address(any_client: httpx.AsyncClient, query: str, found: set[str]) -> None:
    await make_user(any_client, "Rosa", "wall", email=ROSA)
    other = await make_user(any_client, "Rosalind", "wall")
    await any_client.patch(f"{API}/users/{other['id']}", json={"ended": True})
    answer = await any_client.get(f"{API}/users?{query}")
    assert {each["name"] for each in answer.json()["items"]} == found
