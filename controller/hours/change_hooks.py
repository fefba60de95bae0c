"""Updates hours when their site changes."""

from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from controller.db.engine import Tx
from controller.estate.change_hooks import ChangePreview
from controller.estate.model import SiteParts
from controller.hours import repository
from controller.hours.model import Closure
from controller.text import local_time
from edge.wire.interval import Interval


class Anchored:
    """Closures given as dates stay on those dates when a site's zone is set right."""

    async def preview_change(self, tx: Tx, before: SiteParts, after: SiteParts, *, now: datetime) -> ChangePreview:
        return ChangePreview()

    async def follow(self, tx: Tx, before: SiteParts, after: SiteParts, *, now: datetime) -> None:
        if before.site.zone == after.site.zone:
            return
        for each in await repository.site_closures(tx, after.site.id):
            if each.whole_days:
                await repository.move_closure(tx, after.site.id, _moved(each, before.site.tz, after.site.tz))


def _moved(closure: Closure, old: ZoneInfo, new: ZoneInfo) -> Closure:
    starts, ends = (
        local_time.day_start(local_time.local_day(each, old), new)
        for each in (closure.during.start, closure.during.end)
    )
    return replace(closure, during=Interval(start=starts, end=ends))
