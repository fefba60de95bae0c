"""A building to divide: a hall of two halves, a room, desks; and shorthand for the requests about it."""

from typing import Any

import httpx

from tests.controller.village import API, SITE, Json, furnish

ROOT = f"{API}/sites/{SITE}"


async def put(client: httpx.AsyncClient, path: str, status: int | None = None, **body: object) -> Json:
    """Write a thing of the site, called by its id; it must succeed, or answer ``status``."""
    _, _, thing = path.partition("?")[0].partition("/")
    named = {"name": thing} if thing and "/" not in thing else {}
    answer = await client.put(f"{ROOT}/{path}", json=named | body)
    assert answer.is_success if status is None else answer.status_code == status, answer.text
    told: Json = answer.json()
    return told


async def space(client: httpx.AsyncClient, name: str, status: int | None = None, **body: object) -> Json:
    return await put(client, f"spaces/{name}", status, **body)


async def look(client: httpx.AsyncClient, name: str, **body: object) -> Json:
    """What changing a space would do."""
    return await put(client, f"spaces/{name}?check=true", 200, **body)


async def halves(client: httpx.AsyncClient) -> None:
    """The hall of the village divided into two halves."""
    await furnish(client)
    await space(client, "half-a", doors=["front-door"])
    await space(client, "half-b", doors=["side-door"])
    await space(client, "hall", parts=["half-a", "half-b"], doors=["front-door", "side-door"])


def at(start: str, end: str, day: str = "2026-11-26") -> dict[str, Any]:
    """The times of a booking."""
    return {"starts": f"{day}T{start}", "ends": f"{day}T{end}"}
