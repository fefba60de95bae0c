"""The page of the buildings answers to its own visitor alone, and passes on to the world what the commands do."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from edge.wire.clock import SystemClock
from firmware_sim.building_file import demo_buildings
from firmware_sim.building_page import BODY_LIMIT, COOKIE, BuildingPage, Visitor
from firmware_sim.floor import ShownCode
from firmware_sim.pi_faults import Hardware
from firmware_sim.ports import free_port
from firmware_sim.sim_requests import SimRequests
from firmware_sim.world import World
from firmware_sim.world_runner import WorldRunner

KEY = "a-key"


class Switches:
    """The mains, lines and Pis of buildings in which no Pi runs."""

    broker_on = True

    async def set_power(self, site: str, on: bool) -> None: ...

    def set_network(self, site: str, up: bool) -> None: ...

    def network(self, site: str) -> bool:
        return True

    async def set_broker(self, on: bool) -> None:
        self.broker_on = on

    async def plugged(self, site: str) -> None: ...

    def set_hardware(self, site: str, **changes: Any) -> None: ...

    def hardware_of(self, site: str) -> Hardware:
        return Hardware()


@pytest.fixture
async def world() -> AsyncIterator[World]:
    clock = SystemClock()
    world = World(demo_buildings(), zero=datetime(2026, 11, 25, 10, 40, tzinfo=UTC), tick=clock.monotonic())
    running = asyncio.create_task(WorldRunner(world, clock).run())
    yield world
    running.cancel()


@pytest.fixture
async def page(world: World) -> AsyncIterator[BuildingPage]:
    async def title_of(booking: str) -> str:
        return booking

    async def codes(site: str) -> tuple[ShownCode, ...]:
        return ()

    async def sign_in() -> list[str]:
        return ["hk_session=one; HttpOnly; Path=/; SameSite=strict"]

    page = BuildingPage(demo_buildings(), port=free_port(), key=KEY, pages="http://127.0.0.1:8080", speed=1)
    switches = Switches()
    requests = SimRequests(WorldRunner(world, SystemClock()), switches, switches)
    page.start(world, requests, Visitor(title_of=title_of, codes=codes, sign_in=sign_in))
    yield page
    await page.stop()


def _visitor(page: BuildingPage) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=page.origin, cookies={COOKIE: KEY}, headers={"origin": page.origin})


async def test_the_printed_address_opens_the_page_and_signs_the_visitor_in(page: BuildingPage) -> None:
    async with httpx.AsyncClient() as client:
        first = await client.get(page.address)
        assert (first.status_code, first.headers["location"]) == (303, "/")
        assert {"hk_session", COOKIE} <= set(client.cookies)
        second = await client.get(page.origin)
    assert "What to try" in second.text
    assert "frame-ancestors 'none'" in second.headers["content-security-policy"]
    assert "frame-src http://127.0.0.1:8080;" in second.headers["content-security-policy"]


async def test_without_the_key_it_shows_nothing_and_does_nothing(page: BuildingPage, world: World) -> None:
    async with httpx.AsyncClient(base_url=page.origin, headers={"origin": page.origin}) as stranger:
        for query in ("", "?key=another", "?key=%C3%A9"):
            answer = await stranger.get(f"/{query}")
            assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)
        assert (await stranger.post("/act", content=_force("front-door"))).status_code == 403
    with pytest.raises(InvalidStatus):
        await connect(_live(page), origin=Origin(page.origin)).__aenter__()
    assert not world.site("ramsey").doorway("front-door").is_open


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://127.0.0.1:8080"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": ""},
        {"host": "evil.example"},
        {"host": "localhost"},
    ],
)
async def test_another_origin_or_name_moves_no_door_even_with_the_visitors_cookies(
    page: BuildingPage, world: World, headers: dict[str, str]
) -> None:
    async with _visitor(page) as client:
        assert (await client.post("/act", content=_force("front-door"), headers=headers)).status_code == 403
    assert not world.site("ramsey").doorway("front-door").is_open


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8080", "https://evil.example", None])
async def test_another_origin_hears_nothing_of_the_building(page: BuildingPage, origin: str | None) -> None:
    headers = {"cookie": f"{COOKIE}={KEY}"}
    with pytest.raises(InvalidStatus):
        await connect(_live(page), origin=Origin(origin) if origin else None, additional_headers=headers).__aenter__()


async def test_a_foreign_name_reads_not_even_the_page(page: BuildingPage) -> None:
    async with _visitor(page) as client:
        answer = await client.get("/", headers={"host": "rebound.example"})
    assert (answer.status_code, page.origin in answer.text) == (403, True)


async def test_what_the_visitor_does_happens_in_the_world_and_comes_back_live(page: BuildingPage, world: World) -> None:
    headers = {"cookie": f"{COOKIE}={KEY}"}
    async with (
        _visitor(page) as client,
        connect(_live(page), origin=Origin(page.origin), additional_headers=headers) as live,
    ):
        plan = msgspec.json.decode(await live.recv())
        assert (plan["type"], plan["name"], plan["doors"][0]["name"]) == ("plan", "Ramsey Hub", "Front door")
        answer = (await client.post("/act", content=_force("front-door"))).json()
        assert (answer["code"], answer["text"]) == (0, "Front door is forced open")
        async with asyncio.timeout(30):
            while True:
                said = msgspec.json.decode(await live.recv())
                if said["type"] == "state" and said["doors"][0]["leaf"] == "open":
                    break
    assert world.site("ramsey").doorway("front-door").is_open


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b'{"type":"unlock"}', 422),
        (b'{"type":"pi","site":"ramsey","edge":"ramsey-pi","pid":1}', 422),
        (b'{"type":"leaf","site":"ramsey","door":"front-door","act":"burn"}', 422),
        (b" " * (BODY_LIMIT + 1), 413),
    ],
)
async def test_nonsense_is_refused(page: BuildingPage, body: bytes, status: int) -> None:
    async with _visitor(page) as client:
        assert (await client.post("/act", content=body)).status_code == status


async def test_a_door_that_is_not_there_is_named(page: BuildingPage) -> None:
    async with _visitor(page) as client:
        answer = (await client.post("/act", content=_force("back-door"))).json()
    assert (answer["code"], "back-door" in answer["text"]) == (2, True)


async def test_only_its_own_files_are_served(page: BuildingPage) -> None:
    async with _visitor(page) as client:
        assert (await client.get("/building.js")).status_code == 200
        for path in ("/building.html", "/..%2Fdemo.py", "/%2e%2e/demo.py"):
            assert (await client.get(path)).status_code == 404


async def test_a_page_that_has_not_started_can_be_stopped() -> None:
    await BuildingPage(demo_buildings(), port=free_port(), key=KEY, pages="http://x", speed=1).stop()


def _force(door: str) -> bytes:
    return msgspec.json.encode({"type": "leaf", "site": "ramsey", "door": door, "act": "force"})


def _live(page: BuildingPage) -> str:
    return f"{page.origin.replace('http', 'ws')}/live?site=ramsey"


async def test_an_error_at_one_site_leaves_the_codes_of_another(page: BuildingPage) -> None:
    asked: list[str] = []

    async def codes(site: str) -> tuple[ShownCode, ...]:
        asked.append(site)
        if site == "march":
            raise KeyError("code")
        return ()

    page._visitor = msgspec.structs.replace(page._visitor, codes=codes)
    address = page.origin.replace("http", "ws")
    headers = {"cookie": f"{COOKIE}={KEY}"}
    async with (
        connect(f"{address}/live?site=march", additional_headers=headers, origin=Origin(page.origin)) as one,
        connect(f"{address}/live?site=ramsey", additional_headers=headers, origin=Origin(page.origin)) as two,
        asyncio.timeout(10),
    ):
        await one.recv()
        await two.recv()
        while "ramsey" not in asked or "march" not in asked:
            page._look.set()
            await asyncio.sleep(0)
        assert page._watching is not None
        assert not page._watching.done()
    async with asyncio.timeout(10):
        while page._viewed:
            page._look.set()
            await asyncio.sleep(0)
