"""MQTT devices at an edge: what they measure becomes events, whatever they send; no lock and no alarm acts on it."""

import asyncio
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from edge.errors import ConfigError
from edge.net.mqtt_client import SENSORS_PACKET_LIMIT, sensors_link
from edge.sensors.config import MqttSensorsConfig
from edge.sensors.last_values import (
    LastValues,
    device_id,
)
from edge.sensors.mqtt_devices.decode import Decoder
from edge.sensors.mqtt_devices.listener import AT_ONCE, RETRY_S, STATE_S, TOPIC_LIMIT, UNREAD, MqttSensors
from edge.sensors.report import PARTS_LIMIT, PAYLOAD_LIMIT, Aside, Family, Report
from edge.system.liveness import STUCK_S
from edge.wire.broker_link import Connected, Disconnected, Message
from edge.wire.events import AlarmData, FaultData, MotionData, ReadingData
from edge.wire.faults import FaultCode
from tests.edge.hall import ZERO as HALL_ZERO
from tests.edge.hall import Hall, config, grant, with_hall
from tests.edge.test_broker_link import Ear
from tests.edge.test_config import GOOD, loaded
from tests.edge.watched import CLOSES, QUIET, SET, SIREN, WARN, Watched, area, watched, with_watched
from tests.services.mosquitto import Broker
from tests.virtual_time import VirtualLoop

DOOR = "zigbee2mqtt/hall/front_door"
NOW = datetime(2026, 3, 28, 17, tzinfo=UTC)
LISTENS = msgspec.structs.replace(config(), mqtt_sensors=MqttSensorsConfig())


def say(hall: Hall, topic: str = DOOR, *, retain: bool = False, **values: object) -> None:
    hall.sensors.publish(topic, json.dumps(values).encode(), retain=retain)


def values(hall: Hall) -> list[dict[str, float]]:
    return [dict(each.values) for each in hall.data(ReadingData)]


# The edge


def test_a_zigbee_name_with_a_slash_becomes_a_device_with_its_values_and_facts() -> None:
    async def act(hall: Hall) -> None:
        say(hall, f"{DOOR}/availability", state="online")
        say(hall, battery=87, battery_low=False, contact=False, linkquality=None, temperature=None)
        await asyncio.sleep(1)
        (event,) = [each for each in hall.recorded if each.kind == "reading"]
        assert event.device == device_id(Family.ZIGBEE2MQTT, "hall/front_door")
        (data,) = hall.data(ReadingData)
        assert (data.name, data.values, data.battery, data.available) == ("hall/front_door", {"open": 1}, 87, True)

    with_hall(act, config=LISTENS)


def test_a_thousand_values_a_second_become_a_few_events_and_the_rest_is_counted() -> None:
    async def act(hall: Hall) -> None:
        for second in range(10):
            for number in range(1000):
                say(hall, "zigbee2mqtt/mad", temperature=20 + number / 1000, occupancy=bool((number + second) % 2))
            await asyncio.sleep(1)
        await asyncio.sleep(60)
        mad = hall.data(ReadingData)
        assert 2 <= len(mad) <= 5
        warmth = [each.values["temperature"] for each in mad if "temperature" in each.values]
        assert warmth[-1] == pytest.approx(20.999)
        state = hall.state("mqtt-sensors").values
        assert state["messages"] == 10_000
        read = 10_000 - int(state["dropped"] or 0)
        assert 10 * TOPIC_LIMIT <= read <= 60 * TOPIC_LIMIT
        assert 0 < sum(each.replaced for each in mad) <= 2 * read

    with_hall(act, config=LISTENS)


