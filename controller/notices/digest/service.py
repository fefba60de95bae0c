"""Digests: chosen per user and site, rendered and sent when they are due."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from controller.audit import audit_log
from controller.bookings.writer import BookingWriter
from controller.db.engine import Database, Tx
from controller.db.retry import retry_until_available
from controller.diary.site_config import SiteConfig
from controller.notices.digest import repository
from controller.notices.digest.model import Digest, DigestSection, digest_mail, digest_text, next_digest
from controller.notices.digest.repository import BookingLine
from controller.notices.door_trouble import repository as doors
from controller.notices.door_trouble.model import LOCK_FAULTS, OFFLINE_FOR
from controller.notices.gateway import Delivery, Gateway
from controller.notices.model import NoticeState
from controller.people import repository as users
from controller.people.model import Actor, User
from controller.people.permissions import Action, Thing, may
from controller.text import times
from edge.wire.clock import Clock

log = logging.getLogger(__name__)

LOOK_EVERY_S = 60.0
RETRY = timedelta(minutes=10)
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
        mailer: Gateway,
        contributors: Sequence[Contributor] = (),
        *,
        sender: str,
        address: str,
    ) -> None:
        self._database = database
        self._clock = clock
        self._writer = writer
        self._mailer = mailer
        self._contributors = contributors
        self._sender = sender
        self._address = address

    async def run(self) -> None:
        """Send what is due, for ever."""
        while True:
            await retry_until_available(self.look, what="digests")
            await self._clock.sleep(LOOK_EVERY_S)

    async def own(self, site: str, actor: Actor) -> tuple[Digest, str]:
        """The actor's digest, and what it would say now. Raises ``SiteUnknown``."""
        now = self._clock.now()
        async with self._database.read() as tx:
            site_config = await self._writer.site_configs.of(tx, site)
            found = await repository.digest(tx, actor.user or "", site) or _none(actor, site, now)
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
            user_id=actor.user or "", site=site, weekdays=weekdays, hour=hour, sent_at=before.sent_at, next_at=next_at
        )
        await repository.put(tx, new)
        changes = {"weekdays": (before.weekdays, weekdays), "hour": (before.hour, hour)}
        await audit_log.record(
            tx, actor=actor.name, at=now, act="change", site=site, thing="own digest", changes=changes
        )

    async def look(self) -> None:
        """Send what is due by now. One that is sent and not noted comes again, with the same Message-ID."""
        async with self._database.read() as tx:
            found = await repository.due(tx, self._clock.now())
        for each in found:
            await self._send(each)
        if found:
            await self._mailer.close()

    async def _send(self, due: Digest) -> None:
        now = self._clock.now()
        async with self._database.read() as tx:
            site_config = await self._writer.site_configs.of(tx, due.site)
            user = await users.user(tx, due.user_id)
            actor = _actor(user, now) if user is not None else None
            allowed = actor is not None and may(actor, Action.RUN, Thing(site=due.site))
            text = await self._text(tx, site_config, actor, due.sent_at, now) if actor and allowed else ""
        assert due.next_at is not None
        next_at = next_digest(due.weekdays, due.hour, site_config.site.tz, now) if allowed else None
        fields: dict[str, object] = {"next_at": next_at, "sent_at": now}
        if text and user is not None and user.email:
            day = f"{due.next_at:%Y%m%d}"
            mail = digest_mail(
                site_config.site,
                text,
                sender=self._sender,
                to=user.email,
                message_id=f"<digest.{due.user_id}.{due.site}.{day}@hallkeeper>",
                now=now,
            )
            result = await self._mailer.send(mail)
            if result.delivery is not Delivery.TAKEN:
                log.warning("A digest was not taken", extra={"action": "digest", "site": due.site, "code": result.code})
                # What was not told stays to be told: by the next try, or with the next digest.
                again = result.delivery is not Delivery.REFUSED and next_at is not None
                fields = {"next_at": min(now + RETRY, next_at) if again and next_at else next_at}
        await self._database.run(lambda tx: repository.note(tx, due, **fields))

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
            DigestSection(heading="Cancelled", lines=said(await repository.cancelled(tx, site.id, since, now))),
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
    lines = []
    zone, names = site_config.site.tz, {each.id: each.name for each in site_config.doors}
    for door, report in (await doors.reports(tx, site_config.site.id)).items():
        if not report.online and now - report.since >= OFFLINE_FOR:
            lines.append(f"{names.get(door, door)} has not been heard of since {times.at(report.since, zone, now=now)}")
        elif LOCK_FAULTS.intersection(report.faults):
            lines.append(f"{names.get(door, door)} has a lock that does not do what it should")
    return lines


def _none(actor: Actor, site: str, now: datetime) -> Digest:
    return Digest(
        user_id=actor.user or "", site=site, weekdays="", hour=7, sent_at=now - timedelta(days=1), next_at=None
    )


def _actor(user: User, now: datetime) -> Actor | None:
    if user.ended_at is not None:
        return None
    in_force = tuple(each for each in user.assignments if each.in_force(now))
    return Actor(name=user.name, user=user.id, assignments=in_force)
