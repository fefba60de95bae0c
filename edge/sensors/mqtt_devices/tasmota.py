"""Tasmota: ``tele/NODE/SENSOR``, ``tele/NODE/STATE``, ``tele/NODE/LWT`` and ``stat/NODE/STATUS8``.

Source: tasmota.github.io/docs, "MQTT", "Zigbee" and the pages of its sensors. Times have no zone unless the node is
told to add one; temperatures are in the node's ``TempUnit``, pressures in its ``PressureUnit``. Each sensor of a node
is a part of it, under Tasmota's name for it. Tags, cards and addresses that a node sees are never read.
"""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

from edge.sensors.report import (
    PARTS_LIMIT,
    Aside,
    Family,
    Finding,
    Report,
    inner,
    instant_of,
    malformed,
    object_of,
    text_of,
)
from edge.wire.readings import ReadingKind

_MEASURED = {
    "Temperature": ReadingKind.TEMPERATURE,
    "Humidity": ReadingKind.HUMIDITY,
    "CarbonDioxide": ReadingKind.CO2,
    "Illuminance": ReadingKind.ILLUMINANCE,
    "Noise": ReadingKind.SOUND,
    "Pressure": ReadingKind.PRESSURE,
}
_FLAGS = {
    "Occupancy": ReadingKind.MOTION,
    "Contact": ReadingKind.OPEN,
    "DoorOpen": ReadingKind.OPEN,
    "Water": ReadingKind.LEAK,
}
"""``Contact`` is the zone alarm of a Zigbee contact, which is 1 while it is open."""
_SCALES = {ReadingKind.TEMPERATURE: "TempUnit", ReadingKind.PRESSURE: "PressureUnit"}
_BRIDGED = ("ZbReceived", "LwReceived")
_TOPIC_PARTS = 3


def decode(topic: str, payload: bytes, zone: tzinfo) -> tuple[Report, ...] | None:
    """What a message says. ``None`` for a topic that is not Tasmota's."""
    levels = topic.split("/")
    if len(levels) < _TOPIC_PARTS or levels[0] not in {"tele", "stat"}:
        return None
    node, what = "/".join(levels[1:-1]), levels[-1]
    if what == "LWT":
        text = text_of(payload)
        if text not in {"Online", "Offline"}:
            return (malformed(Family.TASMOTA, node),)
        return (Report(family=Family.TASMOTA, device=node, available=text == "Online"),)
    if what not in {"SENSOR", "STATE", "STATUS8", "STATUS10", "RESULT"}:
        return ()
    said = object_of(payload)
    if said is None:
        return (malformed(Family.TASMOTA, node),)
    if what == "STATE":
        found = Finding()
        found.fact("link", inner(said, "Wifi").get("RSSI"), 0, 100)
        return (found.report(Family.TASMOTA, node),)
    return _sensors(node, inner(said, "StatusSNS") or said, zone)


def _sensors(node: str, said: Mapping[str, Any], zone: tzinfo) -> tuple[Report, ...]:
    at = instant_of(said.get("Time"), zone)
    scales = {kind: str(said.get(key) or "") for kind, key in _SCALES.items()}
    blocks = [
        (part, block)
        for name, value in said.items()
        for part, block in (inner(said, name) if name in _BRIDGED else {name: value}).items()
        if isinstance(block, dict) or (part.startswith("Switch") and part[6:].isdigit())
    ]
    found: dict[str, Finding] = {}
    for name, value in blocks[:PARTS_LIMIT]:
        if isinstance(value, dict):
            found[name] = _block(value, at, scales)
        else:
            found[name] = Finding(at)
            found[name].flag(ReadingKind.INPUT, value)
    for each in list(found.values())[-1:]:
        each.aside += [Aside.TOO_MANY] * (len(blocks) - PARTS_LIMIT)
    return tuple(
        each.report(Family.TASMOTA, node, part)
        for part, each in found.items()
        if each.readings or each.aside or each.facts
    )


def _block(said: Mapping[str, Any], at: datetime | None, scales: Mapping[ReadingKind, str]) -> Finding:
    found = Finding(at)
    for key, kind in _MEASURED.items():
        found.measured(kind, said.get(key), scale=scales.get(kind, ""))
    for key, kind in _FLAGS.items():
        found.flag(kind, said.get(key))
    found.fact("battery", said.get("BatteryPercentage"), 0, 100)
    found.fact("link", said.get("LinkQuality"), 0, 255)
    return found
