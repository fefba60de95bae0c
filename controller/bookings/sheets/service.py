"""Bookings of a site brought in from a spreadsheet, and put out into one."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta

from msgspec.structs import replace

from controller.bookings import limits
from controller.bookings import repository as bookings
from controller.bookings.desk import Desk
from controller.bookings.service import Bookings
from controller.bookings.sheets import repository
from controller.bookings.sheets.batch import Batch
from controller.bookings.sheets.model import Line, Outcome, Wanted
from controller.bookings.sheets.rows import COLUMNS, EXPORTED, NEEDED, booking_row, read_rows
from controller.changes import Changes
from controller.database import Database, Tx
from controller.people.model import Actor
from controller.spreadsheet import Sheet, read_sheet, write_sheet
from edge.wire.clock import Clock

LONGEST = timedelta(days=400)
"""Most time whose bookings are put out at once."""
_CHANGES = 200
_NEW = 100
"""Rows in one transaction, so that others get their turn."""

Told = Callable[[int, int], None]
"""How many rows are done, of how many."""


class Sheets:
    """``bookings`` lends its way to write and to retry."""

    def __init__(self, database: Database, clock: Clock, changes: Changes, desk: Desk, bookings: Bookings) -> None:
        self._database = database
        self._clock = clock
        self._changes = changes
        self._desk = desk
        self._bookings = bookings

    async def take(self, site: str, data: bytes, *, preview: bool, actor: Actor, told: Told) -> Outcome:
        """Book what the rows ask for, change what they say differently; each row wholly or not at all. ``preview`` does
        the same and takes it back.

        A row that was taken before is left alone until it says something else, so a second import changes nothing,
        and one that broke off is finished by the next. Rows of bookings that are there come first: they may make room.
        Raises ``SheetError``, ``SiteUnknown``.
        """
        async with self._database.read() as tx:
            place = (await self._desk.pictures.of(tx, site)).site
        sheet, wanted, lines = await asyncio.to_thread(_read, data)
        batches = await self._batches(site, wanted)
        actor = replace(actor, name=f"import:{actor.name}")
        if preview:
            try:
                await self._bookings.write_many(self._try, site, batches, actor, told)
            except _TakenBack as tried:
                lines += tried.lines
        else:
            done = 0
            for batch in batches:
                lines += await self._bookings.write_many(self._write, site, batch, actor)
                self._changes.site_changed(site)
                done += len(batch)
                told(done, len(wanted))
        ordered = tuple(sorted(lines, key=lambda line: line.line))
        return Outcome(site=place, lines=ordered, warnings=sheet.warnings)

    async def put_out(self, site: str, starts: str, ends: str) -> bytes:
        """The bookings that touch a time, as a file that ``take`` reads. Raises ``SiteUnknown``, ``Invalid``."""
        async with self._database.read() as tx:
            zone = (await self._desk.pictures.of(tx, site)).site.tz
            during = limits.shown(starts, ends, zone, longest=LONGEST)
            found = await bookings.between(tx, site, during)
            references = await repository.references(tx, site, [each.id for each in found])
        now = self._clock.now()
        rows = [booking_row(each, references.get(each.id, ""), zone, now) for each in found]
        return await asyncio.to_thread(write_sheet, EXPORTED, rows)

    async def _batches(self, site: str, wanted: Sequence[Wanted]) -> list[Sequence[Wanted]]:
        async with self._database.read() as tx:
            known = await repository.known(tx, site, [row.reference for row in wanted])
        old = [row for row in wanted if row.booking or row.reference in known]
        new = [row for row in wanted if not (row.booking or row.reference in known)]
        return [*_cut(old, _CHANGES), *_cut(new, _NEW)]

    async def _write(self, tx: Tx, site: str, rows: Sequence[Wanted], actor: Actor) -> list[Line]:
        await self._database.lock_site(tx, site)
        picture = await self._desk.pictures.of(tx, site)
        return await Batch(tx, self._desk, picture, actor=actor, now=self._clock.now()).take(rows)

    async def _try(self, tx: Tx, site: str, batches: Sequence[Sequence[Wanted]], actor: Actor, told: Told) -> None:
        lines: list[Line] = []
        total, done = sum(len(batch) for batch in batches), 0
        for batch in batches:
            lines += await self._write(tx, site, batch, actor)
            done += len(batch)
            told(done, total)
        raise _TakenBack(lines)


class _TakenBack(Exception):
    """Ends the transaction of a preview."""

    def __init__(self, lines: list[Line]) -> None:
        super().__init__()
        self.lines = lines


def _read(data: bytes) -> tuple[Sheet, list[Wanted], list[Line]]:
    sheet = read_sheet(data, COLUMNS, needed=NEEDED)
    return sheet, *read_rows(sheet)


def _cut(rows: Sequence[Wanted], size: int) -> list[Sequence[Wanted]]:
    return [rows[at : at + size] for at in range(0, len(rows), size)]
