"""All SQL about plans and commands."""

import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import RowMapping, bindparam, delete, exists, func, insert, or_, select, true, update

from controller.access.tables import new_codes, offline_codes
from controller.bookings.diary.model import LONGEST
from controller.bookings.diary.tables import bookings
from controller.db.compiled_sql import CompiledReads, Row, RowMemo
from controller.db.engine import Tx
from controller.db.row_mapping import struct_of
from controller.estate.tables import doors, old_secrets, sites
from controller.people.permissions import Thing
from controller.plans.model import HOURS, IssuedCommand, SignedPlan
from controller.plans.tables import commands, overrides, plan_parts, plans, restored
from controller.telemetry.tables import edge_states
from edge.wire.codec import decode
from edge.wire.envelope import Envelope
from edge.wire.interval import Interval
from edge.wire.plan import FOLLOWS_MOST, HoursPart, Manifest, Session

_IN_LIMIT = 500  # SQLite takes at most 32,766 parameters in a statement
_LATEST = 20
_LEVEL = 1  # keys are random and hardly shrink; the rest does at any level


async def sessions(
    tx: Tx, site: str, spaces: Mapping[str, int | None], during: Interval, memo: RowMemo[Session | None]
) -> list[Session]:
    """The bookings of some spaces, given with their capacities, that touch ``during``. ``memo``: of the last time, for
    the same spaces."""

    def made(row: Row) -> Session | None:
        if row["space"] not in spaces:
            return None
        window = Interval(start=row["starts"], end=row["ends"])
        capacity = spaces[row["space"]]
        return Session(booking=row["id"], space=row["space"], window=window, expected=row["people"], capacity=capacity)

    found = await _SESSIONS.made(tx, made, memo, **_touching(site, during))
    return [each for each in found if each is not None]


def _touching(site: str, during: Interval) -> dict[str, object]:
    return {"site": site, "start": during.start, "end": during.end, "earliest": during.start - LONGEST}


_BOOKED = (
    bookings.c.site == bindparam("site"),
    bookings.c.starts < bindparam("end"),
    bookings.c.starts > bindparam("earliest"),  # lets the index bound the search
    bookings.c.ends > bindparam("start"),
)
_CONFIRMED = bookings.c.state == "confirmed"
_SESSIONS = CompiledReads(
    select(bookings.c.id, bookings.c.space, bookings.c.starts, bookings.c.ends, bookings.c.people).where(
        *_BOOKED, _CONFIRMED
    )
)


async def diary_stamp(tx: Tx, site: str, during: Interval) -> Row:
    """Values that differ once the site itself, its hours, a booking that touches ``during`` or an offline code does."""
    found = await _DIARY_STAMP.first(tx, **_touching(site, during))
    return found or {}


_booked = (
    select(
        func.count().filter(_CONFIRMED).label("booked"),
        func.max(bookings.c.changed_at).label("changed_at"),
        func.sum(bookings.c.version).label("versions"),
    )
    .where(*_BOOKED)
    .subquery()
)
_offline = (
    select(func.count().label("offline"), func.count(offline_codes.c.revoked_at).label("revoked"))
    .where(offline_codes.c.site == bindparam("site"))
    .subquery()
)
_DIARY_STAMP = CompiledReads(
    select(sites.c.revision, _booked, _offline)
    .select_from(sites.join(_booked, true()).join(_offline, true()))
    .where(sites.c.id == bindparam("site"))
)


_OF_EDGE = (plans.c.site == bindparam("site")) & (plans.c.edge == bindparam("edge"))
_NEWEST = CompiledReads(select(plans).where(_OF_EDGE).order_by(plans.c.version.desc()).limit(1))
_NEWEST_VERSION = CompiledReads(select(func.max(plans.c.version).label("version")).where(_OF_EDGE))
_PLAN = CompiledReads(select(plans).where(_OF_EDGE, plans.c.version == bindparam("version")))
_LAST_SIGNED = CompiledReads(select(func.max(plans.c.compiled_at).label("at")))


async def latest(tx: Tx, site: str, edge: str) -> SignedPlan | None:
    """The newest plan of an edge."""
    row = await _NEWEST.first(tx, site=site, edge=edge)
    return _plan(row) if row else None


async def latest_version(tx: Tx, site: str, edge: str) -> int | None:
    """The version of an edge's newest plan."""
    [row] = await _NEWEST_VERSION.rows(tx, site=site, edge=edge)
    found: int | None = row["version"]
    return found


async def sessions_online(tx: Tx) -> dict[tuple[str, str], tuple[str, int]]:
    """Edge -> the nonce of its session and the version of its newest plan, of every edge that is there and has one."""
    here = (plans.c.site == edge_states.c.site) & (plans.c.edge == edge_states.c.edge)
    newest = select(func.max(plans.c.version)).where(here).scalar_subquery()
    c = edge_states.c
    query = select(c.site, c.edge, c.nonce, newest.label("version")).where(c.online)
    return {
        (row.site, row.edge): (row.nonce, row.version) for row in await tx.execute(query) if row.version is not None
    }


