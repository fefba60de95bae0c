"""Displays: a tablet or a screen is paired by a code that works once, and can do what its kind may, at its site."""

import asyncio
import re
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select
from typer.testing import CliRunner

from controller.app.container import Container
from controller.people.passwords import LINE_LENGTH
from controller.records.audit.tables import audit_rows
from controller.signin.commands import displays as displays_cli
from controller.signin.displays.repository import displays
from tests.controller.clock import ManualClock
from tests.controller.people.route_rights import rows
from tests.controller.running import BASE_URL, PASSWORD, stranger
from tests.controller.serving import serving
from tests.controller.signin.signing import API, Json, make_user, signed_in_as
from tests.controller.village import SITE
from tests.digits import says
from tests.eventually import eventually

PAIR = f"{API}/displays/pair"


@pytest.fixture
async def device(any_app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with stranger(any_app) as client:
        client.headers["Origin"] = BASE_URL
        yield client


async def make(client: httpx.AsyncClient, kind: str = "tablet", site: str = SITE, **fields: object) -> Json:
    answer = await client.post(f"{API}/sites/{site}/displays", json={"kind": kind, "name": "Foyer"} | fields)
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    return made


async def pair(device: httpx.AsyncClient, code: str) -> httpx.Response:
    return await device.post(PAIR, json={"code": code})


async def listed(client: httpx.AsyncClient) -> list[Json]:
    items: list[Json] = (await client.get(f"{API}/sites/{SITE}/displays")).json()["items"]
    return items


@pytest.mark.both_databases
async def test_a_device_is_paired_listed_and_ended(
    any_village: httpx.AsyncClient, device: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    made = await make(any_village, name="Hall door", space="hall")
    assert re.fullmatch(r"\d{8}", made["code"])
    assert made["link"] == f"{BASE_URL}/pair#{made['code']}"
    assert made["qr"].startswith("<svg")
    [waiting] = await listed(any_village)
    assert (waiting["paired_at"], "code" in waiting) == (None, False)
    code = f"{made['code'][:4]} {made['code'][4:]}"
    paired = await pair(device, code)
    assert paired.status_code == 201, paired.text
    assert (paired.json()["name"], paired.json()["site"], paired.json()["space"]) == ("Hall door", SITE, "hall")
    session = (await device.get(f"{API}/session")).json()
    assert (session["user"], session["display"]["space"]) == ("Hall door", "hall")
    assert session["actions"] == {"read": [SITE], "details": [SITE], "check_in": [SITE]}
    assert (await device.get(f"{API}/sites/{SITE}/bookings?from=2026-11-25&to=2026-11-26")).status_code == 200
    clock.advance(hours=2)
    await device.get(f"{API}/session")
    [seen] = await listed(any_village)
    assert seen["paired_at"] < seen["last_seen_at"]
    assert (await any_village.delete(f"{API}/sites/{SITE}/displays/{seen['id']}")).status_code == 204
    assert (await device.get(f"{API}/session")).status_code == 401
    assert await listed(any_village) == []
    again = await any_village.delete(f"{API}/sites/{SITE}/displays/{seen['id']}")
    assert again.status_code == 404
    async with any_container.database.read() as tx:
        query = select(audit_rows.c.act, audit_rows.c.actor).where(audit_rows.c.thing == f"display {seen['id']}")
        found = {row.act: row.actor for row in await tx.execute(query.order_by(audit_rows.c.id))}
    assert list(found) == ["make display", "pair display", "end display"]
    assert found["pair display"] == f"display:{seen['id']}"


async def test_who_has_signed_in_on_the_device_is_signed_out_once_it_is_paired(
    any_village: httpx.AsyncClient, device: httpx.AsyncClient
) -> None:
    await make_user(any_village, "Wim", "wall", sites=[SITE])
    signed_in = await device.post(f"{API}/session", json={"user": "Wim", "password": PASSWORD})
    assert signed_in.is_success, signed_in.text
    kept = dict(device.cookies)
    assert (await pair(device, "00000000")).status_code == 401
    assert (await device.get(f"{API}/session")).json()["user"] == "Wim"
    assert (await pair(device, (await make(any_village))["code"])).status_code == 201
    assert (await device.get(f"{API}/session")).json()["user"] == "Foyer"
    device.cookies.clear()
    device.cookies.update(kept)
    assert (await device.get(f"{API}/session")).status_code == 401


@pytest.mark.both_databases
async def test_a_code_works_once_and_for_ten_minutes(
    any_village: httpx.AsyncClient, device: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    code = (await make(any_village))["code"]
    answers = await asyncio.gather(*(pair(device, code) for _ in range(4)))
    assert sorted(each.status_code for each in answers) == [201, 401, 401, 401]
    late = (await make(any_village))["code"]
    clock.advance(minutes=10)
    assert (await pair(device, late)).status_code == 401
    async with any_container.database.read() as tx:
        stored = str((await tx.execute(select(displays))).all())
    assert not says(stored, code)
    assert "hkd_" not in stored
    await any_container.displays.tidy()
    async with any_container.database.read() as tx:
        assert len((await tx.execute(select(displays))).all()) == 1


async def test_wrong_codes_are_followed_by_a_wait(any_village: httpx.AsyncClient, device: httpx.AsyncClient) -> None:
    code = (await make(any_village))["code"]
    wrong = f"{(int(code) + 1) % 10**8:08}"
    answers = [(await pair(device, wrong)).status_code for _ in range(21)]
    assert answers == [401] * 20 + [429]
    assert (await pair(device, code)).status_code == 429


@pytest.mark.usefixtures("client")
async def test_strangers_who_try_codes_wait_in_the_line_of_those_who_try_passwords(
    app: FastAPI, container: Container
) -> None:
    answers: list[int] = []

    async def guess(client: httpx.AsyncClient) -> int:
        answers.append((await pair(client, "00000000")).status_code)
        return answers[-1]

    async with stranger(app) as thief:
        async with container.database.write():  # nobody else writes now
            flood = [asyncio.create_task(guess(thief)) for _ in range(LINE_LENGTH + 9)]

            async def refused() -> bool:
                return answers == [503] * 9

            await eventually(refused, what="the line is full, and none of it is answered yet")
        await asyncio.gather(*flood)
        assert sorted(answers) == [401] * LINE_LENGTH + [503] * 9
        async with container.database.write():
            assert await guess(thief) == 429, "that writes nothing"


async def test_it_stays_paired_for_a_year_from_its_last_use(
    any_village: httpx.AsyncClient, device: httpx.AsyncClient, clock: ManualClock
) -> None:
    await pair(device, (await make(any_village, "wall"))["code"])
    device.cookies.jar.clear_expired_cookies = lambda: None  # type: ignore[method-assign]  # by the machine's own clock
    for _ in range(3):
        clock.advance(days=364)
        answer = await device.get(f"{API}/session")
        assert (answer.status_code, "Max-Age=31536000" in answer.headers["set-cookie"]) == (200, True)
    clock.advance(days=365)
    assert (await device.get(f"{API}/session")).status_code == 401


async def test_it_has_no_account_and_is_no_user_of_its_name(
    any_village: httpx.AsyncClient, device: httpx.AsyncClient
) -> None:
    await make_user(any_village, "Foyer", "owner")
    await pair(device, (await make(any_village))["code"])
    own = [(method, path) for (method, path), row in rows().items() if row.action == "signed-in"]
    assert len(own) > 15
    for method, path in own:
        if path in ("/session", "/session/notice-preferences"):
            continue
        answer = await device.request(method, API + re.sub(r"{\w+}", "0" * 36, path), json={})
        assert answer.status_code in (403, 422), (method, path, answer.text)
    assert (await device.get(f"{API}/sites/{SITE}/now")).status_code == 403
    assert (await device.get(f"{API}/users")).status_code == 403
    assert (await device.post(f"{API}/sites/{SITE}/displays", json={"kind": "wall", "name": "x"})).status_code == 403


async def test_a_device_that_signs_out_has_to_be_paired_again(
    any_village: httpx.AsyncClient, device: httpx.AsyncClient
) -> None:
    token = (await pair(device, (await make(any_village))["code"])).json()["token"]
    assert (await device.delete(f"{API}/session", headers={"Content-Type": "application/json"})).status_code == 204
    device.headers["Authorization"] = f"Bearer {token}"
    assert (await device.get(f"{API}/session")).status_code == 401
    assert await listed(any_village) == []


async def test_managers_keep_the_displays_of_their_own_sites(
    any_app: FastAPI, any_village: httpx.AsyncClient, device: httpx.AsyncClient
) -> None:
    await any_village.put(f"{API}/sites/wyton", json={"name": "Wyton", "zone": "Europe/London"})
    there = await make(any_village, site="wyton")
    async with signed_in_as(any_app, any_village, "manager", sites=[SITE]) as manager:
        await make(manager)
        path = f"{API}/sites/wyton/displays"
        assert (await manager.get(path)).status_code == 403
        assert (await manager.post(path, json={"kind": "wall", "name": "x"})).status_code == 403
        assert (await manager.delete(f"{path}/{there['id']}")).status_code == 403
        assert (await manager.delete(f"{API}/sites/{SITE}/displays/{there['id']}")).status_code == 404
    async with signed_in_as(any_app, any_village, "porter", sites=[SITE]) as porter:
        assert (await porter.get(f"{API}/sites/{SITE}/displays")).status_code == 403
    await pair(device, there["code"])
    assert (await device.get(f"{API}/sites/wyton")).status_code == 200
    assert (await device.get(f"{API}/sites/{SITE}")).status_code == 403


async def test_a_space_goes_with_a_tablet_and_must_be_there(any_village: httpx.AsyncClient) -> None:
    for body in ({"kind": "wall", "space": "hall"}, {"kind": "tablet", "space": "no-such"}):
        refused = await any_village.post(f"{API}/sites/{SITE}/displays", json={"name": "x"} | body)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "space")


async def test_the_commands_make_list_and_end_displays(app: FastAPI, village: httpx.AsyncClient) -> None:
    async with serving(app) as address:
        env = {"HALLKEEPER_TOKEN": village.headers["Authorization"].removeprefix("Bearer "), "COLUMNS": "250"}

        async def run(*words: str) -> str:
            done = await asyncio.to_thread(CliRunner().invoke, displays_cli, [*words, "--server", address], env=env)
            assert done.exit_code == 0, done.output
            return done.output

        told = await run("add", SITE, "Hall door", "--kind", "tablet", "--space", "hall")
        [code] = re.findall(r"\b\d{4} \d{4}\b", told)
        assert "waits for its code" in await run("list", SITE)
        async with stranger(app) as device:
            assert (await pair(device, code)).status_code == 201
        assert "waits" not in await run("list", SITE)
        [made] = await listed(village)
        assert await run("end", SITE, made["id"]) == "The display has ended.\n"
        assert "no displays" in await run("list", SITE)
