"""The last values of each MQTT device, and when they become an event. Pure; times in monotonic seconds.

A device may send a thousand values a second: a change of what is so or not so, or of the people there, becomes an event
at most every five seconds, any other value at most once a minute, and one that is as it was told last, every fifteen
minutes. All devices together have a budget, so that they leave the outbox to the doors. Of what comes between, the last
counts; that somebody moved is not lost by standing still. What was replaced is counted.
"""

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Any, Protocol, TypeVar

from edge.sensors.report import Aside, Family, Report
from edge.wire.events import ReadingData
from edge.wire.readings import FLAGS, ReadingKind

CHANGE_S = 5.0
STEADY_S = 60.0
HEARTBEAT_S = 900.0
"""How often the same value, battery or link is told again."""
BUDGET, BUDGET_MOST, RESERVE = 600, 200, 100
"""Events of all devices in an hour, how many of them may come at once, and how many of these are kept for changes and
for a device that has waited for ``PATIENCE_S``."""
PATIENCE_S = 600.0
DEVICES_LIMIT = 100
"""Most devices of one broker; twice as many may have said something about themselves."""
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
class _Owner:
    """A device with the facts that hold for all its parts."""

    heard: float
    facts: dict[str, float | bool] = field(default_factory=dict)


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
    last_at: dict[ReadingKind, float] = field(default_factory=dict)
    facts: dict[str, float | bool] = field(default_factory=dict)
    facts_told: dict[str, float | bool] = field(default_factory=dict)
    aside: Counter[Aside] = field(default_factory=Counter)
    replaced: int = 0

    def changed(self, facts: dict[str, float | bool]) -> bool:
        """Whether something that is told at once is not as it was told."""
        return facts.get("available") != self.facts_told.get("available") or any(
            self.last.get(kind) != value for kind, value in self.new.items() if kind in _AT_ONCE
        )

    def due(self, facts: dict[str, float | bool]) -> float:
        if self.changed(facts):
            return self.told + CHANGE_S
        if self.new or self.aside:
            return self.told + STEADY_S
        return self.told + HEARTBEAT_S if facts != self.facts_told else inf

    def note(self, kind: ReadingKind, value: float, mono: float) -> None:
        told = self.last.get(kind)
        untold = kind in self.new and self.new[kind] != told
        self.replaced += kind in self.new
        if kind in FLAGS and untold and self.new[kind] and not value:
            self.after[kind] = value
            return
        self.after.pop(kind, None)
        if value == told and mono - self.last_at[kind] < HEARTBEAT_S:
            self.new.pop(kind, None)
        else:
            self.new[kind] = value


class LastValues:
    """``foreign``: messages of devices that found no room, or of which nothing that can be believed was heard yet."""

    def __init__(self) -> None:
        self._devices: dict[str, _Device] = {}
        self._owners: dict[str, _Owner] = {}
        self._left, self._left_at = float(BUDGET_MOST), -inf
        self.foreign = 0

    def __len__(self) -> int:
        return len(self._devices)

    def take(self, report: Report, mono: float, *, kept_at: datetime | None = None) -> None:
        """Take a report in. ``kept_at``: the present time if the broker had kept the message, else ``None``.

        Of what it had kept, and that is not recent, only whether the device is there holds."""
        old = kept_at is not None and (report.at is None or abs(kept_at - report.at) > RECENT)
        key = f"{report.family}:{report.device}"
        facts = _facts(report, old=old)
        owner = self._owners.get(key)
        if owner is None and facts and not report.part and _has_room(self._owners, 2 * DEVICES_LIMIT, mono):
            owner = self._owners[key] = _Owner(heard=mono)
        if owner is not None:
            owner.heard = owner.heard if old else mono
            owner.facts |= {} if report.part else facts
        if not (report.readings or report.aside or report.part):
            return
        device = self._device(report, key, mono, known=old or not report.readings)
        if device is None:
            self.foreign += 1
            return
        device.aside.update(report.aside)
        if old:
            device.aside[Aside.OLD] += len(report.readings)
            return
        device.heard = mono
        device.facts |= facts if report.part else {}
        for each in report.readings:
            device.note(each.kind, each.value, mono)

    def due(self) -> float:
        """When the next event is due, if the budget allows; infinite for never."""
        return min((each.due(self._facts_of(each)) for each in self._devices.values()), default=inf)

    def events(self, mono: float) -> list[tuple[str, ReadingData]]:
        """What is due by now and in the budget, as device and event. A change comes before what can wait."""
        self._left = min(BUDGET_MOST, self._left + (mono - self._left_at) * BUDGET / 3600)
        self._left_at = mono
        due = []
        for id_, device in self._devices.items():
            facts = self._facts_of(device)
            if device.due(facts) <= mono:
                can_wait = not device.changed(facts) and mono - device.told < PATIENCE_S
                due.append((can_wait, device.told, id_, facts))
        found = []
        for can_wait, _, id_, facts in sorted(due, key=lambda each: each[:3]):
            if self._left < (1 + RESERVE if can_wait else 1):
                break
            self._left -= 1
            found.append((id_, _told(self._devices[id_], facts, mono)))
        return found

    def _facts_of(self, device: _Device) -> dict[str, float | bool]:
        owner = self._owners.get(device.owner)
        return {**(owner.facts if owner is not None else {}), **device.facts}

    def _device(self, report: Report, owner: str, mono: float, *, known: bool) -> _Device | None:
        """The device, which is new if there is room; ``None`` if there is none. ``known``: it must be known."""
        name = _plain(f"{report.device}/{report.part}" if report.part else report.device)
        id_ = device_id(report.family, name)
        if id_ not in self._devices:
            if known or not _has_room(self._devices, DEVICES_LIMIT, mono):
                return None
            self._devices[id_] = _Device(family=report.family, name=name, owner=owner, heard=mono)
        return self._devices[id_]


class _Heard(Protocol):
    heard: float


H = TypeVar("H", bound=_Heard)


def _has_room(book: dict[str, H], limit: int, mono: float) -> bool:
    """Whether another finds room: if need be, that of the one that has been silent for longest."""
    if len(book) >= limit:
        stalest = min(book, key=lambda each: book[each].heard)
        if mono - book[stalest].heard < FORGET_S:
            return False
        del book[stalest]
    return True


def _told(device: _Device, facts: dict[str, float | bool], mono: float) -> ReadingData:
    """The event of a device, which notes that it is told."""
    said: dict[str, Any] = facts
    data = ReadingData(
        name=device.name,
        family=device.family,
        values={str(kind): value for kind, value in device.new.items()},
        set_aside={str(why): number for why, number in device.aside.items()},
        replaced=device.replaced,
        **said,
    )
    device.last |= device.new
    device.last_at |= dict.fromkeys(device.new, mono)
    device.new, device.after = device.after, {}
    device.facts_told, device.aside, device.replaced, device.told = facts, Counter(), 0, mono
    return data


def _plain(name: str) -> str:
    """The name without what is no character of a line: a payload may hold any."""
    return "".join(each if each.isprintable() else "?" for each in name) or "?"


def _facts(report: Report, *, old: bool) -> dict[str, float | bool]:
    names = ("available",) if old else ("battery", "battery_low", "link", "available")
    said = {name: getattr(report, name) for name in names}
    return {name: value for name, value in said.items() if value is not None}
