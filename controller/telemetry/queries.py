"""All SQL that reads back what edges reported."""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple, cast

import msgspec
from sqlalchemy import func, or_, select

from controller.db.engine import Tx
from controller.db.row_mapping import all_of, columns_of, struct_of
from controller.telemetry.alert_codes import AlertCode
from controller.telemetry.model import KnownState, LoggedEvent, Quarantined
from controller.telemetry.repository import CounterDay
from controller.telemetry.tables import (
    counter_days,
    device_states,
    door_marks,
    edge_alerts,
    event_logs,
    events,
    outages,
    quarantine,
    recounts,
    refusals,
)
from edge.wire.interval import Interval
from edge.wire.messages import PASSAGES_TODAY, DeviceState
from edge.wire.readings import ReadingKind

_EVENT = (
    events.c.id,
    events.c.edge,
    event_logs.c.log,
    events.c.seq,
    events.c.kind,
    events.c.device,
    events.c.at,
    events.c.trust,
    events.c.data,
    events.c.received_at,
    events.c.learned_late,
    events.c.told_at,
    events.c.error_s,
)


_EVENT_FIELDS = tuple(column.key for column in _EVENT)
"""Events are read by the thousand, so that they are made without ``struct_of``, which costs six times as much."""


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    edge: str
    kind: AlertCode
    at: datetime
    text: str
    about: str


class Outage(msgspec.Struct, frozen=True, kw_only=True):
    edge: str
    during: Interval


class DoorMarkRow(msgspec.Struct, frozen=True, kw_only=True):
    at: datetime
    text: str


async def events_after(tx: Tx, after: int, *, limit: int) -> list[tuple[str, LoggedEvent]]:
    """Events of all sites in the order of commit, each with its site."""
    query = (
        select(events.c.site, *_EVENT)
        .join(event_logs, event_logs.c.id == events.c.log_id)
        .where(events.c.id > after)
        .order_by(events.c.id)
        .limit(limit)
    )
    rows = await tx.execute(query)
    return [(site, LoggedEvent(**dict(zip(_EVENT_FIELDS, values, strict=True)))) for site, *values in rows]


async def events_since(tx: Tx, since: datetime | None) -> tuple[int, int]:
    """Of all sites, the first event in the order of commit that happened at ``since`` or later, or at any time, and how
    many there are from it on; 0 and 0 for none."""
    query = select(func.min(events.c.id))
    first = (await tx.execute(query if since is None else query.where(events.c.at >= since))).scalar()
    if first is None:
        return 0, 0
    number = await tx.execute(select(func.count()).select_from(events).where(events.c.id >= first))
    return first, number.scalar_one()


async def newest_event(tx: Tx) -> int:
    """The number of the last that was stored; 0 for none."""
    return (await tx.execute(select(func.max(events.c.id)))).scalar() or 0


async def site_events(
    tx: Tx, site: str, *, after: int | None, limit: int, kind: str | None = None
) -> list[LoggedEvent]:
    """A site's events in the order of commit, from the one behind ``after``."""
    query = select(*_EVENT).join(event_logs, event_logs.c.id == events.c.log_id)
    query = query.where(events.c.site == site, events.c.id > (after or 0))
    if kind is not None:
        query = query.where(events.c.kind == kind)
    rows = (await tx.execute(query.order_by(events.c.id).limit(limit))).mappings()
    return [LoggedEvent(**row) for row in rows]


async def events_for_alerts(tx: Tx, site: str, since: datetime, until: datetime, *, limit: int) -> list[LoggedEvent]:
    """What says when doors were held open and glass was broken, of faults, lock-outs, closing and starts of agents: the
    newest so many of those that happened in this time, the first first."""
    c = events.c
    words = ("held", "cleared", "glass_broken", "glass_whole")
    door = (c.kind == "door") & or_(*(c.data.contains(f'"change":"{word}"', autoescape=True) for word in words))
    query = select(*_EVENT, c.boot).join(event_logs, event_logs.c.id == c.log_id)
    query = query.where(c.site == site, c.at >= since, c.at < until)
    query = query.where(or_(door, c.kind.in_(("fault", "lockout", "closing", "boot"))))
    rows = (await tx.execute(query.order_by(c.at.desc(), c.id.desc()).limit(limit))).mappings()
    return [LoggedEvent(**row) for row in rows][::-1]


