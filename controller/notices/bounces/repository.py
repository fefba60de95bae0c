"""The table of addresses whose mail comes back, and all SQL about them."""

from collections.abc import Iterable
from datetime import datetime

import msgspec
from sqlalchemy import Column, String, Table, UniqueConstraint, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from controller.db.engine import Instant, Tx, metadata
from controller.db.row_mapping import all_of, first_of
from controller.notices.bounces.model import BouncedAddress
from controller.people.repository import email_key

bounced_addresses = Table(
    "bounced_addresses",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("site", String(40), nullable=False),  # empty: mails about accounts
    Column("address_key", String(320), nullable=False),
    Column("contact_address", String(320), nullable=False),
    Column("at", Instant, nullable=False),
    Column("reply", String(500), nullable=False),
    Column("party", String(40), index=True),
    Column("cleared_at", Instant),
    UniqueConstraint("site", "address_key", name="uq_bounced_addresses"),
)
"""One that was cleared stays, so that a mail that was on its way before does not mark it again when it comes back."""


_COLUMNS = tuple(bounced_addresses.c[name] for name in BouncedAddress.__struct_fields__)
_MARKED = bounced_addresses.c.cleared_at.is_(None)
_AT_ONCE = 500


async def marked(tx: Tx, addresses: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Of pairs of a site and an address, those that are not to be written to, as site and ``email_key``."""
    keys = sorted({email_key(each) for _, each in addresses})
    found: set[tuple[str, str]] = set()
    for at in range(0, len(keys), _AT_ONCE):
        some = bounced_addresses.c.address_key.in_(keys[at : at + _AT_ONCE])
        rows = await tx.execute(select(bounced_addresses.c.site, bounced_addresses.c.address_key).where(some, _MARKED))
        found |= {(row.site, row.address_key) for row in rows}
    return found


async def of_address(tx: Tx, site: str, address: str) -> BouncedAddress | None:
    """The mark of an address, or what is left of one that was cleared."""
    which = select(*_COLUMNS).where(
        bounced_addresses.c.site == site, bounced_addresses.c.address_key == email_key(address)
    )
    return await first_of(tx, BouncedAddress, which)


async def put(tx: Tx, new: BouncedAddress) -> None:
    """Mark an address; one that was cleared is marked again."""
    row = msgspec.structs.asdict(new)
    insert = (postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert)(bounced_addresses).values(row)
    await tx.execute(insert.on_conflict_do_update(index_elements=["site", "address_key"], set_=row))


async def clear(tx: Tx, bounced_id: str, now: datetime) -> None:
    await tx.execute(update(bounced_addresses).where(bounced_addresses.c.id == bounced_id).values(cleared_at=now))


async def by_id(tx: Tx, site: str, bounced_id: str) -> BouncedAddress | None:
    """One that is marked."""
    which = select(*_COLUMNS).where(bounced_addresses.c.id == bounced_id, bounced_addresses.c.site == site, _MARKED)
    return await first_of(tx, BouncedAddress, which)


async def of_site(tx: Tx, site: str, *, before: str | None, limit: int) -> list[BouncedAddress]:
    """Those that are marked, the newest first; ``before``: older than the one of that id."""
    query = select(*_COLUMNS).where(bounced_addresses.c.site == site, _MARKED)
    if before is not None:
        query = query.where(bounced_addresses.c.id < before)
    return await all_of(tx, BouncedAddress, query.order_by(bounced_addresses.c.id.desc()).limit(limit))


async def forget(tx: Tx, party: str) -> None:
    await tx.execute(delete(bounced_addresses).where(bounced_addresses.c.party == party))
