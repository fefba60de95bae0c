"""Creates, changes, lists and removes feeds."""

from dataclasses import dataclass
from datetime import UTC, datetime

from msgspec.structs import replace

from controller.bookings import repository as bookings
from controller.bookings.service import BookingService
from controller.bookings.writer import BookingWriter
from controller.calendars import repository as imported
from controller.calendars.external_feeds import repository
from controller.calendars.external_feeds.fetching import where
from controller.calendars.external_feeds.model import Feed, FeedDraft, FeedFault, FeedUnknown, FeedView
from controller.calendars.external_feeds.polling import LEASE, Poller
from controller.calendars.model import CalendarImportResult
from controller.db.engine import Database, Tx
from controller.people.model import Actor
from controller.people.optimistic_locking import require_version
from controller.people.party_repository import tier_to_book
from controller.platform.web.problem import invalid_field
from controller.records.audit import audit_log
from controller.records.audit.audit_log import SECRET_CHANGED, diff
from controller.records.changes import Changes
from edge.wire.clock import Clock

MOST = 100
"""Feeds of one site."""
_EVER = datetime(9000, 1, 1, tzinfo=UTC)


@dataclass(eq=False)
class FeedService:
    """``bookings`` writes, with its retries."""

    database: Database
    clock: Clock
    changes: Changes
    writer: BookingWriter
    bookings: BookingService
    poller: Poller

    async def listed(self, site: str) -> list[FeedView]:
        """The feeds of a site. Raises ``SiteUnknown``."""
        async with self.database.read() as tx:
            await self.writer.site_configs.of(tx, site)
            return await self._shown(tx, site, await repository.of_site(tx, site))

    async def get(self, site: str, feed: str) -> FeedView:
        """Raises ``SiteUnknown``, ``FeedUnknown``."""
        async with self.database.read() as tx:
            found = await self._shown(tx, site, [await self._require(tx, site, feed)])
        return found[0]

    async def _shown(self, tx: Tx, site: str, found: list[Feed]) -> list[FeedView]:
        zone = (await self.writer.site_configs.of(tx, site)).site.tz
        counts = await repository.blocks(tx, site, after=self.clock.now())
        return [
            FeedView(feed=each, zone=zone, where=self._where(each), blocks=counts.get(each.source, 0)) for each in found
        ]

    def _where(self, feed: Feed) -> str:
        try:
            return where(self.poller.address(feed))
        except FeedFault as fault:
            return fault.text

    async def put(self, site: str, feed: str, wanted: FeedDraft, *, version: int, actor: Actor) -> bool:
        """Create or change a feed; True where it is new. It is polled soon. Where its space or party changes, its
        future blocks are removed and created again. Raises ``SiteUnknown``, ``SpaceUnknown``, ``Invalid``,
        ``VersionStale``."""
        new = await self.bookings.write_many(self._put, site, feed, wanted, version, actor)
        self.changes.site_changed(site)
        return new

    async def _put(self, tx: Tx, site: str, feed: str, wanted: FeedDraft, version: int, actor: Actor) -> bool:
        await self.database.lock_site(tx, site)
        now = self.clock.now()
        old = await repository.get(tx, site, feed)
        await require_version(tx, version, 0 if old is None else old.version, site=site, thing=f"feed {feed}")
        address = await self._checked(tx, site, feed, wanted, old, actor)
        made = Feed(
            site=site,
            id=feed,
            name=wanted.name,
            space=wanted.space,
            party=wanted.party,
            every_min=wanted.every_min,
            paused=wanted.paused,
            address=self.poller.seal(site, feed, address),
            next_at=now,
            created_at=now,
            created_by=actor.name[:200],
        )
        if old is None:
            if len(await repository.of_site(tx, site)) >= MOST:
                raise invalid_field("feed", f"a site has at most {MOST} feeds; remove one first")
            await repository.add(tx, made)
        else:
            if (old.space, old.party) != (made.space, made.party):
                await self._clear(tx, old, actor, now, why="its feed now blocks another space")
            elif wanted.address is None:
                made = replace(made, status=old.status, report=old.report, read_at=old.read_at, fresh_at=old.fresh_at)
            made = replace(made, created_at=old.created_at, created_by=old.created_by, version=old.version + 1)
            await repository.put(tx, made)
            await repository.rename_blocks(tx, made)
        act = "make" if old is None else "change"
        changes = diff(_shown(old), _shown(made)) | ({} if wanted.address is None else {"address": SECRET_CHANGED})
        await audit_log.record(tx, actor=actor.name, at=now, act=act, site=site, thing=f"feed {feed}", changes=changes)
        return old is None

    async def _checked(self, tx: Tx, site: str, feed: str, wanted: FeedDraft, old: Feed | None, actor: Actor) -> str:
        """The address to ask, once the rest is known to be sound."""
        (await self.writer.site_configs.of(tx, site)).require(wanted.space)
        await tier_to_book(tx, wanted.party, actor)
        if wanted.address is not None:
            return wanted.address
        if wanted.sealed is not None:
            return self.poller.removed_address(site, feed, wanted.sealed)
        if old is None:
            raise invalid_field("address", "give the address of the calendar, such as https://example.org/calendar.ics")
        try:
            return self.poller.address(old)
        except FeedFault as fault:
            raise invalid_field("address", fault.text) from fault

    async def remove(self, site: str, feed: str, *, actor: Actor) -> FeedDraft:
        """Remove a feed and its blocks to come; those that have begun stay. Returns what makes it again. Raises
        ``SiteUnknown``, ``FeedUnknown``."""
        removed = await self.bookings.write_many(self._remove, site, feed, actor)
        self.changes.site_changed(site)
        return removed.draft

    async def _remove(self, tx: Tx, site: str, feed: str, actor: Actor) -> Feed:
        await self.database.lock_site(tx, site)
        now = self.clock.now()
        found = await self._require(tx, site, feed)
        await self._clear(tx, found, actor, now, why="the feed it came from was removed")
        await repository.remove(tx, site, feed)
        await audit_log.record(tx, actor=actor.name, at=now, act="delete", site=site, thing=f"feed {feed}")
        return found

    async def _clear(self, tx: Tx, feed: Feed, actor: Actor, now: datetime, *, why: str) -> None:
        site_config = await self.writer.site_configs.of(tx, feed.site)
        ahead = await imported.to_come(tx, feed.site, feed.space, feed.source, after=now, until=_EVER)
        existing = await bookings.some(tx, list(ahead.values()))
        if existing:
            await self.writer.cancel(tx, site_config, existing, actor=actor, now=now, why=why)
        await repository.forget_blocks(tx, feed)

    async def preview(self, site: str, feed: str, wanted: FeedDraft, *, actor: Actor) -> CalendarImportResult:
        """What a feed would bring now; writes nothing. Raises as ``put``, and ``Invalid`` where it cannot be read."""
        async with self.database.read() as tx:
            address = await self._checked(tx, site, feed, wanted, await repository.get(tx, site, feed), actor)
        return await self.poller.preview(site, feed, wanted, address)

    async def poll(self, site: str, feed: str, *, actor: Actor) -> FeedView:
        """Poll a feed now, whatever its turn, and read it as a whole. Raises ``SiteUnknown``, ``FeedUnknown``."""
        await self.poller.poll(await self.database.run(self._begin, site, feed, actor), whole=True)
        return await self.get(site, feed)

    async def _begin(self, tx: Tx, site: str, feed: str, actor: Actor) -> Feed:
        now = self.clock.now()
        found = await self._require(tx, site, feed)
        await repository.claim(tx, found, now=now, lease=LEASE)
        await audit_log.record(tx, actor=actor.name, at=now, act="poll", site=site, thing=f"feed {feed}")
        return found

    async def _require(self, tx: Tx, site: str, feed: str) -> Feed:
        await self.writer.site_configs.of(tx, site)
        found = await repository.get(tx, site, feed)
        if found is None:
            raise FeedUnknown(site, feed)
        return found


def _shown(feed: Feed | None) -> FeedDraft | None:
    """What the audit log may say of a feed: its address is a secret."""
    if feed is None:
        return None
    return replace(feed.draft, sealed=None)
