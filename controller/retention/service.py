"""Looks every night for data whose time is over, and does away with them in short transactions."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import ColumnElement, exists, func, select

from controller.audit import repository as audit
from controller.audit.sealer import AuditSealer
from controller.db.engine import Database, Tx
from controller.db.retry import retry_until_available
from controller.db.structs import all_of, columns_of, put_row
from controller.diary.waitlist import IN_LINE
from controller.people.directory import PartyDirectory
from controller.people.errors import PartyNamed
from controller.retention.plans import DeletePlans, DeleteUnusedParts
from controller.retention.removal import (
    BlankBookings,
    BlankSeries,
    DeleteOfBookings,
    DeleteOldest,
    DeleteQuotes,
    DeleteRows,
    DeleteSamples,
    EraseAuditPersonal,
    InOrder,
    Key,
    RetentionRule,
    table,
)
from controller.retention.schedule import RetentionLine, days_of
from controller.retention.tables import retention_runs
from controller.settings import RetentionSection
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


class CutAudit(msgspec.Struct, frozen=True):
    """Rows of the audit log, up to a place of the chain that is signed first; one chain in each transaction. A chain
    that is stopped is left."""

    sealer: AuditSealer

    async def find(self, tx: Tx, cutoff: datetime, limit: int, after: Key | None = None) -> Sequence[Key]:
        found = await audit.over(tx, cutoff, limit, after[0] if after else None)
        return [found] if found else []

    async def apply(self, tx: Tx, keys: Sequence[Key]) -> int:
        ((chain, seq),) = keys
        before = await audit.cut_to(tx, chain)
        await self.sealer.cut(tx, chain, seq)
        return await audit.cut_to(tx, chain) - before


class ForgetParties(msgspec.Struct, frozen=True):
    """Personal data of parties that ended, one in each transaction, since a party may have much. One for which
    something still goes on is left."""

    directory: PartyDirectory

    async def find(self, tx: Tx, cutoff: datetime, limit: int, after: Key | None = None) -> Sequence[Key]:
        c = table("parties").c
        query = select(c.id).where(c.ended_at < cutoff, c.forgotten_at.is_(None)).order_by(c.id)
        if after is not None:
            query = query.where(c.id > after[0])
        return [tuple(row) for row in await tx.execute(query.limit(1))]

    async def apply(self, tx: Tx, keys: Sequence[Key]) -> int:
        ((party,),) = keys
        try:
            await self.directory.forget_ended(tx, party)
        except PartyNamed as error:
            fields = {"action": "retention", "reason": error.detail}
            log.info("A party that ended is not forgotten yet", extra=fields)
            return 0
        return 1


class ForgetOneOffs(ForgetParties, frozen=True):
    """As ``ForgetParties``, of one-off persons by their last booking; of one who never had any by when they were made.
    Who is in a group, or answers for one, is no longer one-off."""

    async def find(self, tx: Tx, cutoff: datetime, limit: int, after: Key | None = None) -> Sequence[Key]:
        c, bookings, memberships = table("parties").c, table("bookings").c, table("memberships").c
        other = table("parties").alias().c
        last = select(func.max(bookings.ends)).where(bookings.party == c.id).scalar_subquery()
        query = select(c.id).where(
            c.one_off,
            c.forgotten_at.is_(None),
            func.coalesce(last, c.created_at) < cutoff,
            ~exists().where(memberships.member == c.id),
            ~exists().where(other.responsible == c.id),
        )
        if after is not None:
            query = query.where(c.id > after[0])
        return [tuple(row) for row in await tx.execute(query.order_by(c.id).limit(1))]


def rules(
    sealer: AuditSealer, directory: PartyDirectory, revocations: ColumnElement[bool], erase_users: RetentionRule
) -> dict[str, Sequence[RetentionRule]]:
    """By kind of the schedule, in their order. ``revocations``: those that may go. ``erase_users``: what is done with
    users who ended."""
    finished: ColumnElement[bool] = table("waits").c.state.not_in([state.value for state in IN_LINE])
    return {
        "events": [
            DeleteOldest(table="events", column="received_at"),
            DeleteRows(table="grants", column="ends"),
            DeleteRows(table="code_claims", column="ends"),
            DeleteRows(table="offline_codes", column="ends"),
            DeleteOfBookings(table="codes", shared=True),
            DeleteOfBookings(table="told"),
        ],
        "plans": [DeletePlans(), DeleteUnusedParts()],
        "samples": [DeleteSamples()],
        "faults": [
            DeleteRows(table="quarantine", column="received_at"),
            DeleteRows(table="refusals", column="last_at"),
        ],
        "manual_acts": [
            DeleteRows(table="commands", column="issued_at"),
            DeleteRows(table="overrides", column="ends", children=(("override_doors", "override"),)),
            DeleteRows(table="restored", column="ends", children=(("restored_pieces", "entry"),)),
            DeleteRows(table="new_codes", column="at"),
            DeleteRows(table="revocations", column="at", where=(revocations,)),
        ],
        "booking_contacts": [
            BlankBookings(),
            BlankSeries(),
            DeleteOfBookings(table="booking_log"),
            DeleteOfBookings(table="impacts"),
            DeleteOfBookings(table="hire_requests"),
        ],
        "waiting": [DeleteRows(table="waits", column="ends", where=(finished,))],
        "import_leftovers": [DeleteOfBookings(table="sheet_rows")],
        "notices": [
            DeleteRows(table="notices", column="ended_at", children=(("notice_calls", "notice"),)),
            DeleteRows(table="manual_calls", column="due_at"),
            DeleteRows(table="unanswered_calls", column="tried_at"),
            DeleteRows(table="bounced_addresses", column="at"),
        ],
        "ended_people": [
            DeleteRows(table="holders", column="ended_at", children=(("holder_places", "holder"),)),
            DeleteRows(table="members", column="ended_at", children=(("inductions", "member"),)),
            ForgetParties(directory),
            erase_users,
        ],
        "documents": [
            DeleteRows(table="party_documents", column="valid_until", children=(("document_files", "document"),)),
        ],
        "induction_results": [DeleteRows(table="induction_results", column="valid_until")],
        "safeguarding": [DeleteRows(table="safeguarding", column="review_on")],
        "one_off_people": [ForgetOneOffs(directory)],
        "audit_personal": [EraseAuditPersonal()],
        "audit": [CutAudit(sealer), DeleteRows(table="audit_mails", column="sent_at")],
        "accounts": [DeleteQuotes()],
    }


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
