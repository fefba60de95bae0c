"""Broker, edge and controller are killed at their worst moments, and a disk is replaced.

Real processes and a real broker. What happened while no agent ran is an interval, never a zero.
"""

import asyncio
import shutil
import sqlite3
from datetime import timedelta

import pytest

from edge.wire.codec import decode
from edge.wire.envelope import Envelope
from edge.wire.event_batch import EventBatch
from edge.wire.events import Event, read_event
from edge.wire.topics import Topic
from firmware_sim import provision
from firmware_sim.ground_truth import Way
from firmware_sim.hub_processes import SimHub
from tests.faults.conftest import RATE
from tests.faults.ledger import BUSY_DOOR, SITE
from tests.faults.orders import EDGE, broker
from tests.faults.trial import Trial

EVENTS = str(Topic(site=SITE, edge=EDGE, name="events"))
BETWEEN_TWO = timedelta(seconds=10)
"""Simulated time within which somebody sets off an event at a busy door."""


async def _listen(hub: SimHub, heard: list[Event]) -> None:
    """Hear every event the edge sends, until cancelled."""
    async with broker(hub) as listener:
        await listener.subscribe(EVENTS, qos=1)
        async for message in listener.messages:
            assert isinstance(message.payload, bytes)
            batch = decode(decode(message.payload, Envelope).payload, EventBatch)
            heard += [read_event(bytes(raw)) for raw in batch.events]


async def _broker_killed(trial: Trial) -> None:
    """In mid-stream; a code opens while it is dead, and it comes back with nothing that it knew."""
    hub, ledger = trial.hub, trial.ledger
    ledger.send(20)
    await ledger.crossings_recorded(8)
    await hub.broker.kill()
    await ledger.crossings_recorded(20)
    await trial.opens()
    await trial.refuses()
    await hub.broker.start()
    await ledger.everybody_gone()
    assert ledger.outages(await ledger.all_stored()) == []


async def _controller_killed(trial: Trial) -> None:
    """Between receiving and committing: it is stored once in the end."""
    hub, ledger = trial.hub, trial.ledger
    database = sqlite3.connect(hub.folder / "controller" / "data" / "hallkeeper.db", isolation_level=None)
    try:
        database.execute("BEGIN IMMEDIATE")
        (before,) = database.execute("SELECT count(*) FROM events").fetchone()
        # From here on the controller receives, as we do, and cannot commit.
        async with broker(hub) as listener:
            await listener.subscribe(EVENTS, qos=1)
            ledger.send(12)
            for _ in range(2):
                await asyncio.wait_for(anext(aiter(listener.messages)), 60)
        await hub.controller.kill()
        (now,) = database.execute("SELECT count(*) FROM events").fetchone()
        assert now == before
    finally:
        database.close()
    await trial.opens()
    await hub.controller.start()
    await ledger.everybody_gone()
    assert ledger.outages(await ledger.all_stored()) == []


async def test_broker_and_controller_killed_in_mid_stream_cost_no_event(trial: Trial) -> None:
    await trial.begin()
    await _broker_killed(trial)
    await trial.ends_well(scenario="broker killed in mid-stream")
    await _controller_killed(trial)
    await trial.ends_well(scenario="controller killed before it has committed")


async def test_an_edge_killed_during_a_burst_loses_only_what_it_could_not_see(trial: Trial) -> None:
    hub, ledger = trial.hub, trial.ledger
    await trial.begin()
    on_wire: list[Event] = []
    listening = asyncio.create_task(_listen(hub, on_wire))
    ledger.send(60)
    await ledger.crossings_recorded(60)
    door = hub.world.site(SITE).doorway(BUSY_DOOR)
    killed = hub.clock.now()
    await trial.pull_the_plug()
    recorded = list(hub.world.reported[SITE].recent)
    listening.cancel()
    await asyncio.wait({listening})
    assert not door.circuit.released
    left_by = hub.world.truth.count(SITE, Way.OUT) + 3

    async def others_left() -> bool:
        return hub.world.truth.count(SITE, Way.OUT) >= left_by

    await hub.until(others_left, "people have left by the door of a dead agent")
    await trial.wakes()
    await hub.online(SITE)
    ledger.send(20)
    await ledger.crossings_recorded(10)
    stored = await trial.ends_well(scenario="edge killed in mid-burst")
    (outage,) = ledger.outages(stored)
    assert outage.end > outage.start
    # What was recorded is on the disk within a second; in a burst the last of it is from a moment before.
    safe = killed - timedelta(seconds=RATE)
    assert outage.start >= safe - BETWEEN_TWO
    assert len([event for event in recorded if event.at <= safe]) >= 15
    # What is on the wire is on the disk, and is never lost.
    assert len(on_wire) >= 15
    ledger.stored_once(stored, on_wire)


@pytest.mark.faults_full
async def test_a_replaced_disk_starts_a_new_log_and_loses_nothing_later(trial: Trial) -> None:
    hub, ledger = trial.hub, trial.ledger
    await trial.begin(guests=10)
    await trial.opens()
    await ledger.everybody_gone()
    await ledger.all_stored()
    await hub.pis[SITE].stop()
    old = await ledger.stored()
    trial.loses_disk(old)
    edge = hub.folder / "edges" / SITE
    await asyncio.to_thread(shutil.rmtree, edge / provision.DATA)
    await provision.enrol(hub.api, hub.world.site(SITE).building, edge)
    came = hub.world.truth.count(SITE, Way.IN, BUSY_DOOR)
    await hub.pis[SITE].start()
    await hub.online(SITE)
    ledger.send(15)
    stored = await trial.ends_well(logs=2, scenario="disk of the edge replaced")
    new = [event for event in stored if event["log"] not in {each["log"] for each in old}]
    counted = sum(
        event["data"]["ins"] for event in new if event["kind"] == "footfall" and event["data"]["door"] == BUSY_DOOR
    )
    assert counted == hub.world.truth.count(SITE, Way.IN, BUSY_DOOR) - came == 15
    alerts = (await hub.api.get(f"/sites/{SITE}/alerts"))["items"]
    assert any("log" in alert["text"] for alert in alerts), alerts
