"""What somebody gets by an invitation of their own: nothing that they lack, and for no longer than they have it."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import msgspec
import pytest
from fastapi import FastAPI

from controller.app.container import Container
from controller.platform.settings import MailSection, Settings
from tests.controller.clock import ManualClock
from tests.controller.running import PASSWORD, stranger
from tests.controller.signin.signing import API, Json, make_user, put_party, signed_in_as
from tests.controller.signin.test_mail_sign_in import token_in
from tests.controller.signin.test_oidc import ORIGIN, sign_in, user_named
from tests.services.oidc import ScriptedProvider, scripted_provider

INVITATIONS = f"{API}/parties/choir/invitations"
WEEK = timedelta(days=7)


@pytest.fixture
async def provider(clock: ManualClock) -> AsyncIterator[ScriptedProvider]:
    async with scripted_provider(clock.now) as provider:
        yield provider


@pytest.fixture
def settings(settings: Settings, provider: ScriptedProvider) -> Settings:
    mail = MailSection(host="127.0.0.1", sender="hub@example.org")
    return msgspec.structs.replace(settings, oidc=(provider.section(),), mail=mail)


@pytest.fixture
async def manager(
    app: FastAPI, client: httpx.AsyncClient, provider: ScriptedProvider, clock: ManualClock, held: str
) -> AsyncIterator[httpx.AsyncClient]:
    """A manager of all sites, called Ivy Clerk: by their group at the provider, or by hand for a week or for good."""
    await put_party(client, "choir")
    async with stranger(app) as browser:
        browser.headers.update(ORIGIN)
        if held == "by a group":
            await sign_in(browser, provider)
        else:
            until = (clock.now() + WEEK).isoformat() if held == "for a week" else None
            given = [{"role": "manager", "until_at": until}]
            await make_user(client, "Ivy Clerk", "manager", assignments=given)
            await browser.post(f"{API}/session", json={"user": "Ivy Clerk", "password": PASSWORD})
        yield browser


def role_for_choir(user: Json) -> Json:
    found: Json
    [found] = [each for each in user["assignments"] if each["party"] == "choir"]
    return found


@pytest.mark.parametrize("role", ["group_member", "group_leader"])
@pytest.mark.parametrize(
    ("held", "own_ends", "others_end"),
    [("by a group", True, False), ("for a week", True, True), ("for good", False, False)],
)
async def test_nobody_gives_themselves_by_an_invitation_what_they_lack(
    app: FastAPI,
    client: httpx.AsyncClient,
    manager: httpx.AsyncClient,
    clock: ManualClock,
    role: str,
    own_ends: bool,
    others_end: bool,
) -> None:
    made = (await manager.post(INVITATIONS, json={"role": role, "most_uses": 5, "days": 3})).json()
    token = {"token": made["link"].partition("#")[2]}
    async with signed_in_as(app, client, "wall", name="Rosa") as other:
        for joining, name, ends in ((manager, "Ivy Clerk", own_ends), (other, "Rosa", others_end)):
            joined = await joining.post(f"{API}/invitations/accept", json=token)
            assert joined.status_code == 201, joined.text
            given = role_for_choir(await user_named(client, name))
            assert (given["role"], given["until_at"]) == (role, (clock.now() + WEEK).isoformat() if ends else None)
    clock.advance(days=7)
    assert (await manager.get(f"{API}/parties/choir/people")).is_success is not own_ends


@pytest.mark.parametrize(
    ("held", "email", "ends"), [("by a group", "IVY@x.test", True), ("by a group", "o@x.test", False)]
)
async def test_nor_by_another_user_with_the_same_mail_address(
    app: FastAPI,
    client: httpx.AsyncClient,
    manager: httpx.AsyncClient,
    container: Container,
    clock: ManualClock,
    email: str,
    ends: bool,
) -> None:
    ivy = await user_named(client, "Ivy Clerk")
    assert (await client.patch(f"{API}/users/{ivy['id']}", json={"email": "ivy@x.test"})).status_code == 200
    invited = await manager.post(INVITATIONS, json={"role": "group_member", "email": email})
    assert invited.status_code == 201, invited.text
    claimed = await container.account_mails.claim()
    assert claimed is not None
    mail = await container.account_mails.rendered(claimed)
    assert mail is not None
    async with stranger(app) as browser:
        accepted = {"token": token_in(mail), "name": "Another"}
        joined = await browser.post(f"{API}/invitations/accept", json=accepted)
        assert (joined.status_code, joined.json()["new"]) == (201, True)
    given = role_for_choir(await user_named(client, "Another"))
    assert given["until_at"] == ((clock.now() + WEEK).isoformat() if ends else None)
