"""What somebody who looks for a space can ask for."""

import httpx
import pytest
from fastapi import FastAPI

from controller.app.container import Container
from tests.controller.find.county import ask, build
from tests.controller.signin.signing import signed_in_as
from tests.controller.village import API


@pytest.fixture
async def hub(client: httpx.AsyncClient, container: Container) -> httpx.AsyncClient:
    await build(container)
    return client


async def test_what_spaces_have_at_any_site_is_offered_once(hub: httpx.AsyncClient) -> None:
    assert await ask(hub, "/find/offered") == {
        "amenities": ["piano"],
        "equipment": [
            {"id": "piano", "name": "Piano", "most": 1},
            {"id": "projector", "name": "Projector", "most": 2},
        ],
        "step_free": True,
    }


async def test_a_space_that_cannot_be_booked_offers_nothing(hub: httpx.AsyncClient) -> None:
    room = next(each for each in (await ask(hub, "/sites/warboys"))["spaces"] if each["id"] == "room")
    body = {name: value for name, value in room.items() if name != "id"}
    put = await hub.put(f"{API}/sites/warboys/spaces/room", json=body | {"bookable": False})
    assert put.status_code == 200, put.text
    assert (await ask(hub, "/find/offered"))["amenities"] == []


async def test_who_sees_one_site_is_offered_what_is_there(hub: httpx.AsyncClient, app: FastAPI) -> None:
    async with signed_in_as(app, hub, "wall", sites=["huntingdon"]) as reader:
        found = await ask(reader, "/find/offered")
    assert (found["amenities"], found["equipment"], found["step_free"]) == ([], [], True)