class CountedByTurn:
    """Counts how often a method is called in one turn of the loop at most."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, owner: type, name: str) -> None:
        self.now = self.most = 0
        method = getattr(owner, name)

        def counting(*args: Any) -> Any:
            if not self.now:
                asyncio.get_running_loop().call_soon(self._turn)
            self.now += 1
            self.most = max(self.most, self.now)
            return method(*args)

        monkeypatch.setattr(owner, name, counting)

    def _turn(self) -> None:
        self.now = 0


def test_a_door_opens_while_devices_shout(monkeypatch: pytest.MonkeyPatch) -> None:
    async def act(hall: Hall) -> None:
        await hall.send_codes(1, grant("482913", HALL_ZERO, HALL_ZERO + timedelta(hours=1)))

        async def shout() -> None:
            for number in range(400):
                for topic in range(30):
                    say(hall, f"zigbee2mqtt/{topic}", temperature=number, contact="Gate broken")
                await asyncio.sleep(0.01)

        shouting = asyncio.create_task(shout())
        await hall.enter("482913")
        await asyncio.sleep(0.2)
        assert hall.unlocked()
        await shouting

    at_once = CountedByTurn(monkeypatch, Decoder, "decode"), CountedByTurn(monkeypatch, MqttSensors, "_take")
    with_hall(act, config=LISTENS)
    assert [each.most for each in at_once] == [1, AT_ONCE]


def test_one_message_has_the_values_of_at_most_twenty_sensors_and_the_rest_is_counted() -> None:
    sensors = {f"D{number}": {"Temperature": 20} for number in range(500)}
    for topic, said in (
        ("tele/n/SENSOR", sensors),
        ("tele/n/SENSOR", {"ZbReceived": sensors}),
        ("n/events/rpc", {"method": "NotifyStatus", "params": {f"temperature:{at}": {"tC": 20} for at in range(500)}}),
    ):
        found = Decoder(ZoneInfo("Europe/London")).decode(topic, json.dumps(said).encode())
        assert found is not None
        counts = Counter(why for each in found for why in each.aside)
        assert (len(found), counts) == (PARTS_LIMIT, {Aside.TOO_MANY: 500 - PARTS_LIMIT})


def test_a_slow_pass_over_what_waits_is_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand messages of a tenth of a second each take longer than a task may be stuck."""
    stuck: list[str] = []

    async def act(hall: Hall) -> None:
        def slow(self: Decoder, topic: str, payload: bytes) -> tuple[Report, ...]:
            loop = asyncio.get_running_loop()
            assert isinstance(loop, VirtualLoop)
            loop.stall(STUCK_S / 600)
            stuck.extend(name for name in hall.agent._runtime.stuck() if name == "read mqtt-sensors")
            return ()

        monkeypatch.setattr(Decoder, "decode", slow)
        for number in range(1000):
            say(hall, f"zigbee2mqtt/{number % 50}", temperature=20)
        await asyncio.sleep(200)

    with_hall(act, config=LISTENS)
    assert stuck == []


def test_a_message_that_is_too_long_is_dropped_and_not_kept() -> None:
    async def act(hall: Hall) -> None:
        for _ in range(3):
            hall.sensors.publish(DOOR, b"x" * (PAYLOAD_LIMIT + 1))
        await asyncio.sleep(STATE_S + 1)
        assert hall.data(ReadingData) == []
        state = hall.state("mqtt-sensors").values
        assert (state["messages"], state["dropped"]) == (3, 3)

    with_hall(act, config=LISTENS)


def test_an_error_that_nobody_foresaw_is_a_fault_and_ends_no_agent(monkeypatch: pytest.MonkeyPatch) -> None:
    def faults(hall: Hall) -> list[tuple[str, bool]]:
        return [(each.part, each.present) for each in hall.data(FaultData)]

    def broken(*_: object) -> None:
        raise ValueError("nobody foresaw this")

    async def act(hall: Hall) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(Decoder, "decode", broken)
            say(hall, contact=False)
            await asyncio.sleep(0.5)
            assert faults(hall) == [(UNREAD, True)]
        await asyncio.sleep(RETRY_S)
        with monkeypatch.context() as patch:
            patch.setattr(MqttSensors, "_take", broken)
            say(hall, contact=False)
            await asyncio.sleep(0.5)
            assert faults(hall)[1:] == [(UNREAD, False), ("", True)]
        await asyncio.sleep(RETRY_S)
        assert faults(hall)[3:] == [("", False)]
        say(hall, contact=False)
        await asyncio.sleep(1)
        assert values(hall) == [{"open": 1}]

    with_hall(act, config=LISTENS)


