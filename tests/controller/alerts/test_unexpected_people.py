"""What a closed or unstaffed building reports becomes an alert, once a night."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from controller.alerts import unexpected_people
from controller.telemetry import queries
from controller.telemetry.alert_codes import AlertCode
from controller.telemetry.rollups import repository as rollups
from edge.wire.access_decision import Reason
from edge.wire.events import AccessData, Event, EventData, FootfallData, MotionData, ReadingData
from edge.wire.messages import DeviceState
from edge.wire.readings import ReadingKind
from tests.controller.clock import ManualClock
from tests.controller.running import signed_in
from tests.controller.telemetry.speaking import NOW, event
from tests.controller.village import Json
from tests.eventually import eventually
from tests.integration.fake_edge import FakeEdge
from tests.integration.hub import Hub

SITE = "/api/v1/sites/ramsey"
DAY: list[Json] = [{"weekday": day, "opens": "09:00", "closes": "17:00", "mode": "staffed"} for day in range(7)]
EVENING: list[Json] = [{"weekday": day, "opens": "17:00", "closes": "22:00", "mode": "extended"} for day in range(7)]


class Night:
    """The building from noon on; looked at a minute after the last that it reports."""

    def __init__(self, hub: Hub, edge: FakeEdge, clock: ManualClock, client: httpx.AsyncClient) -> None:
        self.hub, self.edge, self.clock, self.client = hub, edge, clock, client
        self.sent = self.total = 0

    async def open(self, hours: list[Json]) -> None:
        answer = await self.client.put(f"{SITE}/hours", json={"pattern": hours, "version": 0})
        assert answer.is_success, answer.text
        await self.edge.say_state(
            DeviceState(device="front-door", kind="door", seq=0, at=NOW, values={"mode": "code", "contact": "closed"})
        )
        await self.edge.say_state(
            DeviceState(device="keypad", kind="reader", seq=0, at=NOW, values={"door": "front-door", "side": "outside"})
        )

    def _event(self, at: str, device: str, data: EventData) -> Event:
        self.sent += 1
        hour, minute = map(int, at.split(":"))
        return event(self.sent, data, at=datetime(2026, 11, 25, hour, minute, tzinfo=UTC), device=device)

    def moves(self, at: str, zone: str) -> Event:
        return self._event(at, f"pir-{zone}", MotionData(zone=zone, active=True))

    def still(self, at: str, zone: str) -> Event:
        return self._event(at, f"pir-{zone}", MotionData(zone=zone, active=False))

    def air(self, at: str) -> Event:
        data = ReadingData(name="Air", family="zigbee2mqtt", values={ReadingKind.CO2: 800})
        return self._event(at, "air", data)

    def card(self, at: str) -> Event:
        data = AccessData(door="front-door", granted=True, reason=next(iter(Reason)), reader="keypad")
        return self._event(at, "front-door", data)

    def comes(self, at: str) -> Event:
        self.total += 1
        data = FootfallData(counter="front-beams", door="front-door", ins=1, outs=0, total_ins=self.total, total_outs=0)
        return self._event(at, "front-beams", data)

    async def told(self, *events: Event) -> list[tuple[str, str]]:
        device, at = events[-1].device, events[-1].at
        self.clock.advance(seconds=int((at - self.clock.now() + timedelta(minutes=1)).total_seconds()))
        await self.edge.send(events)
        await self.edge.acknowledged(self.sent)
        kind = "counter" if device == "front-beams" else "motion"
        await self.edge.say_state(DeviceState(device=device, kind=kind, seq=self.sent, at=at, values={}))
        await self.edge.say_status()
        await eventually(lambda: self._heard(device), what="all that the edge said is known")
        await self.hub.container.mqtt.unexpected.look()
        await self.hub.container.mqtt.alerts.evaluate()
        items = (await self.client.get(f"{SITE}/raised-alerts")).json()["items"]
        ours = (AlertCode.PRESENT, AlertCode.LET_INS)
        return [(each["kind"], each["text"]) for each in items if each["kind"] in ours]

    async def _heard(self, device: str) -> bool:
        """Whether the state of a device, and that nothing else happened by now, have come."""
        async with self.hub.container.database.read() as tx:
            known = {each.device: each for _, each in await queries.site_devices(tx, "ramsey")}
            horizons = await rollups.horizons(tx, "ramsey")
        there = device in known and known[device].seq == self.sent
        return there and horizons.get("main", NOW) > self.clock.now() - timedelta(seconds=30)

    async def reported(self) -> list[str]:
        """Since when somebody was inside, of each report."""
        items = (await self.client.get(f"{SITE}/alerts")).json()["items"]
        return sorted(each["at"] for each in items if each["kind"] == AlertCode.PRESENT)


@pytest.fixture
async def night(hub: Hub, edge: FakeEdge, clock: ManualClock) -> AsyncIterator[Night]:
    async with signed_in(hub.app) as client:
        yield Night(hub, edge, clock, client)


async def test_somebody_in_a_closed_building_is_one_alert(night: Night) -> None:
    await night.open(DAY)
    shown = [
        (
            "present",
            "Somebody is inside although it is closed and nothing is booked: movement in Hall and landing",
        )
    ]
    first = [night.moves("12:10", "hall"), night.still("12:20", "hall"), night.moves("20:00", "hall")]
    assert await night.told(*first, night.still("20:01", "hall")) == [], "a PIR may err"
    assert await night.told(night.moves("20:02", "landing"), night.still("20:05", "landing")) == shown
    assert await night.told(night.moves("20:30", "hall"), night.still("20:31", "hall")) == shown


async def test_who_comes_hours_later_is_told_of_again_and_each_visit_once(night: Night) -> None:
    await night.open(DAY)
    early = [night.moves("20:00", "hall"), night.still("20:05", "hall")]
    await night.told(night.moves("12:10", "hall"), night.still("12:20", "hall"), *early)
    await night.told(night.moves("22:30", "hall"), night.still("22:35", "hall"))
    await night.told(night.moves("22:40", "hall"), night.still("22:45", "hall"))
    assert await night.reported() == ["2026-11-25T20:00:00+00:00", "2026-11-25T22:30:00+00:00"]


async def test_visits_that_are_learned_of_late_are_each_told_of(night: Night) -> None:
    await night.open(DAY)
    early = [night.moves("12:10", "hall"), night.still("12:20", "hall"), night.moves("19:30", "hall")]
    await night.told(*early, night.still("19:35", "hall"), night.moves("22:30", "hall"), night.still("22:35", "hall"))
    assert await night.reported() == ["2026-11-25T19:30:00+00:00", "2026-11-25T22:30:00+00:00"]


async def test_what_sensors_send_of_the_air_is_not_read(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unexpected_people, "_MOST", 4)
    await night.open(DAY)
    air = [night.air(f"20:0{each}") for each in range(5)]
    first = [night.moves("12:10", "hall"), night.still("12:20", "hall"), night.moves("20:10", "hall")]
    assert len(await night.told(*air, *first, night.still("20:15", "hall"))) == 1


async def test_a_site_without_opening_hours_has_no_such_alert(night: Night) -> None:
    first = [night.moves("12:10", "hall"), night.still("12:20", "hall"), night.moves("20:00", "hall")]
    assert await night.told(*first, night.moves("20:02", "landing"), night.still("20:03", "landing")) == []


async def test_people_let_in_at_an_unstaffed_door_are_one_alert(night: Night) -> None:
    await night.open([*DAY, *EVENING])
    card, member = night.card("18:00"), night.comes("18:00")
    assert await night.told(card, member, *(night.comes(f"18:{each}") for each in (10, 20, 30))) == []
    text = "4 people came in at Front door without a code of their own from 18:10 to 18:40"
    assert await night.told(night.comes("18:40")) == [("let_ins", text)]
    assert await night.told(night.comes("18:50")) == [("let_ins", text)]
