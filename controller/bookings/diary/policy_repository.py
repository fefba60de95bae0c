"""All SQL about policies, and about the bookings that a change would affect."""

from datetime import datetime

import msgspec
from sqlalchemy import or_, select
from sqlalchemy.dialects import postgresql, sqlite

from controller.bookings.diary.model import CLAIMING, BookingState, Claimed
from controller.bookings.diary.policy import Policy
from controller.bookings.diary.tables import bookings, policies
from controller.db.engine import Tx
from edge.wire.interval import Interval


async def policy(tx: Tx, site: str) -> Policy:
    """The site's policy; the plain one where none is set."""
    document: str | None = (await tx.execute(select(policies.c.document).where(policies.c.site == site))).scalar()
    return Policy() if document is None else msgspec.json.decode(document, type=Policy)


async def shown_sites(tx: Tx) -> frozenset[str]:
    """The sites that have a public page."""
    rows = await tx.execute(select(policies.c.site, policies.c.document))
    return frozenset(row.site for row in rows if msgspec.json.decode(row.document, type=Policy).public_page.shown)


async def least_age(tx: Tx, site: str) -> int:
    """From how old on members of the library may come in."""
    return (await policy(tx, site)).member_age


async def put_policy(tx: Tx, site: str, value: Policy, *, actor: str, now: datetime) -> None:
    row = {"document": msgspec.json.encode(value).decode(), "changed_at": now, "changed_by": actor}
    dialect = sqlite if tx.dialect.name == "sqlite" else postgresql
    upsert = dialect.insert(policies).values(row | {"site": site})
    await tx.execute(upsert.on_conflict_do_update(index_elements=["site"], set_=row))


async def active_bookings(tx: Tx, site: str, *, since: datetime, now: datetime) -> list[tuple[str | None, Claimed]]:
    """Party and booking of what is active or requested at a site and starts after ``since``, by start."""
    c = bookings.c
    query = select(c.id, c.title, c.space, c.party, c.starts, c.ends).where(
        c.site == site,
        c.starts > since,
        c.state.in_([each.value for each in (*CLAIMING, BookingState.REQUESTED)]),
        or_(c.state != BookingState.HELD.value, c.held_until.is_(None), c.held_until > now),
    )
    return [
        (
            row.party,
            Claimed(id=row.id, title=row.title, space=row.space, during=Interval(start=row.starts, end=row.ends)),
        )
        for row in await tx.execute(query.order_by(c.starts, c.id))
    ]
