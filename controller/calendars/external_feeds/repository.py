"""All SQL about feeds."""

from datetime import datetime, timedelta

import msgspec
from sqlalchemy import RowMapping, delete, func, insert, select, update

from controller.bookings.diary.model import CLAIMING
from controller.bookings.diary.tables import bookings
from controller.calendars.external_feeds.model import Feed, PollReport
from controller.calendars.tables import feeds, imported
from controller.db.engine import Tx
from controller.db.row_mapping import columns_of, struct_of

_COLUMNS = columns_of(Feed, feeds)


def _feed(row: RowMapping) -> Feed:
    return struct_of(Feed, row, report=msgspec.json.decode(row["report"], type=PollReport))


def _row(value: Feed) -> dict[str, object]:
    report = msgspec.json.encode(value.report).decode()
    return msgspec.structs.asdict(value) | {"status": value.status.value, "report": report}


async def of_site(tx: Tx, site: str) -> list[Feed]:
    query = select(*_COLUMNS).where(feeds.c.site == site).order_by(feeds.c.id)
    return [_feed(row) for row in (await tx.execute(query)).mappings()]


async def get(tx: Tx, site: str, feed: str) -> Feed | None:
    query = select(*_COLUMNS).where(feeds.c.site == site, feeds.c.id == feed)
    row = (await tx.execute(query)).mappings().first()
    return _feed(row) if row else None


async def add(tx: Tx, value: Feed) -> None:
    await tx.execute(insert(feeds).values(_row(value)))


async def put(tx: Tx, value: Feed) -> None:
    """Write every field of one that is there."""
    await tx.execute(update(feeds).where(feeds.c.site == value.site, feeds.c.id == value.id).values(_row(value)))


async def remove(tx: Tx, site: str, feed: str) -> None:
    await tx.execute(delete(feeds).where(feeds.c.site == site, feeds.c.id == feed))


async def due(tx: Tx, now: datetime, *, limit: int) -> list[Feed]:
    """Those whose turn it is, the longest first."""
    query = (
        select(*_COLUMNS)
        .where(feeds.c.next_at <= now, ~feeds.c.paused)
        .order_by(feeds.c.next_at, feeds.c.site, feeds.c.id)
    )
    return [_feed(row) for row in (await tx.execute(query.limit(limit))).mappings()]


async def next_due(tx: Tx) -> datetime | None:
    """When the next feed's turn is."""
    query = select(feeds.c.next_at).where(~feeds.c.paused).order_by(feeds.c.next_at).limit(1)
    found: datetime | None = (await tx.execute(query)).scalar()
    return found


async def claim(tx: Tx, value: Feed, *, now: datetime, lease: timedelta) -> bool:
    """Take the turn of a feed, so that no other controller polls it too. False where another was first."""
    mine = (feeds.c.site == value.site, feeds.c.id == value.id, feeds.c.next_at == value.next_at)
    taken = await tx.execute(update(feeds).where(*mine).values(next_at=now + lease, asked_at=now))
    return bool(taken.rowcount)


async def same(tx: Tx, value: Feed) -> bool:
    """Whether nobody has changed or removed the feed since ``value`` was read."""
    query = select(feeds.c.version, feeds.c.created_at).where(feeds.c.site == value.site, feeds.c.id == value.id)
    row = (await tx.execute(query)).first()
    return row is not None and (row.version, row.created_at) == (value.version, value.created_at)


async def blocks(tx: Tx, site: str, *, after: datetime) -> dict[str, int]:
    """How many blocks of each feed of a site, by its source, are still to end."""
    query = (
        select(imported.c.source, func.count())
        .join_from(imported, bookings, bookings.c.id == imported.c.booking_id)
        .where(
            imported.c.site == site,
            imported.c.source.like("feed:%"),
            bookings.c.ends > after,
            bookings.c.state.in_([each.value for each in CLAIMING]),
        )
        .group_by(imported.c.source)
    )
    return {row[0]: row[1] for row in await tx.execute(query)}


async def rename_blocks(tx: Tx, value: Feed) -> None:
    """Have the feed's blocks say whose diary they are of."""
    mine = select(imported.c.booking_id).where(
        imported.c.site == value.site, imported.c.space == value.space, imported.c.source == value.source
    )
    await tx.execute(update(bookings).where(bookings.c.id.in_(mine)).values(diary=value.name))


async def forget_blocks(tx: Tx, value: Feed) -> None:
    """Know nothing of the feed's events any more; their bookings stay."""
    await tx.execute(
        delete(imported).where(
            imported.c.site == value.site, imported.c.space == value.space, imported.c.source == value.source
        )
    )


async def still(tx: Tx, party: str, now: datetime) -> str | None:
    """As ``PersonalData`` has it."""
    found = (await tx.execute(select(feeds.c.id).where(feeds.c.party == party).limit(1))).first()
    return "has a calendar feed; remove that feed first" if found else None
