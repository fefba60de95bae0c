"""From the booking's POST to its code acknowledged by the door: real broker, controller and edge, on loopback.

With 2,000 grants in the plan the limit is 100 ms at the 95th percentile for a booking in a quiet moment, and 350 ms
for one that is made as soon as the one before is on the door: plans of an edge are made 200 ms apart at least. Where
the time goes is printed by stage.
"""

import asyncio
import re
import statistics
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiomqtt
import httpx
import msgspec
import pytest
from paho.mqtt.subscribeoptions import SubscribeOptions

from edge.wire.codec import decode
from edge.wire.envelope import Envelope
from edge.wire.messages import Applied
from edge.wire.topics import Topic
from firmware_sim.api_client import Api
from firmware_sim.building_file import Building, demo_buildings
from firmware_sim.hub_processes import SimHub, SimHubPlan
from tests.eventually import eventually

QUIET_LIMIT_MS, BACK_TO_BACK_LIMIT_MS = 100.0, 350.0
QUIET_S = 0.3
SLOT = timedelta(minutes=30)


class OneBooking(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds from the request: until it was answered, the plan was at the broker, the word of the edge that it is
    applied was there, and who asked again was told that the code is on the door."""

    answered: float
    published: float
    applied: float
    told: float


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """Bookings in quiet moments and back to back, what the controller says of the stages of a plan (milliseconds), and
    what the edge itself said it had applied before the first and after the last."""

    quiet: list[OneBooking]
    back_to_back: list[OneBooking]
    stages: dict[str, float]
    before: Applied
    after: Applied

    def really_happened(self) -> None:
        """Fails unless the edge has applied a newer plan, with as many codes more as there were bookings."""
        assert self.before.applied
        assert self.after.applied
        assert self.after.grants - self.before.grants == len(self.quiet) + len(self.back_to_back)
        assert self.after.version > self.before.version


class Ear:
    """When the last plan and the last word of the edge came to the broker."""

    def __init__(self, client: aiomqtt.Client) -> None:
        self._client = client
        self.heard: dict[str, float] = {}

    async def listen(self) -> None:
        async for message in self._client.messages:
            self.heard.setdefault(message.topic.value.rpartition("/")[2], time.perf_counter())

    async def heard_both(self) -> None:
        """Wait for what the broker may have told the controller before it tells this client."""

        async def both() -> bool:
            return self.heard.keys() >= {"plan", "applied"}

        await eventually(both, what="the plan and the word that it is applied are heard")


async def _fill(api: Api, site: str, spaces: list[str], first: datetime, count: int) -> datetime:
    """Book ``count`` grants' worth of half hours, the spaces in turn; the first instant that is still free."""
    at, left = first, count
    while left > 0:
        for space in spaces[:left]:
            await api.post(f"/sites/{site}/bookings", _wish(space, at))
        left -= len(spaces)
        at += SLOT
    return at


def _wish(space: str, at: datetime) -> dict[str, str]:
    return {"space": space, "title": "Half an hour", "starts": at.isoformat(), "ends": (at + SLOT).isoformat()}


async def _on_the_door(api: Api, ear: Ear, site: str, space: str, at: datetime) -> OneBooking:
    """From the wish to the answer that the code is on every door."""
    ear.heard.clear()
    began = time.perf_counter()
    booking = await api.post(f"/sites/{site}/bookings", _wish(space, at))
    answered = time.perf_counter()
    while booking["on_door"]["state"] != "on":
        assert time.perf_counter() - began < 30, f"not on the door after 30 s: {booking['on_door']}"
        await asyncio.sleep(0.004)
        booking = await api.get(f"/bookings/{booking['id']}")
    told = time.perf_counter()
    await ear.heard_both()
    return OneBooking(
        answered=answered - began,
        published=ear.heard["plan"] - began,
        applied=ear.heard["applied"] - began,
        told=told - began,
    )


async def _stages(api: Api) -> dict[str, tuple[float, float]]:
    """Number and seconds of what the controller has done for plans, by stage."""
    async with httpx.AsyncClient() as client:
        text = (await client.get(f"{api.address}/metrics")).text
    line = re.compile(r'^hallkeeper_plan_stage_seconds_(?=.*"(\w+)")(count|sum).* (\S+)', re.MULTILINE)
    found: dict[str, list[float]] = {}
    for stage, what, value in line.findall(text):
        found.setdefault(stage, [0.0, 0.0])[what == "sum"] = float(value)
    return {stage: (count, seconds) for stage, (count, seconds) in found.items()}


async def _applied(hub: SimHub, building: Building) -> Applied:
    """What the broker keeps of the edge's last word on its plan."""
    topic = Topic(site=building.id, edge=building.edge, name="plan/applied")
    async with aiomqtt.Client("127.0.0.1", hub.broker_port, protocol=aiomqtt.ProtocolVersion.V5) as client:
        await client.subscribe(str(topic), qos=1)
        message = await asyncio.wait_for(anext(aiter(client.messages)), 10)
    assert isinstance(message.payload, bytes)
    return decode(decode(message.payload, Envelope).payload, Applied)


async def _measure(folder: Path, *, grants: int, tries: int) -> Measured:
    building = demo_buildings()[0]
    first = datetime(2026, 3, 2, tzinfo=UTC)
    epoch = first - timedelta(hours=1)
    async with SimHub(SimHubPlan(folder=folder, buildings=(building,), epoch=epoch, most_per_hour=0)) as hub:
        one_door = [space.id for space in building.spaces if len(space.doors) == 1]
        at = await _fill(hub.api, building.id, one_door, first, grants)

        async def filled() -> bool:
            return (await _applied(hub, building)).grants == grants

        await hub.until(filled, "the edge has applied all that was booked before")
        before = await _applied(hub, building)
        async with aiomqtt.Client("127.0.0.1", hub.broker_port, protocol=aiomqtt.ProtocolVersion.V5) as client:
            new_only = SubscribeOptions(qos=1, retainHandling=SubscribeOptions.RETAIN_DO_NOT_SEND)
            for name in ("plan", "plan/applied"):
                topic = Topic(site=building.id, edge=building.edge, name=name)
                await client.subscribe(str(topic), options=new_only)
            ear = Ear(client)
            listening = asyncio.create_task(ear.listen())
            found: dict[float, list[OneBooking]] = {}
            stages = await _stages(hub.api)
            for wait_s in (QUIET_S, 0.0):
                found[wait_s] = []
                for _ in range(tries):
                    await asyncio.sleep(wait_s)
                    found[wait_s].append(await _on_the_door(hub.api, ear, building.id, one_door[0], at))
                    at += SLOT
            ended = await _stages(hub.api)
            listening.cancel()
        return Measured(
            quiet=found[QUIET_S],
            back_to_back=found[0.0],
            stages={
                stage: (seconds - stages[stage][1]) * 1000 / (count - stages[stage][0])
                for stage, (count, seconds) in ended.items()
            },
            before=before,
            after=await _applied(hub, building),
        )


def _line(what: str, bookings: list[OneBooking], limit_ms: float) -> str:
    times = [each.told * 1000 for each in bookings]
    p50, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
    budget = {
        "answered": [each.answered for each in bookings],
        "plan published": [each.published - each.answered for each in bookings],
        "applied at the edge": [each.applied - each.published for each in bookings],
        "told": [each.told - each.applied for each in bookings],
    }
    stages = ", ".join(f"{name} {statistics.median(spent) * 1000:.0f}" for name, spent in budget.items())
    return (
        f"\n{what}, {len(bookings)} bookings: p50 {p50:.0f} ms, p95 {p95:.0f} ms = {p95 / limit_ms:.2f} x the limit of "
        f"{limit_ms:.0f} ms; medians by stage in ms: {stages}"
    )


@pytest.mark.bench
async def test_a_booking_s_code_reaches_the_door_and_is_acknowledged(tmp_path: Path) -> None:
    measured = await _measure(tmp_path, grants=20, tries=3)
    assert len(measured.quiet) == len(measured.back_to_back) == 3
    assert set(measured.stages) == {"look", "compile", "sign", "publish"}
    measured.really_happened()


@pytest.mark.bench
async def test_booking_to_acknowledged_code_with_2000_grants(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    measured = await _measure(tmp_path, grants=2000, tries=60)
    measured.really_happened()
    with capsys.disabled():
        print(_line("booking to code on the door, 2,000 grants", measured.quiet, QUIET_LIMIT_MS))
        print(_line("the same back to back", measured.back_to_back, BACK_TO_BACK_LIMIT_MS))
        print("a plan at the controller, ms: " + ", ".join(f"{name} {ms:.1f}" for name, ms in measured.stages.items()))
