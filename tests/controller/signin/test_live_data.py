"""What happens in a building is shown only to the people who look after it, by every way of asking."""

import httpx
import msgspec
import pytest
from fastapi import FastAPI
from sqlalchemy import insert, update
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from controller.alerts.repository import alerts
from controller.app.container import Container
from controller.bookings.diary.tables import bookings
from controller.people.model import Role
from controller.plans.tables import commands
from controller.telemetry import repository as telemetry
from controller.telemetry.tables import (
    device_states,
    edge_alerts,
    events,
    quarantine,
    rollup_series,
    rollups,
    room_sensors,
)
from edge.wire.access_decision import Reason
from edge.wire.events import AccessData
from tests.controller.bookings.hearing import LOG
from tests.controller.clock import ManualClock
from tests.controller.running import NOW
from tests.controller.serving import serving
from tests.controller.signin.signing import API, Json, put_party, reassign, signed_in_as, user_with
from tests.controller.village import SITE, book

ENTRY = "12:03:07"
"""When the scouts came, as answers write it."""
LIVE: dict[str, set[str]] = {
    "/sites/{site}/now": {"pir-zebra", "area-zebra", "pi-front"},
    "/estate": {'"away":2'},
    "/sites/{site}/past": {"zebra held"},
    "/sites/{site}/events": {"reader-zebra", ENTRY},
    "/sites/{site}/quarantine": {"zebra garbled"},
    "/sites/{site}/footfall": {"beams-zebra"},
    "/sites/{site}/footfall.csv": {"beams-zebra"},
    "/sites/{site}/forecast": {"No door has a counter"},
    "/sites/{site}/occupancy": {"counter-zebra"},
    "/sites/{site}/desks": set(),
    "/sites/{site}/samples": {"wifi-zebra"},
    "/sites/{site}/samples.csv": {"wifi-zebra"},
    "/sites/{site}/alerts": {"zebra forced"},
    "/sites/{site}/sensors": {"sensor-zebra"},
    "/sites/{site}/raised-alerts": {"zebra held"},
    "/sites/{site}/plans": {"pi-front"},
    "/sites/{site}/overrides": {"zebra lock-down"},
    "/overrides/{override_id}": {"zebra lock-down"},
    "/commands/{command}": {"zebra let in"},
}
"""Routes of live data, and what the answer contains for those who may read it."""
WATCHES = ("owner", "manager", "facilities", "porter")
OF_PARTY = ("group_leader", "group_member", "partner")
SPAN = {"from": "2026-11-25", "to": "2026-11-27"}


@pytest.fixture
async def busy(village: httpx.AsyncClient, container: Container, clock: ManualClock) -> Json:
    """The scouts have come in, something moves, the alarm of an area is set, a door was forced: what paths name."""
    for party in ("scouts", "yoga"):
        await put_party(village, party, tier="partner")
    theirs = await book(village, party="scouts", starts="2026-11-25T12:00", ends="2026-11-25T14:00")
    came = NOW.replace(minute=3, second=7)
    clock.set(came.replace(minute=10))
    states = {
        "pir-zebra": ("motion", {"active": True, "zone": "hall"}),
        "area-zebra": ("alarm", {"state": "set", "why": "quiet"}),
        "counter-zebra": ("counter", {}),
    }
    at = {"site": SITE, "edge": "pi-front", "at": came}
    async with container.database.write() as tx:
        let_in = {"arrived_at": came, "arrived_how": "code", "let_in_at": came, "counted_in": 7}
        await tx.execute(update(bookings).where(bookings.c.id == theirs["id"]).values(let_in))
        log = await telemetry.open_log(tx, SITE, "pi-front", LOG, NOW)
        for device, (kind, values) in states.items():
            state = msgspec.json.encode(values).decode()
            row = {"device": device, "kind": kind, "seq": 1, "since": came, "state": state}
            await tx.execute(insert(device_states).values(at | row))
        await tx.execute(insert(edge_alerts).values(at | {"kind": "forced", "about": "main", "text": "zebra forced"}))
        heard = {"device": "z2m-zebra", "name": "sensor-zebra", "family": "zigbee2mqtt", "last_values": "{}"}
        times = {"first_at": came, "heard_at": came, "set_aside": "{}", "replaced": 0}
        await tx.execute(insert(room_sensors).values(heard | times | {"site": SITE, "edge": "pi-front"}))
        held = {"id": theirs["id"], "kind": "held", "about": "main", "text": "zebra held", "momentary": False}
        raised = {"begun_at": came, "raised_at": came, "acknowledged_by": ""}
        await tx.execute(insert(alerts).values(held | raised | {"site": SITE, "edge": "pi-front"}))
        opened = msgspec.json.encode(AccessData(door="front-door", granted=True, reason=Reason.GRANTED)).decode()
        entered = {"kind": "access", "device": "reader-zebra", "data": opened, "boot": "b" * 36}
        stored = {"log_id": log, "seq": 1, "mono_ms": 1, "trust": "synced", "received_at": came, "learned_late": False}
        await tx.execute(insert(events).values(at | entered | stored))
        for device, measurement, field in (("beams-zebra", "footfall", "ins"), ("wifi-zebra", "wifi", "stations")):
            series = {"site": SITE, "edge": "pi-front", "device": device, "measurement": measurement, "place": ""}
            await tx.execute(insert(rollup_series).values(series | {"first_at": came, "last_at": came}))
            summed = {"field": field, "n": 1, "total": 1, "least": 1, "most": 1}
            for step, starts in (("hour", NOW), ("month", NOW.replace(day=1, hour=0))):
                await tx.execute(insert(rollups).values(series | summed | {"step": step, "at": starts}))
        aside = {"log_id": log, "seq": 2, "site": SITE, "edge": "pi-front", "reason": "unreadable", "received_at": came}
        await tx.execute(insert(quarantine).values(aside | {"why": "zebra garbled", "raw": b"?", "digest": "0" * 64}))
        asked = {"id": theirs["id"], "site": SITE, "edge": "pi-front", "door": "front-door", "kind": "unlock"}
        why = {"reason": "zebra let in", "actor": "Una", "issued_at": came, "expires_at": came}
        await tx.execute(insert(commands).values(asked | why))
    order = {"kind": "lock_down", "reason": "zebra lock-down"}
    ordered = await village.post(f"{API}/sites/{SITE}/overrides", json=order)
    assert ordered.status_code == 201, ordered.text
    return {
        "site": SITE,
        "booking_id": theirs["id"],
        "override_id": ordered.json()["id"],
        "command": theirs["id"],
        "space": "hall",
        "day": "2026-11-25",
    }


