"""Commits batches of events, and acknowledges them only then.

Whatever has arrived goes into one transaction, so that one commit serves many batches.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import msgspec
from prometheus_client import CollectorRegistry, Counter
from sqlalchemy.exc import SQLAlchemyError

from controller.db.engine import Database, Tx
from controller.db.errors import is_away, words_of
from controller.telemetry import repository
from controller.telemetry.envelope_verifier import EdgeName, EnvelopeVerifier
from controller.telemetry.event_store import EventStore, StoreResult, ValidatedBatch
from controller.telemetry.isolate_failures import FailureIsolator
from controller.telemetry.validation import validate_all
from edge.wire.clock import Clock
from edge.wire.envelope import Purpose, Sealer
from edge.wire.event_batch import Ack, EventBatch
from edge.wire.link import Link
from edge.wire.topics import Topic

log = logging.getLogger(__name__)

LOT_LIMIT = 16
"""Most batches in one transaction."""
WAITING_LIMIT = 512
"""Most batches that wait; what comes on top is left to the edge, which sends it again."""
RETRY_S = 1.0
FLUSH_EVERY_S = 1.0


class _Arrived(msgspec.Struct, frozen=True, kw_only=True):
    site: str
    edge: str
    payload: bytes


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

    def __post_init__(self) -> None:
        self._isolator = FailureIsolator(self.database, self.event_store, self.registry)
        self._waiting: asyncio.Queue[_Arrived] = asyncio.Queue(WAITING_LIMIT)
        self._busy = False
        self._batches = Counter("hallkeeper_batches", "Batches of events that arrived.", registry=self.registry)
        self._events = Counter("hallkeeper_events", "Events stored, each once.", registry=self.registry)
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
        try:
            self._waiting.put_nowait(_Arrived(site=site, edge=edge, payload=payload))
        except asyncio.QueueFull:
            self._overflow.inc()

    async def run(self) -> None:
        """File what arrives, for ever. A database that is away costs nothing: edges send again."""
        while True:
            arrived = [await self._waiting.get()]
            self._busy = True
            try:
                while len(arrived) < LOT_LIMIT and not self._waiting.empty():
                    arrived.append(self._waiting.get_nowait())
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
                await self._acknowledge(filed)
                if filed.stored or filed.aside:
                    self.stored(filed.sites)
                for name in filed.undated:
                    await self.undated(name)
        finally:
            for (site, edge, reason), whys in aside.items():
                self.verifier.refuse(site, edge, reason, whys[0], number=len(whys))

    async def flush_counts(self) -> None:
        """Store how many were refused, every second while there are any, for ever."""
        while True:
            await asyncio.sleep(FLUSH_EVERY_S)
            await self.store_counts()

    async def store_counts(self) -> None:
        """Store how many were refused since the last time."""
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
