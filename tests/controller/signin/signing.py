"""Users of every role, made through the API and signed in."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx
from fastapi import FastAPI

from tests.controller.running import PASSWORD, stranger

API = "/api/v1"
Json = dict[str, Any]


async def put_party(client: httpx.AsyncClient, party: str, **fields: object) -> Json:
    """Make or change a party that can be; a group unless said otherwise."""
    plain = {"kind": "group", "name": party.replace("-", " ").capitalize()}
    answer = await client.put(f"{API}/parties/{party}", json=plain | fields)
    assert answer.is_success, answer.text
    body: Json = answer.json()
    return body


def assignments(role: str, *, sites: Sequence[str] | None = None, party: str | None = None) -> list[Json]:
    """The role at each of the sites, or at all of them."""
    return [{"role": role, "site": site, "party": party} for site in (sites or (None,))]


async def make_user(
    admin: httpx.AsyncClient,
    name: str,
    role: str,
    *,
    sites: Sequence[str] | None = None,
    party: str | None = None,
    **fields: object,
) -> Json:
    body = {"name": name, "password": PASSWORD, "assignments": assignments(role, sites=sites, party=party)} | fields
    answer = await admin.post(f"{API}/users", json=body)
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    return made


async def user_with(admin: httpx.AsyncClient, role: str) -> Json:
    """The first user who has the role."""
    users: list[Json] = (await admin.get(f"{API}/users")).json()["items"]
    return next(each for each in users if role in (held["role"] for held in each["assignments"]))


async def reassign(
    admin: httpx.AsyncClient,
    user: Json,
    role: str,
    *,
    sites: Sequence[str] | None = None,
    party: str | None = None,
) -> Json:
    """Give a user this role, and take away all others."""
    before = next(each for each in (await admin.get(f"{API}/users")).json()["items"] if each["id"] == user["id"])
    for body in assignments(role, sites=sites, party=party):
        answer = await admin.post(f"{API}/users/{user['id']}/assignments", json=body)
        assert answer.status_code == 201, answer.text
    for held in before["assignments"]:
        if held["state"] != "over":
            answer = await admin.delete(f"{API}/users/{user['id']}/assignments/{held['id']}")
            assert answer.status_code == 200, answer.text
    made: Json = answer.json()
    return made


@asynccontextmanager
async def signed_in_as(
    app: FastAPI, admin: httpx.AsyncClient, role: str, **fields: Any
) -> AsyncIterator[httpx.AsyncClient]:
    """A client signed in by bearer token as a new user of that role, or with the ``assignments`` that are given."""
    name = fields.pop("name", f"{role} {'-'.join(str(value) for value in fields.values())}")
    await make_user(admin, name, role, **fields)
    async with stranger(app) as client:
        answer = await client.post(f"{API}/session", json={"user": name, "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        client.cookies.clear()
        client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        yield client
