"""All SQL about bookings whose people have not come."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, or_, select

from controller.bookings import repository as bookings_repository
from controller.bookings.absence_rules import FORGOTTEN_AFTER
from controller.db.engine import Tx
from controller.diary.limits import LONGEST
from controller.diary.model import Arrival, Booking, BookingState
from controller.diary.tables import bookings


async def not_come(tx: Tx, now: datetime, *, site: str | None = None) -> list[Booking]:
    """Bookings that have begun, are not long over, and whose people are not known to have arrived, or arrived after the
    release. Blocks of outside diaries are not among them: only that diary releases them.
    """
    # Anybody may have walked in; a rule may want more than that.
    unsure = or_(bookings.c.arrived_at.is_(None), bookings.c.arrived_how == Arrival.PRESENCE.value)
    query = select(bookings.c.id).where(
        or_(
            and_(bookings.c.state == BookingState.CONFIRMED.value, unsure),
            and_(bookings.c.state == BookingState.RELEASED.value, bookings.c.let_in_at.is_not(None)),
        ),
        bookings.c.diary == "",
        bookings.c.starts <= now,
        bookings.c.starts > now - LONGEST - FORGOTTEN_AFTER,
        bookings.c.ends > now - FORGOTTEN_AFTER,
    )
    if site is not None:
        query = query.where(bookings.c.site == site)
    ids: Sequence[str] = (await tx.execute(query.order_by(bookings.c.starts))).scalars().all()
    return await bookings_repository.some(tx, ids)


async def pinned(tx: Tx, booking_id: str) -> Booking | None:
    """The booking; reports of its doors wait until this transaction ends."""
    await tx.execute(select(bookings.c.id).where(bookings.c.id == booking_id).with_for_update())
    return await bookings_repository.booking(tx, booking_id)
