"""All SQL of roll-ups."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import reduce
from typing import Any, cast

import msgspec
from sqlalchemy import (
    BigInteger,
    Insert,
    String,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    or_,
    select,
    text,
)
from sqlalchemy import cast as sqlalchemy_cast
from sqlalchemy.dialects import postgresql, sqlite

from controller.db.compiled_sql import CompiledReads, insert_many, upsert_many
from controller.db.engine import Tx
from controller.db.sql_functions import listed, micros, numbers_of
from controller.telemetry import repository as telemetry
from controller.telemetry.rollups.fold import FIVE_US, THOUSANDTHS, Cell, Row, Series, Step, instant
from controller.telemetry.tables import blind_marks, event_logs, events, rollup_series, rollups, sensor_runs
from edge.wire.interval import Interval

_COLUMNS = tuple(column.name for column in rollups.c)

_SERIES_COLUMNS = tuple(column.name for column in rollup_series.c)


def _add_rows(statement: "sqlite.Insert | postgresql.Insert", least: str, most: str) -> Insert:
    new, c = statement.excluded, rollups.c
    return statement.on_conflict_do_update(
        index_elements=[column.name for column in rollups.primary_key],
        set_={
            "n": c.n + new.n,
            "total": c.total + new.total,
            "least": getattr(func, least)(c.least, new.least),
            "most": getattr(func, most)(c.most, new.most),
        },
    )


def _widen(statement: "sqlite.Insert | postgresql.Insert", least: str, most: str) -> Insert:
    new, c = statement.excluded, rollup_series.c
    return statement.on_conflict_do_update(
        index_elements=[column.name for column in rollup_series.primary_key],
        set_={
            "first_at": getattr(func, least)(c.first_at, new.first_at),
            "last_at": getattr(func, most)(c.last_at, new.last_at),
        },
    )


_ADD_ROWS = {
    "sqlite": _add_rows(sqlite.insert(rollups), "min", "max"),
    "postgresql": _add_rows(postgresql.insert(rollups), "least", "greatest"),
}
_WIDEN = {
    "sqlite": _widen(sqlite.insert(rollup_series), "min", "max"),
    "postgresql": _widen(postgresql.insert(rollup_series), "least", "greatest"),
}


class HeardSeries(msgspec.Struct, frozen=True, kw_only=True):
    """A device's measurement at a place, with its first and its last event."""

    edge: str
    device: str
    measurement: str
    place: str
    first_at: datetime
    last_at: datetime


class BlindMark(msgspec.Struct, frozen=True, kw_only=True):
    """From here on a fault keeps a device from counting, or no longer does."""

    edge: str
    log: str
    seq: int
    device: str
    fault: str
    at: datetime
    present: bool


async def add_rows(tx: Tx, site: str, rows: Mapping[Row, Cell]) -> None:
    """Add to the rows that are there."""
    # In one order, so that two who add to the same rows never wait for each other.
    await upsert_many(tx, _ADD_ROWS[tx.dialect.name], _COLUMNS, sorted(_values(site, rows)))


async def put_rows(tx: Tx, site: str, rows: Mapping[Row, Cell]) -> None:
    """Insert rows that are not there."""
    await insert_many(tx, rollups, _COLUMNS, sorted(_values(site, rows)))


def _values(site: str, rows: Mapping[Row, Cell]) -> Iterable[tuple[object, ...]]:
    for (step, at, (measurement, device, field, place, edge)), cell in rows.items():
        yield (site, step.value, measurement, at, device, field, place, edge, *cell)


async def widen_series(tx: Tx, site: str, found: Iterable[HeardSeries]) -> None:
    """Note the first and last event of each; one that is known may have had earlier or later ones."""
    rows = [(site, *msgspec.structs.astuple(each)) for each in found]
    await upsert_many(tx, _WIDEN[tx.dialect.name], _SERIES_COLUMNS, rows)


async def widen_run(tx: Tx, site: str, sensor: tuple[str, str], heard: Interval) -> None:
    """Note that a sensor, by edge and device, was not silent then; in whatever order times come, the union is kept."""
    c = sensor_runs.c
    its = (c.site == site) & (c.edge == sensor[0]) & (c.device == sensor[1])
    touching = its & (c.starts <= heard.end) & (c.ends >= heard.start)
    known = [
        Interval(start=start, end=end) for start, end in await tx.execute(select(c.starts, c.ends).where(touching))
    ]
    if any(each.start <= heard.start and heard.end <= each.end for each in known):
        return
    starts, ends = min(each.start for each in [heard, *known]), max(each.end for each in [heard, *known])
    if known:
        await tx.execute(delete(sensor_runs).where(touching))
    row = {"site": site, "edge": sensor[0], "device": sensor[1], "starts": starts, "ends": ends}
    await tx.execute(insert(sensor_runs).values(row))


