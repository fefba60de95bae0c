"""Reads what doors and rooms of a site reported, and makes the records of its bookings. Nothing is stored: a late event
changes the record the next time it is read."""

import asyncio
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from controller.access import repository as access
from controller.access.code_generation import CodeWindow
from controller.access.code_status import HeldGrant
from controller.bookings import repository as bookings
from controller.bookings.arrivals import WINDOW_LONGEST
from controller.bookings.code_issuing import BookingCodes
from controller.bookings.diary.model import Booking, listed_time
from controller.bookings.diary.site_config import SiteConfig, SiteConfigs
from controller.db.engine import Database, Tx
from controller.estate.model import Site
from controller.people.model import Actor
from controller.people.party_repository import parties
from controller.people.permissions import Action, Thing, may
from controller.platform.text import local_time
from controller.platform.web.problem import invalid_field
from controller.telemetry import queries
from controller.telemetry.heard_times import heard_times
from controller.telemetry.movement_holds import MOVEMENT, holds_of
from controller.telemetry.queries import RawEvent
from controller.telemetry.rollups import repository as rollups
from controller.telemetry.rollups.coverage import known_times
from controller.telemetry.room_sensors import model as room_sensors
from controller.telemetry.validation import read_data
from controller.use.attendance.case import LEAVE_WITHIN, Case, Level, span_of
from controller.use.attendance.evidence import KINDS, Happened, Known, Seen, seen, together
from controller.use.attendance.model import Attendance, UnbookedRoom, UnbookedUse
from controller.use.attendance.record import TAKES_PLACE, attendance
from controller.use.attendance.unbooked import unbooked
from controller.use.spans import Span, union
from edge.wire.clock import Clock
from edge.wire.interval import Interval
from edge.wire.readings import ReadingKind

EVENTS_LIMIT = 500_000
"""Most events that are read at once, so that the controller's memory is enough."""


