"""Reads roll-ups step by step, with the share of each step that was counted."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

import msgspec

from controller.db.engine import Tx
from controller.telemetry import queries, room_sensors
from controller.telemetry.queries import Outage
from controller.telemetry.rollups import repository
from controller.telemetry.rollups.coverage import known_times, seconds_of, shares
from controller.telemetry.rollups.fold import THOUSANDTHS, Step, steps_in
from controller.telemetry.rollups.repository import BlindMark, HeardSeries, key_of
from edge.wire.interval import Interval

ROWS_LIMIT = 200_000
"""Rows of one answer: a step of a counter, or of a field of another device."""


class TooManyRows(Exception):
    """An answer would have more than ``ROWS_LIMIT`` rows."""

    def __init__(self, one: str) -> None:
        super().__init__(
            f"this is more than {ROWS_LIMIT} rows for one answer: ask for fewer days, a larger step or one {one}"
        )


class Figure(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What is known of one step. ``n``: readings; ``total``: their sum; ``coverage``: the share of the step in which
    the device is known to have worked. Without any, ``total`` is None: silence is not zero."""

    during: Interval
    n: int
    total: float | None
    least: float | None
    most: float | None
    coverage: float

    @property
    def mean(self) -> float | None:
        return self.total / self.n if self.n and self.total is not None else None


class FigureSeries(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of one field of a device at a place (empty where there is none), step by step, none left out."""

    measurement: str
    device: str
    place: str
    edge: str
    field: str
    figures: list[Figure]


class RowSource(Protocol):
    """Rows of roll-ups from a history outside the database."""

    async def read(
        self, site: str, steps: Sequence[Interval], fields: Mapping[HeardSeries, Sequence[str]]
    ) -> list[repository.ReadRow]:
        """The rows of these steps, of these fields of each series. Raises ``HistoryUnreadable``."""
        ...

    async def close(self) -> None:
        """Idempotent."""
        ...


class StoredFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What figures are made from. ``heard``: all series of the devices that are asked for; ``places``: of those that
    are wanted, where they are; ``fields``: by ``key_of`` a series. ``due``: the rows that the database has, where
    ``rows`` are from elsewhere: a step of which they hold fewer readings is not known."""

    steps: list[Interval]
    heard: list[HeardSeries]
    places: dict[HeardSeries, str]
    fields: dict[tuple[str, str, str, str], list[str]]
    rows: list[repository.ReadRow]
    due: list[repository.ReadRow]
    horizons: dict[str, datetime]
    present: set[tuple[str, str]]
    outages: list[Outage]
    marks: list[BlindMark]


async def stored_figures(
    tx: Tx,
    site: str,
    step: Step,
    during: Interval,
    zone: ZoneInfo,
    now: datetime,
    *,
    footfall: bool,
    device: str | None = None,
    place: str | None = None,
) -> StoredFigures | None:
    """The steps that begin in an interval, up to now, of each series that spoke before it ended: of footfall, or of all
    other measurements; of one device or place where it is named. None where there is nothing. Raises ``TooManyRows``
    before it reads any."""
    steps = [each for each in steps_in(step, during, zone) if each.start < now]
    rooms = {(each.edge, each.device): each.space for each in await room_sensors.of_site(tx, site)}
    every = [each for each in await repository.series_of(tx, site) if (each.measurement == "footfall") is footfall]
    places = {each: each.place or rooms.get((each.edge, each.device)) or "" for each in every}
    places = {
        each: its
        for each, its in places.items()
        if each.first_at < during.end and device in (None, each.device) and place in (None, its)
    }
    if not places or not steps:
        return None
    fields = await repository.fields_of(tx, site, sorted({each.measurement for each in places}))
    rows = len(steps) * sum(1 if footfall else len(fields.get(key_of(each), ())) for each in places)
    if rows > ROWS_LIMIT:
        raise TooManyRows("counter" if footfall else "place")
    devices = {each.device for each in places}
    times = Interval(start=steps[0].start, end=steps[-1].end)
    marks = await repository.marks_of(tx, site, times)
    since = min([times.start, *(each.at for each in marks)])
    return StoredFigures(
        steps=steps,
        heard=[each for each in every if each.device in devices],
        places=places,
        fields=fields,
        due=[],
        rows=await repository.read_rows(
            *(tx, site, step, during, sorted({each.measurement for each in places})),
            devices=None if device is place is None else sorted(devices),
        ),
        horizons={edge: min(at, now) for edge, at in (await repository.horizons(tx, site)).items()},
        present={(edge, state.device) for edge, state in await queries.site_devices(tx, site)},
        outages=await queries.site_outages(tx, site, Interval(start=since, end=times.end)),
        marks=marks,
    )


async def from_source(source: RowSource, site: str, stored: StoredFigures) -> StoredFigures:
    """The same with the source's rows; those of the database say what is due. Raises ``HistoryUnreadable``."""
    fields = {each: stored.fields[key_of(each)] for each in stored.places if key_of(each) in stored.fields}
    rows = await source.read(site, stored.steps, fields)
    return msgspec.structs.replace(stored, rows=rows, due=stored.rows)


def figures(stored: StoredFigures | None) -> list[FigureSeries]:
    """Series by series, field by field. Takes long where there is much: run it in a thread."""
    if stored is None:
        return []
    times = known_times(
        stored.heard,
        horizons=stored.horizons,
        present=stored.present,
        outages=stored.outages,
        marks=stored.marks,
    )
    cells, due = _cells(stored.rows), _cells(stored.due)
    seconds = seconds_of(stored.steps)
    found = []
    for each, known in zip(stored.heard, times, strict=True):
        if each not in stored.places:
            continue
        covered = shares(known, seconds)
        for field in stored.fields.get(key_of(each), ()):
            key = (each.measurement, each.device, field, each.place, each.edge)
            its, more = cells.get(key, {}), due.get(key, {})
            found.append(
                FigureSeries(
                    measurement=each.measurement,
                    device=each.device,
                    place=stored.places[each],
                    edge=each.edge,
                    field=field,
                    figures=[
                        _figure(one, its.get(one.start), share, more.get(one.start))
                        for one, share in zip(stored.steps, covered, strict=True)
                    ],
                )
            )
    return found


def _cells(rows: Iterable[repository.ReadRow]) -> dict[tuple[str, ...], dict[datetime, Sequence[int]]]:
    """Measurement, device, field, place and edge -> its numbers by the start of the step."""
    cells: dict[tuple[str, ...], dict[datetime, Sequence[int]]] = {}
    for measurement, at, *series, n, total, least, most in rows:
        cells.setdefault((measurement, *series), {})[at] = (n, total, least, most)
    return cells


def _figure(during: Interval, cell: Sequence[int] | None, coverage: float, due: Sequence[int] | None = None) -> Figure:
    if due is not None and (cell is None or cell[0] < due[0]):
        coverage = 0.0
    if cell is None:
        nothing = 0.0 if coverage else None
        return Figure(during=during, n=0, total=nothing, least=None, most=None, coverage=coverage)
    n, total, least, most = cell
    return Figure(
        during=during,
        n=n,
        total=total / THOUSANDTHS,
        least=least / THOUSANDTHS,
        most=most / THOUSANDTHS,
        coverage=coverage,
    )
