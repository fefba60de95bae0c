"""Counting by hand at a counter: beginning, ending, and what its totals are by it. Raw totals never change."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import insert, select, update

from controller.db.engine import Database, Tx
from controller.estate.service import require_parts, require_site
from controller.people.model import Actor
from controller.platform.web.problem import Conflicting, NotFound, invalid_field
from controller.records.audit import audit_log
from controller.telemetry import people_inside, queries, repository
from controller.telemetry.hand_counts.calibration import Calibration, Counts, calibrate
from controller.telemetry.hand_counts.tables import hand_counts
from controller.telemetry.people_inside import DayCount
from controller.telemetry.rollups import repository as rollups
from controller.telemetry.validation import read_data
from edge.wire.clock import Clock
from edge.wire.events import FootfallData
from edge.wire.ids import uuid7
from edge.wire.interval import Interval

SHORTEST, LONGEST = timedelta(minutes=10), timedelta(hours=2)
CLOCK_OFF = timedelta(seconds=30)
"""How far a phone's idea of the controller's time may be ahead of it."""
_TOLD_WITHIN = timedelta(minutes=3)
"""An edge says once a minute how much it has to report: what it has not said for so long it may still."""
_C = hand_counts.c


class CounterUnknown(NotFound):
    def __init__(self, site: str, counter: str) -> None:
        super().__init__(f"{site} has no counter {counter!r}; look at its counters on Now")


class HandCountUnknown(NotFound):
    def __init__(self) -> None:
        super().__init__("there is no such hand count at this site")


class NotUsable(Conflicting):
    """The hand count says nothing of the counter."""


class HandCount(msgspec.Struct, frozen=True, kw_only=True):
    """``ins``, ``outs``: by hand. ``counted_ins``, ``counted_outs``: by the counter meanwhile, or ``counted_passages``
    by one that does not tell in from out. ``ends_at``: None while somebody counts."""

    id: str
    edge: str
    counter: str
    starts_at: datetime
    ends_at: datetime | None
    ins: int
    outs: int
    counted_ins: int
    counted_outs: int
    counted_passages: int = 0


class CounterCalibration(msgspec.Struct, frozen=True, kw_only=True):
    """A counter today, with its calibration of each direction, or of passages both ways; None where it is not
    calibrated."""

    today: DayCount
    hand_counts: int
    ins: Calibration | None
    outs: Calibration | None
    passages: Calibration | None


class HandCounts:
    """The caller checks permissions."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def zone(self, site: str) -> ZoneInfo:
        """Of a site. Raises ``SiteUnknown``."""
        async with self._database.read() as tx:
            return (await require_site(tx, site)).tz

    async def begin(self, site: str, counter: str, *, actor: Actor) -> HandCount:
        """Somebody begins to count. Raises ``SiteUnknown``, ``CounterUnknown``, ``NotUsable``."""
        now = self._clock.now()

        async def begin(tx: Tx) -> HandCount:
            await require_site(tx, site)
            devices = await queries.site_devices(tx, site)
            edges = [edge for edge, state in devices if (state.kind, state.device) == ("counter", counter)]
            if not edges:
                raise CounterUnknown(site, counter)
            if (edges[0], counter) in queries.late_counters(devices):
                raise NotUsable(f"{counter} reports people minutes after they passed, so nobody can count beside it")
            new = HandCount(
                id=uuid7(now, secrets.token_bytes(10)),
                edge=edges[0],
                counter=counter,
                starts_at=now,
                ends_at=None,
                ins=0,
                outs=0,
                counted_ins=0,
                counted_outs=0,
            )
            await tx.execute(insert(hand_counts).values(site=site, **msgspec.structs.asdict(new)))
            await self._audit(tx, site, "begin hand count", new, actor, {})
            return new

        return await self._database.run(begin)

    async def end(
        self, site: str, count: str, *, ins: int, outs: int, ends_at: datetime | None = None, actor: Actor
    ) -> HandCount:
        """Somebody has counted, until ``ends_at`` or now. Raises ``Invalid``, ``SiteUnknown``, ``HandCountUnknown``,
        ``NotUsable``."""
        now = self._clock.now()
        if ends_at is not None and ends_at > now + CLOCK_OFF:
            raise invalid_field("ends_at", "must not be still to come")
        ended = now if ends_at is None else min(ends_at, now)

        async def end(tx: Tx) -> HandCount:
            await require_site(tx, site)
            row = (await tx.execute(select(hand_counts).where(_C.site == site, _C.id == count))).mappings().first()
            if row is None:
                raise HandCountUnknown
            old = HandCount(**{name: row[name] for name in HandCount.__struct_fields__})
            if old.ends_at is not None:
                raise NotUsable("it has ended already")
            if not SHORTEST <= ended - old.starts_at <= LONGEST:
                raise NotUsable("count for 15 minutes; it must be 10 minutes at least and 2 hours at most")
            during = Interval(start=old.starts_at, end=ended)
            await _require_usable(tx, site, old, during)
            new = msgspec.structs.replace(await _counted(tx, site, old, during), ends_at=ended, ins=ins, outs=outs)
            changed = {name: (getattr(old, name), getattr(new, name)) for name in ("ins", "outs")}
            await tx.execute(update(hand_counts).where(_C.id == count).values(msgspec.structs.asdict(new)))
            await self._audit(tx, site, "end hand count", new, actor, changed)
            return new

        return await self._database.run(end)

    async def calibrations(self, site: str) -> list[CounterCalibration]:
        """Each counter of a site today. Raises ``SiteUnknown``."""
        async with self._database.read() as tx:
            parts = await require_parts(tx, site)
            states = await repository.site_edge_states(tx, site)
            online = {state.edge for state in states if state.online}
            devices = await queries.site_devices(tx, site)
            counters = await people_inside.counters(tx, parts, devices, online, self._clock.now())
            rows = (await tx.execute(select(hand_counts).where(_C.site == site, _C.ends_at.is_not(None)))).mappings()
            done = [HandCount(**{name: row[name] for name in HandCount.__struct_fields__}) for row in rows]
        return [_calibration(today, [each for each in done if each.edge == edge]) for edge, today in counters]

    async def _audit(
        self, tx: Tx, site: str, act: str, count: HandCount, actor: Actor, changes: dict[str, tuple[int, int]]
    ) -> None:
        thing = f"counter {count.counter} of {count.edge}"
        await audit_log.record(
            tx, actor=actor.name, at=self._clock.now(), act=act, site=site, thing=thing, changes=dict(changes)
        )


