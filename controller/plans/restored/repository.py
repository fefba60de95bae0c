"""All SQL about restored entries."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec.structs import asdict
from sqlalchemy import RowMapping, and_, func, insert, or_, select, update

from controller.access.tables import holders
from controller.bookings.diary.tables import bookings
from controller.db.engine import Tx
from controller.db.row_mapping import all_of, columns_of, first_of, struct_of
from controller.people.permissions import Thing
from controller.plans.restored.model import Item, PageCursor, RestoredDecision, RestoredEntry, RestoredPiece
from controller.plans.tables import restored, restored_pieces
from edge.wire.codec import encode
from edge.wire.interval import Interval
from edge.wire.plan import part_of

_FIELDS = columns_of(RestoredEntry, restored)
_AT_ONCE = 500
"""Ids named in one statement."""
_OPEN = or_(restored.c.decision.is_(None), restored.c.decision == RestoredDecision.KEEP.value)


async def add(tx: Tx, entries: Sequence[RestoredEntry]) -> None:
    if entries:
        await tx.execute(insert(restored), [asdict(each) for each in entries])


async def add_items(tx: Tx, edge: str, given: Sequence[tuple[RestoredEntry, Sequence[Item]]]) -> None:
    """Put further items of one edge to entries, each of which lasts as long as the last of its items."""
    known = await _counts(tx, [entry.id for entry, _ in given])
    rows = [
        {
            "entry": entry.id,
            "number": number,
            "site": entry.site,
            "edge": edge,
            "door": item.door,
            "starts": item.during.start,
            "ends": item.during.end,
            "part": encode(item.part),
        }
        for entry, items in given
        for number, item in enumerate(items, known.get(entry.id, 0))
    ]
    if rows:
        await tx.execute(insert(restored_pieces), rows)
    for entry, items in given:
        if entry.id in known:
            starts = min([entry.starts, *(item.during.start for item in items)])
            ends = max([entry.ends, *(item.during.end for item in items)])
            await tx.execute(update(restored).where(restored.c.id == entry.id).values(starts=starts, ends=ends))


async def _counts(tx: Tx, entries: Sequence[str]) -> dict[str, int]:
    """Entry -> how many items it has, of those that have any."""
    found: dict[str, int] = {}
    for at in range(0, len(entries), _AT_ONCE):
        here = restored_pieces.c.entry.in_(entries[at : at + _AT_ONCE])
        query = select(restored_pieces.c.entry, func.count().label("number")).where(here)
        found |= {row.entry: row.number for row in await tx.execute(query.group_by(restored_pieces.c.entry))}
    return found


async def waiting(tx: Tx, site: str, now: datetime) -> list[RestoredEntry]:
    """A site's entries that nobody has decided yet."""
    query = select(*_FIELDS).where(restored.c.site == site, restored.c.ends > now, restored.c.decision.is_(None))
    return await all_of(tx, RestoredEntry, query)


async def one(tx: Tx, entry_id: str) -> RestoredEntry | None:
    return await first_of(tx, RestoredEntry, select(*_FIELDS).where(restored.c.id == entry_id))


async def whose(tx: Tx, entry_id: str) -> Thing | None:
    """The site of an entry, for permission checks; None where there is no such entry."""
    site: str | None = (await tx.execute(select(restored.c.site).where(restored.c.id == entry_id))).scalar()
    return None if site is None else Thing(site=site)


async def current(tx: Tx, site: str, now: datetime, *, after: PageCursor | None, limit: int) -> list[RestoredEntry]:
    """A site's entries that are neither over nor removed, those first that nobody has decided; those after a place."""
    decided = restored.c.decision.is_not(None)
    query = select(*_FIELDS).where(restored.c.site == site, restored.c.ends > now, _OPEN)
    if after is not None:
        begun = select(restored.c.starts).where(restored.c.id == after.id).scalar_subquery()
        later = or_(restored.c.starts > begun, and_(restored.c.starts == begun, restored.c.id > after.id))
        query = query.where(and_(decided, later) if after.decided else or_(decided, later))
    return await all_of(tx, RestoredEntry, query.order_by(decided, restored.c.starts, restored.c.id).limit(limit))