def test_what_is_set_aside_is_counted_for_its_device() -> None:
    async def act(hall: Hall) -> None:
        hall.sensors.publish("zigbee2mqtt/gate", b"nothing was heard of it yet")
        say(hall, "zigbee2mqtt/gate", people=4)
        hall.sensors.publish("zigbee2mqtt/gate", b'{"temperature":NaN}')
        for value in ("Gate broken", -390_000, 390_000):
            say(hall, "zigbee2mqtt/gate", people=value)
        hall.sensors.publish("zigbee2mqtt/bridge/state", b"online")
        await asyncio.sleep(1)
        (data,) = hall.data(ReadingData)
        assert data.set_aside == {Aside.MALFORMED: 1, Aside.NOT_A_NUMBER: 1, Aside.OUT_OF_BOUNDS: 2}
        await asyncio.sleep(60)
        assert hall.state("mqtt-sensors").values["foreign"] == 2

    with_hall(act, config=LISTENS)


@pytest.mark.cases_full
def test_a_lost_broker_of_sensors_is_a_fault_until_it_is_back() -> None:
    async def act(hall: Hall) -> None:
        hall.sensors.kill()
        await asyncio.sleep(1)
        hall.sensors.start()
        await asyncio.sleep(60)
        faults = [(each.code, each.present) for each in hall.data(FaultData)]
        assert faults == [(FaultCode.SENSORS_CUT_OFF, True), (FaultCode.SENSORS_CUT_OFF, False)]
        say(hall, contact=True)
        await asyncio.sleep(1)
        assert values(hall) == [{"open": 0}]

    with_hall(act, config=LISTENS)


@pytest.mark.parametrize("speaks", [False, True])
def test_no_alarm_is_set_cancelled_or_raised_by_what_devices_say(speaks: bool) -> None:
    """They are not signed: the alarm does with them as it does without."""

    async def act(hall: Watched) -> None:
        await hall.used()
        await hall.sleep_until(CLOSES, 30)
        assert hall.alarm() == "warning"
        if speaks:  # movement must not cancel the warning
            say(hall, occupancy=True, presence=True, contact=False, people=9)
        await asyncio.sleep(QUIET + WARN + 60)
        assert hall.alarm() == "set"
        if speaks:  # nor an open window raise it
            say(hall, "zigbee2mqtt/hall-pir", occupancy=True, contact=False)
        await asyncio.sleep(60)
        assert (hall.alarm(), hall.on(SET), hall.on(SIREN)) == ("set", True, False)
        assert [change.change for change in hall.data(AlarmData)] == ["warning", "set"]
        assert len({each.name for each in hall.data(ReadingData)}) == (2 if speaks else 0)
        assert all(event.device != "hall-pir" for event in hall.recorded if event.kind == "reading")
        assert {data.zone for data in hall.data(MotionData)} == {"hall"}

    with_watched(act, msgspec.structs.replace(watched(area()), mqtt_sensors=MqttSensorsConfig()))


@pytest.mark.cases_full
def test_devices_that_say_nobody_is_there_set_no_alarm() -> None:
    async def act(hall: Watched) -> None:
        await hall.evening()
        await hall.drive(27, True)  # the door stands open
        await hall.sleep_until(CLOSES, 0)
        for _ in range(60):
            say(hall, occupancy=False, presence=False, contact=True, people=0)
            await asyncio.sleep(60)
        assert hall.alarm() == "unset"
        assert not hall.on(SET)
        assert hall.data(ReadingData)

    with_watched(act, msgspec.structs.replace(watched(area()), mqtt_sensors=MqttSensorsConfig()))


# The configuration and the real broker


