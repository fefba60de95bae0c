"""What a second factor is good for: the password alone does not replace it, and its standing ends with it."""

from collections.abc import AsyncIterator

import httpx
import msgspec
import pytest
from fastapi import FastAPI

from controller.app.container import Container
from controller.people.model import Role
from controller.platform.settings import OidcGroup, Settings
from tests.controller.clock import ManualClock
from tests.controller.running import PASSWORD
from tests.controller.signin.signing import API, Json, make_user
from tests.controller.signin.test_oidc import SITE, finish, user_named
from tests.controller.signin.test_oidc import sign_in as sign_in_by_account
from tests.controller.signin.test_passkeys import ORIGIN, _browser, add, by_password, device, sign_in
from tests.services.oidc import ScriptedProvider, scripted_provider

ACCOUNTS = f"{API}/session/accounts"


@pytest.fixture
async def provider(clock: ManualClock) -> AsyncIterator[ScriptedProvider]:
    async with scripted_provider(clock.now) as provider:
        provider.who = provider.who | {"amr": ["mfa"]}
        yield provider


@pytest.fixture
def settings(settings: Settings, provider: ScriptedProvider) -> Settings:
    """A controller with passkeys, and a provider that has to show a second factor."""
    groups = (OidcGroup(group="hub-managers", role="manager", sites="all"),)
    section = msgspec.structs.replace(provider.section(groups=groups), required_amr=("mfa",))
    roles = ("manager",)
    return msgspec.structs.replace(settings, public_url=ORIGIN, oidc=(section,), second_factor_roles=roles)


async def needs(browser: httpx.AsyncClient) -> bool:
    needed: bool = (await browser.get(f"{API}/session")).json()["needs_second_factor"]
    return needed


async def token(browser: httpx.AsyncClient, **fields: object) -> tuple[dict[str, str], Json]:
    made = await browser.post(f"{API}/tokens", json={"name": "rota", "until": "2027-10-31"} | fields)
    assert made.status_code == 201, made.text
    return {"Authorization": f"Bearer {made.json()['token']}"}, made.json()


async def by_token(app: FastAPI, bearer: dict[str, str]) -> int:
    async with _browser(app) as program:
        return (await program.get(f"{API}/sites", headers=bearer)).status_code


async def link(browser: httpx.AsyncClient, provider: ScriptedProvider) -> str:
    begun = await browser.post(ACCOUNTS, json={"provider": "council", "current": PASSWORD})
    assert begun.status_code == 201, begun.text
    linked = await finish(browser, provider.let_in(begun.json()["address"]))
    assert linked.status_code == 200, linked.text
    account: str = linked.json()["linked"]["id"]
    return account


@pytest.mark.parametrize("has", ["passkey", "account"])
async def test_the_password_alone_replaces_no_second_factor(
    app: FastAPI, client: httpx.AsyncClient, provider: ScriptedProvider, has: str
) -> None:
    await make_user(client, "Max", "manager")
    current = {"current": PASSWORD}
    async with _browser(app) as owner, _browser(app) as thief:
        await by_password(thief)
        early = device()
        begun = (await thief.post(f"{API}/passkeys/options", json=current)).json()["options"]
        await by_password(owner)
        held = await (link(owner, provider) if has == "account" else add(owner, device()))
        refused = [
            await thief.post(f"{API}/passkeys/options", json=current),
            await thief.post(f"{API}/passkeys", json={"name": None, **early.made(begun)}),
            await thief.post(f"{API}/session/second-factor", json=current),
            await thief.post(f"{API}/session/password", json=current | {"new": "seven red bicycles"}),
            await thief.post(f"{API}/session/email", json=current | {"email": "thief@choir.test"}),
            await thief.post(ACCOUNTS, json={"provider": "council"} | current),
            await thief.post(f"{ACCOUNTS}/{held}/remove", json=current)
            if isinstance(held, str)
            else await thief.post(f"{API}/passkeys/{held['id']}/remove", json=current),
        ]
        for answer in refused:
            assert (answer.status_code, "ask who keeps the users" in answer.text) == (403, True), answer.text
        assert await needs(thief)


