"""What holds time, as plain numbers: one statement each for rooms, pools and equipment, however many there are.

Each database packs what it finds into one text per room, which is read in one go: rows by the ten thousand would cost
several times as much. Claims are found and read in their index alone.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    String,
    Table,
    TextClause,
    bindparam,
    cast,
    func,
    select,
    text,
    type_coerce,
)
from sqlalchemy.dialects import postgresql

from controller.bookings.diary.model import LONGEST, BookingState
from controller.bookings.diary.tables import bookings, claims, equipment_claims, pool_claims, pool_quarters
from controller.bookings.rules.model import FAR
from controller.db.engine import Instant, Tx
from controller.estate.tables import sites
from controller.find.distance import Box, Spot
from controller.find.free_intervals import QUARTER, BufferKind, Claim, ExistingClaims, Use, us
from edge.wire.interval import Interval

_ROWS = msgspec.json.Decoder(list[Claim])
_QUARTERS = msgspec.json.Decoder(list[tuple[int, int]])


class SiteSpaces(msgspec.Struct, frozen=True, kw_only=True):
    """A site and where it is, if anybody has said. ``revision``: of its configuration."""

    id: str
    revision: int
    spot: Spot | None


async def sites_in_reach(tx: Tx, *, only: Collection[str] | None, box: Box | None) -> list[SiteSpaces]:
    """Sites in the order of their ids; ``only`` those of these ids. ``box``: those whose coordinates lie in it."""
    c = sites.c
    query = select(c.id, c.revision, c.latitude, c.longitude).order_by(c.id)
    if only is not None:
        query = query.where(_one_of(tx, c.id, only))
    if box is not None:
        query = query.where(c.latitude.between(box.south, box.north))
        if box.west is not None and box.east is not None:
            query = query.where(c.longitude.between(box.west, box.east))
    return [
        SiteSpaces(
            id=row.id,
            revision=row.revision,
            spot=None
            if row.latitude is None or row.longitude is None
            else Spot(latitude=row.latitude, longitude=row.longitude),
        )
        for row in await tx.execute(query)
    ]


class DiaryQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What to read, at the sites ``at``. ``wide_min``: the widest buffer of the spaces and the request themselves;
    ``reach``: how far change-overs and buffers up to that width reach. ``but``: bookings to ignore."""

    at: Collection[str]
    atoms: Collection[str]
    pools: Collection[str]
    equipment: Collection[str]
    during: Interval
    wide_min: int
    reach: timedelta
    but: Collection[str] = ()


async def existing(tx: Tx, wanted: DiaryQuery, *, now: datetime) -> ExistingClaims:
    """What holds time then, and near enough for buffers. Holds that have run out by ``now`` hold nothing."""
    during = wanted.during
    gone = {*wanted.but, *await _run_out(tx, wanted, now)}
    found = await _claims(tx, wanted) if wanted.atoms else {}
    taken = await _taken(tx, wanted.pools, during) if wanted.pools else {}
    uses = await _uses(tx, wanted.equipment, during) if wanted.equipment else {}
    if gone:
        await _take_away(tx, gone, found, taken, uses)
    names = {kind for each in found.values() for _, _, kind in each}
    return ExistingClaims(claims=found, kinds={name: _kind(name) for name in names}, taken=taken, equipment=uses)


def _kind(name: str) -> BufferKind:
    space, layout, setup_min, cleardown_min = name.split("|")
    return BufferKind(space=space, layout=layout, setup_min=int(setup_min), cleardown_min=int(cleardown_min))


async def _run_out(tx: Tx, wanted: DiaryQuery, now: datetime) -> list[str]:
    query = select(bookings.c.id).where(
        _one_of(tx, bookings.c.site, wanted.at),
        text("bookings.state IN ('requested', 'held')"),  # as the index of the open ones has it
        bookings.c.state == BookingState.HELD.value,
        bookings.c.held_until <= now,
        *_touching(bookings, Interval(start=wanted.during.start - FAR, end=wanted.during.end + FAR)),
    )
    return list((await tx.execute(query)).scalars())


# Claims of one atom never overlap, so that of those before a time only the last can reach into it.
_CLAIMS = """
WITH w AS ({atoms}), v AS (
    SELECT w.atom, COALESCE((SELECT max(p.starts) FROM claims AS p
                             WHERE p.atom = w.atom AND p.starts <= :first), :first) AS since
    FROM w)
SELECT v.atom, (
    SELECT '[' || {joined} || ']'
    FROM claims AS c
    WHERE c.atom = v.atom AND c.starts >= v.since AND c.starts < :last AND c.ends > :first
      AND (c.starts < :near_end AND c.ends > :near_start OR c.setup_min > :wide OR c.cleardown_min > :wide))
FROM v"""
_ROW = """'[' || {starts} || ',' || {ends} || ',"' || c.space || '|' || c.layout || '|' || c.setup_min || '|' ||
          c.cleardown_min || '"]'"""
_US = "CAST(date_part('epoch', c.{column}) * 1000000 AS bigint)"


