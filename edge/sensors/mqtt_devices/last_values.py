"""The last values of each MQTT device, and when they become an event. Pure; times in monotonic seconds.

A device may send a thousand values a second: a change of what is so or not so, or of the people there, becomes an event
at most every five seconds, any other value at most once a minute. Of what comes between, the last counts; that somebody
moved is not lost by standing still. What was replaced is counted.
"""

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Any

from edge.sensors.mqtt_devices.report import Aside, Family, Report
from edge.wire.events import ReadingData
from edge.wire.readings import FLAGS, ReadingKind

CHANGE_S = 5.0
STEADY_S = 60.0
DEVICES_LIMIT = 100
"""Most devices of one broker."""
FORGET_S = 86_400.0
"""A device that was silent for so long makes room for another."""
RECENT = timedelta(minutes=10)
"""A message that the broker had kept is believed if its own time is no older."""
NEVER = datetime.min.replace(tzinfo=UTC)
"""The present time of who does not know it: nothing is recent."""
_SLUG_LENGTH = 40
_SHORT = {Family.ZIGBEE2MQTT: "z2m"}
_AT_ONCE = FLAGS | {ReadingKind.PEOPLE}


def device_id(family: Family, name: str) -> str:
    """The id of a device: its family and name as a slug, with a mark of the whole name if that has lost something."""
    whole = f"{_SHORT.get(family, family)}-{name}"
    slug = re.sub(r"[^a-z0-9]+", "-", whole.lower()).strip("-")
    if slug == whole and len(slug) <= _SLUG_LENGTH:
        return slug
    mark = hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()[:8]
    return f"{slug[: _SLUG_LENGTH - 9].strip('-')}-{mark}"


@dataclass(kw_only=True)
class _Device:
    family: Family
    name: str
    owner: str
    """The device that it is a part of; its own name for none."""
    heard: float
    told: float = -inf
    """When its last event was."""
    new: dict[ReadingKind, float] = field(default_factory=dict)
    after: dict[ReadingKind, float] = field(default_factory=dict)
    """What has stopped being so before it was told."""
    last: dict[ReadingKind, float] = field(default_factory=dict)
    """What the last event that named it said."""
    facts: dict[str, float | bool] = field(default_factory=dict)
    facts_told: dict[str, float | bool] = field(default_factory=dict)
    aside: Counter[Aside] = field(default_factory=Counter)
    replaced: int = 0

    def due(self, facts: dict[str, float | bool]) -> float:
        changed = any(self.last.get(kind) != value for kind, value in self.new.items() if kind in _AT_ONCE)
        if changed or facts.get("available") != self.facts_told.get("available"):
            return self.told + CHANGE_S
        if self.new or self.aside or facts != self.facts_told:
            return self.told + STEADY_S
        return inf


class LastValues:
    """``foreign``: messages of devices that found no room."""

    def __init__(self) -> None:
        self._devices: dict[str, _Device] = {}
        self._facts: dict[str, dict[str, float | bool]] = {}
        self.foreign = 0

    def __len__(self) -> int:
        return len(self._devices)

    def take(self, report: Report, mono: float, *, kept_at: datetime | None = None) -> None:
        """Take a report in. ``kept_at``: the present time if the broker had kept the message, else ``None``."""
        owner = f"{report.family}:{report.device}"
        name = _plain(f"{report.device}/{report.part}" if report.part else report.device)
        facts = _facts(report)
        if not report.part and facts and (owner in self._facts or len(self._facts) < 2 * DEVICES_LIMIT):
            self._facts.setdefault(owner, {}).update(facts)
        if not (report.readings or report.aside or report.part):
            return
        device = self._device(report.family, name, owner, mono)
        if device is None:
            return
        device.heard = mono
        if report.part:
            device.facts.update(facts)
        device.aside.update(report.aside)
        for each in report.readings:
            if kept_at is not None and (each.at is None or abs(kept_at - each.at) > RECENT):
                device.aside[Aside.OLD] += 1
            else:
                _note(device, each.kind, each.value)

    def due(self) -> float:
        """When the next event is due; infinite for never."""
        return min((each.due(self._facts_of(each)) for each in self._devices.values()), default=inf)

    def events(self, mono: float) -> list[tuple[str, ReadingData]]:
        """What is due by now, as device and event."""
        found = []
        for id_, device in self._devices.items():
            facts = self._facts_of(device)
            if device.due(facts) > mono:
                continue
            said: dict[str, Any] = facts
            data = ReadingData(
                name=device.name,
                family=device.family,
                values={str(kind): value for kind, value in device.new.items()},
                set_aside={str(why): number for why, number in device.aside.items()},
                replaced=device.replaced,
                **said,
            )
            found.append((id_, data))
            device.last |= device.new
            device.new, device.after = device.after, {}
            device.facts_told, device.aside, device.replaced, device.told = facts, Counter(), 0, mono
        return found

    def _facts_of(self, device: _Device) -> dict[str, float | bool]:
        return {**self._facts.get(device.owner, {}), **device.facts}

    def _device(self, family: Family, name: str, owner: str, mono: float) -> _Device | None:
        """The device, which is new if there is room; ``None`` if there is none."""
        id_ = device_id(family, name)
        if id_ in self._devices:
            return self._devices[id_]
        if len(self._devices) >= DEVICES_LIMIT:
            stalest = min(self._devices, key=lambda each: self._devices[each].heard)
            if mono - self._devices[stalest].heard < FORGET_S:
                self.foreign += 1
                return None
            del self._devices[stalest]
        return self._devices.setdefault(id_, _Device(family=family, name=name, owner=owner, heard=mono))


def _plain(name: str) -> str:
    """The name without what is no character of a line: a payload may hold any."""
    return "".join(each if each.isprintable() else "?" for each in name) or "?"


def _facts(report: Report) -> dict[str, float | bool]:
    said = {name: getattr(report, name) for name in ("battery", "battery_low", "link", "available")}
    return {name: value for name, value in said.items() if value is not None}


def _note(device: _Device, kind: ReadingKind, value: float) -> None:
    untold = kind in device.new and device.new[kind] != device.last.get(kind)
    device.replaced += kind in device.new
    if kind in FLAGS and untold and device.new[kind] and not value:
        device.after[kind] = value
    else:
        device.new[kind] = value
        device.after.pop(kind, None)
