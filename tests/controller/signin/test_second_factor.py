"""Authenticator apps: a second step, codes that work once, recovery codes, a role that wants one, and a reset."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import httpx
import pyotp
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select
from typer.testing import CliRunner

from controller.app.cli.controller import app as controller_cli
from controller.app.container import Container
from controller.people.model import Role
from controller.people.sign_in_tables import recovery_codes, second_factors
from controller.platform.settings import RoleName
from controller.records.audit.tables import audit_rows
from controller.signin.second_factor import totp
from tests.controller.clock import ManualClock
from tests.controller.running import BASE_URL, PASSWORD, stranger
from tests.controller.signin.signing import API, Json, make_user, user_with

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""Of RFC 6238, appendix B."""
ORIGIN = {"Origin": BASE_URL}


@pytest.mark.parametrize(
    ("second", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_the_codes_are_those_of_the_standard(second: int, code: str) -> None:
    now = datetime.fromtimestamp(second, UTC)
    assert totp.step_of(SECRET, code, now, after=0) == second // 30


def test_a_code_works_one_step_early_and_late_and_never_twice() -> None:
    now = datetime(2026, 11, 25, 12, tzinfo=UTC)
    current = int(now.timestamp()) // 30
    codes = {drift: pyotp.TOTP(SECRET).generate_otp(current + drift) for drift in (-2, -1, 0, 1, 2)}
    found = {drift: totp.step_of(SECRET, code, now, after=0) for drift, code in codes.items()}
    assert found == {-2: None, -1: current - 1, 0: current, 1: current + 1, 2: None}
    assert totp.step_of(SECRET, codes[0], now, after=current) is None


def test_the_settings_know_every_role() -> None:
    assert set(get_args(RoleName)) == set(Role)


class Phone:
    """An authenticator app, with the hub's clock."""

    def __init__(self, secret: str, clock: ManualClock) -> None:
        self._totp = pyotp.TOTP(secret)
        self._clock = clock

    def code(self) -> str:
        return self._totp.at(self._clock.now())


@pytest.fixture
async def browser(any_app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with stranger(any_app) as client:
        client.headers.update(ORIGIN)
        yield client


async def begin(client: httpx.AsyncClient, user: str = "Max") -> httpx.Response:
    return await client.post(f"{API}/session", json={"user": user, "password": PASSWORD})


async def set_up(client: httpx.AsyncClient, clock: ManualClock) -> tuple[Phone, list[str]]:
    """Sign Max in and add an app; its first code is used then."""
    assert (await begin(client)).status_code == 201
    made = (await client.post(f"{API}/session/second-factor", json={"current": PASSWORD})).json()
    assert made["address"].startswith("otpauth://totp/Hallkeeper:Max?secret=")
    phone = Phone(made["secret"], clock)
    answer = await client.post(f"{API}/session/second-factor/proof", json={"code": phone.code()})
    assert answer.status_code == 200, answer.text
    clock.advance(seconds=30)
    return phone, answer.json()["recovery_codes"]


async def step(client: httpx.AsyncClient, pending: str, code: str) -> httpx.Response:
    return await client.post(f"{API}/session/second-step", json={"pending": pending, "code": code})


async def test_signing_in_takes_two_steps_and_a_code_works_once(
    any_client: httpx.AsyncClient, browser: httpx.AsyncClient, clock: ManualClock
) -> None:
    await make_user(any_client, "Max", "manager")
    phone, _ = await set_up(browser, clock)
    assert (await browser.get(f"{API}/session/second-factor")).json() == {"on": True, "codes_left": 10}
    browser.cookies.clear()
    first = await begin(browser)
    assert (first.status_code, list(first.json())) == (200, ["pending"])
    assert "hk_session" not in browser.cookies
    assert (await browser.get(f"{API}/session")).status_code == 401
    code, pending = phone.code(), first.json()["pending"]
    done = await step(browser, pending, f" {code[:3]} {code[3:]} ")
    assert done.status_code == 201, done.text
    assert (await browser.get(f"{API}/session")).json()["user"] == "Max"
    assert (await step(browser, pending, code)).status_code == 401
    assert (await step(browser, (await begin(browser)).json()["pending"], code)).status_code == 401


@pytest.mark.both_databases
async def test_one_code_lets_in_one_of_many_at_once(
    any_client: httpx.AsyncClient, browser: httpx.AsyncClient, clock: ManualClock
) -> None:
    await make_user(any_client, "Max", "manager")
    phone, codes = await set_up(browser, clock)
    for code in (phone.code(), codes[0]):
        pending = [(await begin(browser)).json()["pending"] for _ in range(3)]
        answers = await asyncio.gather(*(step(browser, each, code) for each in pending))
        assert sorted(each.status_code for each in answers) == [201, 401, 401]  # in all fewer than lead to a wait


async def test_recovery_codes_work_once_each_and_are_hashed(
    any_client: httpx.AsyncClient, browser: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    await make_user(any_client, "Max", "manager")
    phone, codes = await set_up(browser, clock)
    assert len(set(codes)) == 10
    for code, status in ((codes[3].upper(), 201), (codes[3], 401), (codes[4].replace("-", " "), 201)):
        pending = (await begin(browser)).json()["pending"]
        assert (await step(browser, pending, code)).status_code == status
    assert (await browser.get(f"{API}/session/second-factor")).json()["codes_left"] == 8
    async with any_container.database.read() as tx:
        stored = b"".join((await tx.execute(select(recovery_codes.c.code_hash))).scalars())
        [sealed] = (await tx.execute(select(second_factors.c.sealed_secret))).scalars()
        acts = (await tx.execute(select(audit_rows.c.act))).scalars().all()
    assert not any(code.encode() in stored for code in codes)
    user = (await user_with(any_client, "manager"))["id"]
    guessed = [hashlib.sha256(f"recovery code\0{user}\0{totp.plain(code)}".encode()).digest() for code in codes]
    assert not any(each in stored for each in guessed)  # a copy of the database alone tells no right guess
    assert phone._totp.secret.encode() not in sealed
    assert acts.count("use recovery code") == 2
    assert "add second factor" in acts


@pytest.mark.both_databases
async def test_five_wrong_codes_are_followed_by_a_wait_whatever_first_step_they_belong_to(
    any_client: httpx.AsyncClient, browser: httpx.AsyncClient, clock: ManualClock
) -> None:
    await make_user(any_client, "Max", "manager")
    phone, _ = await set_up(browser, clock)
    pending = [(await begin(browser)).json()["pending"] for _ in range(2)]
    answers = await asyncio.gather(*(step(browser, pending[n % 2], "abcdef") for n in range(8)))
    assert sorted(each.status_code for each in answers) == [401] * 5 + [429] * 3
    assert (await step(browser, pending[0], phone.code())).status_code == 429
    clock.advance(seconds=30)
    assert (await step(browser, pending[0], phone.code())).status_code == 201


async def test_the_first_step_is_forgotten_after_ten_minutes(
    any_client: httpx.AsyncClient, browser: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    await make_user(any_client, "Max", "manager")
    phone, _ = await set_up(browser, clock)
    pending = (await begin(browser)).json()["pending"]
    clock.advance(minutes=10)
    late = await step(browser, pending, phone.code())
    assert (late.status_code, "begin again" in late.json()["detail"]) == (401, True)
    await any_container.second_factors.tidy()
    assert (await step(browser, "x", "123456")).status_code == 401


@pytest.mark.both_databases
async def test_an_app_can_be_confirmed_for_an_hour(
    any_client: httpx.AsyncClient, browser: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    await make_user(any_client, "Max", "manager")
    await begin(browser)
    made: Json = (await browser.post(f"{API}/session/second-factor", json={"current": PASSWORD})).json()
    clock.advance(hours=1)
    proof = {"code": pyotp.TOTP(made["secret"]).at(clock.now())}
    late = await browser.post(f"{API}/session/second-factor/proof", json=proof)
    assert late.status_code == 404, late.text
    await any_container.second_factors.tidy()
    async with any_container.database.read() as tx:
        assert (await tx.execute(select(func.count()).select_from(second_factors))).scalar_one() == 0


async def test_an_app_that_is_not_confirmed_counts_for_nothing(
    any_client: httpx.AsyncClient, browser: httpx.AsyncClient
) -> None:
    await make_user(any_client, "Max", "manager")
    await begin(browser)
    made: Json = (await browser.post(f"{API}/session/second-factor", json={"current": PASSWORD})).json()
    wrong = await browser.post(f"{API}/session/second-factor/proof", json={"code": "abcdef"})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "code")
    assert (await begin(browser)).status_code == 201
    again: Json = (await browser.post(f"{API}/session/second-factor", json={"current": PASSWORD})).json()
    assert again["secret"] != made["secret"]


async def test_a_session_alone_adds_no_app(any_client: httpx.AsyncClient, browser: httpx.AsyncClient) -> None:
    await make_user(any_client, "Max", "manager")
    await begin(browser)
    for number in range(6):
        body = {"current": f"guess {number}"} if number else {}
        refused = await browser.post(f"{API}/session/second-factor", json=body)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "current")
    blocked = await browser.post(f"{API}/session/second-factor", json={"current": PASSWORD})
    assert blocked.status_code == 429
    nothing = await browser.post(f"{API}/session/second-factor/proof", json={"code": "123456"})
    assert nothing.status_code == 404


async def test_the_first_code_cannot_be_guessed_at_either(
    any_client: httpx.AsyncClient, browser: httpx.AsyncClient, clock: ManualClock
) -> None:
    await make_user(any_client, "Max", "manager")
    await begin(browser)
    made: Json = (await browser.post(f"{API}/session/second-factor", json={"current": PASSWORD})).json()
    proof = f"{API}/session/second-factor/proof"
    answers = [(await browser.post(proof, json={"code": "abcdef"})).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]
    clock.advance(seconds=30)
    assert (await browser.post(proof, json={"code": Phone(made["secret"], clock).code()})).status_code == 200


async def test_it_takes_a_code_to_remove_ones_own_app(
    any_client: httpx.AsyncClient, browser: httpx.AsyncClient, clock: ManualClock
) -> None:
    await make_user(any_client, "Max", "manager")
    phone, _ = await set_up(browser, clock)
    assert (await browser.post(f"{API}/session/second-factor", json={"current": PASSWORD})).status_code == 409
    remove = f"{API}/session/second-factor/remove"
    assert (await browser.post(remove, json={"code": "abcdef"})).status_code == 401
    assert (await browser.post(remove, json={"code": phone.code()})).status_code == 204
    assert (await browser.post(remove, json={"code": phone.code()})).status_code == 404
    assert (await begin(browser)).status_code == 201


async def test_a_lost_app_is_reset_by_who_keeps_users_and_that_is_on_the_record(
    any_client: httpx.AsyncClient, browser: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    user = await make_user(any_client, "Max", "manager")
    await set_up(browser, clock)
    reset = f"{API}/users/{user['id']}/second-factor"
    assert (await any_client.delete(reset)).status_code == 204
    assert (await browser.get(f"{API}/session")).status_code == 401
    assert (await begin(browser)).status_code == 201
    assert (await any_client.delete(reset)).status_code == 404
    async with any_container.database.read() as tx:
        acts = (await tx.execute(select(audit_rows.c.act))).scalars().all()
    assert acts.count("reset second factor") == 1


async def test_a_lost_app_is_reset_on_the_controllers_machine(
    app: FastAPI, client: httpx.AsyncClient, container: Container, clock: ManualClock, tmp_path: Path
) -> None:
    await make_user(client, "Max", "manager")
    config = tmp_path / "controller.toml"
    settings = container.settings
    config.write_text(f'data_dir = "{settings.data_dir}"\ndatabase = "{settings.database_url}"\n')
    async with stranger(app) as browser:
        browser.headers.update(ORIGIN)
        await set_up(browser, clock)
        words = ["user", "reset-second-factor", "max", "--config", str(config)]
        done = await asyncio.to_thread(CliRunner().invoke, controller_cli, words)
        assert (done.exit_code, done.output) == (0, "max signs in without an authenticator app now.\n")
        assert (await begin(browser)).status_code == 201


async def test_a_role_that_wants_one_gets_no_further_than_the_account_without(
    any_client: httpx.AsyncClient, browser: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    any_container.people.sessions.second_factor_roles = frozenset({Role.MANAGER})
    await make_user(any_client, "Max", "manager")
    await make_user(any_client, "Ann", "auditor")
    await begin(browser)
    refused = await browser.get(f"{API}/sites")
    assert (refused.status_code, "authenticator app" in refused.json()["detail"]) == (403, True)
    session = (await browser.get(f"{API}/session")).json()
    assert (session["actions"], session["needs_second_factor"]) == ({}, True)
    password = {"current": PASSWORD, "new": "seven red bicycles"}
    for path, body in (("password", password), ("email", {"current": PASSWORD, "email": "max@hub.test"})):
        refused = await browser.post(f"{API}/session/{path}", json=body)
        assert (refused.status_code, "authenticator app" in refused.json()["detail"]) == (403, True)
    await set_up(browser, clock)
    assert (await browser.get(f"{API}/sites")).status_code == 200
    assert (await browser.post(f"{API}/session/password", json=password)).status_code == 200
    browser.cookies.clear()
    assert (await begin(browser, "Ann")).status_code == 201
    assert (await browser.get(f"{API}/sites")).status_code == 200


async def test_a_token_does_not_stand_in_for_the_app_that_a_role_wants(
    any_app: FastAPI,
    any_client: httpx.AsyncClient,
    browser: httpx.AsyncClient,
    any_container: Container,
    clock: ManualClock,
) -> None:
    await make_user(any_client, "Max", "manager")
    await begin(browser)
    new = {"name": "rota", "until": "2026-12-31", "current": PASSWORD}
    before: Json = (await browser.post(f"{API}/tokens", json=new)).json()
    any_container.people.sessions.second_factor_roles = frozenset({Role.MANAGER})
    for method, path in (("GET", "/tokens"), ("POST", "/tokens"), ("DELETE", f"/tokens/{before['id']}")):
        refused = await browser.request(method, f"{API}{path}", json=new if method == "POST" else {})
        assert (refused.status_code, "authenticator app" in refused.text) == (403, True), (method, refused.text)
    async with stranger(any_app) as program:
        program.headers["Authorization"] = f"Bearer {before['token']}"
        assert (await program.get(f"{API}/parties")).status_code == 403
        choir = {"kind": "group", "name": "Choir"}
        assert (await program.put(f"{API}/parties/choir", json=choir)).status_code == 403
        await set_up(browser, clock)  # which ends what was made before
        assert (await program.get(f"{API}/parties")).status_code == 401
        made: Json = (await browser.post(f"{API}/tokens", json=new)).json()
        program.headers["Authorization"] = f"Bearer {made['token']}"
        assert (await program.get(f"{API}/parties")).status_code == 200


async def test_tokens_are_kept_by_who_asks_for_that(
    any_client: httpx.AsyncClient, browser: httpx.AsyncClient, clock: ManualClock
) -> None:
    await make_user(any_client, "Max", "manager")
    await begin(browser)
    made: Json = (
        await browser.post(f"{API}/tokens", json={"name": "rota", "until": "2026-12-31", "current": PASSWORD})
    ).json()
    secret = (await browser.post(f"{API}/session/second-factor", json={"current": PASSWORD})).json()["secret"]
    proof = {"code": Phone(secret, clock).code(), "keep_tokens": True}
    assert (await browser.post(f"{API}/session/second-factor/proof", json=proof)).is_success
    assert [each["id"] for each in (await browser.get(f"{API}/tokens")).json()["items"]] == [made["id"]]


@pytest.mark.parametrize("change", ["own", "password", "email", "others"])
async def test_a_first_step_ends_with_the_password_the_address_and_the_sessions(
    any_client: httpx.AsyncClient, browser: httpx.AsyncClient, clock: ManualClock, change: str
) -> None:
    user = await make_user(any_client, "Max", "manager", email="max@x.test")
    phone, _ = await set_up(browser, clock)
    pending = (await browser.post(f"{API}/session", json={"user": "Max", "password": PASSWORD})).json()["pending"]
    if change == "own":
        answer = await browser.post(f"{API}/session/password", json={"current": PASSWORD, "new": "seven red bicycles"})
    elif change == "others":
        answer = await browser.delete(f"{API}/session/others")
    else:
        value = {"password": "seven red bicycles", "email": "other@x.test"}[change]
        answer = await any_client.patch(f"{API}/users/{user['id']}", json={change: value})
    assert answer.is_success, answer.text
    late = await step(browser, pending, phone.code())
    assert (late.status_code, "begin again" in late.text) == (401, True)
