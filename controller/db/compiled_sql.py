"""Statements that are made for every booking, compiled once and taken to the driver past what SQLAlchemy does for each:
that takes longer than a database does that finds a few rows by an index.

Many inserts at once are one statement for all tables on PostgreSQL, on SQLite one for each.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

import msgspec
from sqlalchemy import Dialect, Float, Select, Table, TextClause, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.selectable import CompoundSelect, TextualSelect

from controller.db import sqlite_driver
from controller.db.engine import Tx

Row: TypeAlias = dict[str, Any]
"""Values by the names of their columns."""
_Process = Callable[[Any], Any]


class _Compiled(msgspec.Struct, frozen=True):
    """``binds``: names in their order, with the conversion of a value for the driver. ``results``: by column, the
    conversion of the driver's value. ``constants``: values that are part of the statement."""

    sql: str
    binds: tuple[tuple[str, _Process | None], ...]
    results: tuple[tuple[str, _Process], ...]
    constants: Mapping[str, Any]


class CompiledReads:
    """A statement that only reads, of a text that is always the same: no ``IN`` over a list that is given."""

    def __init__(self, statement: "Select[Any] | CompoundSelect[Any] | TextualSelect") -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    async def rows(self, tx: Tx, **given: object) -> list[Row]:
        """Its rows. Raises ``DBAPIError``."""
        made = self._compiled.get(tx.dialect.name) or self._compile(tx.dialect)
        values = given if not made.constants else {**made.constants, **given}
        asked = [
            values[name] if process is None or values[name] is None else process(values[name])
            for name, process in made.binds
        ]
        found = await _fetched(tx, made.sql, asked)
        for name, process in made.results:
            for row in found:
                if row[name] is not None:
                    row[name] = process(row[name])
        return found

    async def first(self, tx: Tx, **given: object) -> Row | None:
        """Its first row, if there is any."""
        return next(iter(await self.rows(tx, **given)), None)

    def _compile(self, dialect: Dialect) -> _Compiled:
        compiled = self._statement.compile(dialect=dialect)
        assert isinstance(compiled, SQLCompiler)
        binds = {name: bind.type.dialect_impl(dialect) for bind, name in compiled.bind_names.items()}
        columns = {column.name: column.type.dialect_impl(dialect) for column in self._statement.selected_columns}
        results = (
            (name, type_.result_processor(dialect, None))
            for name, type_ in columns.items()
            if not isinstance(type_, Float)  # both drivers give it as it is, and SQLAlchemy's would ask them so
        )
        made = _Compiled(
            sql=compiled.string,
            binds=tuple((name, binds[name].bind_processor(dialect)) for name in compiled.positiontup or ()),
            results=tuple((name, process) for name, process in results if process is not None),
            constants={name: value for name, value in compiled.params.items() if value is not None},
        )
        self._compiled[dialect.name] = made
        return made


async def _fetched(tx: Tx, sql: str, values: list[Any]) -> list[Row]:
    connection = tx.sync_connection
    assert connection is not None
    for listener in connection.dispatch.before_cursor_execute:  # those who count or trace statements
        listener(connection, None, sql, values, None, False)
    driver: Any = connection.connection.driver_connection
    try:
        if isinstance(driver, sqlite_driver.Connection):
            return await driver.select(sql, values)
        return [dict(record) for record in await driver.fetch(sql, *values)]
    except Exception as error:  # the drivers have no root in common
        raise DBAPIError(sql, None, error, hide_parameters=True) from error


_Row = Mapping[str, object]
_Shape = tuple[tuple[Table, tuple[str, ...]], ...]
"""Tables with the columns that are given."""
_Processed = tuple[int, Callable[[Any], Any]]
"""A column's place, and what makes a value for the driver of one of ours."""
_SHAPES_KEPT = 512


class BulkInsert:
    """Rows to be inserted. Those of one table all have the same columns in the same order; a table comes after those it
    points to."""

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
        inserts: list[sqlite_driver.Insert] = []
        for table, rows in by_table.items():
            statement, processed = _compiled(table, tuple(rows[0]), tx.dialect)
            inserts.append((statement, [_values(row, processed) for row in rows]))
        await _insert(tx, inserts)


async def _insert(tx: Tx, inserts: Sequence[sqlite_driver.Insert]) -> None:
    """All in one step of the connection, past what SQLAlchemy does for each statement."""
    connection = (await tx.get_raw_connection()).driver_connection
    assert isinstance(connection, sqlite_driver.Connection)
    try:
        await connection.insert(inserts)
    except sqlite3.IntegrityError as error:
        raise IntegrityError("INSERT", None, error, hide_parameters=True) from error
    except sqlite3.Error as error:
        raise OperationalError("INSERT", None, error, hide_parameters=True) from error


async def put(tx: Tx, table: Table, rows: Sequence[_Row], into: BulkInsert | None = None) -> None:
    """Insert rows of one table now, or ``into`` with others later."""
    if into is not None:
        into.add(table, rows)
        return
    alone = BulkInsert()
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
def _compiled(table: Table, columns: tuple[str, ...], dialect: Dialect) -> tuple[str, tuple[_Processed, ...]]:
    """An insert with a mark for each column, and which values the driver does not take as they are."""
    marks = ", ".join("?" for _ in columns)
    statement = f"INSERT INTO {table.name} ({', '.join(_quoted(columns))}) VALUES ({marks})"  # noqa: S608
    processors = (table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in columns)
    return statement, tuple((at, process) for at, process in enumerate(processors) if process is not None)


def _values(row: _Row, processed: Sequence[_Processed]) -> list[Any]:
    values = list(row.values())
    for at, process in processed:
        values[at] = process(values[at])
    return values


def _quoted(columns: Sequence[str]) -> list[str]:
    return [f'"{name}"' for name in columns]
