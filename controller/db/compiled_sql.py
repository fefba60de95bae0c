"""Statements that every booking needs, compiled once and given to the driver directly: SQLAlchemy's work for each
statement takes longer than a database takes to find a few rows by an index.

Many inserts at once are one statement for all tables on PostgreSQL, on SQLite one for each. ``insert_many`` is for the
thousands of rows of one table that events bring, ``RowMemo`` for the thousands of rows that a plan is made from each
time, of which one or two have changed.
"""

import re
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import chain
from typing import Any, Generic, TypeAlias, TypeVar

import msgspec
from sqlalchemy import Dialect, Float, Insert, LargeBinary, Select, Table, TextClause, text
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.selectable import CompoundSelect, TextualSelect
from sqlalchemy.types import TypeEngine

from controller.db import sqlite_driver
from controller.db.engine import READ_AHEAD, Instant, Tx, driver_of, translated

Row: TypeAlias = dict[str, Any]
"""Values by the names of their columns."""
T = TypeVar("T")
_Process = Callable[[Any], Any]
_SHAPES_KEPT = 512


class _Compiled(msgspec.Struct, frozen=True):
    """``binds``: names in their order, with the conversion of a value for the driver. ``results``: by column, the
    conversion of the driver's value; ``from_json``: the conversion of what JSON has of it to the driver's value.
    ``constants``: values that are part of the statement."""

    sql: str
    binds: tuple[tuple[str, _Process | None], ...]
    results: tuple[tuple[str, _Process], ...]
    from_json: tuple[tuple[str, _Process], ...]
    constants: Mapping[str, Any]


class RowMemo(Generic[T]):
    """What was made of each row when it was read last; an equal row is not made again."""

    def __init__(self) -> None:
        self.made: dict[tuple[Any, ...], T] = {}


class CompiledReads:
    """A statement that only reads, of a text that is always the same: no ``IN`` over a list that is given."""

    def __init__(self, statement: "Select[*tuple[Any, ...]] | CompoundSelect[Any] | TextualSelect") -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    async def rows(self, tx: Tx, **given: object) -> list[Row]:
        """Its rows. Raises ``DBAPIError``."""
        made, names, found = await self._fetch(tx, given)
        return [_row(made, names, each) for each in found]

    async def tuples(self, tx: Tx, **given: object) -> Sequence[tuple[Any, ...]]:
        """Its rows as the driver has them, nothing converted: for thousands of them. Raises ``DBAPIError``."""
        return (await self._fetch(tx, given))[2]

    async def made(self, tx: Tx, make: Callable[[Row], T], memo: RowMemo[T], **given: object) -> list[T]:
        """What ``make`` makes of its rows. Raises ``DBAPIError``."""
        made, names, found = await self._fetch(tx, given)
        before, memo.made = memo.made, {}
        for each in found:
            known = before.get(each)
            memo.made[each] = make(_row(made, names, each)) if known is None else known
        return [memo.made[each] for each in found]

    async def _fetch(
        self, tx: Tx, given: Mapping[str, object]
    ) -> tuple[_Compiled, Sequence[str], Sequence[tuple[Any, ...]]]:
        made, asked = self.prepared(tx, given)
        ahead = tx.info.get(READ_AHEAD)
        if ahead and (known := ahead.pop((made.sql, *asked), None)) is not None:
            return made, *known
        return made, *await _fetched(tx, made.sql, asked)

    def prepared(self, tx: Tx, given: Mapping[str, object]) -> tuple[_Compiled, list[Any]]:
        """The statement for this database, and its values in their order."""
        made = self._compiled.get(tx.dialect.name) or self._compile(tx.dialect)
        values = given if not made.constants else {**made.constants, **given}
        return made, [
            values[name] if process is None or values[name] is None else process(values[name])
            for name, process in made.binds
        ]

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
            from_json=tuple(
                (column.name, process)
                for column in self._statement.selected_columns
                if (process := _from_json(column.type)) is not None
            ),
            constants={name: value for name, value in compiled.params.items() if value is not None},
        )
        self._compiled[dialect.name] = made
        return made


def _from_json(type_: TypeEngine[Any]) -> _Process | None:
    if isinstance(type_, Instant):
        return datetime.fromisoformat
    if isinstance(type_, LargeBinary):
        return lambda text: bytes.fromhex(text.removeprefix("\\x"))
    return None


