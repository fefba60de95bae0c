"""The ``[[counter]]``, ``[[mqtt_counter]]``, ``[[motion]]``, ``[[wifi]]`` and ``[mqtt_sensors]`` tables of the
configuration."""

from typing import Annotated, Literal

import msgspec

from edge.sensors.mqtt_devices.decode import TOPICS
from edge.system.pinout import InputPin, PinNumber, Positive
from edge.wire.ids import Slug

NO_NUL = r"^[^\x00]+$"
PathText = Annotated[str, msgspec.Meta(pattern=NO_NUL)]


class CounterConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Two light beams across an entrance. A person who breaks ``outer`` first and clears ``inner`` last has come in."""

    id: Slug
    door: Slug | None = None
    outer: InputPin
    inner: InputPin


class MotionConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A PIR. Most drive their output high while they detect movement."""

    id: Slug
    zone: Slug
    pin: PinNumber
    active_high: bool = True


class WifiConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The source of an access point's station listing: the output of ``command`` or the content of ``file``."""

    id: Slug
    zone: Slug
    format: Literal["iw", "hostapd"]
    command: Annotated[tuple[Annotated[str, msgspec.Meta(pattern=NO_NUL)], ...], msgspec.Meta(min_length=1)] | None = (
        None
    )
    file: PathText | None = None
    every_s: Positive = 60.0


def filter_trouble(text: str) -> str | None:
    """What is wrong with a topic filter (MQTT 5, 4.7); ``None`` if nothing is."""
    *levels, last = text.split("/")
    if "#" in levels or any(len(level) > 1 and {"+", "#"} & set(level) for level in (*levels, last)):
        return f"{text!r} is not a topic filter: + stands for one whole level, # for all levels from there, at the end"
    return None


def hears(name: str, topic: str) -> bool:
    """Whether the filter ``name`` takes messages on ``topic``, which may be a filter without # (MQTT 5, 4.7)."""
    wanted, levels = name.split("/"), topic.split("/")
    if wanted[-1] == "#":
        wanted, levels = wanted[:-1], levels[: len(wanted) - 1]
    return len(wanted) == len(levels) and all(a in ("+", b) for a, b in zip(wanted, levels, strict=True))


TopicFilter = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=NO_NUL)]


class MqttCounterConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A bought people counter that reports on ``topic`` of the broker of ``[mqtt_sensors]``. ``swapped``: its in is
    out."""

    id: Slug
    topic: TopicFilter
    door: Slug | None = None
    swapped: bool = False


class MqttSensorsConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The building's own broker, to which Zigbee2MQTT, Shelly, Tasmota and ESPHome devices send. ``password``: read
    from ``password_file``. ``topics``: the filters to listen to."""

    id: Slug = "mqtt-sensors"
    host: Annotated[str, msgspec.Meta(min_length=1, pattern=NO_NUL)] = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=1, le=65_535)] = 1883
    username: str | None = None
    password_file: PathText | None = None
    password: str | None = None
    topics: Annotated[tuple[TopicFilter, ...], msgspec.Meta(min_length=1)] = TOPICS
