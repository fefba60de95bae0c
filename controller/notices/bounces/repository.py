"""All SQL of addresses whose mail comes back."""

from collections.abc import Iterable
from datetime import datetime

import msgspec
from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from controller.db.engine import Tx
from controller.db.structs import all_of, first_of
from controller.notices.bounces.model import BouncedAddress
from controller.notices.bounces.tables import bounced_addresses as table
from controller.people.repository import email_key

_COLUMNS = tuple(table.c[name] for name in BouncedAddress.__struct_fields__)
_MARKED = table.c.cleared_at.is_(None)
_AT_ONCE = 500


async def marked(tx: Tx, addresses: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Of pairs of a site and an address, those that are not to be written to, as site and ``email_key``."""
    keys = sorted({email_key(each) for _, each in addresses})
    found: set[tuple[str, str]] = set()
    for at in range(0, len(keys), _AT_ONCE):
        some = table.c.address_key.in_(keys[at : at + _AT_ONCE])
        rows = await tx.execute(select(table.c.site, table.c.address_key).where(some, _MARKED))
        found |= {(row.site, row.address_key) for row in rows}
    return found


async def of_address(tx: Tx, site: str, address: str) -> BouncedAddress | None:
    """The mark of an address, or what is left of one that was cleared."""
    which = select(*_COLUMNS).where(table.c.site == site, table.c.address_key == email_key(address))
    return await first_of(tx, BouncedAddress, which)


async def put(tx: Tx, new: BouncedAddress) -> None:
    """Mark an address; one that was cleared is marked again."""
    row = msgspec.structs.asdict(new)
    insert = (postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert)(table).values(row)
    await tx.execute(insert.on_conflict_do_update(index_elements=["site", "address_key"], set_=row))


async def clear(tx: Tx, bounced_id: str, now: datetime) -> None:
    await tx.execute(update(table).where(table.c.id == bounced_id).values(cleared_at=now))


async def by_id(tx: Tx, site: str, bounced_id: str) -> BouncedAddress | None:
    """One that is marked."""
    which = select(*_COLUMNS).where(table.c.id == bounced_id, table.c.site == site, _MARKED)
    return await first_of(tx, BouncedAddress, which)


async def of_site(tx: Tx, site: str, *, before: str | None, limit: int) -> list[BouncedAddress]:
    """Those that are marked, the newest first; ``before``: older than the one of that id."""
    query = select(*_COLUMNS).where(table.c.site == site, _MARKED)
    if before is not None:
        query = query.where(table.c.id < before)
    return await all_of(tx, BouncedAddress, query.order_by(table.c.id.desc()).limit(limit))


async def forget(tx: Tx, party: str) -> None:
    await tx.execute(delete(table).where(table.c.party == party))
