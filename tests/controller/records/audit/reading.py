"""What the audit log says, for tests."""

from typing import Any

import msgspec
from sqlalchemy import select

from controller.db.engine import Database
from controller.records.audit.tables import audit_people, audit_rows


async def recorded(database: Database, *, site: str | None = None) -> list[tuple[str, str, str]]:
    """Who, act and thing of every row, the oldest first."""
    return [(each["who"], each["act"], each["thing"]) for each in await rows_of(database, site=site)]


async def rows_of(database: Database, *, site: str | None = None) -> list[dict[str, Any]]:
    """Every row with its user's name as ``who``, and its JSON decoded."""
    query = select(audit_rows, audit_people.c.name).select_from(
        audit_rows.outerjoin(audit_people, audit_people.c.id == audit_rows.c.user_id)
    )
    if site is not None:
        query = query.where(audit_rows.c.site == site)
    async with database.read() as tx:
        found = (await tx.execute(query.order_by(audit_rows.c.id))).mappings().all()
    return [
        {
            **each,
            "who": each["actor"] or each["name"],
            "changes": msgspec.json.decode(each["changes"] or "{}"),
            "personal": msgspec.json.decode(each["personal"] or "{}"),
        }
        for each in found
    ]
