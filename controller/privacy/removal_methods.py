"""What is deleted or blanked when its time is over: found in a reading transaction, done in short writing ones."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

import msgspec
from sqlalchemy import ColumnElement, Date, RowMapping, Table, and_, delete, exists, func, or_, select, tuple_, update

from controller.db.engine import Tx, metadata
from controller.people.erasure import PERSONAL, PUBLISHED, redacted
from controller.people.model import PartyKind
from controller.people.party_service import PRIVATE

Key = tuple[Any, ...]


def table(name: str) -> Table:
    return metadata.tables[name]


class RetentionRule(Protocol):
    """``find`` gives keys of at most ``limit`` rows whose time was over at ``cutoff``; ``apply`` does away with them,
    and may be done twice; it gives how many rows it changed. ``after``: the last key that was found and did not go; a
    rule whose rows may have to stay goes on behind it."""

    async def find(self, tx: Tx, cutoff: datetime, limit: int, after: Key | None = None) -> Sequence[Key]: ...

    async def apply(self, tx: Tx, keys: Sequence[Key]) -> int: ...


class InOrder(msgspec.Struct, frozen=True):
    """A rule for which ``after`` is the last key that was found, also where it went."""


class DeleteRows(msgspec.Struct, frozen=True, kw_only=True):
    """Rows whose ``column`` is before the cutoff. ``children``: tables with the column that points to a row's first
    key. ``where``: which rows besides."""

    table: str
    column: str
    children: tuple[tuple[str, str], ...] = ()
    where: tuple[ColumnElement[bool], ...] = ()

    async def find(self, tx: Tx, cutoff: datetime, limit: int, after: Key | None = None) -> Sequence[Key]:
        its = table(self.table)
        column = its.c[self.column]
        before = cutoff.date() if isinstance(column.type, Date) else cutoff
        query = select(*its.primary_key.columns).where(column < before, *self.where).limit(limit)
        return [tuple(row) for row in await tx.execute(query)]

    async def apply(self, tx: Tx, keys: Sequence[Key]) -> int:
        firsts = [key[0] for key in keys]
        for name, column in self.children:
            await tx.execute(delete(table(name)).where(table(name).c[column].in_(firsts)))
        return (await tx.execute(delete(table(self.table)).where(is_one(table(self.table), keys)))).rowcount


class DeleteOldest(msgspec.Struct, frozen=True, kw_only=True):
    """As ``DeleteRows``, for a large table whose numbers grow with the time in ``column``: reads its oldest only."""

    table: str
    column: str

    async def find(self, tx: Tx, cutoff: datetime, limit: int, after: Key | None = None) -> Sequence[Key]:
        its = table(self.table)
        query = select(its.c.id, its.c[self.column]).order_by(its.c.id).limit(limit)
        return [(row[0],) for row in await tx.execute(query) if row[1] < cutoff]

    async def apply(self, tx: Tx, keys: Sequence[Key]) -> int:
        its = table(self.table)
        return (await tx.execute(delete(its).where(its.c.id.in_([key[0] for key in keys])))).rowcount


class DeleteOfBookings(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of bookings that ended before the cutoff. ``shared``: those of one ``owner`` stay until the last booking of
    that owner has ended, since a series may share a code."""

    table: str
    shared: bool = False

    async def find(self, tx: Tx, cutoff: datetime, limit: int, after: Key | None = None) -> Sequence[Key]:
        its, bookings = table(self.table), table("bookings")
        query = select(*its.primary_key.columns).join_from(its, bookings, bookings.c.id == its.c.booking_id)
        query = query.where(bookings.c.ends < cutoff)
        if self.shared:
            other, later = its.alias(), bookings.alias()
            used = select(other.c.booking_id).join_from(other, later, later.c.id == other.c.booking_id)
            query = query.where(~used.where(other.c.owner == its.c.owner, later.c.ends >= cutoff).exists())
        return [tuple(row) for row in await tx.execute(query.limit(limit))]

    async def apply(self, tx: Tx, keys: Sequence[Key]) -> int:
        return (await tx.execute(delete(table(self.table)).where(is_one(table(self.table), keys)))).rowcount


class DeleteQuotes(msgspec.Struct, frozen=True):
    """Quotes made before the cutoff, of bookings that ended before it too."""

    async def find(self, tx: Tx, cutoff: datetime, limit: int, after: Key | None = None) -> Sequence[Key]:
        quotes, bookings = table("quotes").c, table("bookings").c
        later = exists().where(bookings.id == quotes.booking_id, bookings.ends >= cutoff)
        query = select(quotes.id).where(quotes.made_at < cutoff, ~later).limit(limit)
        return [tuple(row) for row in await tx.execute(query)]

    async def apply(self, tx: Tx, keys: Sequence[Key]) -> int:
        ids = [key[0] for key in keys]
        await tx.execute(delete(table("allowance_uses")).where(table("allowance_uses").c.quote_id.in_(ids)))
        return (await tx.execute(delete(table("quotes")).where(table("quotes").c.id.in_(ids)))).rowcount


