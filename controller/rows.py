"""Many inserts at once: on PostgreSQL one statement for all tables, on SQLite one for each, compiled once."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import Dialect, Table, TextClause, text

from controller.database import Tx

_Row = Mapping[str, object]
_Shape = tuple[tuple[Table, tuple[str, ...]], ...]
"""Tables with the columns that are given."""
_SHAPES_KEPT = 512


class Rows:
    """Rows to be inserted. Those of one table all have the same columns; a table comes after those it points to."""

    def __init__(self) -> None:
        self._by_table: dict[Table, list[_Row]] = {}

    def add(self, table: Table, rows: Sequence[_Row]) -> None:
        if rows:
            self._by_table.setdefault(table, []).extend(rows)

    async def write(self, tx: Tx) -> None:
        """Insert them all, once. Raises ``IntegrityError`` as single inserts would."""
        by_table, self._by_table = self._by_table, {}
        if not by_table:
            return
        if tx.dialect.name == "postgresql":
            shape = tuple((table, tuple(rows[0])) for table, rows in by_table.items())
            given = {f"rows_{at}": _json(rows) for at, rows in enumerate(by_table.values())}
            await tx.execute(_together(shape), given)
            return
        for table, rows in by_table.items():
            statement, readers = _compiled(table, tuple(rows[0]), tx.dialect)
            values = [tuple(read(row) for read in readers) for row in rows]
            await tx.exec_driver_sql(statement, values if len(values) > 1 else values[0])


async def put(tx: Tx, table: Table, rows: Sequence[_Row], into: Rows | None = None) -> None:
    """Insert rows of one table now, or ``into`` with others later."""
    if into is not None:
        into.add(table, rows)
        return
    alone = Rows()
    alone.add(table, rows)
    await alone.write(tx)


def _json(rows: Sequence[_Row]) -> str:
    return msgspec.json.encode([{name: _plain(value) for name, value in row.items()} for row in rows]).decode()


def _plain(value: object) -> object:
    """As PostgreSQL reads it from a text: bytes in hexadecimal."""
    return f"\\x{value.hex()}" if isinstance(value, bytes) else value


@lru_cache(maxsize=_SHAPES_KEPT)
def _together(shape: _Shape) -> TextClause:
    """One statement that inserts into all tables; what it points to is checked at its end."""
    inserts = [
        f"INSERT INTO {table.name} ({', '.join(_quoted(columns))}) SELECT {', '.join(_quoted(columns))} "  # noqa: S608
        f"FROM json_populate_recordset(NULL::{table.name}, CAST(:rows_{at} AS json))"
        for at, (table, columns) in enumerate(shape)
    ]
    *before, last = inserts
    first = ", ".join(f"insert_{at} AS ({each})" for at, each in enumerate(before))
    return text(f"WITH {first} {last}" if before else last)


@lru_cache(maxsize=_SHAPES_KEPT)
def _compiled(table: Table, columns: tuple[str, ...], dialect: Dialect) -> tuple[str, list[Callable[[_Row], Any]]]:
    """An insert with a mark for each column, and how each value is read from a row."""
    marks = ", ".join("?" for _ in columns)
    statement = f"INSERT INTO {table.name} ({', '.join(_quoted(columns))}) VALUES ({marks})"  # noqa: S608
    return statement, [_reader(table, name, dialect) for name in columns]


def _reader(table: Table, name: str, dialect: Dialect) -> Callable[[_Row], Any]:
    process = table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
    if process is None:
        return lambda row: row[name]
    return lambda row: process(row[name])


def _quoted(columns: Sequence[str]) -> list[str]:
    return [f'"{name}"' for name in columns]
