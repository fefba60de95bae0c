"""A building as it was, over the API: what came late counts, and what has not come is not known."""

from datetime import datetime, timedelta

from sqlalchemy import insert, update

from controller.alerts.repository import alerts
from controller.plans.overrides.model import AtDoor, Ordered
from controller.plans.tables import override_doors, overrides
from controller.screens.live.past_doors import orders
from controller.screens.live.past_rooms import held, state_spells
from controller.telemetry import queries
from controller.telemetry.rollups.figures import FigureSeries
from controller.telemetry.tables import edge_states
from edge.wire.events import (
    BootData,
    DoorChange,
    DoorData,
    FireChange,
    FireData,
    MotionData,
    OutageData,
    WifiData,
)
from edge.wire.interval import Interval
from edge.wire.messages import DeviceState
from edge.wire.plan import OverrideKind
from tests.controller.clock import ManualClock
from tests.controller.running import signed_in
from tests.controller.telemetry.speaking import NOW, event
from tests.eventually import eventually
from tests.integration.fake_edge import FakeEdge
from tests.integration.hub import Hub

PAST = "/api/v1/sites/ramsey/past"


async def test_a_day_is_shown_as_it_was_with_its_gaps_its_alerts_and_what_came_late(
    hub: Hub, edge: FakeEdge, clock: ManualClock
) -> None:
    def minute(number: int) -> str:
        return (NOW + timedelta(minutes=number)).isoformat()

    opened = DoorData(door="front-door", change=DoorChange.OPENED, why=None)
    dark = OutageData(start=NOW + timedelta(minutes=20), end=NOW + timedelta(minutes=30))
    clock.set(NOW + timedelta(hours=2))
    await edge.send(
        [
            event(1, BootData(version="1"), at=NOW, device="main"),
            event(2, opened, at=NOW + timedelta(minutes=10), device="front-door"),
            event(3, MotionData(zone="hall", active=True), at=NOW + timedelta(minutes=12)),
            event(4, MotionData(zone="hall", active=False), at=NOW + timedelta(minutes=14)),
            event(5, WifiData(zone="hall", stations=6), at=NOW + timedelta(minutes=16), device="wifi"),
            event(6, dark, at=NOW + timedelta(minutes=30), device="main"),
            event(7, BootData(version="1"), at=NOW + timedelta(minutes=30), device="main"),
            event(8, FireData(change=FireChange.ACTIVE), at=NOW + timedelta(minutes=33), device="fire-line"),
            event(9, FireData(change=FireChange.LATCHED), at=NOW + timedelta(minutes=35), device="fire-line"),
            event(10, WifiData(zone="hall", stations=9), at=NOW + timedelta(minutes=36), device="wifi"),
        ]
    )
    for device, kind in (("pir-hall", "motion"), ("wifi", "wifi")):
        await edge.say_state(DeviceState(device=device, kind=kind, seq=10, at=NOW, values={"zone": "hall"}))
    await edge.acknowledged(10)
    await eventually(lambda: _known(hub, {"pir-hall", "wifi"}), what="the devices are known")
    async with hub.container.database.write() as tx:
        await tx.execute(
            update(edge_states).values(online=False, since=NOW + timedelta(minutes=50), at=NOW + timedelta(minutes=40))
        )
        held = {"id": "1" * 36, "site": "ramsey", "kind": "held", "edge": "main", "about": "front-door"}
        times = {"begun_at": NOW, "raised_at": NOW + timedelta(minutes=12), "cleared_at": NOW + timedelta(minutes=15)}
        said = {"text": "Front door is held open", "momentary": False, "acknowledged_by": ""}
        await tx.execute(insert(alerts).values(held | times | said))
        made = {"id": "0" * 35 + "x", "site": "ramsey", "kind": "hold_open", "whole": False, "reason": "", "actor": "U"}
        span = {"starts": NOW + timedelta(minutes=5), "ends": NOW + timedelta(minutes=45), "made_at": NOW}
        await tx.execute(insert(overrides).values(made | span))
        there = {"override": made["id"], "door": "front-door", "site": "ramsey", "on_version": 1}
        await tx.execute(insert(override_doors).values(there | {"on_at": NOW + timedelta(minutes=8)}))
        later = {"begun_at": NOW + timedelta(days=2), "raised_at": NOW + timedelta(days=2), "cleared_at": None}
        many = [held | later | said | {"id": f"{number:036}", "about": f"door-{number}"} for number in range(500)]
        await tx.execute(insert(alerts), many)  # since then
    async with signed_in(hub.app) as client:
        answer = await client.get(PAST, params={"from": minute(-60), "to": minute(180)})
        assert answer.status_code == 200, answer.text
        found = answer.json()
        (main,) = found["edges"]
        gaps = [(each["why"], each["starts"], each["ends"]) for each in main["gaps"]]
        (front,) = [each for each in found["doors"] if each["id"] == "front-door"]
        shown = [(each["starts"], each["known"], each["contact"], each["lock"]) for each in front["spells"]]
        refused = [
            (await client.get(PAST, params={"from": start, "to": end})).status_code
            for start, end in ((minute(180), minute(190)), (minute(10), minute(5)), (minute(-2000), minute(0)))
        ]
    assert gaps == [
        ("not_yet", minute(-60), minute(0)),
        ("not_running", minute(20), minute(30)),
        ("away", minute(40), minute(120)),
    ]
    assert shown == [
        (minute(-60), False, "unknown", "unknown"),
        (minute(0), True, "closed", "locked"),
        (minute(10), True, "open", "locked"),
        (minute(20), False, "unknown", "unknown"),
        (minute(30), True, "unknown", "locked"),
        (minute(40), False, "unknown", "unknown"),
    ]
    assert [(each["starts"], each["ends"]) for each in main["away"]] == [(minute(50), minute(120))]
    (alert,) = found["alerts"]
    assert (alert["text"], alert["severity"], alert["starts"], alert["ends"]) == (
        "Front door is held open",
        "serious",
        minute(12),
        minute(15),
    )
    ordered = [(each["door"], each["kind"], each["starts"], each["ends"]) for each in found["orders"]]
    assert ordered == [("front-door", "hold_open", minute(8), minute(45))]
    fires = [(each["state"], each["starts"], each["ends"]) for each in found["fires"]]
    assert fires == [("active", minute(33), minute(35)), ("latched", minute(35), minute(120))]
    (moved,) = found["rooms"]["states"]
    assert (moved["place"], moved["kind"]) == ("hall", "motion")
    assert [(each["starts"], each["on"]) for each in moved["spells"]] == [
        (minute(-60), None),
        (minute(12), True),
        (minute(14), False),
        (minute(20), None),
        (minute(30), False),
        (minute(40), None),
    ]
    (wifi,) = found["rooms"]["numbers"]
    assert (wifi["place"], wifi["kind"], wifi["starts"]) == ("hall", "stations", minute(-65))
    known = [number for number, value in enumerate(wifi["values"]) if value is not None]
    assert (known, wifi["values"][16]) == ([16, 20], 6)
    assert not found["alerts_cut"]
    assert (found["people"], found["ends"]) == ([], minute(120))
    assert refused == [422, 422, 422]


