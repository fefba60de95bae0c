"""Passkeys: two devices, a lost one, what is refused, and what they count for."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import msgspec
import pyotp
import pytest
from fastapi import FastAPI
from sqlalchemy import select, update
from typer.testing import CliRunner

from controller.app.cli.controller import app as controller_cli
from controller.app.container import Container
from controller.people.account_mails.model import MailPurpose
from controller.people.account_mails.tables import account_mails
from controller.people.model import Role
from controller.people.passwords import LINE_LENGTH
from controller.people.sign_in_tables import passkeys, used_challenges
from controller.people.tables import users
from controller.platform.settings import MailSection, Settings
from controller.records.audit.tables import audit_rows
from controller.signin.passkeys.model import PasskeysUnavailable, relying_party
from controller.signin.passkeys.service import end_of, new_challenge
from tests.controller.clock import ManualClock
from tests.controller.running import NOW, PASSWORD, stranger
from tests.controller.signin.authenticator import Authenticator
from tests.controller.signin.signing import API, Json, make_user
from tests.eventually import eventually

ORIGIN, RP_ID = "https://hub.test", "hub.test"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return msgspec.structs.replace(settings, public_url=ORIGIN)


@pytest.fixture
def any_settings(any_settings: Settings) -> Settings:
    mail = MailSection(host="127.0.0.1", sender="hub@example.org")
    return msgspec.structs.replace(any_settings, public_url=ORIGIN, mail=mail)


@pytest.fixture
async def browser(any_app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with _browser(any_app) as client:
        yield client


def _browser(app: FastAPI) -> httpx.AsyncClient:
    client = stranger(app)
    client.base_url = httpx.URL(ORIGIN)
    client.headers["Origin"] = ORIGIN
    return client


def device(**how: bool) -> Authenticator:
    return Authenticator(ORIGIN, RP_ID, **how)


async def by_password(client: httpx.AsyncClient, user: str = "Max") -> httpx.Response:
    return await client.post(f"{API}/session", json={"user": user, "password": PASSWORD})


async def options(client: httpx.AsyncClient, path: str = "/session/passkey/options", **body: object) -> Json:
    answer = await client.post(API + path, json=body)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()["options"]
    return found


async def add(client: httpx.AsyncClient, key: Authenticator, name: str | None = None) -> Json:
    begun = await options(client, "/passkeys/options", current=PASSWORD)
    answer = await client.post(f"{API}/passkeys", json={"name": name, **key.made(begun)})
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    return made


async def sign_in(client: httpx.AsyncClient, key: Authenticator) -> httpx.Response:
    return await client.post(f"{API}/session/passkey", json=key.signed(await options(client)))


async def acts(container: Container) -> list[str]:
    async with container.database.read() as tx:
        return list((await tx.execute(select(audit_rows.c.act))).scalars())


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://hub.example.org", "https://hub.example.org"),
        ("https://Hub.example.org:443/", "https://hub.example.org"),
        ("https://hub.example.org:8443", "https://hub.example.org:8443"),
        ("http://localhost:8080", "http://localhost:8080"),
    ],
)
def test_passkeys_belong_to_the_origin_of_the_address(address: str, origin: str) -> None:
    assert relying_party(address).origin == origin


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("http://hub.example.org", "https only"),
        ("http://127.0.0.1:8080", "https only"),
        ("https://192.0.2.7", "a host name"),
        ("https://[2001:db8::7]:8443", "a host name"),
    ],
)
def test_without_https_or_a_name_there_are_none(address: str, why: str) -> None:
    with pytest.raises(PasskeysUnavailable, match=why):
        relying_party(address)


def test_a_challenge_is_for_one_thing_and_five_minutes() -> None:
    clock = ManualClock(NOW)
    made = new_challenge(b"key", b"sign in", clock.now())
    assert end_of(made, b"key", b"sign in", clock.now()) is not None
    for key, about, challenge in ((b"other", b"sign in", made), (b"key", b"add", made), (b"key", b"sign in", made[1:])):
        assert end_of(challenge, key, about, clock.now()) is None
    clock.advance(minutes=5)
    assert end_of(made, b"key", b"sign in", clock.now()) is None


@pytest.mark.both_databases
async def test_two_devices_sign_in_without_a_user_name_and_a_lost_one_is_removed(
    any_client: httpx.AsyncClient, browser: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    await make_user(any_client, "Max", "manager", email="max@x.test")
    await by_password(browser)
    phone, laptop = device(), device(counts=False)
    begun = await options(browser, "/passkeys/options", current=PASSWORD)
    assert begun["rp"]["id"] == RP_ID
    assert begun["authenticatorSelection"]["residentKey"] == "required"
    assert begun["authenticatorSelection"]["userVerification"] == "required"
    first = await add(browser, phone, "Phone")
    clock.advance(seconds=1)
    second = await add(browser, laptop)
    again = await options(browser, "/passkeys/options", current=PASSWORD)
    assert len(again["excludeCredentials"]) == 2
    for key in (phone, laptop, laptop):
        browser.cookies.clear()
        asked = await options(browser)
        assert (asked["rpId"], asked["userVerification"], asked["allowCredentials"]) == (RP_ID, "required", [])
        assert (await sign_in(browser, key)).status_code == 201
        assert (await browser.get(f"{API}/session")).json()["user"] == "Max"
    listed = (await browser.get(f"{API}/passkeys")).json()["items"]
    assert [each["id"] for each in listed] == [first["id"], second["id"]]
    assert all(each["last_used_at"] for each in listed)
    renamed = await browser.patch(f"{API}/passkeys/{second['id']}", json={"name": "Laptop"})
    assert renamed.json()["name"] == "Laptop"
    clock.advance(seconds=1)
    # Just signed in by passkey: no password is needed.
    assert (await browser.post(f"{API}/passkeys/{first['id']}/remove", json={})).status_code == 204
    browser.cookies.clear()
    assert (await sign_in(browser, phone)).status_code == 401
    assert (await sign_in(browser, laptop)).status_code == 201
    done = await acts(any_container)
    assert [done.count(act) for act in ("add passkey", "rename passkey", "remove passkey")] == [2, 1, 1]
    async with any_container.database.read() as tx:
        mails = (await tx.execute(select(account_mails.c.purpose).order_by(account_mails.c.id))).scalars().all()
    assert mails == ["passkey_added", "passkey_added", "passkey_removed"]
    for purpose in (MailPurpose.PASSKEY_ADDED, MailPurpose.PASSKEY_ADDED, MailPurpose.PASSKEY_REMOVED):
        mail = await any_container.account_mails.claim()
        assert mail is not None
        rendered = await any_container.account_mails.rendered(mail)
        assert rendered is not None
        assert (mail.purpose, rendered["To"]) == (purpose, "max@x.test")
        text = str(rendered.get_body(("plain",)))
        assert ("the account Max" in text, "http" in text) == (True, False)


async def test_an_answer_signs_in_once_and_all_that_does_not_fit_gets_the_same_answer(
    any_client: httpx.AsyncClient, browser: httpx.AsyncClient, clock: ManualClock
) -> None:
    await make_user(any_client, "Max", "manager")
    await by_password(browser)
    key, synced = device(), device(counts=False)
    await add(browser, key)
    await add(browser, synced)
    replayed = synced.signed(await options(browser))
    assert (await browser.post(f"{API}/session/passkey", json=replayed)).status_code == 201
    browser.cookies.clear()
    refused: list[httpx.Response] = []

    async def refuse(body: Json) -> None:
        refused.append(await browser.post(f"{API}/session/passkey", json=body))
        clock.advance(minutes=16)  # past any wait
        assert refused[-1].status_code == 401, refused[-1].text

    await refuse(replayed)
    own = key.signed(await options(browser))
    clock.advance(minutes=5)
    await refuse(own)  # too late
    key.origin = "https://hub.evil.test"
    await refuse(key.signed(await options(browser)))
    key.origin, key.rp_id = ORIGIN, "evil.test"
    await refuse(key.signed(await options(browser)))
    key.rp_id, key.verifies = RP_ID, False
    await refuse(key.signed(await options(browser)))
    key.verifies = True
    await refuse(key.signed({"challenge": "AAAA"}))
    await refuse(device().signed(await options(browser)))  # which nobody has
    await refuse(key.signed(await options(browser)) | {"signature": "AAAA"})
    await refuse(key.signed(await options(browser)) | {"collected_data": "AAAA"})
    await refuse(key.signed(await options(browser)) | {"authenticator_data": "AAAA"})
    assert (await sign_in(browser, key)).status_code == 201
    key.count -= 2
    await refuse(key.signed(await options(browser)))  # a copy of it has been used
    assert len({each.json()["detail"] for each in refused}) == 1
    body = key.signed(await options(browser)) | {"signature": "A"}
    malformed = await browser.post(f"{API}/session/passkey", json=body)
    assert malformed.status_code == 422
    key.count += 5
    assert (await sign_in(browser, key)).status_code == 201


@pytest.mark.both_databases
async def test_one_answer_lets_in_one_of_many(any_client: httpx.AsyncClient, browser: httpx.AsyncClient) -> None:
    await make_user(any_client, "Max", "manager")
    await by_password(browser)
    key = device(counts=False)
    await add(browser, key)
    body = key.signed(await options(browser))
    answers = await asyncio.gather(*(browser.post(f"{API}/session/passkey", json=body) for _ in range(4)))
    assert sorted(each.status_code for each in answers) == [201, 401, 401, 401]


async def test_wrong_tries_are_followed_by_a_wait_whether_the_passkey_is_known_or_not(
    any_app: FastAPI, any_client: httpx.AsyncClient, browser: httpx.AsyncClient
) -> None:
    await make_user(any_client, "Max", "manager")
    await by_password(browser)
    key = device()
    await add(browser, key)
    async with _browser(any_app) as other:
        for tried in (key, device()):
            body = tried.signed({"challenge": "AAAA"})
            found = [(await other.post(f"{API}/session/passkey", json=body)).status_code for _ in range(6)]
            assert found == [401] * 5 + [429]
    assert (await sign_in(browser, key)).status_code == 201, "a known browser has tries of its own"


@pytest.mark.usefixtures("client")
async def test_strangers_who_try_passkeys_wait_in_the_line_of_those_who_try_passwords(
    app: FastAPI, container: Container
) -> None:
    answers: list[int] = []

    async def guess(client: httpx.AsyncClient, key: Authenticator) -> int:
        answer = await client.post(f"{API}/session/passkey", json=key.signed({"challenge": "AAAA"}))
        answers.append(answer.status_code)
        return answer.status_code

    transport = httpx.ASGITransport(app, client=("198.51.100.1", 40_000))
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers={"Origin": ORIGIN}) as thief:
        async with container.database.write():  # nobody else writes now
            flood = [asyncio.create_task(guess(thief, device())) for _ in range(LINE_LENGTH + 9)]

            async def refused() -> bool:
                return answers == [503] * 9

            await eventually(refused, what="the line is full, and none of it is answered yet")
        await asyncio.gather(*flood)
        assert sorted(answers) == [401] * LINE_LENGTH + [503] * 9
        async with container.database.write():
            assert await guess(thief, device()) == 429, "its address has had its tries, and that writes nothing"


async def test_an_ended_user_has_no_way_in_left(any_client: httpx.AsyncClient, browser: httpx.AsyncClient) -> None:
    user = await make_user(any_client, "Max", "manager")
    await by_password(browser)
    key = device()
    await add(browser, key)
    assert (await any_client.patch(f"{API}/users/{user['id']}", json={"ended": True})).is_success
    assert (await sign_in(browser, key)).status_code == 401


@pytest.mark.both_databases
async def test_a_session_alone_adds_and_removes_none(
    any_client: httpx.AsyncClient, browser: httpx.AsyncClient, clock: ManualClock
) -> None:
    await make_user(any_client, "Max", "manager")
    await by_password(browser)
    key = device()
    made = await add(browser, key)
    await sign_in(browser, key)
    clock.advance(minutes=15)
    for body in ({}, {"current": "guess"}):
        for path in ("/passkeys/options", f"/passkeys/{made['id']}/remove"):
            refused = await browser.post(API + path, json=body)
            assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "current")
    removed = await browser.post(f"{API}/passkeys/{made['id']}/remove", json={"current": PASSWORD})
    assert removed.status_code == 204
    assert (await browser.post(f"{API}/passkeys/{made['id']}/remove", json={})).status_code == 404


async def test_a_new_passkey_belongs_to_the_session_that_asked(
    any_app: FastAPI, any_client: httpx.AsyncClient, browser: httpx.AsyncClient, clock: ManualClock
) -> None:
    await make_user(any_client, "Max", "manager")
    await make_user(any_client, "Ann", "auditor")
    await by_password(browser)
    key = device()
    begun = await options(browser, "/passkeys/options", current=PASSWORD)
    async with _browser(any_app) as other:
        for user in ("Max", "Ann"):
            await by_password(other, user)
            refused = await other.post(f"{API}/passkeys", json=key.made(begun))
            assert (refused.status_code, "begin again" in refused.text) == (422, True)
    assert (await browser.post(f"{API}/passkeys", json=key.made(begun))).status_code == 201
    assert (await browser.post(f"{API}/passkeys", json=key.made(begun))).status_code == 422
    same = key.made(await options(browser, "/passkeys/options", current=PASSWORD))
    assert (await browser.post(f"{API}/passkeys", json=same)).status_code == 409
    unverified = device()
    unverified.verifies = False
    body = unverified.made(await options(browser, "/passkeys/options", current=PASSWORD))
    assert (await browser.post(f"{API}/passkeys", json=body)).status_code == 422
    late = device().made(await options(browser, "/passkeys/options", current=PASSWORD))
    clock.advance(minutes=5)
    assert (await browser.post(f"{API}/passkeys", json=late)).status_code == 422
    odd = await browser.post(f"{API}/passkeys", json={"collected_data": "e30", "attestation": "oA"})
    assert odd.status_code == 422
    stranger_to_it = await browser.patch(f"{API}/passkeys/{'0' * 36}", json={"name": "Mine"})
    assert stranger_to_it.status_code == 404


@pytest.mark.cases_full
async def test_there_are_twenty_at_most(any_client: httpx.AsyncClient, browser: httpx.AsyncClient) -> None:
    await make_user(any_client, "Max", "manager")
    await by_password(browser)
    for _ in range(20):
        await add(browser, device())
    full = await browser.post(f"{API}/passkeys/options", json={"current": PASSWORD})
    assert (full.status_code, "20 passkeys" in full.text) == (409, True)


@pytest.mark.both_databases
async def test_a_passkey_counts_as_both_factors_and_the_password_alone_still_as_one(
    any_app: FastAPI,
    any_client: httpx.AsyncClient,
    browser: httpx.AsyncClient,
    any_container: Container,
) -> None:
    any_container.people.sessions.second_factor_roles = frozenset({Role.MANAGER})
    await make_user(any_client, "Max", "manager")
    await by_password(browser)
    assert (await browser.get(f"{API}/sites")).status_code == 403
    key = device()
    await add(browser, key)
    refused = await browser.get(f"{API}/sites")
    assert (refused.status_code, "passkey" in refused.text) == (403, True)
    again = await browser.post(f"{API}/session/passkey/again", json=key.signed(await options(browser)))
    assert (again.status_code, "opened without it; sign in by it" in again.text) == (403, True), again.text
    assert (await sign_in(browser, key)).status_code == 201
    assert (await browser.get(f"{API}/sites")).status_code == 200
    body = {"name": "rota", "until": "2026-12-31"}
    token: Json = (await browser.post(f"{API}/tokens", json=body)).json()
    async with stranger(any_app) as program:
        program.headers["Authorization"] = f"Bearer {token['token']}"
        assert (await program.get(f"{API}/parties")).status_code == 200
        refused = await program.get(f"{API}/passkeys")
        assert refused.status_code == 403
    browser.cookies.clear()
    await by_password(browser)
    assert (await browser.get(f"{API}/sites")).status_code == 403


async def test_no_second_step_follows_a_passkey(any_client: httpx.AsyncClient, browser: httpx.AsyncClient) -> None:
    await make_user(any_client, "Max", "manager")
    await by_password(browser)
    key = device()
    await add(browser, key)
    secret = (await browser.post(f"{API}/session/second-factor", json={"current": PASSWORD})).json()["secret"]
    code = pyotp.TOTP(secret).at(NOW)
    assert (await browser.post(f"{API}/session/second-factor/proof", json={"code": code})).is_success
    browser.cookies.clear()
    assert (await by_password(browser)).status_code == 200
    assert (await sign_in(browser, key)).status_code == 201


async def test_passkeys_on_a_lost_device_are_removed_by_who_keeps_users(
    any_client: httpx.AsyncClient, browser: httpx.AsyncClient, any_container: Container
) -> None:
    user = await make_user(any_client, "Max", "manager")
    await by_password(browser)
    key = device()
    await add(browser, key)
    await sign_in(browser, key)
    assert (await browser.delete(f"{API}/users/{user['id']}/passkeys")).status_code == 403, "one's own"
    assert (await any_client.delete(f"{API}/users/{user['id']}/passkeys")).status_code == 204
    assert (await browser.get(f"{API}/session")).status_code == 401
    assert (await sign_in(browser, key)).status_code == 401
    assert (await any_client.delete(f"{API}/users/{user['id']}/passkeys")).status_code == 404
    assert (await acts(any_container)).count("remove passkeys") == 1


async def test_passkeys_on_a_lost_device_are_removed_on_the_controllers_machine(
    app: FastAPI, client: httpx.AsyncClient, container: Container, tmp_path: Path
) -> None:
    await make_user(client, "Max", "manager")
    config, settings = tmp_path / "controller.toml", container.settings
    config.write_text(f'data_dir = "{settings.data_dir}"\ndatabase = "{settings.database_url}"\n')
    async with _browser(app) as browser:
        await by_password(browser)
        key = device()
        await add(browser, key)
        words = ["user", "remove-passkeys", "max", "--config", str(config)]
        done = await asyncio.to_thread(CliRunner().invoke, controller_cli, words)
        assert (done.exit_code, done.output) == (0, "max signs in without a passkey now.\n")
        assert (await sign_in(browser, key)).status_code == 401
        assert (await by_password(browser)).status_code == 201


async def test_the_last_way_in_is_not_removed(app: FastAPI, client: httpx.AsyncClient, container: Container) -> None:
    """Without a mail server a user without a password has only passkeys."""
    user = await make_user(client, "Max", "manager", email="max@x.test")
    async with _browser(app) as browser:
        await by_password(browser)
        first, second = device(), device()
        made = [await add(browser, each) for each in (first, second)]
        await _forget_password(container, user["id"])
        await sign_in(browser, second)
        remove = [f"{API}/passkeys/{each['id']}/remove" for each in made]
        assert (await browser.post(remove[0], json={})).status_code == 204
        refused = await browser.post(remove[1], json={})
        assert (refused.status_code, "your only way to sign in" in refused.text) == (409, True)
        new = {"new": "seven red bicycles"}
        assert (await browser.post(f"{API}/session/password", json=new)).is_success
        assert (await browser.post(remove[1], json={})).status_code == 204


async def _forget_password(container: Container, user_id: str) -> None:
    async with container.database.write() as tx:
        await tx.execute(update(users).where(users.c.id == user_id).values(password_hash=None))


async def test_only_challenges_that_were_used_are_stored_and_not_for_long(
    any_client: httpx.AsyncClient, browser: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    await make_user(any_client, "Max", "manager")
    await by_password(browser)
    key = device()
    await add(browser, key)
    for _ in range(5):
        await options(browser)

    async def stored() -> int:
        async with any_container.database.read() as tx:
            return len((await tx.execute(select(used_challenges))).all())

    assert await stored() == 1
    clock.advance(minutes=6)
    await any_container.passkeys.tidy()
    assert await stored() == 0
    async with any_container.database.read() as tx:
        assert len((await tx.execute(select(passkeys))).all()) == 1


async def test_the_api_says_where_passkeys_work(any_client: httpx.AsyncClient) -> None:
    found = (await any_client.get(f"{API}/sign-in-options")).json()
    assert (found["passkey_origin"], found["passkey_hint"]) == (ORIGIN, None)


class TestAtAnIpAddress:
    @pytest.fixture
    def any_settings(self, any_settings: Settings) -> Settings:
        return msgspec.structs.replace(any_settings, public_url="http://192.0.2.7:8080")

    async def test_the_api_refuses_and_says_why(self, any_client: httpx.AsyncClient) -> None:
        any_client.base_url = httpx.URL("http://192.0.2.7:8080")
        found = (await any_client.get(f"{API}/sign-in-options")).json()
        assert found["passkey_origin"] is None
        assert "public_url" in found["passkey_hint"]
        key = device()
        calls = {
            "/session/passkey/options": {},
            "/session/passkey": key.signed({"challenge": "AAAA"}),
            "/passkeys/options": {"current": PASSWORD},
            "/passkeys": key.made({"challenge": "AAAA"}),
        }
        for path, body in calls.items():
            refused = await any_client.post(API + path, json=body)
            assert (refused.status_code, refused.json()["type"].split(":")[-1]) == (409, "no-passkeys"), path
            assert refused.json()["detail"] == found["passkey_hint"]


@pytest.mark.cases_full
async def test_a_passkey_shows_in_the_same_session_that_it_is_its_own_user(
    any_app: FastAPI,
    any_client: httpx.AsyncClient,
    browser: httpx.AsyncClient,
    any_container: Container,
    clock: ManualClock,
) -> None:
    for name in ("Max", "Ivy"):
        await make_user(any_client, name, "manager")
    keys = {"Max": device(), "Ivy": device()}
    for name, key in keys.items():
        browser.cookies.clear()
        await by_password(browser, name)
        await add(browser, key)
    browser.cookies.clear()

    async def again(body: Json) -> httpx.Response:
        return await browser.post(f"{API}/session/passkey/again", json=body)

    assert (await again(keys["Max"].signed(await options(browser)))).status_code == 401, "nobody is signed in"
    await by_password(browser)
    sessions = (await browser.get(f"{API}/sessions")).json()["items"]
    other = await again(keys["Ivy"].signed(await options(browser)))
    assert (other.status_code, "belongs to another user" in other.json()["detail"]) == (403, True)
    assert (await again(device().signed(await options(browser)))).status_code == 401, "which nobody has"
    assert (await browser.get(f"{API}/session/email")).json()["just_signed_in"] is False
    assert (await browser.get(f"{API}/session")).json()["user"] == "Max"
    answer = keys["Max"].signed(await options(browser))
    proven = await again(answer)
    assert proven.status_code == 200, proven.text
    assert proven.json() == {"proven_until": (clock.now() + timedelta(minutes=15)).isoformat()}
    assert (await browser.get(f"{API}/session/email")).json()["just_signed_in"] is True
    assert [each["id"] for each in (await browser.get(f"{API}/sessions")).json()["items"]] == [
        each["id"] for each in sessions
    ]
    assert (await again(answer)).status_code == 401, "twice"
    assert (await browser.post(f"{API}/session/passkey", json=answer)).status_code == 401, "nor to sign in"
    assert (await acts(any_container)).count("prove") == 1
    for _ in range(4):
        await again(device().signed(await options(browser)))
    assert (await again(keys["Max"].signed(await options(browser)))).status_code == 429
