"""Reads a sensor on I2C, SPI or 1-Wire through its kernel driver: the files of its folder in sysfs.

The drivers speak each chip's own protocol and check its checksums. Sources, of the kernel's documentation:
``ABI/testing/sysfs-bus-iio`` (temperatures in m°C, humidity in m%, concentrations in %, light in lx, pressure in kPa),
``hwmon/sysfs-interface`` (m°C, m%), ``w1/slaves/w1_therm`` (m°C).
"""

import os
import re
import stat
from pathlib import Path

from edge.sensors.report import Aside, Family, Finding, Report, number_of
from edge.wire.readings import ReadingKind

_PLACES = (".", "iio:device*", "hwmon/hwmon*")
"""Where in the folder of a device its driver puts the files."""
_IIO = re.compile(r"in_(temp|humidityrelative|concentration_co2|illuminance|pressure)(\d?)_(input|raw)")
_IIO_KINDS = {
    "temp": (ReadingKind.TEMPERATURE, 0.001),
    "humidityrelative": (ReadingKind.HUMIDITY, 0.001),
    "concentration_co2": (ReadingKind.CO2, 10_000),
    "illuminance": (ReadingKind.ILLUMINANCE, 1),
    "pressure": (ReadingKind.PRESSURE, 10),
}
_OTHERS = {
    "temp1_input": (ReadingKind.TEMPERATURE, 0.001),
    "humidity1_input": (ReadingKind.HUMIDITY, 0.001),
    "temperature": (ReadingKind.TEMPERATURE, 0.001),
}
"""Of hwmon and of 1-Wire."""
_COLD_START = 85_000
"""What a DS18B20 says, in m°C, when it lost its supply before it had measured (Maxim, DS18B20, "Operation: Measuring
Temperature"). No room is so hot."""
_LONGEST = 64
_FILES_LIMIT = 500


def channels(folder: Path) -> dict[ReadingKind, tuple[Path, float]]:
    """Of each kind that the device measures the file to read, and the factor to the kind's own unit. Of several
    channels of a kind the first counts, and one that the driver has converted before a raw one."""
    found: dict[ReadingKind, tuple[bool, str, Path, float]] = {}
    files = [each for place in _PLACES for each in folder.glob(f"{place}/*")][:_FILES_LIMIT]
    for file in files:
        match = _IIO.fullmatch(file.name)
        about = _IIO_KINDS[match[1]] if match else _OTHERS.get(file.name)
        if about is not None:
            kind, factor = about
            this = (match is not None and match[3] == "raw", file.name, file, factor)
            found[kind] = min(found.get(kind, this), this)
    return {kind: (file, factor) for kind, (_, _, file, factor) in found.items()}


def read(folder: Path, name: str) -> Report:
    """What the device ``name`` in ``folder`` measures now; it is not available if nothing can be read. A file that
    cannot be read, such as after a wrong checksum, or that holds no number, is set aside. May block as long as the bus
    does."""
    finding = Finding()
    for kind, (file, factor) in channels(folder).items():
        try:
            raw = file.name.endswith("_raw")
            value = _scaled(file) if raw else _number(file)
        except (OSError, ValueError):
            finding.aside.append(Aside.SENSOR_FAULT)
            continue
        if kind is ReadingKind.TEMPERATURE and value == _COLD_START and not raw:
            finding.aside.append(Aside.SENSOR_FAULT)
        else:
            finding.measured(kind, value * factor)
    finding.facts["available"] = bool(finding.readings)
    return finding.report(Family.WIRED, name)


def _scaled(file: Path) -> float:
    """A raw value, which is worth (raw + offset) * scale. Channels of a kind may share these two."""
    return (_number(file) + _shared(file, "offset", 0.0)) * _shared(file, "scale", 1.0)


def _shared(file: Path, what: str, instead: float) -> float:
    own = file.with_name(re.sub("raw$", what, file.name))
    for each in (own, file.with_name(re.sub(r"\d?_raw$", f"_{what}", file.name))):
        if each.exists():
            return _number(each)
    return instead


def _number(file: Path) -> float:
    """The number in a file. Raises ``OSError``, or ``ValueError`` for what is none. A pipe, which might never end, is
    not read."""
    with open(os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as source:
        if not stat.S_ISREG(os.fstat(source.fileno()).st_mode):
            raise ValueError(f"{file} is no regular file")
        said = source.read(_LONGEST + 1).decode("ascii").strip()
    value = number_of(said) if len(said) <= _LONGEST else None
    if value is None:
        raise ValueError(f"{file} holds no number")
    return value