async def before(tx: Tx, site: str, edge: str, version: int) -> SignedPlan | None:
    """The plan before ``version``."""
    query = select(plans).where(plans.c.site == site, plans.c.edge == edge, plans.c.version < version)
    row = (await tx.execute(query.order_by(plans.c.version.desc()).limit(1))).mappings().first()
    return _plan(row) if row else None


async def plan(tx: Tx, site: str, edge: str, version: int) -> SignedPlan | None:
    row = await _PLAN.first(tx, site=site, edge=edge, version=version)
    return _plan(row) if row else None


async def in_force_at(tx: Tx, site: str, edge: str, at: datetime) -> SignedPlan | None:
    """The plan that an edge carried out at a moment; ``None`` where it had none."""
    c = plans.c
    query = select(plans).where(c.site == site, c.edge == edge, c.applied_at <= at)
    row = (await tx.execute(query.order_by(c.applied_at.desc(), c.version.desc()).limit(1))).mappings().first()
    return _plan(row) if row else None


async def carried_out(tx: Tx, site: str, edge: str) -> int:
    """The newest of the plans here that an edge has said it carries out; 0 where there is none."""
    c, state = plans.c, edge_states.c
    said = select(state.applied_version).where(state.site == site, state.edge == edge).scalar_subquery()
    query = select(func.max(c.version)).where(
        c.site == site, c.edge == edge, c.applied_at.is_not(None) | (c.version == said)
    )
    return (await tx.execute(query)).scalar() or 0


async def known(tx: Tx, site: str, edge: str) -> tuple[int, ...]:
    """The plans that the next one of an edge is made knowing of, as its manifest names them. Those that it may have
    carried out without a word of it having come are among them, and none is that was signed before a restore and is not
    here."""
    first = await carried_out(tx, site, edge)
    since = select(plans.c.version).where(plans.c.site == site, plans.c.edge == edge, plans.c.version > first)
    newest = (await tx.execute(since.order_by(plans.c.version.desc()).limit(FOLLOWS_MOST - 1))).scalars().all()
    return (first, *reversed(newest))


async def made_at(tx: Tx, site: str) -> dict[str, datetime]:
    """Door -> when the plan that it carries out was made."""
    query = (
        select(doors.c.id, plans.c.compiled_at)
        .join(edge_states, (edge_states.c.site == doors.c.site) & (edge_states.c.edge == doors.c.edge))
        .join(
            plans,
            (plans.c.site == edge_states.c.site)
            & (plans.c.edge == edge_states.c.edge)
            & (plans.c.version == edge_states.c.applied_version),
        )
        .where(doors.c.site == site)
    )
    return {row.id: row.compiled_at for row in await tx.execute(query)}


async def last_signed(tx: Tx) -> datetime | None:
    """When the newest plan of any edge was signed."""
    [row] = await _LAST_SIGNED.rows(tx)
    found: datetime | None = row["at"]
    return found


async def insert_plan(tx: Tx, signed: SignedPlan, parts: Mapping[str, bytes]) -> None:
    """Keep a plan; of its parts, those that are not there yet."""
    digests = {ref.digest: name for name, ref in signed.manifest.parts.items()}
    known = await _known(tx, list(digests))
    new = [
        {"digest": digest, "size": len(parts[name]), "packed": zlib.compress(parts[name], _LEVEL)}
        for digest, name in digests.items()
        if digest not in known
    ]
    if new:
        await tx.execute(insert(plan_parts), new)
    await tx.execute(
        insert(plans).values(
            site=signed.manifest.site,
            edge=signed.manifest.edge,
            version=signed.manifest.version,
            digest=signed.digest,
            sealed=signed.sealed,
            compiled_at=signed.compiled_at,
            horizon=signed.manifest.horizon,
            grants=signed.grants,
        )
    )


async def parts_of(tx: Tx, manifest: Manifest) -> dict[str, bytes]:
    """The bytes of a plan's parts, by name."""
    packed: dict[str, bytes] = {}
    for lot in _lots([ref.digest for ref in manifest.parts.values()]):
        query = select(plan_parts.c.digest, plan_parts.c.packed).where(plan_parts.c.digest.in_(lot))
        packed |= {row.digest: row.packed for row in await tx.execute(query)}
    return {name: zlib.decompress(packed[ref.digest]) for name, ref in manifest.parts.items()}


async def secrets_named(tx: Tx, site: str, edge: str, version: int) -> dict[str, str]:
    """Door -> the name of the secret that a plan was made with; nothing of a plan that is not known."""
    signed = await plan(tx, site, edge, version)
    if signed is None:
        return {}
    hours = {name: ref for name, ref in signed.manifest.parts.items() if name.startswith(HOURS)}
    parts = await parts_of(tx, msgspec.structs.replace(signed.manifest, parts=hours))
    return {part.door: part.secret for part in (decode(data, HoursPart) for data in parts.values())}


