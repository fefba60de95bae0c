"""MQTT devices at an edge: what they measure becomes events, whatever they send; no lock and no alarm acts on it."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest

from edge.errors import ConfigError
from edge.net.mqtt_client import sensors_link
from edge.sensors.config import MqttSensorsConfig
from edge.sensors.mqtt_devices.decode import Decoder
from edge.sensors.mqtt_devices.last_values import (
    CHANGE_S,
    DEVICES_LIMIT,
    FORGET_S,
    NEVER,
    STEADY_S,
    LastValues,
    device_id,
)
from edge.sensors.mqtt_devices.listener import TOPIC_LIMIT
from edge.sensors.mqtt_devices.report import Aside, Family, Reading, Report
from edge.wire.broker_link import Connected, Disconnected
from edge.wire.events import AlarmData, FaultData, MotionData, ReadingData
from edge.wire.faults import FaultCode
from edge.wire.ids import is_slug
from edge.wire.readings import ReadingKind
from tests.edge.hall import ZERO as HALL_ZERO
from tests.edge.hall import Hall, config, grant, with_hall
from tests.edge.test_broker_link import Ear
from tests.edge.test_config import GOOD, loaded
from tests.edge.watched import CLOSES, QUIET, SET, SIREN, WARN, Watched, area, watched, with_watched
from tests.services.mosquitto import Broker

DOOR = "zigbee2mqtt/hall/front_door"
NOW = datetime(2026, 3, 28, 17, tzinfo=UTC)
LISTENS = msgspec.structs.replace(config(), mqtt_sensors=MqttSensorsConfig())


def say(hall: Hall, topic: str = DOOR, *, retain: bool = False, **values: object) -> None:
    hall.sensors.publish(topic, json.dumps(values).encode(), retain=retain)


def values(hall: Hall) -> list[dict[str, float]]:
    return [dict(each.values) for each in hall.data(ReadingData)]


def report(*readings: tuple[ReadingKind, float], device: str = "a", at: datetime | None = None) -> Report:
    return Report(family=Family.SHELLY, device=device, readings=tuple(Reading(*each, at) for each in readings))


def told(book: LastValues, mono: float) -> list[dict[str, float]]:
    return [dict(data.values) for _, data in book.events(mono)]


# The last values


def test_a_change_is_told_at_once_and_the_next_five_seconds_later() -> None:
    book = LastValues()
    book.take(report((ReadingKind.OPEN, 1)), 0)
    assert told(book, 0) == [{"open": 1}]
    book.take(report((ReadingKind.OPEN, 0)), 1)
    assert told(book, CHANGE_S - 0.1) == []
    assert book.due() == CHANGE_S
    assert told(book, CHANGE_S) == [{"open": 0}]


def test_other_values_are_told_once_a_minute_and_the_last_counts() -> None:
    book = LastValues()
    found = []
    for at in range(120):
        book.take(report((ReadingKind.TEMPERATURE, 20 + at / 10)), at)
        found += [(at, dict(data.values), data.replaced) for _, data in book.events(at)]
    assert found == [(0, {"temperature": 20}, 0), (STEADY_S, {"temperature": 26}, STEADY_S - 1)]


def test_somebody_who_moved_is_told_though_they_stand_still_again() -> None:
    book = LastValues()
    book.take(report((ReadingKind.MOTION, 0)), 0)
    book.events(0)
    book.take(report((ReadingKind.MOTION, 1)), 1)
    book.take(report((ReadingKind.MOTION, 0)), 2)
    assert told(book, CHANGE_S) == [{"motion": 1}]
    assert told(book, 2 * CHANGE_S) == [{"motion": 0}]


def test_what_the_broker_had_kept_is_measured_only_if_it_is_recent() -> None:
    book = LastValues()
    book.take(report((ReadingKind.CO2, 900)), 0, kept_at=NOW)
    book.take(report((ReadingKind.CO2, 901), at=NOW - timedelta(hours=1)), 0, kept_at=NOW)
    book.take(report((ReadingKind.CO2, 902), at=NOW - timedelta(minutes=1)), 0, kept_at=NEVER)
    ((_, data),) = book.events(0)
    assert (data.values, data.set_aside) == ({}, {Aside.OLD: 3})
    book.take(report((ReadingKind.CO2, 903), at=NOW - timedelta(minutes=1)), 1, kept_at=NOW)
    assert told(book, STEADY_S) == [{"co2": 903}]


def test_facts_of_a_node_hold_for_its_parts_and_make_no_device() -> None:
    book = LastValues()
    book.take(Report(family=Family.TASMOTA, device="hall", available=True, link=70), 0)
    assert len(book) == 0
    sensor = (Reading(ReadingKind.TEMPERATURE, 20),)
    book.take(Report(family=Family.TASMOTA, device="hall", part="AM2301", readings=sensor), 0)
    ((device, data),) = book.events(0)
    assert (device, data.name, data.available, data.link) == ("tasmota-hall-am2301-b8e6559b", "hall/AM2301", True, 70)
    book.take(Report(family=Family.TASMOTA, device="hall", available=False), 1)
    ((_, gone),) = book.events(CHANGE_S)
    assert gone.available is False


def test_no_more_devices_than_the_limit_and_a_silent_one_makes_room() -> None:
    book = LastValues()
    for number in range(DEVICES_LIMIT + 5):
        book.take(report((ReadingKind.CO2, 500), device=f"d{number}"), number)
    assert (len(book), book.foreign) == (DEVICES_LIMIT, 5)
    book.take(report((ReadingKind.CO2, 500), device="late"), FORGET_S + 1)
    assert "shelly-late" in dict(book.events(FORGET_S + 1))
    assert len(book) == DEVICES_LIMIT


@pytest.mark.parametrize("name", ["hall/front_door", "hall-front-door", "Hall Front Door", "é" * 90, "", "x" * 200])
def test_an_id_is_a_slug_of_its_own(name: str) -> None:
    assert is_slug(device_id(Family.ZIGBEE2MQTT, name))
    assert device_id(Family.ZIGBEE2MQTT, name) != device_id(Family.ZIGBEE2MQTT, f"{name}/")


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


def test_a_door_opens_while_devices_shout() -> None:
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

    with_hall(act, config=LISTENS)


def test_what_is_set_aside_is_counted_for_its_device() -> None:
    async def act(hall: Hall) -> None:
        hall.sensors.publish("zigbee2mqtt/gate", b'{"temperature":NaN}')
        for value in ("Gate broken", -390_000, 390_000):
            say(hall, "zigbee2mqtt/gate", people=value)
        hall.sensors.publish("zigbee2mqtt/bridge/state", b"online")
        await asyncio.sleep(1)
        (data,) = hall.data(ReadingData)
        assert data.set_aside == {Aside.MALFORMED: 1, Aside.NOT_A_NUMBER: 1, Aside.OUT_OF_BOUNDS: 2}
        await asyncio.sleep(60)
        assert hall.state("mqtt-sensors").values["foreign"] == 1

    with_hall(act, config=LISTENS)


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
    ],
)
def test_a_mistake_in_the_table_is_refused_with_its_key(tmp_path: Path, text: str, key: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, GOOD + f"\n[mqtt_sensors]\n{text}\n")
    assert key in str(caught.value)


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
        "hall/front_door": ({}, {"old": 1}),
        "ht": ({"humidity": 44}, {}),
        "stage": ({"co2": 812}, {}),
        "stage/AM2301": ({"temperature": 20}, {}),
    }
