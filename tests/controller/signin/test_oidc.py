"""Signing in by an OpenID provider over the whole flow: users made, roles that follow groups, and what is refused."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import get_args
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import msgspec
import pytest
from fastapi import FastAPI
from sqlalchemy import select
from typer.testing import CliRunner, Result

from controller.app.cli.controller import app as controller_cli
from controller.app.container import Container
from controller.people.model import OF_PARTY, Role
from controller.people.passwords import Passwords
from controller.people.sign_in_tables import finished_flows, user_accounts
from controller.platform.settings import ConfigError, GroupRole, OidcGroup, OidcSection, Settings
from controller.platform.settings_file import load_settings
from controller.privacy.user_erasure import EraseUsers
from controller.records.audit.tables import audit_rows
from controller.signin.oidc.metadata_cache import FAILED_S, LONGEST_S, ProviderFault
from controller.signin.oidc.provider import CONFIGURATION_S, OidcProvider
from tests.controller.clock import ManualClock
from tests.controller.running import BASE_URL, PASSWORD, running, signed_in, stranger
from tests.controller.signin.signing import API, Json, make_user
from tests.services.oidc import (
    NEXT_KEY,
    Claims,
    ScriptedProvider,
    id_token,
    scripted_provider,
    signed_with_public_key,
    unsigned,
)

ORIGIN = {"Origin": BASE_URL}
SITE = "ramsey"


@pytest.fixture
async def provider(clock: ManualClock) -> AsyncIterator[ScriptedProvider]:
    async with scripted_provider(clock.now) as provider:
        yield provider


@pytest.fixture
def section(provider: ScriptedProvider) -> OidcSection:
    groups = (
        OidcGroup(group="hub-managers", role="manager", sites="all"),
        OidcGroup(group="hub-porters", role="porter", sites=(SITE, "not-there")),
    )
    return provider.section(groups=groups)


@pytest.fixture
def any_settings(any_settings: Settings, section: OidcSection) -> Settings:
    return msgspec.structs.replace(any_settings, oidc=(section,))


@pytest.fixture
def settings(settings: Settings, section: OidcSection) -> Settings:
    return msgspec.structs.replace(settings, oidc=(section,))


@pytest.fixture
async def browser(app: FastAPI, client: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    await client.put(f"{API}/sites/{SITE}", json={"name": "Ramsey Hub", "zone": "Europe/London"})
    async with stranger(app) as browser:
        browser.headers.update(ORIGIN)
        yield browser


async def begin(browser: httpx.AsyncClient) -> str:
    answer = await browser.post(f"{API}/session/oidc", json={"provider": "council"})
    assert answer.status_code == 201, answer.text
    address: str = answer.json()["address"]
    return address


async def finish(browser: httpx.AsyncClient, brought: dict[str, str]) -> httpx.Response:
    return await browser.post(f"{API}/session/oidc/proof", json={"provider": "council"} | brought)


async def sign_in(browser: httpx.AsyncClient, provider: ScriptedProvider) -> httpx.Response:
    return await finish(browser, provider.let_in(await begin(browser)))


async def roles(browser: httpx.AsyncClient) -> set[tuple[str, str | None]]:
    session = (await browser.get(f"{API}/session")).json()
    return {(each["role"], each["site"]) for each in session["assignments"]}


async def acts(container: Container) -> list[str]:
    async with container.database.read() as tx:
        return list((await tx.execute(select(audit_rows.c.act))).scalars())


async def user_named(admin: httpx.AsyncClient, name: str) -> Json:
    users: list[Json] = (await admin.get(f"{API}/users")).json()["items"]
    [found] = [each for each in users if each["name"] == name]
    return found


@pytest.mark.both_databases
async def test_a_first_sign_in_makes_a_user_with_the_roles_of_their_groups(
    any_app: FastAPI,
    any_client: httpx.AsyncClient,
    any_container: Container,
    provider: ScriptedProvider,
    clock: ManualClock,
) -> None:
    async with stranger(any_app) as browser:
        browser.headers.update(ORIGIN)
        options = (await browser.get(f"{API}/sign-in-options")).json()
        assert options["providers"] == [{"id": "council", "name": "Ramsey Council"}]
        asked = parse_qs(urlsplit(await begin(browser)).query)
        assert asked["redirect_uri"] == [f"{BASE_URL}/account/council"]
        assert (asked["code_challenge_method"], asked["scope"]) == (["S256"], ["openid profile"])
        done = await sign_in(browser, provider)
        assert done.status_code == 201, done.text
        assert (done.json()["user"], await roles(browser)) == ("Ivy Clerk", {("manager", None)})
        [account] = (await browser.get(f"{API}/session/accounts")).json()["items"]
        assert (account["provider"], account["label"]) == ("council", "Ivy Clerk")
        [session] = (await browser.get(f"{API}/sessions")).json()["items"]
        assert session["method"] == "oidc"
    made = await user_named(any_client, "Ivy Clerk")
    [given] = made["assignments"]
    assert (made["email"], given["given_by"], given["account_id"]) == (None, "council", account["id"])
    assert given["until_at"] == (clock.now() + timedelta(days=7)).isoformat()
    assert {"make", "follow groups", "sign in"} <= set(await acts(any_container))
    again = await sign_in_again(any_app, provider)
    assert again["user"] == "Ivy Clerk"
    users = (await any_client.get(f"{API}/users")).json()["items"]
    assert [each["name"] for each in users].count("Ivy Clerk") == 1


async def sign_in_again(app: FastAPI, provider: ScriptedProvider) -> Json:
    async with stranger(app) as browser:
        browser.headers.update(ORIGIN)
        done = await sign_in(browser, provider)
        assert done.status_code == 201, done.text
        body: Json = done.json()
        return body


async def test_who_is_in_no_group_is_told_what_to_ask_for_and_leaves_no_user(
    browser: httpx.AsyncClient, client: httpx.AsyncClient, provider: ScriptedProvider
) -> None:
    provider.who = {"sub": "u-9", "name": "Nobody", "groups": ["choir"]}
    refused = await sign_in(browser, provider)
    assert refused.status_code == 403
    assert "ask the IT of Ramsey Council" in refused.json()["detail"]
    assert "hub-managers, hub-porters" in refused.json()["detail"]
    assert "Nobody" not in (await client.get(f"{API}/users")).text


async def test_roles_follow_the_groups_at_each_sign_in_and_others_stay(
    browser: httpx.AsyncClient, client: httpx.AsyncClient, provider: ScriptedProvider, app: FastAPI
) -> None:
    await sign_in(browser, provider)
    user = await user_named(client, "Ivy Clerk")
    by_hand = {"role": "auditor", "site": SITE}
    given = await client.post(f"{API}/users/{user['id']}/assignments", json=by_hand)
    assert given.status_code == 201, given.text
    provider.who = provider.who | {"groups": ["hub-porters"]}
    await sign_in_again(app, provider)
    assert await roles(browser) == {("porter", SITE), ("auditor", SITE)}, "the session before has the new rights"
    provider.who = provider.who | {"groups": []}
    assert (await sign_in(browser, provider)).status_code == 201
    assert await roles(browser) == {("auditor", SITE)}


async def test_who_has_lost_every_group_is_out_and_so_are_their_sessions(
    browser: httpx.AsyncClient, client: httpx.AsyncClient, provider: ScriptedProvider, app: FastAPI
) -> None:
    await sign_in(browser, provider)
    provider.who = provider.who | {"groups": None}
    async with stranger(app) as elsewhere:
        elsewhere.headers.update(ORIGIN)
        assert (await sign_in(elsewhere, provider)).status_code == 403
    assert await roles(browser) == set()
    assert (await browser.get(f"{API}/sites")).status_code == 403
    [given] = (await user_named(client, "Ivy Clerk"))["assignments"]
    assert given["state"] == "over"


async def test_the_roles_and_the_session_end_where_nobody_signs_in_again(
    browser: httpx.AsyncClient, client: httpx.AsyncClient, provider: ScriptedProvider, clock: ManualClock
) -> None:
    await sign_in(browser, provider)
    for _ in range(6):
        clock.advance(days=1)
        assert (await browser.get(f"{API}/sites")).status_code == 200, "use does not make it longer"
    clock.advance(days=1)
    assert (await browser.get(f"{API}/session")).status_code == 401


async def test_what_follows_groups_is_not_changed_by_hand(
    browser: httpx.AsyncClient, client: httpx.AsyncClient, provider: ScriptedProvider
) -> None:
    await sign_in(browser, provider)
    user = await user_named(client, "Ivy Clerk")
    [given] = user["assignments"]
    place = f"{API}/users/{user['id']}/assignments/{given['id']}"
    for refused in (await client.delete(place), await client.patch(place, json={"until_at": None})):
        assert refused.status_code == 409
        assert "end the user" in refused.json()["detail"]
    same = await client.post(f"{API}/users/{user['id']}/assignments", json={"role": "manager"})
    assert same.status_code == 201, "given by hand besides"


async def test_who_has_ended_stays_out_although_their_groups_let_them_in(
    browser: httpx.AsyncClient, client: httpx.AsyncClient, provider: ScriptedProvider
) -> None:
    await sign_in(browser, provider)
    user = await user_named(client, "Ivy Clerk")
    assert (await client.patch(f"{API}/users/{user['id']}", json={"ended": True})).status_code == 200
    assert (await browser.get(f"{API}/session")).status_code == 401
    refused = await sign_in(browser, provider)
    assert (refused.status_code, "has ended" in refused.json()["detail"]) == (403, True)


async def test_who_ended_stays_out_after_their_name_is_erased(
    browser: httpx.AsyncClient, client: httpx.AsyncClient, provider: ScriptedProvider, container: Container
) -> None:
    await sign_in(browser, provider)
    user = await user_named(client, "Ivy Clerk")
    await client.patch(f"{API}/users/{user['id']}", json={"ended": True})
    await container.database.run(EraseUsers().apply, [(user["id"],)])
    async with container.database.read() as tx:
        [account] = (await tx.execute(select(user_accounts))).all()
    assert (account.label, account.subject) == ("", "u-1")
    assert (await sign_in(browser, provider)).status_code == 403


async def test_people_are_told_apart_by_their_subject_and_never_by_name_or_mail(
    browser: httpx.AsyncClient, client: httpx.AsyncClient, provider: ScriptedProvider, app: FastAPI
) -> None:
    await make_user(client, "Una Clerk", "owner", email="una@council.test")
    provider.who = {"sub": "u-7", "name": "una clerk", "email": "una@council.test", "groups": ["hub-porters"]}
    assert (await sign_in(browser, provider)).json()["user"] == "una clerk (una@council.test)"
    assert await roles(browser) == {("porter", SITE)}
    browser.cookies.clear()
    provider.who = provider.who | {"sub": "u-8"}
    assert (await sign_in(browser, provider)).json()["user"] == "una clerk 2"
    browser.cookies.clear()
    provider.who = provider.who | {"sub": "u-7", "name": "Renamed", "email": "other@council.test"}
    assert (await sign_in(browser, provider)).json()["user"] == "una clerk (una@council.test)"


async def test_groups_that_only_userinfo_tells(browser: httpx.AsyncClient, provider: ScriptedProvider) -> None:
    provider.who, provider.userinfo = {"sub": "u-1"}, {"name": "Ivy Clerk", "groups": ["hub-managers"]}
    assert (await sign_in(browser, provider)).json()["user"] == "Ivy Clerk"
    provider.userinfo = provider.userinfo | {"sub": "u-2"}
    refused = await sign_in(browser, provider)
    assert (refused.status_code, "somebody else" in refused.json()["detail"]) == (403, True)


def minutes_off(minutes: float) -> Callable[[Claims], Claims]:
    """By a clock of the provider that is so far ahead."""
    return lambda claims: claims | {name: claims[name] + minutes * 60 for name in ("iat", "exp")}


@pytest.mark.parametrize(
    ("change", "sign", "words"),
    [
        (lambda claims: claims | {"iss": "https://evil.test"}, id_token, "another issuer"),
        (lambda claims: claims | {"aud": "other"}, id_token, "another client"),
        (lambda claims: claims | {"nonce": "other"}, id_token, "another sign-in"),
        (minutes_off(5), id_token, "from the future, by 300 seconds; check the clocks"),
        (minutes_off(-7), id_token, "has run out, by 120 seconds; check the clocks"),
        (dict, unsigned, "(alg)"),
        (dict, signed_with_public_key, "(alg)"),
        (dict, lambda claims: id_token(claims, key=NEXT_KEY), "does not publish"),
        (dict, lambda claims: id_token(claims, key=NEXT_KEY, kid="first"), "signature is wrong"),
        (dict, lambda claims: "not a token", "cannot be read"),
    ],
)
async def test_a_wrong_token_lets_nobody_in(
    browser: httpx.AsyncClient,
    client: httpx.AsyncClient,
    provider: ScriptedProvider,
    change: Callable[[Claims], Claims],
    sign: Callable[[Claims], str],
    words: str,
) -> None:
    provider.change, provider.sign = change, sign
    refused = await sign_in(browser, provider)
    assert refused.status_code == 403, refused.text
    assert words in refused.json()["detail"]
    assert "hk_session" not in browser.cookies
    assert "Ivy" not in (await client.get(f"{API}/users")).text


async def test_what_came_back_works_once_and_in_its_own_browser(
    browser: httpx.AsyncClient, provider: ScriptedProvider, app: FastAPI, clock: ManualClock, container: Container
) -> None:
    brought = provider.let_in(await begin(browser))
    async with stranger(app) as other:
        other.headers.update(ORIGIN)
        assert (await finish(other, brought)).status_code == 403, "without the cookie"
        await begin(other)
        assert (await finish(other, brought)).status_code == 403, "with a cookie of another flow"
    cookie = browser.cookies["hk_oidc"]
    assert (await finish(browser, brought | {"state": "x" * 43})).status_code == 403
    assert (await finish(browser, brought)).status_code == 201
    browser.cookies.set("hk_oidc", cookie, domain="hub.test", path="/")
    replayed = await finish(browser, brought)
    assert (replayed.status_code, "begin again" in replayed.json()["detail"]) == (403, True)
    assert provider.asked.count("/token") == 1, "the provider is not asked"
    browser.cookies.set("hk_oidc", cookie[:-8] + "AAAAAAA=", domain="hub.test", path="/")
    assert (await finish(browser, brought)).status_code == 403
    clock.advance(minutes=10)
    await container.oidc.tidy()
    async with container.database.read() as tx:
        assert (await tx.execute(select(finished_flows))).first() is None


async def test_a_sign_in_that_takes_ten_minutes_is_too_late(
    browser: httpx.AsyncClient, provider: ScriptedProvider, clock: ManualClock
) -> None:
    brought = provider.let_in(await begin(browser))
    clock.advance(minutes=10)
    assert (await finish(browser, brought)).status_code == 403


async def test_a_code_of_another_sign_in_does_not_fit_the_verifier(
    browser: httpx.AsyncClient, provider: ScriptedProvider, app: FastAPI
) -> None:
    """Somebody puts the code of their own account into another's browser (RFC 9700, 4.5)."""
    async with stranger(app) as attacker:
        attacker.headers.update(ORIGIN)
        code = provider.let_in(await begin(attacker))["code"]
    brought = provider.let_in(await begin(browser)) | {"code": code}
    refused = await finish(browser, brought)
    assert (refused.status_code, "invalid_grant" in refused.json()["detail"]) == (403, True)


