"""Addresses are marked when mails to them come back, listed, and cleared by hand."""

import logging
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from controller.bookings import repository as bookings
from controller.bookings.writer import BookingWriter
from controller.db.engine import Database, Tx
from controller.notices import call_repository
from controller.notices import repository as notice_repository
from controller.notices.bounces import repository
from controller.notices.bounces.model import OLDEST, BouncedAddress, MailType, blames_address
from controller.notices.bounces.tokens import MailName
from controller.notices.bundles import bookings_about
from controller.notices.digest import repository as digests
from controller.notices.errors import BouncedAddressUnknown
from controller.notices.model import CAME_BACK, Notice, NoticeState
from controller.notices.recipients import Recipients
from controller.notices.service import SETTLE, NoticeService
from controller.people.model import Actor
from controller.people.repository import email_key
from controller.records.audit import audit_log
from edge.wire.clock import Clock
from edge.wire.ids import new_id

log = logging.getLogger(__name__)


class BounceService:
    """The caller checks permissions."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        writer: BookingWriter,
        notices: NoticeService,
        recipients: Recipients,
    ) -> None:
        self._database = database
        self._clock = clock
        self._writer = writer
        self._notices = notices
        self._recipients = recipients

    async def refused(self, tx: Tx, notice: Notice, reply: str) -> None:
        """The server refused a notice for good: mark its address if that is to blame."""
        if blames_address(reply):
            await self._mark(tx, notice.site, notice.contact_address, notice.party, reply)

    async def account_mail_refused(self, address: str, reply: str) -> None:
        """The same for a mail about an account."""
        if blames_address(reply):
            await self._database.run(self._mark, "", address, None, reply)

    async def takes_account_mails(self, address: str) -> bool:
        """Whether mails about accounts go to the address."""
        async with self._database.read() as tx:
            return not await repository.marked(tx, [("", address)])

    async def came_back(self, name: MailName, address: str, reply: str) -> bool:
        """A mail that the server took came back for good; whether that was news. Idempotent."""
        return await self._database.run(self._came_back, name, address, reply)

    async def _came_back(self, tx: Tx, name: MailName, address: str, reply: str) -> bool:
        now = self._clock.now()
        if now - name.made_at > timedelta(days=OLDEST):
            return False
        if name.kind is MailType.ACCOUNT_MAIL:
            cleared = await self._cleared_since(tx, "", address, name.made_at)
            return blames_address(reply) and not cleared and await self._mark(tx, "", address, None, reply)
        notice = await notice_repository.notice(tx, name.id)
        if notice is None or email_key(notice.contact_address) != email_key(address):
            return False
        await self._database.lock_site(tx, notice.site)
        news = notice.state is NoticeState.SENT
        if news:
            state, text = NoticeState.FAILED, f"{CAME_BACK}{reply}"[:400]
            await notice_repository.settle(tx, self._database, notice, state=state, reply=text)
            await digests.tell_again(tx, notice)
        if blames_address(reply) and not await self._cleared_since(
            tx, notice.site, notice.contact_address, notice.ended_at or name.made_at
        ):
            about = [each for each in await bookings_about(tx, notice.about) if each.ends > now]
            if news:
                tag = self._recipients.tag(notice.contact_address)
                not_there = await notice_repository.take_told(tx, [each.id for each in about], tag, notice.id)
                await call_repository.note(tx, notice, not_there)
            await self._mark(tx, notice.site, notice.contact_address, notice.party, reply)
            if news:
                made_at, whole = notice.made_at, notice.whole
                await self._notices.add(tx, notice.site, about, made_at=made_at, due_at=now + SETTLE, whole=whole)
        return news

    async def delayed(self, name: MailName, address: str, reply: str) -> bool:
        """A mail that the server took is on its way longer than usual; whether there is a notice that says so."""
        if name.kind is not MailType.NOTICE:
            return False
        return await self._database.run(self._delayed, name, address, reply)

    async def _delayed(self, tx: Tx, name: MailName, address: str, reply: str) -> bool:
        notice = await notice_repository.notice(tx, name.id)
        if notice is None or notice.state is not NoticeState.SENT:
            return False
        if email_key(notice.contact_address) != email_key(address):
            return False
        text = f"on its way for longer than usual: {reply}"[:400]
        await notice_repository.settle(tx, self._database, notice, state=NoticeState.SENT, reply=text)
        return True

    async def _cleared_since(self, tx: Tx, site: str, address: str, sent_at: datetime) -> bool:
        """Whether somebody cleared the address after the mail was sent."""
        found = await repository.of_address(tx, site, address)
        return found is not None and found.cleared_at is not None and sent_at <= found.cleared_at

    async def _mark(self, tx: Tx, site: str, address: str, party: str | None, reply: str) -> bool:
        """Write no more to an address, and tell its people by another channel what is ahead of them; whether it was not
        marked yet."""
        found = await repository.of_address(tx, site, address)
        if found is not None and found.cleared_at is None:
            return False
        now = self._clock.now()
        new = BouncedAddress(
            id=new_id(now),
            site=site,
            address_key=email_key(address),
            contact_address=address,
            at=now,
            reply=reply[:400],
            party=party,
        )
        if site:
            await self._database.lock_site(tx, site)
        await repository.put(tx, new)
        log.warning("Mail to an address comes back", extra={"action": "bounced_address", "bounced_address": new.id})
        if site:
            await self._tell_elsewhere(tx, site, address, now)
        return True

    async def _tell_elsewhere(self, tx: Tx, site: str, address: str, now: datetime) -> None:
        for each in await notice_repository.waiting_to(tx, site, address):
            about = await bookings_about(tx, each.about)
            await self._notices.add(tx, site, about, made_at=each.made_at, due_at=each.due_at, whole=each.whole)
        await self._tell_ahead(tx, site, address, now)

    async def _tell_ahead(self, tx: Tx, site: str, address: str, now: datetime) -> None:
        """Write down that all that is ahead of an address' people must be told, since they are reached elsewhere."""
        ahead = await bookings.ahead_of_address(tx, site, email_key(address), now)
        await self._notices.add(tx, site, ahead, made_at=now, due_at=now + SETTLE, whole=True)

    async def of_site(self, site: str, *, before: str | None, limit: int) -> tuple[ZoneInfo, list[BouncedAddress]]:
        """One page, the newest first. Raises ``SiteUnknown``."""
        async with self._database.read() as tx:
            site_config = await self._writer.site_configs.of(tx, site)
            return site_config.site.tz, await repository.of_site(tx, site, before=before, limit=limit)

    async def of_accounts(self, *, before: str | None, limit: int) -> list[BouncedAddress]:
        """Those to which mails about accounts do not go."""
        async with self._database.read() as tx:
            return await repository.of_site(tx, "", before=before, limit=limit)

    async def clear(self, site: str, bounced_id: str, *, actor: Actor) -> None:
        """Write to an address again, and tell its people what they do not know. Raises ``SiteUnknown`` and
        ``BouncedAddressUnknown``."""
        await self._database.run(self._clear, site, bounced_id, actor)

    async def _clear(self, tx: Tx, site: str, bounced_id: str, actor: Actor) -> None:
        if site:
            await self._writer.site_configs.of(tx, site)
        found = await repository.by_id(tx, site, bounced_id)
        if found is None:
            raise BouncedAddressUnknown(bounced_id)
        if site:
            await self._database.lock_site(tx, site)
        now = self._clock.now()
        await repository.clear(tx, found.id, now)
        act, thing = "clear bounced address", f"bounced address {found.id}"
        await audit_log.record(tx, actor=actor.name, at=now, act=act, site=site or None, thing=thing)
        if site:
            await self._tell_ahead(tx, site, found.contact_address, now)
