"""The bookings of a site as they were at a moment: the audit log undoes what was moved or cancelled later."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import or_, select

from controller.bookings.diary.model import BookingState
from controller.bookings.diary.site_config import places
from controller.bookings.diary.tables import bookings
from controller.db.engine import Tx
from controller.estate.model import SiteParts, Space
from controller.occupancy.expected import RoomBooking
from controller.records.audit.tables import audit_rows

_LOOKED_BACK = timedelta(days=1)
"""A room is followed for so long."""
_AHEAD = timedelta(minutes=10)
_LONGEST = timedelta(days=31)
_UNNAMED = 0.3
"""Of what a room holds, where a booking does not say how many come."""
_HELD_BY = "booking "
_TAKES_PLACE = {BookingState.CONFIRMED.value, BookingState.NO_SHOW.value}
_FIELDS = ("space", "starts", "ends", "people", "seats", "state")
_MOVED = ('"starts":["', '"ends":["')
"""In the changes of one that began or ended at another time before; of a new one it was null."""
_AT_ONCE = 500


class BookedThen(msgspec.Struct, frozen=True, kw_only=True):
    """Of a booking what a room's figure needs."""

    id: str
    space: str
    starts: datetime
    ends: datetime
    people: int | None
    seats: int | None
    state: str


class RoomBookings(msgspec.Struct, frozen=True, kw_only=True):
    """``booked``: those that take place about a moment."""

    parts: SiteParts
    booked: Sequence[BookedThen]

    def by_room(self, codes: Mapping[str, datetime], at: datetime) -> dict[str, list[RoomBooking]]:
        """Room -> its bookings. ``codes``: booking -> when its code was first used. Who booked a whole is shared out
        among its parts by what they hold; who booked a part is in the whole. A room that overlaps the booked one has so
        much of that as they share."""
        atoms = {space: frozenset(place.atoms) for space, place in places(self.parts).items()}
        spaces = {each.id: each for each in self.parts.spaces}
        found: defaultdict[str, list[RoomBooking]] = defaultdict(list)
        for each in self.booked:
            if (space := spaces.get(each.space)) is None:
                continue
            named = each.seats or each.people or max(_holds(space) * _UNNAMED, 1.0)
            code = codes.get(each.id)
            for room in self.parts.spaces:
                both = atoms[each.space] & atoms[room.id]
                if not both:
                    continue
                part = 1.0
                if not atoms[room.id] >= atoms[each.space]:
                    part = min(_holds(room) * len(both) / len(atoms[room.id]) / _holds(space), 1.0)
                found[room.id].append(
                    RoomBooking(
                        starts=each.starts,
                        ends=each.ends,
                        people=named * part,
                        code_at=code if code is not None and code <= at else None,
                        has_code=bool(space.doors),
                    )
                )
        return found


async def bookings_at(tx: Tx, parts: SiteParts, at: datetime) -> RoomBookings:
    """As they were known at ``at``. A change of many bookings at once is undone in their state only."""
    site, c = parts.site.id, bookings.c
    about = (c.starts > at - _LOOKED_BACK - _LONGEST, c.starts <= at + _AHEAD, c.ends > at - _LOOKED_BACK)
    columns = (c.id, *(c[name] for name in _FIELDS), c.state_at, c.state_before)
    rows = list((await tx.execute(select(*columns).where(c.site == site, c.created_at <= at, *about))).mappings())
    moved = await _moved(tx, site, at) - {row["id"] for row in rows}
    for some in _some(moved):
        here = (c.site == site, c.created_at <= at, c.id.in_(some))
        rows += list((await tx.execute(select(*columns).where(*here))).mappings())
    before = await _before(tx, site, at, {row["id"] for row in rows})
    found = []
    for row in rows:
        values = {name: row[name] for name in _FIELDS}
        if row["state_at"] is not None and row["state_at"] > at:
            values["state"] = row["state_before"] or BookingState.CONFIRMED.value
        values |= before.get(row["id"], {})
        then = msgspec.convert({"id": row["id"], **values}, BookedThen)
        if then.state in _TAKES_PLACE and then.starts <= at + _AHEAD and then.ends > at - _LOOKED_BACK:
            found.append(then)
    return RoomBookings(parts=parts, booked=sorted(found, key=lambda each: (each.starts, each.id)))


async def _moved(tx: Tx, site: str, at: datetime) -> set[str]:
    """The bookings that later began or ended at another time: few of all changes are such, and the database finds
    them."""
    c = audit_rows.c
    here = (c.site == site, c.at > at, c.thing.startswith(_HELD_BY))
    told = or_(*(c.changes.contains(each) for each in _MOVED))
    found = (await tx.execute(select(c.thing).where(*here, told).distinct())).scalars()
    return {thing.removeprefix(_HELD_BY) for thing in found}


async def _before(tx: Tx, site: str, at: datetime, known: Set[str]) -> dict[str, dict[str, Any]]:
    """Of these bookings the fields that changed later, as they were before the first change of each."""
    c = audit_rows.c
    told = or_(*(c.changes.contains(f'"{name}"') for name in _FIELDS))
    changed: list[Any] = []
    for some in _some(known):
        here = (c.thing.in_([_HELD_BY + each for each in some]), c.site == site, c.at > at)
        changed += (await tx.execute(select(c.thing, c.changes).where(*here, told).order_by(c.id))).all()
    return await asyncio.to_thread(_first_changes, changed)


def _first_changes(rows: Iterable[tuple[str, str]]) -> dict[str, dict[str, Any]]:
    found: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    for thing, changes in rows:
        for name, (old, _) in json.loads(changes).items():
            if name in _FIELDS:
                found[thing.removeprefix(_HELD_BY)].setdefault(name, old)
    return dict(found)


def _some(ids: Set[str]) -> Iterator[Sequence[str]]:
    ordered = sorted(ids)
    return (ordered[first : first + _AT_ONCE] for first in range(0, len(ordered), _AT_ONCE))


def _holds(space: Space) -> int:
    return space.capacity or space.pool_size or 30
