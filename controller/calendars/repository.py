"""All SQL about imported events."""

from collections.abc import Iterable, Sequence

from sqlalchemy import insert, select, update

from controller.bookings.tables import bookings
from controller.calendars.expanding import Occurrence
from controller.calendars.model import Known
from controller.calendars.tables import imported
from controller.database import Tx


async def known(tx: Tx, site: str, space: str, uids: Sequence[str]) -> dict[tuple[str, str], Known]:
    """(UID, recurrence id) -> what was imported of it into this space."""
    query = select(imported).where(imported.c.site == site, imported.c.space == space, imported.c.uid.in_(uids))
    return {
        (row.uid, row.recurrence_id): Known(booking_id=row.booking_id, fingerprint=row.fingerprint)
        for row in await tx.execute(query)
    }


async def series_of(tx: Tx, site: str, space: str, uid: str) -> str | None:
    """The series that earlier imports made of this UID."""
    query = (
        select(bookings.c.series_id)
        .join_from(imported, bookings, bookings.c.id == imported.c.booking_id)
        .where(
            imported.c.site == site,
            imported.c.space == space,
            imported.c.uid == uid,
            bookings.c.series_id.is_not(None),
        )
    )
    found: str | None = (await tx.execute(query.limit(1))).scalar()
    return found


async def remember(tx: Tx, site: str, space: str, made: Iterable[tuple[Occurrence, str]]) -> None:
    """Note which booking each occurrence became."""
    rows = [
        {
            "site": site,
            "space": space,
            "uid": occurrence.uid,
            "recurrence_id": occurrence.recurrence_id,
            "booking_id": booking_id,
            "fingerprint": occurrence.fingerprint,
        }
        for occurrence, booking_id in made
    ]
    if rows:
        await tx.execute(insert(imported), rows)


async def update_fingerprint(tx: Tx, site: str, space: str, occurrence: Occurrence) -> None:
    """Note that a booking is now as this occurrence says."""
    await tx.execute(
        update(imported)
        .where(
            imported.c.site == site,
            imported.c.space == space,
            imported.c.uid == occurrence.uid,
            imported.c.recurrence_id == occurrence.recurrence_id,
        )
        .values(fingerprint=occurrence.fingerprint)
    )
