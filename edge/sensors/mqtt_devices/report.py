"""What a decoder makes of one message of an MQTT device. Pure.

A field that is ``null`` or missing says nothing: devices send what has changed, and ``null`` until they have measured.
"""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Any

import msgspec

from edge.wire.readings import ReadingKind, believable, unit

PAYLOAD_LIMIT = 16 * 1024
"""Longest payload that is read, in bytes."""
PARTS_LIMIT = 20
"""Most sensors of a device that are read from one message."""
NAME_LIMIT = 200
_NUMBER = re.compile(r"[+-]?\d{1,20}(\.\d{1,20})?([eE][+-]?\d{1,3})?")
_LIGHT_WORDS = frozenset({"dark", "dim", "twilight", "bright", "low", "medium", "middle", "high"})
_YES, _NO = frozenset({"on", "true", "1", "open"}), frozenset({"off", "false", "0", "closed"})
_EARLIEST, _LATEST = datetime(2015, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


class Family(StrEnum):
    ZIGBEE2MQTT = "zigbee2mqtt"
    SHELLY = "shelly"
    TASMOTA = "tasmota"
    ESPHOME = "esphome"


class Aside(StrEnum):
    """Why a message, or a value of it, was set aside."""

    MALFORMED = "malformed"
    """The payload cannot be read."""
    NOT_A_NUMBER = "not-a-number"
    OUT_OF_BOUNDS = "out-of-bounds"
    SENSOR_FAULT = "sensor-fault"
    """The device itself says that it cannot measure."""
    OLD = "old"
    """The broker had kept it, and nothing shows that it is recent."""
    TOO_MANY = "too-many"
    """One message had values of more sensors than are read from one."""


class Reading(msgspec.Struct, frozen=True):
    """A value in the unit of its kind. ``at``: the device's own time, if it gave one that can be placed."""

    kind: ReadingKind
    value: float
    at: datetime | None = None

    @property
    def unit(self) -> str:
        return unit(self.kind)


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What one message says of one device. ``part``: which sensor of it, if it has several. Facts of a device without
    ``part`` hold for all its parts. ``battery``: percent. ``link``: as the device gives it, such as 0..255 or dBm.
    ``at``: the device's own time, if it gave one that can be placed."""

    family: Family
    device: str
    part: str = ""
    readings: tuple[Reading, ...] = ()
    aside: tuple[Aside, ...] = ()
    battery: float | None = None
    battery_low: bool | None = None
    link: float | None = None
    available: bool | None = None
    at: datetime | None = None


class Finding:
    """Collects what a message says of one device."""

    def __init__(self, at: datetime | None = None) -> None:
        self._at = at
        self.readings: dict[ReadingKind, Reading] = {}
        self.aside: list[Aside] = []
        self.facts: dict[str, float | bool | None] = {}

    def measured(self, kind: ReadingKind, value: object, *, scale: str = "") -> None:
        """A number of ``kind``, in the unit ``scale`` if that is not the usual one."""
        if value is None or (kind is ReadingKind.ILLUMINANCE and str(value).lower() in _LIGHT_WORDS):
            return
        number = number_of(value)
        if number is None:
            self.aside.append(Aside.NOT_A_NUMBER)
        else:
            self._take(kind, celsius(number, scale) if kind is ReadingKind.TEMPERATURE else number)

    def flag(self, kind: ReadingKind, value: object, *, inverted: bool = False) -> None:
        """Something that is so or not so."""
        if value is None:
            return
        said = flag_of(value)
        if said is None:
            self.aside.append(Aside.NOT_A_NUMBER)
        else:
            self._take(kind, float(said is not inverted))

    def fact(self, name: str, value: object, least: float, most: float) -> None:
        """A number about the device itself; what is no such number is left out."""
        number = number_of(value)
        if number is not None and least <= number <= most:
            self.facts[name] = number

    def _take(self, kind: ReadingKind, value: float) -> None:
        if believable(kind, value):
            self.readings[kind] = Reading(kind, round(value, 4), self._at)
        else:
            self.aside.append(Aside.OUT_OF_BOUNDS)

    def report(self, family: Family, device: str, part: str = "") -> Report:
        fields: dict[str, Any] = self.facts
        return Report(
            family=family,
            device=device[:NAME_LIMIT],
            part=part[:NAME_LIMIT],
            readings=tuple(self.readings.values()),
            aside=tuple(self.aside),
            at=self._at,
            **fields,
        )


def malformed(family: Family, device: str) -> Report:
    return Report(family=family, device=device[:NAME_LIMIT], aside=(Aside.MALFORMED,))


def object_of(payload: bytes) -> Mapping[str, Any] | None:
    """A JSON object, or ``None`` for anything else."""
    if len(payload) > PAYLOAD_LIMIT:
        return None
    try:
        said = msgspec.json.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def text_of(payload: bytes) -> str | None:
    """A short text, or ``None``."""
    if len(payload) > NAME_LIMIT:
        return None
    try:
        return payload.decode().strip()
    except UnicodeDecodeError:
        return None


def inner(said: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """The object under ``key``; empty if there is none."""
    found = said.get(key)
    return found if isinstance(found, dict) else {}


def number_of(value: object) -> float | None:
    """A finite number, also written as text; ``None`` for anything else."""
    if isinstance(value, str):
        value = float(value) if _NUMBER.fullmatch(value.strip()) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def flag_of(value: object) -> bool | None:
    """Yes or no, in the ways devices say so; ``None`` for anything else."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float | str):
        word = str(int(value) if value in {0, 1} else value).strip().lower()
        return True if word in _YES else False if word in _NO else None
    return None


def celsius(number: float, scale: str) -> float:
    """A temperature in °C; ``scale``: as devices write it, ``F``, ``°F``, ``K``, or anything for °C."""
    match scale.strip().lstrip("°").upper():
        case "F":
            return (number - 32) * 5 / 9
        case "K":
            return number - 273.15
        case _:
            return number


def instant_of(said: object, zone: tzinfo) -> datetime | None:
    """When a device says something was: ISO 8601, or seconds or milliseconds since 1970.

    A time without a zone is local. ``None`` if it cannot be placed: one that a change of the clocks leaves out or has
    twice, or that of a device whose clock was never set.
    """
    try:
        if isinstance(said, str):
            at = datetime.fromisoformat(said)
            if at.tzinfo is None:
                first, second = (at.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
                if first != second:
                    return None
                at = first
        elif isinstance(said, int | float) and not isinstance(said, bool):
            seconds = said / 1000 if abs(said) > 10**11 else said
            at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
        else:
            return None
        at = at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return at if _EARLIEST <= at <= _LATEST else None
