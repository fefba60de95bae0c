"""Stores several batches in one transaction: every event once, and everything that follows from it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from controller.db.engine import Tx
from controller.estate import repository as estate
from controller.platform.text import local_time
from controller.telemetry import repository
from controller.telemetry.alert_rules import (
    ALERTING,
    Worth,
    alert_events_gone,
    alert_new_log,
    alert_of_event,
    alert_unstored,
)
from controller.telemetry.deduplication import SeqRuns, deduplicate, judged_seq
from controller.telemetry.envelope_verifier import EdgeName
from controller.telemetry.event_timestamps import EventDating
from controller.telemetry.history import Sample, SqlHistory, samples_of
from controller.telemetry.model import GoodEvent, RefusalReason, SetAside, StoredEvent
from controller.telemetry.repository import CounterDay
from controller.telemetry.rollups.service import add_events
from controller.telemetry.room_sensors import model as room_sensors
from controller.telemetry.validation import Judged
from edge.wire.event_text import door_of, happened
from edge.wire.events import (
    URGENT,
    AccessData,
    DroppedData,
    FootfallData,
    OutageData,
    ReadingData,
    RecountData,
)
from edge.wire.offline_codes import OfflineWindow
from edge.wire.plan import digest

LATE = timedelta(minutes=2)
"""An event that comes later than this after it happened is marked, and raises no live alert."""

LOGGED = URGENT | {"fault", "lockout"}
"""Kinds of events that have a line in the log each, as on the edge."""
Note = Callable[[Tx, str, Sequence[StoredEvent]], Awaitable[None]]
"""Called with the newly stored events of one edge, in order, inside the transaction."""
BookingOf = Callable[[Tx, str, str, OfflineWindow], Awaitable[str | None]]
"""Whose the offline code of this window is, by site and door."""


class ValidatedBatch(msgspec.Struct, frozen=True, kw_only=True):
    """A batch that was opened and judged, event by event, in the order it came."""

    site: str
    edge: str
    log: str
    first_kept: int
    judged: tuple[Judged, ...]


class LoggedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """``worth``: the alert that it may raise."""

    site: str
    edge: str
    seq: int
    kind: str
    worth: Worth | None


class StoreResult(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of a batch. ``acks``: site, edge and log -> the last number of the committed run.

    ``aside``: events newly put in quarantine. ``undated``: edges with events that are left until it is known when they
    happened. ``logged``: those newly stored that have a line in the log.
    """

    acks: dict[tuple[str, str, str], int]
    stored: int
    aside: tuple[tuple[str, str, SetAside], ...]
    sites: frozenset[str]
    undated: frozenset[EdgeName] = frozenset()
    logged: tuple[LoggedEvent, ...] = ()


class EventStore:
    """Stores batches. ``note``: called with new events; samples are stored in the same transaction if ``in_sql``."""

    def __init__(self, *, note: Note, booking_of: BookingOf, in_sql: bool) -> None:
        self._note = note
        self._booking_of = booking_of
        self._in_sql = in_sql

    async def file(self, tx: Tx, batches: Sequence[ValidatedBatch], now: datetime) -> StoreResult:
        """Store what is new in the batches, in this transaction. Does nothing but SQL, so it may be run again."""
        await repository.commit_in_order(tx)
        grouped: dict[tuple[str, str, str], list[ValidatedBatch]] = {}
        for batch in batches:
            grouped.setdefault((batch.site, batch.edge, batch.log), []).append(batch)
        acks: dict[tuple[str, str, str], int] = {}
        stored, sites, undated = 0, set(), set()
        aside: list[tuple[str, str, SetAside]] = []
        logged: list[LoggedEvent] = []
        zones: dict[str, ZoneInfo] = {}
        for (site, edge, log), lot in grouped.items():
            if site not in zones:
                place = await estate.site(tx, site)
                if place is None:
                    continue  # its edge was known a moment ago; unacknowledged, it will ask again
                zones[site] = place.tz
            writer = _LogWriter(
                tx, site=site, edge=edge, log=log, zone=zones[site], now=now, booking_of=self._booking_of
            )
            acks[site, edge, log] = await writer.file(lot)
            aside += [(site, edge, each) for each in writer.aside]
            stored += len(writer.stored)
            logged += [
                LoggedEvent(site=site, edge=edge, seq=each.seq, kind=each.kind, worth=writer.worth.get(each.seq))
                for each in writer.stored
                if each.kind in LOGGED or each.seq in writer.worth
            ]
            sites.add(site)
            if writer.undated:
                undated.add((site, edge))
            if writer.stored:
                rooms = await _note_readings(tx, site, edge, writer.stored)
                samples = _samples(site, writer.stored, rooms)
                if self._in_sql:
                    await SqlHistory(tx).write(samples)
                # Which room a sensor stands for may change: roll-ups are kept without, so that they can be made again.
                rolled = _samples(site, writer.stored, {}) if rooms else samples
                await add_events(tx, site, zones[site], writer.stored, rolled)
                await self._note(tx, site, writer.stored)
        return StoreResult(
            acks=acks,
            stored=stored,
            aside=tuple(aside),
            sites=frozenset(sites),
            undated=frozenset(undated),
            logged=tuple(logged),
        )


