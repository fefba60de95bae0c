"""Offline codes at the controller: a booking's window, computing the digits again, and what a plan says of them.

Every function works inside its caller's transaction; a caller that writes holds the site's lock.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import bindparam, insert, select, update

from controller.access.tables import offline_codes
from controller.db.engine import Tx
from edge.wire.codec import encode
from edge.wire.ids import new_id
from edge.wire.interval import Interval
from edge.wire.offline_codes import QUARTER, QUARTERS_MAX, SLOTS, OfflineWindow, offline_code, quarter_at
from edge.wire.plan import HORIZON, OfflineListing, OfflinePart


class OfflineCode(msgspec.Struct, frozen=True, kw_only=True):
    """One that was issued, without its digits."""

    id: str
    booking_id: str
    site: str
    door: str
    window: OfflineWindow
    issued_at: datetime
    revoked_at: datetime | None

    def digits(self, secrets_of: Mapping[str, bytes]) -> str:
        """The ten digits, made from the door's offline secret; empty where it has none any more."""
        secret = secrets_of.get(self.door)
        return offline_code(secret, self.door, self.window) if secret is not None else ""


def fitting(window: Interval, now: datetime) -> OfflineWindow | None:
    """The whole quarter hours within a code's window that are not over at ``now``, the first 12 hours of them; ``None``
    where there are none. A quarter hour that runs counts if it began within the window."""
    start = max(_up(window.start), quarter_at(now))
    quarters = min(QUARTERS_MAX, int((quarter_at(window.end) - start) // QUARTER))
    return OfflineWindow(start=start, quarters=quarters) if quarters > 0 else None


def _up(instant: datetime) -> datetime:
    down = quarter_at(instant)
    return down if down == instant else down + QUARTER


async def issue(
    tx: Tx, *, site: str, door: str, booking_id: str, window: OfflineWindow, actor: str, now: datetime
) -> OfflineCode | None:
    """Take the first slot of a window that nobody has at the door; ``None`` where all are taken. What the booking has
    there for that window already is given again."""
    c = offline_codes.c
    here = select(offline_codes).where(
        c.site == site, c.door == door, c.starts == window.start, c.quarters == window.quarters
    )
    taken = [dict(row) for row in (await tx.execute(here)).mappings()]
    mine = [row for row in taken if row["booking_id"] == booking_id and row["revoked_at"] is None]
    if mine:
        return _code(mine[0])
    free = sorted(set(range(SLOTS)) - {row["slot"] for row in taken})
    if not free:
        return None
    row = {
        "id": new_id(now),
        "booking_id": booking_id,
        "site": site,
        "door": door,
        "starts": window.start,
        "quarters": window.quarters,
        "slot": free[0],
        "ends": window.during.end,
        "issued_at": now,
        "issued_by": actor,
        "revoked_at": None,
    }
    await tx.execute(insert(offline_codes).values(row))
    return _code(row)


async def revoke(tx: Tx, booking_ids: Sequence[str], *, now: datetime) -> None:
    """Withdraw the offline codes of some bookings; the next plan says so."""
    c = offline_codes.c
    if booking_ids:
        mine = c.booking_id.in_(booking_ids) & c.revoked_at.is_(None)
        await tx.execute(update(offline_codes).where(mine).values(revoked_at=now))


async def of_bookings(tx: Tx, booking_ids: Sequence[str], *, now: datetime) -> dict[str, list[OfflineCode]]:
    """Booking id -> its offline codes that are valid now or later."""
    found: dict[str, list[OfflineCode]] = {}
    if booking_ids:
        for row in (await tx.execute(_VALID, {"ids": booking_ids, "now": now})).mappings():
            found.setdefault(row["booking_id"], []).append(_code(dict(row)))
    return found


_VALID = (
    select(offline_codes)
    .where(
        offline_codes.c.booking_id.in_(bindparam("ids", expanding=True)),
        offline_codes.c.revoked_at.is_(None),
        offline_codes.c.ends > bindparam("now"),
    )
    .order_by(offline_codes.c.door, offline_codes.c.id)
)


async def booking_of(tx: Tx, site: str, door: str, window: OfflineWindow) -> str | None:
    """Whose an offline code is."""
    c = offline_codes.c
    here = (c.site == site, c.door == door, c.starts == window.start, c.quarters == window.quarters)
    found: str | None = (await tx.execute(select(c.booking_id).where(*here, c.slot == window.slot))).scalar()
    return found


async def parts(tx: Tx, site: str, doors: Sequence[str], *, now: datetime) -> dict[str, bytes]:
    """The plan's parts about offline codes: those that are not over at the start of the day, of each door that has
    any. One withdrawn is listed until no plan from before can be in force any more."""
    day = now - timedelta(days=1)
    query = select(offline_codes).where(
        offline_codes.c.site == site,
        offline_codes.c.door.in_(doors),
        offline_codes.c.ends > day,
        offline_codes.c.starts < now + HORIZON,
    )
    by_door: dict[str, list[OfflineCode]] = {}
    for row in (await tx.execute(query.order_by(offline_codes.c.id))).mappings():
        by_door.setdefault(row["door"], []).append(_code(dict(row)))
    return {
        f"offline-{door}": encode(
            OfflinePart(
                door=door,
                accepted=tuple(
                    OfflineListing(window=each.window, booking=each.booking_id)
                    for each in codes
                    if each.revoked_at is None
                ),
                revoked=tuple(each.window for each in codes if each.revoked_at is not None),
            )
        )
        for door, codes in sorted(by_door.items())
    }


def _code(row: Mapping[str, Any]) -> OfflineCode:
    window = OfflineWindow(start=row["starts"], quarters=row["quarters"], slot=row["slot"])
    fields = {name: row[name] for name in ("id", "booking_id", "site", "door", "issued_at", "revoked_at")}
    return OfflineCode(window=window, **fields)
