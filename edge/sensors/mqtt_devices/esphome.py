"""ESPHome over MQTT: ``NODE/sensor/OBJECT/state``, ``NODE/binary_sensor/OBJECT/state`` and ``NODE/status``.

Source: esphome.io, "MQTT client component". A state is bare text without a unit: the kind is that of the device's
announcement for Home Assistant (``homeassistant/sensor/NODE/OBJECT/config``), else the words of its name say it. What
else a name says is the part: ``stage_temperature`` and ``stage_co2`` are one part, ``stage``.
"""

import re
from typing import Any

import msgspec

from edge.sensors.report import Family, Finding, Report, malformed, object_of, text_of
from edge.wire.readings import FLAGS, ReadingKind

ANNOUNCED_LIMIT = 1000
"""Most announcements that are remembered."""
_STATE = re.compile(r"(?P<node>.+)/(?P<type>sensor|binary_sensor)/(?P<object>[^/]+)/state")
_CONFIG = re.compile(r"homeassistant/(sensor|binary_sensor)/(?:[^/]+/)?[^/]+/config")
_WORDS = {
    "temperature": ReadingKind.TEMPERATURE,
    "temp": ReadingKind.TEMPERATURE,
    "humidity": ReadingKind.HUMIDITY,
    "co2": ReadingKind.CO2,
    "illuminance": ReadingKind.ILLUMINANCE,
    "lux": ReadingKind.ILLUMINANCE,
    "sound": ReadingKind.SOUND,
    "noise": ReadingKind.SOUND,
    "pressure": ReadingKind.PRESSURE,
    "people": ReadingKind.PEOPLE,
}
_FLAG_WORDS = {
    "motion": ReadingKind.MOTION,
    "pir": ReadingKind.MOTION,
    "presence": ReadingKind.PRESENCE,
    "occupancy": ReadingKind.PRESENCE,
    "contact": ReadingKind.OPEN,
    "door": ReadingKind.OPEN,
    "window": ReadingKind.OPEN,
    "leak": ReadingKind.LEAK,
    "smoke": ReadingKind.SMOKE,
}
_CLASSES = {
    "carbon_dioxide": ReadingKind.CO2,
    "sound_pressure": ReadingKind.SOUND,
    "atmospheric_pressure": ReadingKind.PRESSURE,
    "opening": ReadingKind.OPEN,
    "moisture": ReadingKind.LEAK,
}
_NOT_OF_THE_ROOM = frozenset({"cpu", "chip", "internal", "board", "esp32", "esp8266", "target", "setpoint"})
_CALCULATED = frozenset({"absolute", "dew", "dewpoint", "apparent", "feels", "index"})
_NOT_MEASURED = frozenset({"nan", "unknown", "unavailable", ""})


class Announced(msgspec.Struct, frozen=True):
    """What a device has said of one of its states."""

    device_class: str
    unit: str


class Announcements:
    """What devices have said of their states, by topic of the state."""

    def __init__(self) -> None:
        self._by_topic: dict[str, Announced] = {}

    def take(self, topic: str, payload: bytes) -> bool:
        """Remember an announcement; whether the topic is that of one."""
        if not _CONFIG.fullmatch(topic):
            return False
        said = object_of(payload) or {}
        state = said.get("stat_t") or said.get("state_topic")
        if not isinstance(state, str) or _STATE.fullmatch(state) is None:
            return True  # of another family, or in a place that is not read
        if state in self._by_topic or len(self._by_topic) < ANNOUNCED_LIMIT:
            self._by_topic[state] = Announced(
                _text(said.get("dev_cla") or said.get("device_class")),
                _text(said.get("unit_of_meas") or said.get("unit_of_measurement")),
            )
        return True

    def of(self, topic: str) -> Announced:
        return self._by_topic.get(topic, Announced("", ""))


def decode(topic: str, payload: bytes, announced: Announcements) -> tuple[Report, ...] | None:
    """What a message says. ``None`` for a topic that is not ESPHome's."""
    if (node := topic.removesuffix("/status")) != topic:
        text = text_of(payload)
        known = text in {"online", "offline"}
        return (Report(family=Family.ESPHOME, device=node, available=text == "online"),) if known else None
    match = _STATE.fullmatch(topic)
    if match is None:
        return None
    node, text = match["node"], text_of(payload)
    if text is None:
        return (malformed(Family.ESPHOME, node),)
    words = [word for word in re.split(r"[^a-z0-9]+", match["object"].lower()) if word]
    said, found = announced.of(topic), Finding()
    if match["type"] == "sensor" and text.lower() in _NOT_MEASURED:
        return ()
    if match["type"] == "sensor" and _is_fact(found, words, said, text):
        return (found.report(Family.ESPHOME, node),)
    names = _WORDS if match["type"] == "sensor" else _FLAG_WORDS
    kind = _kind(words, said, names)
    if kind is None or (_NOT_OF_THE_ROOM | _CALCULATED).intersection(words):
        return ()
    if kind in FLAGS:
        found.flag(kind, text)
    else:
        found.measured(kind, text, scale=said.unit)
    part = "-".join(word for word in words if word not in names and word not in {"count", "counter", "level"})
    return (found.report(Family.ESPHOME, node, part),)


def _kind(words: list[str], said: Announced, names: dict[str, ReadingKind]) -> ReadingKind | None:
    allowed = set(names.values())
    kind = names.get(said.device_class) or _CLASSES.get(said.device_class)
    if kind is None and not said.device_class:
        kind = next((names[word] for word in reversed(words) if word in names), None)
    return kind if kind in allowed else None


def _is_fact(found: Finding, words: list[str], said: Announced, text: str) -> bool:
    if said.device_class == "battery" or (words[:1] == ["battery"] and "voltage" not in words):
        found.fact("battery", text, 0, 100)
    elif said.device_class == "signal_strength" or words[:2] == ["wifi", "signal"]:
        found.fact("link", text, -150, 0)
    else:
        return False
    return True


def _text(value: Any) -> str:
    return value[:40] if isinstance(value, str) else ""
