"""Recordings of rooms and doors: a CSV file of any sensors becomes columns of numbers.

What cannot be read is set aside and counted, value by value; the rest goes on.
"""

import codecs
import csv
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
NAN = math.nan
_YES = {"1", "true", "on", "yes", "open", "detected", "motion", "occupied", "moving"}
_NO = {"0", "false", "off", "no", "closed", "clear", "idle", "still", "empty", "unoccupied"}
_ALARM = {"set": 1.0, "armed": 1.0, "armed_away": 1.0, "unset": 0.0, "disarmed": 0.0}
_LIGHT = {"dark": 0.0, "dim": 30.0, "bright": 400.0}  # what sensors send that know only words, in lux
MORE_THAN_ANY_DOOR = 5.0
"""People a second through all doors of a space: a step with more is a counter that jumped."""
_ROLL_OVERS = (2**16, 2**32)
SEPARATORS = ",;\t|"
_FIRST_YEAR, _LAST_YEAR = 2001, 2100
"""Clocks that were never set begin before."""


class BadRecording(Exception):
    """The file or the mapping cannot be used; the text says what to change."""


@dataclass(frozen=True)
class Kind:
    """``low`` and ``high``: what can be true, in the first unit; ``units``: factor and offset to the first unit."""

    about: str
    low: float = 0.0
    high: float = math.inf
    units: dict[str, tuple[float, float]] = field(default_factory=dict)
    words: dict[str, float] = field(default_factory=dict)


_SWITCH = dict.fromkeys(_YES, 1.0) | dict.fromkeys(_NO, 0.0)
KINDS: dict[str, Kind] = {
    "time": Kind("when the row was measured; twice for a date and a time in two columns", units={}),
    "people": Kind("how many people were there: the truth, read until --learn-until only"),
    "occupied": Kind("1 if anybody was there: the truth, read until --learn-until only", high=1.0, words=_SWITCH),
    "in": Kind("people who came in since the row before"),
    "out": Kind("people who went out since the row before"),
    "in-total": Kind("all who ever came in, by a counter that only grows"),
    "out-total": Kind("all who ever went out, by a counter that only grows"),
    "crossings": Kind("people who passed the door either way since the row before"),
    "devices": Kind("devices that the WiFi serves", high=100_000.0),
    "present": Kind("people that a sensor in the space counts there now", high=10_000.0),
    "pir": Kind("movement: 1 or 0, or how often since the row before", high=100_000.0, words=_SWITCH),
    "contact": Kind("a door or window contact: 1 or open, 0 or closed", high=1.0, words=_SWITCH),
    "co2": Kind("carbon dioxide", low=200.0, high=20_000.0, units={"ppm": (1, 0), "%": (10_000, 0)}),
    "temperature": Kind(
        "air temperature",
        low=-40.0,
        high=60.0,
        units={"c": (1, 0), "f": (5 / 9, -160 / 9), "k": (1, -273.15)},
    ),
    "humidity": Kind("relative humidity", high=100.0, units={"%": (1, 0), "ratio": (100, 0)}),
    "light": Kind("illuminance", high=200_000.0, units={"lux": (1, 0), "klux": (1000, 0)}, words=_LIGHT),
    "sound": Kind("sound level, in any unit", low=-200.0, high=1e6),
    "alarm": Kind("the intruder alarm: 1 while it is set and nobody can be there", high=1.0, words=_SWITCH | _ALARM),
    "booked": Kind("how many people a booking names for now; 0 for none", high=100_000.0, words=_SWITCH),
}
TRUTHS = ("people", "occupied")


@dataclass(frozen=True)
class Column:
    """``values``: one number a row; NaN where the file has none that can be true."""

    name: str
    kind: str
    values: Floats


@dataclass(frozen=True)
class Recording:
    """``seconds``: since 1970 in UTC, ascending, no two alike; ``moments``: the same in local time; ``aside``: what was
    set aside, and how often."""

    seconds: Floats
    moments: list[datetime]
    columns: list[Column]
    aside: Counter[str]

    def of(self, *kinds: str) -> list[Column]:
        return [column for column in self.columns if column.kind in kinds]

    def truth(self) -> Floats | None:
        """How many people; of a column of `occupied` 0 and 1. None: the file has no such column."""
        found = self.of("people") or self.of("occupied")
        return found[0].values if found else None


