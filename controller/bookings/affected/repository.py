"""All SQL about affected bookings. Every function works inside its caller's transaction; a caller that
writes holds the site's lock."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, tuple_, update

from controller.bookings.diary.model import LONGEST, LONGEST_WHY, BookingState, Cause, Impact
from controller.bookings.diary.tables import bookings, impacts
from controller.db.compiled_sql import put
from controller.db.engine import Tx, batches

_ACTIVE = [each.value for each in (BookingState.REQUESTED, BookingState.HELD, BookingState.CONFIRMED)]


async def record(tx: Tx, site: str, found: Mapping[str, str], *, cause: Cause, at: datetime, actor: str) -> None:
    """Mark these bookings (id -> text) as affected. Replaces an earlier mark of the same cause, and any decision on
    it."""
    await clear(tx, found, causes=[cause])
    rows = [
        {
            "booking_id": each,
            "cause": cause.value,
            "site": site,
            "text": text[:LONGEST_WHY],
            "at": at,
            "actor": actor,
        }
        for each, text in found.items()
    ]
    await put(tx, impacts, rows)


async def clear(tx: Tx, booking_ids: Iterable[str], *, causes: Collection[Cause] = tuple(Cause)) -> None:
    """These causes no longer affect these bookings."""
    for lot in batches(booking_ids):
        mine = (impacts.c.booking_id.in_(lot), impacts.c.cause.in_([each.value for each in causes]))
        await tx.execute(delete(impacts).where(*mine))


async def reword(tx: Tx, texts: Mapping[str, str], *, cause: Cause) -> None:
    """A cause still affects these bookings, for the reason given (id -> text); what was decided stays."""
    for each, text in texts.items():
        mine = (impacts.c.booking_id == each, impacts.c.cause == cause.value, impacts.c.text != text[:LONGEST_WHY])
        await tx.execute(update(impacts).where(*mine).values(text=text[:LONGEST_WHY]))


async def of_bookings(tx: Tx, booking_ids: Iterable[str]) -> dict[str, list[Impact]]:
    """Booking id -> what affects it; bookings that nothing affects are left out."""
    found: defaultdict[str, list[Impact]] = defaultdict(list)
    for lot in batches(booking_ids):
        query = select(impacts).where(impacts.c.booking_id.in_(lot)).order_by(impacts.c.cause)
        for row in (await tx.execute(query)).mappings():
            values = {name: row[name] for name in Impact.__struct_fields__}
            found[row["booking_id"]].append(Impact(**values | {"cause": Cause(row["cause"])}))
    return dict(found)


async def affected(tx: Tx, site: str, *, cause: Cause, now: datetime) -> list[str]:
    """Ids of active bookings that are not over and that the cause affects."""
    query = select(impacts.c.booking_id).join(bookings, bookings.c.id == impacts.c.booking_id)
    here = (impacts.c.site == site, impacts.c.cause == cause.value)
    return list((await tx.execute(query.where(*here, *_active(now)))).scalars())


async def page(
    tx: Tx,
    site: str,
    *,
    causes: Collection[Cause],
    kept: bool,
    now: datetime,
    after: str | None,
    limit: int,
) -> list[str]:
    """Ids of active bookings that are affected, by start, from the one after ``after``. ``kept``: those that go ahead
    anyway, instead of those that nobody has decided on."""
    c = bookings.c
    open_ones = (
        select(impacts.c.booking_id)
        .where(
            impacts.c.site == site,
            impacts.c.cause.in_([each.value for each in causes]),
            impacts.c.kept_at.is_not(None) if kept else impacts.c.kept_at.is_(None),
        )
        .scalar_subquery()
    )
    query = select(c.id).where(c.site == site, c.id.in_(open_ones), *_active(now))
    if after is not None:
        starts = select(c.starts).where(c.id == after).scalar_subquery()
        query = query.where(or_(c.starts > starts, and_(c.starts == starts, c.id > after)))
    return list((await tx.execute(query.order_by(c.starts, c.id).limit(limit))).scalars())


async def undecided(tx: Tx, site: str, *, now: datetime) -> int:
    """How many active bookings are affected and not decided on."""
    query = select(func.count(impacts.c.booking_id.distinct())).join(bookings, bookings.c.id == impacts.c.booking_id)
    here = (impacts.c.site == site, impacts.c.kept_at.is_(None))
    return int((await tx.execute(query.where(*here, *_active(now)))).scalar_one())


async def keep(tx: Tx, pairs: Sequence[tuple[str, Cause]], *, at: datetime | None, actor: str | None) -> None:
    """These bookings go ahead anyway; ``at`` ``None``: undecided again."""
    for part in batches(pairs):
        lot = [(each, cause.value) for each, cause in part]
        mine = tuple_(impacts.c.booking_id, impacts.c.cause).in_(lot)
        await tx.execute(update(impacts).where(mine).values(kept_at=at, kept_by=actor))


def _active(now: datetime) -> tuple[ColumnElement[bool], ...]:
    c = bookings.c
    not_run_out = or_(c.state != BookingState.HELD.value, c.held_until.is_(None), c.held_until > now)
    return c.starts > now - LONGEST, c.ends > now, c.state.in_(_ACTIVE), not_run_out