async def test_the_answer_of_another_issuer_is_refused_before_anything_is_sent_to_it(
    browser: httpx.AsyncClient, provider: ScriptedProvider
) -> None:
    refused = await finish(browser, provider.let_in(await begin(browser)) | {"iss": "https://evil.test"})
    assert (refused.status_code, "/token" in provider.asked) == (403, False)


async def test_an_answer_that_does_not_say_its_issuer_is_refused_where_the_provider_says_it_sends_it(
    browser: httpx.AsyncClient, provider: ScriptedProvider
) -> None:
    """RFC 9207, 2.4."""
    provider.configuration = {"authorization_response_iss_parameter_supported": True}
    refused = await sign_in(browser, provider)
    assert (refused.status_code, "(iss)" in refused.json()["detail"], "/token" in provider.asked) == (403, True, False)
    brought = provider.let_in(await begin(browser)) | {"iss": provider.issuer}
    assert (await finish(browser, brought)).status_code == 201


async def test_no_provider_gets_a_code_of_another(
    settings: Settings, clock: ManualClock, passwords: Passwords, section: OidcSection, provider: ScriptedProvider
) -> None:
    """The mix-up attack (RFC 9700, 4.4): one provider sends who began there on to another, to get its code."""
    async with scripted_provider(clock.now) as other:
        both = msgspec.structs.replace(settings, oidc=(section, other.section(id="other", name="Other")))
        async with running(both, clock, passwords) as app, signed_in(app), stranger(app) as browser:
            browser.headers.update(ORIGIN)
            begun = await browser.post(f"{API}/session/oidc", json={"provider": "other"})
            state = parse_qs(urlsplit(begun.json()["address"]).query)["state"][0]
            async with stranger(app) as attacker:
                attacker.headers.update(ORIGIN)
                there = urlsplit(await begin(attacker))
            asked = {name: values[0] for name, values in parse_qs(there.query).items()} | {"state": state}
            brought = provider.let_in(f"{provider.issuer}/authorize?{urlencode(asked)}")
            back_at = urlsplit(asked["redirect_uri"]).path.rpartition("/")[2]
            refused = await finish(browser, brought | {"provider": back_at})
        assert (refused.status_code, "another provider" in refused.json()["detail"]) == (403, True)
        assert "/token" not in other.asked + provider.asked


