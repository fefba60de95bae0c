"""What the nightly run deletes or blanks of each kind of data: the rules of the retention schedule."""

import logging
from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, exists, func, select

from controller.bookings.diary.waitlist import IN_LINE
from controller.db.engine import Tx
from controller.people.errors import PartyNamed
from controller.people.party_service import PartyService
from controller.privacy.plan_deletion import DeletePlans, DeleteUnusedParts
from controller.privacy.removal_methods import (
    BlankBookings,
    BlankSeries,
    DeleteOfBookings,
    DeleteOfSeries,
    DeleteOldest,
    DeleteQuotes,
    DeleteRows,
    EraseAuditPersonal,
    Key,
    RetentionRule,
    table,
)
from controller.records.audit import repository as audit
from controller.records.audit.sealer import AuditSealer
from controller.telemetry import repository as telemetry

log = logging.getLogger(__name__)


class DeleteEvents(DeleteOldest, frozen=True, kw_only=True):
    """Notes which was the last that went: what is summed up of events is not made again without some of them."""

    async def apply(self, tx: Tx, keys: Sequence[Key]) -> int:
        await telemetry.set_cursor(tx, telemetry.DELETED, max(key[0] for key in keys))
        return await DeleteOldest.apply(self, tx, keys)


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

    directory: PartyService

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
    sealer: AuditSealer, directory: PartyService, revocations: ColumnElement[bool], erase_users: RetentionRule
) -> dict[str, Sequence[RetentionRule]]:
    """By kind of the schedule, in their order. ``revocations``: those that may go. ``erase_users``: what is done with
    users who ended."""
    finished: ColumnElement[bool] = table("waits").c.state.not_in([state.value for state in IN_LINE])
    return {
        "events": [
            DeleteEvents(table="events", column="received_at"),
            DeleteRows(table="grants", column="ends"),
            DeleteRows(table="code_claims", column="ends"),
            DeleteRows(table="offline_codes", column="ends"),
            DeleteOfBookings(table="codes", shared=True),
            DeleteOfBookings(table="told"),
        ],
        "plans": [DeletePlans(), DeleteUnusedParts()],
        "samples": [DeleteOfSeries(table="samples", series=("site", "measurement", "device", "field"))],
        "rollups": [
            DeleteOfSeries(
                table="rollups",
                series=("site", "step", "measurement"),
                where=(table("rollups").c.step.in_(("5min", "hour")),),
            )
        ],
        "faults": [
            DeleteRows(table="quarantine", column="received_at"),
            DeleteRows(table="alerts", column="cleared_at"),
            DeleteRows(table="refusals", column="last_at"),
        ],
        "manual_acts": [
            DeleteRows(table="commands", column="issued_at"),
            DeleteRows(table="overrides", column="ends", children=(("override_doors", "override"),)),
            DeleteRows(table="restored", column="ends", children=(("restored_pieces", "entry"),)),
            DeleteRows(table="new_codes", column="at"),
            DeleteRows(table="closure_batches", column="made_at"),
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
            DeleteRows(table="notice_bundles", column="made_at", children=(("bundled_bookings", "bundle"),)),
            DeleteRows(table="manual_calls", column="due_at"),
            DeleteRows(table="unanswered_calls", column="tried_at"),
            DeleteRows(table="bounced_addresses", column="at"),
            DeleteRows(table="problem_reports", column="reported_at", children=(("problem_photos", "report"),)),
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
