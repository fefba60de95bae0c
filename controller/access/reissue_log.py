"""The record of codes and cards that were replaced: by hand, because others knew them, or because an edge was revoked.

Every function works inside its caller's transaction.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import insert, select

from controller.access.tables import grants, holders, new_codes
from controller.db.engine import Tx
from edge.wire.credentials import CredentialKind
from edge.wire.ids import new_id


class ReissuedCodes(msgspec.Struct, frozen=True, kw_only=True):
    """New codes for this number of ``bookings`` at once, at ``doors``; or for the ``holder`` of a code or card of
    their own, of that ``kind``. ``edge``: the one that was revoked; ``None`` where somebody asked for one booking or
    holder."""

    id: str
    site: str
    at: datetime
    actor: str
    why: str
    edge: str | None
    holder: str | None
    kind: CredentialKind | None
    bookings: int
    doors: tuple[str, ...]


async def record(
    tx: Tx,
    *,
    site: str,
    at: datetime,
    actor: str,
    why: str,
    doors: Collection[str],
    bookings: int = 0,
    edge: str | None = None,
    holder: str | None = None,
) -> None:
    """Record that codes were replaced. ``at``: when the old ones were ended."""
    row = {
        "id": new_id(at),
        "site": site,
        "at": at,
        "actor": actor,
        "why": why,
        "edge": edge,
        "holder": holder,
        "bookings": bookings,
        "doors": json.dumps(sorted(doors)),
    }
    await tx.execute(insert(new_codes).values(row))


async def before(tx: Tx, site: str, *, before: str | None, limit: int) -> list[ReissuedCodes]:
    """A site's, the newest first, from the one older than ``before``."""
    whose = new_codes.outerjoin(holders, holders.c.id == new_codes.c.holder)
    query = select(new_codes, holders.c.kind).select_from(whose).where(new_codes.c.site == site)
    query = query.order_by(new_codes.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(new_codes.c.id < before)
    found = []
    for row in (await tx.execute(query)).mappings():
        kind = CredentialKind(row["kind"]) if row["kind"] is not None else None
        found.append(ReissuedCodes(**{**row, "kind": kind, "doors": tuple(json.loads(row["doors"]))}))
    return found


async def still_open(
    tx: Tx, site: str, found: Sequence[ReissuedCodes], *, made: Mapping[str, datetime], now: datetime
) -> dict[str, set[str]]:
    """Which of these -> the doors that may still open to what it was before. ``made``: door -> when the plan that it
    carries out was made."""
    ended = await _ended(tx, site, {each.at for each in found if each.holder is None}, now)
    return {
        each.id: ended[each.at]
        if each.holder is None
        else {door for door in each.doors if door in made and made[door] < each.at}
        for each in found
    }


async def _ended(tx: Tx, site: str, at: Collection[datetime], now: datetime) -> dict[datetime, set[str]]:
    """When codes of bookings were ended -> the doors that may still open to one that ended then."""
    g = grants.c
    query = (
        select(g.ended_at, g.door)
        .distinct()
        .where(g.site == site, g.ended_at.in_(at), g.off_at.is_(None), g.ends > now, g.on_version.is_not(None))
    )
    found: defaultdict[datetime, set[str]] = defaultdict(set)
    for row in await tx.execute(query) if at else ():
        found[row.ended_at].add(row.door)
    return found
