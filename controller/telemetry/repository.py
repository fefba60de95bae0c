"""All SQL that stores what edges report."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Insert, Table, bindparam, case, delete, insert, literal, null, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from controller.db.compiled_sql import CompiledReads, insert_many
from controller.db.engine import Instant, Tx
from controller.db.row_mapping import put_row, struct_of
from controller.telemetry.alert_codes import AlertCode
from controller.telemetry.deduplication import Run, SeqRuns
from controller.telemetry.event_timestamps import ClockSample
from controller.telemetry.model import EdgeState, GoodEvent, SetAside
from controller.telemetry.tables import (
    counter_days,
    device_states,
    door_marks,
    edge_alerts,
    edge_runs,
    edge_states,
    event_logs,
    event_runs,
    events,
    history_cursor,
    holes,
    outages,
    quarantine,
    recounts,
    refusals,
)
from controller.telemetry.validation import read_data
from edge.wire.events import AccessData, RecountData
from edge.wire.messages import DeviceState
from edge.wire.plan import digest

_ROWS_AT_ONCE = 5000
_IN_LIMIT = 500  # SQLite takes at most 32,766 parameters in a statement
_IN_ORDER = text("SELECT pg_advisory_xact_lock(1247877635)")
_EVENT_COLUMNS = tuple(column.name for column in events.c if column is not events.c.id)


class CounterDay(msgspec.Struct, frozen=True, kw_only=True):
    """Totals of one counter before its first and after its last known event of a local day."""

    counter: str
    door: str | None
    day: date
    base_ins: int
    base_outs: int
    top_ins: int
    top_outs: int
    at: datetime
    base_passages: int = 0
    top_passages: int = 0

    def joined(self, other: "CounterDay") -> "CounterDay":
        """The two together; it does not matter which came first, nor how often."""
        return CounterDay(
            counter=self.counter,
            door=(self if self.at >= other.at else other).door,
            day=self.day,
            base_ins=min(self.base_ins, other.base_ins),
            base_outs=min(self.base_outs, other.base_outs),
            top_ins=max(self.top_ins, other.top_ins),
            top_outs=max(self.top_outs, other.top_outs),
            at=max(self.at, other.at),
            base_passages=min(self.base_passages, other.base_passages),
            top_passages=max(self.top_passages, other.top_passages),
        )


async def commit_in_order(tx: Tx) -> None:
    """Let one transaction at a time number events, until its end: a reader who goes on from the highest number that it
    has read would miss a lower one that is committed later. Called before the first is stored. SQLite has one writer
    anyway."""
    if tx.dialect.name == "postgresql":
        await tx.execute(_IN_ORDER)


async def log_id(tx: Tx, site: str, edge: str, log: str) -> int | None:
    query = select(event_logs.c.id).where(event_logs.c.site == site, event_logs.c.edge == edge, event_logs.c.log == log)
    found: int | None = (await tx.execute(query)).scalar()
    return found


async def open_log(tx: Tx, site: str, edge: str, log: str, now: datetime) -> int:
    """Begin a log that is not known yet; its id."""
    made = await tx.execute(
        insert(event_logs).values(site=site, edge=edge, log=log, opened_at=now).returning(event_logs.c.id)
    )
    new: int = made.scalar_one()
    return new


_LOGS = CompiledReads(
    select(event_logs.c.id, event_logs.c.log)
    .where(event_logs.c.site == bindparam("site"), event_logs.c.edge == bindparam("edge"))
    .order_by((event_logs.c.log == bindparam("said")).desc(), event_logs.c.id.desc())
    .limit(1)
)


async def present_log(tx: Tx, site: str, edge: str, *, said: str | None = None) -> tuple[int, str] | None:
    """Id and name of the edge's newest log; or of the one it ``said`` it goes on in, where that is known: an old card
    may be in it again."""
    row = await _LOGS.first(tx, site=site, edge=edge, said=said or "")
    return (row["id"], row["log"]) if row else None


_RUNS = CompiledReads(select(event_runs.c.first, event_runs.c.last).where(event_runs.c.log_id == bindparam("log")))


async def runs(tx: Tx, log: int) -> SeqRuns:
    """Which numbers of a log are answered for."""
    return SeqRuns((first, last) for first, last in await _RUNS.tuples(tx, log=log))


async def put_runs(tx: Tx, log: int, old: Iterable[Run], new: Iterable[Run]) -> None:
    """Make the stored runs ``new`` where they were ``old``."""
    was, is_ = set(old), set(new)
    gone = [first for first, _ in was - is_]
    for lot in _lots(gone):
        await tx.execute(delete(event_runs).where(event_runs.c.log_id == log, event_runs.c.first.in_(lot)))
    await _insert(tx, event_runs, [{"log_id": log, "first": a, "last": b} for a, b in sorted(is_ - was)])


async def stored_seqs(tx: Tx, log: int, first: int, last: int) -> dict[int, str | None]:
    """The stored numbers from ``first`` to ``last``, each with the edge's run that the event belongs to; ``None`` for
    events in quarantine and for events that report dropped ones."""
    e, q = events.c, quarantine.c
    run = case((e.kind != "dropped", e.boot))
    there = select(e.seq, run).where(e.log_id == log, e.seq.between(first, last))
    aside = select(q.seq, null()).where(q.log_id == log, q.seq.between(first, last))
    return {seq: boot for query in (there, aside) for seq, boot in await tx.execute(query)}


async def insert_events(
    tx: Tx, site: str, edge: str, log: int, found: Sequence[tuple[GoodEvent, bool]], now: datetime
) -> None:
    """Store events that are not there; each with whether it was learned late."""
    rows = [
        (
            log,
            good.event.seq,
            site,
            edge,
            good.kind,
            good.event.device,
            good.event.at,
            good.event.boot,
            good.event.mono_ms,
            good.event.trust.value,
            good.text,
            now,
            late,
            good.told_at,
            good.error_s,
        )
        for good, late in found
    ]
    await insert_many(tx, events, _EVENT_COLUMNS, rows)


async def last_accesses(tx: Tx, site: str, limit: int) -> list[tuple[datetime, AccessData]]:
    """The newest events of somebody who asked to come in, with their times."""
    query = select(events.c.at, events.c.data).where(events.c.site == site, events.c.kind == "access")
    rows = (await tx.execute(query.order_by(events.c.id.desc()).limit(limit))).all()
    read = [(row.at, read_data("access", row.data)) for row in rows]
    return [(at, data) for at, data in read if isinstance(data, AccessData)]


async def accesses_of(
    tx: Tx, owners: Collection[str], sites: Collection[str]
) -> list[tuple[datetime, str, AccessData]]:
    """When and where the codes and cards of these bookings or holders were presented, the oldest first. Reads every
    such event of the sites, so for rare questions only."""
    found: list[tuple[datetime, str, AccessData]] = []
    columns = (events.c.id, events.c.at, events.c.site, events.c.data)
    for site in sorted(sites):
        after = 0
        while True:
            query = select(*columns).where(events.c.site == site, events.c.kind == "access", events.c.id > after)
            rows = (await tx.execute(query.order_by(events.c.id).limit(_ROWS_AT_ONCE))).all()
            for row in rows:
                data = read_data("access", row.data)
                if isinstance(data, AccessData) and (data.booking or data.holder) in owners:
                    found.append((row.at, row.site, data))
            if len(rows) < _ROWS_AT_ONCE:
                break
            after = rows[-1].id
    return sorted(found, key=lambda each: each[0])


async def at_before(tx: Tx, log: int, seq: int) -> datetime | None:
    """When the last stored event before ``seq`` happened."""
    query = select(events.c.at).where(events.c.log_id == log, events.c.seq < seq).order_by(events.c.seq.desc())
    at: datetime | None = (await tx.execute(query.limit(1))).scalar()
    return at


async def clock_samples(tx: Tx, site: str, edge: str, boots: Collection[str]) -> dict[str, ClockSample]:
    """What is known of when runs of an edge were, by boot."""
    c = edge_runs.c
    query = select(c.boot, c.mono_ms, c.earliest, c.latest).where(c.site == site, c.edge == edge, c.boot.in_(boots))
    return {row["boot"]: ClockSample(**row) for row in (await tx.execute(query)).mappings()}


async def put_clock_samples(tx: Tx, site: str, edge: str, found: Iterable[ClockSample]) -> None:
    """Keep when runs of an edge were, in place of what was known of each."""
    for sample in found:
        row = msgspec.structs.asdict(sample)
        statement = _upsert(tx, edge_runs).values(site=site, edge=edge, **row)
        await tx.execute(statement.on_conflict_do_update(index_elements=["site", "edge", "boot"], set_=row))


async def mark_wrong(tx: Tx, site: str, edge: str, boot: str, start: datetime, end: datetime) -> None:
    """Put down that a run went by a wrong time, from ``start`` to ``end`` too."""
    c = edge_runs.c
    wider = {
        "wrong_from": case((c.wrong_from < start, c.wrong_from), else_=literal(start, Instant)),
        "wrong_until": case((c.wrong_until > end, c.wrong_until), else_=literal(end, Instant)),
    }
    await tx.execute(update(edge_runs).where(c.site == site, c.edge == edge, c.boot == boot).values(wider))


async def insert_quarantine(tx: Tx, site: str, edge: str, log: int, found: Sequence[SetAside], now: datetime) -> None:
    await _insert(
        tx,
        quarantine,
        [
            {
                "log_id": log,
                "seq": each.seq,
                "site": site,
                "edge": edge,
                "reason": each.reason.value,
                "why": each.why,
                "raw": each.raw,
                "digest": digest(each.raw),
                "received_at": now,
            }
            for each in found
        ],
    )


async def quarantined(tx: Tx, log: int, digests: Sequence[str]) -> dict[str, int | None]:
    """Those of ``digests`` that are in quarantine, each with its number if it has one."""
    query = select(quarantine.c.digest, quarantine.c.seq).where(
        quarantine.c.log_id == log, quarantine.c.digest.in_(digests)
    )
    return {row.digest: row.seq for row in await tx.execute(query)}


async def number_quarantined(tx: Tx, log: int, name: str, seq: int) -> None:
    """Give a quarantined event without a number the one it must have."""
    here = (quarantine.c.log_id == log) & (quarantine.c.digest == name) & quarantine.c.seq.is_(None)
    await tx.execute(update(quarantine).where(here).values(seq=seq))


async def insert_holes(tx: Tx, site: str, edge: str, log: int, found: Iterable[Run], why: str, now: datetime) -> None:
    """Record numbers that will never come. Idempotent."""
    rows = [
        {"log_id": log, "first": a, "last": b, "site": site, "edge": edge, "learned_at": now, "why": why}
        for a, b in found
    ]
    if rows:
        await tx.execute(_upsert(tx, holes).on_conflict_do_nothing(), rows)


async def insert_outage(tx: Tx, site: str, edge: str, log: int, seq: int, starts: datetime, ends: datetime) -> None:
    await tx.execute(insert(outages).values(log_id=log, seq=seq, site=site, edge=edge, starts=starts, ends=ends))


async def put_counter_day(tx: Tx, site: str, edge: str, log: int, day: CounterDay) -> None:
    """Join a counter's day with what is known of it. Idempotent."""
    key = (
        (counter_days.c.site == site)
        & (counter_days.c.edge == edge)
        & (counter_days.c.counter == day.counter)
        & (counter_days.c.day == day.day)
        & (counter_days.c.log_id == log)
    )
    row = (await tx.execute(select(counter_days).where(key))).mappings().first()
    if row is None:
        values = msgspec.structs.asdict(day) | {"site": site, "edge": edge, "log_id": log}
        await tx.execute(insert(counter_days).values(values))
        return
    known = struct_of(CounterDay, row)
    await tx.execute(update(counter_days).where(key).values(msgspec.structs.asdict(known.joined(day))))