async def test_over_https_the_cookie_of_a_sign_in_is_tied_to_the_host(
    settings: Settings, clock: ManualClock, passwords: Passwords, provider: ScriptedProvider
) -> None:
    address = "https://hub.test"
    secure = msgspec.structs.replace(settings, public_url=address)
    async with running(secure, clock, passwords) as app, signed_in(app), stranger(app) as browser:
        browser.base_url, browser.headers["Origin"] = httpx.URL(address), address
        begun = await browser.post(f"{API}/session/oidc", json={"provider": "council"})
        [cookie] = begun.headers.get_list("set-cookie")
        assert cookie.startswith("__Host-hk_oidc=")
        assert {"HttpOnly", "SameSite=strict", "Path=/", "Secure"} <= set(cookie.split("; "))
        sealed = browser.cookies["__Host-hk_oidc"]
        brought = provider.let_in(begun.json()["address"])
        browser.cookies.clear()
        browser.cookies.set("hk_oidc", sealed)  # a name that another host of the domain could set
        assert (await finish(browser, brought)).status_code == 403
        browser.cookies.clear()
        browser.cookies.set("__Host-hk_oidc", sealed)
        done = await finish(browser, brought)
        assert done.status_code == 201, done.text
        assert any(each.startswith('__Host-hk_oidc="";') for each in done.headers.get_list("set-cookie"))


