"""Pools of touch-down desks now: how many places are booked, at how many somebody is, how many are free."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import Enum, auto

import msgspec
from sqlalchemy import select

from controller.bookings.diary.tables import bookings, pool_claims
from controller.db.engine import Tx
from controller.estate.model import Site, SpaceKind
from controller.estate.service import require_parts, require_site
from controller.estate.tables import spaces
from controller.hours.repository import hours_book
from controller.telemetry import queries, repository
from controller.telemetry.room_sensors import model as room_sensors
from controller.telemetry.room_sensors.model import SILENT_AFTER, RoomSensor
from edge.wire.interval import Interval
from edge.wire.plan import Mode
from edge.wire.readings import ReadingKind

_SEES = (ReadingKind.PRESENCE, ReadingKind.MOTION)
FEWEST = 3
"""In a pool of fewer desks the number of people would say who sits at which."""


class Readers(Enum):
    """Who reads how many desks are free without the right to live data."""

    SIGNED_IN = auto()
    PUBLIC = auto()


_SHOWN = {Readers.SIGNED_IN: {Mode.STAFFED, Mode.EXTENDED}, Readers.PUBLIC: {Mode.STAFFED}}
"""In which modes of the building they are told what sensors see."""
_UNTIL = {Readers.SIGNED_IN: "while the building is closed", Readers.PUBLIC: "while there are no staff"}


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """``people``: who are seen; ``None`` where it is not measured. ``all_seen``: whether there can be no more. ``at``:
    when the sensor was heard that has been quiet for longest; an edge that is online reports at once."""

    people: int | None
    all_seen: bool
    text: str
    at: datetime | None = None


class DeskPool(msgspec.Struct, frozen=True, kw_only=True):
    """``booked``: places that bookings hold now; ``arrived``: those of them whose people came, by code, check-in or
    door. ``present``: people whom sensors at the desks see, ``None`` where none measures it; ``at_least``: there may be
    more, as the sensors said at ``seen_at``. ``free``: places that are neither booked nor, as far as is seen, taken; 0
    while ``closed``."""

    space: str
    name: str
    places: int
    booked: int
    arrived: int
    present: int | None
    at_least: bool
    text: str
    seen_at: datetime | None
    free: int
    closed: bool


class FreeDesks(msgspec.Struct, frozen=True, kw_only=True):
    """What everybody may know of a pool who may see the site: counts, and nobody's presence at a certain desk.
    ``measured``: whether people who sit there without a booking are counted, as sensors said at ``seen_at``; else
    ``free`` are the places that are not booked, and ``text`` says why."""

    site: str
    site_name: str
    zone: str
    space: str
    name: str
    places: int
    free: int
    closed: bool
    measured: bool
    text: str
    seen_at: datetime | None


async def desk_pools(tx: Tx, site: str, now: datetime) -> list[DeskPool]:
    """By name. Raises ``SiteUnknown``."""
    parts = await require_parts(tx, site)
    pools = [each for each in parts.spaces if each.kind is SpaceKind.POOL]
    if not pools:
        return []
    c = pool_claims.c
    query = select(c.pool, c.seats, bookings.c.arrived_at).join(bookings, bookings.c.id == c.booking_id)
    names = [f"{site}/{each.id}" for each in pools]
    taken = (await tx.execute(query.where(c.pool.in_(names), c.starts <= now, c.ends > now))).all()
    sensors = await room_sensors.of_site(tx, site)
    online = {each.edge for each in await repository.site_edge_states(tx, site) if each.online}
    moving = [
        (str(state.values.get("zone")), bool(state.values.get("active")), edge in online)
        for edge, state in await queries.site_devices(tx, site)
        if state.kind == "motion"
    ]
    hours = await hours_book(tx, parts.site)
    found = []
    for pool in pools:
        places = pool.pool_size or 0
        mine = [row for row in taken if row.pool == f"{site}/{pool.id}"]
        booked = sum(row.seats for row in mine)
        own = [(active, known) for zone, active, known in moving if zone == pool.id]
        seen = people_seen([each for each in sensors if each.space == pool.id], own, places, now)
        closed = bool(hours.closed(Interval(start=now, end=now + timedelta(seconds=1)), space=pool.id))
        found.append(
            DeskPool(
                space=pool.id,
                name=pool.name,
                places=places,
                booked=booked,
                arrived=sum(row.seats for row in mine if row.arrived_at is not None),
                present=seen.people,
                at_least=seen.people is not None and not seen.all_seen,
                text=seen.text,
                seen_at=seen.at,
                free=0 if closed else max(0, places - max(booked, seen.people or 0)),
                closed=closed,
            )
        )
    return sorted(found, key=lambda each: each.name)


async def free_desks(tx: Tx, sites: Collection[str] | None, now: datetime, *, to: Readers) -> list[FreeDesks]:
    """Of each pool of the ``sites``, ``None`` for all of them; by the names of sites and pools."""
    c = spaces.c
    query = select(c.site).where(c.kind == SpaceKind.POOL.value).distinct()
    if sites is not None:
        query = query.where(c.site.in_(sites))
    found = []
    for name in await tx.scalars(query):
        site = await require_site(tx, name)
        mode = (await hours_book(tx, site)).mode_at(now).mode
        found += [for_readers(each, site, mode, to=to) for each in await desk_pools(tx, name, now)]
    return sorted(found, key=lambda each: (each.site_name.casefold(), each.name.casefold()))


def for_readers(pool: DeskPool, site: Site, mode: Mode, *, to: Readers) -> FreeDesks:
    """What is measured is counted while the readers may be there: else it would say when a building is empty. In a pool
    of few desks it would say who sits at which."""
    few, shown = pool.places < FEWEST, mode in _SHOWN[to]
    measured = shown and not few and not pool.closed and pool.present is not None
    why = "is not shown of so few desks" if few else "is not measured" if shown else f"is not shown {_UNTIL[to]}"
    told = "seen by sensors" if measured else f"not booked; whether anybody sits there {why}"
    unbooked = max(0, pool.places - pool.booked)
    return FreeDesks(
        site=site.id,
        site_name=site.name,
        zone=site.zone,
        space=pool.space,
        name=pool.name,
        places=pool.places,
        free=pool.free if measured or pool.closed else unbooked,
        closed=pool.closed,
        measured=measured,
        text="closed" if pool.closed else told,
        seen_at=pool.seen_at if measured else None,
    )


def people_seen(sensors: Sequence[RoomSensor], moving: Sequence[tuple[bool, bool]], places: int, now: datetime) -> Seen:
    """What the sensors of a pool see. ``moving``: of movement sensors of an edge, whether each sees somebody, and
    whether its edge is online. A sensor that counts people is believed; one that only sees that somebody is there
    stands for one desk."""
    heard = [each for each in sensors if now - each.heard_at <= SILENT_AFTER and each.available is not False]
    values = [each.values for each in heard]
    at = min((each.heard_at for each in heard if {*_SEES, ReadingKind.PEOPLE} & each.values.keys()), default=now)
    counts = [int(each[ReadingKind.PEOPLE].value) for each in values if ReadingKind.PEOPLE in each]
    eyes = [any(each[kind].value > 0 for kind in _SEES if kind in each) for each in values if set(_SEES) & each.keys()]
    eyes += [active for active, known in moving if known]
    silent = len(sensors) - len(heard) + sum(not known for _, known in moving)
    quiet = f"; {silent} silent" if silent else ""
    if counts:
        return Seen(people=sum(counts), all_seen=not silent, text=f"counted by sensors{quiet}", at=at)
    if eyes:
        text = f"{sum(eyes)} of {len(eyes)} sensors see somebody{quiet}"
        return Seen(people=sum(eyes), all_seen=len(eyes) >= places and not silent, text=text, at=at)
    why = "its sensors are silent" if silent else "no sensor at these desks sees people"
    return Seen(people=None, all_seen=False, text=why)
