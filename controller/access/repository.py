"""All SQL about grants and codes."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import RowMapping, and_, delete, exists, insert, select, update

from controller.access.model import NewGrant, WantedGrant
from controller.access.standing import HeldGrant, Lingering
from controller.access.tables import code_claims, codes, grants
from controller.bookings.course import words_of
from controller.bookings.model import Status
from controller.bookings.tables import bookings
from controller.database import Tx
from controller.estate.tables import doors
from controller.telemetry.tables import edge_states
from edge.wire.credentials import CredentialKind
from edge.wire.interval import Interval


async def sealed_codes(tx: Tx, booking_ids: Sequence[str]) -> dict[str, bytes]:
    """Booking id -> sealed code, of those that have one."""
    if not booking_ids:
        return {}
    query = select(codes.c.booking_id, codes.c.sealed).where(codes.c.booking_id.in_(booking_ids))
    return {row.booking_id: row.sealed for row in await tx.execute(query)}


async def put_codes(tx: Tx, sealed: Mapping[str, bytes], *, replaces: Collection[str]) -> None:
    """Store sealed codes by booking; ``replaces``: those that had another one."""
    if replaces:
        await tx.execute(delete(codes).where(codes.c.booking_id.in_(replaces)))
    if sealed:
        rows = [{"booking_id": booking_id, "sealed": value} for booking_id, value in sealed.items()]
        await tx.execute(insert(codes), rows)


async def holders(tx: Tx, *, site: str, keys: Sequence[bytes], now: datetime) -> dict[bytes, set[str]]:
    """Of the keys that open something now or later, or still may: the bookings that hold each."""
    query = select(code_claims.c.code_key, code_claims.c.booking_id).where(
        code_claims.c.site == site, code_claims.c.code_key.in_(keys), code_claims.c.ends > now
    )
    found: dict[bytes, set[str]] = defaultdict(set)
    for row in await tx.execute(query):
        found[row.code_key].add(row.booking_id)
    return found


async def insert_grants(tx: Tx, *, site: str, new: Sequence[NewGrant], now: datetime) -> None:
    """Write grants and the claims on their codes."""
    claims = [
        {
            "grant_id": each.id,
            "booking_id": each.booking_id,
            "site": site,
            "door": each.door,
            "code_key": each.code_key,
            "starts": each.window.start,
            "ends": each.window.end,
        }
        for each in new
    ]
    more = {"kind": CredentialKind.BOOKING_CODE.value, "created_at": now}
    await tx.execute(insert(grants), [_grant(claim) | more for claim in claims])
    await tx.execute(insert(code_claims), claims)


def _grant(claim: dict[str, object]) -> dict[str, object]:
    return {"id" if name == "grant_id" else name: value for name, value in claim.items()}


async def end_grants(tx: Tx, *, booking_ids: Sequence[str], now: datetime) -> None:
    """No longer want the grants of these bookings. Claims stay while a door may still know the code."""
    mine = grants.c.booking_id.in_(booking_ids)
    await tx.execute(update(grants).where(mine, grants.c.ended_at.is_(None)).values(ended_at=now))
    never_sent = select(grants.c.id).where(mine, grants.c.ended_at.is_not(None), grants.c.on_version.is_(None))
    await tx.execute(delete(code_claims).where(code_claims.c.grant_id.in_(never_sent)))


_HELD = (
    select(
        grants.c.booking_id,
        grants.c.door,
        doors.c.name.label("door_name"),
        grants.c.code_key,
        grants.c.starts,
        grants.c.ends,
        grants.c.ended_at,
        grants.c.on_version,
        grants.c.on_at,
        grants.c.off_version,
        grants.c.off_at,
        edge_states.c.online,
        edge_states.c.since,
    )
    .select_from(
        grants.join(doors, and_(doors.c.site == grants.c.site, doors.c.id == grants.c.door)).outerjoin(
            edge_states, and_(edge_states.c.site == doors.c.site, edge_states.c.edge == doors.c.edge)
        )
    )
    .order_by(grants.c.created_at, grants.c.door, grants.c.id)
)


def _held(row: RowMapping) -> HeldGrant:
    return HeldGrant(
        booking_id=row["booking_id"],
        door=row["door"],
        door_name=row["door_name"],
        code_key=row["code_key"],
        window=Interval(start=row["starts"], end=row["ends"]),
        ended_at=row["ended_at"],
        on_version=row["on_version"],
        on_at=row["on_at"],
        off_version=row["off_version"],
        off_at=row["off_at"],
        out_of_reach_since=row["since"] if row["online"] is False else None,
    )


async def held(tx: Tx, booking_ids: Sequence[str]) -> dict[str, list[HeldGrant]]:
    """Every grant these bookings ever had, oldest first, with what is known of the doors' edges."""
    found: dict[str, list[HeldGrant]] = {each: [] for each in booking_ids}
    if booking_ids:
        for row in (await tx.execute(_HELD.where(grants.c.booking_id.in_(booking_ids)))).mappings():
            found[row["booking_id"]].append(_held(row))
    return found