async def test_made_up_codes_are_counted_and_right_ones_are_not(
    browser: httpx.AsyncClient, provider: ScriptedProvider
) -> None:
    for _ in range(25):
        assert (await sign_in(browser, provider)).status_code == 201
    asked = provider.asked.count("/token")
    for status in [403] * 20 + [429]:
        brought = provider.let_in(await begin(browser)) | {"code": "made-up"}
        assert (await finish(browser, brought)).status_code == status
    assert provider.asked.count("/token") == asked + 20


async def test_how_somebody_signed_in_only_the_id_token_says(
    vouching: httpx.AsyncClient, provider: ScriptedProvider
) -> None:
    provider.who = {"sub": "u-1", "groups": ["hub-managers"]}
    provider.userinfo = {"name": "Ivy Clerk", "amr": ["mfa"], "acr": "gold"}
    refused = await sign_in(vouching, provider)
    assert (refused.status_code, "second factor" in refused.json()["detail"]) == (403, True)


@pytest.mark.parametrize(
    ("error", "words"), [("access_denied", "may not use"), ("<b>odd</b>", "boddb"), ("", "gave no reason")]
)
async def test_an_error_of_the_provider_is_told(
    browser: httpx.AsyncClient, provider: ScriptedProvider, error: str, words: str
) -> None:
    state = provider.let_in(await begin(browser))["state"]
    refused = await finish(browser, {"state": state, "error": error})
    assert (refused.status_code, words in refused.json()["detail"]) == (403, True)


