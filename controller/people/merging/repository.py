"""The table of merged parties, and all SQL of merging: finds what names a party by its columns, as erasure does, so
that no domain is forgotten.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import (
    Column,
    ColumnElement,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    func,
    insert,
    or_,
    select,
    text,
    update,
)

from controller.db.engine import NAMES_ACTOR, Instant, Tx, metadata
from controller.db.postgresql_notifications import notify
from controller.db.row_mapping import all_of, columns_of, first_of, struct_of
from controller.people.erasure import naming_columns
from controller.people.merging.model import Merge, Move
from controller.people.model import GivenAssignment
from controller.people.session_cache import CHANNEL
from controller.people.tables import assignments, memberships, parties

merges = Table(
    "merges",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("from_party", String(40), nullable=False, index=True),
    Column("into_party", String(40), nullable=False, index=True),
    Column("document", Text, nullable=False),  # JSON: what moved, by ids, and how it was right after
    Column("merged_at", Instant, nullable=False),
    Column("merged_by", String(200), nullable=False, info=NAMES_ACTOR),
    Column("undone_at", Instant),
    Column("undone_by", String(200), nullable=False, server_default=text("''"), info=NAMES_ACTOR),
)


_BY_MAILS = frozenset({"notices", "bounced_addresses"})
"""They change by what is sent and comes back, which is no change of the party."""
_ONLY_NAME = frozenset({"parties", "sites"})
"""Of their rows only who is named counts; what else they say is of another party or a site."""
_BY_ITSELF = {
    "party_documents": {"reminded_days"},
    "waits": {"state", "state_at", "offered_until"},
    "invitations": {"uses", "digit_tries", "digits_tried_at"},
}
"""Columns that time, or somebody who only tries, changes; what comes of it is in a table of its own."""


def columns() -> list[Column[Any]]:
    """Those whose values follow: every one that names a party, but for the record of merges."""
    found = [each for each in naming_columns() if each.table is not merges]
    return [*found, memberships.c.party, memberships.c.member]


async def moves(tx: Tx, duplicate: str, into: str, now: datetime) -> tuple[list[Move], dict[str, int]]:
    """What would follow, and by table how many rows stay, since the other party has the same."""
    found: list[Move] = []
    stay: dict[str, int] = defaultdict(int)
    for column in columns():
        table = column.table
        assert isinstance(table, Table)
        for row in (await tx.execute(select(table).where(column == duplicate))).mappings().all():
            if await _clashes(tx, table, column, row, into, now):
                stay[str(table.name)] += 1
                continue
            key = {str(each.name): str(row[each.name]) for each in table.primary_key}
            found.append(Move(table=str(table.name), column=str(column.name), key=key, old=duplicate))
            found += [
                Move(table=str(table.name), column=str(each.name), key=key, old=duplicate)
                for each in _documents(table)
                if row[each.name] and _named(duplicate) in row[each.name]
            ]
    return found, dict(stay)


def _documents(table: Table) -> Iterator[Column[Any]]:
    """Columns with JSON, in which the party may be named as well."""
    return (each for each in table.c if isinstance(each.type, Text))


def _named(party: str) -> str:
    """How compact JSON names a party; inside a text its quotes would be escaped."""
    return f'"party":"{party}"'


async def _clashes(tx: Tx, table: Table, column: Column[Any], row: Any, into: str, now: datetime) -> bool:
    """Whether the row could not name the other party, or would say what another one says already."""
    if table is parties:
        return bool(row["id"] == into)
    if table is assignments:
        return await _has_the_same(tx, struct_of(GivenAssignment, row), into, now)
    if table is memberships and into in (row["party"], row["member"]):
        return True
    for unique in (table.primary_key, *(each for each in table.constraints if isinstance(each, UniqueConstraint))):
        if column.name in unique.columns:
            rest = [each == row[each.name] for each in unique.columns if each.name != column.name]
            if await _any(tx, and_(column == into, *rest)):
                return True
    return False


async def _has_the_same(tx: Tx, given: GivenAssignment, into: str, now: datetime) -> bool:
    """Whether the user has the role for the other party already, from no later and for as long; one that is over, that
    begins later or ends before takes nobody's rights away."""
    query = select(*columns_of(GivenAssignment, assignments)).where(
        assignments.c.party == into,
        assignments.c.user_id == given.user_id,
        assignments.c.role == given.role.value,
        assignments.c.site.is_not_distinct_from(given.site),
    )
    return any(_covers(each, given, now) for each in await all_of(tx, GivenAssignment, query))


def _covers(other: GivenAssignment, given: GivenAssignment, now: datetime) -> bool:
    begins = max(now, given.from_at or now)
    lasts = other.until_at is None or (given.until_at is not None and given.until_at <= other.until_at)
    from_there = other.account_id in (None, given.account_id)  # what an account gives, it may take away
    return not other.over(now) and (other.from_at is None or other.from_at <= begins) and lasts and from_there


