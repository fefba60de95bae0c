"""All SQL of what users have seen of a morning."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select

from controller.db.engine import Tx
from controller.notices.tables import morning_seen

_C = morning_seen.c


async def seen(tx: Tx, user_id: str, site: str, now: datetime) -> list[str]:
    """The keys of what is still seen then."""
    query = select(_C.key).where(_C.user_id == user_id, _C.site == site, _C.until > now).order_by(_C.key)
    return list(await tx.scalars(query))


async def forget(tx: Tx, user_id: str, site: str, keys: Collection[str], now: datetime) -> None:
    """No longer seen; what has run out goes, of whatever user and site."""
    await tx.execute(delete(morning_seen).where(_C.user_id == user_id, _C.site == site, _C.key.in_(keys)))
    await tx.execute(delete(morning_seen).where(_C.until <= now))


async def add(tx: Tx, user_id: str, site: str, keys: Collection[str], until: datetime) -> None:
    """Of none that are there already."""
    if keys:
        rows = [{"user_id": user_id, "site": site, "key": each, "until": until} for each in keys]
        await tx.execute(morning_seen.insert(), rows)
