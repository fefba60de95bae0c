"""The history, samples over time, in SQL or in a time series database.

The one in our own database is written in the transaction that stores the events. One outside it is fed from the events
table, which is the spool: a cursor says up to which event the history has taken everything, so that one that is down
for a month loses nothing and delays nothing.
"""

import asyncio
import logging
import random
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

import msgspec

from controller.db.compiled_sql import insert_many
from controller.db.engine import Database, Tx
from controller.db.retry_until_available import retry_until_available
from controller.estate import repository as estate
from controller.platform.text import local_time
from controller.telemetry import queries, repository
from controller.telemetry.tables import samples as table
from controller.telemetry.validation import read_data
from edge.wire.events import (
    AccessData,
    DoorChange,
    DoorData,
    EventData,
    FootfallData,
    MotionData,
    ReadingData,
    WifiData,
)
from edge.wire.ids import Slug
from edge.wire.readings import ReadingKind


class Sample(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Numbers that a device gave at one instant. ``place``: the door or zone they speak of. ``seq``: of the event.

    (site, measurement, device, edge, at) is what it is known by: the same sample twice is one. InfluxDB also knows the
    samples of two events at one instant apart, by ``seq``.
    """

    site: Slug
    edge: Slug
    measurement: Slug
    device: Slug
    place: Slug | None
    at: datetime
    fields: Mapping[str, float]
    seq: int = 0


class HistoryDown(Exception):
    """The history did not take the samples; they must be written again. Says which history and why."""

    def __init__(self, history: str, why: str) -> None:
        super().__init__(f"{history} did not take the samples, they are kept and retried: {why}")


class HistoryRefuses(Exception):
    """The history refused some samples and would do so again. Says which history and why."""

    def __init__(self, history: str, why: str) -> None:
        super().__init__(
            f"{history} refused samples: {why}; fix the bucket, then run hallkeeper controller write-history"
        )


class History(Protocol):
    """Takes samples and keeps them."""

    async def write(self, samples: Sequence[Sample]) -> None:
        """Keep the samples; idempotent. Raises ``HistoryDown`` when they are not all kept."""
        ...


_DOOR_FIELDS = {
    DoorChange.OPENED: ("open", 1),
    DoorChange.CLOSED: ("open", 0),
    DoorChange.UNLOCKED: ("unlocked", 1),
    DoorChange.LOCKED: ("unlocked", 0),
}


_APART: Mapping[str, tuple[str, str]] = {
    ReadingKind.MOTION: ("motion", "active"),
    ReadingKind.PRESENCE: ("presence", "active"),
    ReadingKind.OPEN: ("contact", "open"),
}
"""Kinds of readings that are a measurement of their own; the others are fields of ``room``."""


Numbers = tuple[str, str | None, Mapping[str, float]]
"""A measurement, the place that it speaks of, and its fields."""


def numbers_in(data: EventData | None, room: str | None = None) -> list[Numbers]:
    """The numbers in an event. No person is in them, only counts and states. ``room``: that the device was added to,
    where it is no device of the edge."""
    match data:
        case FootfallData(passages=passages) if passages:
            ways = {"ins": data.ins, "outs": data.outs} if data.ins or data.outs else {}
            return [("footfall", data.door, {**ways, "passages": passages})]
        case FootfallData():
            return [("footfall", data.door, {"ins": data.ins, "outs": data.outs})]
        case ReadingData():
            found: list[Numbers] = []
            for kind, value in sorted(data.values.items()):
                if kind in _APART:
                    name, field = _APART[kind]
                    found.append((name, room, {field: int(value)}))
            measured = {kind: value for kind, value in data.values.items() if kind not in _APART}
            return [*found, ("room", room, measured)] if measured else found
        case MotionData():
            return [("motion", data.zone, {"active": int(data.active)})]
        case WifiData():
            counts = {"stations": data.stations, "randomised": data.randomised}
            fields = {name: number for name, number in counts.items() if number is not None}
            begun = {"sessions": data.sessions, "minutes": data.minutes}
            fields |= {name: number for name, number in begun.items() if number}  # sums: a zero adds nothing
            return [("wifi", data.zone, fields)]
        case AccessData():
            return [("access", data.door, {"granted": int(data.granted)})]
        case DoorData() if data.change in _DOOR_FIELDS:
            name, state = _DOOR_FIELDS[data.change]
            return [("door", data.door, {name: state})]
        case _:
            return []


def samples_of(
    *, site: str, edge: str, device: str, at: datetime, data: EventData | None, room: str | None = None, seq: int = 0
) -> list[Sample]:
    """The ``numbers_in`` an event, as samples."""
    return [
        Sample(site=site, edge=edge, measurement=measurement, device=device, place=place, at=at, fields=fields, seq=seq)
        for measurement, place, fields in numbers_in(data, room)
    ]


_COLUMNS = tuple(column.name for column in table.c)


class SqlHistory:
    """Writes into the transaction ``tx``; what it takes is kept when that commits."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx

    async def write(self, samples: Sequence[Sample]) -> None:
        """Keep the samples; one that is there stays as it is. Never raises ``HistoryDown``."""
        rows = [
            (
                sample.site,
                sample.measurement,
                sample.device,
                field,
                sample.at,
                sample.edge,
                sample.place,
                float(value),
            )
            for sample in samples
            for field, value in sample.fields.items()
        ]
        await insert_many(self._tx, table, _COLUMNS, rows, unless_known=True)


log = logging.getLogger(__name__)

NAME = "influx"
AT_ONCE = 5_000
"""Events that are read, and points that are written, in one go: what is in memory while InfluxDB is slow."""
LONGEST_RETRY_S = 60.0


class HistoryFollower:
    """Feeds a history outside the database from the events table, for ever. ``waiting``: how many events it had still
    to take, at most, when it last looked."""

    def __init__(self, *, database: Database, history: History, first_retry_s: float = 0.5) -> None:
        self._database = database
        self._history = history
        self._first_retry_s = first_retry_s
        self._more = asyncio.Event()
        self.down: str | None = None
        self.refused = 0
        self.waiting = 0

    def wake(self) -> None:
        """There may be new events."""
        self._more.set()

    async def run(self) -> None:
        """Write what is new; while InfluxDB is down try on, ever more seldom."""
        retry_s = self._first_retry_s
        self._more.set()
        while True:
            await self._more.wait()
            self._more.clear()
            try:
                while await retry_until_available(self.step, what="samples for the history"):
                    pass
                if self.down is not None:
                    log.info("The history accepts samples again", extra={"action": "history"})
                self.down, retry_s = None, self._first_retry_s
            except HistoryDown as error:
                if self.down is None:
                    fields = {"action": "history", "reason": str(error)}
                    log.warning("The history is down; samples wait in the events table", extra=fields)
                self.down = str(error)
                await asyncio.sleep(retry_s * random.uniform(0.5, 1.0))  # noqa: S311  # spreads the load, no secret
                retry_s = min(retry_s * 2, LONGEST_RETRY_S)
                self._more.set()

    async def step(self) -> bool:
        """Write one lot; whether there may be more. Raises ``HistoryDown``, with the cursor where it was."""
        async with self._database.read() as tx:
            done = await repository.cursor(tx, NAME)
            logged = await queries.events_after(tx, done, limit=AT_ONCE)
            newest = await queries.newest_event(tx)
        self.waiting = max(newest - done, 0)
        if not logged:
            return False
        # Without the rooms of sensors: one that is put into another room in between would be a second point.
        samples = [
            sample
            for site, event in logged
            for sample in samples_of(
                site=site,
                edge=event.edge,
                device=event.device,
                at=event.at,
                data=read_data(event.kind, event.data),
                seq=event.seq,
            )
        ]
        try:
            await self._history.write(samples)
        except HistoryRefuses as error:
            # It has taken what it could; the rest would be refused for ever and stays in the events table.
            self.refused += 1
            log.error("The history refused samples", extra={"action": "history", "reason": str(error)})

        async def moved(tx: Tx) -> None:
            if await repository.cursor(tx, NAME) == done:  # nobody wants older ones to be written again
                await repository.set_cursor(tx, NAME, logged[-1][1].id)

        await self._database.run(moved)
        self.waiting = max(newest - logged[-1][1].id, 0)
        return len(logged) == AT_ONCE


async def first_midnight(database: Database, day: date) -> datetime:
    """When the day begins in a building, in that where it begins first."""
    async with database.read() as tx:
        zones = await estate.zones(tx) or {"UTC"}
    return min(local_time.day_start(day, local_time.zone(each)) for each in zones)


async def write_again(database: Database, since: datetime | None) -> int:
    """Have the follower write every event again from the first that happened at ``since`` or later, or all that are
    kept; how many those are. Also while it runs: what is there already is overwritten by the same."""

    async def moved(tx: Tx) -> int:
        first, number = await queries.events_since(tx, since)
        if number:
            await repository.set_cursor(tx, NAME, min(first - 1, await repository.cursor(tx, NAME)))
        return number

    return await database.run(moved)
