"""Notices: written down in the transaction of a change, listed, paused, sent again by hand."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType

from controller.bookings import repository as bookings
from controller.bookings.claims import SYSTEM_ACTOR
from controller.bookings.diary.model import Booking, BookingState, Changed
from controller.bookings.diary.site_config import SiteConfig
from controller.bookings.diary.waitlist import UNDOABLE
from controller.bookings.writer import BookingWriter
from controller.db.engine import Database, Tx
from controller.notices import repository
from controller.notices.bounces import repository as bounces
from controller.notices.bundles import LONGEST_WORK, TOGETHER, bookings_about
from controller.notices.bundles import put as put_bundles
from controller.notices.errors import NoticeNotFailed, NoticeUnknown
from controller.notices.model import CAME_BACK, Notice, NoticeKind, NoticeState
from controller.notices.recipients import Contact, Recipient, Recipients
from controller.people.merging.duplicates import phone_key
from controller.people.model import Actor
from controller.records.audit import audit_log
from edge.wire.clock import Clock
from edge.wire.ids import new_id

SETTLE = timedelta(seconds=60)
"""How long changes are collected before a notice tells them together."""


def new_notice(
    site: str, about: str, party: str | None, to: Recipient, *, made_at: datetime, due_at: datetime, whole: bool = False
) -> Notice:
    """One that waits."""
    return Notice(
        id=new_id(made_at),
        site=site,
        about=about,
        party=party,
        channel=to.channel,
        contact_address=to.address,
        state=NoticeState.WAITING,
        made_at=made_at,
        due_at=due_at,
        tried_at=None,
        attempts=0,
        ended_at=None,
        subject="",
        reply="",
        whole=whole,
    )


class NoticeService:
    """Writes notices down, and shows what becomes of them. ``recipients``: where no channel is set up, nothing is
    written down."""

    def __init__(self, database: Database, clock: Clock, writer: BookingWriter, recipients: Recipients) -> None:
        self._database = database
        self._clock = clock
        self._writer = writer
        self._recipients = recipients
        if self.sends:
            writer.when_bookings_change(self.follow)

    @property
    def sends(self) -> bool:
        """Whether a mail server or an SMS gateway is set up."""
        return bool(self._recipients.channels)

    async def follow(
        self, tx: Tx, site_config: SiteConfig, changes: Sequence[Changed], *, actor: str, now: datetime
    ) -> None:
        """Write down that somebody must be told: once for each address of each series and each single booking, or of
        each party for what belongs together."""
        changed = [each.after for each in changes if not each.after.diary]
        together = TOGETHER.get() if actor != SYSTEM_ACTOR else None
        site, due_at = site_config.site.id, now + SETTLE
        kept = UNDOABLE.get()
        offers = actor == SYSTEM_ACTOR and all(each.state is BookingState.HELD for each in changed)
        if kept is not None and offers and all(each.starts > kept.until for each in changed):
            due_at = max(due_at, kept.until)  # undoing would take it back
        bundles: Mapping[str, str] = {}
        if together is not None and changed and self.sends:
            site, due_at = together.site, now + LONGEST_WORK
            contacts = await self._recipients.of(tx, changed)
            bundles = {each.id: together.bundle(self._who(each, contacts[each.id])) for each in changed}
            await put_bundles(tx, together, bundles, now)
        await self.add(tx, site, changed, made_at=now, due_at=due_at, bundles=bundles)

    def _who(self, booking: Booking, contact: Contact) -> str:
        """Names, without saying it, who hears of a booking. Whom neither mail nor text message reaches is to be rung,
        so people with other numbers are others."""
        person = contact.person or self._recipients.tag(phone_key(booking.contact_phone) or booking.contact_phone)
        nobody = not (contact.person or booking.contact_phone or booking.party)
        return repr((booking.party, booking.series_id or booking.id if nobody else person))

    async def follow_party(self, tx: Tx, party: str, now: datetime) -> None:
        """Write down that all that is ahead of a party must be told, since it is to be reached elsewhere."""
        ahead = await bookings.ahead_of_party(tx, party, now)
        for site in sorted({each.site for each in ahead}):
            await self._database.lock_site(tx, site)
            mine = [each for each in ahead if each.site == site and not each.diary]
            await self.add(tx, site, mine, made_at=now, due_at=now + SETTLE, whole=True)

    async def add(
        self,
        tx: Tx,
        site: str,
        changed: Sequence[Booking],
        *,
        made_at: datetime,
        due_at: datetime,
        whole: bool = False,
        bundles: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Write down that the people of these bookings must be told, under the site's lock. ``bundles``: of which ones
        by one notice."""
        used = await self._recipients.used(tx, changed)
        if not whole:
            await self._share_known(tx, used)
        about = {
            (bundles.get(each.id) or each.series_id or each.id, to): each.party
            for each in changed
            for to in used[each.id]
        }
        new = [
            new_notice(site, thing, party, to, made_at=made_at, due_at=due_at, whole=whole)
            for (thing, to), party in about.items()
        ]
        if new:
            await repository.add(tx, new)

    async def _share_known(self, tx: Tx, used: Mapping[str, Sequence[Recipient]]) -> None:
        """A second channel that somebody has chosen goes on from what they were told by the first."""
        together: defaultdict[tuple[bytes, ...], list[str]] = defaultdict(list)
        for booking, to in used.items():
            if len(to) > 1:
                together[tuple(self._recipients.tag(each.address) for each in to)].append(booking)
        for tags, ids in together.items():
            await repository.share_known(tx, ids, tags)

    async def add_other(
        self, tx: Tx, site: str, kind: NoticeKind, contact: Contact, *, about: str, party: str | None, now: datetime
    ) -> None:
        """Write down a notice that is about no booking, where its recipient wants it, under the site's lock."""
        to = await self._recipients.chosen(tx, contact, kind)
        if to:
            await repository.add(tx, [new_notice(site, about, party, each, made_at=now, due_at=now) for each in to])

    async def of_site(
        self, site: str, *, state: NoticeState | None, to: str, before: str | None, limit: int
    ) -> tuple[SiteConfig, list[Notice]]:
        """One page, the newest first. ``to``: part of the address or number. Raises ``SiteUnknown``."""
        async with self._database.read() as tx:
            site_config = await self._writer.site_configs.of(tx, site)
            return site_config, await repository.of_site(tx, site, state=state, to=to, before=before, limit=limit)

    async def of_booking(self, booking_id: str) -> tuple[SiteConfig, list[Notice]]:
        """All about a booking and its series. Raises ``NoticeUnknown`` where there is no such booking."""
        async with self._database.read() as tx:
            booking = await bookings.booking(tx, booking_id)
            if booking is None:
                raise NoticeUnknown(booking_id)
            site_config = await self._writer.site_configs.of(tx, booking.site)
            return site_config, await repository.of_booking(tx, booking_id)

    async def status(self, site: str) -> tuple[SiteConfig, datetime | None, int]:
        """Since when the site's notices are paused, and how many wait. Raises ``SiteUnknown``."""
        async with self._database.read() as tx:
            site_config = await self._writer.site_configs.of(tx, site)
            return site_config, await repository.paused(tx, site), await repository.waiting(tx, site)

    async def pause(self, site: str, *, actor: Actor) -> None:
        """Send nothing of the site until it is resumed. Raises ``SiteUnknown``."""
        await self._database.run(self._pause, site, actor)

    async def _pause(self, tx: Tx, site: str, actor: Actor) -> None:
        await self._writer.site_configs.of(tx, site)
        await repository.pause(tx, site, at=self._clock.now(), actor=actor.name)
        await self._record(tx, "pause", site, "notices", actor)

    async def resume(self, site: str, *, actor: Actor) -> None:
        """Send what waits. Raises ``SiteUnknown``."""
        await self._database.run(self._resume, site, actor)

    async def _resume(self, tx: Tx, site: str, actor: Actor) -> None:
        await self._writer.site_configs.of(tx, site)
        await repository.resume(tx, site)
        await self._record(tx, "resume", site, "notices", actor)

    async def retry(self, site: str, notice_id: str, *, actor: Actor) -> tuple[SiteConfig, Notice]:
        """Send a failed notice again, at once, even if mail to its address came back. Raises ``NoticeUnknown`` and
        ``NoticeNotFailed``."""
        return await self._database.run(self._retry, site, notice_id, actor)

    async def _retry(self, tx: Tx, site: str, notice_id: str, actor: Actor) -> tuple[SiteConfig, Notice]:
        await self._database.lock_site(tx, site)
        found = await repository.notice(tx, notice_id)
        if found is None or found.site != site:
            raise NoticeUnknown(notice_id)
        if found.state is not NoticeState.FAILED:
            raise NoticeNotFailed(found)
        now = self._clock.now()
        bounced = await bounces.of_address(tx, site, found.contact_address)
        if bounced is not None and bounced.cleared_at is None:
            await bounces.clear(tx, bounced.id, now)
        fresh: dict[str, object] = {"due_at": now, "tried_at": None, "attempts": 0, "ended_at": None}
        if found.reply.startswith(CAME_BACK):  # until then its recipient was taken to know what it told
            about = await bookings_about(tx, found.about)
            tag = self._recipients.tag(found.contact_address)
            await repository.take_told(tx, [each.id for each in about], tag, notice_id)
            fresh["whole"] = True
        await repository.settle(tx, self._database, found, state=NoticeState.WAITING, **fresh)
        await self._record(tx, "retry", site, f"notice {notice_id}", actor)
        again = await repository.notice(tx, notice_id)
        assert again is not None
        return await self._writer.site_configs.of(tx, site), again

    async def _record(self, tx: Tx, act: str, site: str, thing: str, actor: Actor) -> None:
        await audit_log.record(tx, actor=actor.name, at=self._clock.now(), act=act, site=site, thing=thing)