async def put_recount(
    tx: Tx, site: str, edge: str, log: int, seq: int, *, at: datetime, day: date, data: RecountData
) -> None:
    """Keep from how many people a counter's figure goes on."""
    values = {"site": site, "edge": edge, "log_id": log, "seq": seq, "at": at, "day": day}
    values |= {name: getattr(data, name) for name in ("counter", "inside", "total_ins", "total_outs")}
    await tx.execute(insert(recounts).values(values))


async def mark_door(tx: Tx, site: str, door: str, at: datetime, text: str) -> None:
    """Remember what last happened at a door, unless something later is known."""
    statement = _upsert(tx, door_marks).values(site=site, door=door, at=at, text=text)
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=["site", "door"],
            set_={"at": statement.excluded.at, "text": statement.excluded.text},
            where=door_marks.c.at <= statement.excluded.at,
        )
    )


async def alert(
    tx: Tx,
    site: str,
    edge: str,
    code: AlertCode,
    text: str,
    at: datetime,
    *,
    about: str | None = None,
    learned_at: datetime | None = None,
) -> None:
    """Record something that somebody should look at. ``about``: the device it is about, if not the edge.
    ``learned_at``: when we came to know of it, if not at once."""
    values = {"site": site, "edge": edge, "kind": code.value, "text": text[:500], "at": at, "about": about or edge}
    await tx.execute(insert(edge_alerts).values(values | {"learned_at": learned_at}))


