"""What holds time, as plain numbers: one statement each for rooms, pools and equipment, however many there are.

Each database packs what it finds into one text per room, which is read in one go: rows by the ten thousand would cost
several times as much. Claims are found and read in their index alone.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import BigInteger, ColumnElement, String, Table, cast, func, select, text, type_coerce
from sqlalchemy.dialects import postgresql

from controller.bookings.finding.distance import Box, Spot
from controller.bookings.finding.sweep import QUARTER, Claim, Kind, Standing, Use, us
from controller.bookings.limits import LONGEST
from controller.bookings.model import State
from controller.bookings.tables import bookings, claims, equipment_claims, pool_claims, pool_quarters
from controller.database import Tx
from controller.estate.tables import sites
from edge.wire.interval import Interval

REACH = timedelta(hours=48)
"""How far the buffers of a claim and of a wish may reach together."""


class Sited(msgspec.Struct, frozen=True, kw_only=True):
    """A site and where it is, if anybody has said. ``revision``: that of its picture."""

    id: str
    revision: int
    spot: Spot | None


async def sites_in_reach(tx: Tx, *, only: Collection[str] | None, box: Box | None) -> list[Sited]:
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
        Sited(
            id=row.id,
            revision=row.revision,
            spot=None
            if row.latitude is None or row.longitude is None
            else Spot(latitude=row.latitude, longitude=row.longitude),
        )
        for row in await tx.execute(query)
    ]


async def standing(
    tx: Tx,
    *,
    at: Collection[str],
    atoms: Collection[str],
    pools: Collection[str],
    equipment: Collection[str],
    during: Interval,
    now: datetime,
    but: Collection[str] = (),
) -> Standing:
    """What holds these atoms, pools and equipment of the sites ``at`` during that time, and near enough for buffers.

    Holds that have run out by ``now`` hold nothing, nor do the bookings of ``but``.
    """
    near = Interval(start=during.start - REACH, end=during.end + REACH)
    gone = {*but, *await _run_out(tx, at, near, now)}
    found = await _claims(tx, atoms, near) if atoms else {}
    taken = await _taken(tx, pools, during) if pools else {}
    uses = await _uses(tx, equipment_claims, "equipment", "count", equipment, during) if equipment else {}
    if gone:
        await _take_away(tx, gone, found, taken, uses)
    names = {kind for each in found.values() for _, _, kind in each}
    return Standing(claims=found, kinds={name: _kind(name) for name in names}, taken=taken, equipment=uses)


def _kind(name: str) -> Kind:
    space, layout, setup_min, cleardown_min = name.split("|")
    return Kind(space=space, layout=layout, setup_min=int(setup_min), cleardown_min=int(cleardown_min))


async def _run_out(tx: Tx, at: Collection[str], near: Interval, now: datetime) -> list[str]:
    query = select(bookings.c.id).where(
        _one_of(tx, bookings.c.site, at),
        text("bookings.state IN ('requested', 'held')"),  # as the index of the open ones has it
        bookings.c.state == State.HELD.value,
        bookings.c.held_until <= now,
        *_touching(bookings, near),
    )
    return list((await tx.execute(query)).scalars())


async def _claims(tx: Tx, atoms: Collection[str], near: Interval) -> dict[str, list[Claim]]:
    c = claims.c
    kind = c.space + "|" + c.layout + "|" + cast(c.setup_min, String) + "|" + cast(c.cleardown_min, String)
    packed = _packed(tx, _us(tx, c.starts), _us(tx, c.ends), '"' + kind + '"')
    query = select(c.atom, packed).where(_one_of(tx, c.atom, atoms), *_touching(claims, near)).group_by(c.atom)
    return {atom: _unpacked(found) for atom, found in await tx.execute(query)}


async def _taken(tx: Tx, pools: Collection[str], during: Interval) -> dict[str, dict[int, int]]:
    c = pool_quarters.c
    near = (c.quarter > during.start - timedelta(microseconds=QUARTER), c.quarter < during.end)
    packed = _packed(tx, _us(tx, c.quarter), cast(c.taken, String))
    query = select(c.pool, packed).where(_one_of(tx, c.pool, pools), *near).group_by(c.pool)
    return {pool: dict(_unpacked(found)) for pool, found in await tx.execute(query)}


async def _uses(
    tx: Tx, table: Table, thing: str, count: str, things: Collection[str], during: Interval
) -> dict[str, list[Use]]:
    """What is held of each thing, with by whom."""
    c = table.c
    query = select(c[thing], c.starts, c.ends, c[count])
    found: dict[str, list[Use]] = {}
    for name, starts, ends, held in await tx.execute(
        query.where(_one_of(tx, c[thing], things), *_touching(table, during))
    ):
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


def _unpacked(found: str) -> list[Any]:
    rows = msgspec.json.decode(found, type=list[tuple[Any, ...]])
    rows.sort()
    return rows
