"""All SQL of sealing, checking and reading the audit log."""

import itertools
from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, and_, bindparam, delete, func, insert, select, text, update

from controller.db.compiled_sql import CompiledReads
from controller.db.engine import Tx
from controller.db.row_mapping import all_of, columns_of
from controller.records.audit.audit_log import Source
from controller.records.audit.hash_chain import AuditHead, AuditRow
from controller.records.audit.tables import UNSEALED, audit_heads, audit_mails, audit_people, audit_rows

_ROW = columns_of(AuditRow, audit_rows)
_HEAD = columns_of(AuditHead, audit_heads)
_LOCK = text("SELECT pg_advisory_xact_lock(1634034804)")
_PAGE = 1000
_ANY_UNSEALED = CompiledReads(select(audit_rows.c.id).where(UNSEALED).limit(1))


async def lock(tx: Tx) -> None:
    """Let one transaction at a time extend the chains. What is recorded meanwhile does not wait for it."""
    if tx.dialect.name == "postgresql":
        await tx.execute(_LOCK)


async def any_unsealed(tx: Tx, without: Collection[str] = ()) -> bool:
    if not without:  # asked every second
        return await _ANY_UNSEALED.first(tx) is not None
    return (await tx.execute(select(audit_rows.c.id).where(_unsealed(without)).limit(1))).first() is not None


async def unsealed(tx: Tx, limit: int, without: Collection[str] = ()) -> list[AuditRow]:
    """Committed rows that have no place yet, oldest first: found by that, and not by their ids, so that one that is
    committed late is found too. ``without``: chains that are left out."""
    query = select(*_ROW).where(_unsealed(without)).order_by(audit_rows.c.id).limit(limit)
    return await all_of(tx, AuditRow, query)


async def last_unsealed(tx: Tx, source: Source, chains: Collection[str]) -> int:
    """The id of the newest row of this source that has no place, of these chains; 0 where there is none."""
    here = UNSEALED, audit_rows.c.source == source.value, func.coalesce(audit_rows.c.site, "").in_(sorted(chains))
    return int((await tx.execute(select(func.max(audit_rows.c.id)).where(*here))).scalar() or 0)


def _unsealed(without: Collection[str]) -> ColumnElement[bool]:
    if not without:
        return UNSEALED
    return and_(UNSEALED, func.coalesce(audit_rows.c.site, "").not_in(sorted(without)))


async def heads(tx: Tx, chains: Collection[str] | None = None) -> dict[str, AuditHead]:
    """By chain."""
    query = select(*_HEAD)
    if chains is not None:
        query = query.where(audit_heads.c.chain.in_(sorted(chains)))
    return {each.chain: each for each in await all_of(tx, AuditHead, query)}


async def last_rows(tx: Tx, names: Collection[str]) -> dict[str, tuple[int, bytes]]:
    """By chain, place and hash of its last row."""
    heads, rows, other = audit_heads.c, audit_rows.c, audit_rows.alias().c
    end = select(func.max(other.seq)).where(other.chain == heads.chain).scalar_subquery()
    query = select(rows.chain, rows.seq, rows.hash).select_from(
        audit_heads.join(audit_rows, and_(rows.chain == heads.chain, rows.seq == end))
    )
    return {row.chain: (row.seq, row.hash) for row in await tx.execute(query.where(heads.chain.in_(sorted(names))))}


async def last_row(tx: Tx, name: str) -> tuple[int, bytes] | None:
    """Place and hash of the last row of a chain that may have no head."""
    c = audit_rows.c
    found = (await tx.execute(select(c.seq, c.hash).where(c.chain == name).order_by(c.seq.desc()).limit(1))).first()
    return (found.seq, found.hash) if found else None


async def place(tx: Tx, rows: Sequence[AuditRow]) -> None:
    """Write the places of rows and what names became ids."""
    names = ("user_id", "actor", "sealed_at", "chain", "seq", "hash")
    statement = update(audit_rows).where(audit_rows.c.id == bindparam("row")).values({n: bindparam(n) for n in names})
    await tx.execute(statement, [{"row": each.id} | {n: getattr(each, n) for n in names} for each in rows])


async def put_head(tx: Tx, head: AuditHead) -> None:
    values = msgspec.structs.asdict(head)
    if not (await tx.execute(update(audit_heads).where(audit_heads.c.chain == head.chain).values(values))).rowcount:
        await tx.execute(insert(audit_heads).values(values))


