"""Contacts of people whose code was replaced, after an edge was revoked."""

from collections.abc import Hashable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, select

from controller.access.holders.model import Holder
from controller.db.engine import Tx
from controller.diary.tables import bookings
from controller.enrolment.model import Notified, ToTell
from controller.estate.service import require_site
from controller.text import times
from edge.wire.interval import Interval

_AT_ONCE = 500


async def whom_to_tell(
    tx: Tx,
    site: str,
    doors: Sequence[str],
    changed: Sequence[str],
    renewed: Sequence[Holder],
    *,
    now: datetime,
    members: int,
) -> Notified:
    """Staff and others in their own right first (``renewed``), then the people behind the bookings ``changed``, soonest
    first: each once for all bookings of one title. ``members``: how many of them could get in at these doors."""
    zone = (await require_site(tx, site)).tz
    rows: list[Row[Any, Any, Any, Any, Any, Any, Any]] = []
    for at in range(0, len(changed), _AT_ONCE):
        query = select(
            bookings.c.id,
            bookings.c.title,
            bookings.c.contact_name,
            bookings.c.contact_phone,
            bookings.c.contact_email,
            bookings.c.starts,
            bookings.c.ends,
        ).where(bookings.c.id.in_(changed[at : at + _AT_ONCE]))
        rows += (await tx.execute(query)).all()
    groups: dict[Hashable, ToTell] = {}
    for row in sorted(rows, key=lambda row: (row.starts, row.id)):
        one = (row.title, row.contact_name, row.contact_phone, row.contact_email)
        known = groups.get(one) or ToTell(
            what=row.title,
            who=row.contact_name,
            phone=row.contact_phone,
            email=row.contact_email,
            when=times.window(Interval(start=row.starts, end=row.ends), zone, now=now),
            booking=row.id,
        )
        groups[one] = msgspec.structs.replace(known, bookings=known.bookings + 1)
    own = tuple(ToTell(what=each.draft.kind.value.replace("_", " "), who=each.draft.name) for each in renewed)
    return Notified(doors=tuple(doors), people=own + tuple(groups.values()), members=members)
