"""A user's mail address, and users who have no password."""

import httpx
import msgspec
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from controller.app.container import Container
from controller.people.tables import users
from controller.platform.settings import MailSection, Settings
from tests.controller.records.audit.reading import rows_of
from tests.controller.running import PASSWORD, stranger
from tests.controller.signin.signing import API, Json, assignments, make_user

ROSA = "Rosa@Choir.test"
MAIL = MailSection(host="mail.hub.test", sender="bookings@hub.test")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return msgspec.structs.replace(settings, mail=MAIL)


@pytest.fixture
def any_settings(any_settings: Settings) -> Settings:
    return msgspec.structs.replace(any_settings, mail=MAIL)


async def _patch(admin: httpx.AsyncClient, user: Json, status: int = 200, **fields: object) -> Json:
    answer = await admin.patch(f"{API}/users/{user['id']}", json=fields)
    assert answer.status_code == status, answer.text
    body: Json = answer.json()
    return body


@pytest.mark.both_databases
async def test_a_user_needs_no_password_and_cannot_sign_in_with_one(
    any_app: FastAPI, any_client: httpx.AsyncClient, any_container: Container
) -> None:
    made = await make_user(any_client, "Rosa", "wall", password=None, email=ROSA)
    assert made["email"] == ROSA
    async with any_container.database.read() as tx:
        stored = (
            await tx.execute(select(users.c.password_hash, users.c.email_key).where(users.c.name == "Rosa"))
        ).one()
    assert tuple(stored) == (None, "rosa@choir.test")
    async with stranger(any_app) as client:
        for password in (PASSWORD, "None", " "):
            answer = await client.post(f"{API}/session", json={"user": "Rosa", "password": password})
            assert answer.status_code == 401


async def test_several_users_have_the_same_address(client: httpx.AsyncClient) -> None:
    for name in ("Rosa", "Rosa at the bells"):
        await make_user(client, name, "wall", email=ROSA)
    listed = (await client.get(f"{API}/users")).json()["items"]
    assert [each["email"] for each in listed if each["name"].startswith("Rosa")] == [ROSA, ROSA]


@pytest.mark.parametrize(
    "fields", [{"password": None}, {"password": None, "email": ""}, {"email": "rosa"}, {"email": "a@b.test, c@d.test"}]
)
async def test_a_user_without_a_way_to_sign_in_or_with_no_address_is_refused(
    client: httpx.AsyncClient, fields: Json
) -> None:
    answer = await client.post(
        f"{API}/users", json={"name": "Rosa", "assignments": assignments("wall"), "password": PASSWORD} | fields
    )
    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == ["email"]


async def test_an_address_is_changed_and_removed_and_the_log_holds_none(
    client: httpx.AsyncClient, container: Container
) -> None:
    rosa = await make_user(client, "Rosa", "wall", email=ROSA)
    assert (await _patch(client, rosa, email="rosa@bells.test"))["email"] == "rosa@bells.test"
    assert (await _patch(client, rosa, email=""))["email"] is None
    mail_only = await make_user(client, "Max", "wall", password=None, email=ROSA)
    refused = await _patch(client, mail_only, 422, email=None)
    assert [error["field"] for error in refused["errors"]] == ["email"]
    rows = [each for each in await rows_of(container.database) if each["thing"] == f"user {rosa['id']}"]
    assert sum("email" in each["personal"].get("changes", {}) for each in rows) == 3
    assert "@" not in "".join(each["thing"] + str(each["changes"]) for each in rows)
