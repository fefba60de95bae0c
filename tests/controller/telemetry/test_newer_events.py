"""Events that a newer version has stored, as after a step back to the version before: pages and figures go on."""

import httpx
import pytest
from sqlalchemy import insert

from controller.app.container import Container
from controller.plans.why.replay_decision import reported_around
from controller.telemetry import repository
from controller.telemetry.rollups.service import remake_day
from controller.telemetry.tables import events
from edge.wire.access_decision import Reason
from edge.wire.codec import encode
from edge.wire.events import AccessData, FootfallData
from tests.controller.bookings.hearing import LOG
from tests.controller.clock import ManualClock
from tests.controller.running import NOW
from tests.controller.telemetry.rollups.test_service import LONDON
from tests.controller.village import API, SITE

OWNER = "019a1b2c-0000-7000-8000-000000000001"
NEWER = {
    "access": '{"kind":"access","door":"front-door","granted":true,"reason":"face"}',
    "motion": '{"kind":"motion","zone":"hall","active":"perhaps"}',
    "footfall": '{"kind":"footfall","counter":"beams","ins":{"wheelchairs":1}}',
}


async def stored(container: Container) -> None:
    """Three of them, and an entry and a crossing that this version can read."""
    readable: dict[str, AccessData | FootfallData] = {
        "access": AccessData(door="front-door", granted=True, reason=Reason.GRANTED, booking=OWNER),
        "footfall": FootfallData(counter="beams", door="front-door", ins=3, outs=0, total_ins=3, total_outs=0),
    }
    rows = [*NEWER.items(), *((kind, encode(data).decode()) for kind, data in readable.items())]
    at = {"at": NOW, "received_at": NOW, "mono_ms": 1, "trust": "synced", "learned_late": False}
    async with container.database.write() as tx:
        log = await repository.open_log(tx, SITE, "pi-front", LOG, NOW)
        for seq, (kind, data) in enumerate(rows, 1):
            row = {"site": SITE, "edge": "pi-front", "device": "beams", "kind": kind, "data": data, "boot": "b" * 36}
            await tx.execute(insert(events).values(row | at | {"log_id": log, "seq": seq}))
        assert await remake_day(tx, SITE, NOW.date(), LONDON) == len(rows)


@pytest.mark.parametrize("path", ["past", "attendance", "occupancy", "now"])
async def test_a_page_is_answered(
    village: httpx.AsyncClient, container: Container, clock: ManualClock, path: str
) -> None:
    await stored(container)
    clock.advance(minutes=10)
    answer = await village.get(f"{API}/sites/{SITE}/{path}", params={"from": "2026-11-25", "to": "2026-11-26"})
    assert answer.status_code == 200, answer.text


async def test_figures_and_entries_are_those_that_can_be_read(village: httpx.AsyncClient, container: Container) -> None:
    await stored(container)
    day = {"from": "2026-11-25", "to": "2026-11-26", "by": "day"}
    answer = await village.get(f"{API}/sites/{SITE}/footfall", params=day)
    assert [row["ins"] for row in answer.json()["items"]] == [3]
    async with container.database.read() as tx:
        assert [data.reason for _, data in await repository.last_accesses(tx, SITE, 10)] == [Reason.GRANTED]
        assert [data.booking for *_, data in await repository.accesses_of(tx, [OWNER], [SITE])] == [OWNER]
        around = await reported_around(tx, SITE, "pi-front", "front-door", NOW)
    assert [each.data for each in around if isinstance(each.data, AccessData)] == [around[0].data]
