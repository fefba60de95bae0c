"""The table of floor plans, and all SQL about it."""

import msgspec
from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, String, Table, Text, delete, insert, select

from controller.db.engine import Tx, metadata
from controller.estate.floor_plans.model import FloorPlan, Kept

floor_plans = Table(
    "floor_plans",
    metadata,
    Column("site", String(40), ForeignKey("sites.id"), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("shown", Boolean, nullable=False),
)

floor_plan_drawings = Table(
    "floor_plan_drawings",
    metadata,
    Column("site", String(40), ForeignKey("sites.id"), primary_key=True),
    Column("shown", Boolean, primary_key=True),  # else the one before it
    Column("drawing", Text, nullable=False),
    Column("ids", JSON, nullable=False),
    Column("dropped", JSON, nullable=False),
)
"""Apart from the plans, so that a live page does not read them. In the database, so that a backup has them."""

_p, _d = floor_plans.c, floor_plan_drawings.c


async def of_site(tx: Tx, site: str) -> FloorPlan:
    version = (await tx.execute(select(_p.version).where(_p.site == site))).scalar()
    rows = await tx.execute(select(_d.shown, _d.drawing, _d.ids, _d.dropped).where(_d.site == site))
    kept = {
        row.shown: msgspec.convert({"drawing": row.drawing, "ids": row.ids, "dropped": row.dropped}, Kept)
        for row in rows
    }
    return FloorPlan(site=site, version=version or 0, shown=kept.get(True), before=kept.get(False))


async def shown_version(tx: Tx, site: str) -> int | None:
    """The version of the plan that a site shows; ``None`` where it shows none."""
    found: int | None = (await tx.execute(select(_p.version).where(_p.site == site, _p.shown))).scalar()
    return found


async def write(tx: Tx, plan: FloorPlan) -> None:
    """In place of the one that is there."""
    await tx.execute(delete(floor_plan_drawings).where(_d.site == plan.site))
    await tx.execute(delete(floor_plans).where(_p.site == plan.site))
    shown = plan.shown is not None
    await tx.execute(insert(floor_plans).values(site=plan.site, version=plan.version, shown=shown))
    for kept, is_shown in ((plan.shown, True), (plan.before, False)):
        if kept is not None:
            row = msgspec.to_builtins(kept) | {"site": plan.site, "shown": is_shown}
            await tx.execute(insert(floor_plan_drawings).values(row))
