"""Showing once more that it is you: at the provider of an account, or by a code of an app; and what counts as it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import msgspec
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from controller.app.container import Container
from controller.platform.settings import OidcSection, Settings
from controller.records.audit.tables import audit_rows
from tests.controller.clock import ManualClock
from tests.controller.running import PASSWORD, stranger
from tests.controller.signin.signing import API, make_user
from tests.controller.signin.test_oidc import ORIGIN, finish, sign_in, user_named
from tests.controller.signin.test_second_factor import Phone, set_up
from tests.services.oidc import ScriptedProvider, scripted_provider

AGAIN = f"{API}/session/oidc/again"
BY_CODE = f"{API}/session/second-factor/again"
TOKEN = {"name": "rota", "until": "2026-12-31"}
LONG_AGO = timedelta(hours=5)


@pytest.fixture
async def provider(clock: ManualClock) -> AsyncIterator[ScriptedProvider]:
    async with scripted_provider(clock.now) as provider:
        yield provider


@pytest.fixture
def section(provider: ScriptedProvider) -> OidcSection:
    return provider.section()


@pytest.fixture
def settings(settings: Settings, section: OidcSection) -> Settings:
    return msgspec.structs.replace(settings, oidc=(section,))


@pytest.fixture
async def browser(app: FastAPI, client: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    async with stranger(app) as browser:
        browser.headers.update(ORIGIN)
        yield browser


async def begin_again(browser: httpx.AsyncClient) -> str:
    begun = await browser.post(AGAIN, json={"provider": "council"})
    assert begun.status_code == 201, begun.text
    address: str = begun.json()["address"]
    return address


async def prove(browser: httpx.AsyncClient, provider: ScriptedProvider) -> httpx.Response:
    return await finish(browser, provider.let_in(await begin_again(browser)))


async def fresh(browser: httpx.AsyncClient) -> bool:
    """Whether something that takes the password is done without it; what is said and what is done are the same."""
    told: bool = (await browser.get(f"{API}/session/email")).json()["just_signed_in"]
    made = await browser.post(f"{API}/tokens", json=TOKEN)
    assert made.status_code == (201 if told else 422), made.text
    return told


async def test_a_sign_in_at_which_the_provider_asked_nothing_is_no_proof_until_it_asks_again(
    browser: httpx.AsyncClient, provider: ScriptedProvider, clock: ManualClock, container: Container
) -> None:
    provider.signed_in_at = clock.now() - LONG_AGO
    assert (await sign_in(browser, provider)).status_code == 201
    assert not await fresh(browser)
    asked = parse_qs(urlsplit(await begin_again(browser)).query)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["900"])
    provider.signed_in_at = None
    proven = await prove(browser, provider)
    assert proven.status_code == 200, proven.text
    assert proven.json() == {"proven_until": (clock.now() + timedelta(minutes=15)).isoformat()}
    assert await fresh(browser)
    clock.advance(minutes=14)
    assert await fresh(browser)
    clock.advance(minutes=1)
    assert not await fresh(browser)
    async with container.database.read() as tx:
        assert list((await tx.execute(select(audit_rows.c.act))).scalars()).count("prove") == 1


async def test_it_counts_from_when_they_signed_in_there(
    browser: httpx.AsyncClient, provider: ScriptedProvider, clock: ManualClock
) -> None:
    provider.signed_in_at = clock.now() - timedelta(minutes=10)
    await sign_in(browser, provider)
    assert await fresh(browser)
    clock.advance(minutes=5)
    assert not await fresh(browser)


async def test_a_provider_that_does_not_say_when_they_signed_in_shows_nothing(
    browser: httpx.AsyncClient, provider: ScriptedProvider
) -> None:
    provider.change = lambda claims: {name: claims[name] for name in claims if name != "auth_time"}
    assert (await sign_in(browser, provider)).status_code == 201, "it still signs people in"
    assert not await fresh(browser)
    refused = await prove(browser, provider)
    assert (refused.status_code, "(auth_time)" in refused.json()["detail"]) == (403, True)
    assert "use your password, a passkey or a code" in refused.json()["detail"]
    assert not await fresh(browser)


async def test_a_provider_that_lets_them_through_by_an_old_sign_in_is_not_believed(
    browser: httpx.AsyncClient, provider: ScriptedProvider, clock: ManualClock
) -> None:
    await sign_in(browser, provider)
    clock.advance(hours=1)
    provider.signed_in_at = clock.now() - timedelta(minutes=15)
    refused = await prove(browser, provider)
    assert (refused.status_code, "without asking who you are" in refused.json()["detail"]) == (403, True)
    assert not await fresh(browser)


async def test_only_their_own_account_shows_that_it_is_them(
    browser: httpx.AsyncClient, provider: ScriptedProvider, clock: ManualClock, app: FastAPI
) -> None:
    ivy = provider.who
    async with stranger(app) as colleague:
        colleague.headers.update(ORIGIN)
        provider.who = ivy | {"sub": "u-2", "name": "Max Clerk"}
        assert (await sign_in(colleague, provider)).status_code == 201
    provider.who = ivy
    await sign_in(browser, provider)
    clock.advance(hours=1)
    for subject in ("u-2", "u-3"):
        provider.who = ivy | {"sub": subject}
        refused = await prove(browser, provider)
        assert (refused.status_code, "not linked to your user" in refused.json()["detail"]) == (403, True)
    assert (await browser.get(f"{API}/session")).json()["user"] == "Ivy Clerk"
    assert not await fresh(browser)


async def test_what_came_back_proves_once_in_its_own_session_and_in_time(
    browser: httpx.AsyncClient, provider: ScriptedProvider, clock: ManualClock
) -> None:
    await sign_in(browser, provider)
    clock.advance(hours=1)
    late = provider.let_in(await begin_again(browser))
    clock.advance(minutes=10)
    assert (await finish(browser, late)).status_code == 403, "late"
    brought = provider.let_in(await begin_again(browser))
    held = browser.cookies["hk_session"]
    browser.cookies.delete("hk_session")
    assert (await finish(browser, brought)).status_code == 403, "in no session"
    browser.cookies.set("hk_session", held, domain="hub.test", path="/")
    assert not await fresh(browser)
    brought = provider.let_in(await begin_again(browser))
    cookie = browser.cookies["hk_oidc"]
    assert (await finish(browser, brought)).status_code == 200
    browser.cookies.set("hk_oidc", cookie, domain="hub.test", path="/")
    assert (await finish(browser, brought)).status_code == 403, "twice"


async def test_who_has_no_account_there_is_told_so(
    browser: httpx.AsyncClient, client: httpx.AsyncClient, provider: ScriptedProvider
) -> None:
    assert (await browser.post(AGAIN, json={"provider": "council"})).status_code == 401
    await make_user(client, "Max", "manager")
    await browser.post(f"{API}/session", json={"user": "Max", "password": PASSWORD})
    for named, status in (("council", 404), ("other", 404), ("x" * 10_000, 422), (7, 422)):
        assert (await browser.post(AGAIN, json={"provider": named})).status_code == status
    made = (await browser.post(f"{API}/tokens", json=TOKEN | {"current": PASSWORD})).json()
    bearer = {"Authorization": f"Bearer {made['token']}"}
    assert (await browser.post(AGAIN, json={"provider": "council"}, headers=bearer)).status_code == 403


async def test_a_code_of_the_app_shows_it_once(
    browser: httpx.AsyncClient, client: httpx.AsyncClient, clock: ManualClock
) -> None:
    await make_user(client, "Max", "manager")
    assert (await browser.post(BY_CODE, json={"code": "123456"})).status_code == 401
    phone, recovery = await set_up(browser, clock)
    assert not await fresh(browser)
    code = phone.code()
    proven = await browser.post(BY_CODE, json={"code": code})
    assert (proven.status_code, list(proven.json())) == (200, ["proven_until"])
    assert await fresh(browser)
    clock.advance(minutes=15)
    assert not await fresh(browser)
    assert (await browser.post(BY_CODE, json={"code": code})).status_code == 401, "twice"
    assert (await browser.post(BY_CODE, json={"code": "x" * 30})).status_code == 422
    assert (await browser.post(BY_CODE, json={"code": recovery[0]})).status_code == 200
    assert (await browser.post(BY_CODE, json={"code": recovery[0]})).status_code == 401


async def test_guessing_its_codes_gets_slow(
    browser: httpx.AsyncClient, client: httpx.AsyncClient, clock: ManualClock
) -> None:
    await make_user(client, "Max", "manager")
    phone, _ = await set_up(browser, clock)
    for _ in range(5):
        assert (await browser.post(BY_CODE, json={"code": "abcdef"})).status_code == 401
    refused = await browser.post(BY_CODE, json={"code": phone.code()})
    assert (refused.status_code, "try the code of the app again" in refused.json()["detail"]) == (429, True)


async def test_who_has_no_app_shows_nothing_by_a_code(browser: httpx.AsyncClient, client: httpx.AsyncClient) -> None:
    await make_user(client, "Max", "manager")
    await browser.post(f"{API}/session", json={"user": "Max", "password": PASSWORD})
    assert (await browser.post(BY_CODE, json={"code": "123456"})).status_code == 404


async def test_a_code_after_a_silent_sign_in_at_the_provider_shows_it_too(
    browser: httpx.AsyncClient, provider: ScriptedProvider, clock: ManualClock
) -> None:
    provider.signed_in_at = clock.now()
    await sign_in(browser, provider)
    made = (await browser.post(f"{API}/session/second-factor", json={})).json()
    phone = Phone(made["secret"], clock)
    await browser.post(f"{API}/session/second-factor/proof", json={"code": phone.code()})
    clock.advance(hours=1)
    browser.cookies.clear()
    pending = (await sign_in(browser, provider)).json()["pending"]
    done = await browser.post(f"{API}/session/second-step", json={"pending": pending, "code": phone.code()})
    assert done.status_code == 201, done.text
    assert await fresh(browser)


async def test_one_place_decides_whether_somebody_is_left_without_a_way_in(
    browser: httpx.AsyncClient, client: httpx.AsyncClient, provider: ScriptedProvider, container: Container
) -> None:
    """An account counts where its provider is in the settings, a mail address where a mail server is set up."""
    await sign_in(browser, provider)
    ivy = await user_named(client, "Ivy Clerk")
    place, container.people.sessions.issuers = f"{API}/users/{ivy['id']}", frozenset()
    refused = await client.patch(place, json={"email": "ivy@council.test"})
    assert (refused.status_code, "no mail server" in refused.text) == (422, True)
    assert (await client.patch(place, json={"ended": True})).status_code == 200
    assert (await client.patch(place, json={"ended": False})).status_code == 422
    container.people.sessions.issuers = frozenset({provider.issuer})
    assert (await client.patch(place, json={"ended": False})).status_code == 200
    assert (await client.patch(place, json={"email": "ivy@council.test"})).status_code == 200


async def test_an_older_proof_does_not_shorten_a_newer_one(
    browser: httpx.AsyncClient, provider: ScriptedProvider, clock: ManualClock
) -> None:
    provider.signed_in_at = clock.now()
    await sign_in(browser, provider)
    made = (await browser.post(f"{API}/session/second-factor", json={})).json()
    phone = Phone(made["secret"], clock)
    await browser.post(f"{API}/session/second-factor/proof", json={"code": phone.code()})
    clock.advance(hours=1)
    assert (await browser.post(BY_CODE, json={"code": phone.code()})).status_code == 200
    until = (clock.now() + timedelta(minutes=15)).isoformat()
    provider.signed_in_at = clock.now() - timedelta(minutes=10)
    proven = await prove(browser, provider)
    assert (proven.status_code, proven.json()) == (200, {"proven_until": until})
    clock.advance(minutes=14)
    assert await fresh(browser)
