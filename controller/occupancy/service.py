"""How many people are in each building now, and how many were shown at an earlier moment: worked out when asked, from
stored events, in a thread. What is kept of a site is only what would be read again.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

import msgspec

from controller.db.engine import Database, Tx
from controller.estate.service import require_parts
from controller.occupancy.bookings_then import RoomBookings, bookings_at
from controller.occupancy.estimate import Estimate, PeopleThen, Worked, curve, worked_out
from controller.occupancy.rooms import SitePeople, SiteRead, people_in, site_read
from controller.occupancy.sensing import RoomDevice, Sensing
from controller.occupancy.site_rows import KINDS, READ, READINGS, HeardEvent, SiteRows
from controller.platform.text import local_time
from controller.platform.web.problem import invalid_field
from controller.telemetry import queries, repository
from controller.telemetry.movement_holds import holds_of
from controller.telemetry.queries import CommittedEvent
from controller.telemetry.rollups import repository as rollups
from controller.telemetry.room_sensors import model as room_sensors
from controller.telemetry.validation import read_data
from edge.wire.clock import Clock
from edge.wire.interval import Interval

_DAYS = 7
"""Of the past from which the rates of doors and the WiFi are learned."""
_SETTLED = timedelta(seconds=2)
"""So long after an event was received it is surely stored: what is newer waits, so that the same is read later."""
_FRESH, _OLD = timedelta(seconds=5), timedelta(minutes=1)
"""How old an answer may be when something was heard since, and when nothing was."""
_RECENT = timedelta(minutes=2)
"""How old a last answer may be: while somebody looks at a site, a new one is made each minute at least."""
_MOST_KEPT = 256
"""Sites."""
_MOST_PAST = 2
"""Of earlier moments that are worked out at once."""


class _Kept:
    """Of a site: the rows since ``start``, up to the event ``last``; ``waiting``: events that have not settled;
    ``worked``: what ``found`` was made from. ``lock`` is taken inside ``rooms_lock``, never the reverse."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.rooms_lock = asyncio.Lock()
        self.rows: SiteRows | None = None
        self.last = 0
        self.waiting: list[HeardEvent] = []
        self.sensing: Sensing | None = None
        self.worked: Worked | None = None
        self.found: Estimate | None = None
        self.at: datetime | None = None
        self.rooms: SitePeople | None = None
        self.rooms_at: datetime | None = None