async def runs_of(tx: Tx, site: str, during: Interval) -> dict[tuple[str, str], list[Interval]]:
    """Edge and device of each sensor that is no device of an edge -> when it was not silent, as far as that touches the
    interval, in order; perhaps never."""
    c = sensor_runs.c
    found: dict[tuple[str, str], list[Interval]] = {}
    for edge, device in await tx.execute(select(c.edge, c.device).where(c.site == site).distinct()):
        found[edge, device] = []
    touching = (c.site == site) & (c.starts < during.end) & (c.ends > during.start)
    rows = await tx.execute(select(c.edge, c.device, c.starts, c.ends).where(touching).order_by(c.starts))
    for edge, device, starts, ends in rows:
        found[edge, device].append(Interval(start=starts, end=ends))
    return found


async def put_marks(tx: Tx, site: str, found: Iterable[BlindMark]) -> None:
    """Keep them; idempotent."""
    rows = [msgspec.structs.asdict(each) | {"site": site} for each in found]
    if rows:
        dialect = sqlite if tx.dialect.name == "sqlite" else postgresql
        await tx.execute(dialect.insert(blind_marks).on_conflict_do_nothing(), rows)


async def remove(tx: Tx, site: str, steps: Sequence[Step], during: Interval) -> None:
    """Delete the rows of these steps that begin in the interval."""
    c, known = rollups.c, select(rollup_series.c.measurement).where(rollup_series.c.site == site)
    here = (c.site == site) & c.step.in_([step.value for step in steps]) & c.measurement.in_(known)  # by the index
    await tx.execute(delete(rollups).where(here, c.at >= during.start, c.at < during.end))


async def stop_others(tx: Tx) -> None:
    """Make this transaction the only one that writes roll-ups until it ends: what another has stored is then seen, and
    what it stores later adds to what this one has made. SQLite has one writer at a time anyway."""
    if tx.dialect.name == "postgresql":
        await tx.execute(text("LOCK TABLE rollups IN SHARE ROW EXCLUSIVE MODE"))


ReadRow = tuple[int, Series, int, int, int, int]
"""When the step begins in microseconds since 1970, the series, and the row's numbers."""
_SHORT, _LONG = ("device", "field"), ("device", "field", "place", "edge")


def _read(name: Sequence[str], numbers: Sequence[str]) -> CompiledReads:
    """With ``name`` as one text, and the other columns, as lists."""
    c, device = rollups.c, bindparam("device", type_=String)
    parts = reduce(lambda text, part: text + literal_column("'/'") + c[part], name[1:], cast("Any", c[name[0]]))
    lists = (listed(parts), listed(micros(c.at)), *(listed(c[number]) for number in numbers))
    return CompiledReads(
        select(*(each.label(f"list_{nth}") for nth, each in enumerate(lists)))
        .where(*(c[each] == bindparam(each) for each in ("site", "step", "measurement")))
        .where(c.at >= bindparam("start"), c.at < bindparam("end"), or_(device.is_(None), c.device == device))
    )


_SUMS = ("n", "total")
_READ = {
    (name, sums): _read(name, _SUMS if sums else (*_SUMS, "least", "most"))
    for name in (_SHORT, _LONG)
    for sums in (True, False)
}


async def read_rows(
    tx: Tx,
    site: str,
    step: Step,
    during: Interval,
    series: Sequence[HeardSeries],
    *,
    devices: Sequence[str | None] = (None,),
    sums: bool = False,
) -> list[ReadRow]:
    """The rows of a step that begin in the interval, in any order, of the measurements of some series, of which every
    one is named, of all their devices or of some. ``sums``: with zeros for the least and the greatest, in less time."""
    rows: list[ReadRow] = []
    for measurement in sorted({each.measurement for each in series}):
        places = {(each.device, each.place, each.edge) for each in series if each.measurement == measurement}
        ends = {device: (place, edge) for device, place, edge in places}
        statement = _READ[_SHORT if len(ends) == len(places) else _LONG, sums]  # most devices were never moved
        asked = {"site": site, "step": step.value, "start": during.start, "end": during.end, "measurement": measurement}
        for device in devices:
            [(names, *lists)] = await statement.tuples(tx, **asked, device=device)
            if names is None:
                continue
            texts, (at, *numbers) = names.split(","), map(numbers_of, lists)
            known = {text: (measurement, *_parts(text, ends)) for text in set(texts)}
            numbers += [[0] * len(at)] * (4 - len(numbers))
            rows += zip(at, map(known.__getitem__, texts), *numbers, strict=True)
    return rows


def _parts(text: str, ends: Mapping[str, tuple[str, str]]) -> tuple[str, str, str, str]:
    """Device, field, place and edge."""
    device, field, *end = text.split("/")
    place, edge = end or ends[device]
    return device, field, place, edge


