"""What sensors in a room measure: kinds, units, and the bounds outside which a value is not believed."""

from enum import StrEnum


class ReadingKind(StrEnum):
    """``open``, ``motion``, ``presence``, ``leak`` and ``smoke`` are 1 for yes and 0 for no. ``input``: a switch whose
    meaning the device does not say. ``people``: how many are there now."""

    TEMPERATURE = "temperature"
    HUMIDITY = "humidity"
    CO2 = "co2"
    ILLUMINANCE = "illuminance"
    SOUND = "sound"
    PRESSURE = "pressure"
    PEOPLE = "people"
    MOTION = "motion"
    PRESENCE = "presence"
    OPEN = "open"
    LEAK = "leak"
    SMOKE = "smoke"
    INPUT = "input"


_MEASURED: dict[ReadingKind, tuple[str, float, float]] = {
    ReadingKind.TEMPERATURE: ("°C", -60, 100),
    ReadingKind.HUMIDITY: ("%", 1, 100),
    ReadingKind.CO2: ("ppm", 200, 40_000),
    ReadingKind.ILLUMINANCE: ("lx", 0, 200_000),
    ReadingKind.SOUND: ("dB", 0, 160),
    ReadingKind.PRESSURE: ("hPa", 300, 1_200),
    ReadingKind.PEOPLE: ("", 0, 10_000),
}
LARGEST = 1e9
"""Of a kind that only a newer edge knows, the largest number that is believed, above or below zero."""
FLAGS = frozenset(ReadingKind) - _MEASURED.keys()
"""The kinds that are 1 or 0."""


def unit(kind: ReadingKind) -> str:
    """The unit of a kind, as people write it; empty for counts and for what is yes or no."""
    return _MEASURED[kind][0] if kind in _MEASURED else ""


def believable(kind: str, value: float) -> bool:
    """Whether a sensor in a room can have measured ``value``. Of a kind that only a newer edge knows, any
    number up to ``LARGEST``."""
    if kind not in set(ReadingKind):
        return abs(value) <= LARGEST  # no NaN either
    known = ReadingKind(kind)
    if known in FLAGS:
        return value in {0, 1}
    _, least, most = _MEASURED[known]
    return least <= value <= most and (known is not ReadingKind.PEOPLE or value == int(value))
