"""All SQL about imported CSV rows."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from controller.bookings.csv_import.model import ImportedBefore, ParsedBookingRow
from controller.db.engine import Tx, batches
from controller.diary.tables import sheet_rows


async def known(tx: Tx, site: str, references: Sequence[str]) -> dict[str, ImportedBefore]:
    """Reference -> the result of an earlier import."""
    found: dict[str, ImportedBefore] = {}
    for part in batches(references):
        here = (sheet_rows.c.site == site, sheet_rows.c.reference.in_(part))
        query = select(sheet_rows.c.reference, sheet_rows.c.booking_id, sheet_rows.c.fingerprint).where(*here)
        for row in await tx.execute(query):
            found[row.reference] = ImportedBefore(booking=row.booking_id, fingerprint=row.fingerprint)
    return found


async def references(tx: Tx, site: str, bookings: Sequence[str]) -> dict[str, str]:
    """Booking -> the reference it was imported by."""
    found: dict[str, str] = {}
    for part in batches(bookings):
        here = (sheet_rows.c.site == site, sheet_rows.c.booking_id.in_(part))
        query = select(sheet_rows.c.reference, sheet_rows.c.booking_id).where(*here)
        found |= {row.booking_id: row.reference for row in await tx.execute(query)}
    return found


async def remember(tx: Tx, site: str, rows: Sequence[tuple[ParsedBookingRow, str]]) -> None:
    """Record which booking each row is, and its content."""
    if not rows:
        return
    dialect = sqlite if tx.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(sheet_rows)
    values = [
        {"site": site, "reference": row.reference, "booking_id": booking, "fingerprint": row.fingerprint}
        for row, booking in rows
    ]
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=["site", "reference"],
            set_={"booking_id": statement.excluded.booking_id, "fingerprint": statement.excluded.fingerprint},
        ),
        values,
    )