def _calibration(today: DayCount, done: Sequence[HandCount]) -> CounterCalibration:
    its = [each for each in done if each.counter == today.counter]
    return CounterCalibration(
        today=today,
        hand_counts=len(its),
        ins=calibrate([Counts(people=each.ins, counted=each.counted_ins) for each in its]),
        outs=calibrate([Counts(people=each.outs, counted=each.counted_outs) for each in its]),
        passages=calibrate([Counts(people=each.ins + each.outs, counted=each.counted_passages) for each in its]),
    )


async def _require_usable(tx: Tx, site: str, count: HandCount, during: Interval) -> None:
    """Whether all that the counter counted is known. Raises ``NotUsable``."""
    states = {state.edge: state for state in await repository.site_edge_states(tx, site)}
    if count.edge not in states or not states[count.edge].online:
        raise NotUsable(f"{count.edge} is offline, so what it counted is not known yet; end the count once it is back")
    if any(each.edge == count.edge for each in await queries.site_outages(tx, site, during)):
        raise NotUsable(f"{count.edge} was not running all the time; count again")
    for edge, state in await queries.site_devices(tx, site):
        if (edge, state.device) == (count.edge, count.counter) and state.values.get("not_counting_since"):
            raise NotUsable(f"{count.counter} has a fault with which it does not count; count again once it has none")
    horizon = (await rollups.horizons(tx, site)).get(count.edge)
    if horizon is not None and horizon < during.end - _TOLD_WITHIN:
        raise NotUsable(f"what {count.counter} counted until then has not all arrived yet; send it again in a minute")
    its = [each for each in await rollups.marks_of(tx, site, during) if each.at >= during.start and each.present]
    if any((each.edge, each.device) == (count.edge, count.counter) for each in its):
        raise NotUsable(f"{count.counter} had a fault meanwhile with which it does not count; count again")


async def _counted(tx: Tx, site: str, count: HandCount, during: Interval) -> HandCount:
    """With whom the counter counted in a time."""
    ins = outs = passages = 0
    for _, _, edge, device, kind, data in await queries.events_during(tx, site, ["footfall"], during):
        if (edge, device) == (count.edge, count.counter) and isinstance(found := read_data(kind, data), FootfallData):
            ins, outs, passages = ins + found.ins, outs + found.outs, passages + found.passages
    return msgspec.structs.replace(count, counted_ins=ins, counted_outs=outs, counted_passages=passages)
