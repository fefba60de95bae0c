"""Who may sign in, and as what."""

import asyncio

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, event, select
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from controller.app.container import Container
from controller.people.model import Actor
from controller.people.tables import sessions
from controller.people.users import UserChange
from tests.controller.clock import ManualClock
from tests.controller.records.audit.reading import rows_of
from tests.controller.running import NOW, PASSWORD, USER, signed_in, stranger
from tests.controller.serving import serving
from tests.controller.signin.signing import API, Json, assignments, make_user, put_party, reassign, signed_in_as

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


async def test_a_new_user_signs_in_and_sees_their_permissions(app: FastAPI, village: httpx.AsyncClient) -> None:
    await put_party(village, "choir")
    made = await make_user(village, "Cora", "group_leader", sites=["ramsey"], party="choir")
    (held,) = made["assignments"]
    assert (held.pop("id"), made["ended_at"]) != ("", "")
    assert held == {
        "role": "group_leader",
        "site": "ramsey",
        "party": "choir",
        "party_name": "Choir",
        "from_at": None,
        "until_at": None,
        "state": "in_force",
        "given_by": USER,
        "given_at": "2026-11-25T12:00:00+00:00",
        "account_id": None,
    }
    assert {each["name"] for each in (await village.get(f"{API}/users")).json()["items"]} == {USER, "Cora"}
    async with stranger(app) as client:
        await client.post(f"{API}/session", json={"user": "cora", "password": PASSWORD})
        session = (await client.get(f"{API}/session")).json()
    assert session["assignments"] == [
        {"role": "group_leader", "site": "ramsey", "party": "choir", "party_name": "Choir", "until_at": None}
    ]
    assert (session["party"], session["actions"]["book"]) == ("choir", ["ramsey"])
    assert "decide" not in session["actions"]


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("name", {"name": " "}),
        ("name", {"name": "🎵" * 10_000}),
        ("password", {"password": "short"}),
        ("assignments", {"assignments": []}),
        ("assignments", {"assignments": [{"role": "wall"}] * 501}),
        ("assignments.0.role", {"role": "king"}),
        ("assignments.0.role", {"role": "public"}),
        ("assignments.0.site", {"site": "nowhere"}),
        ("assignments.0.party", {"role": "group_leader"}),
        ("assignments.0.party", {"role": "group_member", "party": "nobody"}),
        ("assignments.0.party", {"role": "wall", "party": "choir"}),
        ("assignments.0.party", {"role": "partner", "party": "choir"}),
        ("assignments.0.from_at", {"from_at": "soon"}),
        ("assignments.0.until_at", {"until_at": "2026-11-25T12:00"}),
        ("assignments.0.until_at", {"from_at": "2026-12-02", "until_at": "2026-12-01"}),
    ],
)
async def test_a_user_that_makes_no_sense_is_refused_by_the_field(
    village: httpx.AsyncClient, field: str, fields: Json
) -> None:
    await put_party(village, "choir")
    held = {name: fields[name] for name in fields if name in ("role", "site", "party", "from_at", "until_at")}
    body = {"name": "Cora", "password": PASSWORD, "assignments": [{"role": "wall"} | held]}
    answer = await village.post(f"{API}/users", json=body | {name: fields[name] for name in fields if name not in held})
    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert len((await village.get(f"{API}/users")).json()["items"]) == 1


