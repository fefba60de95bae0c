"""All SQL about series, without their bookings."""

import msgspec
from sqlalchemy import RowMapping, insert, select, update

from controller.bookings.diary.model import Details
from controller.bookings.diary.tables import series as table
from controller.bookings.series.model import Series
from controller.db.engine import Tx
from controller.hours.recurrence.pattern import RecurrencePattern

_OWN_COLUMNS = ("space", "title", "party")
"""Details that have their own columns."""


def _series(row: RowMapping) -> Series:
    fields = {**msgspec.json.decode(row["details"], type=dict), **{name: row[name] for name in _OWN_COLUMNS}}
    columns = {name: row[name] for name in Series.__struct_fields__ if name not in ("details", "pattern")}
    return Series(
        details=msgspec.convert(fields, Details),
        pattern=msgspec.json.decode(row["pattern"], type=RecurrencePattern),
        **columns,
    )


def _row(value: Series) -> dict[str, object]:
    fields: dict[str, object] = msgspec.to_builtins(value.details)
    columns = {name: getattr(value, name) for name in Series.__struct_fields__}
    columns |= {name: getattr(value.details, name) for name in _OWN_COLUMNS}
    rest = {name: each for name, each in fields.items() if name not in _OWN_COLUMNS}
    return columns | {
        "details": msgspec.json.encode(rest).decode(),
        "pattern": msgspec.json.encode(value.pattern).decode(),
    }


async def series(tx: Tx, series_id: str) -> Series | None:
    row = (await tx.execute(select(table).where(table.c.id == series_id))).mappings().first()
    return _series(row) if row else None


async def followers(tx: Tx, series_id: str) -> list[str]:
    """The series that were split from it, in the order they were made."""
    query = select(table.c.id).where(table.c.follows == series_id).order_by(table.c.id)
    return list((await tx.execute(query)).scalars())


async def line(tx: Tx, series_id: str) -> list[str]:
    """The series and all others of the same split series, each once."""
    found = [series_id]
    row = (await tx.execute(select(table.c.follows).where(table.c.id == series_id))).first()
    while row is not None and row.follows is not None and row.follows not in found:
        found.insert(0, row.follows)
        row = (await tx.execute(select(table.c.follows).where(table.c.id == row.follows))).first()
    for each in found:
        found += [one for one in await followers(tx, each) if one not in found]
    return found


async def insert_series(tx: Tx, value: Series) -> None:
    await tx.execute(insert(table).values(_row(value)))


async def update_series(tx: Tx, value: Series) -> None:
    """Write every field. The caller has read it under the site's lock."""
    await tx.execute(update(table).where(table.c.id == value.id).values(_row(value)))
