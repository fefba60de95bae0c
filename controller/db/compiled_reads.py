"""Reads that are made for every booking: compiled once, and taken to the driver past what SQLAlchemy does for each.

That takes longer than a database does that finds a few rows by an index.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import msgspec
from sqlalchemy import Dialect, Float, Select
from sqlalchemy.exc import DBAPIError
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
