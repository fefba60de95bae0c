"""All SQL about imported events."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select, tuple_, update

from controller.bookings.diary.model import CLAIMING, BookingState
from controller.bookings.diary.tables import bookings
from controller.calendars.model import ImportedEventRecord
from controller.calendars.recurring_events import EventOccurrence
from controller.calendars.tables import imported
from controller.db.engine import Tx
from controller.db.row_mapping import struct_of

_STANDING = [each.value for each in (*CLAIMING, BookingState.REQUESTED)]
_AT_ONCE = 200


async def known(tx: Tx, site: str, space: str, uids: Sequence[str]) -> dict[tuple[str, str], ImportedEventRecord]:
    """(UID, recurrence id) -> what was imported of it into this space, from whichever calendar."""
    query = select(imported).where(imported.c.site == site, imported.c.space == space, imported.c.uid.in_(uids))
    return {
        (row["uid"], row["recurrence_id"]): struct_of(ImportedEventRecord, row)
        for row in (await tx.execute(query)).mappings()
    }


async def to_come(
    tx: Tx, site: str, space: str, source: str, *, after: datetime, until: datetime
) -> dict[tuple[str, str], str]:
    """(UID, recurrence id) -> its booking, for one calendar: active bookings that begin in that time."""
    query = (
        select(imported.c.uid, imported.c.recurrence_id, imported.c.booking_id)
        .join_from(imported, bookings, bookings.c.id == imported.c.booking_id)
        .where(
            imported.c.site == site,
            imported.c.space == space,
            imported.c.source == source,
            bookings.c.state.in_(_STANDING),
            bookings.c.starts > after,
            bookings.c.starts < until,
        )
        .order_by(bookings.c.starts, imported.c.uid)
    )
    return {(row.uid, row.recurrence_id): row.booking_id for row in await tx.execute(query)}


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


async def remember(tx: Tx, site: str, space: str, source: str, made: Iterable[tuple[EventOccurrence, str]]) -> None:
    """Note which booking each occurrence became."""
    rows = [
        {
            "site": site,
            "space": space,
            "source": source,
            "uid": occurrence.uid,
            "recurrence_id": occurrence.recurrence_id,
            "booking_id": booking_id,
            "fingerprint": occurrence.fingerprint,
        }
        for occurrence, booking_id in made
    ]
    if rows:
        await tx.execute(insert(imported), rows)


async def forget(tx: Tx, site: str, space: str, keys: Collection[tuple[str, str]]) -> None:
    """Know nothing of these events any more; their bookings stay."""
    ordered = sorted(keys)
    for at in range(0, len(ordered), _AT_ONCE):
        named = tuple_(imported.c.uid, imported.c.recurrence_id).in_(ordered[at : at + _AT_ONCE])
        await tx.execute(delete(imported).where(imported.c.site == site, imported.c.space == space, named))


async def update_fingerprint(tx: Tx, site: str, space: str, occurrence: EventOccurrence) -> None:
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
