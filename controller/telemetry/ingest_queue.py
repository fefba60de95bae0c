"""Commits batches of events, and acknowledges them only then.

Whatever has arrived goes into one transaction, so that one commit serves many batches. If an event cannot be stored,
its set is halved until it is found; it is set aside, so that the others are stored.
"""

import asyncio
import collections
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from prometheus_client import CollectorRegistry, Counter, Gauge
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from controller.db.engine import Database, Tx
from controller.db.errors import is_away, words_of
from controller.telemetry import repository
from controller.telemetry.alert_causes import AlertCauses
from controller.telemetry.envelope_verifier import EdgeName, EnvelopeVerifier
from controller.telemetry.event_store import EventStore, StoreResult, ValidatedBatch
from controller.telemetry.model import GoodEvent, RefusalReason, SetAside
from controller.telemetry.validation import Judged, validate_all
from edge.wire.broker_link import Link
from edge.wire.clock import Clock
from edge.wire.envelope import Purpose, Sealer
from edge.wire.event_batch import Ack, EventBatch
from edge.wire.events import DroppedData
from edge.wire.log_format import event_id
from edge.wire.topics import Topic

log = logging.getLogger(__name__)


TRACE_EVERY = timedelta(minutes=1)
"""At most this often per edge a traceback is logged: a faulty edge would flood the log."""


class FailureIsolator:
    """Stores batches through ``event_store``, each set in a transaction of its own."""

    def __init__(self, database: Database, event_store: EventStore, registry: CollectorRegistry) -> None:
        self._database = database
        self._event_store = event_store
        self._traced: dict[EdgeName, datetime] = {}
        self._left = Counter(
            "hallkeeper_events_left",
            "Events that could be neither stored nor put in quarantine, counted each time an edge sends them.",
            registry=registry,
        )

    async def file(self, lot: Sequence[ValidatedBatch], now: datetime) -> AsyncIterator[StoreResult]:
        """Store ``lot``. Events that break it are found by halving and set aside as they came. Events that cannot be
        set aside either are in no result, and so are not acknowledged.

        Raises ``SQLAlchemyError`` or ``OSError`` if the database is away; earlier results are committed.
        """
        broken = _Broken()
        try:
            async for filed in self._file(lot, now, broken):
                yield filed
        finally:
            self._log(logging.ERROR, "Events cannot be stored and are put in quarantine", broken.aside, now)
            self._log(
                logging.CRITICAL,
                "Events can neither be stored nor put in quarantine; the edge keeps them",
                broken.left,
                now,
            )
            self._left.inc(sum(map(len, broken.left.values())))

    async def _file(
        self, lot: Sequence[ValidatedBatch], now: datetime, broken: "_Broken"
    ) -> AsyncIterator[StoreResult]:
        broke = None
        try:
            filed = await self._database.run(self._event_store.file, lot, now)
        except Exception as error:
            if is_away(error):
                raise
            broke = error
        if broke is None:
            yield filed
            return
        halves = _halves(lot)
        if not halves:
            name, lone = (lot[0].site, lot[0].edge), _aside(lot[0], broke)
            (broken.left if lone is None else broken.aside)[name].append(broke)
            halves = [] if lone is None else [[lone]]
        for half in halves:
            async for filed in self._file(half, now, broken):
                yield filed

    def _log(self, level: int, message: str, broken: Mapping[EdgeName, Sequence[Exception]], now: datetime) -> None:
        """One line for each edge."""
        for name, errors in broken.items():
            trace = next((each for each in errors if not isinstance(each, DBAPIError)), None)
            last = self._traced.get(name)
            if trace is not None and last is not None and last <= now < last + TRACE_EVERY:
                trace = None
            if trace is not None:
                self._traced[name] = now
            fields = {"action": "ingest", "site": name[0], "edge": name[1], "events": len(errors)}
            log.log(level, message, exc_info=trace, extra=fields | {"reason": words_of(errors[0])})