async def _known(hub: Hub, devices: set[str]) -> bool:
    async with hub.container.database.read() as tx:
        return devices <= {state.device for _, state in await queries.site_devices(tx, "ramsey")}


def test_of_overrides_at_a_door_the_strictest_is_shown_from_when_the_door_had_it() -> None:
    def order(kind: OverrideKind, start: int, end: int, *, on: int | None, off: int | None = None) -> Ordered:
        at = AtDoor(door="front-door", on_at=_hour(on), off_at=_hour(off))
        return Ordered(
            id="1",
            site="ramsey",
            reason="",
            actor="Una",
            kind=kind,
            whole=False,
            starts=NOW + timedelta(hours=start),
            ends=NOW + timedelta(hours=end),
            made_at=NOW,
            doors=(at,),
        )

    found = orders(
        [
            order(OverrideKind.HOLD_OPEN, 0, 10, on=1),
            order(OverrideKind.LOCK_DOWN, 2, 8, on=3, off=5),
            order(OverrideKind.OUT_OF_SERVICE, 0, 10, on=None),
        ],
        ["front-door", "library-door"],
        Interval(start=NOW, end=NOW + timedelta(hours=12)),
    )
    assert [(each.door, each.kind.value, each.during.start.hour, each.during.end.hour) for each in found] == [
        ("front-door", "hold_open", 13, 15),
        ("front-door", "lock_down", 15, 17),
        ("front-door", "hold_open", 17, 22),
    ]


def _hour(number: int | None) -> datetime | None:
    return None if number is None else NOW + timedelta(hours=number)


def test_a_sensor_that_sends_the_same_again_is_not_known_before_it_first_did() -> None:
    day = Interval(start=NOW, end=NOW + timedelta(hours=12))
    worked = [Interval(start=NOW + timedelta(hours=2), end=NOW + timedelta(hours=6))]
    sent = [(NOW + timedelta(hours=3), True), (NOW + timedelta(hours=4), False)]
    again = state_spells(sent, worked, day, None)
    changes = state_spells(sent, worked, day, set())
    assert [(each.starts.hour, each.on) for each in again] == [(12, None), (15, True), (16, False), (18, None)]
    assert [(each.starts.hour, each.on) for each in changes] == [
        *((12, None), (14, False), (15, True), (16, False), (18, None)),
    ]


def test_a_number_holds_for_half_an_hour_while_its_sensor_is_known_to_work() -> None:
    n = [1, 0, 0, 1, *[0] * 8]
    series = FigureSeries(
        measurement="room",
        device="air",
        place="hall",
        edge="main",
        field="co2",
        edges=list(range(0, 13 * 300, 300)),
        n=n,
        total=[600.0 if each else 0.0 for each in n],
        least=[None] * 12,
        most=[None] * 12,
        coverage=[1, 1, 0.5, *[1.0] * 9],
    )
    assert held(series) == [600, 600, None, *[600] * 7, None, None]
