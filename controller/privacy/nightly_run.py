"""Looks every night for data whose time is over, and does away with them in short transactions."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import select

from controller.db.engine import Database
from controller.db.retry_until_available import retry_until_available
from controller.db.row_mapping import all_of, columns_of, put_row
from controller.platform.settings import RetentionSection
from controller.privacy.plan_deletion import DeleteUnusedParts
from controller.privacy.removal_methods import InOrder, RetentionRule
from controller.privacy.schedule_text import RetentionLine, days_of
from controller.privacy.tables import retention_runs
from edge.wire.clock import Clock

log = logging.getLogger(__name__)

AT_ONCE = 200
"""Rows in one transaction."""
PAUSE_S = 0.02
"""Real seconds between two transactions, so that bookings get their turn."""
LOOK_EVERY_S = 600.0
NIGHT_FROM = 2
"""The hour in UTC from which a day's run is due."""


class RetentionRun(msgspec.Struct, frozen=True, kw_only=True):
    """The last run for a kind of data. ``failure``: what it could not do; it is tried again the next night."""

    kind: str
    ran_at: datetime
    removed: int
    failure: str | None = None


class RetentionService:
    """``rules``: by kind of the schedule."""

    def __init__(
        self, database: Database, clock: Clock, settings: RetentionSection, rules: Mapping[str, Sequence[RetentionRule]]
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._rules = rules

    async def run(self) -> None:
        """Run forever."""
        while True:
            await retry_until_available(self.look, what="data are deleted whose time is over")
            await self._clock.sleep(LOOK_EVERY_S)

    async def look(self) -> bool:
        """Enforce the schedule, if it is night and was not done today; whether it was done."""
        now = self._clock.now()
        done = await self.runs()
        fresh = (kind in done and done[kind].ran_at.date() >= now.date() for kind in self._rules)
        if now.hour < NIGHT_FROM or all(fresh):
            return False
        await self.enforce()
        return True

    async def enforce(self) -> dict[str, int]:
        """Do away with everything whose time is over now; how many rows of each kind. A kind that fails is logged and
        noted, and holds up no other. Raises ``SQLAlchemyError`` where even that cannot be noted."""
        now = self._clock.now()
        removed: dict[str, int] = {}
        for kind, its in self._rules.items():
            removed[kind], failure = await self._enforce(kind, its, now)
            run = {"kind": kind, "ran_at": now, "removed": removed[kind], "failure": failure}
            await self._database.run(put_row, retention_runs, run, "kind")
        log.info("Data were deleted whose time is over", extra={"action": "retention", "removed": removed})
        return removed

    async def _enforce(self, kind: str, its: Sequence[RetentionRule], now: datetime) -> tuple[int, str | None]:
        """How many rows went, and what failed."""
        count = 0
        failures: list[str] = []
        for rule in its:
            if isinstance(rule, DeleteUnusedParts) and not count:
                continue  # it reads every plan
            try:
                count += await self.carry_out(rule, now - timedelta(days=self.days(kind)))
            except Exception as error:
                fields = {"action": "retention", "kind": kind, "rule": type(rule).__name__}
                log.exception("Data whose time is over could not be deleted", extra=fields)
                failures.append(f"{type(error).__name__} in {type(rule).__name__}")
        return count, "; ".join(failures) or None

    def days(self, kind: str) -> int:
        """How many days data of a kind are kept. Plans explain events."""
        found: int = getattr(self._settings, "events" if kind == "plans" else kind)
        return found

    def shown_days(self, line: RetentionLine) -> int | None:
        return self.days(line.kind) if line.kind in self._rules else days_of(line, self._settings)

    async def carry_out(self, rule: RetentionRule, cutoff: datetime) -> int:
        """In short transactions; how many rows it changed."""
        count, before, after = 0, None, None
        while True:
            async with self._database.read() as tx:
                keys = await rule.find(tx, cutoff, AT_ONCE, after)
            if not keys or keys == before:  # those that cannot go yet
                return count
            done = await self._database.run(rule.apply, keys)
            if done < len(keys) or isinstance(rule, InOrder):
                after = keys[-1]
            count, before = count + done, keys
            await asyncio.sleep(PAUSE_S)

    async def runs(self) -> dict[str, RetentionRun]:
        """The last run of each kind."""
        async with self._database.read() as tx:
            found = await all_of(tx, RetentionRun, select(*columns_of(RetentionRun, retention_runs)))
        return {each.kind: each for each in found}
