"""A real Zigbee2MQTT 2.14.1 with a radio in memory, and an edge that hears it; its messages are kept in a table, which
``make test`` plays."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from edge.net.mqtt_client import sensors_link
from edge.sensors.config import MqttSensorsConfig
from edge.sensors.mqtt_devices.decode import Decoder
from edge.sensors.mqtt_devices.esphome import Announced, Announcements
from edge.wire.broker_link import Connected, Message
from edge.wire.events import ReadingData
from tests.edge.hall import Hall, config, with_hall
from tests.edge.test_broker_link import Ear
from tests.mqtt_devices import TABLE, ZONE, spoken
from tests.services.mosquitto import Broker
from tests.services.zigbee2mqtt import LONG_AGO_MS, Device, Zigbee2Mqtt, zigbee2mqtt

RUN = TABLE.with_name("zigbee2mqtt_run.tsv")
WINDOW = Device("0x00158d0000000001", "hall/window", "lumi.sensor_magnet.aq2", "LUMI", (0, 6))
AIR = Device("0x00158d0000000002", "hall/air", "lumi.weather", "LUMI", (0, 0x402, 0x403, 0x405))
PEOPLE = Device("0x00158d0000000003", "hall/people", "CSM-300Z", "ShinaSystem", (0, 1, 0xC), heard_ms=LONG_AGO_MS)
LEAK = Device("0x00158d0000000004", "kitchen leak", "SNZB-05P", "SONOFF", (0, 1, 0x500))
LEAKING = {"zonestatus": 1, "extendedstatus": 0, "zoneID": 1, "delay": 0}
STEPS: dict[str, Callable[[Zigbee2Mqtt], None]] = {
    "start": lambda _: None,
    "open": lambda hub: hub.report(WINDOW, "genOnOff", onOff=1),
    "shut": lambda hub: hub.report(WINDOW, "genOnOff", onOff=0),
    "warmth": lambda hub: hub.report(AIR, "msTemperatureMeasurement", measuredValue=2134),
    "damp": lambda hub: hub.report(AIR, "msRelativeHumidity", measuredValue=4412),
    "people": lambda hub: hub.report(PEOPLE, "genAnalogInput", presentValue=3.0),
    "leak": lambda hub: hub.command(LEAK, "ssIasZone", "statusChangeNotification", **LEAKING),
    "rename": lambda _: None,
    "renamed": lambda hub: hub.report(WINDOW, "genOnOff", onOff=1),
    "remove": lambda _: None,
}
"""What happens, in this order; what is asked of Zigbee2MQTT itself is in ``REQUESTS``."""
REQUESTS = {"rename": {"from": "hall/window", "to": "hall/door"}, "remove": {"id": "hall/air"}}


class Row(msgspec.Struct, frozen=True):
    """``says``: as in ``tests.mqtt_devices``."""

    step: str
    topic: str
    payload: str
    says: str
    source: str


def rows() -> list[Row]:
    _, *lines = RUN.read_text(encoding="utf-8").splitlines()
    return [Row(*line.split("\t")) for line in lines]


def heard(messages: list[Message]) -> dict[str, dict[str, list[float]]]:
    """The events of an edge that hears these: by sensor, what each of its values became, and whether it is there.
    Nothing is set aside."""
    found: dict[str, dict[str, list[float]]] = {}

    async def act(hall: Hall) -> None:
        for message in messages:
            hall.sensors.publish(message.topic, message.payload, retain=False)
            await asyncio.sleep(61)
        for each in hall.data(ReadingData):
            said = dict(each.values) | ({} if each.available is None else {"here": float(each.available)})
            for kind, value in said.items():
                values = found.setdefault(each.name, {}).setdefault(kind, [])
                values.extend([value] if values[-1:] != [value] else [])
        assert [each.set_aside for each in hall.data(ReadingData) if each.set_aside] == []

    with_hall(act, config=msgspec.structs.replace(config(), mqtt_sensors=MqttSensorsConfig()))
    return found


EVENTS = {
    "hall/window": {"open": [1, 0], "here": [1]},
    "hall/air": {"temperature": [21.34], "humidity": [44.12], "here": [1]},
    "hall/people": {"people": [3], "here": [1]},
    "kitchen leak": {"leak": [1], "here": [1]},
    "hall/door": {"open": [0, 1], "here": [1]},
}


def test_what_a_real_zigbee2mqtt_sends_becomes_the_events_of_its_devices() -> None:
    played = [Message(topic=each.topic, payload=each.payload.encode()) for each in rows()]
    assert heard(played) == EVENTS


def test_each_message_of_the_run_is_read_as_the_table_says() -> None:
    decoder = Decoder(ZONE)
    said = [spoken(decoder.decode(each.topic, each.payload.encode())) for each in rows()]
    assert said == [each.says for each in rows()]


def test_the_announcements_of_other_families_take_no_place_of_those_that_are_read() -> None:
    announced = Announcements()
    for state, kind in (("zigbee2mqtt/hall/air", "temperature"), ("stage/sensor/co2/state", "carbon_dioxide")):
        said = json.dumps({"state_topic": state, "device_class": kind, "unit_of_measurement": "?"}).encode()
        assert announced.take(f"homeassistant/sensor/{kind}/config", said)
    assert announced.of("zigbee2mqtt/hall/air") == Announced("", "")
    assert announced.of("stage/sensor/co2/state") == Announced("carbon_dioxide", "?")


@asynccontextmanager
async def listening(broker: Broker) -> AsyncIterator[asyncio.Queue[Message]]:
    """What an edge's own client hears, with the topics that it listens to by default."""
    queue: asyncio.Queue[Message] = asyncio.Queue()
    ready = asyncio.Event()

    async def listen() -> None:
        async for event in sensors_link(MqttSensorsConfig(host=broker.host, port=broker.port)).events():
            if isinstance(event, Message):
                queue.put_nowait(event)
            elif isinstance(event, Connected):
                ready.set()

    task = asyncio.create_task(listen())
    await ready.wait()
    yield queue
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.mark.peers_full
async def test_a_real_zigbee2mqtt_still_sends_what_the_table_has(mosquitto: Broker, tmp_path: Path) -> None:
    """Its announcements for Home Assistant come between, and change nothing."""
    table = rows()
    mouth = Ear(mosquitto, "installer", "none")
    await mouth.until(connections=1)
    all_of_it: list[Message] = []
    async with listening(mosquitto) as queue, asyncio.timeout(120):
        started = zigbee2mqtt(tmp_path, mosquitto.port, (WINDOW, AIR, PEOPLE, LEAK))
        hub = await asyncio.to_thread(started.__enter__)
        try:
            for step, act in STEPS.items():
                act(hub)
                if step in REQUESTS:
                    asked = json.dumps(REQUESTS[step]).encode()
                    assert await mouth.link.publish(f"zigbee2mqtt/bridge/request/device/{step}", asked)
                due = sorted((each.topic, each.payload) for each in table if each.step == step)
                came: list[tuple[str, str]] = []
                while len(came) < len(due):
                    message = await queue.get()
                    all_of_it.append(message)
                    if message.topic.startswith("zigbee2mqtt/") and "/bridge/" not in message.topic:
                        came.append((message.topic, message.payload.decode()))
                assert sorted(came) == due, step
        finally:
            await asyncio.to_thread(started.__exit__, None, None, None)
    await mouth.close()
    assert any(each.topic.startswith("homeassistant/") for each in all_of_it)
    assert await asyncio.to_thread(heard, all_of_it) == EVENTS