async def test_new_keys_are_fetched_once_a_minute_at_most(
    browser: httpx.AsyncClient, provider: ScriptedProvider, clock: ManualClock
) -> None:
    await sign_in(browser, provider)
    provider.published, provider.sign = [NEXT_KEY], lambda claims: id_token(claims, key=NEXT_KEY)
    for _ in range(3):
        assert (await sign_in(browser, provider)).status_code == 403
    assert provider.asked.count("/keys") == 1
    clock.advance(seconds=60)
    assert (await sign_in(browser, provider)).status_code == 201
    assert provider.asked.count("/keys") == 2


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/keys"])
async def test_a_provider_that_is_away_is_named_and_other_ways_go_on(
    browser: httpx.AsyncClient, client: httpx.AsyncClient, provider: ScriptedProvider, clock: ManualClock, path: str
) -> None:
    await make_user(client, "Max", "manager")
    provider.answers = {path: 503}
    first = await browser.post(f"{API}/session/oidc", json={"provider": "council"})
    if first.status_code == 201:
        first = await finish(browser, provider.let_in(first.json()["address"]))
    assert (first.status_code, first.json()["type"]) == (409, "urn:hallkeeper:problem:provider-away")
    assert "Ramsey Council" in first.json()["detail"]
    by_password = await browser.post(f"{API}/session", json={"user": "Max", "password": PASSWORD})
    assert by_password.status_code == 201
    provider.answers = {}
    clock.advance(seconds=FAILED_S)
    browser.cookies.clear()
    assert (await sign_in(browser, provider)).status_code == 201


async def test_who_waits_for_a_provider_that_hangs_waits_for_one_fetch(
    provider: ScriptedProvider, clock: ManualClock
) -> None:
    provider.slow_s = 3.0
    hangs = OidcProvider(provider.section(), clock, seconds=2.0)
    found = await asyncio.gather(*(hangs.configuration() for _ in range(5)), return_exceptions=True)
    assert [type(each) for each in found] == [ProviderFault] * 5
    provider.slow_s = 0.0
    with pytest.raises(ProviderFault, match="did not answer"):
        await hangs.keys()
    assert provider.asked == ["/.well-known/openid-configuration"]
    clock.advance(seconds=FAILED_S)
    answers = OidcProvider(provider.section(), clock)
    await asyncio.gather(*(answers.keys() for _ in range(5)))
    assert provider.asked[1:] == ["/.well-known/openid-configuration", "/keys"]


