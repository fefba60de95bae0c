"""Claims: time of atoms, places of pools, equipment. Only ``write_claims`` writes them, and it takes the site's
lock; the database refuses an overlap. ``controller.bookings.rules.space_rules.overlap`` says with which bookings."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from controller.bookings import repository
from controller.bookings.diary import waitlist_repository
from controller.bookings.diary.model import Booking, BookingState, Changed
from controller.bookings.diary.site_config import SiteConfig
from controller.bookings.diary.tables import (
    CLAIM_OVERLAP,
    POOL_FULL,
    claims,
    equipment_claims,
    pool_claims,
    pool_quarters,
)
from controller.bookings.diary.waitlist import Overdue
from controller.bookings.rules.buffers import buffers_of
from controller.bookings.rules.model import QUARTER, quarters, seats_of, takings
from controller.db.compiled_sql import BulkInsert, put
from controller.db.engine import Database, Tx
from controller.db.errors import violates
from controller.estate.model import SpaceKind
from controller.platform.text import times
from edge.wire.interval import Interval

SYSTEM_ACTOR = "hallkeeper"
"""The actor of automatic changes."""

Quarters = Counter[tuple[str, datetime]]
"""Places by pool and quarter hour."""


def contended(error: IntegrityError) -> bool:
    """Whether a write failed because another writer, which did not hold the lock, took the time or the places."""
    return violates(error, CLAIM_OVERLAP) or violates(error, POOL_FULL)


_AT = (pool_quarters.c.pool == bindparam("p"), pool_quarters.c.quarter == bindparam("q"))
_RELEASE = update(pool_quarters).where(*_AT).values(taken=pool_quarters.c.taken - bindparam("n"))
_FORGET = delete(pool_quarters).where(*_AT, pool_quarters.c.taken == 0)


async def write_claims(
    database: Database,
    tx: Tx,
    site_config: SiteConfig,
    values: Sequence[Booking],
    *,
    now: datetime,
    new: bool = False,
    expired: Collection[str] | None = None,
    into: BulkInsert | None = None,
) -> list[Changed]:
    """Write the claims of these bookings of one site by their times and states. ``new``: they have none yet.
    ``expired``: conflicting holds that have expired, if a verdict under the same lock has named them; otherwise they
    are searched for here. They are declined and returned. ``into``: where the rows go, if others follow; what is raised
    is raised once they are written.

    Takes the site's lock. Raises ``IntegrityError``, ``contended``, when another booking holds the time or the
    places, and ``Overdue`` when others wait for the time of an expired hold.
    """
    await database.lock_site(tx, site_config.site.id)
    holding = [value for value in values if value.claims]
    gone = await _expire(tx, site_config, holding, expired, now)
    before = (
        Quarters()
        if new and not gone
        else await _let_go(tx, [*([] if new else values), *(each.after for each in gone)])
    )
    await put(tx, claims, _times(site_config, holding), into)
    needs = [
        {
            "booking_id": value.id,
            "equipment": f"{site_config.site.id}/{need.equipment}",
            "starts": value.starts,
            "ends": value.ends,
            "count": need.count,
        }
        for value in holding
        for need in value.equipment
    ]
    await put(tx, equipment_claims, needs, into)
    places, after = _places(site_config, holding)
    await put(tx, pool_claims, places, into)
    if changed := {key: by for key in before | after if (by := after[key] - before[key])}:
        await _count(tx, site_config, changed)
    return gone


async def _expire(
    tx: Tx, site_config: SiteConfig, holding: Sequence[Booking], expired: Collection[str] | None, now: datetime
) -> list[Changed]:
    """Decline conflicting holds that have expired."""
    if not holding or (expired is not None and not expired):
        return []
    span = Interval(start=min(each.starts for each in holding), end=max(each.ends for each in holding))
    found = await repository.run_out(tx, site_config.site.id, span, margin=QUARTER, now=now)
    mine = {value.id for value in holding}
    gone = [
        Changed(before=each, after=_declined(each, now))
        for each in found
        if each.id not in mine and any(_in_the_way(site_config, each, value) for value in holding)
    ]
    if gone and await waitlist_repository.anybody_near(tx, site_config.site.id, [each.after.during for each in gone]):
        raise Overdue(site_config.site.id)
    for each in gone:
        await repository.update_booking(tx, each.after)
        ended, zone = each.after.held_until or now, site_config.site.tz
        why = f"nobody decided by {times.clock(ended, zone)} on {times.day(ended, zone, now=now)}"
        await repository.log(tx, [each.after.id], at=now, actor=SYSTEM_ACTOR, what="expire", why=why)
    return gone


def _declined(value: Booking, now: datetime) -> Booking:
    return msgspec.structs.replace(
        value,
        state=BookingState.DECLINED,
        state_at=now,
        state_before=value.state,
        changed_at=now,
        changed_by=SYSTEM_ACTOR,
        version=value.version + 1,
    )


def _in_the_way(site_config: SiteConfig, old: Booking, wanted: Booking) -> bool:
    there = site_config.by_space.get(old.space)
    near = old.starts < wanted.ends + QUARTER and old.ends > wanted.starts - QUARTER
    return near and there is not None and not set(there.atoms).isdisjoint(site_config.require(wanted.space).atoms)


async def _let_go(tx: Tx, values: Sequence[Booking]) -> Quarters:
    """Delete all claims of bookings; returns the places that they had, for ``_count``."""
    ids = [value.id for value in values]
    for table in (claims, equipment_claims):
        await tx.execute(delete(table).where(table.c.booking_id.in_(ids)))
    c = pool_claims.c
    rows = (await tx.execute(select(c.pool, c.starts, c.ends, c.seats).where(c.booking_id.in_(ids)))).all()
    taken = Quarters()
    for row in rows:
        for quarter in quarters(Interval(start=row.starts, end=row.ends)):
            taken[row.pool, quarter] += row.seats
    if rows:
        await tx.execute(delete(pool_claims).where(c.booking_id.in_(ids)))
    return taken


def _times(site_config: SiteConfig, holding: Sequence[Booking]) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for value in holding:
        place = site_config.require(value.space)
        if place.space.kind is SpaceKind.POOL:
            continue
        buffers = buffers_of(
            place.space, layout=value.layout, setup_min=value.setup_min, cleardown_min=value.cleardown_min
        )
        row = {"booking_id": value.id, "starts": value.starts, "ends": value.ends, "space": value.space}
        row |= msgspec.structs.asdict(buffers)
        rows += [row | {"atom": atom} for atom in place.atoms]
    return rows


def _places(site_config: SiteConfig, holding: Sequence[Booking]) -> tuple[list[dict[str, object]], Quarters]:
    rows: list[dict[str, object]] = []
    taken = Quarters()
    for value in holding:
        place = site_config.require(value.space)
        for pool, seats in takings(place, seats_of(seats=value.seats, people=value.people)):
            rows.append(
                {"booking_id": value.id, "pool": pool, "starts": value.starts, "ends": value.ends, "seats": seats}
            )
            for quarter in quarters(value.during):
                taken[pool, quarter] += seats
    return rows, taken


async def _count(tx: Tx, site_config: SiteConfig, changed: Mapping[tuple[str, datetime], int]) -> None:
    """Change the sums per quarter hour by so many places each."""
    sizes = {pool: size for place in site_config.by_space.values() for pool, size in place.pools}
    less = [{"p": pool, "q": quarter, "n": -by} for (pool, quarter), by in changed.items() if by < 0]
    more = [
        {"pool": pool, "quarter": quarter, "size": sizes[pool], "taken": by}
        for (pool, quarter), by in changed.items()
        if by > 0
    ]
    if less:
        await tx.execute(_RELEASE, less)
        await tx.execute(_FORGET, [{"p": each["p"], "q": each["q"]} for each in less])
    if more:
        dialect = sqlite if tx.dialect.name == "sqlite" else postgresql
        upsert = dialect.insert(pool_quarters)
        await tx.execute(
            upsert.on_conflict_do_update(
                index_elements=["pool", "quarter"],
                set_={"taken": pool_quarters.c.taken + upsert.excluded.taken, "size": upsert.excluded.size},
            ),
            more,
        )
