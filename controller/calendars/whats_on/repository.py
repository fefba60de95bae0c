"""The one query of what's on."""

from datetime import datetime

import msgspec
from sqlalchemy import and_, or_, select

from controller.db.engine import Tx
from controller.db.structs import all_of, columns_of
from controller.diary.model import LONGEST, BookingState
from controller.diary.tables import bookings
from edge.wire.interval import Interval


class ListedEventRow(msgspec.Struct, frozen=True, kw_only=True):
    """A public booking that takes place, or was going to."""

    id: str
    space: str
    title: str
    starts: datetime
    ends: datetime
    party: str | None
    called_off: bool


async def listed(tx: Tx, site: str, during: Interval, *, limit: int) -> list[ListedEventRow]:
    """Public bookings that touch ``during``, by start: the confirmed ones, and those that were called off since."""
    c = bookings.c
    query = (
        select(*columns_of(ListedEventRow, bookings), (c.state == BookingState.CANCELLED.value).label("called_off"))
        .where(
            c.site == site,
            c.public,
            c.starts < during.end,
            c.starts > during.start - LONGEST,  # lets the index bound the search
            c.ends > during.start,
            or_(
                c.state == BookingState.CONFIRMED.value,
                and_(c.state == BookingState.CANCELLED.value, c.state_before == BookingState.CONFIRMED.value),
            ),
        )
        .order_by(c.starts, c.id)
        .limit(limit)
    )
    return await all_of(tx, ListedEventRow, query)
