"""Finds the events of a set of batches that cannot be stored, so that the others are."""

import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec
from prometheus_client import CollectorRegistry, Counter
from sqlalchemy.exc import DBAPIError

from controller.db.engine import Database
from controller.db.errors import is_away, words_of
from controller.telemetry.envelope_verifier import EdgeName
from controller.telemetry.event_store import EventStore, StoreResult, ValidatedBatch
from controller.telemetry.model import GoodEvent, RefusalReason, SetAside
from controller.telemetry.validation import Judged
from edge.wire.events import DroppedData

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