async def ids_of(tx: Tx, names: Collection[str]) -> dict[str, str]:
    """The users of these names."""
    query = select(audit_people.c.name, audit_people.c.id).where(audit_people.c.name.in_(sorted(names)))
    return {row.name: row.id for row in await tx.execute(query)}


async def chains(tx: Tx) -> list[str]:
    """Those that have rows."""
    query = select(audit_rows.c.chain).where(audit_rows.c.chain.is_not(None)).distinct()
    return sorted((await tx.execute(query)).scalars())


async def chain(tx: Tx, name: str) -> AsyncIterator[AuditRow]:
    """The rows of a chain in the order of their places."""
    after = 0
    while True:
        here = (audit_rows.c.chain == name, audit_rows.c.seq > after)
        page = await all_of(tx, AuditRow, select(*_ROW).where(*here).order_by(audit_rows.c.seq).limit(_PAGE))
        for row in page:
            yield row
        if len(page) < _PAGE:
            return
        after = page[-1].seq or 0


async def waiting(tx: Tx) -> int:
    """How many rows have no place yet."""
    return int((await tx.execute(select(func.count()).select_from(audit_rows).where(UNSEALED))).scalar_one())


async def mailed(tx: Tx, day: str) -> bool:
    """Whether the heads were mailed on this day."""
    return (await tx.execute(select(audit_mails.c.day).where(audit_mails.c.day == day))).first() is not None


async def note_mail(tx: Tx, day: str, at: datetime) -> None:
    """Note that the heads were mailed, and forget of older days."""
    await tx.execute(delete(audit_mails).where(audit_mails.c.day <= day))
    await tx.execute(insert(audit_mails).values(day=day, sent_at=at))


async def over(tx: Tx, cutoff: datetime, limit: int, after: str | None = None) -> tuple[str, int] | None:
    """The first chain, by name, that begins with rows from before the cutoff, with the place of the last of them, at
    most ``limit`` on. ``after``: a chain; only those behind it."""
    for name, head in sorted((await heads(tx)).items()):
        if after is not None and name <= after:
            continue
        end = head.cut_seq + limit
        here = (audit_rows.c.chain == name, audit_rows.c.seq > head.cut_seq, audit_rows.c.seq <= end)
        rows = (
            await tx.execute(select(audit_rows.c.seq, audit_rows.c.at).where(*here).order_by(audit_rows.c.seq))
        ).all()
        old = [row.seq for row in itertools.takewhile(lambda row: row.at < cutoff, rows)]
        if old:
            return name, old[-1]
    return None


async def cut_to(tx: Tx, name: str) -> int:
    """Up to which place the rows of a chain were deleted."""
    query = select(audit_heads.c.cut_seq).where(audit_heads.c.chain == name)
    return int((await tx.execute(query)).scalar() or 0)


async def hash_at(tx: Tx, name: str, seq: int) -> bytes | None:
    query = select(audit_rows.c.hash).where(audit_rows.c.chain == name, audit_rows.c.seq == seq)
    found: bytes | None = (await tx.execute(query)).scalar()
    return found


async def rows_to(tx: Tx, head: AuditHead, seq: int) -> list[AuditRow]:
    """The rows of the head's chain from its cut up to this place, in order."""
    c = audit_rows.c
    here = (c.chain == head.chain, c.seq > head.cut_seq, c.seq <= seq)
    return await all_of(tx, AuditRow, select(*_ROW).where(*here).order_by(c.seq))


async def delete_to(tx: Tx, name: str, seq: int) -> None:
    """Delete the rows of a chain up to this place."""
    await tx.execute(delete(audit_rows).where(audit_rows.c.chain == name, audit_rows.c.seq <= seq))


async def changes_of(tx: Tx, site: str, things: Collection[str], *, begins: str) -> list[tuple[datetime, str]]:
    """When some things of a site were changed and how, as JSON; also those whose names begin so. In order of time."""
    c = audit_rows.c
    named = c.thing.in_(sorted(things)) | c.thing.startswith(begins, autoescape=True)
    query = select(c.at, c.changes).where(c.site == site, named).order_by(c.at, c.id)
    return [(row.at, row.changes) for row in await tx.execute(query)]