@dataclass(frozen=True)
class Mapped:
    column: str
    kind: str
    unit: str


def mapping(texts: Sequence[str]) -> list[Mapped]:
    """Read ``column=kind[:unit]``; raises BadRecording with what is known."""
    found = []
    for text in texts:
        column, equals, what = text.rpartition("=")
        kind, _, unit = what.partition(":")
        if not equals or not column:
            raise BadRecording(f"“{text}” is not column=kind or column=kind:unit, such as CO2=co2:ppm.")
        if kind not in KINDS:
            raise BadRecording(f"“{kind}” is no kind of column. Kinds are {', '.join(KINDS)}.")
        units = KINDS[kind].units
        if unit and kind != "time" and unit.lower() not in units:
            known = f"may be {', '.join(units)}" if units else "has no units"
            raise BadRecording(f"“{unit}” is no unit of {kind}, which {known}.")
        if kind == "time" and unit and unit not in _TIME_ORDERS:
            raise BadRecording(f"“{unit}” is no form of a time, which may be {', '.join(_TIME_ORDERS)}.")
        found.append(Mapped(column, kind, unit.lower()))
    return found


def text_of(path: Path) -> str:
    """What the file holds, in UTF-8 or, as spreadsheets write it, UTF-16. Raises BadRecording if it is unreadable."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BadRecording(f"{path} cannot be read: {error.strerror}.") from error
    wide = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return raw.decode("utf-16" if wide else "utf-8-sig", errors="replace")


def read(path: Path, mapped: Sequence[Mapped], zone: ZoneInfo | None = None) -> Recording:
    """Read a CSV file with a heading. ``zone``: of times without an offset; None: they are taken as UTC. Where commas
    do not separate, they are decimal points.

    Raises BadRecording if the file is unreadable, lacks a column, or has no row with a time.
    """
    lines = text_of(path).replace("\0", "").splitlines()
    separator = max(SEPARATORS, key="".join(lines[:1]).count)
    rows = csv.reader(lines, delimiter=separator)
    try:
        heading, *below = [[each.strip() for each in row] for row in rows] or [[]]
    except csv.Error as error:
        raise BadRecording(f'{path} cannot be read up to line {rows.line_num}: is a “"” not closed?') from error
    if not heading:
        raise BadRecording(f"{path} has no heading in its first line.")
    for each in mapped:
        if each.column not in heading:
            raise BadRecording(f"{path} has no column “{each.column}”. Its columns are {', '.join(heading)}.")
    times = [each for each in mapped if each.kind == "time"]
    if not times:
        raise BadRecording("No column is the time: name it, such as --map timestamp=time.")
    aside: Counter[str] = Counter()
    body = []
    longer = [row for row in below if len(row) == len(heading) + 1]
    numbered = any(row[-1] for row in longer)  # else their lines end with a separator
    for row in below:
        if separator != ",":
            row = [each.replace(",", ".") for each in row]
        if len(row) >= len(heading):
            body.append(row[1:] if numbered and len(row) == len(heading) + 1 else row)
        elif row:
            aside["rows with too few fields"] += 1
    if not body:
        raise BadRecording(f"{path} has no row as long as its heading.")
    at = [heading.index(each.column) for each in times]
    written = [" ".join(row[index] for index in at) for row in body]
    moments = _moments(written, next((each.unit for each in times if each.unit), ""), zone, aside)
    order = _order(moments, aside)
    if not order:
        raise BadRecording(f"{path} has no row with a time that can be read. The first is “{''.join(written[:1])}”.")
    kept = [moments[index] for index in order]
    found = [moment for moment in kept if moment is not None]
    seconds = np.array([moment.timestamp() for moment in found])
    columns = []
    for each in mapped:
        if each.kind != "time":
            index = heading.index(each.column)
            columns.append(_column(each, [body[row][index] for row in order], seconds, aside))
    return Recording(seconds, found, columns, aside)


def _order(moments: Sequence[datetime | None], aside: Counter[str]) -> list[int]:
    """The rows by time, each time once: of two rows the first."""
    known = sorted((moment.timestamp(), index) for index, moment in enumerate(moments) if moment is not None)
    order = []
    for place, (second, index) in enumerate(known):
        if place and known[place - 1][0] == second:
            aside["rows with the time of another"] += 1
        else:
            order.append(index)
    return order


_TIME_ORDERS = {"dmy": ("%d", "%m"), "mdy": ("%m", "%d"), "iso": (), "unix": (), "unixms": ()}


def _moments(texts: Sequence[str], unit: str, zone: ZoneInfo | None, aside: Counter[str]) -> list[datetime | None]:
    reader = _time_reader(texts, unit)
    found: list[datetime | None] = []
    before = math.inf
    for text in texts:
        try:
            moment = reader(text)
        except (ValueError, OverflowError, OSError):
            aside["rows whose time cannot be read"] += 1
            found.append(None)
            continue
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone or UTC)
            again = moment.replace(fold=1)
            if moment.timestamp() <= before < again.timestamp():  # the hour that comes twice, the second time
                moment = again
        before = moment.timestamp()
        if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
            aside["rows whose time cannot be true"] += 1
            found.append(None)
            continue
        found.append(moment)
    return found


def _time_reader(texts: Sequence[str], unit: str) -> Callable[[str], datetime]:
    """How to read the times of a file. Day or month first is decided by the whole file."""
    sample = [text for text in texts[:: max(1, len(texts) // 2000)] if text]
    if not unit and sample:
        numbers = [_number(text) for text in sample]
        since = [number for number in numbers if math.isfinite(number) and number > 1e8]
        if 2 * len(since) > len(numbers):
            unit = "unixms" if since[len(since) // 2] > 1e11 else "unix"
    if unit in ("unix", "unixms"):
        scale = 1000 if unit == "unixms" else 1
        return lambda text: datetime.fromtimestamp(float(text) / scale, UTC)
    if unit in ("dmy", "mdy"):
        return _by_form(_TIME_ORDERS[unit])
    if unit == "iso" or not sample or _works(_iso, sample[0]):
        return _iso
    if _works(_named, sample[0]):
        return _named
    forms = [_by_form(_TIME_ORDERS["dmy"]), _by_form(_TIME_ORDERS["mdy"])]

    def steps(form: Callable[[str], datetime]) -> tuple[int, timedelta]:
        """How many cannot be read, and how far the times jump about."""
        read = [form(text) for text in sample if _works(form, text)]
        jumps = sum((abs(after - one) for one, after in pairwise(read)), timedelta())
        return len(sample) - len(read), jumps

    return min(forms, key=steps)


def _works(form: Callable[[str], datetime], text: str) -> bool:
    try:
        form(text)
    except ValueError:
        return False
    return True


_ISO = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(\.\d+)?)?)? *(Z|UTC|[+-]\d{2}:?\d{2})?"
)


def _iso(text: str) -> datetime:
    """Year first; zeros before a digit may be left out."""
    found = _ISO.fullmatch(text)
    if found is None:
        raise ValueError(text)
    *numbers, fraction, offset = found.groups()
    year, month, day, hour, minute, second = (int(number or 0) for number in numbers)
    moment = datetime(year, month, day, hour, minute, second, int(float(fraction or 0) * 1e6))  # noqa: DTZ001  # the caller knows the zone
    if offset is None:
        return moment
    return moment.replace(tzinfo=UTC if offset in ("Z", "UTC") else datetime.strptime(offset, "%z").tzinfo)


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CLOCK = r"(?P<clock>\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)"
_NAMED = (
    re.compile(
        rf"(?:[a-z]+,? )?(?P<day>\d{{1,2}})[ -](?P<month>[a-z]{{3}})[a-z]*[ ,-]+(?P<year>\d{{4}})(?: {_CLOCK})?"
    ),
    re.compile(rf"(?:[a-z]+,? )?(?P<month>[a-z]{{3}})[a-z]* +(?P<day>\d\d?) {_CLOCK} (?P<year>\d{{4}})"),
)
"""Such as “07-Sep-2021 09:05” and, as C writes it, “Tue Sep  7 09:05:00 2021”."""


def _named(text: str) -> datetime:
    """The month by its English name."""
    for form in _NAMED:
        if (found := form.fullmatch(text.lower())) and found["month"] in _MONTHS:
            month = _MONTHS.index(found["month"]) + 1
            return _iso(f"{found['year']}-{month}-{found['day']} {found['clock'] or '0:00'}")
    raise ValueError(text)


def _by_form(order: tuple[str, ...]) -> Callable[[str], datetime]:
    def form(text: str) -> datetime:
        date, _, rest = text.partition(" ")
        date = date.replace("-", "/").replace(".", "/")
        year = "%Y" if len(date.rpartition("/")[2]) == 4 else "%y"
        clock = {0: "", 1: " %H:%M", 2: " %H:%M:%S"}[min(rest.count(":"), 2)] if rest else ""
        clock += ".%f" if "." in rest else ""
        if rest[-2:].upper() in ("AM", "PM"):
            clock = clock.replace("%H", "%I") + " %p"
        return datetime.strptime(f"{date} {rest}".strip(), f"{order[0]}/{order[1]}/{year}{clock}")  # noqa: DTZ007  # as above

    return form


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return NAN


def _with_unit(text: str, units: dict[str, tuple[float, float]]) -> float:
    """Such as “453.5 ppm” or “70 °F”, in the first unit; NaN without a unit that is known."""
    for unit, (factor, offset) in units.items():
        if text.endswith(unit):
            return _number(text.removesuffix(unit).rstrip(" °")) * factor + offset
    return NAN


def _column(mapped: Mapped, texts: Iterable[str], seconds: Floats, aside: Counter[str]) -> Column:
    kind = KINDS[mapped.kind]
    factor, offset = kind.units.get(mapped.unit, (1.0, 0.0))
    values = np.full(len(seconds), NAN)
    for index, text in enumerate(texts):
        word = text.strip().lower()
        if word in ("", "null", "none", "nan", "na", "n/a"):
            if word:
                aside[f"{mapped.column}: no value"] += 1
            continue
        if word in kind.words:
            number = kind.words[word]
        elif math.isnan(number := _number(word)):
            number = _with_unit(word, kind.units)
        else:
            number = number * factor + offset
        if math.isnan(number):
            aside[f"{mapped.column}: not a number"] += 1
        elif not kind.low <= number <= kind.high:
            aside[f"{mapped.column}: cannot be true"] += 1
        else:
            values[index] = number
    if mapped.kind in ("in-total", "out-total"):
        values = _growth(values)
    if mapped.kind in ("in", "out", "crossings", "in-total", "out-total"):
        span = np.diff(seconds, prepend=seconds[0] - _usual_step(seconds))
        jumped = values > np.maximum(span, 60) * MORE_THAN_ANY_DOOR
        if count := int(jumped.sum()):
            aside[f"{mapped.column}: more than can pass a door"] += count
        values[jumped] = NAN
    return Column(mapped.column, mapped.kind.removesuffix("-total"), values)


def _usual_step(seconds: Floats) -> float:
    return float(np.median(np.diff(seconds))) if len(seconds) > 1 else 60.0


def _growth(totals: Floats) -> Floats:
    """What a counter grew by since the last value. One that fell rolled over where that explains it, or began at 0."""
    grown = np.full(len(totals), NAN)
    before = NAN
    for index, total in enumerate(totals):
        if math.isnan(total):
            continue
        if not math.isnan(before):
            step = total - before
            if step < 0:
                over = [step + size for size in _ROLL_OVERS if before < size and step + size < 1000]
                step = over[0] if over else total
            grown[index] = step
        before = float(total)
    return grown