async def test_what_a_provider_said_last_is_used_for_a_day_while_it_says_nothing_newer(
    browser: httpx.AsyncClient, provider: ScriptedProvider, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    assert (await sign_in(browser, provider)).status_code == 201
    provider.answers = {"/.well-known/openid-configuration": 503, "/keys": 503}
    clock.advance(seconds=CONFIGURATION_S)
    assert (await sign_in(browser, provider)).status_code == 201
    logged = [each.__dict__["what"] for each in caplog.records if "said last" in each.message]
    assert logged == ["configuration", "keys"]
    provider.sign = lambda claims: id_token(claims, key=NEXT_KEY)
    assert (await sign_in(browser, provider)).status_code == 403, "a key that it did not have then"
    clock.advance(seconds=LONGEST_S)
    refused = await browser.post(f"{API}/session/oidc", json={"provider": "council"})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:hallkeeper:problem:provider-away")


async def test_nobody_is_signed_in_in_place_of_another_user(
    browser: httpx.AsyncClient, client: httpx.AsyncClient, provider: ScriptedProvider
) -> None:
    await make_user(client, "Max", "auditor")
    address = await begin(browser)
    await browser.post(f"{API}/session", json={"user": "Max", "password": PASSWORD})
    refused = await finish(browser, provider.let_in(address))
    assert (refused.status_code, "Max is signed in here already" in refused.json()["detail"]) == (409, True)
    assert (await browser.get(f"{API}/session")).json()["user"] == "Max"
    assert "Ivy Clerk" not in (await client.get(f"{API}/users")).text
    await browser.delete(f"{API}/session")
    assert (await sign_in(browser, provider)).json()["user"] == "Ivy Clerk"
    assert (await sign_in(browser, provider)).status_code == 201, "the same user may do so again"


async def test_a_provider_that_calls_itself_otherwise_is_not_used(
    browser: httpx.AsyncClient, provider: ScriptedProvider, caplog: pytest.LogCaptureFixture
) -> None:
    provider.issuer = "https://evil.test"
    refused = await browser.post(f"{API}/session/oidc", json={"provider": "council"})
    assert refused.status_code == 409
    [line] = [each for each in caplog.records if "OpenID provider" in each.message]
    assert "https://evil.test" in str(line.__dict__["reason"])


async def test_the_controller_works_with_nobody_at_the_providers_address(
    settings: Settings, clock: ManualClock, passwords: Passwords, section: OidcSection
) -> None:
    nobody = msgspec.structs.replace(section, issuer="http://127.0.0.1:9")
    async with (
        running(msgspec.structs.replace(settings, oidc=(nobody,)), clock, passwords) as app,
        signed_in(app),
        stranger(app) as browser,
    ):
        assert (await browser.get("/healthz")).status_code == 200
        refused = await browser.post(f"{API}/session/oidc", json={"provider": "council"}, headers=ORIGIN)
    assert (refused.status_code, "Ramsey Council" in refused.json()["detail"]) == (409, True)


async def test_the_secret_goes_to_the_token_endpoint_only(
    settings: Settings,
    clock: ManualClock,
    passwords: Passwords,
    section: OidcSection,
    provider: ScriptedProvider,
    tmp_path: Path,
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("a secret: 100%\n")
    with_secret = msgspec.structs.replace(section, client_secret_file=secret)
    async with (
        running(msgspec.structs.replace(settings, oidc=(with_secret,)), clock, passwords) as app,
        signed_in(app),
        stranger(app) as browser,
    ):
        browser.headers.update(ORIGIN)
        address = await begin(browser)
        assert (await finish(browser, provider.let_in(address))).status_code == 201
        secret.unlink()
        assert (await sign_in(browser, provider)).status_code == 409
    assert "secret" not in address
    [sent] = provider.authorizations
    assert httpx.BasicAuth("hallkeeper", "a%20secret%3A%20100%25")._auth_header == sent


async def test_only_the_address_of_the_settings_can_be_come_back_to(browser: httpx.AsyncClient) -> None:
    browser.base_url = httpx.URL("http://localhost")
    refused = await browser.post(
        f"{API}/session/oidc", json={"provider": "council"}, headers={"Origin": "http://localhost"}
    )
    assert (refused.status_code, BASE_URL in refused.json()["detail"]) == (409, True)
    browser.base_url = httpx.URL(BASE_URL)
    assert (await browser.post(f"{API}/session/oidc", json={"provider": "other"})).status_code == 404


async def test_a_signed_in_user_links_an_account_and_unlinks_it(
    browser: httpx.AsyncClient,
    client: httpx.AsyncClient,
    provider: ScriptedProvider,
    container: Container,
    app: FastAPI,
) -> None:
    await make_user(client, "Max", "auditor")
    await browser.post(f"{API}/session", json={"user": "Max", "password": PASSWORD})
    accounts = f"{API}/session/accounts"
    for body in ({}, {"current": "a guess"}):
        refused = await browser.post(accounts, json={"provider": "council"} | body)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "current")
    begun = await browser.post(accounts, json={"provider": "council", "current": PASSWORD})
    linked = await finish(browser, provider.let_in(begun.json()["address"]))
    assert linked.status_code == 200, linked.text
    account = linked.json()["linked"]
    assert await roles(browser) == {("auditor", None), ("manager", None)}
    assert (await sign_in_again(app, provider))["user"] == "Max"
    assert (await browser.post(f"{accounts}/{account['id']}/remove", json={"current": PASSWORD})).status_code == 204
    assert await roles(browser) == {("auditor", None)}
    assert len((await browser.get(f"{API}/sessions")).json()["items"]) == 1, "the one by the account has ended"
    assert (await browser.get(accounts)).json()["items"] == []
    assert (await browser.post(f"{accounts}/{account['id']}/remove", json={"current": PASSWORD})).status_code == 404
    assert {"link account", "unlink account"} <= set(await acts(container))
    assert (await sign_in_again(app, provider))["user"] == "Ivy Clerk"


async def test_an_account_is_linked_only_in_the_session_that_began_it_and_to_one_user(
    browser: httpx.AsyncClient, client: httpx.AsyncClient, provider: ScriptedProvider, app: FastAPI
) -> None:
    await make_user(client, "Max", "auditor")
    await browser.post(f"{API}/session", json={"user": "Max", "password": PASSWORD})
    link = {"provider": "council", "current": PASSWORD}
    begun = (await browser.post(f"{API}/session/accounts", json=link)).json()["address"]
    await browser.delete(f"{API}/session")
    assert (await finish(browser, provider.let_in(begun))).status_code == 403, "signed out meanwhile"
    await sign_in_again(app, provider)
    await browser.post(f"{API}/session", json={"user": "Max", "password": PASSWORD})
    begun = (await browser.post(f"{API}/session/accounts", json=link)).json()["address"]
    taken = await finish(browser, provider.let_in(begun))
    assert (taken.status_code, "another user" in taken.json()["detail"]) == (409, True)
    assert (await browser.get(f"{API}/session")).json()["user"] == "Max"


async def test_the_last_way_in_is_not_unlinked(browser: httpx.AsyncClient, provider: ScriptedProvider) -> None:
    await sign_in(browser, provider)
    [account] = (await browser.get(f"{API}/session/accounts")).json()["items"]
    refused = await browser.post(f"{API}/session/accounts/{account['id']}/remove", json={})
    assert (refused.status_code, "password" in refused.json()["detail"]) == (409, True)
    new = await browser.post(f"{API}/session/password", json={"new": "seven wide oak shelves"})
    assert new.status_code == 200, "just signed in by an account, which shows who they are"
    assert (await browser.post(f"{API}/session/accounts/{account['id']}/remove", json={})).status_code == 204


@pytest.fixture
async def vouching(
    settings: Settings, clock: ManualClock, passwords: Passwords, section: OidcSection
) -> AsyncIterator[httpx.AsyncClient]:
    """A browser of a controller that asks the provider for a second factor."""
    demanding = msgspec.structs.replace(section, required_amr=("mfa",), required_acr=("gold",))
    strict = msgspec.structs.replace(settings, oidc=(demanding,), second_factor_roles=("manager",))
    async with running(strict, clock, passwords) as app, signed_in(app), stranger(app) as browser:
        browser.headers.update(ORIGIN)
        yield browser


async def test_the_providers_second_factor_is_asked_for_and_stands_for_ours(
    vouching: httpx.AsyncClient, provider: ScriptedProvider
) -> None:
    address = await begin(vouching)
    assert parse_qs(urlsplit(address).query)["acr_values"] == ["gold"]
    for shown in ({}, {"amr": ["pwd"], "acr": "gold"}, {"amr": ["mfa"]}):
        provider.change = lambda claims, shown=shown: claims | shown  # type: ignore[misc]
        refused = await sign_in(vouching, provider)
        assert (refused.status_code, "second factor" in refused.json()["detail"]) == (403, True)
    provider.change = lambda claims: claims | {"amr": ["pwd", "mfa"], "acr": "gold"}
    assert (await sign_in(vouching, provider)).status_code == 201
    assert (await vouching.get(f"{API}/session")).json()["needs_second_factor"] is False
    made = await vouching.post(f"{API}/tokens", json={"name": "rota", "until": "2026-12-31"})
    assert made.status_code == 201, made.text
    by_token = {"Authorization": f"Bearer {made.json()['token']}"}
    vouching.cookies.clear()
    assert (await vouching.get(f"{API}/sites", headers=by_token)).status_code == 200


async def test_without_that_a_role_wants_our_own_second_factor(
    settings: Settings, clock: ManualClock, passwords: Passwords, provider: ScriptedProvider
) -> None:
    strict = msgspec.structs.replace(settings, second_factor_roles=("manager",))
    provider.who = provider.who | {"amr": ["mfa"]}
    async with running(strict, clock, passwords) as app, signed_in(app), stranger(app) as browser:
        browser.headers.update(ORIGIN)
        assert (await sign_in(browser, provider)).status_code == 201
        assert (await browser.get(f"{API}/session")).json()["needs_second_factor"] is True
        added = await browser.post(f"{API}/session/second-factor", json={})
        assert added.status_code == 201, added.text


async def test_nobody_is_the_first_user_by_an_account(app: FastAPI) -> None:
    async with stranger(app) as browser:
        refused = await browser.post(f"{API}/session/oidc", json={"provider": "council"}, headers=ORIGIN)
    assert (refused.status_code, "set-up token" in refused.json()["detail"]) == (409, True)


def test_the_settings_know_every_role_that_is_held_for_no_party() -> None:
    assert set(get_args(GroupRole)) == set(Role) - OF_PARTY - {Role.PUBLIC}


async def run_oidc(command: str, file: Path) -> Result:
    return await asyncio.to_thread(lambda: CliRunner().invoke(controller_cli, ["oidc", command, "--config", str(file)]))


async def test_the_command_lists_providers_and_tests_them(provider: ScriptedProvider, tmp_path: Path) -> None:
    file = tmp_path / "controller.toml"
    await asyncio.to_thread(file.write_text, WHOLE.partition("[[oidc]]")[0])
    assert "There is no [[oidc]]" in (await run_oidc("list", file)).output
    assert (await run_oidc("check", file)).exit_code == 2
    ours = WHOLE.replace("https://login.council.test", provider.issuer)
    await asyncio.to_thread(file.write_text, ours)
    listed = (await run_oidc("list", file)).output
    assert "https://hub.council.test/account/council" in listed
    assert provider.issuer in listed
    good = await run_oidc("check", file)
    assert (good.exit_code, good.output) == (0, "council: it answers, with keys that can be used\n")
    provider.answers = {"/keys": 500}
    bad = await run_oidc("check", file)
    assert (bad.exit_code, "answers 500" in bad.output) == (1, True)
    provider.answers, provider.published = {}, []
    assert (await run_oidc("check", file)).exit_code == 1


WHOLE = """\
data_dir = "data"
public_url = "https://hub.council.test"
[[oidc]]
id = "council"
name = "Ramsey Council"
issuer = "https://login.council.test"
client_id = "hallkeeper"
[[oidc.groups]]
group = "hub-managers"
role = "manager"
sites = ["ramsey"]
[[oidc.groups]]
group = "hub-owners"
role = "owner"
sites = "all"
"""


def test_the_settings_of_a_provider(tmp_path: Path) -> None:
    file = tmp_path / "controller.toml"
    file.write_text(WHOLE)
    [section] = load_settings(file).oidc
    assert [each.sites for each in section.groups] == [("ramsey",), "all"]


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("https://login", "http://login", "oidc.issuer"),
        ("https://hub", "http://hub", "oidc"),
        ('id = "council"', 'id = "The Council"', "oidc.id"),
        ('name = "Ramsey Council"', 'name = " "', "oidc"),
        ('client_id = "hallkeeper"', 'client_id = "h"\nscopes = ["profile"]', "oidc.scopes"),
        ('client_id = "hallkeeper"', 'client_id = "h"\nclient_secret_file = "none"', "oidc.client_secret_file"),
        ('role = "owner"', 'role = "group_leader"', "oidc[0].groups[1].role"),
        ('sites = "all"', 'sites = "ramsey"', "oidc[0].groups[1].sites"),
        (
            "[[oidc]]",
            '[[oidc]]\nid="a"\nname="A"\nissuer="https://login.council.test"\nclient_id="a"\n[[oidc]]',
            "oidc.issuer",
        ),
    ],
)
def test_settings_that_cannot_be_used_name_their_key(tmp_path: Path, old: str, new: str, key: str) -> None:
    file = tmp_path / "controller.toml"
    file.write_text(WHOLE.replace(old, new, 1))
    with pytest.raises(ConfigError) as refused:
        load_settings(file)
    assert refused.value.key == key