class _Broken:
    """What broke at each event of a lot that could not be stored, by edge: of those set aside, and those left."""

    def __init__(self) -> None:
        self.aside: defaultdict[EdgeName, list[Exception]] = defaultdict(list)
        self.left: defaultdict[EdgeName, list[Exception]] = defaultdict(list)


def _halves(lot: Sequence[ValidatedBatch]) -> list[Sequence[ValidatedBatch]]:
    if len(lot) > 1:
        middle = len(lot) // 2
        return [lot[:middle], lot[middle:]]
    (batch,) = lot
    if len(batch.judged) < 2:
        return []
    middle = len(batch.judged) // 2
    return [[msgspec.structs.replace(batch, judged=some)] for some in (batch.judged[:middle], batch.judged[middle:])]


def _aside(batch: ValidatedBatch, broke: Exception) -> ValidatedBatch | None:
    """The batch with its only event set aside; None where there is none, or it was set aside before."""
    judged: tuple[Judged, ...] = batch.judged
    if not judged or not isinstance(judged[0], GoodEvent):
        return None
    event, data = judged[0].event, judged[0].data
    aside = SetAside(
        seq=event.seq,
        first=data.first if isinstance(data, DroppedData) else None,
        raw=judged[0].raw,
        reason=RefusalReason.UNSTORABLE,
        why=f"{type(broke).__name__}: {words_of(broke)}".replace("\0", "?"),
    )
    return msgspec.structs.replace(batch, judged=(aside,))


LOT_EDGES, LOT_BATCHES, LOT_BYTES = 16, 64, 1024 * 1024
"""Of how many edges there are batches in one transaction at most, as each takes statements of its own; how many; and
after how many bytes no further batch is added."""
WAITING_LIMIT = 512
"""Most batches that wait. An edge may have as many as there are places left, so that one that floods leaves half to
the others; what comes on top is left to the edge, which sends it again."""
RETRY_S = 1.0
FLUSH_EVERY_S = 1.0


class _Arrived(msgspec.Struct, frozen=True, kw_only=True):
    site: str
    edge: str
    payload: bytes

    @property
    def name(self) -> EdgeName:
        return self.site, self.edge