_TOTALS = [
    sqlalchemy_cast(func.coalesce(func.sum(rollups.c.total).filter(rollups.c.field == field), 0), BigInteger)
    for field in ("ins", "outs", "passages")
]
_CROSSED = CompiledReads(
    select(micros(rollups.c.at), _TOTALS[0].label("ins"), _TOTALS[1].label("outs"), _TOTALS[2].label("passages"))
    .where(*(rollups.c[name] == bindparam(name) for name in ("site", "step")), rollups.c.measurement == "footfall")
    .where(rollups.c.at >= bindparam("start"), rollups.c.at < bindparam("end"))
    .group_by(rollups.c.at)
    .order_by(rollups.c.at)
)


Crossed = tuple[int, int, int, int]
"""When a step begins in microseconds since 1970, and how many came in, went out, and passed a counter that does not
tell in from out, by all counters together, in thousandths."""


async def crossed(tx: Tx, site: str, step: Step, during: Interval) -> Sequence[Crossed]:
    """The steps of the interval in which somebody passed."""
    found = await _CROSSED.tuples(tx, site=site, step=step.value, start=during.start, end=during.end)
    return cast("Sequence[Crossed]", found)


WIFI_SUMS = ("sessions", "minutes")
"""Fields of WiFi of which a zero is not stored."""


async def wifi_told_from(tx: Tx, site: str, before: datetime) -> dict[str, datetime]:
    """Zone -> the first day with a report of sessions in it, where that day is before ``before``. Older agents reported
    only how many devices there were, so whether there were sessions earlier is not known."""
    c = rollups.c
    days = (c.site == site) & (c.step == Step.DAY.value) & (c.measurement == "wifi") & (c.at < before)
    query = select(c.place, func.min(c.at)).where(days, c.field.in_(WIFI_SUMS)).group_by(c.place)
    return {zone: first for zone, first in await tx.execute(query) if first is not None}


async def wifi_sums(tx: Tx, site: str, during: Interval) -> dict[tuple[str, str], int]:
    """Zone and field -> the sum of the hours that begin in the interval."""
    c = rollups.c
    hours = (c.site == site) & (c.step == Step.HOUR.value) & (c.measurement == "wifi") & c.field.in_(WIFI_SUMS)
    query = select(c.place, c.field, func.sum(c.total)).where(hours, c.at >= during.start, c.at < during.end)
    rows = await tx.execute(query.group_by(c.place, c.field))
    return {(place, field): round(total / THOUSANDTHS) for place, field, total in rows}


async def least_at(
    tx: Tx, site: str, step: Step, starts: Sequence[datetime], series: tuple[str, str]
) -> list[tuple[str, str, datetime, int]]:
    """Edge, device, start and least number of the rows that begin at any of ``starts``, of a measurement and field."""
    c = rollups.c
    measurement, field = series
    here = (c.site == site) & (c.step == step.value) & (c.measurement == measurement) & c.at.in_(starts)
    found = await tx.execute(select(c.edge, c.device, c.at, c.least).where(here, c.field == field))
    return [(edge, device, at, fewest) for edge, device, at, fewest in found]


async def rows_of(tx: Tx, site: str, step: Step, during: Interval) -> dict[Row, Cell]:
    """The rows of a step that begin in the interval, of all measurements."""
    rows = await read_rows(tx, site, step, during, await series_of(tx, site))
    return {(step, instant(at), series): cell for at, series, *cell in rows}


async def series_of(tx: Tx, site: str) -> list[HeardSeries]:
    """Of what there are roll-ups."""
    rows = (await tx.execute(select(rollup_series).where(rollup_series.c.site == site))).mappings()
    found = [HeardSeries(**{name: row[name] for name in HeardSeries.__struct_fields__}) for row in rows]
    return sorted(found, key=lambda each: (each.measurement, each.device, each.place, each.edge))


async def trimmed(tx: Tx, site: str, step: Step, heard: Iterable[HeardSeries]) -> list[HeardSeries]:
    """Each as heard since the oldest row of its measurement that is kept of this step: older ones were deleted, and are
    not silence. Those of which none is kept are heard at their end alone."""
    c, found, oldest = rollups.c, [], dict[str, datetime | None]()
    for each in heard:
        if each.measurement not in oldest:
            here = (c.site == site) & (c.step == step.value) & (c.measurement == each.measurement)
            oldest[each.measurement] = (await tx.execute(select(c.at).where(here).order_by(c.at).limit(1))).scalar()
        since = oldest[each.measurement] or each.last_at
        found.append(msgspec.structs.replace(each, first_at=max(each.first_at, since)))
    return found