def _samples(site: str, events: Sequence[StoredEvent], rooms: Mapping[str, str]) -> list[Sample]:
    return [
        sample
        for event in events
        for sample in samples_of(
            site=site,
            edge=event.edge,
            device=event.device,
            at=event.at,
            data=event.data,
            room=rooms.get(event.device),
        )
    ]


async def _note_readings(tx: Tx, site: str, edge: str, events: Sequence[StoredEvent]) -> dict[str, str]:
    """Keep what sensors in rooms have sent; the rooms of those that have one, by device."""
    read = [(event.device, event.at, event.data) for event in events if isinstance(event.data, ReadingData)]
    return await room_sensors.note(tx, site, edge, read) if read else {}


class _LogWriter:
    """Stores the events of one log."""

    def __init__(
        self, tx: Tx, *, site: str, edge: str, log: str, zone: ZoneInfo, now: datetime, booking_of: BookingOf
    ) -> None:
        self._tx = tx
        self._booking_of = booking_of
        self._site = site
        self._edge = edge
        self._log = log
        self._zone = zone
        self._now = now
        self._id = 0
        self._runs = SeqRuns()
        self.stored: list[StoredEvent] = []
        self.aside: list[SetAside] = []
        self.undated = 0
        self.worth: dict[int, Worth] = {}

    async def file(self, batches: Sequence[ValidatedBatch]) -> int:
        """Store what is new; the end of the run that is answered for."""
        tx = self._tx
        self._id = await repository.log_id(tx, self._site, self._edge, self._log) or await self._open()
        self._runs = await repository.runs(tx, self._id)
        before = self._runs.runs
        good, aside = await self._new(batches)
        dated = await EventDating(tx, site=self._site, edge=self._edge, log=self._id, now=self._now).date(good)
        self.undated = len(good) - len(dated)
        good = [await self._whose(each) if isinstance(each.data, AccessData) else each for each in dated]
        late = [self._now - each.event.at > LATE for each in good]
        await repository.insert_events(
            tx, self._site, self._edge, self._id, list(zip(good, late, strict=True)), self._now
        )
        self._runs.add_each(each.event.seq for each in good)
        self._runs.add_each(each.seq for each in aside if each.seq is not None)
        for batch in batches:
            await self._record_missing(batch)
            await self._answer_for_dropped(batch)
        await self._follow(good, late)
        await self._set_aside(aside)
        await repository.put_runs(tx, self._id, before, self._runs.runs)
        return self._runs.contiguous

    async def _open(self) -> int:
        """Begin a log; one that replaces another raises an alert."""
        old = await repository.present_log(self._tx, self._site, self._edge)
        if old is not None:
            last = (await repository.runs(self._tx, old[0])).top
            await alert_new_log(self._tx, self._site, self._edge, old=old[1], last=last, now=self._now)
        return await repository.open_log(self._tx, self._site, self._edge, self._log, self._now)

    async def _new(self, batches: Sequence[ValidatedBatch]) -> tuple[list[GoodEvent], list[SetAside]]:
        """What is not stored yet, and what is to be set aside."""
        judged = [each for batch in batches for each in batch.judged]
        seqs = [seq for each in judged if (seq := judged_seq(each)) is not None]
        stored: dict[int, str | None] = {}
        if seqs and min(seqs) <= self._runs.top:
            stored = await repository.stored_seqs(self._tx, self._id, min(seqs), max(seqs))
        return deduplicate(judged, stored)

    async def _whose(self, each: GoodEvent) -> GoodEvent:
        """The event, with its booking where a door knew an offline code by its window alone: no plan had said yet
        whose that is."""
        data = each.data
        if not isinstance(data, AccessData) or data.offline is None or data.booking is not None:
            return each
        booking = await self._booking_of(self._tx, self._site, data.door, data.offline)
        if booking is None:
            return each
        data = msgspec.structs.replace(data, booking=booking)
        return msgspec.structs.replace(each, data=data, text=msgspec.json.encode(data).decode())

    async def _record_missing(self, batch: ValidatedBatch) -> None:
        """Numbers below what the edge still holds, and that we do not have, will never come."""
        held = [seq for each in batch.judged if (seq := _first(each)) is not None]
        gone_up_to = min([batch.first_kept, *held]) - 1
        if gone_up_to <= self._runs.contiguous:
            return
        gone = self._runs.missing(1, gone_up_to)
        if gone:
            await repository.insert_holes(self._tx, self._site, self._edge, self._id, gone, "gone", self._now)
            await alert_events_gone(self._tx, self._site, self._edge, gone, self._now)
            self._runs.add(1, gone_up_to)

    async def _answer_for_dropped(self, batch: ValidatedBatch) -> None:
        """Events dropped because of a full disk; also where the number that reports them was stored before as another
        event."""
        for each in batch.judged:
            first, last = _first(each), judged_seq(each)
            if first is not None and last is not None and first < last:
                gone = self._runs.missing(first, last)
                await repository.insert_holes(self._tx, self._site, self._edge, self._id, gone, "dropped", self._now)
                self._runs.add(first, last)

    async def _follow(self, good: Sequence[GoodEvent], late: Sequence[bool]) -> None:
        """What follows from events that are new."""
        days: dict[tuple[str, object], CounterDay] = {}
        marks: dict[str, tuple[datetime, str]] = {}
        for each, was_late in zip(good, late, strict=True):
            event, data = each.event, each.data
            self.stored.append(
                StoredEvent(
                    edge=self._edge,
                    log=self._log,
                    seq=event.seq,
                    at=event.at,
                    device=event.device,
                    kind=each.kind,
                    data=data,
                    learned_late=was_late,
                )
            )
            if isinstance(data, FootfallData):
                day = self._counter_day(event.at, data)
                key = (day.counter, day.day)
                days[key] = days[key].joined(day) if key in days else day
            elif isinstance(data, RecountData):
                on = local_time.local_day(event.at, self._zone)
                await repository.put_recount(
                    self._tx, self._site, self._edge, self._id, event.seq, at=event.at, day=on, data=data
                )
            elif isinstance(data, OutageData):
                if data.start < data.end:
                    await repository.insert_outage(
                        self._tx, self._site, self._edge, self._id, event.seq, data.start, data.end
                    )
            elif isinstance(data, ALERTING):
                worth = await alert_of_event(self._tx, self._site, self._edge, each, late=was_late, now=self._now)
                if worth is not None:
                    self.worth[event.seq] = worth
            door = door_of(data)
            if door and (door not in marks or marks[door][0] <= event.at) and (text := happened(data)):
                marks[door] = (event.at, text)
        for day in days.values():
            await repository.put_counter_day(self._tx, self._site, self._edge, self._id, day)
        for door, (at, text) in marks.items():
            await repository.mark_door(self._tx, self._site, door, at, text)

    def _counter_day(self, at: datetime, data: FootfallData) -> CounterDay:
        return CounterDay(
            counter=data.counter,
            door=data.door,
            day=local_time.local_day(at, self._zone),
            base_ins=data.total_ins - data.ins,
            base_outs=data.total_outs - data.outs,
            top_ins=data.total_ins,
            top_outs=data.total_outs,
            at=at,
            base_passages=data.total_passages - data.passages,
            top_passages=data.total_passages,
        )

    async def _set_aside(self, aside: Sequence[SetAside]) -> None:
        """Quarantine. Without a number an event is stored once; when the edge sends it again, it does so from the
        number we want next, and that is the one it gets."""
        nameless = {digest(each.raw): each for each in aside if each.seq is None}
        known = await repository.quarantined(self._tx, self._id, list(nameless)) if nameless else {}
        for name, seq in known.items():
            if seq is None and nameless[name].reason is not RefusalReason.NUMBER_TAKEN:
                wanted = self._runs.contiguous + 1
                self._runs.add(wanted, wanted)
                await repository.number_quarantined(self._tx, self._id, name, wanted)
        self.aside = [each for each in aside if each.seq is not None]
        self.aside += [each for name, each in nameless.items() if name not in known]
        await repository.insert_quarantine(self._tx, self._site, self._edge, self._id, self.aside, self._now)
        await alert_unstored(self._tx, self._site, self._edge, self.aside, self._now)


def _first(judged: Judged) -> int | None:
    """The first number an event answers for."""
    if isinstance(judged, GoodEvent):
        return judged.data.first if isinstance(judged.data, DroppedData) else judged.event.seq
    return judged.first or judged.seq
