"""Three hubs to find spaces in, and shorthand for what tests ask."""

from typing import Any

import httpx

from controller.app.container import Container
from controller.estate import repository
from controller.estate.model import Equipment, Site, Space, SpaceKind
from controller.estate.repository import bump
from tests.controller.bookings.hub import EQUIPMENT, HUB, SPACES
from tests.controller.village import API

Json = dict[str, Any]

SITES = (
    Site(id=HUB.id, name=HUB.name, zone=HUB.zone, latitude=52.4487, longitude=-0.1096),
    Site(id="warboys", name="Warboys Hub", zone="Europe/London", latitude=52.4056, longitude=-0.0803),
    Site(id="huntingdon", name="Huntingdon Hub", zone="Europe/London", latitude=52.3306, longitude=-0.1832),
    Site(id="nowhere", name="Mobile Library", zone="Europe/London"),
)
"""Warboys is 3.2 miles from Ramsey, Huntingdon 8.7."""
ELSEWHERE = (
    Space(site="warboys", id="room", name="Room", capacity=40, step_free=True, amenities=("piano",)),
    Space(site="huntingdon", id="hall", name="Hall", capacity=300, step_free=True),
    Space(site="huntingdon", id="snug", name="Snug", capacity=14),
    Space(site="huntingdon", id="desks", name="Desks", kind=SpaceKind.POOL, pool_size=20),
    Space(site="nowhere", id="van", name="Van", capacity=15),
)


async def build(container: Container) -> None:
    async with container.database.write() as tx:
        for site in SITES:
            await repository.put_site(tx, site)
        await repository.put_spaces(tx, (*SPACES, *ELSEWHERE))
        for each in (*EQUIPMENT, Equipment(site="warboys", id="projector", name="Projector", count=1)):
            await repository.put(tx, "equipment", each)
        for site in SITES:
            await bump(tx, site.id)


async def book(
    client: httpx.AsyncClient, space: str, starts: str, ends: str, *, site: str = "hub", **more: Any
) -> Json:
    """Make a booking that must succeed."""
    body = {"space": space, "title": "Choir", "starts": starts, "ends": ends, **more}
    return answered(await client.post(f"{API}/sites/{site}/bookings", json=body), 201)


async def ask(client: httpx.AsyncClient, path: str, status: int = 200, **query: Any) -> Json:
    return answered(await client.get(f"{API}{path}", params=query), status)


async def post(client: httpx.AsyncClient, path: str, status: int = 200, **body: Any) -> Json:
    return answered(await client.post(f"{API}{path}", json=body), status)


def answered(answer: httpx.Response, status: int) -> Json:
    assert answer.status_code == status, answer.text
    body: Json = answer.json()
    return body