async def test_the_first_second_factor_can_be_added(app: FastAPI, client: httpx.AsyncClient) -> None:
    await make_user(client, "Max", "manager")
    async with _browser(app) as browser:
        await by_password(browser)
        assert await needs(browser)
        key = device()
        await add(browser, key)
        assert (await sign_in(browser, key)).status_code == 201
        assert not await needs(browser)
        await add(browser, device(), "second")


async def test_the_standing_of_a_passkey_ends_with_the_last_one(app: FastAPI, client: httpx.AsyncClient) -> None:
    await make_user(client, "Max", "manager")
    async with _browser(app) as browser:
        await by_password(browser)
        keys = [device(), device()]
        first = await add(browser, keys[0])
        await sign_in(browser, keys[0])
        second = await add(browser, keys[1])
        bearer, _ = await token(browser)
        for each, status in ((first, 200), (second, 403)):
            gone = await browser.post(f"{API}/passkeys/{each['id']}/remove", json={"current": PASSWORD})
            assert gone.status_code == 204, gone.text
            assert await by_token(app, bearer) == status
        assert await needs(browser)


async def test_the_standing_of_an_account_ends_with_it(
    app: FastAPI, client: httpx.AsyncClient, provider: ScriptedProvider
) -> None:
    await make_user(client, "Max", "manager")
    async with _browser(app) as browser:
        await by_password(browser)
        account = await link(browser, provider)
        await sign_in_by_account(browser, provider)
        bearer, _ = await token(browser)
        assert (await by_token(app, bearer), await needs(browser)) == (200, False)
        assert (await browser.post(f"{ACCOUNTS}/{account}/remove", json={})).status_code == 204
        assert (await by_token(app, bearer), await needs(browser)) == (403, True)


async def test_a_token_made_by_an_account_ends_with_the_session(
    app: FastAPI, client: httpx.AsyncClient, provider: ScriptedProvider, clock: ManualClock
) -> None:
    async with _browser(app) as browser:
        await sign_in_by_account(browser, provider)
        user = await user_named(client, "Ivy Clerk")
        given = await client.post(f"{API}/users/{user['id']}/assignments", json={"role": "auditor"})
        assert given.status_code == 201, given.text
        bearer, _ = await token(browser)
    clock.advance(days=6)
    assert await by_token(app, bearer) == 200
    clock.advance(days=1, seconds=1)
    assert await by_token(app, bearer) == 401


async def test_an_account_that_cannot_be_used_is_no_way_in_and_neither_is_mail_without_a_server(
    app: FastAPI, client: httpx.AsyncClient, provider: ScriptedProvider, container: Container
) -> None:
    async with _browser(app) as browser:
        await sign_in_by_account(browser, provider)
        user = await user_named(client, "Ivy Clerk")
        assert (await client.patch(f"{API}/users/{user['id']}", json={"email": "ivy@x.test"})).is_success
        [account] = (await browser.get(ACCOUNTS)).json()["items"]
        assert (await browser.post(f"{ACCOUNTS}/{account['id']}/remove", json={})).status_code == 409, (
            "nobody sends mails here"
        )
        key = device()
        begun = (await browser.post(f"{API}/passkeys/options", json={})).json()["options"]
        made = await browser.post(f"{API}/passkeys", json={"name": None, **key.made(begun)})
        remove = f"{API}/passkeys/{made.json()['id']}/remove"
        container.people.sessions.issuers = frozenset()
        assert (await browser.post(remove, json={})).status_code == 409, "the provider is not in the settings any more"
        container.people.sessions.issuers = frozenset({provider.issuer})
        assert (await browser.post(remove, json={})).status_code == 204, "the account is a way in"


async def test_a_calendar_link_works_for_who_signs_in_by_an_account_with_a_second_factor(
    app: FastAPI, client: httpx.AsyncClient, provider: ScriptedProvider, container: Container
) -> None:
    assert container.people.sessions.second_factor_roles == {Role.MANAGER}
    await client.put(f"{API}/sites/{SITE}", json={"name": "Ramsey Hub", "zone": "Europe/London"})
    async with _browser(app) as browser:
        await sign_in_by_account(browser, provider)
        made = await browser.post(f"{API}/subscriptions", json={"site": SITE})
        assert made.status_code == 201, made.text
        assert (await browser.get(made.json()["link"])).status_code == 200
