"""What all rooms hold of a party: SQL over their tables. Whatever column is called ``party``, or something with
``_party`` behind it, names one, and a row that has a ``party`` may hold personal data in the columns of ``PERSONAL``
and in its documents."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Column, ColumnElement, Table, delete, exists, or_, select, update

from controller.calendars.tables import feeds, subscriptions
from controller.db.engine import Tx, metadata
from controller.diary.model import BookingState
from controller.diary.tables import booking_log, bookings, series, sheet_rows, waits
from controller.estate.tables import sites
from controller.people.tables import memberships, parties, users
from controller.waitlist.model import STANDING

PERSONAL = ("contact_name", "contact_phone", "contact_email", "key_holder", "notes")
_DOCUMENTS = ((series, series.c.details), (waits, waits.c.asked))
"""Tables with a document (JSON) that holds such fields."""
_AHEAD = (BookingState.REQUESTED, BookingState.HELD, BookingState.CONFIRMED)


def _tables() -> list[Table]:
    """Those whose rows are a party's."""
    return [table for table in metadata.sorted_tables if "party" in table.c and table not in (memberships, users)]


def _naming() -> list[Column[Any]]:
    tables = [table for table in metadata.sorted_tables if table is not memberships]
    named = [each for table in tables for each in table.c if each.name == "party" or each.name.endswith("_party")]
    return [*named, parties.c.organisation, parties.c.responsible, sites.c.organisation]


async def named_by(tx: Tx, party: str) -> list[str]:
    """The kinds of things that name the party, as their tables are called, each once."""
    found: list[str] = []
    for column in _naming():
        words = column.table.name.replace("_", " ")
        if words not in found and await _any(tx, column == party):
            found.append(words)
    return found


async def still(tx: Tx, party: str, now: datetime) -> str | None:
    """What goes on for the party, so that its people must be reached: the end of a sentence about it."""
    states = [each.value for each in _AHEAD]
    if await _any(tx, bookings.c.party == party, bookings.c.ends > now, bookings.c.state.in_(states)):
        return "has bookings ahead; cancel them first"
    if await _any(tx, waits.c.party == party, waits.c.state.in_([each.value for each in STANDING])):
        return "waits for a time; take it off the waiting list first"
    if await _any(tx, feeds.c.party == party):
        return "has a calendar feed; remove that feed first"
    if await _any(tx, users.c.party == party, users.c.ended_at.is_(None)):
        return "has a user who signs in for it; end that user first"
    return None


async def forget(tx: Tx, party: str, *, title: str | None, actor: str, now: datetime) -> None:
    """Delete who was behind the party's bookings and whatever else is its: contacts, key holders, notes, reasons, links
    to its calendar; a title becomes ``title`` if one is given. What was booked, when and how many came stays."""
    mine = select(bookings.c.id).where(bookings.c.party == party)
    await tx.execute(update(booking_log).where(booking_log.c.booking_id.in_(mine)).values(why=""))
    await tx.execute(delete(sheet_rows).where(sheet_rows.c.booking_id.in_(mine)))
    its_links = or_(subscriptions.c.party == party, subscriptions.c.owner_party == party)
    await tx.execute(
        update(subscriptions).where(its_links, subscriptions.c.revoked_at.is_(None)).values(revoked_at=now)
    )
    await tx.execute(update(subscriptions).where(its_links).values(name=""))
    for table, column in _DOCUMENTS:
        await _blank_documents(tx, table, column, party, title)
    for table in _tables():
        values: dict[str, object] = {name: "" for name in PERSONAL if name in table.c}
        if "title" in table.c and title is not None:
            values["title"] = title
        if table is bookings:
            values |= {"changed_at": now, "changed_by": actor[:200], "version": bookings.c.version + 1}
        if values:
            await tx.execute(update(table).where(table.c.party == party).values(values))


async def _blank_documents(tx: Tx, table: Table, column: Column[str], party: str, title: str | None) -> None:
    rows: Sequence[Any] = (await tx.execute(select(table.c.id, column).where(table.c.party == party))).all()
    for row in rows:
        told: dict[str, Any] = msgspec.json.decode(row[1])
        kept = {name: "" if name in PERSONAL else value for name, value in told.items()}
        if "title" in kept and title is not None:
            kept["title"] = title
        document = msgspec.json.encode(kept).decode()
        await tx.execute(update(table).where(table.c.id == row.id).values({column: document}))


async def _any(tx: Tx, *which: ColumnElement[bool]) -> bool:
    return bool((await tx.execute(select(exists().where(*which)))).scalar())
