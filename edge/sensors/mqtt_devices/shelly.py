"""Shelly Gen2 and later: ``PREFIX/status/COMPONENT``, ``PREFIX/events/rpc`` and ``PREFIX/online``.

Source: shelly-api-docs.shelly.cloud, Gen2+, "MQTT" and "Notifications". A notification holds only what has changed.
Component 0 of a type is the device; any other (``temperature:101``, ``presencezone:200``) is a part of it.
"""

from collections.abc import Mapping
from datetime import tzinfo
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

_FLAGS = {
    "flood": ("alarm", ReadingKind.LEAK),
    "input": ("state", ReadingKind.INPUT),
    "presencezone": ("value", ReadingKind.PRESENCE),
    "smoke": ("alarm", ReadingKind.SMOKE),
}
_NOTICES = ("NotifyStatus", "NotifyFullStatus")


def decode(topic: str, payload: bytes, zone: tzinfo) -> tuple[Report, ...] | None:
    """What a message says. ``None`` for a topic that is not a Shelly's."""
    if topic.endswith("/online"):
        text = text_of(payload)
        device = topic.removesuffix("/online")
        if text not in {"true", "false"}:
            return (malformed(Family.SHELLY, device),)
        return (Report(family=Family.SHELLY, device=device, available=text == "true"),)
    if topic.endswith("/events/rpc"):
        return _notice(topic.removesuffix("/events/rpc"), payload, zone)
    device, status, component = topic.rpartition("/status/")
    if not status or not device or not component or "/" in component:
        return None
    said = object_of(payload)
    return (malformed(Family.SHELLY, device),) if said is None else _reports(device, {component: said}, zone)


def _notice(device: str, payload: bytes, zone: tzinfo) -> tuple[Report, ...]:
    said = object_of(payload)
    if said is None:
        return (malformed(Family.SHELLY, device),)
    return _reports(device, inner(said, "params"), zone) if said.get("method") in _NOTICES else ()


def _reports(device: str, components: Mapping[str, Any], zone: tzinfo) -> tuple[Report, ...]:
    at = instant_of(components.get("ts"), zone)
    parts: dict[str, Finding] = {}
    read = [(component, said) for component, said in components.items() if isinstance(said, dict)]
    for component, said in read[:PARTS_LIMIT]:
        kind, _, number = component.partition(":")
        part = "" if number in {"", "0"} else component
        _read(parts.setdefault(part, Finding(at)), kind, said)
    for each in list(parts.values())[-1:]:
        each.aside += [Aside.TOO_MANY] * (len(read) - PARTS_LIMIT)
    return tuple(
        found.report(Family.SHELLY, device, part)
        for part, found in parts.items()
        if found.readings or found.aside or found.facts
    )


def _read(found: Finding, kind: str, said: Mapping[str, Any]) -> None:
    if said.get("errors"):
        found.aside.append(Aside.SENSOR_FAULT)
    match kind:
        case "temperature" if said.get("tC") is not None:
            found.measured(ReadingKind.TEMPERATURE, said["tC"])
        case "temperature":
            found.measured(ReadingKind.TEMPERATURE, said.get("tF"), scale="F")
        case "humidity":
            found.measured(ReadingKind.HUMIDITY, said.get("rh"))
        case "illuminance":
            found.measured(ReadingKind.ILLUMINANCE, said.get("lux"))
        case "devicepower":
            found.fact("battery", inner(said, "battery").get("percent"), 0, 100)
        case "wifi":
            found.fact("link", said.get("rssi"), -150, 0)
        case _ if kind in _FLAGS:
            key, reads = _FLAGS[kind]
            found.flag(reads, said.get(key))
    if kind == "presencezone":
        found.measured(ReadingKind.PEOPLE, said.get("num_objects"))
