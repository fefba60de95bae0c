"""Whom to ring: what was to be told to somebody whom no mail and no text message reaches."""

from datetime import datetime, timedelta

import msgspec

from controller.audit import audit_log
from controller.bookings import repository as bookings
from controller.bookings.writer import BookingWriter
from controller.db.engine import Database, Tx
from controller.diary.site_config import SiteConfig
from controller.notices import call_repository, repository
from controller.notices.errors import NoticeUnknown
from controller.notices.model import Notice
from controller.notices.recipients import Recipients
from controller.people import parties
from controller.people.model import Actor
from edge.wire.clock import Clock

LISTED_FOR = timedelta(days=30)
"""What is older is of no use any more."""


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """``text``: what changed, without a code. ``name``, ``phone``: of the booking, or of its party; empty where nobody
    knows them. ``booking_id``: the next one that it is about. ``called_at``: when somebody has rung, and who."""

    id: str
    made_at: datetime
    text: str
    name: str
    phone: str
    booking_id: str | None
    called_at: datetime | None
    called_by: str


class CallService:
    """The caller checks permissions."""

    def __init__(self, database: Database, clock: Clock, writer: BookingWriter, recipients: Recipients) -> None:
        self._database = database
        self._clock = clock
        self._writer = writer
        self._recipients = recipients

    async def of_site(self, site: str, *, called: bool) -> tuple[SiteConfig, list[Call]]:
        """Whom to ring, what begins first at the top: the last news of each booking and series that is not over.
        ``called``: who has been rung instead, the last first. Raises ``SiteUnknown``."""
        now = self._clock.now()
        async with self._database.read() as tx:
            site_config = await self._writer.site_configs.of(tx, site)
            found = await call_repository.of_site(tx, site, since=now - LISTED_FOR, now=now, called=called)
            calls = [call for each, at, by in found if (call := await self._call(tx, each, at, by, now)) is not None]
        return site_config, calls

    async def _call(self, tx: Tx, notice: Notice, at: datetime | None, by: str, now: datetime) -> Call | None:
        single = await bookings.booking(tx, notice.about)
        about = [single] if single is not None else await bookings.of_series(tx, notice.about)
        ahead = [each for each in about if each.ends > now]
        if about and not ahead and at is None:
            return None
        first = next(iter(ahead or about), None)
        party = await parties.party(tx, notice.party) if notice.party is not None else None
        name, phone = (first.contact_name, first.contact_phone) if first is not None else ("", "")
        return Call(
            id=notice.id,
            made_at=notice.made_at,
            text=notice.subject,
            name=name or (party.contact_name or party.name if party else ""),
            phone=phone or (party.contact_phone if party else ""),
            booking_id=first.id if first is not None else None,
            called_at=at,
            called_by=by,
        )

    async def mark(self, site: str, notice_id: str, *, called: bool, actor: Actor) -> None:
        """Note that somebody has rung about it and what came before it; ``called`` false: that nobody has. Raises
        ``NoticeUnknown``."""
        await self._database.run(self._mark, site, notice_id, called, actor)

    async def _mark(self, tx: Tx, site: str, notice_id: str, called: bool, actor: Actor) -> None:
        await self._database.lock_site(tx, site)
        notice = await repository.notice(tx, notice_id)
        if notice is None or notice.site != site or notice.state not in call_repository.UNREACHED:
            raise NoticeUnknown(notice_id)
        now = self._clock.now()
        if await call_repository.mark(tx, notice, called=called, actor=actor.name, now=now):
            if not notice.contact_address:
                await call_repository.put_rung(tx, notice, self._recipients.tag(""))
            act = "ring" if called else "take back a call"
            thing = f"notice {notice_id} about {notice.about}"
            await audit_log.record(tx, actor=actor.name, at=now, act=act, site=site, thing=thing)