def key_of(series: HeardSeries) -> tuple[str, str, str, str]:
    """Measurement, device, place and edge."""
    return series.measurement, series.device, series.place, series.edge


async def fields_of(tx: Tx, site: str, measurements: Sequence[str]) -> dict[tuple[str, str, str, str], list[str]]:
    """By ``key_of`` a series the fields of which it ever gave numbers, in order."""
    c = rollups.c
    here = (c.site == site) & (c.step == Step.MONTH.value) & c.measurement.in_(measurements)
    query = select(c.measurement, c.device, c.place, c.edge, c.field).where(here).distinct().order_by(c.field)
    found: dict[tuple[str, str, str, str], list[str]] = {}
    for measurement, device, place, edge, field in await tx.execute(query):
        found.setdefault((measurement, device, place, edge), []).append(field)
    return found


async def marks_of(tx: Tx, site: str, during: Interval) -> list[BlindMark]:
    """In the order of time: those in an interval, and of each device and fault the last before it."""
    c = blind_marks.c
    newest = (c.at.desc(), c.log.desc(), c.seq.desc())
    nth = func.row_number().over(partition_by=(c.edge, c.device, c.fault), order_by=newest).label("nth")
    before = select(*c, nth).where(c.site == site, c.at < during.start).subquery()
    queries = (
        select(before).where(before.c.nth == 1),
        select(*c).where(c.site == site, c.at >= during.start, c.at < during.end),
    )
    rows = [row for query in queries for row in (await tx.execute(query)).mappings()]
    found = [BlindMark(**{name: row[name] for name in BlindMark.__struct_fields__}) for row in rows]
    return sorted(found, key=lambda each: (each.at, each.log, each.seq))


RecordedEvents = tuple[str, str, str, str, str]
"""Edge, device and kind; when each happened in microseconds since 1970, and the data of each, as ``listed``."""
RecordedFault = tuple[str, str, int, str, int, str]
"""Edge, log, number, device, when it happened in microseconds since 1970, and data."""
_E = events.c
_DURING = (_E.site == bindparam("site"), _E.at >= bindparam("start"), _E.at < bindparam("end"))
_RECORDED = CompiledReads(
    select(_E.edge, _E.device, _E.kind, listed(micros(_E.at)).label("ats"), listed(_E.data).label("texts"))
    .where(*_DURING)
    .group_by(micros(_E.at).op("/")(literal_column(str(FIVE_US))), _E.edge, _E.device, _E.kind)
)
_FAULTS = CompiledReads(
    select(_E.edge, event_logs.c.log, _E.seq, _E.device, micros(_E.at), _E.data)
    .join(event_logs, event_logs.c.id == _E.log_id)
    .where(*_DURING, _E.kind == "fault")
)


async def recorded(tx: Tx, site: str, during: Interval) -> Sequence[RecordedEvents]:
    """A site's events that happened in the interval, by five minutes, device and kind."""
    found = await _RECORDED.tuples(tx, site=site, start=during.start, end=during.end)
    return cast("Sequence[RecordedEvents]", found)


async def recorded_faults(tx: Tx, site: str, during: Interval) -> Sequence[RecordedFault]:
    """Those that say that a fault began or ended."""
    found = await _FAULTS.tuples(tx, site=site, start=during.start, end=during.end)
    return cast("Sequence[RecordedFault]", found)


async def first_event(tx: Tx, site: str) -> datetime | None:
    """When the first of a site's events happened; None where there is none."""
    query = select(events.c.at).where(events.c.site == site).order_by(events.c.at).limit(1)
    found: datetime | None = (await tx.execute(query)).scalar()
    return found


async def horizons(tx: Tx, site: str) -> dict[str, datetime]:
    """Edge -> up to when it is known to have run and everything of it is stored, outages apart: when it last said how
    far its log goes, or its last event before one that is still to come, whichever is later."""
    found: dict[str, datetime] = {}
    for state in await telemetry.site_edge_states(tx, site):
        log = await telemetry.present_log(tx, site, state.edge, said=state.log)
        if log is None:
            continue
        last = (await telemetry.runs(tx, log[0])).contiguous
        query = select(events.c.at).where(events.c.log_id == log[0], events.c.seq <= last)
        at = (await tx.execute(query.order_by(events.c.seq.desc()).limit(1))).scalar()
        complete = log[1] == (state.log or log[1]) and last >= state.head
        known = [each for each in (at, state.at if complete else None) if each is not None]
        if known:
            found[state.edge] = max(known)
    return found


async def kept_from(tx: Tx) -> datetime | None:
    """Since when every event is in the database; None where none was ever deleted."""
    if not await telemetry.cursor(tx, telemetry.DELETED):
        return None
    found: datetime | None = (await tx.execute(select(events.c.received_at).order_by(events.c.id).limit(1))).scalar()
    return found