async def alerted(tx: Tx, site: str, edge: str, kind: AlertCode, since: datetime) -> bool:
    """Whether such a thing was recorded of the edge since then."""
    here = (edge_alerts.c.site == site) & (edge_alerts.c.edge == edge) & (edge_alerts.c.kind == kind)
    query = select(edge_alerts.c.id).where(here, edge_alerts.c.at > since).limit(1)
    return (await tx.execute(query)).first() is not None


async def add_refusals(tx: Tx, counts: Mapping[tuple[str, str, str], int], now: datetime) -> None:
    """Add to the counts of refused things, by site, edge and reason."""
    for (site, edge, reason), number in counts.items():
        statement = _upsert(tx, refusals).values(site=site, edge=edge, reason=reason, number=number, last_at=now)
        await tx.execute(
            statement.on_conflict_do_update(
                index_elements=["site", "edge", "reason"],
                set_={"number": refusals.c.number + literal(number), "last_at": now},
            )
        )


_EDGE_STATE = CompiledReads(
    select(edge_states).where(edge_states.c.site == bindparam("site"), edge_states.c.edge == bindparam("edge"))
)


async def edge_state(tx: Tx, site: str, edge: str) -> EdgeState | None:
    row = await _EDGE_STATE.first(tx, site=site, edge=edge)
    return _edge_state(row) if row else None


