"""The floor plan in a site's file, as it is kept. Which drawing could be put back is not in it."""

import asyncio
from datetime import datetime

from pydantic import Field

from controller.db.engine import Tx
from controller.estate.floor_plans import repository
from controller.estate.floor_plans.drawing import Unusable, ids_of, rebuilt
from controller.estate.floor_plans.model import Kept, replaced
from controller.estate.floor_plans.service import placed
from controller.estate.model import SiteParts
from controller.estate.site_file.sections import FileFault, Plain, SectionPreview, SectionValue, overlaid, read, written
from controller.platform.web.fields import Body
from controller.platform.web.problem import TooLarge

NAME = "floor_plan"


class _Table(Body):
    """``drawing``: the SVG; none where the site has none."""

    drawing: str | None = Field(default=None)


class FloorPlanSection:
    """The section "floor_plan". Its table went through ``rebuilt_table`` before it is read."""

    name = NAME

    async def export(self, tx: Tx, parts: SiteParts, *, now: datetime) -> Plain:
        shown = (await repository.of_site(tx, parts.site.id)).shown
        return written(_Table(drawing=shown.drawing if shown else None))

    def merged(self, current: Plain, given: Plain) -> Plain:
        return overlaid(current, given)

    async def read(self, tx: Tx, parts: SiteParts, table: Plain, *, now: datetime) -> SectionValue:
        body, problems = read(_Table, table)
        return SectionValue(value=written(body) if body else {}, problems=tuple(problems))

    async def preview_change(self, tx: Tx, parts: SiteParts, value: Plain, *, now: datetime) -> SectionPreview:
        unmatched = placed(parts, await _kept(value))[1]
        listed = ", ".join(unmatched[:20])
        return SectionPreview(notes=(f"floor_plan: ids that are of no door and no room: {listed}",) if listed else ())

    async def put(self, tx: Tx, parts: SiteParts, value: Plain, *, actor: str, now: datetime) -> None:
        await repository.write(tx, replaced(await repository.of_site(tx, parts.site.id), await _kept(value)))


async def _kept(value: Plain) -> Kept | None:
    drawing = value.get("drawing")
    return Kept(drawing=drawing, ids=await asyncio.to_thread(ids_of, drawing)) if drawing else None


def rebuilt_table(table: object) -> tuple[object, list[FileFault]]:
    """A file's table with its drawing rebuilt of what is allowed, and what is wrong with that. It takes long: run it
    where uploads are parsed."""
    drawing = table.get("drawing") if isinstance(table, dict) else None
    if not isinstance(table, dict) or not isinstance(drawing, str):
        return table, []  # it is judged where it is read
    try:
        return {**table, "drawing": rebuilt(drawing.encode()).text}, []
    except Unusable as error:
        return {}, [FileFault(place="drawing", text=error.text)]
    except TooLarge as error:
        return {}, [FileFault(place="drawing", text=str(error))]