class OccupancyService:
    """Reads only."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._past = asyncio.Semaphore(_MOST_PAST)

    async def now(self, site: str) -> Estimate | None:
        """At most a minute old, and seconds where anything was heard since. None where no door has a counter. Raises
        ``SiteUnknown``."""
        kept = self._keep(site)
        async with kept.lock:
            await self._renew(kept, site)
            return kept.found

    async def rooms_now(self, site: str) -> SitePeople:
        """The same with each room; rooms are worked out only when asked for, and while ``now`` goes on. Raises
        ``SiteUnknown``."""
        kept = self._keep(site)
        async with kept.rooms_lock:
            async with kept.lock:
                await self._renew(kept, site)
                at, rows, sensing, worked, found = kept.at, kept.rows, kept.sensing, kept.worked, kept.found
                assert at is not None
                assert rows is not None
                assert sensing is not None
                assert worked is not None
                if kept.rooms is not None and kept.rooms_at == at:
                    return kept.rooms
                try:
                    read = await asyncio.to_thread(site_read, rows, sensing, worked, found)
                except BaseException:
                    kept.rows = kept.at = None  # as in ``_renew``
                    raise
            async with self._database.read() as tx:
                bookings = await bookings_at(tx, sensing.parts, at)
            kept.rooms, kept.rooms_at = await asyncio.to_thread(_with_rooms, read, bookings, at), at
            return kept.rooms

    def _keep(self, site: str) -> _Kept:
        kept = self._kept.setdefault(site, _Kept())
        self._kept.move_to_end(site)
        if len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)
        return kept

    async def _renew(self, kept: _Kept, site: str) -> None:
        now = self._clock.now()
        if kept.at is not None and timedelta() <= now - kept.at < _FRESH:
            return
        try:
            await self._look(kept, site, now)
        except BaseException:
            kept.rows = kept.at = None  # a thread may still work on these rows: the next look makes others
            raise

    async def _look(self, kept: _Kept, site: str, now: datetime) -> None:
        async with self._database.read() as tx:
            sensing, start = await _sensing(tx, site, now)
            if kept.rows is None or kept.rows.start != start or (kept.at and kept.at > now):
                kept.rows, kept.last, kept.waiting, kept.at = SiteRows(start), 0, [], None
            stored = await _stored(tx, site, start, after=kept.last)
        before = len(kept.waiting) + len(stored)
        kept.waiting = await asyncio.to_thread(_grown, kept.rows, kept.waiting, stored, now - _SETTLED)
        kept.last = max([kept.last, *(each.id for each in stored)])
        settled = len(kept.waiting) < before
        if settled or kept.at is None or now - kept.at >= _OLD or sensing != kept.sensing:
            kept.worked, kept.found = await asyncio.to_thread(worked_out, kept.rows, sensing, now)
            kept.at, kept.sensing = now, sensing

    def last(self, site: str) -> Estimate | None:
        """What ``now`` answered last, if that is at most two minutes old; works nothing out."""
        kept = self._kept.get(site)
        known = kept is not None and kept.at is not None and timedelta() <= self._clock.now() - kept.at <= _RECENT
        return kept.found if kept is not None and known else None

    def fresh(self) -> dict[str, Estimate]:
        """``last`` of every site that has one."""
        return {site: found for site in sorted(self._kept) if (found := self.last(site)) is not None}

    async def at(self, site: str, moment: datetime) -> Estimate | None:
        """As it was shown at an earlier moment: from what had been received by then. An edge that was out of reach
        then is so from the first event that came later. Raises ``SiteUnknown``, and ``Invalid`` for a time that is
        still to come."""
        if moment > self._clock.now():
            raise invalid_field("at", "must be in the past")
        async with self._past:
            async with self._database.read() as tx:
                stored, sensing, start = await _then(tx, site, moment)
            return await asyncio.to_thread(_made, stored, sensing, start, moment)

    async def rooms_at(self, site: str, moment: datetime) -> SitePeople:
        """The same with each room, and with the bookings as they were then."""
        if moment > self._clock.now():
            raise invalid_field("at", "must be in the past")
        async with self._past:
            async with self._database.read() as tx:
                stored, sensing, start = await _then(tx, site, moment)
                bookings = await bookings_at(tx, sensing.parts, moment)
            return await asyncio.to_thread(lambda: _rooms_made(_rows(stored, start), sensing, bookings, moment))

    async def curve(self, site: str, during: Interval) -> list[PeopleThen]:
        """Every five minutes of a past time, from all that is known now. Raises ``SiteUnknown``."""
        async with self._past:
            async with self._database.read() as tx:
                sensing, start = await _sensing(tx, site, during.end)
                stored = await _stored(tx, site, start, before=during.end)
            return await asyncio.to_thread(_curve, stored, sensing, start, during)


async def _then(tx: Tx, site: str, moment: datetime) -> tuple[list[CommittedEvent], Sensing, datetime]:
    """What had been received by a moment, what sensed then, and when the first row begins."""
    sensing, start = await _sensing(tx, site, moment)
    missed = await queries.first_missed(tx, site, Interval(start=start, end=moment))
    sensing = msgspec.structs.replace(sensing, away=missed | dict(sensing.away))
    return await _stored(tx, site, start, until=moment - _SETTLED), sensing, start


async def _stored(
    tx: Tx, site: str, start: datetime, *, after: int = 0, until: datetime | None = None, before: datetime | None = None
) -> list[CommittedEvent]:
    read = partial(queries.events_from, tx, site, start=start, after=after, until=until, before=before)
    return await read(KINDS) + await read([READINGS], containing=READ)


def _grown(
    rows: SiteRows, waiting: Iterable[HeardEvent], stored: Iterable[CommittedEvent], settled: datetime
) -> list[HeardEvent]:
    """Adds what was received by ``settled``; the others, which go on waiting."""
    found = []
    for each in [*waiting, *_heard(stored)]:
        if each.received_at <= settled:
            rows.add(each)
        else:
            found.append(each)
    return found


def _made(stored: Iterable[CommittedEvent], sensing: Sensing, start: datetime, at: datetime) -> Estimate | None:
    return worked_out(_rows(stored, start), sensing, at)[1]


def _rooms_made(rows: SiteRows, sensing: Sensing, bookings: RoomBookings, at: datetime) -> SitePeople:
    return _with_rooms(site_read(rows, sensing, *worked_out(rows, sensing, at)), bookings, at)


def _with_rooms(read: SiteRead, bookings: RoomBookings, at: datetime) -> SitePeople:
    return people_in(read, bookings.by_room(read.codes, at), at)


def _curve(stored: Iterable[CommittedEvent], sensing: Sensing, start: datetime, during: Interval) -> list[PeopleThen]:
    return curve(_rows(stored, start), sensing, during.start, during.end)


def _rows(stored: Iterable[CommittedEvent], start: datetime) -> SiteRows:
    rows = SiteRows(start)
    for each in _heard(stored):
        rows.add(each)
    return rows


def _heard(stored: Iterable[CommittedEvent]) -> list[HeardEvent]:
    return [
        HeardEvent(
            min(each.at, each.received_at),
            each.received_at,
            each.edge,
            str(each.log_id),
            each.seq,
            each.device,
            read_data(each.kind, each.data),
        )
        for each in stored
    ]


async def _sensing(tx: Tx, site: str, at: datetime) -> tuple[Sensing, datetime]:
    """What senses at a site, and when the first row begins."""
    parts = await require_parts(tx, site)
    zone = parts.site.tz
    start = local_time.day_start(local_time.local_day(at, zone) - timedelta(days=_DAYS), zone)
    devices = await queries.site_devices(tx, site)
    opened = await queries.logs_opened(tx, site)
    first: dict[tuple[str, str], datetime] = {}
    for each in await rollups.series_of(tx, site):
        if each.measurement in ("footfall", "motion"):
            here = each.edge, each.device
            first[here] = min(each.first_at, first.get(here, each.first_at))
    counters = {
        (edge, state.device): first.get((edge, state.device), opened.get(edge, at))
        for edge, state in devices
        if state.kind == "counter"
    }
    marks = await rollups.marks_of(tx, site, Interval(start=start, end=start + timedelta(microseconds=1)))
    states = await repository.site_edge_states(tx, site)
    sensing = Sensing(
        parts=parts,
        counters=counters,
        areas=sorted((edge, state.device) for edge, state in devices if state.kind == "alarm"),
        away={each.edge: each.since for each in states if not each.online and each.since <= at},
        marks=[each for each in marks if each.at < start],
        unsigned=queries.late_counters(devices),
        holds=await holds_of(tx, site, until=at),
        both_ways=queries.both_ways(devices),
        pirs={
            (edge, state.device): first[edge, state.device]
            for edge, state in devices
            if state.kind == "motion" and (edge, state.device) in first
        },
        in_rooms={
            **{
                (edge, state.device): RoomDevice(space=str(state.values.get("zone")), name=state.device)
                for edge, state in devices
                if state.kind == "motion"
            },
            **{
                (each.edge, each.device): RoomDevice(space=each.space, name=each.name)
                for each in await room_sensors.of_site(tx, site, at=at)
                if each.space is not None
            },
        },
    )
    return sensing, start
