"""Reads roll-ups step by step, with the share of each step that was counted."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Protocol
from zoneinfo import ZoneInfo

import msgspec

from controller.db.engine import Tx
from controller.telemetry import queries
from controller.telemetry.queries import Outage
from controller.telemetry.rollups import repository
from controller.telemetry.rollups.coverage import known_times, shares
from controller.telemetry.rollups.fold import THOUSANDTHS, Series, Step, edges_in
from controller.telemetry.rollups.repository import BlindMark, HeardSeries, key_of
from controller.telemetry.room_sensors import model as room_sensors
from edge.wire.interval import Interval

ROWS_LIMIT = 200_000
"""Rows of one answer: a step of a counter, or of a field of another device."""


class TooManyRows(Exception):
    """An answer would have more than ``ROWS_LIMIT`` rows."""

    def __init__(self, one: str) -> None:
        super().__init__(
            f"this is more than {ROWS_LIMIT} rows for one answer: ask for fewer days, a larger step or one {one}"
        )


class FigureSeries(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one field of a device at a place (empty where there is none), step by step, none left out.

    ``edges``: when each step begins, and when the last ends, in seconds since 1970. ``n``: readings; ``total``: their
    sum; ``least`` and ``most``: None of footfall; ``coverage``: the share of the step in which the device is known to
    have worked. Without any, ``total`` is None: silence is not zero.
    """

    measurement: str
    device: str
    place: str
    edge: str
    field: str
    edges: list[int]
    n: list[int]
    total: list[float | None]
    least: list[float | None]
    most: list[float | None]
    coverage: list[float]


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
    """What figures are made from. ``edges``: of the steps, in seconds since 1970. ``heard``: all series of the devices
    that are asked for; ``places``: of those that are wanted, where they are; ``fields``: by ``key_of`` a series.
    ``due``: the rows that the database has, where ``rows`` are from elsewhere: a step of which they hold fewer readings
    is not known. ``wifi_told_from``: zone -> since when sessions are told."""

    edges: list[int]
    heard: list[HeardSeries]
    places: dict[HeardSeries, str]
    fields: dict[tuple[str, str, str, str], list[str]]
    rows: list[repository.ReadRow]
    due: list[repository.ReadRow]
    horizons: dict[str, datetime]
    present: set[tuple[str, str]]
    outages: list[Outage]
    marks: list[BlindMark]
    runs: dict[tuple[str, str], list[Interval]]
    wifi_told_from: dict[str, datetime]


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
    edges = edges_in(step, during, zone)
    edges = edges[: bisect_left(edges[:-1], now.timestamp()) + 1]
    rooms = await room_sensors.rooms_of(tx, site)
    every = [each for each in await repository.series_of(tx, site) if (each.measurement == "footfall") is footfall]
    places = {each: each.place or rooms.get((each.edge, each.device)) or "" for each in every}
    places = {
        each: its
        for each, its in places.items()
        if each.first_at < during.end and device in (None, each.device) and place in (None, its)
    }
    if not places or len(edges) < 2:
        return None
    kept = dict(zip(every, await repository.trimmed(tx, site, step, every), strict=True))
    measured = {each.measurement for each in places}
    fields = await repository.fields_of(tx, site, sorted(measured))
    rows = (len(edges) - 1) * sum(1 if footfall else len(fields.get(key_of(each), ())) for each in places)
    if rows > ROWS_LIMIT:
        raise TooManyRows("counter" if footfall else "place")
    devices = {each.device for each in places}
    times = Interval(start=_at(edges[0]), end=_at(edges[-1]))
    marks = await repository.marks_of(tx, site, times)
    since = min([times.start, *(each.at for each in marks)])
    return StoredFigures(
        edges=edges,
        heard=[kept[each] for each in every if each.device in devices],
        places={kept[each]: its for each, its in places.items()},
        fields=fields,
        due=[],
        rows=await repository.read_rows(
            *(tx, site, step, times, [each for each in every if each.measurement in measured]),
            devices=[None] if device is place is None else sorted(devices),
            sums=footfall,
        ),
        horizons={edge: min(at, now) for edge, at in (await repository.horizons(tx, site)).items()},
        present={(edge, state.device) for edge, state in await queries.site_devices(tx, site)},
        outages=await queries.site_outages(tx, site, Interval(start=since, end=times.end)),
        marks=marks,
        runs={} if footfall else await repository.runs_of(tx, site, times),
        wifi_told_from={} if footfall else await repository.wifi_told_from(tx, site, times.end),
    )


def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


async def from_source(source: RowSource, site: str, stored: StoredFigures) -> StoredFigures:
    """The same with the source's rows; those of the database say what is due. Raises ``HistoryUnreadable``."""
    fields = {each: stored.fields[key_of(each)] for each in stored.places if key_of(each) in stored.fields}
    steps = [Interval(start=_at(start), end=_at(end)) for start, end in pairwise(stored.edges)]
    rows = await source.read(site, steps, fields)
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
        runs=stored.runs,
    )
    columns, due = _columns(stored.rows, stored.edges), _columns(stored.due, stored.edges)
    found = []
    for each, known in zip(stored.heard, times, strict=True):
        if each not in stored.places:
            continue
        whole = shares(known, stored.edges)
        for field in stored.fields.get(key_of(each), ()):
            name = each.measurement, each.device, field, each.place, each.edge
            n, total, *ends = columns[name]
            least, most = map(_units, ([None] * len(n),) * 2 if each.measurement == "footfall" else ends)
            its = covered = whole
            if each.measurement == "wifi" and field in repository.WIFI_SUMS:
                its = covered = shares(_told(each, known, stored), stored.edges)
            if stored.due:
                wanted = zip(n, due[name][0], covered, strict=True)
                its = [0.0 if there < number else share for there, number, share in wanted]
            found.append(
                FigureSeries(
                    measurement=each.measurement,
                    device=each.device,
                    place=stored.places[each],
                    edge=each.edge,
                    field=field,
                    edges=stored.edges,
                    n=n,
                    total=_units(
                        [0 if sum_ is None and share else sum_ for sum_, share in zip(total, its, strict=True)]
                    ),
                    least=least,
                    most=most,
                    coverage=its,
                )
            )
    return found


def _told(series: HeardSeries, known: Sequence[Interval], stored: StoredFigures) -> list[Interval]:
    """When sessions are known: from the first report of any in the zone."""
    since = stored.wifi_told_from.get(series.place)
    return [Interval(start=max(each.start, since), end=each.end) for each in known if since and each.end > since]


def _units(thousandths: Sequence[int | None]) -> list[float | None]:
    return [None if each is None else each / THOUSANDTHS for each in thousandths]


_Columns = tuple[list[int], list[int | None], list[int | None], list[int | None]]


def _columns(rows: Iterable[repository.ReadRow], edges: Sequence[int]) -> dict[Series, _Columns]:
    """By series: how many, their sum, the least and the most, of each step, in thousandths."""
    number = len(edges) - 1
    found: defaultdict[Series, _Columns] = defaultdict(
        lambda: ([0] * number, [None] * number, [None] * number, [None] * number)
    )
    steps = {at * 1_000_000: nth for nth, at in enumerate(edges[:-1])}
    for at, name, n, total, least, most in rows:
        numbers, totals, leasts, mosts = found[name]
        nth = steps.get(at)
        if nth is None:
            continue  # made while the site had another zone
        numbers[nth], totals[nth], leasts[nth], mosts[nth] = n, total, least, most
    return found