class AttendanceFound(msgspec.Struct, frozen=True, kw_only=True):
    """``until``: up to when it is known, the end or now. ``names``: of the items' parties. ``hidden``: how many
    bookings the actor may not see; ``unbooked_shown``: whether they may see what doors and sensors report."""

    site: Site
    during: Interval
    until: datetime
    items: list[Attendance]
    names: dict[str, str]
    hidden: int
    unbooked: list[UnbookedUse]
    rooms: list[UnbookedRoom]
    unbooked_shown: bool


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What doors and rooms reported in a time, and what is known of that."""

    windows: list[CodeWindow]
    events: Sequence[RawEvent]
    known: Known

    def seen(self) -> Seen:
        """Takes up to seconds where much happened."""
        events = [
            Happened(at, seq, edge, device, read_data(kind, data)) for at, seq, edge, device, kind, data in self.events
        ]
        return seen(events, self.windows, self.known)


class _Read(msgspec.Struct, frozen=True, kw_only=True):
    """What records are made from. ``taken``: bookings that take place in all the time that ``evidence`` is of."""

    where: SiteConfig
    items: list[Booking]
    taken: list[Booking]
    grants: Mapping[str, Sequence[HeldGrant]]
    evidence: Evidence


class AttendanceService:
    """Each method is one transaction, and writes nothing."""

    def __init__(self, database: Database, clock: Clock, site_configs: SiteConfigs, codes: BookingCodes) -> None:
        self._database = database
        self._clock = clock
        self._site_configs = site_configs
        self._window = codes.window

    async def between(self, site: str, starts: str, ends: str, *, actor: Actor) -> AttendanceFound:
        """The records of the bookings that touch a time, given as the API takes dates and moments, at most 62 days; and
        where somebody was without a booking. Who may not see what doors report now reads of none whose code opens
        now, and of what came after that only twelve hours after the booking's end.
        Raises ``Invalid`` and ``SiteUnknown``."""
        now = self._clock.now()
        async with self._database.read_report() as tx:
            where = await self._site_configs.of(tx, site)
            during = listed_time(starts, ends, where.site.tz)
            live = may(actor, Action.LIVE, Thing(site=site))
            found = [each for each in await bookings.between(tx, site, during) if each.state in TAKES_PLACE]
            found = [each for each in found if each.space in where.by_space]
            items = [
                each
                for each in found
                if may(actor, Action.DETAILS, Thing(site=site, party=each.party))
                and (live or now not in self._window(each.during, where.policy))
            ]
            read = await self._read(tx, where, items, during, now)
            named = await parties(tx, {each.party for each in items if each.party is not None})
        records, uses, rooms = await asyncio.to_thread(self._records, read, during, now, live)
        return AttendanceFound(
            site=where.site,
            during=during,
            until=min(during.end, now),
            items=records,
            names={each.id: each.name for each in named.values()},
            hidden=len(found) - len(items),
            unbooked=uses if live else [],
            rooms=rooms if live else [],
            unbooked_shown=live,
        )

    async def _read(self, tx: Tx, where: SiteConfig, items: list[Booking], during: Interval, now: datetime) -> _Read:
        site, zone = where.site.id, where.site.tz
        first = min([during.start, *(self._window(each.during, where.policy).start for each in items)])
        last = max([during.end, *(each.ends for each in items)]) + LEAVE_WITHIN
        # Bookings that follow each other over midnight began on the day before.
        span = Interval(
            start=local_time.day_start(local_time.local_day(first, zone) - timedelta(days=1), zone), end=last
        )
        taken = [each for each in await bookings.between(tx, site, span) if each.state in TAKES_PLACE]
        return _Read(
            where=where,
            items=items,
            taken=taken,
            grants=await access.held(tx, [each.id for each in items]),
            evidence=await read_evidence(tx, where, span, now),
        )

    def _records(
        self, read: _Read, during: Interval, now: datetime, live: bool
    ) -> tuple[list[Attendance], list[UnbookedUse], list[UnbookedRoom]]:
        where = read.where
        found = read.evidence.seen()
        starts = self._starts(where, read.taken)
        memo: dict[tuple[tuple[str, ...], datetime, datetime], list[Level]] = {}
        records = [
            attendance(
                Case(
                    booking=each,
                    where=where,
                    window=(window := self._window(each.during, where.policy)),
                    seen=found,
                    # Who stays on is present: who may not see that reads the record as it was when its code ended.
                    now=window.end if not live and window.end <= now < each.ends + LEAVE_WITHIN else now,
                    next_at=_next(starts, where, each),
                    memo=memo,
                ),
                read.grants[each.id],
            )
            for each in read.items
        ]
        if during.start >= now:
            return records, [], []
        past = Interval(start=during.start, end=min(during.end, now))
        taken = [(each.space, self._window(each.during, where.policy)) for each in read.taken]
        return records, *unbooked(where, found, taken, past)

    def _starts(self, where: SiteConfig, taken: Iterable[Booking]) -> dict[str, list[tuple[datetime, datetime]]]:
        """Atom -> start of each booking of it, and when its code begins to open, in order."""
        found: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
        for each in taken:
            if each.space in where.by_space:
                opens = self._window(each.during, where.policy).start
                for atom in where.by_space[each.space].atoms:
                    found[atom].append((each.starts, opens))
        return {atom: sorted(times) for atom, times in found.items()}


async def read_evidence(
    tx: Tx,
    where: SiteConfig,
    span: Interval,
    now: datetime,
    *,
    most: int = EVENTS_LIMIT,
    readings: Collection[ReadingKind] = (),
) -> Evidence:
    """What is stored of that time; of readings only those of sensors that see movement, and with one of ``readings``,
    if any are given. Raises as ``events_read``."""
    site, doors = where.site.id, [each.id for each in where.doors]
    known = await _known(tx, where, span, now)
    sensors = {device for _, device in known.places}
    past = span.start < now
    return Evidence(
        windows=await access.windows(tx, site, doors, span.start, span.end, longest=WINDOW_LONGEST),
        events=await events_read(tx, site, span, most=most, readings=readings, sensors=sensors) if past else [],
        known=known,
    )


async def events_read(
    tx: Tx,
    site: str,
    span: Interval,
    *,
    most: int = EVENTS_LIMIT,
    readings: Collection[ReadingKind] = (),
    sensors: Collection[str] | None = None,
) -> list[RawEvent]:
    """What records are made from. Raises ``Invalid`` where that is more than ``most`` events."""
    found = await queries.events_during(tx, site, KINDS, span, limit=most + 1, readings=readings, sensors=sensors)
    if len(found) > most:
        raise invalid_field("to", f"more than {most} events of doors and sensors are in that time: ask for fewer days")
    return found


def _next(
    starts: Mapping[str, Sequence[tuple[datetime, datetime]]], where: SiteConfig, booking: Booking
) -> datetime | None:
    atoms = where.by_space[booking.space].atoms
    found = []
    for atom in atoms:
        times = starts.get(atom, ())
        place = bisect_left(times, (booking.ends,))
        found += [opens for _, opens in times[place : place + 1]]
    return min(found, default=None)


async def _known(tx: Tx, where: SiteConfig, span: Interval, now: datetime) -> Known:
    """In which time doors, counters and sensors are known to have worked."""
    site = where.site.id
    states = await queries.site_devices(tx, site)
    present = {(edge, state.device) for edge, state in states}
    late = queries.late_counters(states)
    series = await rollups.series_of(tx, site)
    marks = await rollups.marks_of(tx, site, span)
    since = min([span.start, *(each.at for each in marks)])
    worked = known_times(
        series,
        horizons={edge: min(at, now) for edge, at in (await rollups.horizons(tx, site)).items()},
        present=present,
        outages=await queries.site_outages(tx, site, Interval(start=since, end=span.end)),
        marks=marks,
        runs=await rollups.runs_of(tx, site, span),
    )
    at_door = {(edge, state.device): state.values.get("contact") for edge, state in states if state.kind == "door"}
    contacts = {each.id: at_door.get((each.edge, each.id)) for each in where.doors}
    heard = {
        edge: [span_of(each) for each in times] for edge, times in (await heard_times(tx, site, span, now)).items()
    }
    rooms = await room_sensors.rooms_of(tx, site)
    counters: dict[str, list[tuple[Span, list[Span]]]] = {
        each.id: [] for each in where.doors if each.counter is not None
    }
    both_ways = queries.both_ways(states)
    either_way: dict[str, list[tuple[Span, list[Span]]]] = {
        each.id: [] for each in where.doors if (each.edge, each.counter) in both_ways
    }
    fields = await rollups.fields_of(tx, site, ["footfall"])
    newest: dict[tuple[str, str, str], datetime] = {}
    for each in series:
        name = each.edge, each.device, each.measurement
        newest[name] = max(each.last_at, newest.get(name, each.last_at))
    sensors: dict[tuple[str, str], list[Span]] = defaultdict(list)
    places: dict[tuple[str, str], str] = {}
    for each, times in zip(series, worked, strict=True):
        spans = [span_of(time) for time in times]
        if each.measurement == "footfall" and each.place:
            gone = (each.edge, each.device) not in present or newest[each.edge, each.device, "footfall"] != each.last_at
            there = int(each.first_at.timestamp()), int((each.last_at if gone else now).timestamp()) + 1
            # One that was replaced, under its name, by a counter of both ways no longer tells in from out.
            told = "ins" in fields.get(rollups.key_of(each), ("ins",)) and (each.edge, each.device) not in both_ways
            (counters if told else either_way).setdefault(each.place, []).append(
                (there, [] if (each.edge, each.device) in late else union(spans))
            )
        elif each.measurement in MOVEMENT and (room := each.place or rooms.get((each.edge, each.device))):
            sensors[each.edge, each.device] += spans
            places[each.edge, each.device] = room
    return Known(
        names={each.id: each.name for each in where.doors},
        doors={each.id: heard.get(each.edge, []) for each in where.doors},
        counters={door: together(found) for door, found in counters.items() if found or door not in either_way},
        either_way={door: together(found) for door, found in either_way.items()},
        sensors={device: union(spans) for device, spans in sensors.items()},
        places=places,
        relayed=frozenset(rooms),
        sides=queries.reader_sides(states),
        late=late,
        holds=await holds_of(tx, site),
        contacts=frozenset(door for door, says in contacts.items() if says in ("open", "closed")),
        shut=frozenset(door for door, says in contacts.items() if says == "closed" and span.end >= now),
    )
