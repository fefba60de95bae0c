"""Rows of a table as structs of the same field names, and the other way round."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import msgspec
from sqlalchemy import ColumnElement, FromClause, Select, Table, insert, update

from controller.db.engine import Tx

S = TypeVar("S", bound=msgspec.Struct)


def columns_of(kind: type[msgspec.Struct], table: FromClause) -> list[ColumnElement[Any]]:
    """The columns that a struct has fields for."""
    return [table.c[name] for name in kind.__struct_fields__ if name in table.c]


def struct_of(kind: type[S], row: Mapping[Any, Any], /, **own: object) -> S:
    """A struct of a row's columns, and ``own`` in place of these or besides them; other columns are ignored."""
    values = {str(name): value for name, value in row.items()}  # SQLAlchemy's names are of a subclass
    return msgspec.convert(values | own, kind)


def structs_of(kind: type[S], rows: Iterable[Mapping[Any, Any]]) -> list[S]:
    """As ``struct_of``, for each row."""
    return [struct_of(kind, row) for row in rows]


async def first_of(tx: Tx, kind: type[S], query: Select[Any]) -> S | None:
    """The first row of a query as a struct."""
    row = (await tx.execute(query)).mappings().first()
    return struct_of(kind, row) if row else None


async def all_of(tx: Tx, kind: type[S], query: Select[Any]) -> list[S]:
    """Every row of a query as a struct."""
    return structs_of(kind, (await tx.execute(query)).mappings())


async def put_row(
    tx: Tx, table: Table, row: Mapping[str, Any], *key: str, new: Mapping[str, Any] | None = None
) -> bool:
    """Update the row with this key, or insert it with what ``new`` adds; True when it was inserted. The caller holds a
    lock, so that no other writer comes between."""
    here = [table.c[name] == row[name] for name in key]
    if (await tx.execute(update(table).where(*here).values(row))).rowcount:
        return False
    await tx.execute(insert(table).values({**row, **(new or {})}))
    return True
