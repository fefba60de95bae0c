"""SQL about bookings that a change of the estate affects."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import case, func, select, update

from controller.bookings.diary.model import CLAIMING, LONGEST, Booking
from controller.bookings.diary.tables import bookings, equipment_claims, pool_quarters, series
from controller.bookings.repository import some
from controller.db.engine import Tx, batches


async def holding(tx: Tx, site: str, spaces: Collection[str], *, after: datetime) -> list[Booking]:
    """The bookings of these spaces that hold time behind ``after``, by start; expired holds too."""
    found: list[str] = []
    wanted = sorted(spaces)
    for part in batches(wanted):
        query = select(bookings.c.id).where(
            bookings.c.site == site,
            bookings.c.space.in_(part),
            bookings.c.starts > after - LONGEST,  # lets the index bound the search
            bookings.c.ends > after,
            bookings.c.state.in_([each.value for each in CLAIMING]),
        )
        found += (await tx.execute(query)).scalars()
    return await some(tx, found)


async def needing(tx: Tx, site: str, equipment: Collection[str], *, after: datetime) -> list[Booking]:
    """The bookings that hold some of this equipment behind ``after``, by start; expired holds too."""
    found: set[str] = set()
    wanted = [f"{site}/{each}" for each in sorted(equipment)]
    for part in batches(wanted):
        query = select(equipment_claims.c.booking_id).where(
            equipment_claims.c.equipment.in_(part),
            equipment_claims.c.starts > after - LONGEST,
            equipment_claims.c.ends > after,
        )
        found |= set((await tx.execute(query)).scalars())
    return await some(tx, sorted(found))


async def booked_ever(tx: Tx, site: str, space: str, *, now: datetime) -> tuple[int, int, int]:
    """How many bookings a space has had in any state, how many of them are to come, and how many series."""
    ahead = func.coalesce(func.sum(case((bookings.c.ends > now, 1), else_=0)), 0)
    query = select(func.count(), ahead).where(bookings.c.site == site, bookings.c.space == space)
    ever, future = (await tx.execute(query)).one()
    rows = select(func.count()).select_from(series).where(series.c.site == site, series.c.space == space)
    return ever, int(future), (await tx.execute(rows)).scalar_one()


async def resize(tx: Tx, sizes: Mapping[str, int], *, since: datetime) -> None:
    """Set the size of pools in the quarter hours from ``since`` on, except where more places are taken."""
    for pool, size in sizes.items():
        c = pool_quarters.c
        here = (c.pool == pool, c.quarter >= since, c.taken <= size)
        await tx.execute(update(pool_quarters).where(*here).values(size=size))
