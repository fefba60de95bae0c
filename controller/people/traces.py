"""What all rooms hold of a party: SQL over their tables. Whatever column is called ``party`` names one, and a row that
has it may hold personal data in the columns of ``PERSONAL``."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Table, exists, select, update

from controller.bookings.model import State
from controller.bookings.tables import booking_log, bookings, series
from controller.database import Tx, metadata
from controller.estate.tables import sites
from controller.people.tables import memberships, parties, users

PERSONAL = ("contact_name", "contact_phone", "contact_email", "key_holder", "notes")
_AHEAD = (State.REQUESTED, State.HELD, State.CONFIRMED)


def _tables() -> list[Table]:
    """Those whose rows are a party's."""
    return [table for table in metadata.sorted_tables if "party" in table.c and table not in (memberships, users)]


async def named_by(tx: Tx, party: str) -> list[str]:
    """The kinds of things that name the party, as their tables are called, each once."""
    places: list[Column[Any]] = [
        *(table.c.party for table in (*_tables(), users)),
        parties.c.organisation,
        parties.c.responsible,
        sites.c.organisation,
    ]
    found: list[str] = []
    for column in places:
        words = column.table.name.replace("_", " ")
        if words not in found and (await tx.execute(select(exists().where(column == party)))).scalar():
            found.append(words)
    return found


async def books_ahead(tx: Tx, party: str, now: datetime) -> bool:
    """Whether a booking of the party is still to come or to be decided."""
    states = bookings.c.state.in_([each.value for each in _AHEAD])
    query = select(exists().where(bookings.c.party == party, bookings.c.ends > now, states))
    return bool((await tx.execute(query)).scalar())


async def signs_in(tx: Tx, party: str) -> str | None:
    """The name of a user who books for the party."""
    query = select(users.c.name).where(users.c.party == party, users.c.ended_at.is_(None))
    found: str | None = (await tx.execute(query.limit(1))).scalar()
    return found


async def forget(tx: Tx, party: str, *, title: str | None, actor: str, now: datetime) -> None:
    """Delete who was behind the party's bookings and whatever else is its: contacts, key holders, notes, reasons; a
    title becomes ``title`` if one is given. What was booked, when and how many came stays."""
    mine = select(bookings.c.id).where(bookings.c.party == party)
    await tx.execute(update(booking_log).where(booking_log.c.booking_id.in_(mine)).values(why=""))
    if title is not None:
        its_series = select(bookings.c.series_id).where(bookings.c.party == party)
        await tx.execute(update(series).where(series.c.id.in_(its_series)).values(title=title))
    for table in _tables():
        values: dict[str, object] = {name: "" for name in PERSONAL if name in table.c}
        if "title" in table.c and title is not None:
            values["title"] = title
        if table is bookings:
            values |= {"changed_at": now, "changed_by": actor[:200], "version": bookings.c.version + 1}
        if values:
            await tx.execute(update(table).where(table.c.party == party).values(values))