async def undecided(tx: Tx, site: str, now: datetime) -> int:
    """How many of a site's entries wait for a person."""
    here = (restored.c.site == site, restored.c.ends > now, restored.c.decision.is_(None))
    found: int = (await tx.execute(select(func.count()).select_from(restored).where(*here))).scalar_one()
    return found


async def decided(tx: Tx, site: str, *, before: str | None, limit: int) -> list[RestoredEntry]:
    """What was decided at a site, the newest first, from the decision older than ``before``."""
    query = select(*_FIELDS).where(restored.c.site == site, restored.c.decision_id.is_not(None))
    query = query.order_by(restored.c.decision_id.desc()).limit(limit)
    return await all_of(tx, RestoredEntry, query if before is None else query.where(restored.c.decision_id < before))


async def decide(
    tx: Tx, entry_id: str, decision: RestoredDecision, *, decision_id: str, at: datetime, by: str, why: str
) -> None:
    values = {"decision": decision.value, "decision_id": decision_id, "decided_at": at}
    values |= {"decided_by": by[:200], "decided_why": why}
    await tx.execute(update(restored).where(restored.c.id == entry_id).values(values))


async def pieces(tx: Tx, entries: Sequence[str]) -> dict[str, list[RestoredPiece]]:
    """The pieces of each entry."""
    found: dict[str, list[RestoredPiece]] = {each: [] for each in entries}
    for at in range(0, len(entries), _AT_ONCE):
        query = _PIECES.where(restored_pieces.c.entry.in_(entries[at : at + _AT_ONCE]))
        for piece in _pieces((await tx.execute(query)).mappings()):
            found[piece.entry].append(piece)
    return found


async def for_plan(tx: Tx, site: str, edge: str, now: datetime) -> list[RestoredPiece]:
    """The entries in force for an edge's plan."""
    query = _PIECES.where(
        restored_pieces.c.site == site, restored_pieces.c.edge == edge, restored_pieces.c.ends > now, _OPEN
    )
    return list(_pieces((await tx.execute(query)).mappings()))


async def changed_people(tx: Tx, since: datetime) -> set[str]:
    """The people with codes or cards of their own who were changed at an instant or after it."""
    return set((await tx.execute(select(holders.c.id).where(holders.c.changed_at >= since))).scalars())


async def titles(tx: Tx, ids: Sequence[str]) -> dict[str, str]:
    """Booking -> its title, of those that the diary has."""
    query = select(bookings.c.id, bookings.c.title).where(bookings.c.id.in_(ids))
    return {row.id: row.title for row in await tx.execute(query)} if ids else {}


async def names(tx: Tx, ids: Sequence[str]) -> dict[str, str]:
    """Person with a code or card of their own -> their name, of those that are known."""
    query = select(holders.c.id, holders.c.name).where(holders.c.id.in_(ids))
    return {row.id: row.name for row in await tx.execute(query)} if ids else {}


_PIECES = (
    select(
        restored_pieces.c.entry,
        restored.c.gone,
        restored_pieces.c.edge,
        restored_pieces.c.door,
        restored_pieces.c.starts,
        restored_pieces.c.ends,
        restored_pieces.c.part,
    )
    .join(restored, restored.c.id == restored_pieces.c.entry)
    .order_by(restored_pieces.c.entry, restored_pieces.c.number)
)


def _pieces(rows: Iterable[RowMapping]) -> Iterable[RestoredPiece]:
    for row in rows:
        during = Interval(start=row["starts"], end=row["ends"])
        yield struct_of(RestoredPiece, row, during=during, part=part_of(row["part"]))