RawEvent = tuple[datetime, int, str, str, str, str]
"""When it happened, its number, edge, device, kind and data, as JSON text."""


async def events_during(
    tx: Tx,
    site: str,
    kinds: Sequence[str],
    during: Interval,
    *,
    limit: int | None = None,
    readings: Collection[ReadingKind] = (),
    sensors: Collection[str] | None = None,
    of_each: int | None = None,
) -> list[RawEvent]:
    """A site's events of some kinds that happened in an interval, in no order; ``limit``: any so many of them;
    ``readings``: of what sensors over MQTT sent only what has one of these, if any are given;
    ``sensors``: and only of these devices, if given; ``of_each``: of each device the first so many."""
    c = events.c
    query = select(c.at, c.seq, c.edge, c.device, c.kind, c.data)
    query = query.where(c.site == site, c.at >= during.start, c.at < during.end, c.kind.in_(kinds))
    if sensors is not None:
        query = query.where(or_(c.kind != "reading", c.device.in_(sensors)))
    if readings:
        query = query.where(or_(c.kind != "reading", *(c.data.contains(f'"{each}"') for each in readings)))
    if of_each is not None:
        nth = func.row_number().over(partition_by=(c.edge, c.device), order_by=(c.at, c.seq)).label("nth")
        ranked = query.add_columns(nth).subquery()
        query = select(*(ranked.c[name] for name in _RAW)).where(ranked.c.nth <= of_each)
    found = await tx.execute(query if limit is None else query.limit(limit))
    return cast("list[RawEvent]", await asyncio.to_thread(found.all))


async def last_of_each_device(tx: Tx, site: str, kind: str, during: Interval) -> list[RawEvent]:
    """Of each device of a site its last event of a kind in an interval."""
    c = events.c
    nth = func.row_number().over(partition_by=(c.edge, c.device), order_by=(c.at.desc(), c.seq.desc())).label("nth")
    here = (c.site == site, c.kind == kind, c.at >= during.start, c.at < during.end)
    ranked = select(c.at, c.seq, c.edge, c.device, c.kind, c.data, nth).where(*here).subquery()
    rows = await tx.execute(select(*(ranked.c[name] for name in _RAW)).where(ranked.c.nth == 1))
    return cast("list[RawEvent]", rows.all())


_RAW = ("at", "seq", "edge", "device", "kind", "data")


class CommittedEvent(NamedTuple):
    """``id``: the order of commit. ``data``: JSON text."""

    id: int
    at: datetime
    received_at: datetime
    edge: str
    log_id: int
    seq: int
    device: str
    kind: str
    data: str


async def events_from(
    tx: Tx,
    site: str,
    kinds: Sequence[str],
    start: datetime,
    *,
    after: int = 0,
    until: datetime | None = None,
    before: datetime | None = None,
    containing: Collection[str] = (),
) -> list[CommittedEvent]:
    """A site's events of some kinds that happened from ``start`` on, in no order. ``after``: only those committed after
    that event; ``until``: only those received by then; ``before``: only those that happened before that;
    ``containing``: only those with one of these in their JSON text, if any are given."""
    c = events.c
    query = select(*(c[name] for name in CommittedEvent._fields))
    query = query.where(c.site == site, c.kind.in_(kinds), c.at >= start)
    query = query.where(c.id > after) if after else query
    query = query.where(c.received_at <= until) if until is not None else query
    query = query.where(c.at < before) if before is not None else query
    query = query.where(or_(*(c.data.contains(each, autoescape=True) for each in containing))) if containing else query
    stored = await tx.execute(query)
    return await asyncio.to_thread(lambda: [CommittedEvent(*row) for row in stored.all()])


