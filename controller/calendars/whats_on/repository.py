"""The one query of what's on."""

from datetime import datetime

import msgspec
from sqlalchemy import and_, or_, select

from controller.db.engine import Tx
from controller.diary.limits import LONGEST
from controller.diary.model import BookingState
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
        select(c.id, c.space, c.title, c.starts, c.ends, c.party, c.state)
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
    return [
        ListedEventRow(
            id=row.id,
            space=row.space,
            title=row.title,
            starts=row.starts,
            ends=row.ends,
            party=row.party,
            called_off=row.state == BookingState.CANCELLED.value,
        )
        for row in await tx.execute(query)
    ]
