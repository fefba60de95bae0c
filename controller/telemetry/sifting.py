"""Finds what in a lot of batches cannot be stored, so that it holds up nothing else."""

import logging
from collections.abc import AsyncIterator, Sequence
from datetime import datetime

import msgspec
from sqlalchemy.exc import DBAPIError

from controller.database import Database, is_away, words_of
from controller.telemetry.filing import Batch, Cabinet, Filed
from controller.telemetry.judge import Judged
from controller.telemetry.model import GoodEvent, Reason, SetAside
from edge.wire.events import DroppedData

log = logging.getLogger(__name__)


class Sieve:
    """Files lots by way of ``cabinet``, each in a transaction of its own."""

    def __init__(self, database: Database, cabinet: Cabinet) -> None:
        self._database = database
        self._cabinet = cabinet

    async def file(self, lot: Sequence[Batch], now: datetime) -> AsyncIterator[Filed]:
        """File ``lot``; what breaks it is found by halves and set aside as it came. What cannot even be set aside is in
        nothing that is told, and so is not acknowledged.

        Raises ``SQLAlchemyError`` or ``OSError`` where the database is away; what was told before is committed.
        """
        broke = None
        try:
            filed = await self._database.run(self._cabinet.file, lot, now)
        except Exception as error:
            if is_away(error):
                raise
            broke = error
        if broke is None:
            yield filed
            return
        halves = _halves(lot)
        if not halves:
            if lone := _aside(lot[0], broke):
                halves = [[lone]]
            else:
                _tell(lot[0], broke)
        for half in halves:
            async for filed in self.file(half, now):
                yield filed


def _halves(lot: Sequence[Batch]) -> list[Sequence[Batch]]:
    if len(lot) > 1:
        middle = len(lot) // 2
        return [lot[:middle], lot[middle:]]
    (batch,) = lot
    if len(batch.judged) < 2:
        return []
    middle = len(batch.judged) // 2
    return [[msgspec.structs.replace(batch, judged=some)] for some in (batch.judged[:middle], batch.judged[middle:])]


def _aside(batch: Batch, broke: Exception) -> Batch | None:
    """The batch with its only event set aside; None where there is none, or it was set aside before."""
    judged: tuple[Judged, ...] = batch.judged
    if not judged or not isinstance(judged[0], GoodEvent):
        return None
    event, data = judged[0].event, judged[0].data
    log.error("An event cannot be stored and is set aside", exc_info=_trace(broke), extra=_where(batch, broke))
    aside = SetAside(
        seq=event.seq,
        first=data.first if isinstance(data, DroppedData) else None,
        raw=judged[0].raw,
        reason=Reason.UNSTORABLE,
        why=f"{type(broke).__name__}: {words_of(broke)}".replace("\0", "?"),
    )
    return msgspec.structs.replace(batch, judged=(aside,))


def _tell(batch: Batch, broke: Exception) -> None:
    message = "Events can neither be stored nor set aside; the edge keeps them"
    log.critical(message, exc_info=_trace(broke), extra=_where(batch, broke))


def _where(batch: Batch, broke: Exception) -> dict[str, str]:
    return {"edge": f"{batch.site}/{batch.edge}", "why": words_of(broke)}


def _trace(broke: Exception) -> Exception | None:
    """Where it comes from, unless it is the database that says so."""
    return None if isinstance(broke, DBAPIError) else broke
