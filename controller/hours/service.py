"""Opening hours: read, replaced, and turned into modes."""

from controller.changes import Changes
from controller.database import Database, Tx
from controller.estate.revisions import bump
from controller.estate.service import require_parts, require_site
from controller.hours import repository
from controller.hours.book import HoursBook
from controller.hours.model import Timetable
from controller.people import audit
from controller.problem import invalid_field
from edge.wire.clock import Clock


class Hours:
    """Methods that take ``tx`` run inside the caller's transaction."""

    def __init__(self, database: Database, clock: Clock, changes: Changes) -> None:
        self._database = database
        self._clock = clock
        self._changes = changes

    async def timetable(self, site: str) -> Timetable:
        """Raises ``SiteUnknown``."""
        async with self._database.read() as tx:
            return (await repository.hours_book(tx, await require_site(tx, site))).timetable

    async def put(self, site: str, timetable: Timetable, *, actor: str) -> None:
        """Replace a site's hours. Raises ``SiteUnknown``, ``Invalid`` for a door of another site."""
        await self._database.run(self._put, site, timetable, actor)
        self._changes.site_changed(site)

    async def _put(self, tx: Tx, site: str, timetable: Timetable, actor: str) -> None:
        await self._database.lock_site(tx, site)
        parts = await require_parts(tx, site)
        for door in timetable.free_doors:
            if parts.door(door) is None:
                raise invalid_field("free_doors", f"site {site!r} has no door {door!r}; make it first")
        await repository.put_timetable(tx, site, timetable)
        await bump(tx, site)
        await audit.record(tx, actor=actor, at=self._clock.now(), act="change", site=site, thing="opening hours")

    async def book(self, site: str) -> HoursBook:
        """Raises ``SiteUnknown``."""
        async with self._database.read() as tx:
            return await repository.hours_book(tx, await require_site(tx, site))
