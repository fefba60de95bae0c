"""Sensors in rooms that are no devices of an edge: what each sends, and the room it stands for. All SQL about them.

Nobody signs what they send: it is shown and kept as samples, and nothing acts on it.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import ColumnElement, delete, func, insert, or_, select, update

from controller.db.engine import Tx
from controller.db.row_mapping import all_of, columns_of
from controller.people.optimistic_locking import version_of
from controller.telemetry.tables import room_sensors
from edge.wire.events import ReadingData
from edge.wire.ids import Slug

SENSORS_LIMIT = 500
"""Most sensors of one edge. Another takes the place of one that was removed, else of the one without a room that has
been silent for longest."""
SILENT_AFTER = timedelta(minutes=30)
"""A sensor from which nothing came for so long is silent: what stays the same is told every fifteen minutes."""
_C = room_sensors.c


class LastValue(msgspec.Struct, frozen=True):
    """``value``: in the unit of its kind; ``at``: when the edge reported it."""

    value: float
    at: datetime


_VALUES = msgspec.json.Decoder(dict[str, LastValue])
_COUNTS = msgspec.json.Decoder(dict[str, int])


class RoomSensor(msgspec.Struct, frozen=True, kw_only=True):
    """``name``: as its messages name it. ``space``: the room it was added to; ``None``: to none yet. ``last_values``
    and ``set_aside`` are JSON texts; ``replaced``: how many values newer ones replaced. ``removed_at``: when somebody
    took it off the list, where it has not sent since."""

    site: str
    edge: Slug
    device: Slug
    name: str
    family: str
    space: str | None = None
    first_at: datetime
    heard_at: datetime
    last_values: str = "{}"
    battery: float | None = None
    battery_low: bool | None = None
    link: float | None = None
    available: bool | None = None
    set_aside: str = "{}"
    replaced: int = 0
    removed_at: datetime | None = None

    @property
    def version(self) -> int:
        """Of what people say of it: its room."""
        return version_of(self.space)

    @property
    def values(self) -> dict[str, LastValue]:
        """The last value of each kind."""
        return _VALUES.decode(self.last_values)

    @property
    def aside(self) -> dict[str, int]:
        """How many messages and values were set aside, by reason."""
        return _COUNTS.decode(self.set_aside)


_COLUMNS = columns_of(RoomSensor, room_sensors)


async def rooms_of(tx: Tx, site: str) -> dict[tuple[str, str], str | None]:
    """Edge and device of each sensor -> its room; of those too that were removed, whose history stays."""
    found = await tx.execute(select(_C.edge, _C.device, _C.space).where(_C.site == site))
    return {(row.edge, row.device): row.space for row in found}


async def of_site(tx: Tx, site: str, *, at: datetime | None = None) -> list[RoomSensor]:
    """Those without a room first; without those that were removed, by ``at`` if that is given."""
    listed: ColumnElement[bool] = _C.removed_at.is_(None)
    if at is not None:
        listed = or_(listed, _C.removed_at > at)
    query = select(*_COLUMNS).where(_C.site == site, listed)
    return await all_of(tx, RoomSensor, query.order_by(_C.space.is_not(None), _C.name, _C.edge, _C.device))


async def of_edge(tx: Tx, site: str, edge: str, devices: Iterable[str]) -> dict[str, RoomSensor]:
    """Some sensors of an edge that are known, by device."""
    query = select(*_COLUMNS).where(_C.site == site, _C.edge == edge, _C.device.in_(sorted(devices)))
    return {each.device: each for each in await all_of(tx, RoomSensor, query)}


async def put_in(tx: Tx, sensor: RoomSensor, space: str | None) -> None:
    """Say which room it stands for."""
    await tx.execute(update(room_sensors).where(*_is(sensor)).values(space=space))


async def remove(tx: Tx, sensor: RoomSensor, at: datetime) -> None:
    """Take it off the list until it sends again."""
    await tx.execute(update(room_sensors).where(*_is(sensor)).values(removed_at=at))


async def note(tx: Tx, site: str, edge: str, readings: Iterable[tuple[str, datetime, ReadingData]]) -> dict[str, str]:
    """Take in what sensors of one edge have sent, each with its device and time; the room of each that has one."""
    by_device: dict[str, list[tuple[datetime, ReadingData]]] = {}
    for device, at, data in readings:
        by_device.setdefault(device, []).append((at, data))
    known = await of_edge(tx, site, edge, by_device)
    for device, said in by_device.items():
        old = known.get(device)
        if old is None:
            await _make_room(tx, site, edge)
        new = old
        for at, data in said:
            new = _after(new or _first(site, edge, device, at, data), at, data)
        if new is not None and new.removed_at is not None and new.heard_at > new.removed_at:
            new = msgspec.structs.replace(new, removed_at=None)
        assert new is not None
        values = msgspec.structs.asdict(new)
        if old is None:
            await tx.execute(insert(room_sensors).values(values))
        else:
            del values["space"]
            await tx.execute(update(room_sensors).where(*_is(old)).values(values))
    return {device: each.space for device, each in known.items() if each.space is not None}


def _first(site: str, edge: str, device: str, at: datetime, data: ReadingData) -> RoomSensor:
    return RoomSensor(site=site, edge=edge, device=device, name=data.name, family=data.family, first_at=at, heard_at=at)


def _after(old: RoomSensor, at: datetime, data: ReadingData) -> RoomSensor:
    """The sensor after an event; one that came late changes only what it is newer than."""
    values, aside = old.values, old.aside
    for kind, value in data.values.items():
        if kind not in values or values[kind].at <= at:
            values[kind] = LastValue(value, at)
    for why, number in data.set_aside.items():
        aside[why] = aside.get(why, 0) + number
    facts = {name: getattr(data, name) for name in ("battery", "battery_low", "link", "available")}
    return msgspec.structs.replace(
        old,
        heard_at=max(old.heard_at, at),
        last_values=msgspec.json.encode(values).decode(),
        set_aside=msgspec.json.encode(aside).decode(),
        replaced=old.replaced + data.replaced,
        **{name: value for name, value in facts.items() if value is not None and at >= old.heard_at},
    )


def _is(sensor: RoomSensor) -> tuple[ColumnElement[bool], ...]:
    return (_C.site == sensor.site, _C.edge == sensor.edge, _C.device == sensor.device)


async def _make_room(tx: Tx, site: str, edge: str) -> None:
    here = (_C.site == site) & (_C.edge == edge)
    number = (await tx.execute(select(func.count()).where(here))).scalar_one()
    if number >= SENSORS_LIMIT:
        idle = or_(_C.space.is_(None), _C.removed_at.is_not(None))
        query = select(_C.device).where(here, idle).order_by(_C.removed_at.is_(None), _C.heard_at)
        query = query.limit(number + 1 - SENSORS_LIMIT)
        await tx.execute(delete(room_sensors).where(here, _C.device.in_(query.scalar_subquery())))
