"""Edges whose believed clock is wrong: what they tell is dated by ours, nothing is lost, and somebody hears of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
import pytest
from sqlalchemy import select

from controller.platform.settings import Settings
from controller.telemetry import queries
from controller.telemetry.tables import edge_runs, events, outages, quarantine
from edge.wire.access_decision import ClockTrust
from edge.wire.events import BootData, EarlierRun, Event, EventData, OutageData
from edge.wire.messages import DeviceState
from tests.controller.clock import ManualClock
from tests.controller.telemetry.speaking import BOOT, NOW, crossing, event
from tests.eventually import eventually
from tests.integration.fake_edge import FakeEdge
from tests.integration.hub import Hub

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NEXT = BOOT[:-1] + "2"


@pytest.fixture
def settings(any_settings: Settings) -> Settings:
    """All of it on both databases."""
    return any_settings


def told(seq: int, at: datetime, mono_ms: int, data: EventData | None = None, *, boot: str = BOOT) -> Event:
    made = event(seq, data, at=at, device="main" if data is not None else "pir-hall")
    return msgspec.structs.replace(made, mono_ms=mono_ms, boot=boot, trust=ClockTrust.HOLDOVER)


async def rows(hub: Hub) -> Sequence[tuple[datetime, datetime | None, float | None, bool]]:
    c = events.c
    async with hub.container.database.read() as tx:
        found = await tx.execute(select(c.at, c.told_at, c.error_s, c.learned_late).order_by(c.seq))
        assert (await tx.execute(select(quarantine.c.seq))).all() == []
        return [(row.at, row.told_at, row.error_s, row.learned_late) for row in found]


async def alerts(hub: Hub) -> list[tuple[str, str]]:
    async with hub.container.database.read() as tx:
        return [(each.kind, each.text) for each in await queries.site_alerts(tx, "ramsey", limit=10)]


@pytest.mark.cases_full
async def test_events_of_an_edge_that_is_an_hour_fast_wait_for_its_reply_and_are_dated_by_it(
    hub: Hub, edge: FakeEdge
) -> None:
    begun = NOW - 10 * MINUTE
    fast = [told(seq, begun + HOUR + seq * MINUTE / 2, seq * 30_000) for seq in range(1, 16)]
    await edge.send(fast)
    await edge.until(lambda: edge.acks, "an acknowledgement")
    assert (edge.acks[-1].seq, await rows(hub), await alerts(hub)) == (0, [], [])
    edge.mono_ms = 600_000
    await hub.times(edge)
    await edge.send(fast)
    await edge.acknowledged(15)
    found = await rows(hub)
    for seq, (at, told_at, error_s, _) in enumerate(found, start=1):
        assert abs(at - (begun + seq * MINUTE / 2)) < timedelta(seconds=1)
        assert told_at == fast[seq - 1].at
        assert error_s is not None
        assert error_s < 1
    ((kind, text),) = await alerts(hub)
    assert kind == "edge_clock"
    assert text.startswith("The clock of main was 1 h fast: ")
    shown = (await hub.container.mqtt.live.snapshot("ramsey")).alerts
    assert [each.kind for each in shown] == ["edge_clock"]
    await edge.send([told(16, NOW + HOUR, 599_000)])
    await edge.acknowledged(16)
    assert len(await alerts(hub)) == 1


@pytest.mark.cases_full
async def test_a_reply_is_asked_for_where_events_wait_for_one(hub: Hub, edge: FakeEdge) -> None:
    edge.hellos.clear()
    edge.mono_ms = 60_000
    await edge.send([told(1, NOW + HOUR, 60_000)])
    await edge.until(lambda: edge.hellos, "a hello")
    await hub.times(edge)
    await edge.send([told(1, NOW + HOUR, 60_000)])
    await edge.acknowledged(1)


@pytest.mark.cases_full
async def test_events_of_an_unknown_run_are_dated_between_the_ones_around_it(
    hub: Hub, edge: FakeEdge, clock: ManualClock
) -> None:
    """Off the line from 12:00 on; a power cut until 12:10; ten minutes with a clock an hour fast; another cut; back at
    13:00. Its outages and crossings are kept, with what is not known of their time."""
    edge.mono_ms = 600_000
    await edge.send([told(1, NOW, 600_000)])
    await edge.acknowledged(1)
    await hub.times(edge)
    clock.set(NOW + HOUR)
    first = EarlierRun(boot=BOOT, mono_ms=600_000)
    second = EarlierRun(boot=NEXT, mono_ms=600_000)
    third = BOOT[:-1] + "3"
    edge.boot, edge.mono_ms, edge.earlier, edge.connection = third, 60_000, (first, second), 1
    edge.nonce = "c" * 32
    await edge.say_status()
    await hub.times(edge)
    out, begun = NOW + 10 * MINUTE, NOW + HOUR - MINUTE
    walked = msgspec.structs.replace(
        crossing(4, ins=3, total=(3, 0), at=out + HOUR + 10 * MINUTE), boot=NEXT, mono_ms=600_000
    )
    await edge.send(
        [
            told(2, out + HOUR, 0, OutageData(start=NOW, end=out + HOUR, after=first), boot=NEXT),
            told(3, out + HOUR, 0, BootData(version="1"), boot=NEXT),
            walked,
            told(5, begun, 0, OutageData(start=out + HOUR + 10 * MINUTE, end=begun, after=second), boot=third),
        ]
    )
    await edge.acknowledged(5)
    found = await rows(hub)
    assert [error_s is not None and 2945 > error_s > 2935 for _, _, error_s, _ in found[1:4]] == [True] * 3
    assert abs(found[3][0] - begun) < timedelta(seconds=1)
    assert abs(found[1][0] - (begun - 10 * MINUTE)) < timedelta(seconds=1)
    async with hub.container.database.read() as tx:
        dark = [(row.starts, row.ends) for row in await tx.execute(select(outages).order_by(outages.c.seq))]
        (wrong,) = (await tx.execute(select(edge_runs).where(edge_runs.c.wrong_from.is_not(None)))).all()
    moment = timedelta(seconds=1)
    assert dark[0][0] == NOW
    assert abs(dark[0][1] - (begun - 10 * MINUTE)) < moment
    assert abs(dark[1][0] - (NOW + 10 * MINUTE)) < moment
    assert abs(dark[1][1] - begun) < moment
    assert wrong.boot == NEXT
    assert wrong.wrong_from <= NOW + 10 * MINUTE
    assert wrong.wrong_until >= begun
    (counter,) = (await hub.container.mqtt.live.snapshot("ramsey")).counters
    assert counter.ins_today == 3


@pytest.mark.cases_full
async def test_a_run_that_nothing_bounds_but_the_present_one_is_before_that(hub: Hub, edge: FakeEdge) -> None:
    edge.boot, edge.mono_ms, edge.nonce = NEXT, 60_000, "c" * 32
    await edge.say_status()
    await hub.times(edge)
    await edge.send([told(seq, NOW + HOUR + seq * MINUTE, seq * 60_000) for seq in (1, 2, 3)])
    await edge.acknowledged(3)
    found = [at for at, *_ in await rows(hub)]
    assert found == sorted(found)
    assert abs(found[2] - (NOW - MINUTE)) < timedelta(seconds=1)
    assert abs(found[2] - found[0] - 2 * MINUTE) < timedelta(seconds=1)


@pytest.mark.cases_full
async def test_an_outage_is_not_lost_where_its_ends_are_in_the_wrong_order(hub: Hub, edge: FakeEdge) -> None:
    """The clock was fast before it and put right after."""
    edge.mono_ms = 60_000
    await hub.times(edge)
    before = told(1, NOW - 30 * MINUTE, 0, boot=NEXT)
    await edge.send([before, told(2, NOW - MINUTE, 0, OutageData(start=NOW + HOUR, end=NOW - MINUTE))])
    await edge.acknowledged(2)
    async with hub.container.database.read() as tx:
        ((starts, ends),) = (await tx.execute(select(outages.c.starts, outages.c.ends))).all()
    assert (starts, ends) == (NOW - 30 * MINUTE, NOW - MINUTE)


async def test_a_reply_of_a_wrong_time_raises_an_alert_and_a_device_is_not_shown_in_the_future(
    hub: Hub, edge: FakeEdge
) -> None:
    edge.off, edge.mono_ms = HOUR, 60_000
    state = DeviceState(device="pir-hall", kind="motion", seq=1, at=NOW + HOUR, values={"zone": "hall", "active": True})
    await edge.say_state(state)
    await hub.times(edge)

    async def alerted() -> bool:
        return [kind for kind, _ in await alerts(hub)] == ["edge_clock"]

    async def shown() -> DeviceState | None:
        async with hub.container.database.read() as tx:
            return next((state for _, state in await queries.site_devices(tx, "ramsey")), None)

    await eventually(alerted, what="somebody hears of it")
    assert (await eventually(shown, what="the device is shown")).at == NOW
