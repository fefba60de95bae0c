"""Reads hours, and changes them after a preview of the effect."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from controller.db.engine import Database, Tx
from controller.estate.change_hooks import EstateHook
from controller.estate.model import Site, SiteParts
from controller.estate.repository import bump
from controller.estate.service import require_parts, require_site
from controller.hours import repository
from controller.hours.change_preview import HoursProposal
from controller.hours.impact import Broken, ChangedDoor, Diary, WouldBreak, broken, changed_doors
from controller.hours.model import Closure
from controller.hours.timetable import Timetable
from controller.people.optimistic_locking import require_version
from controller.platform.text import local_time
from controller.records.audit import audit_log
from controller.records.audit.audit_log import diff
from controller.records.changes import Changes
from edge.wire.clock import Clock
from edge.wire.interval import Interval

TimetableReader = Callable[[Tx, str], Awaitable[Timetable]]
"""All hours of a site, perhaps from a cache. Raises ``SiteUnknown``."""


class HoursEffect(msgspec.Struct, frozen=True, kw_only=True):
    """What a change would do. ``site``: with its zone."""

    site: Site
    broken: tuple[Broken, ...]
    doors: tuple[ChangedDoor, ...]


@dataclass(eq=False)
class HoursService:
    """Each method is one transaction; after a write it notifies the site's listeners."""

    database: Database
    clock: Clock
    changes: Changes
    timetable: TimetableReader
    diary: Diary

    async def book(self, site: str) -> Timetable:
        """All hours of a site. Raises ``SiteUnknown``."""
        async with self.database.read() as tx:
            return await self.timetable(tx, site)

    async def closures(self, site: str, *, ended: bool, after: str | None, limit: int) -> tuple[Site, list[Closure]]:
        """A page of closures in the order they were made, those that are over only if ``ended``. Raises
        ``SiteUnknown``."""
        async with self.database.read() as tx:
            since = None if ended else self.clock.now()
            found = await require_site(tx, site)
            return found, await repository.site_closures(tx, site, ending_after=since, after=after, limit=limit)

    async def check(self, site: str, proposal: HoursProposal) -> HoursEffect:
        """What a change would do, without making it. Raises ``SiteUnknown``, ``VersionStale`` and what the proposal
        refuses."""
        async with self.database.read() as tx:
            now = self.clock.now()
            parts = await require_parts(tx, site)
            old = await repository.hours_book(tx, parts.site)
            await _require_version(tx, site, proposal, old)
            new = proposal.applied(old, parts)
            return HoursEffect(
                site=parts.site,
                broken=tuple(broken(old, new, await self.diary.ahead(tx, site, now))),
                doors=tuple(changed_doors(old, new, parts.doors, now)),
            )

    async def change(self, site: str, proposal: HoursProposal, *, anyway: bool, actor: str) -> Timetable:
        """Make a change; returns the hours after it. Bookings that it breaks stay as they are, marked as affected and
        with an entry in their log.

        Raises ``WouldBreak`` if there are any and it is not to be made ``anyway``, and as ``check`` does.
        """
        book = await self.database.run(self._change, site, proposal, anyway, actor)
        self.changes.site_changed(site)
        return book

    async def _change(self, tx: Tx, site: str, proposal: HoursProposal, anyway: bool, actor: str) -> Timetable:
        await self.database.lock_site(tx, site)
        now = self.clock.now()
        parts = await require_parts(tx, site)
        old = await repository.hours_book(tx, parts.site)
        await _require_version(tx, site, proposal, old)
        new = proposal.applied(old, parts)
        ahead = await self.diary.ahead(tx, site, now)
        lost = broken(old, new, ahead)
        if lost and not anyway:
            raise WouldBreak(lost, new.site.tz)
        await proposal.write(tx, new)
        await bump(tx, site)
        await audit_log.record(
            tx,
            actor=actor,
            at=now,
            act=proposal.act,
            site=site,
            thing=proposal.thing,
            changes=diff(old, new, leave_out=["site"]),
        )
        await self.diary.mark(tx, old, new, ahead, lost, at=now, actor=actor)
        return new


async def _require_version(tx: Tx, site: str, proposal: HoursProposal, old: Timetable) -> None:
    if (replaced := proposal.replaced(old)) is not None:
        await require_version(tx, *replaced, site=site, thing=proposal.thing)


class Anchored(EstateHook):
    """Closures given as dates stay on those dates when a site's zone is corrected."""

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