def test_the_table_of_the_configuration_is_read_with_its_password(tmp_path: Path) -> None:
    secret = tmp_path / "sensors-password"
    secret.write_text("beans\n")
    secret.chmod(0o600)
    text = '\n[mqtt_sensors]\nhost = "10.0.0.2"\nusername = "hall"\npassword_file = "sensors-password"\n'
    found = loaded(tmp_path, GOOD + text).mqtt_sensors
    assert found is not None
    assert (found.host, found.username, found.password) == ("10.0.0.2", "hall", "beans")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('host = "no host"', "mqtt_sensors.host"),
        ('password = "beans"', "mqtt_sensors.password"),
        ('password_file = "nowhere"', "mqtt_sensors.password_file"),
        ("topics = []", "mqtt_sensors.topics"),
        ("port = 0", "mqtt_sensors.port"),
        ('topics = ["tele/#", "a/#/b"]', "mqtt_sensors.topics[1]"),
        ('topics = ["sensors#"]', "mqtt_sensors.topics[0]"),
        ('topics = ["a+/b"]', "mqtt_sensors.topics[0]"),
    ],
)
def test_a_mistake_in_the_table_is_refused_with_its_key(tmp_path: Path, text: str, key: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, GOOD + f"\n[mqtt_sensors]\n{text}\n")
    assert key in str(caught.value)


async def test_a_real_broker_keeps_what_is_too_long_to_itself(mosquitto: Broker) -> None:
    mouth = Ear(mosquitto, "gateway", "none")
    await mouth.until(connections=1)
    assert await mouth.link.publish(DOOR, b"x" * 2 * SENSORS_PACKET_LIMIT, retain=True)
    link, seen = sensors_link(MqttSensorsConfig(host=mosquitto.host, port=mosquitto.port)), []
    async with asyncio.timeout(30):
        async for event in link.events():
            if isinstance(event, Connected):
                assert await mouth.link.publish(DOOR, b"y" * 2 * SENSORS_PACKET_LIMIT)
                assert await mouth.link.publish(DOOR, b"{}")
            else:
                seen.append(event)
                break
    await mouth.close()
    assert seen == [Message(topic=DOOR, payload=b"{}")]


async def test_a_real_broker_hands_over_what_devices_send_and_has_kept(mosquitto: Broker) -> None:
    """One that connects late is told what the broker has kept, and then what comes."""
    mouth = Ear(mosquitto, "gateway", "none")
    await mouth.until(connections=1)
    assert await mouth.link.publish(DOOR, b'{"contact":false}', retain=True)
    assert await mouth.link.publish(f"{DOOR}/availability", b"online", retain=True)
    link = sensors_link(MqttSensorsConfig(host=mosquitto.host, port=mosquitto.port))
    decoder, book = Decoder(ZoneInfo("Europe/London")), LastValues()
    kept = 0
    async with asyncio.timeout(30):
        async for event in link.events():
            assert not isinstance(event, Disconnected)
            if isinstance(event, Connected):
                continue
            for each in decoder.decode(event.topic, event.payload) or ():
                book.take(each, 0, kept_at=NOW if event.retained else None)
            kept += event.retained
            if event.topic == "tele/stage/SENSOR":
                break
            if kept == 2:
                kept = 0
                assert await mouth.link.publish("hk/1/x/y/events", b"not for us")
                assert await mouth.link.publish(
                    "ht/events/rpc", b'{"method":"NotifyStatus","params":{"humidity:0":{"rh":44}}}'
                )
                assert await mouth.link.publish("stage/sensor/co2/state", b"812")
                assert await mouth.link.publish("tele/stage/SENSOR", b'{"AM2301":{"Temperature":68},"TempUnit":"F"}')
    await mouth.close()
    said = {data.name: (dict(data.values), dict(data.set_aside)) for _, data in book.events(0)}
    assert said == {
        "ht": ({"humidity": 44}, {}),
        "stage": ({"co2": 812}, {}),
        "stage/AM2301": ({"temperature": 20}, {}),
    }
