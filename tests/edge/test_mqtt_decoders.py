"""What MQTT devices send, read by the decoder of their family."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from edge.sensors.mqtt_devices.decode import Decoder
from edge.sensors.report import instant_of
from edge.wire.readings import ReadingKind, believable, unit
from tests.mqtt_devices import ZONE, Row, read, rows, spoken

NODE = "zigbee2mqtt/hall/front_door"
SAYS = "zigbee2mqtt:hall/front_door"


def bare(topic: str, text: str, *, decoder: Decoder | None = None) -> str:
    return spoken((decoder or Decoder(ZONE)).decode(topic, text.encode()))


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row.topic} {row.payload[:40]}")
def test_every_published_payload_is_read_as_the_table_says(row: Row) -> None:
    assert read(row.topic, json.loads(row.payload)) == row.says


@pytest.mark.parametrize(
    ("payload", "says"),
    [
        ({"temperature": None, "contact": None, "battery": None}, "-"),
        ({"contact": False}, f"{SAYS} open=1"),
        ({"temperature": "Gate broken"}, f"{SAYS} aside=not-a-number"),
        ({"temperature": True}, f"{SAYS} aside=not-a-number"),
        ({"occupancy": "Gate broken", "co2": 800}, f"{SAYS} co2=800 aside=not-a-number"),
        ({"people": -3}, f"{SAYS} aside=out-of-bounds"),
        ({"people": 390_000}, f"{SAYS} aside=out-of-bounds"),
        ({"people": 1.5}, f"{SAYS} aside=out-of-bounds"),
        ({"humidity": 0, "temperature": 21}, f"{SAYS} temperature=21 aside=out-of-bounds"),
        ({"co2": 10**400}, f"{SAYS} aside=not-a-number"),
        ({"temperature": [21], "humidity": {"a": 1}}, f"{SAYS} aside=not-a-number aside=not-a-number"),
        ({"temperature": "21.5"}, f"{SAYS} temperature=21.5"),
        ({"illuminance": "bright"}, "-"),
        ({"illuminance": 21_000, "illuminance_lux": 125}, f"{SAYS} illuminance=125"),
        ({"battery": 250, "linkquality": -1}, "-"),
        (
            {"temperature": 20, "last_seen": "2026-07-01T12:00:00"},
            f"{SAYS} temperature=20 at=2026-07-01T11:00:00Z",
        ),
        ({"temperature": 20, "last_seen": 1_782_907_200_000}, f"{SAYS} temperature=20 at=2026-07-01T12:00:00Z"),
        ({"pin_code": "483921", "users": {"7": {"pin_code": "483921"}}}, "-"),
    ],
    ids=str,
)
def test_a_zigbee_device_says_what_it_knows_and_the_rest_is_set_aside(payload: dict[str, Any], says: str) -> None:
    assert read(NODE, payload) == says


@pytest.mark.parametrize("text", [" ", "21", "NaN", '{"temperature":NaN}', "[1]", "{", "[" * 9000, "x" * 20_000, "\0"])
def test_what_is_no_object_is_malformed(text: str) -> None:
    assert bare(NODE, text) == f"{SAYS} aside=malformed"


@pytest.mark.parametrize("topic", [NODE, f"{NODE}/availability"])
def test_a_zigbee_device_that_was_renamed_or_removed_says_nothing_by_its_old_name(topic: str) -> None:
    assert bare(topic, "") == "-"


@pytest.mark.parametrize("topic", ["bridge/state", "hall/set", "hall/get/state", "hall/set/state", ""])
def test_what_others_send_to_a_zigbee_device_is_no_message_of_it(topic: str) -> None:
    assert Decoder(ZONE).decode(f"zigbee2mqtt/{topic}", b'{"temperature":20}') is None


def test_availability_is_an_object_or_a_word() -> None:
    assert bare(f"{NODE}/availability", "offline") == f"{SAYS} here=no"
    assert bare(f"{NODE}/availability", '{"state":"online"}') == f"{SAYS} here=yes"
    assert bare(f"{NODE}/availability", "perhaps") == f"{SAYS} aside=malformed"


def test_tasmota_measures_in_the_unit_that_it_names() -> None:
    sensor = {"Time": "2026-01-10T10:00:00", "AM2301": {"Temperature": 68.0, "Humidity": 40.5}, "TempUnit": "F"}
    says = "tasmota:hall#AM2301 temperature=20 humidity=40.5 at=2026-01-10T10:00:00Z"
    assert read("tele/hall/SENSOR", sensor) == says
    assert bare("tele/hall/LWT", "Offline") == "tasmota:hall here=no"


@pytest.mark.parametrize(
    ("unit", "number", "says"),
    [
        ("hPa", 1013, "pressure=1013"),
        ("mmHg", 760, "pressure=1013.25"),
        ("inHg", 29.92, "pressure=1013.21"),
        ("furlong", 1013, "aside=unknown-unit"),
    ],
)
def test_tasmota_measures_pressure_in_the_unit_that_it_names(unit: str, number: float, says: str) -> None:
    sensor = {"BME280": {"Pressure": number}, "PressureUnit": unit, "TempUnit": "C"}
    assert read("tele/hall/SENSOR", sensor) == f"tasmota:hall#BME280 {says}"


def test_two_sensors_of_one_node_are_not_mixed() -> None:
    sensor = {"DS18B20-1": {"Temperature": 20}, "DS18B20-2": {"Temperature": 60}, "TempUnit": "C"}
    says = "tasmota:hall#DS18B20-1 temperature=20 | tasmota:hall#DS18B20-2 temperature=60"
    assert read("tele/hall/SENSOR", sensor) == says


def test_a_shelly_notifies_of_what_has_changed() -> None:
    params = {"ts": 1782907200.5, "temperature:0": {"id": 0, "tC": 19.8, "tF": 67.6}, "humidity:0": {"rh": None}}
    notice = {"src": "shellyhtg3-1", "method": "NotifyStatus", "params": params}
    says = "shelly:stage/ht temperature=19.8 at=2026-07-01T12:00:00Z"
    assert read("stage/ht/events/rpc", notice) == says
    assert read("stage/ht/events/rpc", {**notice, "method": "NotifyEvent"}) == "-"
    assert read("ht/status/devicepower:0", {"battery": {"V": 5.3, "percent": 70}}) == "shelly:ht battery=70"
    assert read("ht/status/temperature:100", {"tC": 4}) == "shelly:ht#temperature:100 temperature=4"
    assert read("ht/status/temperature:0", {"tC": None, "tF": 50}) == "shelly:ht temperature=10"
    broken = {"tC": None, "tF": None, "errors": ["read"]}
    assert read("ht/status/temperature:0", broken) == "shelly:ht aside=sensor-fault"
    assert bare("ht/online", "false") == "shelly:ht here=no"
    assert bare("ht/status/temperature:0", "nonsense") == "shelly:ht aside=malformed"


@pytest.mark.parametrize(
    ("topic", "text", "says"),
    [
        ("hall/sensor/temperature/state", "21.3", "esphome:hall temperature=21.3"),
        ("hall/sensor/stage_co2/state", "812", "esphome:hall#stage co2=812"),
        ("hall/sensor/cpu_temperature/state", "54", "-"),
        ("hall/sensor/absolute_humidity/state", "9", "-"),
        ("hall/sensor/dew_point_temperature/state", "9", "-"),
        ("hall/sensor/stage_co2/state", "nan", "-"),
        ("hall/sensor/stage_co2/state", "Gate broken", "esphome:hall#stage aside=not-a-number"),
        ("hall/sensor/people_counter/state", "4", "esphome:hall people=4"),
        ("hall/sensor/wifi_signal/state", "-61", "esphome:hall link=-61"),
        ("hall/sensor/battery_level/state", "88", "esphome:hall battery=88"),
        ("hall/binary_sensor/window_contact/state", "ON", "esphome:hall open=1"),
        ("hall/binary_sensor/pir/state", "OFF", "esphome:hall motion=0"),
        ("hall/status", "offline", "esphome:hall here=no"),
    ],
)
def test_an_esphome_state_is_bare_text(topic: str, text: str, says: str) -> None:
    assert bare(topic, text) == says


@pytest.mark.parametrize(
    ("device_class", "unit", "text", "says"),
    [
        ("temperature", "°F", "68", "temperature=20"),
        ("temperature", "K", "293.15", "temperature=20"),
        ("temperature", "mV", "68", "aside=unknown-unit"),
        ("humidity", "%", "44", "humidity=44"),
        ("humidity", "g/m³", "8", "aside=unknown-unit"),
        ("absolute_humidity", "g/m³", "8", ""),
        ("pressure", "kPa", "101.3", "pressure=1013"),
        ("pressure", "Pa", "101300", "pressure=1013"),
        ("illuminance", "lx", "300", "illuminance=300"),
        ("illuminance", "%", "30", "aside=unknown-unit"),
        ("carbon_dioxide", "ppb", "800", "aside=unknown-unit"),
        ("sound_pressure", "dBA", "60", "sound=60"),
    ],
)
def test_an_esphome_state_has_the_unit_that_its_announcement_names(
    device_class: str, unit: str, text: str, says: str
) -> None:
    decoder = Decoder(ZONE)
    announced = {"stat_t": "hall/sensor/t1/state", "dev_cla": device_class, "unit_of_meas": unit}
    assert bare("homeassistant/sensor/hall/t1/config", json.dumps(announced), decoder=decoder) == "-"
    assert bare("hall/sensor/t1/state", text, decoder=decoder) == (f"esphome:hall#t1 {says}" if says else "-")


@pytest.mark.parametrize("topic", ["", "/", "hall", "hk/1/ramsey/edge/events", "tele", "tele/x", "a/b/c/d"])
def test_a_topic_of_no_family_is_nobodys(topic: str) -> None:
    assert Decoder(ZONE).decode(topic, b"{}") is None


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("2026-07-01T12:00:00", datetime(2026, 7, 1, 11, tzinfo=UTC)),
        ("2026-07-01T12:00:00+02:00", datetime(2026, 7, 1, 10, tzinfo=UTC)),
        ("2026-10-25T01:30:00", None),  # twice
        ("2026-03-29T01:30:00", None),  # never
        ("1970-01-01T00:00:09", None),  # a clock that was never set
        ("yesterday", None),
        (1e300, None),
        (float("nan"), None),
        (True, None),
        (None, None),
    ],
)
def test_a_local_time_is_placed_where_there_is_one_place(said: object, at: datetime | None) -> None:
    assert instant_of(said, ZONE) == at


def test_a_flag_is_one_or_nothing_and_has_no_unit() -> None:
    assert believable("motion", 1)
    assert not believable("motion", 0.5)
    assert unit(ReadingKind.MOTION) == ""
    assert unit(ReadingKind.CO2) == "ppm"
    assert believable("of-a-newer-edge", 5)
    assert believable("of-a-newer-edge", -1e9)
    for number in (1.1e9, -1e20, float("inf"), float("nan")):
        assert not believable("of-a-newer-edge", number)