async def first_missed(tx: Tx, site: str, during: Interval) -> dict[str, datetime]:
    """Edge -> when the first of its events happened that came late, and not before the interval's end."""
    c = events.c
    here = (c.site == site, c.at >= during.start, c.at < during.end, c.learned_late, c.received_at > during.end)
    found = await tx.execute(select(c.edge, func.min(c.at).label("at")).where(*here).group_by(c.edge))
    return {row.edge: row.at for row in found}


async def logs_opened(tx: Tx, site: str) -> dict[str, datetime]:
    """Edge -> when it first reported."""
    c = event_logs.c
    found = await tx.execute(select(c.edge, func.min(c.opened_at).label("at")).where(c.site == site).group_by(c.edge))
    return {row.edge: row.at for row in found}


async def latest_events(
    tx: Tx, site: str, *, kinds: Sequence[str], limit: int, late: bool = False
) -> list[LoggedEvent]:
    """The newest events of some kinds, newest first. ``late``: also those that were learned late, in their place among
    the last that came in."""
    found: list[LoggedEvent] = []
    for kind in kinds:
        query = select(*_EVENT).join(event_logs, event_logs.c.id == events.c.log_id)
        query = query.where(events.c.site == site, events.c.kind == kind)
        query = query if late else query.where(events.c.learned_late.is_(False))
        # What came late from one edge leaves room for what another reported meanwhile.
        most = 3 * limit if late else limit
        rows = (await tx.execute(query.order_by(events.c.id.desc()).limit(most))).mappings()
        found += [LoggedEvent(**row) for row in rows]
    return sorted(found, key=lambda event: (event.at, event.id), reverse=True)[:limit]


async def site_quarantine(tx: Tx, site: str, *, after: int | None, limit: int) -> list[Quarantined]:
    query = select(*columns_of(Quarantined, quarantine), event_logs.c.log).join(
        event_logs, event_logs.c.id == quarantine.c.log_id
    )
    query = query.where(quarantine.c.site == site, quarantine.c.id > (after or 0))
    return await all_of(tx, Quarantined, query.order_by(quarantine.c.id).limit(limit))


async def site_refusals(tx: Tx, site: str) -> dict[str, dict[str, int]]:
    """Edge -> reason -> how many were refused or set aside."""
    found: dict[str, dict[str, int]] = {}
    for row in await tx.execute(select(refusals).where(refusals.c.site == site)):
        found.setdefault(row.edge, {})[row.reason] = row.number
    return found


async def site_devices(tx: Tx, site: str) -> list[tuple[str, KnownState]]:
    """Each device's edge and latest state."""
    rows = (await tx.execute(select(device_states).where(device_states.c.site == site))).mappings()
    return [(row["edge"], struct_of(KnownState, row, values=msgspec.json.decode(row["state"]))) for row in rows]


def late_counters(devices: Iterable[tuple[str, DeviceState]]) -> frozenset[tuple[str, str]]:
    """Of the devices of a site, the counters over MQTT, by edge: they report crossings some time after they were."""
    return frozenset((edge, each.device) for edge, each in devices if each.kind == "counter" and "heard" in each.values)


def both_ways(devices: Iterable[tuple[str, DeviceState]]) -> frozenset[tuple[str, str]]:
    """Of the devices of a site, the counters that do not tell in from out, by edge."""
    return frozenset(
        (edge, each.device) for edge, each in devices if each.kind == "counter" and PASSAGES_TODAY in each.values
    )


def reader_sides(devices: Iterable[tuple[str, DeviceState]]) -> dict[tuple[str, str], tuple[str, bool]]:
    """Of the devices of a site, the readers, by edge: door, and whether it is inside, where people use it to leave."""
    return {
        (edge, each.device): (str(each.values.get("door")), each.values.get("side") == "inside")
        for edge, each in devices
        if each.kind == "reader"
    }


class Recount(msgspec.Struct, frozen=True, kw_only=True):
    """``inside`` people were inside by a counter at ``at``, when it had these totals in that log."""

    log: int
    inside: int
    total_ins: int
    total_outs: int
    at: datetime