class DeleteOfSeries(msgspec.Struct, frozen=True, kw_only=True):
    """Rows from before the cutoff of a large table without an index that begins with their time, ``at``. Goes by the
    primary key, of which ``series`` are the columns before it. ``where``: of which series."""

    table: str
    series: tuple[str, ...]
    where: tuple[ColumnElement[bool], ...] = ()

    async def find(self, tx: Tx, cutoff: datetime, limit: int, after: Key | None = None) -> Sequence[Key]:
        its = table(self.table)
        series = [its.c[name] for name in self.series]
        found: list[Key] = []
        last: Key | None = None
        while len(found) < limit:
            query = select(*series).where(*self.where).order_by(*series).limit(1)
            if last is not None:
                query = query.where(tuple_(*series) > tuple_(*last))
            row = (await tx.execute(query)).first()
            if row is None:
                break
            last = tuple(row)
            here = [column == value for column, value in zip(series, last, strict=True)]
            keys = select(*its.primary_key.columns).where(*here, its.c.at < cutoff)
            found += [tuple(each) for each in await tx.execute(keys.order_by(its.c.at).limit(limit - len(found)))]
        return found

    async def apply(self, tx: Tx, keys: Sequence[Key]) -> int:
        return (await tx.execute(delete(table(self.table)).where(is_one(table(self.table), keys)))).rowcount


class BlankBookings(msgspec.Struct, frozen=True):
    """Names, contacts, notes and public texts of bookings that ended, which are then no longer public; the title too
    where it is a person's or nobody's party."""

    async def find(self, tx: Tx, cutoff: datetime, limit: int, after: Key | None = None) -> Sequence[Key]:
        bookings, blank = table("bookings"), _blank()
        group = _of_group(bookings)
        holds = or_(
            *(bookings.c[name] != value for name, value in blank.items()), and_(bookings.c.title != PRIVATE, ~group)
        )
        query = select(bookings.c.id, group.label("keeps_title")).where(bookings.c.ends < cutoff, holds)
        return [tuple(row) for row in await tx.execute(query.limit(limit))]

    async def apply(self, tx: Tx, keys: Sequence[Key]) -> int:
        bookings, blank = table("bookings"), _blank()
        for keeps, values in ((True, blank), (False, blank | {"title": PRIVATE})):
            ids = [each for each, title in keys if bool(title) is keeps]
            if ids:
                await tx.execute(update(bookings).where(bookings.c.id.in_(ids)).values(values))
        return len(keys)


class BlankSeries(msgspec.Struct, frozen=True):
    """Names, contacts and titles, as ``BlankBookings``, of series whose last date is over; one without any counts from
    when it was made."""

    async def find(self, tx: Tx, cutoff: datetime, limit: int, after: Key | None = None) -> Sequence[Key]:
        series, bookings = table("series"), table("bookings")
        last = select(func.max(bookings.c.ends)).where(bookings.c.series_id == series.c.id).scalar_subquery()
        over = func.coalesce(last, series.c.created_at) < cutoff
        query = select(series.c.id, series.c.title, series.c.details, _of_group(series).label("keeps_title"))
        rows = (await tx.execute(query.where(over).order_by(series.c.id))).mappings()
        return [(row.id, bool(row.keeps_title)) for row in rows if _blank_series(row, row.keeps_title) is not None][
            :limit
        ]

    async def apply(self, tx: Tx, keys: Sequence[Key]) -> int:
        c, count = table("series").c, 0
        for each, keeps_title in keys:
            row = (await tx.execute(select(c.title, c.details).where(c.id == each))).mappings().one()
            if (values := _blank_series(row, keeps_title)) is not None:
                await tx.execute(update(table("series")).where(c.id == each).values(values))
                count += 1
        return count


def _blank_series(row: RowMapping, keeps_title: bool) -> dict[str, str] | None:
    """What is to be in the row's columns; ``None``: what is in them already."""
    title = None if keeps_title else PRIVATE
    values = {"title": title or row["title"], "details": redacted(row["details"], title)}
    return None if all(row[name] == value for name, value in values.items()) else values


class EraseAuditPersonal(msgspec.Struct, frozen=True):
    """The personal values in old rows of the audit log."""

    async def find(self, tx: Tx, cutoff: datetime, limit: int, after: Key | None = None) -> Sequence[Key]:
        rows = table("audit_rows")
        query = select(rows.c.id).where(rows.c.at < cutoff, rows.c.personal.is_not(None)).limit(limit)
        return [tuple(row) for row in await tx.execute(query)]

    async def apply(self, tx: Tx, keys: Sequence[Key]) -> int:
        rows = table("audit_rows")
        which = rows.c.id.in_([key[0] for key in keys])
        return (await tx.execute(update(rows).where(which).values(personal=None))).rowcount


def _of_group(its: Table) -> ColumnElement[bool]:
    """Which rows are a group's or an organisation's, so that their titles are no person's."""
    parties = table("parties").c
    return exists().where(parties.id == its.c.party, parties.kind != PartyKind.PERSON.value)


def _blank() -> dict[str, object]:
    """What is in a booking's personal columns afterwards."""
    return {name: "" for name in PERSONAL if name in table("bookings").c} | PUBLISHED


def is_one(its: Table, keys: Sequence[Key]) -> ColumnElement[bool]:
    """Rows with one of these primary keys."""
    columns = its.primary_key.columns
    if len(columns) == 1:
        return next(iter(columns)).in_([key[0] for key in keys])
    return tuple_(*columns).in_(keys)