async def lingering(tx: Tx, site: str, *, now: datetime) -> list[Lingering]:
    """Every code of a site that should be off its door and may still open it. One that is wanted there again for
    the same time, as after a restore, is none of them."""
    again = grants.alias("again")
    wanted_again = exists().where(
        again.c.booking_id == grants.c.booking_id,
        again.c.door == grants.c.door,
        again.c.code_key == grants.c.code_key,
        again.c.starts == grants.c.starts,
        again.c.ends == grants.c.ends,
        again.c.ended_at.is_(None),
    )
    query = (
        _HELD.add_columns(bookings.c.title, bookings.c.state)
        .join(bookings, bookings.c.id == grants.c.booking_id)
        .where(
            grants.c.site == site,
            grants.c.ended_at.is_not(None),
            grants.c.off_at.is_(None),
            grants.c.on_version.is_not(None),
            grants.c.ends > now,
            ~wanted_again,
        )
    )
    rows = (await tx.execute(query)).mappings()
    return [Lingering(title=row["title"], off=_off(row["state"]), grant=_held(row)) for row in rows]


def _off(state: str) -> str:
    return "" if state == Status.CONFIRMED else words_of(Status(state))


async def wanted(tx: Tx, site: str, door_ids: Sequence[str], *, now: datetime, horizon: datetime) -> list[WantedGrant]:
    """Grants that a plan of these doors must hold, by door and start."""
    g = grants.c
    query = (
        select(g.id, g.booking_id, g.door, g.kind, g.code_key, g.starts, g.ends, g.hold_s)
        .where(
            g.site == site,
            g.door.in_(door_ids),
            g.ended_at.is_(None),
            g.ends > now,
            g.starts < horizon,
        )
        .order_by(g.door, g.starts, g.id)
    )
    return [
        WantedGrant(
            id=grant_id,
            booking_id=booking_id,
            door=door,
            kind=CredentialKind(kind),
            code_key=code_key,
            window=Interval(start=starts, end=ends),
            hold_s=hold_s,
        )
        for grant_id, booking_id, door, kind, code_key, starts, ends, hold_s in await tx.execute(query)
    ]


async def compiled(
    tx: Tx, site: str, door_ids: Sequence[str], *, version: int, now: datetime, horizon: datetime
) -> None:
    """A plan of these doors with ``version`` holds what ``wanted`` gave and no longer what has ended."""
    here = and_(grants.c.site == site, grants.c.door.in_(door_ids))
    await tx.execute(
        update(grants)
        .where(
            here,
            grants.c.ended_at.is_(None),
            grants.c.on_version.is_(None),
            grants.c.ends > now,
            grants.c.starts < horizon,
        )
        .values(on_version=version)
    )
    await tx.execute(
        update(grants)
        .where(
            here,
            grants.c.ended_at.is_not(None),
            grants.c.off_at.is_(None),
            grants.c.on_version.is_not(None),
            grants.c.off_version.is_(None),
        )
        .values(off_version=version)
    )


async def applied(tx: Tx, site: str, door_ids: Sequence[str], *, version: int, at: datetime) -> None:
    """The doors carry out plan ``version`` since ``at``. Codes that are off are free to be given out again."""
    here = and_(grants.c.site == site, grants.c.door.in_(door_ids))
    await tx.execute(
        update(grants)
        .where(here, grants.c.on_version <= version, grants.c.on_at.is_(None), grants.c.ended_at.is_(None))
        .values(on_at=at)
    )
    ended = (here, grants.c.ended_at.is_not(None), grants.c.off_at.is_(None), grants.c.off_version <= version)
    off = select(grants.c.id).where(*ended)
    await tx.execute(delete(code_claims).where(code_claims.c.grant_id.in_(off)))
    await tx.execute(update(grants).where(*ended).values(off_at=at))
