"""Contacts of people whose code was replaced, after an edge was revoked."""

from collections.abc import Hashable, Sequence
from datetime import datetime

import msgspec

from controller.access.holders.model import Holder
from controller.bookings import repository as bookings
from controller.db.engine import Tx
from controller.enrolment.model import Notified, ToTell
from controller.estate.service import require_site
from controller.text import times


async def people_to_notify(
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
    groups: dict[Hashable, ToTell] = {}
    for each in await bookings.some(tx, changed):
        one = (each.title, each.contact_name, each.contact_phone, each.contact_email)
        known = groups.get(one) or ToTell(
            what=each.title,
            who=each.contact_name,
            phone=each.contact_phone,
            email=each.contact_email,
            when=times.window(each.during, zone, now=now),
            booking=each.id,
        )
        groups[one] = msgspec.structs.replace(known, bookings=known.bookings + 1)
    own = tuple(ToTell(what=each.draft.kind.value.replace("_", " "), who=each.draft.name) for each in renewed)
    return Notified(doors=tuple(doors), people=own + tuple(groups.values()), members=members)
