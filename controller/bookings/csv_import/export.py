"""Export of a site's bookings, as the rows that the import reads."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from controller.bookings import repository
from controller.bookings.csv_import.columns import booking_row
from controller.bookings.diary.model import listed_time
from controller.bookings.diary.site_config import SiteConfig
from controller.bookings.diary.tables import sheet_rows
from controller.db.engine import Tx, batches

LONGEST = timedelta(days=400)
"""Longest time whose bookings one export covers."""


async def exported_rows(tx: Tx, site_config: SiteConfig, starts: str, ends: str, now: datetime) -> list[dict[str, str]]:
    """The bookings that touch a time, by the columns of ``EXPORTED``. Raises ``Invalid``."""
    site, zone = site_config.site.id, site_config.site.tz
    found = await repository.between(tx, site, listed_time(starts, ends, zone, longest=LONGEST))
    references = await references_of(tx, site, [each.id for each in found])
    return [booking_row(each, references.get(each.id, ""), zone, now) for each in found]


async def references_of(tx: Tx, site: str, bookings: Sequence[str]) -> dict[str, str]:
    """Booking -> the reference it was imported by."""
    found: dict[str, str] = {}
    for part in batches(bookings):
        here = (sheet_rows.c.site == site, sheet_rows.c.booking_id.in_(part))
        query = select(sheet_rows.c.reference, sheet_rows.c.booking_id).where(*here)
        found |= {row.booking_id: row.reference for row in await tx.execute(query)}
    return found
