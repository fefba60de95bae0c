"""The hold times of movement sensors, as they were learned each night. All SQL about them, and the night's work."""

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import insert, select, update

from controller.db.engine import Database, Tx
from controller.db.errors import is_away
from controller.db.lease import LeaseLost
from controller.db.retry_until_available import retry_until_available
from controller.estate import repository as estate
from controller.platform.text import local_time
from controller.telemetry import queries
from controller.telemetry.movement_hold import LearnedHold, learned, spells_of
from controller.telemetry.queries import RawEvent
from controller.telemetry.rollups import repository as rollups
from controller.telemetry.rollups.coverage import known_times
from controller.telemetry.tables import movement_holds
from controller.telemetry.validation import read_data
from edge.wire.clock import Clock
from edge.wire.events import MotionData, ReadingData
from edge.wire.interval import Interval
from edge.wire.readings import ReadingKind

log = logging.getLogger(__name__)

MOVES = (ReadingKind.MOTION, ReadingKind.PRESENCE)
"""Kinds of readings that say whether somebody moves."""
MOVEMENT = ("motion", "presence")
"""Measurements of sensors that see movement."""
LOOK_EVERY_S = 1800.0
_MOST_SITES = 100_000
_NIGHT = timedelta(hours=3)
"""After local midnight, when a day's learning begins."""
_DAYS, _LEAST_DAYS, _DAY = 28, 7, timedelta(days=1)
_ENOUGH = 300
"""Where every sensor has so many spells, no day before the newest week is read."""
_MOST = 400_000
"""Events of a site that are read: of each sensor as many a day as leave room for a week of all."""
_MOST_OF_EACH = 6000
"""A day: 120 spells an hour, more than which are set aside."""
_LEFT_OUT = (
    "How long sensors of %s hold movement is learned from the newest %d days, and of %d sensors from their first %d "
    "reports of a day: more are stored than are read"
)
_SAME, _SAME_S = 0.1, 2.0
"""A hold that is learned again and differs by no more is the one that is known."""
_C = movement_holds.c
Device = tuple[str, str]
"""Edge and device."""
_Changes = dict[Device, list[tuple[float, bool]]]


class MovementHold(msgspec.Struct, frozen=True, kw_only=True):
    """``hold_s``: seconds for which the sensor says movement after the last one; ``since``: when it was learned, which
    is from when on it counts; ``spells``: how many it was learned from last."""

    since: datetime
    hold_s: float
    spells: int


Holds = Mapping[Device, Sequence[MovementHold]]
"""Of each sensor what was learned, the first first."""


def hold_at(learned_: Sequence[MovementHold], at: datetime) -> MovementHold | None:
    """What was known at a moment; ``None`` where nothing was learned by then."""
    return next((each for each in reversed(learned_) if each.since <= at), None)


async def holds_of(tx: Tx, site: str, *, until: datetime | None = None) -> Holds:
    """By sensor; ``until``: only what had been learned by then."""
    query = select(_C.edge, _C.device, _C.since, _C.hold_s, _C.spells).where(_C.site == site)
    query = query if until is None else query.where(_C.since <= until)
    found: dict[Device, list[MovementHold]] = defaultdict(list)
    for row in await tx.execute(query.order_by(_C.since)):
        found[row.edge, row.device].append(MovementHold(since=row.since, hold_s=row.hold_s, spells=row.spells))
    return found


def night_of(now: datetime, zone: ZoneInfo) -> date:
    """The local day in whose night learning is due at a moment."""
    return local_time.local_day(now - _NIGHT, zone)


