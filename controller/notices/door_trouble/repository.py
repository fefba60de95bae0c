"""All SQL of door trouble."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import and_, or_, select

from controller.access.tables import grants
from controller.db.engine import Tx
from controller.estate.tables import doors
from controller.notices.door_trouble.model import AHEAD, LOCK_FAULTS, MISSING_FOR, OFFLINE_FOR, DoorReport
from controller.notices.tables import IN_DOOR_TROUBLE, told
from controller.telemetry.tables import device_states, edge_states
from edge.wire.faults import read as read_faults

_EDGE = and_(edge_states.c.site == doors.c.site, edge_states.c.edge == doors.c.edge)
_DOOR = and_(
    device_states.c.site == doors.c.site,
    device_states.c.edge == doors.c.edge,
    device_states.c.device == doors.c.id,
    device_states.c.kind == "door",
)
_AT_ONCE = 200


async def reports(tx: Tx, site: str) -> dict[str, DoorReport]:
    """What is known of the site's doors, by id; none of doors whose edge has never reported."""
    reported_since = device_states.c.since.label("reported_since")
    query = select(doors.c.id, edge_states.c.online, edge_states.c.since, device_states.c.state, reported_since)
    query = query.join_from(doors, edge_states, _EDGE).outerjoin(device_states, _DOOR).where(doors.c.site == site)
    found = {}
    for row in await tx.execute(query):
        values = msgspec.json.decode(row.state, type=dict[str, object]) if row.state else {}
        faults = tuple(code for code, _ in read_faults(str(values.get("fault") or "")))
        found[row.id] = DoorReport(
            door=row.id, online=row.online, since=row.since, faults=faults, reported_since=row.reported_since
        )
    return found


async def candidates(tx: Tx, now: datetime) -> list[str]:
    """Ids of bookings that begin soon at a door that may be in trouble, and of those whose people were told so."""
    soon = (grants.c.ended_at.is_(None), grants.c.ends > now, grants.c.starts <= now + AHEAD)
    faulty = or_(*(device_states.c.state.contains(each.value) for each in LOCK_FAULTS))
    away = and_(edge_states.c.online.is_(False), edge_states.c.since <= now - OFFLINE_FOR)
    broken = select(doors.c.site, doors.c.id).join_from(doors, edge_states, _EDGE).outerjoin(device_states, _DOOR)
    found: set[str] = set()
    rows = (await tx.execute(broken.where(or_(away, faulty)))).all()
    for at in range(0, len(rows), _AT_ONCE):
        here = or_(*(and_(grants.c.site == row.site, grants.c.door == row.id) for row in rows[at : at + _AT_ONCE]))
        found |= set((await tx.execute(select(grants.c.booking_id).where(here, *soon))).scalars())
    missing = select(grants.c.booking_id).where(
        grants.c.on_at.is_(None), grants.c.created_at <= now - MISSING_FOR, *soon
    )
    found |= set((await tx.execute(missing)).scalars())
    ours = select(told.c.booking_id).where(IN_DOOR_TROUBLE, told.c.ends > now)
    return sorted(found | set((await tx.execute(ours)).scalars()))


async def told_of(tx: Tx, ids: Sequence[str]) -> dict[str, list[str]]:
    """By booking, the doors of which each address was told."""
    found: dict[str, list[str]] = {}
    for at in range(0, len(ids), _AT_ONCE):
        query = select(told.c.booking_id, told.c.door_trouble).where(told.c.booking_id.in_(ids[at : at + _AT_ONCE]))
        for row in await tx.execute(query):
            found.setdefault(row.booking_id, []).append(row.door_trouble)
    return found
