"""The tables of hire requests and of the texts of the hire terms that were accepted, and all SQL about them."""

from datetime import datetime

import msgspec
from sqlalchemy import (
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    Text,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from controller.billing.hire_requests.model import AcceptedTerms, HireRequest
from controller.bookings.diary.model import BookingState
from controller.bookings.diary.policy import HirePolicy
from controller.bookings.diary.tables import bookings
from controller.db.engine import Instant, Tx, metadata
from controller.db.row_mapping import columns_of, first_of

hire_requests = Table(
    "hire_requests",
    metadata,
    Column("id", String(36), primary_key=True),  # also of its mail, which is deleted before it
    Column("site", String(40), nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # who asks for what; empty once it is confirmed
    Column("address_digest", LargeBinary(32)),
    Column("terms_version", String(12), nullable=False),
    Column("accepted_at", Instant, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("confirmed_at", Instant),  # null: nobody has shown yet that the address is theirs
    Column("booking_id", String(36), ForeignKey("bookings.id"), unique=True),
    Column("party", String(40), ForeignKey("parties.id"), index=True),
    Index("ix_hire_requests_site", "site", "made_at"),
)

hire_terms = Table(
    "hire_terms",
    metadata,
    Column("version", String(12), primary_key=True),
    Column("terms", Text, nullable=False),
)
"""Each text that was accepted, once."""


_C = hire_requests.c


async def add(tx: Tx, request: HireRequest) -> None:
    await tx.execute(insert(hire_requests).values(msgspec.structs.asdict(request)))


async def by_id(tx: Tx, request_id: str) -> HireRequest | None:
    return await first_of(tx, HireRequest, select(*columns_of(HireRequest, hire_requests)).where(_C.id == request_id))


async def confirm(tx: Tx, request_id: str, **fields: object) -> None:
    """Note the booking; what was asked for is no longer kept beside it."""
    await tx.execute(update(hire_requests).where(_C.id == request_id).values(sealed=b"", **fields))


async def keep_terms(tx: Tx, hire: HirePolicy) -> None:
    """Keep the text that was accepted. Idempotent."""
    dialect = sqlite if tx.dialect.name == "sqlite" else postgresql
    row = dialect.insert(hire_terms).values(version=hire.terms_version, terms=hire.terms)
    await tx.execute(row.on_conflict_do_nothing())


async def waiting(tx: Tx, site: str, now: datetime, *, address: bytes | None = None) -> int:
    """How many bookings of a site that were asked for in this way wait for a decision; of one address, if given."""
    which = [_waits(now)]
    if address is not None:
        which.append(_C.address_digest == address)
    return await _coming(tx, site, now, *which)


async def coming_of(tx: Tx, site: str, address: bytes, now: datetime) -> int:
    """How many bookings of a site that were asked for with this address are still to come, whatever their names and
    parties, and whether they wait or are confirmed."""
    confirmed = bookings.c.state == BookingState.CONFIRMED.value
    return await _coming(tx, site, now, _C.address_digest == address, or_(_waits(now), confirmed))


async def self_confirmed(tx: Tx, site: str, now: datetime) -> int:
    """How many bookings of a site that were asked for in this way and are still to come were confirmed by its rules
    when they were made, by no manager."""
    c = bookings.c
    return await _coming(tx, site, now, c.state == BookingState.CONFIRMED.value, c.state_before.is_(None))


def _waits(now: datetime) -> ColumnElement[bool]:
    c = bookings.c
    held = and_(c.state == BookingState.HELD.value, or_(c.held_until.is_(None), c.held_until > now))
    return or_(c.state == BookingState.REQUESTED.value, held)


async def _coming(tx: Tx, site: str, now: datetime, *which: ColumnElement[bool]) -> int:
    c = bookings.c
    query = select(func.count()).join_from(hire_requests, bookings, c.id == _C.booking_id)
    return int((await tx.execute(query.where(_C.site == site, c.ends > now, *which))).scalar_one())


async def accepted(tx: Tx, booking_id: str) -> AcceptedTerms | None:
    query = select(_C.site, _C.terms_version, hire_terms.c.terms, _C.made_at, _C.accepted_at, _C.confirmed_at)
    query = query.join_from(hire_requests, hire_terms, hire_terms.c.version == _C.terms_version)
    return await first_of(tx, AcceptedTerms, query.where(_C.booking_id == booking_id))


async def forget_unconfirmed(tx: Tx, before: datetime) -> None:
    """Delete what was asked for before then and never confirmed."""
    await tx.execute(delete(hire_requests).where(_C.confirmed_at.is_(None), _C.made_at < before))


async def forget(tx: Tx, party: str, actor: str, now: datetime) -> None:
    """Delete by what the requests of a party can be known by their address."""
    await tx.execute(update(hire_requests).where(_C.party == party).values(address_digest=None))
