"""Zigbee2MQTT: ``zigbee2mqtt/NAME`` with an object, ``zigbee2mqtt/NAME/availability``. A name may have slashes.

Source: zigbee2mqtt.io, "MQTT topics and messages", and what version 2.14.1 sends. Temperatures are in °C, whatever unit
the device shows. A lock's users and PINs are never read.
"""

from datetime import tzinfo

from edge.sensors.report import (
    Family,
    Finding,
    Report,
    instant_of,
    malformed,
    object_of,
    text_of,
)
from edge.wire.readings import ReadingKind

BASE = "zigbee2mqtt/"
_MEASURED = {
    "temperature": ReadingKind.TEMPERATURE,
    "humidity": ReadingKind.HUMIDITY,
    "co2": ReadingKind.CO2,
    "illuminance_lux": ReadingKind.ILLUMINANCE,
    "illuminance": ReadingKind.ILLUMINANCE,
    "noise": ReadingKind.SOUND,
    "pressure": ReadingKind.PRESSURE,
    "people": ReadingKind.PEOPLE,
}
_FLAGS = {
    "occupancy": ReadingKind.MOTION,
    "presence": ReadingKind.PRESENCE,
    "water_leak": ReadingKind.LEAK,
    "smoke": ReadingKind.SMOKE,
}
_ACTS = frozenset({"get", "set"})


def decode(topic: str, payload: bytes, zone: tzinfo) -> tuple[Report, ...] | None:
    """What a message says. ``None`` for a topic that is not a device's."""
    name = topic.removeprefix(BASE)
    first, *rest = name.split("/")
    if name == topic or not name or first == "bridge" or _ACTS.intersection(rest):
        return None
    if not payload:  # nobody has that name any more
        return ()
    if rest and rest[-1] == "availability":
        return (_availability(name.removesuffix("/availability"), payload),)
    said = object_of(payload)
    if said is None:
        return (malformed(Family.ZIGBEE2MQTT, name),)
    found = Finding(instant_of(said.get("last_seen"), zone))
    for key, kind in _MEASURED.items():
        if key != "illuminance" or said.get("illuminance_lux") is None:
            found.measured(kind, said.get(key))
    for key, kind in _FLAGS.items():
        found.flag(kind, said.get(key))
    found.flag(ReadingKind.OPEN, said.get("contact"), inverted=True)
    found.fact("battery", said.get("battery"), 0, 100)
    found.fact("link", said.get("linkquality"), 0, 255)
    if isinstance(low := said.get("battery_low"), bool):
        found.facts["battery_low"] = low
    return (found.report(Family.ZIGBEE2MQTT, name),)


def _availability(name: str, payload: bytes) -> Report:
    said = object_of(payload)
    state = said.get("state") if said is not None else text_of(payload)
    if state not in ("online", "offline"):
        return malformed(Family.ZIGBEE2MQTT, name)
    return Report(family=Family.ZIGBEE2MQTT, device=name, available=state == "online")
