"""All SQL about closing. Every function works inside its caller's transaction."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import RowMapping, insert, select, update

from controller.closures.model import Batch, Step
from controller.closures.tables import closure_batches
from controller.db.engine import Tx
from controller.db.row_mapping import struct_of
from controller.hours.model import Closure


async def add(tx: Tx, batch: Batch) -> None:
    await tx.execute(insert(closure_batches).values(_row(batch)))


async def put(tx: Tx, batch: Batch) -> None:
    await tx.execute(update(closure_batches).where(closure_batches.c.id == batch.id).values(_row(batch)))


async def one(tx: Tx, site: str, batch_id: str) -> Batch | None:
    query = select(closure_batches).where(closure_batches.c.site == site, closure_batches.c.id == batch_id)
    row = (await tx.execute(query)).mappings().first()
    return None if row is None else _batch(row)


async def since(tx: Tx, site: str, at: datetime) -> Sequence[Batch]:
    """Those made after ``at`` that are not undone, the newest first."""
    c = closure_batches.c
    query = select(closure_batches).where(c.site == site, c.made_at > at, c.undone_at.is_(None))
    return [_batch(row) for row in (await tx.execute(query.order_by(c.made_at.desc(), c.id.desc()))).mappings()]


def _row(batch: Batch) -> dict[str, object]:
    replaced = None if batch.replaced is None else msgspec.json.encode(batch.replaced).decode()
    return msgspec.structs.asdict(batch) | {"replaced": replaced, "steps": msgspec.json.encode(batch.steps).decode()}


def _batch(row: RowMapping) -> Batch:
    replaced = None if row["replaced"] is None else msgspec.json.decode(row["replaced"], type=Closure | str)
    return struct_of(Batch, row, replaced=replaced, steps=msgspec.json.decode(row["steps"], type=tuple[Step, ...]))
