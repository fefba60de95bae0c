"""All SQL about holders."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, RowMapping, delete, insert, select, update

from controller.access.credential_hours import Validity, WeekHours
from controller.access.holders.model import Holder, HolderDraft, HolderPlace
from controller.access.tables import code_claims, holder_places, holders
from controller.db.engine import Tx
from controller.people.repository import name_key
from edge.wire.credentials import CredentialKind

SECRETS = ("code", "card", "pin", "duress_code", "duress_pin")


async def holder(tx: Tx, holder_id: str) -> Holder | None:
    found = await _read(tx, holders.c.id == holder_id)
    return found[0] if found else None


async def listed(
    tx: Tx, *, site: str | None, kind: CredentialKind | None, ended: bool | None, after: str | None, limit: int
) -> list[Holder]:
    """In the order in which they were made, from the one behind ``after``."""
    where = [holders.c.id > (after or "")]
    if site is not None:
        where.append(holders.c.id.in_(select(holder_places.c.holder).where(holder_places.c.site == site)))
    if kind is not None:
        where.append(holders.c.kind == kind.value)
    if ended is not None:
        where.append(holders.c.ended_at.is_not(None) if ended else holders.c.ended_at.is_(None))
    return await _read(tx, *where, limit=limit)


async def of_name(tx: Tx, name: str) -> list[Holder]:
    """Those of a name, whatever its case, that have not ended."""
    return await _read(tx, holders.c.name_key == name_key(name), holders.c.ended_at.is_(None))


async def card_taken(tx: Tx, card_tag: bytes, *, but: str) -> bool:
    """Whether a holder other than ``but`` has this card."""
    query = select(holders.c.id).where(holders.c.card_tag == card_tag, holders.c.id != but)
    return (await tx.execute(query)).first() is not None


async def at_site(tx: Tx, site: str) -> list[Holder]:
    """Those of a site that have not ended."""
    mine = select(holder_places.c.holder).where(holder_places.c.site == site)
    return await _read(tx, holders.c.ended_at.is_(None), holders.c.id.in_(mine))


async def sealed(tx: Tx, ids: Sequence[str]) -> dict[str, dict[str, bytes]]:
    """Holder -> its secrets, sealed, by name."""
    query = select(holders.c.id, *(holders.c[name] for name in SECRETS)).where(holders.c.id.in_(ids))
    return {
        row["id"]: {name: row[name] for name in SECRETS if row[name] is not None}
        for row in (await tx.execute(query)).mappings()
    }


async def write(
    tx: Tx, value: Holder, secrets: Mapping[str, bytes | None], *, card_tag: bytes | None, new: bool
) -> None:
    """A holder with its secrets; of one that is there, those that are named."""
    row = _row(value) | dict(secrets) | ({"card_tag": card_tag} if new or "card" in secrets else {})
    if new:
        await tx.execute(insert(holders).values(row))
    else:
        await tx.execute(update(holders).where(holders.c.id == value.id).values(row))
        await tx.execute(delete(holder_places).where(holder_places.c.holder == value.id))
    places = [
        {"holder": value.id, "site": place.site, "door": door}
        for place in value.draft.places
        for door in place.doors or ("",)
    ]
    await tx.execute(insert(holder_places), places)


async def claim(tx: Tx, rows: Sequence[Mapping[str, object]]) -> None:
    """Say that codes are somebody's at some doors. Raises ``IntegrityError`` where they are another's."""
    if rows:
        await tx.execute(insert(code_claims), rows)


async def claimed_by_another(tx: Tx, row: Mapping[str, Any]) -> bool:
    """Whether ``claim`` would be refused because of this row."""
    same = (code_claims.c[name] == row[name] for name in ("site", "door", "code_key"))
    while_it_is = (code_claims.c.starts < row["ends"], code_claims.c.ends > row["starts"])
    query = select(code_claims.c.owner).where(*same, *while_it_is, code_claims.c.owner != row["owner"]).limit(1)
    return (await tx.execute(query)).first() is not None


async def release(tx: Tx, holder_id: str, *, until: datetime) -> None:
    """Let a holder's claims end at ``until``: a door may still know the codes."""
    mine = (code_claims.c.owner == holder_id, code_claims.c.ends > until)
    await tx.execute(delete(code_claims).where(*mine, code_claims.c.starts >= until))
    await tx.execute(update(code_claims).where(*mine).values(ends=until))


async def _read(tx: Tx, *where: ColumnElement[bool], limit: int | None = None) -> list[Holder]:
    columns = [column for column in holders.c if column.name not in (*SECRETS, "card_tag", "name_key")]
    has = [holders.c[name].is_not(None).label(f"has_{name}") for name in SECRETS]
    query = select(*columns, *has).where(*where).order_by(holders.c.id).limit(limit)
    rows = list((await tx.execute(query)).mappings())
    places: dict[str, dict[str, list[str]]] = {}
    mine = select(holder_places).where(holder_places.c.holder.in_([row["id"] for row in rows]))
    for row in (await tx.execute(mine.order_by(holder_places.c.site, holder_places.c.door))).mappings():
        doors = places.setdefault(row["holder"], {}).setdefault(row["site"], [])
        if row["door"]:
            doors.append(row["door"])
    return [_holder(row, places.get(row["id"], {})) for row in rows]


def _holder(row: RowMapping, places: Mapping[str, Sequence[str]]) -> Holder:
    hours = msgspec.json.decode(row["hours"], type=tuple[WeekHours, ...])
    return Holder(
        draft=HolderDraft(
            kind=CredentialKind(row["kind"]),
            name=row["name"],
            places=tuple(HolderPlace(site=site, doors=tuple(doors)) for site, doors in sorted(places.items())),
            validity=Validity(first=row["first"], last=row["last"], hours=hours),
            hold_s=row["hold_s"],
        ),
        has=tuple(name for name in SECRETS if row[f"has_{name}"]),
        **{name: row[name] for name in _PLAIN},
    )


def _row(value: Holder) -> dict[str, object]:
    draft = value.draft
    return {
        **{name: getattr(value, name) for name in _PLAIN},
        "kind": draft.kind.value,
        "name": draft.name,
        "name_key": name_key(draft.name),
        "first": draft.validity.first,
        "last": draft.validity.last,
        "hours": msgspec.json.encode(draft.validity.hours).decode(),
        "hold_s": draft.hold_s,
    }


_PLAIN = tuple(name for name in Holder.__struct_fields__ if name not in ("draft", "has"))
"""Fields that are columns of the same name and type."""
