"""What a sensor says at once: one message of an MQTT device, or one look at a wired one. Pure.

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
_UNITS: dict[ReadingKind, dict[str, tuple[float, float]]] = {
    ReadingKind.TEMPERATURE: {"c": (1, 0), "f": (5 / 9, 32), "k": (1, 273.15)},
    ReadingKind.HUMIDITY: {"%": (1, 0), "%rh": (1, 0)},
    ReadingKind.CO2: {"ppm": (1, 0)},
    ReadingKind.ILLUMINANCE: {"lx": (1, 0), "lux": (1, 0)},
    ReadingKind.SOUND: {"db": (1, 0), "dba": (1, 0), "db(a)": (1, 0)},
    ReadingKind.PRESSURE: {
        "hpa": (1, 0),
        "mbar": (1, 0),
        "pa": (0.01, 0),
        "kpa": (10, 0),
        "bar": (1000, 0),
        "mmhg": (1.333224, 0),
        "inhg": (33.86389, 0),
        "psi": (68.94757, 0),
    },
    ReadingKind.PEOPLE: {"people": (1, 0), "persons": (1, 0)},
}
"""By kind, the units that are read: what one is worth in the kind's own, and where its zero is."""
_YES, _NO = frozenset({"on", "true", "1", "open"}), frozenset({"off", "false", "0", "closed"})
_EARLIEST, _LATEST = datetime(2015, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


class Family(StrEnum):
    ZIGBEE2MQTT = "zigbee2mqtt"
    SHELLY = "shelly"
    TASMOTA = "tasmota"
    ESPHOME = "esphome"
    WIRED = "wired"
    """On a bus or a pin of the edge's own computer."""


class Aside(StrEnum):
    """Why a message, or a value of it, was set aside."""

    MALFORMED = "malformed"
    """The payload cannot be read."""
    NOT_A_NUMBER = "not-a-number"
    OUT_OF_BOUNDS = "out-of-bounds"
    UNKNOWN_UNIT = "unknown-unit"
    """It is in a unit that cannot be that of its kind, or that is not known."""
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
        elif (converted := in_unit_of(kind, number, scale)) is None:
            self.aside.append(Aside.UNKNOWN_UNIT)
        else:
            self._take(kind, converted)

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


def in_unit_of(kind: ReadingKind, number: float, scale: str) -> float | None:
    """A number that is in the unit ``scale``, as devices write it, in that of ``kind``; ``None`` for an unknown unit.
    Empty is the kind's own."""
    word = scale.strip().lstrip("°").lower()
    if not word:
        return number
    factor, first = _UNITS[kind].get(word, (0.0, 0.0))
    return (number - first) * factor if factor else None


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
