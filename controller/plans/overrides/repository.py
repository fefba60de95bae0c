"""All SQL about overrides."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, exists, func, insert, or_, select, update

from controller.db.engine import Tx
from controller.db.row_mapping import columns_of, struct_of
from controller.people.permissions import Thing
from controller.plans.overrides.model import AtDoor, Due, ForPlan, Ordered
from controller.plans.tables import override_doors, overrides
from edge.wire.interval import Interval
from edge.wire.plan import Override

_FIELDS = columns_of(Ordered, overrides)
_AT_DOOR = columns_of(AtDoor, override_doors)


async def add(tx: Tx, ordered: Ordered) -> None:
    row = {column.name: getattr(ordered, column.name) for column in _FIELDS}
    await tx.execute(insert(overrides).values(row | {"kind": ordered.kind.value}))
    doors = [{"override": ordered.id, "door": at.door, "site": ordered.site} for at in ordered.doors]
    if doors:
        await tx.execute(insert(override_doors), doors)


async def end(tx: Tx, override_id: str, *, at: datetime, by: str, why: str) -> None:
    """End one early, once."""
    here = (overrides.c.id == override_id) & overrides.c.ended_at.is_(None)
    await tx.execute(update(overrides).where(here).values(ended_at=at, ended_by=by[:200], ended_why=why))


async def one(tx: Tx, override_id: str) -> Ordered | None:
    found = await _read(tx, select(*_FIELDS).where(overrides.c.id == override_id))
    return found[0] if found else None


async def whose(tx: Tx, override_id: str) -> Thing | None:
    """The site of an override, for permission checks; None where there is no such override."""
    site: str | None = (await tx.execute(select(overrides.c.site).where(overrides.c.id == override_id))).scalar()
    return None if site is None else Thing(site=site)


async def current(tx: Tx, site: str, now: datetime) -> list[Ordered]:
    """A site's overrides that are in force, planned, or ended and perhaps still on a door; the oldest first."""
    lingers = exists().where(
        override_doors.c.override == overrides.c.id,
        override_doors.c.on_version.is_not(None),
        override_doors.c.off_at.is_(None),
    )
    query = select(*_FIELDS).where(
        overrides.c.site == site, overrides.c.ends > now, or_(overrides.c.ended_at.is_(None), lingers)
    )
    return await _read(tx, query.order_by(overrides.c.id))


async def before(tx: Tx, site: str, *, before: str | None, limit: int) -> list[Ordered]:
    """Every override a site ever had, the newest first, from the one older than ``before``."""
    query = select(*_FIELDS).where(overrides.c.site == site).order_by(overrides.c.id.desc()).limit(limit)
    return await _read(tx, query if before is None else query.where(overrides.c.id < before))


async def ended_since(tx: Tx, site: str, since: datetime) -> list[Ordered]:
    """A site's overrides that were ended at an instant or after it."""
    return await _read(tx, select(*_FIELDS).where(overrides.c.site == site, overrides.c.ended_at >= since))


async def during(tx: Tx, site: str, time: Interval) -> list[Ordered]:
    """A site's overrides that were to be in force at some moment of an interval, ended early or not."""
    here = (overrides.c.site == site, overrides.c.starts < time.end, overrides.c.ends > time.start)
    return await _read(tx, select(*_FIELDS).where(*here).order_by(overrides.c.id))


async def counts(tx: Tx, site: str, now: datetime) -> dict[str, int]:
    """Door -> the number of its overrides that are in force or planned."""
    query = (
        select(override_doors.c.door, func.count().label("number"))
        .join(overrides, overrides.c.id == override_doors.c.override)
        .where(overrides.c.site == site, overrides.c.ends > now, overrides.c.ended_at.is_(None))
        .group_by(override_doors.c.door)
    )
    return {row.door: row.number for row in await tx.execute(query)}


async def for_plan(tx: Tx, site: str, doors: Sequence[str], *, now: datetime, horizon: datetime) -> ForPlan:
    """What a plan of these doors must hold, in one order. An override of the whole site is one of every door."""
    query = select(*_FIELDS).where(
        overrides.c.site == site,
        overrides.c.ended_at.is_(None),
        overrides.c.ends > now,
        overrides.c.starts < horizon,
    )
    due = [
        Due(
            override=each.id,
            given=Override(door=door, kind=each.kind, during=each.on_the_door),
            new=door not in planned,
        )
        for each in await _read(tx, query)
        for planned in [{at.door for at in each.doors if at.on_version is not None}]
        for door in doors
        if each.whole or door in {at.door for at in each.doors}
    ]
    gone = (
        select(override_doors.c.override, override_doors.c.door)
        .join(overrides, overrides.c.id == override_doors.c.override)
        .where(
            override_doors.c.site == site,
            override_doors.c.door.in_(doors),
            override_doors.c.on_version.is_not(None),
            override_doors.c.off_version.is_(None),
            overrides.c.ended_at.is_not(None),
        )
    )
    return ForPlan(
        due=tuple(sorted(due, key=lambda each: (each.given.door, each.given.during.start, each.override))),
        gone=tuple((override, door) for override, door in await tx.execute(gone)),
    )


async def compiled(tx: Tx, site: str, seen: ForPlan, *, version: int) -> bool:
    """A plan with ``version`` holds what ``for_plan`` found due and no longer what is gone. False where something that
    is new in it was ended meanwhile."""
    new = [each for each in seen.due if each.new]
    live = select(overrides.c.id).where(
        overrides.c.id.in_({each.override for each in new}), overrides.c.ended_at.is_(None)
    )
    still = set((await tx.execute(live)).scalars()) if new else set()
    if any(each.override not in still for each in new):
        return False
    for each in new:
        here = (override_doors.c.override == each.override) & (override_doors.c.door == each.given.door)
        if not (await tx.execute(update(override_doors).where(here).values(on_version=version))).rowcount:
            row = {"override": each.override, "door": each.given.door, "site": site, "on_version": version}
            await tx.execute(insert(override_doors).values(row))
    for override, door in seen.gone:
        here = (override_doors.c.override == override) & (override_doors.c.door == door)
        await tx.execute(update(override_doors).where(here).values(off_version=version))
    return True


async def applied(tx: Tx, site: str, doors: Sequence[str], *, version: int, at: datetime) -> None:
    """The doors carry out plan ``version`` since ``at``. Idempotent."""
    here = and_(override_doors.c.site == site, override_doors.c.door.in_(doors))
    live = select(overrides.c.id).where(overrides.c.site == site, overrides.c.ended_at.is_(None))
    on = (
        here,
        override_doors.c.on_version <= version,
        override_doors.c.on_at.is_(None),
        override_doors.c.override.in_(live),
    )
    await tx.execute(update(override_doors).where(*on).values(on_at=at))
    off = (here, override_doors.c.off_version <= version, override_doors.c.off_at.is_(None))
    await tx.execute(update(override_doors).where(*off).values(off_at=at))


async def _read(tx: Tx, query: Select[Any]) -> list[Ordered]:
    rows = (await tx.execute(query)).mappings().all()
    doors: Mapping[str, list[AtDoor]] = {row["id"]: [] for row in rows}
    if rows:
        at = select(override_doors.c.override, *_AT_DOOR).where(override_doors.c.override.in_(list(doors)))
        for found in (await tx.execute(at.order_by(override_doors.c.door))).mappings():
            doors[found["override"]].append(struct_of(AtDoor, found))
    return [struct_of(Ordered, row, doors=doors[row["id"]]) for row in rows]
