"""The record of codes that were given anew: by hand, since others knew them, or as an edge was put out.

Every function works inside its caller's transaction.
"""

import json
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import insert, select

from controller.access.tables import grants, new_codes
from controller.database import Tx
from edge.wire.ids import uuid7


class GivenAnew(msgspec.Struct, frozen=True, kw_only=True):
    """Other codes for so many ``bookings`` at once, at ``doors``. ``edge``: which one was put out; ``None`` where
    somebody asked for one booking's."""

    id: str
    site: str
    at: datetime
    actor: str
    why: str
    edge: str | None
    bookings: int
    doors: tuple[str, ...]


async def record(
    tx: Tx,
    *,
    site: str,
    at: datetime,
    actor: str,
    why: str,
    bookings: int,
    doors: Collection[str],
    edge: str | None = None,
) -> None:
    """Put down that codes were given anew. ``at``: the moment at which the old ones were ended."""
    row = {
        "id": uuid7(at, secrets.token_bytes(10)),
        "site": site,
        "at": at,
        "actor": actor,
        "why": why,
        "edge": edge,
        "bookings": bookings,
        "doors": json.dumps(sorted(doors)),
    }
    await tx.execute(insert(new_codes).values(row))


async def before(tx: Tx, site: str, *, before: str | None, limit: int) -> list[GivenAnew]:
    """A site's, the newest first, from the one older than ``before``."""
    query = select(new_codes).where(new_codes.c.site == site).order_by(new_codes.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(new_codes.c.id < before)
    return [
        GivenAnew(**{**row, "doors": tuple(json.loads(row["doors"]))}) for row in (await tx.execute(query)).mappings()
    ]


async def still_open(tx: Tx, site: str, found: Sequence[GivenAnew], *, now: datetime) -> dict[datetime, set[str]]:
    """When codes were given anew -> the doors that may still open to one that ended then."""
    g = grants.c
    ended = {each.at for each in found}
    query = (
        select(g.ended_at, g.door)
        .distinct()
        .where(g.site == site, g.ended_at.in_(ended), g.off_at.is_(None), g.ends > now, g.on_version.is_not(None))
    )
    doors: dict[datetime, set[str]] = {}
    for row in await tx.execute(query) if ended else ():
        doors.setdefault(row.ended_at, set()).add(row.door)
    return doors
