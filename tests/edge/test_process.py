"""The agent as a process with real files and the real broker: how it ends, and what it leaves behind."""

import asyncio
import signal
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from edge.wire.broker_link import Message
from edge.wire.envelope import Keyring, Purpose, open_envelope
from edge.wire.event_batch import EventBatch
from edge.wire.events import ReadingData, read_event
from edge.wire.messages import Status
from tests.edge.hall import EDGE, SITE, config
from tests.edge.test_broker_link import Ear
from tests.services.mosquitto import Broker

PROGRAM = """
import asyncio, sys
from pathlib import Path
import msgspec
from gpiozero.pins.mock import MockFactory
from edge.agent import Agent
from edge.cli import until_told
from edge.config import BrokerConfig
from edge.system.durable_files import DiskFiles
from edge.net.mqtt_client import MqttLink, sensors_link
from edge.sensors.config import MqttSensorsConfig
from edge.system.pins import GpioPins
from edge.wire.clock import SystemClock
from tests.edge.hall import config

found = msgspec.structs.replace(config(), mqtt_sensors=MqttSensorsConfig(port=int(sys.argv[1])))
broker = BrokerConfig(host="127.0.0.1", port=int(sys.argv[1]))
agent = Agent(
    found,
    clock=SystemClock(),
    pins=GpioPins(MockFactory()),
    link=lambda introduction: MqttLink(broker, introduction),
    sensors_link=sensors_link,
    files=DiskFiles(Path(sys.argv[2])),
    synchronised=lambda: True,
)
asyncio.run(until_told(agent.run()))
"""


def statuses(ear: Ear) -> list[Status]:
    keys = Keyring(config().identity.keys.signing.public_key())
    return [
        open_envelope(one.payload, purpose=Purpose.STATUS, kind=Status, site=SITE, edge=EDGE, keys=keys)
        for one in ear.seen
        if isinstance(one, Message) and one.topic.endswith("/status")
    ]


def readings(ear: Ear) -> list[ReadingData]:
    """Each once, though nobody acknowledges them."""
    keys = Keyring(config().identity.keys.signing.public_key())
    found = [
        read_event(bytes(raw))
        for one in ear.seen
        if isinstance(one, Message) and one.topic.endswith("/events")
        for raw in open_envelope(
            one.payload, purpose=Purpose.EVENTS, kind=EventBatch, site=SITE, edge=EDGE, keys=keys
        ).events
    ]
    read = {event.seq: event.read() for event in found}
    return [each for each in read.values() if isinstance(each, ReadingData)]


@pytest.fixture
async def ear(mosquitto: Broker) -> AsyncIterator[Ear]:
    ear = Ear(mosquitto, "ear", f"hk/1/{SITE}/{EDGE}/status", f"hk/1/{SITE}/{EDGE}/events")
    await ear.until(connections=1)
    yield ear
    await ear.close()


async def started(mosquitto: Broker, folder: Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, str(mosquitto.port), str(folder / "data")
    )


@pytest.mark.cases_full
async def test_sigterm_sends_offline_and_exits_0(mosquitto: Broker, ear: Ear, tmp_path: Path) -> None:
    process = await started(mosquitto, tmp_path)
    await ear.until(messages=1)
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 60) == 0
    async with asyncio.timeout(60):
        while statuses(ear)[-1].online:
            await ear.until(messages=len(ear.messages()) + 1)
    assert statuses(ear)[0].online


async def test_kill_9_leaves_the_signed_will_and_the_next_start_a_new_boot_in_the_same_log(
    mosquitto: Broker, ear: Ear, tmp_path: Path
) -> None:
    process = await started(mosquitto, tmp_path)
    async with asyncio.timeout(60):
        # An event that was published had been committed.
        while not any(topic.endswith("/events") for topic, _, _ in ear.messages()):
            await ear.until(messages=len(ear.messages()) + 1)
    process.kill()
    await process.wait()
    async with asyncio.timeout(60):
        while statuses(ear)[-1].online:
            await ear.until(messages=len(ear.messages()) + 1)
    first, will = statuses(ear)[0], statuses(ear)[-1]
    assert will.nonce == first.nonce
    process = await started(mosquitto, tmp_path)
    async with asyncio.timeout(60):
        while not statuses(ear)[-1].online:
            await ear.until(messages=len(ear.messages()) + 1)
    second = statuses(ear)[-1]
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 60) == 0
    assert second.online
    assert second.log == first.log
    assert second.boot != first.boot
    assert second.head >= 1


@pytest.mark.cases_full
async def test_what_devices_send_to_a_real_broker_leaves_as_signed_events(
    mosquitto: Broker, ear: Ear, tmp_path: Path
) -> None:
    gateway = Ear(mosquitto, "gateway", "none")
    await gateway.until(connections=1)
    assert await gateway.link.publish("zigbee2mqtt/hall/window", b'{"temperature":3}', retain=True)
    recent = b'{"temperature":21,"last_seen":%d}' % (time.time() * 1000)
    assert await gateway.link.publish("zigbee2mqtt/hall/stage", recent, retain=True)
    process = await started(mosquitto, tmp_path)
    async with asyncio.timeout(60):
        while not readings(ear):  # of what the broker had kept
            await ear.until(messages=len(ear.messages()) + 1)
    for number in range(1000):
        said = b'{"contact":false,"battery":87,"temperature":%d}' % (20 + number % 2)
        assert await gateway.link.publish("zigbee2mqtt/hall/window", said, qos=0)
    async with asyncio.timeout(60):
        while not any("open" in each.values for each in readings(ear)):
            await ear.until(messages=len(ear.messages()) + 1)
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 60) == 0
    await gateway.close()
    first = readings(ear)
    assert {each.name for each in first} == {"hall/stage", "hall/window"}
    assert len(first) <= 4
    assert not any(each.values.get("temperature") == 3 for each in first)
