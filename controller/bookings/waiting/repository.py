"""All SQL about the waiting list."""

from collections.abc import Collection, Iterable
from datetime import datetime

import msgspec
from sqlalchemy import RowMapping, func, insert, select, update

from controller.bookings.model import Asked
from controller.bookings.tables import waits
from controller.bookings.waiting.model import STANDING, Wait, WaitState
from controller.database import Tx
from controller.people.may import Thing

_WANTED = waits.c.state == WaitState.WAITING.value
_STANDING = waits.c.state.in_([state.value for state in STANDING])


async def insert_wait(tx: Tx, value: Wait) -> None:
    await tx.execute(insert(waits).values(_row(value)))


async def next_turn(tx: Tx, site: str) -> int:
    """The number of whoever comes next. The caller holds the site's lock."""
    last: int | None = (await tx.execute(select(func.max(waits.c.turn)).where(waits.c.site == site))).scalar()
    return (last or 0) + 1


async def update_wait(tx: Tx, value: Wait) -> None:
    """Write every field. The caller holds the site's lock."""
    await tx.execute(update(waits).where(waits.c.id == value.id).values(_row(value)))


async def wait(tx: Tx, wait_id: str) -> Wait | None:
    row = (await tx.execute(select(waits).where(waits.c.id == wait_id))).mappings().first()
    return _wait(row) if row else None


async def whose(tx: Tx, wait_id: str) -> Thing | None:
    """The site and the party of a wait; None where there is none."""
    row = (await tx.execute(select(waits.c.site, waits.c.party).where(waits.c.id == wait_id))).first()
    return Thing(site=row.site, party=row.party) if row else None


async def in_line(tx: Tx, site: str, *, state: WaitState | None = None, party: str | None = None) -> list[Wait]:
    """Who waits at a site or has an offer, those first who came first."""
    query = select(waits).where(waits.c.site == site, _STANDING)
    if state is not None:
        query = query.where(waits.c.state == state.value)
    if party is not None:
        query = query.where(waits.c.party == party)
    rows = (await tx.execute(query.order_by(waits.c.turn))).mappings()
    return [_wait(row) for row in rows]


async def offered(tx: Tx, bookings: Collection[str]) -> dict[str, Wait]:
    """The waits that have one of these bookings on offer, by booking."""
    query = select(waits).where(waits.c.state == WaitState.OFFERED.value, waits.c.booking.in_(bookings))
    return {row["booking"]: _wait(row) for row in (await tx.execute(query)).mappings()}


async def sites(tx: Tx) -> set[str]:
    """The sites at which somebody waits or has an offer."""
    return set((await tx.execute(select(waits.c.site).where(_STANDING).distinct())).scalars())


async def next_due(tx: Tx) -> datetime | None:
    """When the next offer runs out or the next time that is waited for begins."""
    query = select(func.min(func.coalesce(waits.c.offered_until, waits.c.starts))).where(_STANDING)
    found: datetime | None = (await tx.execute(query)).scalar()
    return found


async def run_out(tx: Tx, site: str, now: datetime) -> list[Wait]:
    """Offers that nobody took up in time."""
    query = select(waits).where(
        waits.c.site == site, waits.c.state == WaitState.OFFERED.value, waits.c.offered_until <= now
    )
    return [_wait(row) for row in (await tx.execute(query.order_by(waits.c.turn))).mappings()]


async def end(tx: Tx, site: str, now: datetime) -> int:
    """Take those from the line whose time has begun; how many."""
    query = update(waits).where(waits.c.site == site, _WANTED, waits.c.starts <= now)
    return (await tx.execute(query.values(state=WaitState.OVER.value, state_at=now))).rowcount


def _wait(row: RowMapping) -> Wait:
    return Wait(
        id=row["id"],
        site=row["site"],
        asked=msgspec.json.decode(row["asked"], type=Asked),
        spaces=tuple(row["spaces"].split(",")),
        state=WaitState(row["state"]),
        state_at=row["state_at"],
        offered_until=row["offered_until"],
        booking=row["booking"],
        made_at=row["made_at"],
        made_by=row["made_by"],
        turn=row["turn"],
    )


def _row(value: Wait) -> dict[str, object]:
    return {
        "id": value.id,
        "site": value.site,
        "party": value.asked.party,
        "starts": value.asked.during.start,
        "ends": value.asked.during.end,
        "asked": msgspec.json.encode(value.asked).decode(),
        "spaces": ",".join(value.spaces),
        "state": value.state.value,
        "state_at": value.state_at,
        "offered_until": value.offered_until,
        "booking": value.booking,
        "made_at": value.made_at,
        "made_by": value.made_by,
        "turn": value.turn,
    }


def overlapping(found: Iterable[Wait], spans: Collection[tuple[datetime, datetime]]) -> list[Wait]:
    """Those that want some of the given times."""
    return [
        each
        for each in found
        if any(each.asked.during.start < end and start < each.asked.during.end for start, end in spans)
    ]
