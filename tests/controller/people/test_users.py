"""Who may sign in, and as what."""

import asyncio

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, event, select
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from controller.container import Container
from controller.people.tables import sessions, writes
from controller.people.users import UserChange
from tests.controller.people.signing import API, Json, make_user, put_party, signed_in_as
from tests.controller.running import PASSWORD, USER, signed_in, stranger
from tests.controller.serving import serving

NEW = "another fine password"


async def _change(admin: httpx.AsyncClient, user: Json, status: int = 200, **fields: object) -> Json:
    answer = await admin.patch(f"{API}/users/{user['id']}", json=fields)
    assert answer.status_code == status, answer.text
    body: Json = answer.json()
    return body


async def _sign_in(app: FastAPI, user: str, password: str = PASSWORD) -> int:
    async with stranger(app) as client:
        return (await client.post(f"{API}/session", json={"user": user, "password": password})).status_code


async def _user(admin: httpx.AsyncClient, name: str = USER) -> Json:
    users: list[Json] = (await admin.get(f"{API}/users")).json()["items"]
    return next(each for each in users if each["name"].startswith(name))


async def test_a_user_is_made_signs_in_and_is_told_what_they_may(app: FastAPI, village: httpx.AsyncClient) -> None:
    await put_party(village, "choir")
    made = await make_user(village, "Cora", "booker", sites=["ramsey"], party="choir")
    assert {key: made[key] for key in ("name", "role", "sites", "party", "ended_at")} == {
        "name": "Cora",
        "role": "booker",
        "sites": ["ramsey"],
        "party": "choir",
        "ended_at": None,
    }
    assert {each["name"] for each in (await village.get(f"{API}/users")).json()["items"]} == {USER, "Cora"}
    async with stranger(app) as client:
        await client.post(f"{API}/session", json={"user": "cora", "password": PASSWORD})
        session = (await client.get(f"{API}/session")).json()
    assert (session["role"], session["sites"], session["party"]) == ("booker", ["ramsey"], "choir")


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("name", {"name": " "}),
        ("name", {"name": "🎵" * 10_000}),
        ("password", {"password": "short"}),
        ("role", {"role": "king"}),
        ("sites", {"sites": ["nowhere"]}),
        ("sites", {"sites": []}),
        ("sites", {"sites": ["ramsey"] * 501}),
        ("party", {"role": "booker"}),
        ("party", {"role": "booker", "party": "nobody"}),
        ("party", {"role": "reader", "party": "choir"}),
    ],
)
async def test_a_user_that_makes_no_sense_is_refused_by_the_field(
    village: httpx.AsyncClient, field: str, fields: Json
) -> None:
    plain = {"name": "Cora", "role": "reader", "password": PASSWORD}
    answer = await village.post(f"{API}/users", json=plain | fields)
    assert answer.status_code == 422, answer.text
    assert [error["field"].partition(".")[0] for error in answer.json()["errors"]] == [field]
    assert len((await village.get(f"{API}/users")).json()["items"]) == 1