@cache
def _claims_statement(dialect: str) -> TextClause:
    if dialect == "sqlite":
        row = _ROW.format(starts="c.starts", ends="c.ends")
        filled = _CLAIMS.format(atoms="SELECT value AS atom FROM json_each(:atoms)", joined=f"group_concat({row})")
    else:
        row = _ROW.format(starts=_US.format(column="starts"), ends=_US.format(column="ends"))
        atoms = "SELECT jsonb_array_elements_text(CAST(:atoms AS jsonb)) AS atom"
        filled = _CLAIMS.format(atoms=atoms, joined=f"string_agg({row}, ',')")
    instants = ("first", "last", "near_start", "near_end")
    return text(filled).bindparams(*(bindparam(name, type_=Instant) for name in instants))


async def _claims(tx: Tx, wanted: DiaryQuery) -> dict[str, list[Claim]]:
    during = wanted.during
    values = {
        "atoms": msgspec.json.encode(sorted(wanted.atoms)).decode(),
        "first": during.start - FAR,
        "last": during.end + FAR,
        "near_start": during.start - wanted.reach,
        "near_end": during.end + wanted.reach,
        "wide": wanted.wide_min,
    }
    rows = await tx.execute(_claims_statement(tx.dialect.name), values)
    return {atom: _unpacked(found) for atom, found in rows if found is not None}


async def _taken(tx: Tx, pools: Collection[str], during: Interval) -> dict[str, dict[int, int]]:
    c = pool_quarters.c
    near = (c.quarter > during.start - timedelta(microseconds=QUARTER), c.quarter < during.end)
    packed = _packed(tx, _us(tx, c.quarter), cast(c.taken, String))
    query = select(c.pool, packed).where(_one_of(tx, c.pool, pools), *near).group_by(c.pool)
    return {pool: dict(_QUARTERS.decode(found)) for pool, found in await tx.execute(query)}


async def _uses(tx: Tx, equipment: Collection[str], during: Interval) -> dict[str, list[Use]]:
    c = equipment_claims.c
    touching = _touching(equipment_claims, during)
    query = select(c.equipment, c.starts, c.ends, c["count"]).where(_one_of(tx, c.equipment, equipment), *touching)
    found: dict[str, list[Use]] = {}
    for name, starts, ends, held in await tx.execute(query):
        found.setdefault(name, []).append((us(starts), us(ends), held))
    return found


async def _take_away(
    tx: Tx,
    gone: Collection[str],
    found: dict[str, list[Claim]],
    taken: Mapping[str, dict[int, int]],
    uses: dict[str, list[Use]],
) -> None:
    """Remove what these bookings hold. No two claims on an atom start together, so its start names a claim."""
    starts: dict[str, set[int]] = {}
    for atom, at in await _held_by(tx, gone, claims, "atom", "starts"):
        starts.setdefault(atom, set()).add(us(at))
    for atom in starts.keys() & found.keys():
        found[atom] = [each for each in found[atom] if each[0] not in starts[atom]]
    for pool, begins, ends, seats in await _held_by(tx, gone, pool_claims, "pool", "starts", "ends", "seats"):
        quarters = taken.get(pool, {})
        for quarter in range(us(begins) // QUARTER * QUARTER, us(ends), QUARTER):
            if quarter in quarters:
                quarters[quarter] -= seats
    held = await _held_by(tx, gone, equipment_claims, "equipment", "starts", "ends", "count")
    for name, begins, ends, count in held:
        if name in uses:
            uses[name].append((us(begins), us(ends), -count))


async def _held_by(tx: Tx, gone: Collection[str], table: Table, *columns: str) -> list[tuple[Any, ...]]:
    query = select(*(table.c[name] for name in columns)).where(_one_of(tx, table.c.booking_id, gone))
    return [tuple(row) for row in await tx.execute(query)]


def _touching(table: Table, during: Interval) -> tuple[ColumnElement[bool], ...]:
    return (
        table.c.starts < during.end,
        table.c.starts > during.start - LONGEST,  # lets the index bound the search
        table.c.ends > during.start,
    )


def _one_of(tx: Tx, column: ColumnElement[str], values: Collection[str]) -> ColumnElement[bool]:
    """Whether a column is one of many values, which travel as one parameter."""
    if _sqlite(tx):
        each = func.json_each(msgspec.json.encode(sorted(values)).decode()).table_valued("value")
        return column.in_(select(each.c.value))
    return column == func.any(cast(sorted(values), postgresql.ARRAY(String)))


def _us(tx: Tx, column: ColumnElement[datetime]) -> ColumnElement[str]:
    """An instant as the digits of its number."""
    if _sqlite(tx):
        return type_coerce(column, String)
    return cast(cast(func.date_part("epoch", column) * 1_000_000, BigInteger), String)


def _packed(tx: Tx, *columns: ColumnElement[str]) -> ColumnElement[str]:
    """The rows of a group as a JSON array."""
    row: Any = "[" + columns[0]
    for each in columns[1:]:
        row = row + "," + each
    rows = func.group_concat(row + "]") if _sqlite(tx) else func.string_agg(row + "]", ",")
    return "[" + rows + "]"


def _sqlite(tx: Tx) -> bool:
    return tx.dialect.name == "sqlite"


def _unpacked(found: str) -> list[Claim]:
    rows = _ROWS.decode(found)
    rows.sort()
    return rows
