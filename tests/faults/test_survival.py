"""Broker, edge and controller are killed at their worst moments: nothing lost, nothing twice, nobody locked in.

Real processes and a real broker. What happened while no agent ran is an interval, never a zero.
"""

import asyncio
import shutil
import sqlite3
from datetime import timedelta

import aiomqtt

from edge.wire.codec import decode
from edge.wire.envelope import Envelope
from edge.wire.events import Event, EventBatch, read_event
from edge.wire.topics import Topic
from firmware_sim import provision
from firmware_sim.rig import Rig
from firmware_sim.truth import Way
from tests.faults.conftest import RATE
from tests.faults.ledger import BUSY_DOOR, CODE_DOOR, SITE, Ledger

EVENTS = str(Topic(site=SITE, edge="ramsey-pi", name="events"))
BETWEEN_TWO = timedelta(seconds=10)
"""Simulated time within which somebody sets off an event at a busy door."""


async def _listen(rig: Rig, heard: list[Event]) -> None:
    """Hear every event the edge sends, until cancelled."""
    async with aiomqtt.Client("127.0.0.1", rig.broker_port, protocol=aiomqtt.ProtocolVersion.V5) as listener:
        await listener.subscribe(EVENTS, qos=1)
        async for message in listener.messages:
            assert isinstance(message.payload, bytes)
            batch = decode(decode(message.payload, Envelope).payload, EventBatch)
            heard += [read_event(bytes(raw)) for raw in batch.events]


async def test_a_broker_that_was_dead_for_a_while_costs_no_event(rig: Rig, ledger: Ledger) -> None:
    code = await ledger.code()
    ledger.send(30)
    await ledger.crossings_recorded(10)
    await rig.broker.kill()
    await ledger.crossings_recorded(30)
    opened = await rig.stage.key(SITE, CODE_DOOR, code)
    assert opened.done, opened.text
    await rig.broker.start()
    await ledger.everybody_gone()
    stored = await ledger.all_stored()
    assert len(ledger.each_once(stored)) == 1
    assert ledger.outages(stored) == []
    ledger.counts_are_true(stored)
    assert rig.world.truth.count(SITE, Way.IN, BUSY_DOOR) == 30


async def test_an_edge_that_is_killed_in_mid_burst_loses_what_it_could_not_see_and_no_more(
    rig: Rig, ledger: Ledger
) -> None:
    on_wire: list[Event] = []
    listening = asyncio.create_task(_listen(rig, on_wire))
    ledger.send(60)
    await ledger.crossings_recorded(60)
    door = rig.world.site(SITE).doorway(BUSY_DOOR)
    killed = rig.clock.now()
    await rig.pis[SITE].kill()

    async def dead() -> bool:
        return rig.world.site(SITE).wires is None

    await rig.until(dead, "the world has seen the Pi die")
    recorded = list(rig.world.reported[SITE].recent)
    listening.cancel()
    await asyncio.wait({listening})
    assert not door.circuit.released
    left_by = rig.world.truth.count(SITE, Way.OUT) + 3

    async def others_left() -> bool:
        return rig.world.truth.count(SITE, Way.OUT) >= left_by

    await rig.until(others_left, "people have left by the door of a dead agent")
    await rig.pis[SITE].start()
    await rig.online(SITE)
    ledger.send(20)
    await ledger.crossings_recorded(10)
    await ledger.everybody_gone()
    stored = await ledger.all_stored()
    assert len(ledger.each_once(stored)) == 1
    (outage,) = ledger.outages(stored)
    assert outage.seconds > 0
    # What was recorded is on the disk within a second; in a burst the last of it is from a moment before.
    safe = killed - timedelta(seconds=RATE)
    assert outage.start >= safe - BETWEEN_TWO
    assert len([event for event in recorded if event.at <= safe]) >= 15
    ledger.stored_once(stored, (event for event in recorded if event.at <= safe))
    assert len(on_wire) >= 15
    ledger.stored_once(stored, on_wire)
    ledger.counts_are_true(stored)


async def test_a_controller_that_is_killed_between_receiving_and_committing_stores_it_once_in_the_end(
    rig: Rig, ledger: Ledger
) -> None:
    database = sqlite3.connect(rig.folder / "controller" / "data" / "hallkeeper.db", isolation_level=None)
    try:
        database.execute("BEGIN IMMEDIATE")
        (before,) = database.execute("SELECT count(*) FROM events").fetchone()
        # From here on the controller receives, as we do, and cannot commit.
        async with aiomqtt.Client("127.0.0.1", rig.broker_port, protocol=aiomqtt.ProtocolVersion.V5) as listener:
            await listener.subscribe(EVENTS, qos=1)
            ledger.send(20)
            for _ in range(2):
                await asyncio.wait_for(anext(aiter(listener.messages)), 20)
        await rig.controller.kill()
        (now,) = database.execute("SELECT count(*) FROM events").fetchone()
        assert now == before
    finally:
        database.close()
    await rig.controller.start()
    await ledger.everybody_gone()
    stored = await ledger.all_stored()
    assert len(ledger.each_once(stored)) == 1
    assert ledger.outages(stored) == []
    ledger.counts_are_true(stored)


async def test_a_replaced_disk_begins_a_new_log_and_loses_nothing_after(rig: Rig, ledger: Ledger) -> None:
    ledger.send(10)
    await ledger.everybody_gone()
    first = await ledger.all_stored()
    await rig.pis[SITE].stop()
    old = await ledger.stored()
    edge = rig.folder / "edges" / SITE
    await asyncio.to_thread(shutil.rmtree, edge / provision.DATA)
    await provision.enrol(rig.api, rig.world.site(SITE).building, edge)
    came = rig.world.truth.count(SITE, Way.IN)
    await rig.pis[SITE].start()
    await rig.online(SITE)
    ledger.send(15)
    await ledger.everybody_gone()
    stored = await ledger.all_stored()
    logs = ledger.each_once(stored)
    assert len(logs) == 2
    new = [event for event in stored if event["log"] not in {each["log"] for each in old}]
    counted = sum(event["data"]["ins"] for event in new if event["kind"] == "footfall")
    assert counted == rig.world.truth.count(SITE, Way.IN) - came == 15
    assert len(old) >= len(first)
    alerts = (await rig.api.get(f"/sites/{SITE}/alerts"))["items"]
    assert any("log" in alert["text"] for alert in alerts), alerts
