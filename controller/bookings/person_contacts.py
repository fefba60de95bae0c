"""A person who is the contact of others, by name with phone number or mail address: what is still to come is changed
before they are forgotten, and what is over is blanked."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Table, exists, func, or_, select, update

from controller.bookings.diary.tables import bookings, series, waits
from controller.db.engine import Tx
from controller.people.model import Party, PartyKind
from controller.people.party_repository import party as find_party
from controller.people.tables import parties
from controller.records.audit import audit_log

CONTACT = ("contact_name", "contact_phone", "contact_email")


async def still(tx: Tx, party: str, now: datetime) -> str | None:
    """As ``PersonalData`` has it."""
    person = await _person(tx, party)
    if person is None:
        return None
    groups = (parties.c.kind != PartyKind.PERSON.value, parties.c.ended_at.is_(None))
    query = select(parties.c.name).where(parties.c.id != party, *groups, _names(parties, person)).limit(1)
    if (name := (await tx.execute(query)).scalar()) is not None:
        return f"is the contact of “{name}”; give it a different one first"
    others = or_(bookings.c.party != party, bookings.c.party.is_(None))
    if (await tx.execute(select(exists().where(bookings.c.ends > now, others, _names(bookings, person))))).scalar():
        return "is the contact of bookings ahead; give them a different one first"
    return None


async def forget(tx: Tx, party: str, actor: str, now: datetime) -> None:
    """As ``PersonalData`` has it."""
    person = await _person(tx, party)
    if person is None:
        return
    await audit_log.forget_person(tx, _called(person), _ways(person).values())
    blank = dict.fromkeys(CONTACT, "")
    ended = (parties.c.id != party, parties.c.kind != PartyKind.PERSON.value, parties.c.ended_at.is_not(None))
    await tx.execute(update(parties).where(*ended, _names(parties, person)).values(blank))
    await tx.execute(update(bookings).where(bookings.c.ends <= now, _names(bookings, person)).values(blank))
    ahead = exists().where(bookings.c.series_id == series.c.id, bookings.c.ends > now)
    for table, document, over in ((series, "details", ~ahead), (waits, "asked", waits.c.ends <= now)):
        about = or_(*(table.c[document].contains(text, autoescape=True) for text in _ways(person).values()))
        for row in (await tx.execute(select(table.c.id, table.c[document]).where(over, about))).all():
            contents: dict[str, Any] = msgspec.json.decode(row[1])
            if _is_contact(contents, person):
                left = msgspec.json.encode({**contents, **blank}).decode()
                await tx.execute(update(table).where(table.c.id == row.id).values({document: left}))


async def _person(tx: Tx, party: str) -> Party | None:
    """A person who can be told from others of the same name."""
    found = await find_party(tx, party)
    return found if found is not None and found.kind is PartyKind.PERSON and _ways(found) else None


def _ways(person: Party) -> dict[str, str]:
    return {name: text for name in CONTACT[1:] if (text := getattr(person, name))}


def _called(person: Party) -> Collection[str]:
    return {text.lower() for text in (person.name, person.contact_name) if text}


def _names(table: Table, person: Party) -> ColumnElement[bool]:
    same = [func.lower(table.c[name]) == text.lower() for name, text in _ways(person).items()]
    return func.lower(table.c.contact_name).in_(_called(person)) & or_(*same)


def _is_contact(contents: dict[str, Any], person: Party) -> bool:
    own = {name: str(contents.get(name) or "").lower() for name in CONTACT}
    return own["contact_name"] in _called(person) and any(
        own[name] == text.lower() for name, text in _ways(person).items()
    )
