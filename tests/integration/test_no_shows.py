"""Rooms that nobody comes to, through the whole loop: the edge says how far its log goes, the controller gives the room
back, and the waiting list is offered it. Nobody calls anything."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from controller.bookings.diary.policy import Policy, ReleaseRule
from edge.wire.events import DoorChange, DoorData
from edge.wire.topics import subscriptions
from tests.controller.bookings.policing import put_policy
from tests.controller.clock import ManualClock
from tests.controller.running import signed_in
from tests.controller.signin.signing import put_party
from tests.controller.telemetry.speaking import NOW, crossing, event
from tests.eventually import eventually
from tests.integration.fake_edge import FakeEdge
from tests.integration.hub import Hub, book
from tests.memory_link import MemoryBroker


@pytest.fixture
async def client(hub: Hub) -> AsyncIterator[httpx.AsyncClient]:
    await put_policy(hub.container, Policy(release=(ReleaseRule(after_min=20, warn_min=10),)), site="ramsey")
    async with signed_in(hub.app) as client:
        yield client


async def status(client: httpx.AsyncClient, booking: str) -> str:
    return str((await client.get(f"/api/v1/bookings/{booking}")).json()["status"])


async def becomes(client: httpx.AsyncClient, booking: str, wanted: str) -> None:
    async def look() -> bool:
        return await status(client, booking) == wanted

    await eventually(look, what=f"the booking is {wanted}")


async def pass_minutes(hub: Hub, clock: ManualClock, minutes: int) -> None:
    """Minute by minute, as time goes; everything that is due is done before the next."""
    for _ in range(minutes):
        clock.advance(minutes=1)
        await asyncio.sleep(0)
        await hub.quiet()


@pytest.mark.cases_full
async def test_a_room_nobody_comes_to_is_given_back_and_offered_on_by_itself(
    hub: Hub, edge: FakeEdge, client: httpx.AsyncClient, clock: ManualClock
) -> None:
    await put_party(client, "band", name="Ramsey Band")
    made = (await book(hub, "2026-11-25T12:00", "2026-11-25T14:00")).booking.id
    wish = {
        "space": "hall",
        "title": "Rehearsal",
        "party": "band",
        "starts": "2026-11-25T13:00",
        "ends": "2026-11-25T14:00",
    }
    waits = await client.post("/api/v1/sites/ramsey/waiting", json=wish)
    assert waits.status_code == 201, waits.text
    await pass_minutes(hub, clock, 31)
    await becomes(client, made, "released")

    async def offered() -> bool:
        items = (await client.get("/api/v1/sites/ramsey/waiting")).json()["items"]
        return [each["state"] for each in items] == ["offered"]

    await eventually(offered, what="the band is offered the room")
    log = (await client.get(f"/api/v1/bookings/{made}/log")).json()["items"]
    assert [each["what"] for each in log] == ["book", "warn", "release"]


@pytest.mark.cases_full
async def test_a_room_is_kept_while_its_door_is_offline_and_who_came_is_known_later(
    hub: Hub, broker: MemoryBroker, clock: ManualClock
) -> None:
    await put_policy(hub.container, Policy(release=(ReleaseRule(after_min=20, warn_min=10),)), site="ramsey")
    down = subscriptions("down", site="ramsey", edge="main")
    made = (await book(hub, "2026-11-25T12:00", "2026-11-25T14:00")).booking.id
    async with hub.edge(broker.client(down)) as edge:
        await hub.up_to_date()
        await edge.say_status(online=False)
    await pass_minutes(hub, clock, 45)
    async with signed_in(hub.app) as client:
        assert await status(client, made) == "confirmed"
        assert [each["what"] for each in (await client.get(f"/api/v1/bookings/{made}/log")).json()["items"]] == ["book"]
        async with hub.edge(broker.client(down)) as edge:
            opened = DoorData(door="front-door", change=DoorChange.OPENED, why="grant")
            edge.head = 2
            await edge.send([event(1, opened, at=NOW, device="front-door"), crossing(2, ins=1, total=(1, 0), at=NOW)])
            await edge.acknowledged(2)
            await becomes(client, made, "arrived")
            await pass_minutes(hub, clock, 5)
            assert await status(client, made) == "arrived"
