"""All SQL about subscriptions and the bookings that they show."""

from collections.abc import Collection
from datetime import datetime

import msgspec
from sqlalchemy import RowMapping, insert, or_, select, update

from controller.bookings.diary.model import LONGEST, BookingState
from controller.bookings.diary.tables import bookings
from controller.calendars.subscriptions.model import Subscription
from controller.calendars.tables import subscriptions
from controller.db.engine import Tx
from controller.db.row_mapping import all_of, columns_of, struct_of
from edge.wire.interval import Interval

_COLUMNS = columns_of(Subscription, subscriptions)


class PublicBooking(msgspec.Struct, frozen=True, kw_only=True):
    """What a calendar may show of a booking."""

    id: str
    site: str
    space: str
    title: str
    contact_name: str
    contact_phone: str
    contact_email: str
    people: int | None
    starts: datetime
    ends: datetime
    state: BookingState
    held_until: datetime | None
    party: str | None
    layout: str | None
    created_at: datetime
    changed_at: datetime
    version: int


_SHOWN = columns_of(PublicBooking, bookings)


async def add(tx: Tx, value: Subscription, *, token_hash: bytes) -> None:
    sites = None if value.only_sites is None else msgspec.json.encode(sorted(value.only_sites)).decode()
    row = msgspec.structs.asdict(value) | {"shows": value.shows.value, "only_sites": sites, "token_hash": token_hash}
    await tx.execute(insert(subscriptions).values(row))


async def get(tx: Tx, subscription_id: str) -> Subscription | None:
    row = (await tx.execute(select(*_COLUMNS).where(subscriptions.c.id == subscription_id))).mappings().first()
    return _subscription(row) if row else None


async def by_token(tx: Tx, token_hash: bytes) -> Subscription | None:
    """The one that has this link, revoked or not."""
    row = (await tx.execute(select(*_COLUMNS).where(subscriptions.c.token_hash == token_hash))).mappings().first()
    return _subscription(row) if row else None


async def active(tx: Tx, *, by: str | None, after: str | None, limit: int) -> list[Subscription]:
    """Those that are not revoked, in the order of their ids; only those made by the user ``by`` if given."""
    query = select(*_COLUMNS).where(subscriptions.c.revoked_at.is_(None), subscriptions.c.id > (after or ""))
    if by is not None:
        query = query.where(subscriptions.c.user_id == by)
    rows = await tx.execute(query.order_by(subscriptions.c.id).limit(limit))
    return [_subscription(row) for row in rows.mappings()]


async def revoke(tx: Tx, subscription_id: str, *, now: datetime) -> bool:
    """True when it was not revoked before."""
    mine = (subscriptions.c.id == subscription_id, subscriptions.c.revoked_at.is_(None))
    return bool((await tx.execute(update(subscriptions).where(*mine).values(revoked_at=now))).rowcount)


def _subscription(row: RowMapping) -> Subscription:
    sites = None if row["only_sites"] is None else msgspec.json.decode(row["only_sites"])
    return struct_of(Subscription, row, only_sites=sites)


async def of_spaces(
    tx: Tx, site: str, spaces: Collection[str] | None, during: Interval, *, states: Collection[BookingState], limit: int
) -> list[PublicBooking]:
    """Bookings of a site, or of some of its spaces, that touch ``during``, by start."""
    query = select(*_SHOWN).where(
        bookings.c.site == site,
        bookings.c.starts < during.end,
        bookings.c.starts > during.start - LONGEST,  # lets the index bound the search
        bookings.c.ends > during.start,
        bookings.c.state.in_([state.value for state in states]),
    )
    if spaces is not None:
        query = query.where(bookings.c.space.in_(sorted(spaces)))
    return await all_of(tx, PublicBooking, query.order_by(bookings.c.starts, bookings.c.id).limit(limit))


async def of_parties(
    tx: Tx, parties: Collection[str], during: Interval, *, sites: Collection[str] | None, limit: int
) -> list[PublicBooking]:
    """Bookings of some parties in any state that touch ``during``, by start; only at ``sites`` where given."""
    query = select(*_SHOWN).where(
        bookings.c.party.in_(sorted(parties)),
        bookings.c.starts < during.end,
        bookings.c.starts > during.start - LONGEST,
        bookings.c.ends > during.start,
    )
    if sites is not None:
        query = query.where(bookings.c.site.in_(sorted(sites)))
    return await all_of(tx, PublicBooking, query.order_by(bookings.c.starts, bookings.c.id).limit(limit))


async def revoke_of_user(tx: Tx, user: str, party: str, *, now: datetime) -> list[str]:
    """Revoke what a user has made for a party; the ids."""
    c = subscriptions.c
    theirs = (c.user_id == user, or_(c.party == party, c.owner_party == party), c.revoked_at.is_(None))
    found = list((await tx.execute(select(c.id).where(*theirs).order_by(c.id))).scalars())
    await tx.execute(update(subscriptions).where(*theirs).values(revoked_at=now))
    return found


async def forget(tx: Tx, party: str, actor: str, now: datetime) -> None:
    """As ``PersonalData`` has it: the links to its calendar."""
    c = subscriptions.c
    mine = or_(c.party == party, c.owner_party == party)
    await tx.execute(update(subscriptions).where(mine, c.revoked_at.is_(None)).values(revoked_at=now))
    await tx.execute(update(subscriptions).where(mine).values(name=""))
