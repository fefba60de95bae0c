"""The history in our own database, written in the transaction that stores the events."""

from collections.abc import Sequence

from sqlalchemy import Insert
from sqlalchemy.dialects import postgresql, sqlite

from controller.db.engine import Tx
from controller.telemetry.history.protocol import Sample
from controller.telemetry.tables import samples as table


class SqlHistory:
    """Writes into the transaction ``tx``; what it takes is kept when that commits."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx

    async def write(self, samples: Sequence[Sample]) -> None:
        """Keep the samples; one that is there stays as it is. Never raises ``HistoryDown``."""
        rows = [
            {
                "site": sample.site,
                "edge": sample.edge,
                "measurement": sample.measurement,
                "device": sample.device,
                "place": sample.place,
                "at": sample.at,
                "field": field,
                "value": float(value),
            }
            for sample in samples
            for field, value in sample.fields.items()
        ]
        if rows:
            await self._tx.execute(_insert(self._tx), rows)


def _insert(tx: Tx) -> Insert:
    if tx.dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()
