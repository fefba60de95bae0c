"""All SQL about closing. Every function works inside its caller's transaction."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import RowMapping, delete, insert, select, update

from controller.closures.model import Batch, Step
from controller.closures.tables import closure_batches
from controller.db.engine import Tx
from controller.db.row_mapping import struct_of
from controller.hours.model import Closure


async def add(tx: Tx, batch: Batch) -> None:
    await tx.execute(insert(closure_batches).values(_row(batch)))


async def put(tx: Tx, batch: Batch, *, was: Batch) -> bool:
    """Write it in place of ``was``; False if its state is no longer that. The caller holds the site's lock."""
    c = closure_batches.c
    here = (c.id == batch.id, c.state == was.state, c.claimed_at == was.claimed_at)
    return bool((await tx.execute(update(closure_batches).where(*here).values(_row(batch)))).rowcount)


async def remove(tx: Tx, batch_id: str) -> None:
    await tx.execute(delete(closure_batches).where(closure_batches.c.id == batch_id))


async def one(tx: Tx, site: str, batch_id: str) -> Batch | None:
    query = select(closure_batches).where(closure_batches.c.site == site, closure_batches.c.id == batch_id)
    row = (await tx.execute(query)).mappings().first()
    return None if row is None else _batch(row)


async def since(tx: Tx, site: str, at: datetime) -> Sequence[Batch]:
    """Those made after ``at``, the newest first."""
    c = closure_batches.c
    query = select(closure_batches).where(c.site == site, c.made_at > at)
    return [_batch(row) for row in (await tx.execute(query.order_by(c.made_at.desc(), c.id.desc()))).mappings()]


def _row(batch: Batch) -> dict[str, object]:
    documents = {name: _json(getattr(batch, name)) for name in ("written", "replaced", "steps")}
    return msgspec.structs.asdict(batch) | documents


def _json(value: object) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()


def _batch(row: RowMapping) -> Batch:
    written = None if row["written"] is None else msgspec.json.decode(row["written"], type=Closure)
    replaced = None if row["replaced"] is None else msgspec.json.decode(row["replaced"], type=Closure | str)
    steps = msgspec.json.decode(row["steps"], type=tuple[Step, ...])
    return struct_of(Batch, row, written=written, replaced=replaced, steps=steps)
