"""The history in our own database, written in the transaction that stores the events."""

from collections.abc import Sequence

from controller.db.compiled_sql import insert_many
from controller.db.engine import Tx
from controller.telemetry.history.protocol import Sample
from controller.telemetry.tables import samples as table

_COLUMNS = tuple(column.name for column in table.c)


class SqlHistory:
    """Writes into the transaction ``tx``; what it takes is kept when that commits."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx

    async def write(self, samples: Sequence[Sample]) -> None:
        """Keep the samples; one that is there stays as it is. Never raises ``HistoryDown``."""
        rows = [
            (
                sample.site,
                sample.measurement,
                sample.device,
                field,
                sample.at,
                sample.edge,
                sample.place,
                float(value),
            )
            for sample in samples
            for field, value in sample.fields.items()
        ]
        await insert_many(self._tx, table, _COLUMNS, rows, unless_known=True)
