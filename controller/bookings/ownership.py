"""The owner of a booking or a series, for permission checks."""

from sqlalchemy import select

from controller.db.engine import Tx
from controller.diary.tables import bookings
from controller.diary.tables import series as all_series
from controller.people.permissions import Thing


async def booking(tx: Tx, booking_id: str) -> Thing | None:
    """The site and the party of a booking; None where there is no such booking."""
    row = (await tx.execute(select(bookings.c.site, bookings.c.party).where(bookings.c.id == booking_id))).first()
    return Thing(site=row.site, party=row.party) if row else None


async def series(tx: Tx, series_id: str) -> Thing | None:
    """The site and the party of a series; None where there is no such series."""
    query = select(all_series.c.site, all_series.c.party).where(all_series.c.id == series_id)
    row = (await tx.execute(query)).first()
    return Thing(site=row.site, party=row.party) if row else None