async def test_two_users_cannot_have_one_name_even_when_made_at_once(client: httpx.AsyncClient) -> None:
    bodies = [{"name": name, "role": "reader", "password": PASSWORD} for name in ("Cora", "cora", "CORA ")]
    answers = await asyncio.gather(*(client.post(f"{API}/users", json=body) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]


async def test_the_last_administrator_of_all_sites_stays_one(village: httpx.AsyncClient) -> None:
    me = await _user(village)
    await make_user(village, "local", "admin", sites=["ramsey"])
    other = await make_user(village, "other", "admin")
    await _change(village, other, ended=True)
    for fields in ({"role": "manager"}, {"ended": True}, {"sites": ["ramsey"]}):
        refused = await _change(village, me, 409, **fields)
        assert "last administrator" in refused["detail"]
    await _change(village, other, ended=False)
    assert (await _change(village, me, role="manager"))["role"] == "manager"
    assert (await village.get(f"{API}/users")).status_code == 403


async def test_two_administrators_cannot_demote_each_other_at_once(
    client: httpx.AsyncClient, container: Container
) -> None:
    ids = [(await _user(client))["id"], (await make_user(client, "other", "admin"))["id"]]
    users = container.people.users
    demoted = (users.change(each, UserChange(ended=True), actor="test") for each in ids)
    done = await asyncio.gather(*demoted, return_exceptions=True)
    assert sorted(type(each).__name__ for each in done) == ["LastAdmin", "User"]


async def test_the_end_of_a_user_ends_the_sessions_and_the_next_sign_in(
    app: FastAPI, client: httpx.AsyncClient, container: Container
) -> None:
    async with signed_in_as(app, client, "reader") as reader:
        user = await _user(client, "reader")
        assert (await reader.get(f"{API}/sites")).status_code == 200
        ended = await _change(client, user, ended=True)
        assert ended["ended_at"] == "2026-11-25T12:00:00+00:00"
        assert (await reader.get(f"{API}/sites")).status_code == 401
        assert await _sign_in(app, user["name"]) == 401
        await _change(client, user, ended=False)
        assert (await reader.get(f"{API}/sites")).status_code == 401
        assert await _sign_in(app, user["name"]) == 201
    async with container.database.read() as tx:
        assert len((await tx.execute(select(sessions))).all()) == 2


async def test_a_new_password_ends_the_sessions_and_the_wait(app: FastAPI, client: httpx.AsyncClient) -> None:
    async with signed_in_as(app, client, "reader") as reader:
        user = await _user(client, "reader")
        for _ in range(5):
            await _sign_in(app, user["name"], "wrong wrong wrong")
        assert await _sign_in(app, user["name"]) == 429
        await _change(client, user, password=NEW)
        assert (await reader.get(f"{API}/session")).status_code == 401
        assert await _sign_in(app, user["name"]) == 401
        assert await _sign_in(app, user["name"], NEW) == 201


async def test_a_changed_role_holds_from_the_next_request_on(app: FastAPI, village: httpx.AsyncClient) -> None:
    async with signed_in_as(app, village, "manager") as client:
        user = await _user(village, "manager")
        assert (await client.get(f"{API}/parties")).status_code == 200
        await _change(village, user, role="reader")
        assert (await client.get(f"{API}/parties")).status_code == 403


@pytest.mark.parametrize(
    ("fields", "status"), [({"role": None}, 422), ({"ended": None}, 422), ({"password": "x"}, 422), ({}, 200)]
)
async def test_a_change_of_nothing_changes_nothing(client: httpx.AsyncClient, fields: Json, status: int) -> None:
    me = await _user(client)
    await _change(client, me, status, **fields)
    assert await _user(client) == me


async def test_there_is_no_such_user(client: httpx.AsyncClient) -> None:
    await _change(client, {"id": "0" * 36}, 404, role="reader")


async def test_what_is_done_to_users_is_on_record_without_passwords(
    client: httpx.AsyncClient, container: Container
) -> None:
    user = await make_user(client, "Cora", "reader")
    await _change(client, user, role="manager")
    await _change(client, user, password=NEW)
    await _change(client, user, ended=True)
    async with container.database.read() as tx:
        things = (await tx.execute(select(writes.c.thing).where(writes.c.act != "set up"))).scalars().all()
    assert things == [
        "user Cora, reader, all sites",
        "user Cora, manager, all sites",
        "user Cora, new password",
        "user Cora, ended",
    ]


@pytest.mark.parametrize(("fields", "code"), [({"ended": True}, 4401), ({"sites": ["wyton"]}, 4403)])
async def test_an_open_screen_ends_with_the_right_to_it(
    app: FastAPI, village: httpx.AsyncClient, fields: Json, code: int
) -> None:
    await village.put(f"{API}/sites/wyton", json={"name": "Wyton", "zone": "Europe/London"})
    async with signed_in_as(app, village, "reader", sites=["ramsey"]) as reader, serving(app) as address:
        user = await _user(village, "reader")
        headers = {"Authorization": reader.headers["Authorization"]}
        live = address.replace("http", "ws") + f"{API}/live?site="
        async with connect(live + "wyton", additional_headers=headers) as other:
            with pytest.raises(ConnectionClosed):
                await other.recv()
            assert other.close_code == 4403
        async with connect(live + "ramsey", additional_headers=headers) as socket:
            await socket.recv()
            await _change(village, user, **fields)
            with pytest.raises(ConnectionClosed):
                await asyncio.wait_for(_drain(socket), 3)  # before the next beat, which is 5 s away
            assert socket.close_code == code


async def _drain(socket: ClientConnection) -> None:
    while True:
        await socket.recv()


async def test_who_is_signed_in_is_looked_up_in_one_statement(app: FastAPI, container: Container) -> None:
    said: list[str] = []

    def note(*args: object) -> None:
        said.append(str(args[2]))

    async with signed_in(app) as client:
        token = client.headers["Authorization"].removeprefix("Bearer ")
        event.listen(Engine, "before_cursor_execute", note)
        try:
            await container.people.identify(token, by_cookie=False)
        finally:
            event.remove(Engine, "before_cursor_execute", note)
    assert [each.split()[0] for each in said] == ["SELECT"]
