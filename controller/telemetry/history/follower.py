"""Feeds a history outside the database from the events table.

The events table is the spool: a cursor says up to which event the history has taken everything, so that one that is
down for a month loses nothing and delays nothing.
"""

import asyncio
import logging
import random

from controller.db.engine import Database, Tx
from controller.db.retry import retry_until_available
from controller.telemetry import queries, repository
from controller.telemetry.history.protocol import History, HistoryDown, HistoryRefuses, sample_of
from controller.telemetry.validation import read_data

log = logging.getLogger(__name__)

NAME = "influx"
AT_ONCE = 5_000
"""Events that are read, and at most as many points written, in one go."""
LONGEST_RETRY_S = 60.0


class HistoryFollower:
    """Feeds a history outside the database from the events table, for ever."""

    def __init__(self, *, database: Database, history: History, first_retry_s: float = 0.5) -> None:
        self._database = database
        self._history = history
        self._first_retry_s = first_retry_s
        self._more = asyncio.Event()
        self.down: str | None = None
        self.refused = 0

    def wake(self) -> None:
        """There may be new events."""
        self._more.set()

    async def run(self) -> None:
        """Write what is new; while InfluxDB is down try on, ever more seldom."""
        retry_s = self._first_retry_s
        self._more.set()
        while True:
            await self._more.wait()
            self._more.clear()
            try:
                while await retry_until_available(self.step, what="samples for the history"):
                    pass
                if self.down is not None:
                    log.info("The history accepts samples again", extra={"action": "history"})
                self.down, retry_s = None, self._first_retry_s
            except HistoryDown as error:
                if self.down is None:
                    fields = {"action": "history", "reason": str(error)}
                    log.warning("The history is down; samples wait in the events table", extra=fields)
                self.down = str(error)
                await asyncio.sleep(retry_s * random.uniform(0.5, 1.0))  # noqa: S311  # spreads the load, no secret
                retry_s = min(retry_s * 2, LONGEST_RETRY_S)
                self._more.set()

    async def step(self) -> bool:
        """Write one lot; whether there may be more. Raises ``HistoryDown``, with the cursor where it was."""
        async with self._database.read() as tx:
            done = await repository.cursor(tx, NAME)
            logged = await queries.events_after(tx, done, limit=AT_ONCE)
        if not logged:
            return False
        samples = [
            sample
            for site, event in logged
            if (
                sample := sample_of(
                    site=site,
                    edge=event.edge,
                    device=event.device,
                    at=event.at,
                    data=read_data(event.kind, event.data),
                )
            )
        ]
        try:
            await self._history.write(samples)
        except HistoryRefuses as error:
            # It has taken what it could; the rest would be refused for ever and stays in the events table.
            self.refused += 1
            log.error("The history refused samples", extra={"action": "history", "reason": str(error)})

        async def moved(tx: Tx) -> None:
            await repository.set_cursor(tx, NAME, logged[-1][1].id)

        await self._database.run(moved)
        return len(logged) == AT_ONCE
