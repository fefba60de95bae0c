"""Persons who hire once: found again by their name and their mail address, or made."""

import secrets
from datetime import datetime

from sqlalchemy import exists, select

from controller.db.engine import Tx
from controller.people import party_repository
from controller.people.model import PartyDraft, PartyKind
from controller.people.repository import email_key, name_key
from controller.people.tables import assignments, memberships
from controller.people.tables import parties as table
from controller.records.audit import audit_log
from controller.records.audit.audit_log import diff


async def one_off_person(tx: Tx, draft: PartyDraft, *, actor: str, now: datetime) -> str:
    """The id of the site's one-off person of this name, mail address and tier, who may still book; of a new one where
    there is none. Finds nobody who is in a group, answers for one, or has a user. The address is proven by the caller,
    who holds ``parties.lock``."""
    other = table.alias()
    query = select(table.c.id, table.c.contact_email).where(
        table.c.one_off,
        table.c.kind == PartyKind.PERSON.value,
        table.c.site == draft.site,
        table.c.tier == draft.tier,  # by which the price was shown
        table.c.name_key == name_key(draft.name),
        table.c.ended_at.is_(None),
        ~exists().where(memberships.c.member == table.c.id),
        ~exists().where(other.c.responsible == table.c.id),
        ~exists().where(assignments.c.party == table.c.id),
    )
    for row in await tx.execute(query.order_by(table.c.id)):
        if email_key(row.contact_email) == email_key(draft.contact_email):
            return str(row.id)
    party = f"person-{secrets.token_hex(6)}"
    await party_repository.add(tx, {party: draft}, actor=actor, now=now)
    thing, changes = f"party {party}", diff(None, draft)
    await audit_log.record(tx, actor=actor, at=now, act="make", thing=thing, changes=changes, subject=party)
    return party
