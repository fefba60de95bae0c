"""Digests: chosen per user and site, written down as notices when they are due."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from msgspec.structs import replace

from controller.bookings.diary.site_config import SiteConfig
from controller.bookings.writer import BookingWriter
from controller.db.engine import Database, Tx
from controller.db.retry_until_available import retry_until_available
from controller.notices.digest import repository
from controller.notices.digest.model import Digest, DigestSection, digest_subject, digest_text, next_digest
from controller.notices.digest.repository import BookingLine
from controller.notices.door_trouble import repository as doors
from controller.notices.door_trouble.model import down_text
from controller.notices.model import Notice, NoticeKind, NoticeState
from controller.notices.non_booking_notice import NonBookingNotice
from controller.notices.preferences import repository as preferences
from controller.notices.preferences.model import USUAL
from controller.notices.recipients import Contact, Recipients
from controller.notices.service import NoticeService
from controller.people import repository as users
from controller.people.model import Actor, User
from controller.people.permissions import Action, Thing, may
from controller.platform.text import times
from controller.records.audit import audit_log
from edge.wire.clock import Clock
from edge.wire.ids import new_id

LOOK_EVERY_S = 60.0
Contributor = Callable[[Tx, SiteConfig, Actor, datetime], Awaitable[DigestSection]]
"""Gives a section of what the actor may see at a site, as of a time."""


class DigestService:
    """``contributors``: sections of other parts, after those of bookings, notices and doors. The caller checks
    permissions; a change is recorded."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        writer: BookingWriter,
        notices: NoticeService,
        recipients: Recipients,
        contributors: Sequence[Contributor] = (),
        *,
        address: str,
    ) -> None:
        self._database = database
        self._clock = clock
        self._writer = writer
        self._notices = notices
        self._recipients = recipients
        self._contributors = contributors
        self._address = address

    async def run(self) -> None:
        """Write down what is due, for ever."""
        while True:
            await retry_until_available(self.look, what="digests")
            await self._clock.sleep(LOOK_EVERY_S)

    async def own(self, site: str, actor: Actor) -> tuple[Digest, str]:
        """The actor's digest, and what it would say now. Raises ``SiteUnknown``."""
        now = self._clock.now()
        async with self._database.read() as tx:
            site_config = await self._writer.site_configs.of(tx, site)
            found = await repository.digest(tx, actor.user or "", site) or _none(actor, site, now)
            if not await self._recipients.chosen(tx, await self._contact(tx, found), NoticeKind.DIGEST):
                found = replace(found, next_at=None)  # its mails are stopped
            return found, await self._text(tx, site_config, actor, found.sent_at, now)

    async def change(self, site: str, actor: Actor, *, weekdays: str | None, hour: int | None) -> tuple[Digest, str]:
        """Have it sent on these days, on none with an empty text, at that hour; ``None``: as it is. Raises
        ``SiteUnknown``."""
        await self._database.run(self._change, site, actor, weekdays, hour)
        return await self.own(site, actor)

    async def _change(self, tx: Tx, site: str, actor: Actor, weekdays: str | None, hour: int | None) -> None:
        site_config, now = await self._writer.site_configs.of(tx, site), self._clock.now()
        before = await repository.digest(tx, actor.user or "", site) or _none(actor, site, now)
        weekdays = before.weekdays if weekdays is None else weekdays
        hour = before.hour if hour is None else hour
        next_at = next_digest(weekdays, hour, site_config.site.tz, now)
        new = Digest(
            id=before.id,
            user_id=before.user_id,
            site=site,
            weekdays=weekdays,
            hour=hour,
            sent_at=before.sent_at,
            next_at=next_at,
        )
        await repository.put(tx, new)
        if weekdays:
            person = (await self._contact(tx, new)).person
            await preferences.put(tx, person, {NoticeKind.DIGEST: USUAL})
        changes = {"weekdays": (before.weekdays, weekdays), "hour": (before.hour, hour)}
        await audit_log.record(
            tx, actor=actor.name, at=now, act="change", site=site, thing="own digest", changes=changes
        )

    async def look(self) -> None:
        """Write down what is due by now; nothing where there is nothing to say."""
        now = self._clock.now()
        async with self._database.read() as tx:
            found = await repository.due(tx, now)
            texts = {each.id: await self.notice_of(tx, each, now) for each in found}
        for each in found:
            await self._database.run(self._write_down, each.id, each.next_at, texts[each.id], now)

    async def _write_down(
        self, tx: Tx, digest_id: str, due_at: datetime | None, told: NonBookingNotice | None, now: datetime
    ) -> None:
        """Unless its user has changed it meanwhile."""
        due = await repository.by_id(tx, digest_id)
        if due is None or due.next_at != due_at:
            return
        zone = (await self._writer.site_configs.of(tx, due.site)).site.tz
        allowed = await self._reader(tx, due, now) is not None
        next_at = next_digest(due.weekdays, due.hour, zone, now) if allowed else None
        # What is not sent in the end stays to be told by the next one.
        await repository.note(tx, due.id, next_at=next_at, **({} if told else {"sent_at": now}))
        if told is not None:
            await self._database.lock_site(tx, due.site)
            await self._notices.add_other(tx, due.site, told.kind, told.contact, about=due.id, party=None, now=now)

    async def notice(self, tx: Tx, notice: Notice, site_config: SiteConfig, now: datetime) -> NonBookingNotice | None:
        """As things are now; ``None`` where there is nothing to say, or its user no longer runs the site."""
        found = await repository.by_id(tx, notice.about)
        told = None if found is None else await self.notice_of(tx, found, now)
        if found is None or told is None:
            return None
        return replace(told, sent=partial(repository.note_sent, told=found, notice_id=notice.id, now=now))

    async def notice_of(self, tx: Tx, digest: Digest, now: datetime) -> NonBookingNotice | None:
        """What a digest says now; ``None`` as ``notice``."""
        site_config = await self._writer.site_configs.of(tx, digest.site)
        user = await self._reader(tx, digest, now)
        if user is None or not user.email or not digest.weekdays:
            return None
        text = await self._text(tx, site_config, _actor(user, now), digest.sent_at, now)
        if not text:
            return None
        return NonBookingNotice(
            kind=NoticeKind.DIGEST,
            contact=await self._contact(tx, digest),
            subject=digest_subject(site_config.site, now=now),
            text=text,
        )

    async def _contact(self, tx: Tx, digest: Digest) -> Contact:
        user = await users.user(tx, digest.user_id)
        return await self._recipients.contact_at(tx, digest.site, mail=(user.email if user else "") or "", phone="")

    async def _reader(self, tx: Tx, digest: Digest, now: datetime) -> User | None:
        """Whose digest it is, if they run the site."""
        user = await users.user(tx, digest.user_id)
        if user is None or user.ended_at is not None or not may(_actor(user, now), Action.RUN, Thing(site=digest.site)):
            return None
        return user

    async def _text(self, tx: Tx, site_config: SiteConfig, actor: Actor, since: datetime, now: datetime) -> str:
        site, zone = site_config.site, site_config.site.tz
        names = {space: place.space.name for space, place in site_config.by_space.items()}

        def said(found: Sequence[BookingLine]) -> list[str]:
            return [
                f"{each.title}, {names.get(each.space, each.space)}, {times.at(each.starts, zone, now=now)}"
                for each in found
            ]

        untold = await repository.untold(tx, site.id, since, now)
        sections = [
            DigestSection(heading="Wait for a decision", lines=said(await repository.undecided(tx, site.id, now))),
            DigestSection(heading="New bookings", lines=said(await repository.new(tx, site.id, since, now))),
            DigestSection(heading="Moved", lines=said(await repository.moved(tx, site.id, since, now))),
            DigestSection(heading="Cancelled", lines=said(await repository.cancelled(tx, site.id, since, now))),
            DigestSection(heading="Booked and not used", lines=said(await repository.unused(tx, site.id, since, now))),
            DigestSection(
                heading="Ring these people, who cannot be reached otherwise",
                lines=[each.subject for each in untold if each.state == NoticeState.NO_ADDRESS],
            ),
            DigestSection(
                heading="Notices that failed",
                lines=[f"{each.subject}: {each.reply}" for each in untold if each.state == NoticeState.FAILED],
            ),
            DigestSection(heading="Doors", lines=await _doors(tx, site_config, now)),
        ]
        sections += [await each(tx, site_config, actor, now) for each in self._contributors]
        return digest_text(site, sections, now=now, address=self._address)


async def _doors(tx: Tx, site_config: SiteConfig, now: datetime) -> list[str]:
    zone, names = site_config.site.tz, {each.id: each.name for each in site_config.doors}
    found = (await doors.reports(tx, site_config.site.id)).items()
    texts = (down_text(report, names.get(door, door), zone=zone, now=now) for door, report in found)
    return [text for text in texts if text]


def _none(actor: Actor, site: str, now: datetime) -> Digest:
    return Digest(
        id=new_id(now),
        user_id=actor.user or "",
        site=site,
        weekdays="",
        hour=7,
        sent_at=now - timedelta(days=1),
        next_at=None,
    )


def _actor(user: User, now: datetime) -> Actor:
    in_force = tuple(each for each in user.assignments if each.in_force(now))
    return Actor(name=user.name, user=user.id, assignments=in_force)
