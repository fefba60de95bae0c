"""SQL that reads the audit log for people."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import or_, select

from controller.db.engine import Tx
from controller.privacy.audit.model import AuditEntry, AuditFilter
from controller.records.audit.tables import audit_people, audit_rows

_SHOWN = (
    *(audit_rows.c[name] for name in ("id", "at", "site", "user_id", "actor", "source", "act", "thing", "changes")),
    *(audit_rows.c[name] for name in ("personal", "personal_digest", "seq")),
    audit_people.c.name.label("user"),
)
_FROM = audit_rows.outerjoin(audit_people, audit_people.c.id == audit_rows.c.user_id)


async def entries(tx: Tx, which: AuditFilter, *, before: int | None, limit: int) -> list[AuditEntry]:
    """The newest first. ``before``: only those with smaller ids."""
    c = audit_rows.c
    query = select(*_SHOWN).select_from(_FROM).order_by(c.id.desc()).limit(limit)
    if which.who:
        named = select(audit_people.c.id).where(audit_people.c.name == which.who)
        query = query.where(or_(c.user_id == which.who, c.user_id.in_(named), c.actor == which.who))
    if which.act:
        query = query.where(c.act == which.act)
    if which.site:
        query = query.where(c.site == which.site)
    if which.thing:
        query = query.where(c.thing.startswith(which.thing, autoescape=True))
    if which.from_ is not None:
        query = query.where(c.at >= which.from_)
    if which.until is not None:
        query = query.where(c.at < which.until)
    if before is not None:
        query = query.where(c.id < before)
    return [_entry(row) for row in (await tx.execute(query)).mappings()]


async def user_of(tx: Tx, who: str) -> str | None:
    """The id of the user that is called so, or has it."""
    query = select(audit_people.c.id).where(or_(audit_people.c.name == who, audit_people.c.id == who))
    found: str | None = (await tx.execute(query.limit(1))).scalar()
    return found


async def about(tx: Tx, subject: str, *, limit: int) -> list[AuditEntry]:
    """The newest first of those with personal data of a party."""
    query = select(*_SHOWN).select_from(_FROM).where(audit_rows.c.subject == subject)
    return [_entry(row) for row in (await tx.execute(query.order_by(audit_rows.c.id.desc()).limit(limit))).mappings()]


def _entry(row: Any) -> AuditEntry:
    personal = msgspec.json.decode(row["personal"] or "{}")
    changes: dict[str, Sequence[Any]] = msgspec.json.decode(row["changes"] or "{}")
    return AuditEntry(
        **{name: row[name] for name in ("id", "at", "site", "user_id", "actor", "source", "act", "thing", "seq")},
        user=row["user"] or "",
        address=personal.get("address", ""),
        reason=personal.get("why", ""),
        changes=changes | personal.get("changes", {}),
        erased=row["personal"] is None and any(row["personal_digest"]),
    )