async def forget_secrets(tx: Tx) -> None:
    """Delete the secrets that doors had before the first plan that is kept of their site was made: nothing is left
    that only they explain."""
    made_with = exists().where(plans.c.site == old_secrets.c.site, plans.c.compiled_at <= old_secrets.c.until)
    await tx.execute(delete(old_secrets).where(~made_with))


async def put_outcome(
    tx: Tx,
    site: str,
    edge: str,
    version: int,
    *,
    applied_at: datetime | None = None,
    refused_at: datetime | None = None,
    why: str | None = None,
) -> None:
    """Write the outcome of a plan."""
    here = (plans.c.site == site) & (plans.c.edge == edge) & (plans.c.version == version)
    await tx.execute(update(plans).where(here).values(applied_at=applied_at, refused_at=refused_at, why=why))


async def insert_command(tx: Tx, issued: IssuedCommand) -> None:
    row = msgspec.structs.asdict(issued) | {"args": msgspec.json.encode(issued.args).decode()}
    await tx.execute(insert(commands).values(row))


async def command(tx: Tx, command_id: str) -> IssuedCommand | None:
    row = (await tx.execute(select(commands).where(commands.c.id == command_id))).mappings().first()
    return _issued(row) if row else None


async def commands_before(tx: Tx, site: str, *, before: str | None, limit: int) -> list[IssuedCommand]:
    """A site's commands, the newest first, from the one older than ``before``."""
    query = select(commands).where(commands.c.site == site).order_by(commands.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(commands.c.id < before)
    return [_issued(row) for row in (await tx.execute(query)).mappings()]


async def whose_command(tx: Tx, command_id: str) -> Thing | None:
    """The site of a command, for permission checks; None where there is no such command."""
    site: str | None = (await tx.execute(select(commands.c.site).where(commands.c.id == command_id))).scalar()
    return None if site is None else Thing(site=site)


async def end_command(
    tx: Tx, site: str, edge: str, command_id: str, *, outcome: str, why: str | None, code: str | None, at: datetime
) -> bool:
    """Store the outcome of a command, once; whether it was one of this edge that had no outcome yet. *Done* replaces
    a refusal, because a replayed copy of the command may have been refused first."""
    here = (commands.c.id == command_id) & (commands.c.site == site) & (commands.c.edge == edge)
    refused = commands.c.outcome == ("refused" if outcome == "done" else None)
    values = {"outcome": outcome, "why": why, "code": code, "ended_at": at}
    ended = update(commands).where(here, or_(commands.c.outcome.is_(None), refused)).values(values)
    return bool((await tx.execute(ended)).rowcount)


async def _known(tx: Tx, digests: Sequence[str]) -> set[str]:
    known: set[str] = set()
    for lot in _lots(digests):
        query = select(plan_parts.c.digest).where(plan_parts.c.digest.in_(lot))
        query = query.with_for_update(read=True, key_share=True)  # nobody deletes them as unused before the commit
        known |= set((await tx.execute(query)).scalars())
    return known


def _lots(digests: Sequence[str]) -> list[Sequence[str]]:
    return [digests[at : at + _IN_LIMIT] for at in range(0, len(digests), _IN_LIMIT)]


async def last_acts(tx: Tx, site: str) -> str:
    """A value that changes whenever one of a site's latest commands or overrides is requested, answered or ended, codes
    are replaced, or an edge applies a plan, which may remove old codes."""
    asked = select(commands.c.id, commands.c.ended_at).where(commands.c.site == site)
    ordered = select(overrides.c.id, overrides.c.ended_at).where(overrides.c.site == site)
    found = [*await tx.execute(asked.order_by(commands.c.id.desc()).limit(_LATEST))]
    found += [*await tx.execute(ordered.order_by(overrides.c.id.desc()).limit(_LATEST))]
    met = select(restored.c.id, restored.c.decision_id).where(restored.c.site == site)
    found += [*await tx.execute(met.order_by(restored.c.id.desc()).limit(_LATEST))]
    renewed = select(func.max(new_codes.c.id)).where(new_codes.c.site == site)
    found += [*await tx.execute(renewed)]
    taken_up = select(edge_states.c.edge, edge_states.c.applied_version).where(edge_states.c.site == site)
    found += [*await tx.execute(taken_up.order_by(edge_states.c.edge))]
    return f"{zlib.crc32(repr([tuple(row) for row in found]).encode()):08x}"


def _issued(row: RowMapping) -> IssuedCommand:
    return struct_of(IssuedCommand, row, args=msgspec.json.decode(row["args"]))


def manifest_of(sealed: bytes) -> Manifest:
    """The manifest in the envelope of a stored plan."""
    return decode(decode(sealed, Envelope).payload, Manifest)


def _plan(row: Mapping[Any, Any]) -> SignedPlan:
    return struct_of(SignedPlan, row, manifest=manifest_of(row["sealed"]))
