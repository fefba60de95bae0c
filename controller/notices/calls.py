"""Whom to ring: what was to be told to somebody whom no mail and no text message reaches."""

from datetime import UTC, datetime, timedelta

import msgspec
from msgspec.structs import replace

from controller.bookings.diary.site_config import SiteConfig
from controller.bookings.writer import BookingWriter
from controller.db.engine import Database, Tx
from controller.notices import call_repository, repository
from controller.notices.bundles import bookings_about
from controller.notices.call_repository import ManualCall, Unanswered
from controller.notices.errors import NoticeUnknown
from controller.notices.model import Notice
from controller.people import party_repository
from controller.people.model import Actor
from controller.platform.web.fields import Moment
from controller.platform.web.problem import invalid_field
from controller.records.audit import audit_log
from edge.wire.clock import Clock
from edge.wire.ids import new_id

LISTED_FOR = timedelta(days=30)
"""What is older is of no use any more."""


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """``text``: what changed, without a code, or why somebody put it on the list (``made_by``). ``name``, ``phone``: of
    the booking, or of its party; empty where nobody knows them. ``booking_id``: the next one that it is about.
    ``due_at``: when that begins, or by when to ring; ``None`` where nothing is ahead. ``called_at``: when somebody has
    rung, and who. ``tries``, ``tried_at``: how often nobody answered, and when last."""

    id: str
    made_at: datetime
    text: str
    name: str
    phone: str
    booking_id: str | None
    called_at: datetime | None
    called_by: str
    due_at: datetime | None = None
    made_by: str = ""
    tries: int = 0
    tried_at: datetime | None = None


class CallService:
    """The caller checks permissions."""

    def __init__(self, database: Database, clock: Clock, writer: BookingWriter) -> None:
        self._database = database
        self.clock = clock
        self._writer = writer

    async def of_site(self, site: str, *, called: bool) -> tuple[SiteConfig, list[Call]]:
        """Whom to ring, what begins first at the top: the last news of each booking and series that is not over.
        ``called``: who has been rung instead, the last first. Raises ``SiteUnknown``."""
        now = self.clock.now()
        async with self._database.read() as tx:
            site_config = await self._writer.site_configs.of(tx, site)
            found = await call_repository.of_site(tx, site, since=now - LISTED_FOR, now=now, called=called)
            calls = [call for each, at, by in found if (call := await self._call(tx, each, at, by, now)) is not None]
            manual = await call_repository.manual_of_site(tx, site, since=now - LISTED_FOR, called=called)
            calls += map(_by_hand, manual)
            tried = await call_repository.unanswered(tx, [each.id for each in calls])
        calls = [
            replace(each, tries=its.tries, tried_at=its.tried_at) if (its := tried.get(each.id)) else each
            for each in calls
        ]
        return site_config, sorted(calls, key=_last_first if called else _first_due)

    async def _call(self, tx: Tx, notice: Notice, at: datetime | None, by: str, now: datetime) -> Call | None:
        about = await bookings_about(tx, notice.about)
        ahead = [each for each in about if each.ends > now]
        if about and not ahead and at is None:
            return None
        first = next(iter(ahead or about), None)
        party = await party_repository.party(tx, notice.party) if notice.party is not None else None
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
            due_at=ahead[0].starts if ahead else None,
        )

    async def add(self, site: str, *, name: str, phone: str, why: str, due: Moment, actor: Actor) -> Call:
        """Put somebody on the list by hand. Raises ``SiteUnknown``, and ``Invalid`` for a time that is over or that the
        site's clocks skip."""
        return await self._database.run(self._add, site, name, phone, why, due, actor)

    async def _add(self, tx: Tx, site: str, name: str, phone: str, why: str, due: Moment, actor: Actor) -> Call:
        now = self.clock.now()
        due_at = due.resolve((await self._writer.site_configs.of(tx, site)).site.tz, "due")
        if due_at < now:
            raise invalid_field("due", "must not be over already; say until when somebody can ring")
        new = ManualCall(
            id=new_id(now), site=site, name=name, phone=phone, why=why, due_at=due_at, made_at=now, made_by=actor.name
        )
        await call_repository.add_manual(tx, new)
        await audit_log.record(tx, actor=actor.name, at=now, act="add a call", site=site, thing=f"call {new.id}")
        return _by_hand(new)

    async def no_answer(self, site: str, call_id: str, *, actor: Actor) -> None:
        """Note that somebody has rung and nobody answered; it stays on the list. Raises ``NoticeUnknown``."""
        await self._database.run(self._no_answer, site, call_id, actor)

    async def _no_answer(self, tx: Tx, site: str, call_id: str, actor: Actor) -> None:
        await self._database.lock_site(tx, site)
        if await call_repository.manual(tx, site, call_id) is None:
            await _unreached(tx, site, call_id)
        now, before = self.clock.now(), (await call_repository.unanswered(tx, [call_id])).get(call_id)
        tries = 1 if before is None else before.tries + 1
        await call_repository.put_unanswered(tx, Unanswered(call=call_id, tries=tries, tried_at=now))
        await audit_log.record(tx, actor=actor.name, at=now, act="ring, no answer", site=site, thing=f"call {call_id}")

    async def mark(self, site: str, notice_id: str, *, called: bool, actor: Actor) -> None:
        """Note that somebody has rung about it and what came before it; ``called`` false: that nobody has.
        ``notice_id``: of a notice, or of what was put on the list by hand. Raises ``NoticeUnknown``."""
        await self._database.run(self._mark, site, notice_id, called, actor)

    async def _mark(self, tx: Tx, site: str, notice_id: str, called: bool, actor: Actor) -> None:
        await self._database.lock_site(tx, site)
        now, act = self.clock.now(), "ring" if called else "take back a call"
        if (manual := await call_repository.manual(tx, site, notice_id)) is not None:
            if (manual.called_at is not None) is not called:
                at, by = (now, actor.name) if called else (None, "")
                await call_repository.mark_manual(tx, notice_id, at=at, by=by)
                await audit_log.record(tx, actor=actor.name, at=now, act=act, site=site, thing=f"call {notice_id}")
            return
        notice = await _unreached(tx, site, notice_id)
        if await call_repository.mark(tx, notice, called=called, actor=actor.name, now=now):
            thing = f"notice {notice_id} about {notice.about}"
            await audit_log.record(tx, actor=actor.name, at=now, act=act, site=site, thing=thing)


async def _unreached(tx: Tx, site: str, notice_id: str) -> Notice:
    notice = await repository.notice(tx, notice_id)
    if notice is None or notice.site != site or notice.state not in call_repository.UNREACHED:
        raise NoticeUnknown(notice_id)
    return notice


def _by_hand(manual: ManualCall) -> Call:
    return Call(
        id=manual.id,
        made_at=manual.made_at,
        text=manual.why,
        name=manual.name,
        phone=manual.phone,
        booking_id=None,
        called_at=manual.called_at,
        called_by=manual.called_by,
        due_at=manual.due_at,
        made_by=manual.made_by,
    )


def _first_due(call: Call) -> tuple[bool, datetime, str]:
    return call.due_at is None, call.due_at or call.made_at, call.id


def _last_first(call: Call) -> timedelta:
    assert call.called_at is not None
    return datetime.max.replace(tzinfo=UTC) - call.called_at
