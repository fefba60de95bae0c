"""Tests whether the database accepts a write: reads do not show a full disk or another process's lock."""

import asyncio
import time
from datetime import UTC, datetime

from sqlalchemy import Column, Connection, Integer, Table, event, update

from controller.db.engine import Database, Instant, Tx, metadata
from controller.db.errors import words_of
from edge.wire.clock import Clock

readiness = Table(
    "readiness",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
)
"""One row, written to see whether that works."""


@event.listens_for(readiness, "after_create")
def _insert_row(table: Table, connection: Connection, **_: object) -> None:
    connection.execute(table.insert().values(id=1, at=datetime(2000, 1, 1, tzinfo=UTC)))


EVERY_S = 5.0
"""How often at most there is a write, however often somebody asks."""
PATIENCE_S = 3.0


class WriteProbe:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._turn = asyncio.Lock()
        self._looked_at = -EVERY_S
        self._found: str | None = None

    async def look(self) -> str | None:
        """What is wrong; ``None`` where the database was written to."""
        async with self._turn:
            if time.monotonic() - self._looked_at >= EVERY_S:
                self._found = await self.write()
                self._looked_at = time.monotonic()
            return self._found

    async def write(self) -> str | None:
        """As ``look``, of this moment."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._database.run(self._touch)
        except TimeoutError:
            return f"the database has not taken a write within {PATIENCE_S:g} s"
        except Exception as error:  # whatever the driver raises, the answer is the same
            return f"the database refuses writes: {words_of(error).splitlines()[0]}"
        return None

    async def _touch(self, tx: Tx) -> None:
        await tx.execute(update(readiness).values(at=self._clock.now()))
