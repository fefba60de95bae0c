"""A building as it was, over the API: what came late counts, and what has not come is not known."""

from datetime import timedelta

from sqlalchemy import insert, update

from controller.alerts.repository import alerts
from controller.telemetry.tables import edge_states
from edge.wire.events import BootData, DoorChange, DoorData, OutageData
from tests.controller.clock import ManualClock
from tests.controller.running import signed_in
from tests.controller.telemetry.speaking import NOW, event
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
            event(3, dark, at=NOW + timedelta(minutes=30), device="main"),
            event(4, BootData(version="1"), at=NOW + timedelta(minutes=30), device="main"),
        ]
    )
    await edge.acknowledged(4)
    async with hub.container.database.write() as tx:
        await tx.execute(
            update(edge_states).values(online=False, since=NOW + timedelta(minutes=50), at=NOW + timedelta(minutes=40))
        )
        held = {"id": "1" * 36, "site": "ramsey", "kind": "held", "edge": "main", "about": "front-door"}
        times = {"begun_at": NOW, "raised_at": NOW + timedelta(minutes=12), "cleared_at": NOW + timedelta(minutes=15)}
        said = {"text": "Front door is held open", "momentary": False, "acknowledged_by": ""}
        await tx.execute(insert(alerts).values(held | times | said))
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
    assert (found["people"], found["ends"]) == ([], minute(120))
    assert refused == [422, 422, 422]
