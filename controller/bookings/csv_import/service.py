"""Import of a site's bookings as CSV, and what is remembered of imported rows. ``export`` is the way out."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from msgspec.structs import replace
from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from controller.bookings.csv_import.columns import BOOKING_CSV, EXPORTED
from controller.bookings.csv_import.export import exported_rows
from controller.bookings.csv_import.model import ImportedBefore, ParsedBookingRow
from controller.bookings.csv_import.row_import import RowImport
from controller.bookings.diary.site_config import SiteConfig
from controller.bookings.diary.tables import sheet_rows
from controller.bookings.rules.evaluate import HypotheticalBookings
from controller.bookings.service import BookingService
from controller.bookings.writer import BookingWriter
from controller.db.engine import Database, Tx, batches
from controller.people.model import Actor
from controller.platform.csv_import.rows import CsvImportResult, ImportedRow, Progress, RowResult, parse
from controller.platform.csv_import.spreadsheet import write_sheet
from controller.platform.uploads.parser import Parser
from controller.records.changes import Changes
from edge.wire.clock import Clock


async def imported_before(tx: Tx, site: str, references: Sequence[str]) -> dict[str, ImportedBefore]:
    """Reference -> the result of an earlier import."""
    found: dict[str, ImportedBefore] = {}
    for part in batches(references):
        here = (sheet_rows.c.site == site, sheet_rows.c.reference.in_(part))
        query = select(sheet_rows.c.reference, sheet_rows.c.booking_id, sheet_rows.c.fingerprint).where(*here)
        for row in await tx.execute(query):
            found[row.reference] = ImportedBefore(booking=row.booking_id, fingerprint=row.fingerprint)
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


async def forget(tx: Tx, site: str, bookings: Sequence[str]) -> None:
    """Know nothing of the rows that made these bookings, so that the next import of such a row makes another one."""
    for part in batches(bookings):
        await tx.execute(delete(sheet_rows).where(sheet_rows.c.site == site, sheet_rows.c.booking_id.in_(part)))


_CHANGES = 200
_NEW = 100
"""Rows in one transaction, so that other writes get their turn."""


@dataclass(eq=False)
class BookingCsv:
    """``bookings`` writes, with its retries."""

    database: Database
    clock: Clock
    changes: Changes
    writer: BookingWriter
    bookings: BookingService
    parser: Parser

    async def take(
        self, site: str, data: bytes, *, preview: bool, actor: Actor, on_progress: Progress, take_back: bool = False
    ) -> CsvImportResult:
        """Book new rows and change bookings whose rows differ, each row completely or not at all. ``preview`` finds
        the same results without writing or blocking anybody. A row that was imported before is skipped until it
        differs, so a second import changes nothing, and the next import finishes an interrupted one. Rows of
        existing bookings come first: they may make room. ``take_back``: what is cancelled by its id was imported by
        mistake, so the rows that made it are forgotten. Raises ``SiteUnknown``, and ``Invalid`` for a file of no
        use.
        """
        async with self.database.read() as tx:
            await self.writer.site_configs.of(tx, site)
        parsed = await parse(self.parser, data, BOOKING_CSV)
        old, new = await self._sorted(site, parsed.rows)
        actor = replace(actor, name=f"import:{actor.name}")

        async def write(rows: Sequence[ParsedBookingRow]) -> list[ImportedRow]:
            done = await self.bookings.write_many(self._write, site, rows, actor, take_back)
            self.changes.site_changed(site)
            return done

        hypothetical = HypotheticalBookings()

        async def look(rows: Sequence[ParsedBookingRow]) -> list[ImportedRow]:
            # A transaction for each part: one for all would keep a connection from others for as long as all takes.
            async with self.database.read() as tx:
                return await self._batch(tx, await self.writer.site_configs.of(tx, site), actor, hypothetical).take(
                    rows
                )

        rows = await _all(old, new, look if preview else write, on_progress)
        return CsvImportResult(preview=preview, rows=[*parsed.refused, *rows], warnings=parsed.warnings)

    async def put_out(self, site: str, starts: str, ends: str) -> bytes:
        """The bookings that touch a time, as a file that ``take`` reads. Raises ``SiteUnknown``, ``Invalid``."""
        async with self.database.read() as tx:
            site_config = await self.writer.site_configs.of(tx, site)
            rows = await exported_rows(tx, site_config, starts, ends, self.clock.now())
        return await asyncio.to_thread(write_sheet, EXPORTED, rows)

    async def _sorted(
        self, site: str, wanted: Sequence[ParsedBookingRow]
    ) -> tuple[list[ParsedBookingRow], list[ParsedBookingRow]]:
        """Rows of existing bookings, and the others."""
        async with self.database.read() as tx:
            known = await imported_before(tx, site, [row.reference for row in wanted])
        old = [row for row in wanted if row.booking or row.reference in known]
        return old, [row for row in wanted if not (row.booking or row.reference in known)]

    async def _write(
        self, tx: Tx, site: str, rows: Sequence[ParsedBookingRow], actor: Actor, take_back: bool
    ) -> list[ImportedRow]:
        await self.database.lock_site(tx, site)
        done = await self._batch(tx, await self.writer.site_configs.of(tx, site), actor).take(rows)
        if take_back:
            await forget(tx, site, [each.id for each in done if each.become is RowResult.CANCELLED])
        return done

    def _batch(
        self, tx: Tx, site_config: SiteConfig, actor: Actor, hypothetical: HypotheticalBookings | None = None
    ) -> RowImport:
        return RowImport(tx, self.writer, site_config, actor=actor, now=self.clock.now(), hypothetical=hypothetical)


async def _all(
    old: Sequence[ParsedBookingRow],
    new: Sequence[ParsedBookingRow],
    write: Callable[[Sequence[ParsedBookingRow]], Awaitable[list[ImportedRow]]],
    on_progress: Progress,
) -> list[ImportedRow]:
    """Write all rows in parts. A clash is tried again as long as other bookings move away."""
    lines: dict[int, ImportedRow] = {}

    async def each(rows: Sequence[ParsedBookingRow], size: int) -> None:
        for at in range(0, len(rows), size):
            lines.update({line.line: line for line in await write(rows[at : at + size])})
            on_progress(len(lines), len(old) + len(new))

    left = list(old)
    while left:
        await each(left, _CHANGES)
        clashed = [row for row in left if lines[row.line].conflicts]
        left = clashed if len(clashed) < len(left) else []
    await each(new, _NEW)
    return list(lines.values())
