"""Rows put into tables as they are, with something plain in each column that wants a value."""

from typing import Any

from sqlalchemy import Boolean, Date, Integer, LargeBinary, Numeric, func, insert, select

from controller.container import Container
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
