"""All SQL about the waiting list."""

from collections.abc import Collection, Iterable
from datetime import datetime

import msgspec
from sqlalchemy import RowMapping, and_, false, func, insert, or_, select, true, update

from controller.bookings.diary.model import Booking, BookingRequest, BookingState
from controller.bookings.diary.tables import bookings, waits
from controller.bookings.diary.waitlist import IN_LINE, LEAST, WIDEST_BUFFER, Wait, WaitState
from controller.db.engine import Tx
from controller.people.permissions import Thing
from edge.wire.interval import Interval

_WANTED = waits.c.state == WaitState.WAITING.value
_IN_LINE = waits.c.state.in_([state.value for state in IN_LINE])


async def insert_wait(tx: Tx, value: Wait) -> None:
    await tx.execute(insert(waits).values(_row(value)))


async def next_turn(tx: Tx, site: str) -> int:
    """The next number in the queue. The caller holds the site's lock."""
    last: int | None = (await tx.execute(select(func.max(waits.c.turn)).where(waits.c.site == site))).scalar()
    return (last or 0) + 1


async def update_wait(tx: Tx, value: Wait) -> None:
    """Write every field. The caller holds the site's lock."""
    await tx.execute(update(waits).where(waits.c.id == value.id).values(_row(value)))


async def wait(tx: Tx, wait_id: str) -> Wait | None:
    row = (await tx.execute(select(waits).where(waits.c.id == wait_id))).mappings().first()
    return _wait(row) if row else None


async def whose(tx: Tx, wait_id: str) -> Thing | None:
    """The site and the party of a wait; None where there is none."""
    row = (await tx.execute(select(waits.c.site, waits.c.party).where(waits.c.id == wait_id))).first()
    return Thing(site=row.site, party=row.party) if row else None


async def in_line(tx: Tx, site: str, *, state: WaitState | None = None) -> list[Wait]:
    """The waits of a site that are waiting or on offer, in the order in which they were made."""
    query = select(waits).where(waits.c.site == site, _IN_LINE)
    if state is not None:
        query = query.where(waits.c.state == state.value)
    rows = (await tx.execute(query.order_by(waits.c.turn))).mappings()
    return [_wait(row) for row in rows]


async def of_things(tx: Tx, whose: Iterable[Thing]) -> list[Wait]:
    """The waits of these sites and parties that are waiting or on offer, by start; ``None`` as the site of one stands
    for all."""
    theirs = [
        and_(waits.c.party == each.party, true() if each.site is None else waits.c.site == each.site) for each in whose
    ]
    query = select(waits).where(_IN_LINE, or_(false(), *theirs)).order_by(waits.c.starts, waits.c.id)
    return [_wait(row) for row in (await tx.execute(query)).mappings()]


async def of_bookings(tx: Tx, ids: Collection[str]) -> dict[str, Wait]:
    """The waits to which these bookings are, or were last, on offer, by booking."""
    query = select(waits).where(waits.c.booking.in_(ids))
    return {row["booking"]: _wait(row) for row in (await tx.execute(query)).mappings()}


async def offers(tx: Tx, held: Collection[Booking]) -> dict[str, Wait]:
    """Booking id -> the wait to which this hold is on offer; holds that are no offer are left out."""
    if not held:
        return {}
    found = await of_bookings(tx, [each.id for each in held])
    return {booking: wait for booking, wait in found.items() if wait.state is WaitState.OFFERED}


async def kept_offers(tx: Tx, batch: str) -> list[Wait]:
    """The offers that end when a batch of changes is undone, by turn."""
    query = select(waits).where(waits.c.undo_batch == batch, waits.c.state == WaitState.OFFERED.value)
    return [_wait(row) for row in (await tx.execute(query.order_by(waits.c.turn))).mappings()]


async def let_stand(tx: Tx, batch: str) -> None:
    """The batch cannot be undone any more."""
    await tx.execute(update(waits).where(waits.c.undo_batch == batch).values(undo_batch=""))


async def anybody_near(tx: Tx, site: str, spans: Collection[Interval]) -> bool:
    """Whether anybody waits for one of these times."""
    near = [
        and_(waits.c.starts < each.end + WIDEST_BUFFER, waits.c.ends > each.start - WIDEST_BUFFER) for each in spans
    ]
    query = select(waits.c.id).where(waits.c.site == site, _IN_LINE, or_(*near)).limit(1)
    return (await tx.execute(query)).first() is not None


async def still(tx: Tx, party: str, now: datetime) -> str | None:
    """As ``PersonalData`` has it."""
    found = (await tx.execute(select(waits.c.id).where(waits.c.party == party, _IN_LINE).limit(1))).first()
    return "waits for a time; take it off the waiting list first" if found else None


async def sites(tx: Tx) -> set[str]:
    """The sites at which somebody waits or has an offer."""
    return set((await tx.execute(select(waits.c.site).where(_IN_LINE).distinct())).scalars())


async def next_due(tx: Tx, now: datetime) -> datetime | None:
    """When the next offer runs out, or a hold at a site where somebody waits, or a time that is waited for begins or is
    no longer of use."""
    held = (
        select(func.min(bookings.c.held_until))
        .join_from(bookings, waits, bookings.c.site == waits.c.site)
        .where(bookings.c.state == BookingState.HELD.value, bookings.c.held_until > now, _IN_LINE)
    )
    offer = select(func.min(waits.c.offered_until)).where(waits.c.state == WaitState.OFFERED.value)
    begins = select(func.min(waits.c.starts)).where(_WANTED, waits.c.starts > now)
    ends = select(func.min(waits.c.ends)).where(_WANTED, waits.c.starts <= now)
    times = [(await tx.execute(query)).scalar() for query in (held, offer, begins)]
    last: datetime | None = (await tx.execute(ends)).scalar()
    return min((each for each in (*times, last and last - LEAST) if each is not None), default=None)


def _wait(row: RowMapping) -> Wait:
    return Wait(
        asked=msgspec.json.decode(row["asked"], type=BookingRequest),
        spaces=tuple(row["spaces"].split(",")),
        state=WaitState(row["state"]),
        **{name: row[name] for name in _PLAIN},
    )


def _row(value: Wait) -> dict[str, object]:
    return {
        **{name: getattr(value, name) for name in _PLAIN},
        "party": value.asked.party,
        "starts": value.asked.during.start,
        "ends": value.asked.during.end,
        "asked": msgspec.json.encode(value.asked).decode(),
        "spaces": ",".join(value.spaces),
        "state": value.state.value,
    }


_PLAIN = tuple(name for name in Wait.__struct_fields__ if name not in ("asked", "spaces", "state"))
"""Fields that are columns of the same name and type."""
