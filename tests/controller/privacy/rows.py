"""Rows put into tables as they are, with something plain in each column that wants a value."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Boolean, Column, Date, Integer, LargeBinary, Numeric, func, insert, select

from controller.app.container import Container
from controller.db.engine import Instant, Tx, metadata
from tests.controller.running import NOW
from tests.controller.village import SITE


def table(name: str) -> Any:
    return metadata.tables[name]


async def count(container: Container, name: str) -> int:
    async with container.database.read() as tx:
        return int((await tx.execute(select(func.count()).select_from(table(name)))).scalar_one())


async def put(tx: Tx, into: str, /, **values: object) -> None:
    """Add a row. Not given: text is empty, numbers are 0, times are now, the site is Ramsey."""
    await tx.execute(insert(table(into)).values(_plain(into) | values))


def _plain(name: str) -> dict[str, object]:
    counts_up = table(name).autoincrement_column
    return {
        each.name: SITE if each.name == "site" else _value(each.type)
        for each in table(name).c
        if not each.nullable and each.server_default is None and each is not counts_up
    }


def _value(kind: object) -> object:
    if isinstance(kind, Instant):
        return NOW
    if isinstance(kind, Date):
        return NOW.date()
    if isinstance(kind, Boolean):
        return False
    if isinstance(kind, Integer | Numeric):
        return 0
    return b"" if isinstance(kind, LargeBinary) else ""


async def holding(tx: Tx, *words: str) -> list[str]:
    """Every column, as ``table.column``, that has one of the words in any row, in any case."""
    wanted = [word.casefold() for word in words]
    found = set()
    for each in metadata.sorted_tables:
        for row in (await tx.execute(select(each))).mappings():
            for name, value in row.items():
                text = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
                if any(word in text.casefold() for word in wanted):
                    found.add(f"{each.name}.{name}")
    return sorted(found)


_CHECKED = {"feeds": {"every_min": 60}}
"""What a table asks of a row, where nothing plain will do."""


async def put_naming(tx: Tx, into: str, columns: Iterable[str], text: str) -> None:
    """Add a row with the text in these columns; what other tables are to have, they get."""
    given: dict[str, object] = dict(_CHECKED.get(into, {}))
    for column in table(into).c:
        for key in column.foreign_keys:
            if not column.nullable:
                given[column.name] = await _there(tx, key.column)
    await put(tx, into, **given | dict.fromkeys(columns, text))


async def _there(tx: Tx, column: Column[Any]) -> object:
    found = (await tx.execute(select(column).limit(1))).scalar()
    if found is None:
        await put_naming(tx, column.table.name, (), "")
        found = (await tx.execute(select(column).limit(1))).scalar_one()
    return found
