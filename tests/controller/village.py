"""A small site to book in, and shorthand for the requests that tests make of it."""

from datetime import datetime, timedelta
from typing import Any

import httpx

from controller.access import service as access
from controller.access.code_generation import masked, spoken
from controller.access.repository import ended_in_plan, mark_applied, mark_compiled
from controller.app.container import Container

API = "/api/v1"
SITE = "ramsey"
DOORS = ("front-door", "side-door")
Json = dict[str, Any]


async def furnish(client: httpx.AsyncClient) -> None:
    """Ramsey: a hall behind two doors on two edges, a studio behind the front door, a yard behind none."""
    await _put(client, "", {"name": "Ramsey Hub", "zone": "Europe/London", "phone": "01487 555 010"})
    for door, edge in zip(DOORS, ("pi-front", "pi-side"), strict=True):
        await _put(client, f"/edges/{edge}", {"name": edge})
        await _put(client, f"/doors/{door}", {"name": door.replace("-", " ").capitalize(), "edge": edge})
    await _put(client, "/spaces/hall", {"name": "Hall", "capacity": 60, "doors": list(DOORS)})
    await _put(client, "/spaces/studio", {"name": "Studio", "doors": ["front-door"]})
    await _put(client, "/spaces/yard", {"name": "Yard", "doors": []})


async def show_public(client: httpx.AsyncClient, **fields: object) -> None:
    """Give the site its public page, which says so much besides its events."""
    policy = (await client.get(f"{API}/sites/{SITE}/policy")).json()
    await _put(client, "/policy", policy | {"public_page": {"shown": True} | fields})


async def _put(client: httpx.AsyncClient, path: str, body: Json) -> None:
    answer = await client.put(f"{API}/sites/{SITE}{path}", json=body)
    assert answer.is_success, answer.text


def wanted(**changes: object) -> Json:
    """A booking that can be made: the choir in the hall, Thursday evening."""
    plain = {"space": "hall", "title": "Choir", "starts": "2026-11-26T18:00", "ends": "2026-11-26T20:00"}
    return {key: value for key, value in (plain | changes).items() if value is not None}


async def post(client: httpx.AsyncClient, **changes: object) -> httpx.Response:
    return await client.post(f"{API}/sites/{SITE}/bookings", json=wanted(**changes))


async def book(client: httpx.AsyncClient, **changes: object) -> Json:
    """Make a booking that must succeed."""
    answer = await post(client, **changes)
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    return made


async def act(client: httpx.AsyncClient, booking: Json, what: str, status: int = 200, **said: object) -> Json:
    """Cancel, restore, approve … a booking."""
    answer = await client.post(f"{API}/bookings/{booking['id']}/{what}", json=said or None)
    assert answer.status_code == status, answer.text
    body: Json = answer.json()
    return body


async def change(client: httpx.AsyncClient, booking: Json, status: int = 200, **fields: object) -> Json:
    answer = await client.patch(f"{API}/bookings/{booking['id']}", json=fields)
    assert answer.status_code == status, answer.text
    body: Json = answer.json()
    return body


async def look(client: httpx.AsyncClient, booking: Json) -> Json:
    answer = await client.get(f"{API}/bookings/{booking['id']}")
    assert answer.status_code == 200, answer.text
    body: Json = answer.json()
    return body


async def code_of(client: httpx.AsyncClient, booking: Json) -> str:
    """Its code, or that of its first door, as it is shown to people who ask for it."""
    told = await act(client, booking, "code")
    code: str = told["codes"][0]["code"]
    return code


def without_versions(told: Any) -> Any:
    """An answer without the version that a thing has."""
    if isinstance(told, list):
        return [without_versions(each) for each in told]
    if isinstance(told, dict):
        return {name: without_versions(each) for name, each in told.items() if name != "version"}
    return told


def as_later(made: Json) -> Json:
    """A booking as it was answered when its codes were drawn, in the form of later answers."""
    message = made["message"]
    for each in made["codes"]:
        message = message.replace(spoken(each["code"]), masked(each["code"]))
    codes = [each | {"code": masked(each["code"])} for each in made["codes"]]
    return made | {"code": made["code"] and masked(made["code"]), "codes": codes, "message": message}


async def compile_plan(container: Container, version: int, doors: tuple[str, ...] = DOORS) -> None:
    """As the plan compiler does for the edges of ``doors``."""
    now = container.clock.now()
    async with container.database.write() as tx:
        wanted = await access.grants_for_edge(tx, SITE, doors, now, now + timedelta(days=35))
        new = [grant.id for grant in wanted if grant.new]
        assert await mark_compiled(tx, version, new=new, gone=await ended_in_plan(tx, SITE, doors))


async def apply_plan(
    container: Container, version: int, doors: tuple[str, ...] = DOORS, at: datetime | None = None
) -> None:
    """As happens when the edges of ``doors`` say that they have applied a plan."""
    async with container.database.write() as tx:
        await mark_applied(tx, SITE, doors, version=version, at=at or container.clock.now())
