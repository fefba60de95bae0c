"""Codes at doors whose secret has changed: hashed again where people keep their codes, replaced where a thief may know
them.

Every function works inside its caller's transaction, which holds the site's lock.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select, update

from controller.access.codes import Codes, Issue
from controller.access.service import AccessService, revoke
from controller.access.tables import code_claims, grants
from controller.db.engine import Tx, batches
from controller.estate import repository as estate
from edge.wire.credentials import CredentialKind, code_key
from edge.wire.interval import Interval


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
