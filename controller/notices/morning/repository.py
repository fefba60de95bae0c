"""All SQL of what users have seen of a morning."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from controller.db.engine import Tx
from controller.notices.tables import morning_seen

_C = morning_seen.c


async def seen(tx: Tx, user_id: str, site: str, now: datetime) -> list[str]:
    """The keys of what is still seen then."""
    query = select(_C.key).where(_C.user_id == user_id, _C.site == site, _C.until > now).order_by(_C.key)
    return list(await tx.scalars(query))


async def forget(tx: Tx, user_id: str, site: str, keys: Collection[str]) -> None:
    """No longer seen."""
    await tx.execute(delete(morning_seen).where(_C.user_id == user_id, _C.site == site, _C.key.in_(keys)))


async def drop_old(tx: Tx, now: datetime) -> None:
    """What has run out goes, of whatever user and site."""
    await tx.execute(delete(morning_seen).where(_C.until <= now))


async def put(tx: Tx, user_id: str, site: str, keys: Collection[str], until: datetime) -> None:
    """Two devices of a user may do so at the same time."""
    if keys:
        insert = (postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert)(morning_seen)
        either = insert.on_conflict_do_update(
            index_elements=["user_id", "site", "key"], set_={"until": insert.excluded.until}
        )
        # In one order, so that two who do so at once do not wait for each other.
        rows = [{"user_id": user_id, "site": site, "key": each, "until": until} for each in sorted(keys)]
        await tx.execute(either, rows)