async def read_ahead(tx: Tx, reads: Sequence[tuple[CompiledReads, Mapping[str, object]]]) -> None:
    """Carry out several reads in one trip to PostgreSQL. Each gives its rows to the first who asks the very same in
    this transaction, so that nothing that they read may be written before. On SQLite no read is a trip."""
    if tx.dialect.name != "postgresql" or not reads:
        return
    prepared = [read.prepared(tx, given) for read, given in reads]
    statement = _as_one(tuple((made.sql, len(asked)) for made, asked in prepared))
    _, found = await _fetched(tx, statement, [value for _, asked in prepared for value in asked])
    rows: list[list[dict[str, Any]]] = [[] for _ in prepared]
    for at, text_ in found:
        row = msgspec.json.decode(text_)
        for name, process in prepared[at][0].from_json:
            if row[name] is not None:
                row[name] = process(row[name])
        rows[at].append(row)
    tx.info[READ_AHEAD] = {
        (made.sql, *asked): (list(its[0]) if its else (), [tuple(row.values()) for row in its])
        for (made, asked), its in zip(prepared, rows, strict=True)
    }


@lru_cache(maxsize=_SHAPES_KEPT)
def _as_one(statements: tuple[tuple[str, int], ...]) -> str:
    """One statement for several, each with so many values: number of the statement and a row as JSON."""
    named: list[str] = []
    values = 0
    for at, (sql, count) in enumerate(statements):
        its = _MARK.sub(lambda found, before=values: f"${int(found[1]) + before}", sql)  # type: ignore[misc]
        named.append(f"read_{at} AS ({its})")
        values += count
    rows = (f"SELECT {at}, row_to_json(read_{at})::text FROM read_{at}" for at in range(len(statements)))  # noqa: S608
    return f"WITH {', '.join(named)} {' UNION ALL '.join(rows)}"


_MARK = re.compile(r"\$(\d+)")


def _row(made: _Compiled, names: Sequence[str], values: tuple[Any, ...]) -> Row:
    row = dict(zip(names, values, strict=True))
    for name, process in made.results:
        if row[name] is not None:
            row[name] = process(row[name])
    return row


async def _fetched(tx: Tx, sql: str, values: list[Any]) -> tuple[Sequence[str], Sequence[tuple[Any, ...]]]:
    """The names of the columns, and the rows."""
    driver = driver_of(tx, sql, values)
    try:
        if isinstance(driver, sqlite_driver.Connection):
            return await driver.select(sql, values)
        records = await driver.fetch(sql, *values)
    except Exception as error:  # the drivers have no root in common
        raise translated(sql, error) from error
    return list(records[0].keys()) if records else (), [tuple(each) for each in records]


_Row = Mapping[str, object]
_Shape = tuple[tuple[Table, tuple[str, ...]], ...]
"""Tables with the columns that are given."""
_Processed = tuple[int, Callable[[Any], Any]]
"""A column's place, and what makes a value for the driver of one of ours."""
_AT_ONCE = 100
"""Rows in one statement to SQLite. Between two rows of ``executemany`` its thread waits for the interpreter's lock."""


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
            statement = _together(tuple((table, tuple(rows[0])) for table, rows in by_table.items()))
            driver = await _begun(tx, statement)
            try:
                await driver.fetch(statement, *(_json(rows) for rows in by_table.values()))
            except Exception as error:  # asyncpg's errors have no root in common
                raise translated(statement, error) from error
            return
        inserts: list[sqlite_driver.Insert] = []
        for table, rows in by_table.items():
            columns = tuple(rows[0])
            processed = _processed(table, columns, tx.dialect)
            its = [list(row.values()) for row in rows]
            for values in its:
                for at, process in processed:
                    values[at] = process(values[at])
            inserts.append((_of_rows(table, columns, 1, unless_known=False), its))
        await _insert(tx, inserts)


async def _insert(tx: Tx, inserts: Sequence[sqlite_driver.Insert]) -> None:
    """All in one step of the connection, past what SQLAlchemy does for each statement."""
    connection = driver_of(tx)
    assert isinstance(connection, sqlite_driver.Connection)
    try:
        await connection.insert(inserts)
    except sqlite3.Error as error:
        raise translated("INSERT", error) from error


async def insert_many(
    tx: Tx, table: Table, columns: tuple[str, ...], rows: Sequence[Sequence[Any]], *, unless_known: bool = False
) -> None:
    """Insert rows that have their values in the order of ``columns``; ``unless_known``: leave out those whose key is
    there. Raises ``DBAPIError`` as single inserts would, and then the transaction is void."""
    if not rows:
        return
    processed = _processed(table, columns, tx.dialect)
    if processed:
        by_column: list[Iterable[Any]] = list(zip(*rows, strict=True))
        for at, process in processed:
            made = {value: process(value) for value in set(by_column[at])}
            by_column[at] = map(made.__getitem__, by_column[at])
        rows = list(zip(*by_column, strict=True))
    if tx.dialect.name == "postgresql":
        await _copy(tx, table, columns, rows, unless_known=unless_known)
        return
    inserts: list[sqlite_driver.Insert] = []
    for at in range(0, len(rows), _AT_ONCE):
        lot = rows[at : at + _AT_ONCE]
        statement = _of_rows(table, columns, len(lot), unless_known=unless_known)
        driver_of(tx, statement)
        inserts.append((statement, [list(chain(*lot))]))
    await _insert(tx, inserts)