async def site_recounts(tx: Tx, site: str, day: date) -> dict[tuple[str, str], Recount]:
    """Edge and counter -> the last re-count of a local day."""
    query = select(recounts).where(recounts.c.site == site, recounts.c.day == day)
    rows = await tx.execute(query.order_by(recounts.c.log_id, recounts.c.seq))
    return {(row["edge"], row["counter"]): struct_of(Recount, row, log=row["log_id"]) for row in rows.mappings()}


async def site_counter_days(tx: Tx, site: str, day: date) -> list[tuple[str, int, CounterDay]]:
    """Each counter's count of a local day, as one row per log, with its edge and log.

    The base is the last total known before the day, so that what a hole swallowed counts on the day on which
    it is learned.
    """
    here = (counter_days.c.site == site) & (counter_days.c.day == day)
    rows = (await tx.execute(select(counter_days).where(here))).mappings().all()
    found: list[tuple[str, int, CounterDay]] = []
    for row in rows:
        c = counter_days.c
        query = select(func.max(c.top_ins), func.max(c.top_outs), func.max(c.top_passages)).where(
            counter_days.c.site == site,
            counter_days.c.edge == row["edge"],
            counter_days.c.counter == row["counter"],
            counter_days.c.log_id == row["log_id"],
            counter_days.c.day < day,
        )
        ins, outs, passages = (await tx.execute(query)).one()
        value = struct_of(CounterDay, row)
        found.append(
            (
                row["edge"],
                row["log_id"],
                msgspec.structs.replace(
                    value,
                    base_ins=value.base_ins if ins is None else min(ins, value.base_ins),
                    base_outs=value.base_outs if outs is None else min(outs, value.base_outs),
                    base_passages=value.base_passages if passages is None else min(passages, value.base_passages),
                ),
            )
        )
    return found


async def site_marks(tx: Tx, site: str) -> dict[str, DoorMarkRow]:
    rows = await tx.execute(select(door_marks).where(door_marks.c.site == site))
    return {row.door: DoorMarkRow(at=row.at, text=row.text) for row in rows}


async def site_outages(tx: Tx, site: str, during: Interval) -> list[Outage]:
    query = select(outages).where(outages.c.site == site, outages.c.starts < during.end, outages.c.ends > during.start)
    return [
        Outage(edge=row.edge, during=Interval(start=row.starts, end=row.ends))
        for row in await tx.execute(query.order_by(outages.c.starts))
    ]


alert_learned_at = func.coalesce(edge_alerts.c.learned_at, edge_alerts.c.at)


async def site_alerts(tx: Tx, site: str, *, limit: int) -> list[Alert]:
    """The newest alerts, newest first."""
    query = select(*columns_of(Alert, edge_alerts)).where(edge_alerts.c.site == site)
    return await all_of(tx, Alert, query.order_by(edge_alerts.c.id.desc()).limit(limit))


async def alerts_learned(
    tx: Tx, site: str, *, kinds: Sequence[str], since: datetime, limit: int
) -> list[tuple[Alert, datetime]]:
    """The newest so many of these kinds that were learned since then, each with when, the first first."""
    c = edge_alerts.c
    query = select(*columns_of(Alert, edge_alerts), alert_learned_at.label("learned"))
    query = query.where(c.site == site, c.kind.in_(kinds), alert_learned_at >= since)
    rows = (await tx.execute(query.order_by(c.id.desc()).limit(limit))).mappings().all()
    return [(struct_of(Alert, row), row["learned"]) for row in reversed(rows)]


async def newest_alerts(tx: Tx, site: str, *, kinds: Sequence[str], learned_since: datetime) -> list[Alert]:
    """The newest alert of each of these kinds, edge and device, of those learned since then."""
    c = edge_alerts.c
    newest = select(func.max(c.id)).where(c.site == site, c.kind.in_(kinds), alert_learned_at >= learned_since)
    query = select(*columns_of(Alert, edge_alerts)).where(c.id.in_(newest.group_by(c.kind, c.edge, c.about)))
    return await all_of(tx, Alert, query.order_by(c.id.desc()))
