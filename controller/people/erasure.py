"""What all domains store of a party, found by their tables' columns. One called ``party``, or something with ``_party``
behind it, names a party, and so does one with ``NAMES_PARTY``. A row that has a ``party`` may hold personal data in the
columns of ``PERSONAL`` and in its ``DOCUMENT``. What goes beyond that the domains do: ``PersonalData``."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Column, ColumnElement, Table, exists, select, update

from controller.db.engine import Tx, metadata
from controller.people.tables import DOCUMENT, NAMES_PARTY, assignments, memberships, users

PERSONAL = ("contact_name", "contact_phone", "contact_email", "contact_address", "key_holder", "notes")
PUBLISHED: dict[str, object] = {"public": False, "listed_as": "", "about": "", "web_link": ""}
"""What was written for everybody, as it is afterwards; without ``listed_as`` a public booking would show its title."""


class PersonalData(msgspec.Struct, frozen=True, kw_only=True):
    """What domains know of a party beyond the columns. ``still``: each says what goes on for it, so that its people
    must be reached, as the end of a sentence. ``forget``: each deletes its reasons, links and what files said."""

    still: tuple[Callable[[Tx, str, datetime], Awaitable[str | None]], ...]
    forget: tuple[Callable[[Tx, str, str, datetime], Awaitable[None]], ...]


def _tables() -> list[Table]:
    """Those whose rows are a party's."""
    return [table for table in metadata.sorted_tables if "party" in table.c and table not in (memberships, assignments)]


def naming_columns() -> list[Column[Any]]:
    """Those that name a party."""
    tables = [table for table in metadata.sorted_tables if table is not memberships]
    return [
        each
        for table in tables
        for each in table.c
        if each.name == "party" or each.name.endswith("_party") or each.info == NAMES_PARTY
    ]


async def named_by(tx: Tx, party: str) -> list[str]:
    """The kinds of things that name the party, as their tables are called, each once."""
    found: list[str] = []
    for column in naming_columns():
        words = column.table.name.replace("_", " ")
        if words not in found and await _any(tx, column == party):
            found.append(words)
    return found


async def still(tx: Tx, data: PersonalData, party: str, now: datetime) -> str | None:
    """What goes on for the party: the end of a sentence about it."""
    for look in data.still:
        if (why := await look(tx, party, now)) is not None:
            return why
    ends = assignments.c.until_at
    if await _any(
        tx,
        assignments.c.party == party,
        ends.is_(None) | (ends > now),
        users.c.id == assignments.c.user_id,
        users.c.ended_at.is_(None),
    ):
        return "has a user who signs in for it; end that user or that assignment first"
    return None


async def forget(tx: Tx, data: PersonalData, party: str, *, title: str | None, actor: str, now: datetime) -> None:
    """Delete who was behind the party's bookings and whatever else is its: contacts, key holders, notes, reasons, links
    to its calendar, what was written for everybody; a title becomes ``title`` if one is given. What was booked, when
    and how many came stays."""
    for delete in data.forget:
        await delete(tx, party, actor, now)
    for table in _tables():
        for column in table.c:
            if column.info == DOCUMENT:
                await _blank_documents(tx, table, column, party, title)
        values: dict[str, object] = {name: "" for name in PERSONAL if name in table.c}
        if "public" in table.c:
            values |= PUBLISHED
        if "title" in table.c and title is not None:
            values["title"] = title
        if values:
            await tx.execute(update(table).where(table.c.party == party).values(values))


async def _blank_documents(tx: Tx, table: Table, column: Column[str], party: str, title: str | None) -> None:
    rows: Sequence[Any] = (await tx.execute(select(table.c.id, column).where(table.c.party == party))).all()
    for row in rows:
        await tx.execute(update(table).where(table.c.id == row.id).values({column: redacted(row[1], title)}))


def redacted(document: str, title: str | None = None) -> str:
    """A document in JSON without what is personal in it; ``title``: in place of its own. Pure."""
    contents: dict[str, Any] = msgspec.json.decode(document)
    left = {name: "" if name in PERSONAL else value for name, value in contents.items()}
    left |= {name: value for name, value in PUBLISHED.items() if name in left}
    if "title" in left and title is not None:
        left["title"] = title
    return msgspec.json.encode(left).decode()


async def _any(tx: Tx, *which: ColumnElement[bool]) -> bool:
    return bool((await tx.execute(select(exists().where(*which)))).scalar())