@dataclass(eq=False, kw_only=True)
class Ingest:
    """``stored``: called with the sites that have new events, after the commit. ``undated``: with an edge whose events
    wait until a hello of ours is answered, since only that says when they happened."""

    database: Database
    link: Link
    signer: Sealer
    clock: Clock
    verifier: EnvelopeVerifier
    event_store: EventStore
    stored: Callable[[frozenset[str]], None]
    undated: Callable[[EdgeName], Awaitable[None]]
    registry: CollectorRegistry
    causes: AlertCauses

    def __post_init__(self) -> None:
        self._isolator = FailureIsolator(self.database, self.event_store, self.registry)
        self._waiting: asyncio.Queue[_Arrived] = asyncio.Queue(WAITING_LIMIT)
        self._of_each: collections.Counter[EdgeName] = collections.Counter()
        """How many of them are of an edge."""
        self._busy = False
        self._storing_counts = asyncio.Lock()
        self._batches = Counter("hallkeeper_batches", "Batches of events that arrived.", registry=self.registry)
        self._events = Counter("hallkeeper_events", "Events stored, each once.", registry=self.registry)
        waiting = Gauge("hallkeeper_batches_waiting", "Batches that arrived and wait.", registry=self.registry)
        waiting.set_function(self._waiting.qsize)
        self._overflow = Counter(
            "hallkeeper_batches_left", "Batches left to be sent again, because too many waited.", registry=self.registry
        )

    @property
    def busy(self) -> bool:
        """Whether anything that arrived is not yet committed and acknowledged."""
        return self._busy or not self._waiting.empty()

    def offer(self, site: str, edge: str, payload: bytes) -> None:
        """Take a batch in; never waits."""
        self._batches.inc()
        if self._of_each[site, edge] >= WAITING_LIMIT - self._waiting.qsize():
            self._overflow.inc()
            return
        self._of_each[site, edge] += 1
        self._waiting.put_nowait(_Arrived(site=site, edge=edge, payload=payload))

    async def run(self) -> None:
        """File what arrives, for ever. A database that is away costs nothing: edges send again."""
        while True:
            arrived = [await self._waiting.get()]
            self._busy = True
            try:
                edges, size = {arrived[0].name}, len(arrived[0].payload)
                while len(edges) < LOT_EDGES and len(arrived) < LOT_BATCHES and size < LOT_BYTES:
                    if self._waiting.empty():
                        break
                    arrived.append(another := self._waiting.get_nowait())
                    edges.add(another.name)
                    size += len(another.payload)
                self._of_each -= collections.Counter(each.name for each in arrived)
                await self.take(arrived)
            except Exception as error:
                if not is_away(error):
                    raise
                fields = {"action": "ingest", "reason": words_of(error)}
                log.error("Events could not be stored; the edges keep them", extra=fields)
                await asyncio.sleep(RETRY_S)
            finally:
                self._busy = False

    async def take(self, arrived: Sequence[_Arrived]) -> None:
        """File one lot, then acknowledge it. What cannot be stored is set aside; what cannot even be set aside is not
        acknowledged. Raises ``SQLAlchemyError`` or ``OSError`` where the database is away."""
        batches: list[ValidatedBatch] = []
        for each in arrived:
            if batch := self._opened(each):
                batches.append(batch)
            await asyncio.sleep(0)  # a lot of work in a row: let a door or a page in between
        if not batches:
            return
        aside: dict[tuple[str, str, str], list[str]] = {}
        try:
            async for filed in self._isolator.file(batches, self.clock.now()):
                self._events.inc(filed.stored)
                for site, edge, bad in filed.aside:
                    aside.setdefault((site, edge, bad.reason.value), []).append(bad.why)
                self._log_stored(filed)
                if filed.stored or filed.aside:
                    self.stored(filed.sites)
                await self._acknowledge(filed)
                for name in filed.undated:
                    await self.undated(name)
        finally:
            for (site, edge, reason), whys in aside.items():
                self.verifier.refuse(site, edge, reason, whys[0], number=len(whys))

    def _log_stored(self, filed: StoreResult) -> None:
        for each in filed.logged:
            event = event_id(each.site, each.edge, each.seq)
            if each.worth is not None:
                self.causes.note(each.site, *each.worth, event)
            fields = {"action": "ingest", "event": event, "kind": each.kind, "site": each.site, "edge": each.edge}
            log.info("An event was stored", extra=fields)

    async def flush_counts(self) -> None:
        """Store how many were refused, every second while there are any, for ever."""
        while True:
            await asyncio.sleep(FLUSH_EVERY_S)
            await self.store_counts()

    async def store_counts(self) -> None:
        """Store how many were refused since the last time. What another call is storing is stored when this returns."""
        async with self._storing_counts:
            counts = self.verifier.take_counts()
            if not counts:
                return

            async def add(tx: Tx) -> None:
                await repository.add_refusals(tx, counts, self.clock.now())

            try:
                await self.database.run(add)
            except (SQLAlchemyError, OSError) as error:
                self.verifier.give_back(counts)
                fields = {"action": "ingest", "reason": words_of(error)}
                log.error("Counts of refused messages could not be stored; trying again", extra=fields)
                return
        self.stored(frozenset(site for site, _, _ in counts))

    def _opened(self, arrived: _Arrived) -> ValidatedBatch | None:
        site, edge = arrived.site, arrived.edge
        batch = self.verifier.open(site, edge, arrived.payload, purpose=Purpose.EVENTS, kind=EventBatch)
        if batch is None:
            return None
        judged = tuple(validate_all(batch.events))
        return ValidatedBatch(site=site, edge=edge, log=batch.log, first_kept=batch.first_kept, judged=judged)

    async def _acknowledge(self, filed: StoreResult) -> None:
        sending = []
        for (site, edge, name), seq in filed.acks.items():
            ack = Ack(site=site, edge=edge, log=name, seq=seq, at=self.clock.now())
            topic = str(Topic(site=site, edge=edge, name="events/ack"))
            sending.append(self.link.publish(topic, self.signer.seal(Purpose.ACK, ack)))
        await asyncio.gather(*sending)
