"""A site whose events are stored without a broker, and what is then in the tables of roll-ups."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import msgspec
from sqlalchemy import select

from controller.db.engine import Database, Tx
from controller.estate import repository as estate
from controller.estate.model import Site
from controller.telemetry.event_store import EventStore, ValidatedBatch
from controller.telemetry.model import StoredEvent
from controller.telemetry.rollups.service import remake
from controller.telemetry.tables import blind_marks, rollup_series, rollups, sensor_runs
from controller.telemetry.validation import validate_all
from edge.wire.codec import encode
from edge.wire.events import Event
from edge.wire.offline_codes import OfflineWindow
from tests.controller.telemetry.speaking import LOG

LATER = datetime(2026, 12, 10, tzinfo=UTC)
Rows = dict[str, list[tuple[object, ...]]]


async def _note(tx: Tx, site: str, events: Sequence[StoredEvent]) -> None:
    """Nobody wants to know."""


async def _booking_of(tx: Tx, site: str, door: str, window: OfflineWindow) -> str | None:
    return None


STORE = EventStore(note=_note, booking_of=_booking_of, in_sql=True)


async def make_site(database: Database, site: str, zone: str = "Europe/London") -> None:
    async with database.write() as tx:
        await estate.put_site(tx, Site(id=site, name=site, zone=zone))


async def store(database: Database, site: str, *lots: Sequence[Event], now: datetime = LATER) -> None:
    """Store batches, each in a transaction of its own."""
    for lot in lots:
        judged = tuple(validate_all([msgspec.Raw(encode(each)) for each in lot]))
        batch = ValidatedBatch(site=site, edge="main", log=LOG, first_kept=1, judged=judged)
        await database.run(STORE.file, [batch], now)


async def rows_of(database: Database, site: str) -> Rows:
    """Everything that is kept of roll-ups, in order, but for the site's name."""
    found: Rows = {}
    async with database.read() as tx:
        for table in (rollups, rollup_series, sensor_runs, blind_marks):
            rows = await tx.execute(select(table).where(table.c.site == site))
            found[table.name] = sorted(tuple(row[1:]) for row in rows)
    return found


async def made_again(
    database: Database, site: str, first: date | None = None, last: date | None = None, now: datetime = LATER
) -> int:
    """How many events the days had that were made again."""
    return sum([each.events async for each in remake(database, site, first, last, now)])