async def _any(tx: Tx, which: ColumnElement[bool]) -> bool:
    return (await tx.execute(select(1).where(which).limit(1))).first() is not None


async def move(tx: Tx, found: Sequence[Move], duplicate: str, into: str) -> list[Move]:
    """Have it all name the other party; the moves as they are undone, keys as they are then."""
    done = []
    for each in found:
        await _rename(tx, each, duplicate, into)
        key = each.key | ({each.column: into} if each.column in each.key else {})
        done.append(msgspec.structs.replace(each, key=key))
    await notify(tx, CHANNEL)
    return done


async def move_back(tx: Tx, done: Sequence[Move], into: str) -> None:
    for each in reversed(done):
        await _rename(tx, each, into, each.old)
    await notify(tx, CHANNEL)


async def _rename(tx: Tx, each: Move, old: str, new: str) -> None:
    """In a document only the name is another one: a copy of the rest would outlive its erasure."""
    table = metadata.tables[each.table]
    column = table.c[each.column]
    document = isinstance(column.type, Text)
    value = func.replace(column, _named(old), _named(new)) if document else new
    here = [table.c[name] == table.c[name].type.python_type(text) for name, text in each.key.items()]
    await tx.execute(update(table).where(*here).values({each.column: value}))


async def set_site(tx: Tx, party: str, site: str | None) -> None:
    await tx.execute(update(parties).where(parties.c.id == party).values(site=site))


async def digests(tx: Tx, either: Collection[str]) -> dict[str, str]:
    """By table, of all rows that name either party. A booking's by its version, so that somebody who arrives changes
    nothing."""
    naming: dict[str, list[Column[Any]]] = defaultdict(list)
    for column in columns():
        naming[str(column.table.name)].append(column)
    found = {}
    for name, by in naming.items():
        if name in _BY_MAILS:
            continue
        shown = [each for each in metadata.tables[name].c if each.primary_key or each in by or _counts(each)]
        rows = list((await tx.execute(select(*shown).where(or_(*(each.in_(sorted(either)) for each in by))))).all())
        if name == parties.name:
            rows += (await tx.execute(select(parties).where(parties.c.id.in_(sorted(either))))).all()
        text = "\n".join(sorted(repr(tuple(row)) for row in rows))
        found[name] = hashlib.sha256(text.encode()).hexdigest()
    return found


def _counts(column: Column[Any]) -> bool:
    table = column.table
    if table.name in _ONLY_NAME or column.name in _BY_ITSELF.get(str(table.name), ()):
        return False
    return "version" not in table.c or column.name in _PLAIN


_PLAIN = frozenset({"party", "version", "state", "manage_link_number", "show_link_number"})


async def sites_of_dealings(tx: Tx, either: Collection[str]) -> tuple[frozenset[str], bool]:
    """The sites at which something names either party; and whether a role does for all sites."""
    sites: set[str] = set()
    everywhere = False
    for column in columns():
        table = column.table
        assert isinstance(table, Table)
        if "site" not in table.c or table is parties:
            continue
        rows = set((await tx.execute(select(table.c.site).where(column.in_(sorted(either))).distinct())).scalars())
        sites |= {each for each in rows if each is not None}
        everywhere |= None in rows and table is assignments
    return frozenset(sites), everywhere


async def add(tx: Tx, new: Merge) -> None:
    await tx.execute(insert(merges).values(msgspec.structs.asdict(new)))


async def merge(tx: Tx, merge_id: str) -> Merge | None:
    return await first_of(tx, Merge, select(merges).where(merges.c.id == merge_id))


async def of_party(tx: Tx, party: str) -> list[Merge]:
    """Those into it or of it, the newest first."""
    either = or_(merges.c.from_party == party, merges.c.into_party == party)
    return await all_of(tx, Merge, select(merges).where(either).order_by(merges.c.merged_at.desc()).limit(100))


async def change(tx: Tx, merge_id: str, **fields: object) -> None:
    await tx.execute(update(merges).where(merges.c.id == merge_id).values(fields))


async def merged_into(tx: Tx, party: str) -> list[str]:
    """The parties that were merged into this one and still are."""
    c = merges.c
    query = select(c.from_party).where(c.into_party == party, c.undone_at.is_(None)).order_by(c.id)
    return list((await tx.execute(query)).scalars())


async def forget(tx: Tx, party: str, actor: str, now: datetime) -> None:
    """Delete what a merge of the party moved, without which it cannot be undone."""
    either = or_(merges.c.from_party == party, merges.c.into_party == party)
    await tx.execute(update(merges).where(either).values(document=""))