async def test_two_users_cannot_have_one_name_even_when_made_at_once(client: httpx.AsyncClient) -> None:
    bodies = [
        {"name": name, "assignments": assignments("wall"), "password": PASSWORD} for name in ("Cora", "cora", "CORA ")
    ]
    answers = await asyncio.gather(*(client.post(f"{API}/users", json=body) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]


async def test_the_last_owner_of_all_sites_stays_one(village: httpx.AsyncClient, clock: ManualClock) -> None:
    me = await _user(village)
    own = f"{API}/users/{me['id']}/assignments/{me['assignments'][0]['id']}"
    await make_user(village, "local", "owner", sites=["ramsey"])
    ending = await make_user(village, "ending", "wall")
    body = {"role": "owner", "until_at": "2027-01-31"}
    assert (await village.post(f"{API}/users/{ending['id']}/assignments", json=body)).status_code == 201
    other = await make_user(village, "other", "owner")
    await _change(village, other, ended=True)

    async def refused(method: str, path: str, body: Json | None = None) -> bool:
        answer = await village.request(method, path, json=body)
        return (answer.status_code, "last owner of all sites" in answer.text) == (409, True)

    for change in ({"role": "manager"}, {"site": "ramsey"}, {"until_at": "2027-12-31"}, {"from_at": "2026-12-01"}):
        assert await refused("PATCH", own, change), change
    assert await refused("DELETE", own)
    assert await refused("PATCH", f"{API}/users/{me['id']}", {"ended": True})
    await _change(village, other, ended=False)
    changed = await village.patch(own, json={"role": "manager"})
    assert changed.json()["assignments"][0]["role"] == "manager", changed.text
    assert (await village.put(f"{API}/sites/third", json={"name": "T", "zone": "Europe/London"})).status_code == 403


async def test_two_owners_cannot_end_each_other_at_once(client: httpx.AsyncClient, container: Container) -> None:
    ids = [(await _user(client))["id"], (await make_user(client, "other", "owner"))["id"]]
    users = container.people.users
    demoted = (users.change(each, UserChange(ended=True), actor=Actor.acting("test")) for each in ids)
    done = await asyncio.gather(*demoted, return_exceptions=True)
    assert sorted(type(each).__name__ for each in done) == ["LastOwner", "tuple"]


async def test_the_end_of_a_user_ends_the_sessions_and_the_next_sign_in(
    app: FastAPI, client: httpx.AsyncClient, container: Container
) -> None:
    async with signed_in_as(app, client, "wall") as reader:
        user = await _user(client, "wall")
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
    async with signed_in_as(app, client, "wall") as reader:
        user = await _user(client, "wall")
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
        await reassign(village, user, "wall")
        assert (await client.get(f"{API}/parties")).status_code == 403


@pytest.mark.parametrize(("fields", "status"), [({"ended": None}, 422), ({"password": "x"}, 422), ({}, 200)])
async def test_a_change_of_nothing_changes_nothing(client: httpx.AsyncClient, fields: Json, status: int) -> None:
    me = await _user(client)
    await _change(client, me, status, **fields)
    assert await _user(client) == me


async def test_there_is_no_such_user(client: httpx.AsyncClient) -> None:
    await _change(client, {"id": "0" * 36}, 404, ended=True)


async def test_what_is_done_to_users_is_on_record_without_passwords(
    client: httpx.AsyncClient, container: Container
) -> None:
    user = await make_user(client, "Cora", "wall")
    await reassign(client, user, "manager")
    await _change(client, user, password=NEW)
    await _change(client, user, ended=True)
    rows = [each for each in await rows_of(container.database) if each["act"] != "set up"]
    assert {each["thing"] for each in rows} == {f"user {user['id']}"}
    wall, manager, ended = "wall, all sites", "manager, all sites", "wall, all sites, until 2026-11-25 12:00 UTC"
    assert [each["changes"] for each in rows] == [
        {"password_hash": ["(secret)", "(changed)"], "assignments": [None, [wall]]},
        {"assignments": [[wall], [manager, wall]]},
        {"assignments": [[manager, wall], [manager, ended]]},
        {"password_hash": ["(secret)", "(changed)"]},
        {"ended_at": [None, NOW.isoformat().replace("+00:00", "Z")]},
    ]
    assert "Cora" not in str(rows)


@pytest.mark.parametrize(("how", "code"), [("ended", 4401), ("other site", 4403), ("until", 4403)])
async def test_an_open_screen_ends_with_the_right_to_it(
    app: FastAPI, village: httpx.AsyncClient, clock: ManualClock, how: str, code: int
) -> None:
    await village.put(f"{API}/sites/wyton", json={"name": "Wyton", "zone": "Europe/London"})
    async with signed_in_as(app, village, "wall", sites=["ramsey"]) as reader, serving(app) as address:
        user = await _user(village, "wall")
        headers = {"Authorization": reader.headers["Authorization"]}
        live = address.replace("http", "ws") + f"{API}/live?site="
        async with connect(live + "wyton", additional_headers=headers) as other:
            with pytest.raises(ConnectionClosed):
                await other.recv()
            assert other.close_code == 4403
        async with connect(live + "ramsey", additional_headers=headers) as socket:
            await socket.recv()
            if how == "ended":
                await _change(village, user, ended=True)
            elif how == "other site":
                await reassign(village, user, "wall", sites=["wyton"])
            else:
                held = f"{API}/users/{user['id']}/assignments/{user['assignments'][0]['id']}"
                ends = await village.patch(held, json={"until_at": "2026-11-25T13:00"})
                assert ends.json()["assignments"][0]["until_at"] == "2026-11-25T13:00:00+00:00"
                clock.set(NOW.replace(hour=13))
            with pytest.raises(ConnectionClosed):
                await asyncio.wait_for(_drain(socket), 8)  # an end by the clock is seen at the next beat
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
            await container.people.sessions.identify(token, by_cookie=False)
        finally:
            event.remove(Engine, "before_cursor_execute", note)
    assert [each.split()[0] for each in said] == ["SELECT"]
