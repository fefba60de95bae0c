"""Codes at doors whose secret has changed: hashed again where people keep their codes, replaced where a thief may know
them; and the record of codes and cards that were replaced: by hand, because others knew them, or because an edge was
revoked.

Every function works inside its caller's transaction, which holds the site's lock.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import insert, select, update

from controller.access.code_generation import Codes, Issue
from controller.access.service import AccessService, revoke
from controller.access.tables import code_claims, grants, holders, new_codes
from controller.db.engine import Tx, batches
from controller.estate import repository as estate
from edge.wire.credentials import CredentialKind, code_key
from edge.wire.ids import new_id
from edge.wire.interval import Interval


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


async def rehash(tx: Tx, access: AccessService, *, site: str, secrets: Mapping[str, bytes]) -> None:
    """Hash the codes that are wanted at some doors with the doors' new secrets (door id -> secret). Nobody's code
    changes; the plan that is made after this holds all of them so."""
    rows = (
        await tx.execute(
            select(grants.c.id, grants.c.booking_id, grants.c.door).where(
                grants.c.site == site,
                grants.c.door.in_(secrets),
                grants.c.kind == CredentialKind.BOOKING_CODE,
                grants.c.ended_at.is_(None),
            )
        )
    ).all()
    known: dict[str, Codes] = {}
    ids = sorted({row.booking_id for row in rows})
    for part in batches(ids):
        known |= await access.codes(tx, part)
    for row in rows:
        key = code_key(secrets[row.door], CredentialKind.BOOKING_CODE, known[row.booking_id].at(row.door))
        await tx.execute(update(grants).where(grants.c.id == row.id).values(code_key=key))
        await tx.execute(update(code_claims).where(code_claims.c.grant_id == row.id).values(code_key=key))


async def reissue(tx: Tx, access: AccessService, *, site: str, doors: Collection[str], now: datetime) -> list[str]:
    """Give every booking that has a code at one of ``doors``, now or later, another one, at all of its doors; the
    bookings' ids. Raises ``NoCodeLeft``."""
    wanted = (
        grants.c.site == site,
        grants.c.kind == CredentialKind.BOOKING_CODE,
        grants.c.ended_at.is_(None),
        grants.c.ends > now,
    )
    touched = select(grants.c.booking_id).where(*wanted, grants.c.door.in_(doors))
    rows = await tx.execute(
        select(grants.c.booking_id, grants.c.door, grants.c.starts, grants.c.ends)
        .where(*wanted, grants.c.booking_id.in_(touched))
        .order_by(grants.c.booking_id, grants.c.door)
    )
    windows: dict[str, Interval] = {}
    doors_of: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for row in rows:
        windows[row.booking_id] = Interval(start=row.starts, end=row.ends)
        doors_of[row.booking_id] += (row.door,)
    shares = await access.shares(tx, sorted(windows))
    lengths = {door.id: door.code_length for door in await estate.site_doors(tx, site)}
    groups: dict[tuple[tuple[str, ...], bool], list[str]] = defaultdict(list)
    for booking, theirs in doors_of.items():
        groups[theirs, shares[booking].each_door].append(booking)
    await revoke(tx, booking_ids=sorted(windows), now=now)
    for (theirs, each_door), ids in groups.items():
        given = Issue(
            lengths={door: lengths[door] for door in theirs},
            windows={each: windows[each] for each in ids},
            owners={each: shares[each].owner for each in ids},
            each_door=each_door,
        )
        await access.issue(tx, given, site=site, now=now, fresh=True)
    return sorted(windows)
