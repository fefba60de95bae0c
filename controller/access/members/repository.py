"""All SQL about members."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import RowMapping, Select, bindparam, delete, func, insert, or_, select, update

from controller.access.cards_and_pins import tag
from controller.access.members.model import LibraryRecord, Member
from controller.access.tables import inductions, members
from controller.db.compiled_sql import CompiledReads
from controller.db.engine import Tx, batches
from controller.platform.key_files import KeyFiles

_SEALED = ("number", "card", "pin")
_PLAIN = tuple(name for name in LibraryRecord.__struct_fields__ if name not in _SEALED)
"""Fields of the record that are columns of the same name and type."""


class Stamp(msgspec.Struct, frozen=True):
    """A value that changes with every change of any member; invalidates caches."""

    count: int
    revisions: int


async def stamp(tx: Tx) -> Stamp:
    [row] = await _STAMP.rows(tx)
    return Stamp(row["members"], int(row["revisions"] or 0))


_STAMP = CompiledReads(
    select(func.count().label("members"), func.sum(members.c.revision).label("revisions")).select_from(members)
)


async def member(tx: Tx, keys: KeyFiles, member_id: str) -> Member | None:
    found = await _read(tx, keys, select(members).where(members.c.id == member_id))
    return found[0] if found else None


async def carded(tx: Tx, keys: KeyFiles, card: str) -> Member | None:
    """The member with this card; members who have ended are included."""
    found = await _read(tx, keys, select(members).where(members.c.card_tag == tag(keys, card)))
    return found[0] if found else None


async def numbered(tx: Tx, keys: KeyFiles, numbers: Iterable[str]) -> dict[str, Member]:
    """Number -> member, for numbers that exist; members who have ended are included."""
    tags = [tag(keys, number) for number in numbers]
    found: dict[str, Member] = {}
    for part in batches(tags):
        query = select(members).where(members.c.number_tag.in_(part))
        found |= {each.record.number: each for each in await _read(tx, keys, query)}
    return found


async def listed(tx: Tx, keys: KeyFiles, *, after: str | None, limit: int) -> list[Member]:
    """In the order in which they came."""
    query = select(members).where(members.c.id > (after or "")).order_by(members.c.id).limit(limit)
    return await _read(tx, keys, query)


async def inducted_at(tx: Tx, keys: KeyFiles, site: str) -> list[Member]:
    """Members who have not ended and had an induction that counts at a site."""
    mine = select(inductions.c.member).where(or_(inductions.c.site == site, inductions.c.site == ""))
    query = select(members).where(members.c.ended_at.is_(None), members.c.id.in_(mine)).order_by(members.c.id)
    return await _read(tx, keys, query)


async def sites_of(tx: Tx, ids: Sequence[str]) -> set[str]:
    """Sites at which any of these had an induction; "" for all of them."""
    found: set[str] = set()
    for part in batches(ids):
        query = select(inductions.c.site).distinct().where(inductions.c.member.in_(part))
        found |= set((await tx.execute(query)).scalars())
    return found


async def write(tx: Tx, keys: KeyFiles, written: Sequence[Member], *, known: frozenset[str], by: str) -> None:
    """New members and changed ones, those whose ids are ``known``, with their inductions."""
    rows = [_row(keys, each) for each in written]
    if new := [row for row in rows if row["id"] not in known]:
        await tx.execute(insert(members), new)
    if old := [{f"b_{name}": value for name, value in row.items()} for row in rows if row["id"] in known]:
        values: dict[str, object] = {name.removeprefix("b_"): bindparam(name) for name in old[0] if name != "b_id"}
        await tx.execute(update(members).where(members.c.id == bindparam("b_id")).values(values), old)
    ids = [each.id for each in written]
    for part in batches(ids):
        await tx.execute(delete(inductions).where(inductions.c.member.in_(part)))
    days = [
        {"member": each.id, "site": site, "day": day, "by": by}
        for each in written
        for site, day in each.inductions.items()
    ]
    if days:
        await tx.execute(insert(inductions), days)


async def end_others(tx: Tx, keys: KeyFiles, numbers: Iterable[str], *, now: datetime) -> int:
    """End every member whose number is not among these; how many."""
    gone = await _others(tx, keys, numbers)
    for part in batches(gone):
        mine = members.c.id.in_(part)
        await tx.execute(update(members).where(mine).values(ended_at=now, revision=_revision()))
    return len(gone)


async def count_others(tx: Tx, keys: KeyFiles, numbers: Iterable[str]) -> int:
    """How many ``end_others`` would end."""
    return len(await _others(tx, keys, numbers))


async def _others(tx: Tx, keys: KeyFiles, numbers: Iterable[str]) -> list[str]:
    kept = {tag(keys, number) for number in numbers}
    record = await tx.execute(select(members.c.id, members.c.number_tag).where(members.c.ended_at.is_(None)))
    return [row.id for row in record if row.number_tag not in kept]


async def retag(tx: Tx, keys: KeyFiles) -> None:
    """Bring the tags of all members in line with another ``page.key``."""
    for row in (await tx.execute(select(members.c.id, members.c.number, members.c.card))).all():
        number, card = (keys.unseal(getattr(row, name), f"{name} of member {row.id}") for name in ("number", "card"))
        tags = {"number_tag": tag(keys, number.decode()), "card_tag": tag(keys, card.decode())}
        await tx.execute(update(members).where(members.c.id == row.id).values(tags))


async def _read(tx: Tx, keys: KeyFiles, query: Select[Any]) -> list[Member]:
    rows = list((await tx.execute(query)).mappings())
    days: dict[str, dict[str, date]] = {}
    ids = [row["id"] for row in rows]
    for part in batches(ids):
        mine = select(inductions.c.member, inductions.c.site, inductions.c.day)
        for each in await tx.execute(mine.where(inductions.c.member.in_(part))):
            days.setdefault(each.member, {})[each.site] = each.day
    return [_member(keys, row, days.get(row["id"], {})) for row in rows]


def _member(keys: KeyFiles, row: RowMapping, days: Mapping[str, date]) -> Member:
    def opened(name: str) -> Any:
        return keys.unseal(row[name], f"{name} of member {row['id']}").decode() if row[name] is not None else ""

    return Member(
        id=row["id"],
        record=LibraryRecord(
            **{name: opened(name) for name in _SEALED},
            **{name: row[name] for name in _PLAIN},
        ),
        inductions=days,
        source=row["source"],
        checked_at=row["checked_at"],
        ended_at=row["ended_at"],
    )


def _revision() -> int:
    return secrets.randbits(31)


def _row(keys: KeyFiles, value: Member) -> dict[str, object]:
    def sealed(name: str, text: str) -> bytes | None:
        return keys.seal(text.encode(), f"{name} of member {value.id}") if text else None

    record = value.record
    return {
        "id": value.id,
        "number_tag": tag(keys, record.number),
        "card_tag": tag(keys, record.card),
        **{name: sealed(name, getattr(record, name)) for name in _SEALED},
        **{name: getattr(record, name) for name in _PLAIN},
        "source": value.source,
        "checked_at": value.checked_at,
        "revision": _revision(),
        "ended_at": value.ended_at,
    }