def _party(role: str) -> Json:
    return {"party": "yoga"} if role in OF_PARTY else {}


@pytest.mark.cases_full
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PUBLIC])
async def test_what_happens_in_a_building_is_in_the_answers_of_who_looks_after_it_only(
    app: FastAPI, village: httpx.AsyncClient, busy: Json, openapi: Json, role: str
) -> None:
    secret = set().union(*LIVE.values()) - {"pi-front"} | ({ENTRY} if role in OF_PARTY else set())
    walked = 0
    async with signed_in_as(app, village, role, sites=[SITE], **_party(role)) as client:
        for path, operations in openapi["paths"].items():
            route = path.removeprefix(API)
            if "get" not in operations or not path.startswith(API):
                continue
            answer = await client.get(path.format_map(_Filled(busy)), params=SPAN)
            if route in LIVE and role in WATCHES:
                assert answer.status_code == 200, f"{route}: {answer.text}"
                assert {word for word in LIVE[route] if word not in answer.text} == set(), f"{route}: {answer.text}"
            elif route in LIVE:
                assert answer.status_code == 403, f"{route}: {answer.text}"
                assert "see what doors, alarms and sensors report" in answer.json()["detail"]
            if role not in WATCHES:
                told = {word for word in secret if word in answer.text}
                allowed = set() if role in OF_PARTY else {ENTRY}
                assert told <= allowed, f"{route}: {answer.text}"
            walked += answer.status_code == 200
    assert walked > 15


class _Filled(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "0" * 36 if name.endswith("_id") else "x"


async def test_a_booker_cannot_tell_from_the_diary_whether_the_others_came(
    app: FastAPI, village: httpx.AsyncClient, container: Container, busy: Json
) -> None:
    async with signed_in_as(app, village, "group_leader", party="yoga") as client:
        path = f"{API}/bookings/{busy['booking_id']}"
        arrived = (await client.get(path)).json()
        async with container.database.write() as tx:
            mine = update(bookings).where(bookings.c.id == busy["booking_id"])
            await tx.execute(mine.values(arrived_at=None, arrived_how="", let_in_at=None, counted_in=0, version=9))
        answer = await client.get(path)
    assert answer.json() == arrived
    assert (arrived["title"], arrived["status"], answer.headers["etag"]) == ("Taken", "confirmed", '"1"')


@pytest.mark.cases_full
async def test_who_may_not_see_what_happens_still_hears_that_the_diary_changed(
    app: FastAPI, village: httpx.AsyncClient, container: Container, busy: Json
) -> None:
    async with signed_in_as(app, village, "group_leader", party="yoga") as client, serving(app) as address:
        user = await user_with(village, "group_leader")
        live = address.replace("http", "ws") + f"{API}/live?site={SITE}"
        headers = {"Authorization": client.headers["Authorization"]}
        async with connect(live, additional_headers=headers) as socket:
            assert await _kind(socket) == "beat"
            container.mqtt.live.seen(SITE)
            container.mqtt.live.diary(SITE)
            assert await _kind(socket) == "bookings"
            await reassign(village, user, "porter")
            with pytest.raises(ConnectionClosed):
                await _beats(socket)
            assert socket.close_code == 1012
        async with connect(live, additional_headers=headers) as socket:
            assert await _kind(socket) == "snapshot"


async def _kind(socket: ClientConnection) -> str:
    return str(msgspec.json.decode(await socket.recv())["type"])


async def _beats(socket: ClientConnection) -> None:
    while True:
        assert await _kind(socket) in ("beat", "bookings")