async def site_edge_states(tx: Tx, site: str) -> list[EdgeState]:
    rows = (await tx.execute(select(edge_states).where(edge_states.c.site == site))).mappings()
    return [_edge_state(row) for row in rows]


async def put_edge_state(tx: Tx, state: EdgeState) -> None:
    """Write who is there."""
    row = msgspec.structs.asdict(state)
    row |= {"trust": state.trust.value, "health": msgspec.json.encode(state.health).decode()}
    await put_row(tx, edge_states, row, "site", "edge")


async def put_offline(tx: Tx, state: EdgeState, now: datetime) -> bool:
    """Write that an edge is offline since ``now``, unless anything has been written of it since ``state`` was read: a
    reply that is committed at the same moment stands. Whether it was written."""
    here = [
        edge_states.c[name] == getattr(state, name) for name in ("site", "edge", "boot", "connection", "nonce", "at")
    ]
    written = update(edge_states).where(*here, edge_states.c.online).values(online=False, since=now)
    return (await tx.execute(written)).rowcount == 1


async def put_device_states(tx: Tx, site: str, edge: str, states: Iterable[DeviceState]) -> None:
    """Store the latest state of devices; one that is older by its time and by its number is left out. One that is
    reported again with the same values holds since it was first reported."""
    for state in states:
        statement = _upsert(tx, device_states).values(
            site=site,
            edge=edge,
            device=state.device,
            kind=state.kind[:40],
            seq=state.seq,
            at=state.at,
            since=state.at,
            state=msgspec.json.encode(state.values, order="sorted").decode(),
        )
        new, c = statement.excluded, device_states.c
        same = (c.kind == new.kind) & (c.state == new.state)
        since = case((same, c.since), else_=new.since)
        await tx.execute(
            statement.on_conflict_do_update(
                index_elements=["site", "edge", "device"],
                set_={"kind": new.kind, "seq": new.seq, "at": new.at, "since": since, "state": new.state},
                where=(c.at <= new.at) | (c.seq <= new.seq),
            )
        )


async def forget_devices(tx: Tx, site: str, edge: str, *, but: Collection[str]) -> None:
    """Delete the states of an edge's devices, but for those that it has."""
    here = (device_states.c.site == site) & (device_states.c.edge == edge)
    await tx.execute(delete(device_states).where(here, device_states.c.device.not_in(but)))


DELETED = "deleted"
"""In ``cursor``: the last event that was deleted since its time was over."""


async def cursor(tx: Tx, history: str) -> int:
    """Up to which event a history has taken everything; 0 at first."""
    query = select(history_cursor.c.event_id).where(history_cursor.c.history == history)
    return (await tx.execute(query)).scalar() or 0


async def set_cursor(tx: Tx, history: str, event_id: int) -> None:
    statement = _upsert(tx, history_cursor).values(history=history, event_id=event_id)
    await tx.execute(statement.on_conflict_do_update(index_elements=["history"], set_={"event_id": event_id}))


def _edge_state(row: Mapping[Any, Any]) -> EdgeState:
    health = msgspec.json.decode(row["health"], type=dict[str, int])
    return struct_of(EdgeState, row, health=health)


def _upsert(tx: Tx, table: Table) -> "sqlite.Insert | postgresql.Insert":
    return sqlite.insert(table) if tx.dialect.name == "sqlite" else postgresql.insert(table)


async def _insert(tx: Tx, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    if rows:
        await tx.execute(_plain(table), rows)


def _plain(table: Table) -> Insert:
    # Ids are not asked for: with them SQLAlchemy sends rows one by one to SQLite.
    return insert(table).inline()


def _lots(numbers: Sequence[int]) -> Iterable[Sequence[int]]:
    return (numbers[at : at + _IN_LIMIT] for at in range(0, len(numbers), _IN_LIMIT))