async def upsert_many(tx: Tx, insert: Insert, columns: tuple[str, ...], rows: Sequence[Sequence[Any]]) -> None:
    """Carry out an insert of the driver's dialect, ``on_conflict_do_update`` included, for each row, whose values are
    in the order of ``columns``, all of its table. Raises ``DBAPIError``. The caller keeps ``insert``."""
    if not rows:
        return
    table = insert.table
    assert isinstance(table, Table)
    statement = _statement(insert, tx.dialect)
    processed = _processed(table, columns, tx.dialect)
    values = [list(row) for row in rows]
    for its in values:
        for at, process in processed:
            its[at] = process(its[at])
    if tx.dialect.name != "postgresql":
        await _insert(tx, [(statement, values)])
        return
    driver = await _begun(tx, statement)
    try:
        await driver.executemany(statement, values)
    except Exception as error:  # asyncpg's errors have no root in common
        raise translated(statement, error) from error


@lru_cache(maxsize=_SHAPES_KEPT)
def _statement(insert: Insert, dialect: Dialect) -> str:
    return str(insert.compile(dialect=dialect))


async def _copy(
    tx: Tx, table: Table, columns: tuple[str, ...], rows: Sequence[Sequence[Any]], *, unless_known: bool
) -> None:
    """COPY knows no ON CONFLICT: rows that may exist are copied into a temporary table and inserted from there."""
    into, quoted = table.name, ", ".join(_quoted(columns))
    if unless_known:
        into = f"new_{table.name}"
        await tx.execute(_staging(table.name))
    copying = f"COPY {into} ({quoted}) FROM STDIN"
    driver = await _begun(tx, copying)
    try:
        await driver.copy_records_to_table(into, records=rows, columns=columns)
    except Exception as error:  # asyncpg's errors have no root in common
        raise translated(copying, error) from error
    if unless_known:
        await tx.execute(_from_staging(table.name, quoted))


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
def _together(shape: _Shape) -> str:
    """One statement that inserts into all tables; what it points to is checked at its end."""
    inserts = [
        f"INSERT INTO {table.name} ({', '.join(_quoted(columns))}) SELECT {', '.join(_quoted(columns))} "  # noqa: S608
        f"FROM json_populate_recordset(NULL::{table.name}, ${at}::json)"
        for at, (table, columns) in enumerate(shape, start=1)
    ]
    *before, last = inserts
    first = ", ".join(f"insert_{at} AS ({each})" for at, each in enumerate(before))
    return f"WITH {first} {last}" if before else last


@lru_cache(maxsize=_SHAPES_KEPT)
def _of_rows(table: Table, columns: tuple[str, ...], number: int, *, unless_known: bool) -> str:
    """An insert of so many rows into SQLite, with a mark for each value."""
    marks = ", ".join([f"({', '.join('?' for _ in columns)})"] * number)
    known = " ON CONFLICT DO NOTHING" if unless_known else ""
    return f"INSERT INTO {table.name} ({', '.join(_quoted(columns))}) VALUES {marks}{known}"  # noqa: S608


@lru_cache(maxsize=_SHAPES_KEPT)
def _processed(table: Table, columns: tuple[str, ...], dialect: Dialect) -> tuple[_Processed, ...]:
    processors = (table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in columns)
    return tuple((at, process) for at, process in enumerate(processors) if process is not None)


async def _begun(tx: Tx, sql: str) -> Any:
    """The driver's connection to PostgreSQL, in a transaction: SQLAlchemy begins one only with the first statement that
    goes through it."""
    if not driver_of(tx).is_in_transaction():
        await tx.execute(_BEGIN)
    return driver_of(tx, sql)


_BEGIN = text("SELECT 1")


@lru_cache
def _staging(table: str) -> TextClause:
    return text(f"CREATE TEMPORARY TABLE IF NOT EXISTS new_{table} (LIKE {table}) ON COMMIT DELETE ROWS")


@lru_cache
def _from_staging(table: str, columns: str) -> TextClause:
    return text(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM new_{table} ON CONFLICT DO NOTHING")  # noqa: S608


def _quoted(columns: Sequence[str]) -> list[str]:
    return [f'"{name}"' for name in columns]
