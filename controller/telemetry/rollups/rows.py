"""Figures as rows of answers and of CSV files. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import repeat
from zoneinfo import ZoneInfo

import msgspec

from controller.platform.csv_import.spreadsheet import write_sheet
from controller.platform.text import local_time
from controller.telemetry.halves import visits_error, visits_of
from controller.telemetry.rollups.figures import FigureSeries
from edge.wire.readings import ReadingKind, unit

COUNTED = {
    ("footfall", "ins"): "people",
    ("footfall", "outs"): "people",
    ("footfall", "passages"): "passages both ways",
    ("motion", "active"): "movements begun",
    ("presence", "active"): "presences begun",
    ("contact", "open"): "openings",
    ("access", "granted"): "entries granted",
    ("door", "open"): "openings",
    ("door", "unlocked"): "unlockings",
    ("wifi", "sessions"): "sessions begun",
    ("wifi", "minutes"): "minutes",
}
"""Measurements and fields that are summed, and what they count. Of all others the mean says something."""
UNITS = {("wifi", field): "devices" for field in ("stations", "randomised")} | {
    ("room", kind.value): unit(kind) for kind in ReadingKind
}


class FootfallRow(msgspec.Struct, frozen=True, gc=False):
    """``ins`` and ``outs`` are null where nothing is known, and of a counter that does not tell in from out. That
    counts ``passages`` both ways, null of others. ``visits``: who came in, or half of the passages; ``visits_error``:
    of that half, two standard deviations. ``events``: how many they were made from. ``coverage``: the share of the
    time, from 0 to 1, in which the counter is known to have worked. ``door`` is null where it has none."""

    starts: str
    counter: str
    door: str | None
    ins: int | None
    outs: int | None
    passages: int | None
    visits: float | None
    visits_error: float | None
    events: int
    coverage: float


class SampleRow(msgspec.Struct, frozen=True, gc=False):
    """``place``: the door or zone, null where there is none. ``total`` of what is counted (``unit`` says what), and
    ``mean``, ``least`` and ``most`` of what is measured; null where nothing is known. ``readings``: from how many.
    ``coverage``: the share of the time, from 0 to 1, in which the device is known to have worked."""

    starts: str
    place: str | None
    device: str
    measurement: str
    field: str
    unit: str
    readings: int
    total: float | None
    mean: float | None
    least: float | None
    most: float | None
    coverage: float


def footfall_rows(found: Sequence[FigureSeries], zone: ZoneInfo) -> list[FootfallRow]:
    """Step by step, counter by counter."""
    fields = {(each.device, each.place, each.edge, each.field): each for each in found}
    starts = texts_of(found[0].edges[:-1], zone) if found else []
    days = bool(found) and found[0].edges[1] - found[0].edges[0] >= _SHORTEST_DAY_S
    nothing = [None] * len(starts)
    rows: list[FootfallRow] = []
    for device, place, edge in sorted({key[:3] for key in fields}):
        ins, outs, both = (fields.get((device, place, edge, field)) for field in ("ins", "outs", "passages"))
        first = ins or both
        if first is None:
            continue
        came, went, passed = (_whole(each) if each else nothing for each in (ins, outs or ins, both))
        visits: Sequence[float | None] = came
        errors: Sequence[float | None] = nothing
        events = first.n
        if both is not None:
            halves = [None if each is None else visits_of(each) for each in passed]
            whole_days = [days and share >= _WHOLE for share in first.coverage]
            errors = [
                None if each is None else round(visits_error(each, days=whole), 1)
                for each, whole in zip(passed, whole_days, strict=True)
            ]
            visits = halves
            if ins is not None:  # it was replaced by one of the other kind
                visits = [_sum(*each) for each in zip(came, halves, strict=True)]
                events = [a + b for a, b in zip(ins.n, both.n, strict=True)]
        named = map(repeat, (device, place or None))
        rows += map(FootfallRow, starts, *named, came, went, passed, visits, errors, events, first.coverage)
    return rows


_SHORTEST_DAY_S = 23 * 3600
_WHOLE = 0.99
"""Of a day that is known for less, all who passed may have gone one way."""


def _whole(figures: FigureSeries) -> Sequence[int | None]:
    return [None if each is None else int(each) for each in figures.total]


def _sum(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a + b


def texts_of(starts: Sequence[int], zone: ZoneInfo) -> list[str]:
    """When steps begin, from seconds since 1970, in order, as ``rfc3339`` writes it. Where days have one offset, a text
    is put together from those of the day and of the time, which is much faster."""
    texts: list[str] = []
    for at in range(0, len(starts), _LOT):
        lot = starts[at : at + _LOT]
        first, last = (datetime.fromtimestamp(each, zone) for each in (lot[0], lot[-1]))
        offset = first.utcoffset()
        if offset is None or offset != last.utcoffset() or last - first > _FEW_DAYS:
            texts += [local_time.rfc3339(datetime.fromtimestamp(each, UTC), zone) for each in lot]
            continue
        seconds, after = round(offset.total_seconds()), first.isoformat()[_TEXT:]
        days = range((lot[0] + seconds) // _DAY_S, (lot[-1] + seconds) // _DAY_S + 1)
        dates = {day: f"{datetime.fromtimestamp(day * _DAY_S, UTC):%Y-%m-%dT}" for day in days}
        texts += [dates[wall // _DAY_S] + _clock(wall % _DAY_S) + after for wall in (each + seconds for each in lot)]
    return texts


_LOT = 288
_FEW_DAYS, _DAY_S = timedelta(days=12), 86_400
"""No zone changes its clocks twice in these."""
_TEXT = len("2026-11-25T00:00:00")


@cache
def _clock(seconds: int) -> str:
    """The time of the day; steps begin at 288 of them, or a few more."""
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def sample_rows(found: Sequence[FigureSeries], zone: ZoneInfo) -> list[SampleRow]:
    """Device by device, step by step."""
    starts = texts_of(found[0].edges[:-1], zone) if found else []
    rows: list[SampleRow] = []
    for each in found:
        key = (each.measurement, each.field)
        summed, unit_ = key in COUNTED, COUNTED.get(key) or UNITS.get(key, "")
        nothing: list[float | None] = [None] * len(starts)
        its = each.total, nothing, nothing, nothing
        if not summed:
            pairs = zip(each.n, each.total, strict=True)
            its = (
                nothing,
                [None if sum_ is None or not n else round(sum_ / n, 3) for n, sum_ in pairs],
                each.least,
                each.most,
            )
        named = map(
            repeat,
            (each.place or None, each.device, each.measurement, each.field, unit_),
        )
        rows += map(SampleRow, starts, *named, each.n, *its, each.coverage)
    return rows


FOOTFALL_COLUMNS = {
    "starts": "starts (local time)",
    "counter": "counter",
    "door": "door",
    "ins": "in (people, raw count)",
    "outs": "out (people, raw count)",
    "passages": "passages both ways (raw count)",
    "visits": "visits (people in, or passages halved)",
    "visits_error": "error of halved visits (people)",
    "events": "events",
    "coverage": "coverage (share of the time, 0 to 1)",
}
SAMPLE_COLUMNS = {
    "starts": "starts (local time)",
    "place": "door or zone",
    "device": "device",
    "measurement": "measurement",
    "field": "field",
    "unit": "unit",
    "readings": "readings",
    "total": "total (unit)",
    "mean": "mean (unit)",
    "least": "least (unit)",
    "most": "most (unit)",
    "coverage": "coverage (share of the time, 0 to 1)",
}
NOTES = "notes"
HALVED = "counted both ways, halved"
_NUMBERS = {SAMPLE_COLUMNS[name] for name in ("total", "mean", "least", "most")}


def as_csv(rows: Sequence[FootfallRow] | Sequence[SampleRow], columns: dict[str, str]) -> bytes:
    """A line for each row; empty where nothing is known, and a note why."""
    lines = []
    for row in rows:
        values = {title: getattr(row, name) for name, title in columns.items()}
        line = {title: "" if value is None else str(value) for title, value in values.items()}
        number = row.events if isinstance(row, FootfallRow) else row.readings
        notes = [_note(row.coverage, number)]
        if isinstance(row, FootfallRow) and row.passages is not None:
            notes.insert(0, HALVED)
        lines.append(line | {NOTES: "; ".join(filter(None, notes))})
    return write_sheet([*columns.values(), NOTES], lines, numbers=_NUMBERS)


def _note(coverage: float, number: int) -> str:
    if coverage >= 1:
        return ""
    if coverage:
        return f"known for {coverage:.0%} of the time; there may have been more"
    return "at least; more may be still to come" if number else "not known: silence is not zero"