class HoldLearning:
    """Learns each site's holds once a night, from the four weeks before."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._done: dict[str, date] = {}

    async def run(self) -> None:
        """Run forever."""
        while True:
            await retry_until_available(self.look, what="hold times of movement sensors")
            await self._clock.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """Learn of each site of which it was not done since three in the night; idempotent."""
        now = self._clock.now()
        async with self._database.read() as tx:
            sites = await estate.list_sites(tx, limit=_MOST_SITES)
        for site in sites:
            if self._done.get(site.id) == (night := night_of(now, site.tz)):
                continue
            try:
                await self.learn(site.id, now)
            except LeaseLost:
                raise
            except Exception as error:
                if is_away(error):  # for every site
                    raise
                log.exception("How long sensors hold movement is not learned of %s until the next night", site.id)
            self._done[site.id] = night

    async def learn(self, site: str, now: datetime) -> None:
        """Learn from what happened at a site before ``now``, and keep what is new."""
        async with self._database.read() as tx:
            worked = await _worked(tx, site, Interval(start=now - _DAYS * _DAY, end=now), now)
            changes = await _changes(tx, site, sorted(worked), now)
        found = await asyncio.to_thread(_learned, changes, worked)
        if found:
            await self._database.run(_keep, site, found, now)


async def _worked(tx: Tx, site: str, during: Interval, now: datetime) -> Mapping[Device, list[tuple[float, float]]]:
    """Of each sensor that sees movement, when it is known to have worked."""
    series = [each for each in await rollups.series_of(tx, site) if each.measurement in MOVEMENT]
    if not series:
        return {}
    marks = await rollups.marks_of(tx, site, during)
    since = min([during.start, *(each.at for each in marks)])
    times = known_times(
        series,
        horizons={edge: min(at, now) for edge, at in (await rollups.horizons(tx, site)).items()},
        present={(edge, state.device) for edge, state in await queries.site_devices(tx, site)},
        outages=await queries.site_outages(tx, site, Interval(start=since, end=during.end)),
        marks=marks,
        runs=await rollups.runs_of(tx, site, during),
    )
    found: dict[Device, list[tuple[float, float]]] = defaultdict(list)
    for each, known in zip(series, times, strict=True):
        found[each.edge, each.device] += [(span.start.timestamp(), span.end.timestamp()) for span in known]
    return {device: _joined(spans) for device, spans in found.items()}


def _joined(spans: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Of the rooms that a sensor was in one after the other, as one."""
    found: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found


async def _changes(tx: Tx, site: str, sensors: Sequence[Device], now: datetime) -> _Changes:
    """What the sensors reported, in order; day by day, the newest first, back to where each has spells enough."""
    found: list[RawEvent] = []
    number: Counter[Device] = Counter()
    cut: set[Device] = set()
    devices = {device for _, device in sensors}
    of_each = min(_MOST_OF_EACH, _MOST // (_LEAST_DAYS * max(len(sensors), 1)))
    days, full = 0, False
    while sensors and days < _DAYS and (days < _LEAST_DAYS or min(number[each] for each in sensors) < 2 * _ENOUGH):
        during, left = Interval(start=now - (days + 1) * _DAY, end=now - days * _DAY), _MOST - len(found)
        read = await queries.events_during(
            tx, site, ("motion", "reading"), during, limit=left + 1, readings=MOVES, sensors=devices, of_each=of_each
        )
        if full := len(read) > left:
            break
        of_day = Counter((edge, device) for _, _, edge, device, _, _ in read)
        cut |= {device for device, many in of_day.items() if many == of_each}
        number += of_day
        found += read
        days += 1
    if full or cut:
        log.warning(_LEFT_OUT, site, days, len(cut), of_each)
    return await asyncio.to_thread(_read, found)


def _read(events: Sequence[RawEvent]) -> _Changes:
    found: _Changes = defaultdict(list)
    for at, _, edge, device, kind, text in sorted(events, key=lambda each: each[:2]):
        if (moves := moves_in(read_data(kind, text))) is not None:
            found[edge, device].append((at.timestamp(), moves))
    return found


def moves_in(data: object) -> bool | None:
    """Whether an event says that somebody moves; ``None`` where it says nothing of that."""
    match data:
        case MotionData():
            return data.active
        case ReadingData() if any(kind in data.values for kind in MOVES):
            return any(data.values.get(kind, 0) > 0 for kind in MOVES)
    return None


def _learned(changes: _Changes, worked: Mapping[Device, Sequence[tuple[float, float]]]) -> dict[Device, LearnedHold]:
    found = {device: learned(spells_of(its, worked.get(device, ()))) for device, its in changes.items()}
    return {device: hold for device, hold in found.items() if hold is not None}


async def _keep(tx: Tx, site: str, found: Mapping[Device, LearnedHold], now: datetime) -> None:
    known = await holds_of(tx, site)
    for (edge, device), hold in found.items():
        last = known[edge, device][-1] if known.get((edge, device)) else None
        if last is None or abs(hold.hold_s - last.hold_s) > max(_SAME * last.hold_s, _SAME_S):
            row = {"site": site, "edge": edge, "device": device, "since": now, **msgspec.structs.asdict(hold)}
            await tx.execute(insert(movement_holds).values(row))
        elif hold.spells != last.spells:
            here = (_C.site == site) & (_C.edge == edge) & (_C.device == device) & (_C.since == last.since)
            await tx.execute(update(movement_holds).where(here).values(spells=hold.spells))
