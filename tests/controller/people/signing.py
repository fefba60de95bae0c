"""Users of every role, made through the API and signed in."""

from collections.abc import AsyncIterator
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


async def make_user(admin: httpx.AsyncClient, name: str, role: str, **fields: object) -> Json:
    body = {"name": name, "role": role, "password": PASSWORD} | fields
    answer = await admin.post(f"{API}/users", json=body)
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    return made


@asynccontextmanager
async def signed_in_as(
    app: FastAPI, admin: httpx.AsyncClient, role: str, **fields: object
) -> AsyncIterator[httpx.AsyncClient]:
    """A client signed in by bearer token as a new user of that role."""
    name = f"{role} {'-'.join(str(value) for value in fields.values())}"
    await make_user(admin, name, role, **fields)
    async with stranger(app) as client:
        answer = await client.post(f"{API}/session", json={"user": name, "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        client.cookies.clear()
        client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        yield client
