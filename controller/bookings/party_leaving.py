"""What ends at a party's bookings when somebody leaves it: links, codes, and that they are the contact."""

from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from controller.access import code_replacement, offline_codes
from controller.bookings import repository
from controller.bookings.diary.model import Booking
from controller.bookings.link_renewal import LinkRenewal
from controller.bookings.writer import BookingWriter
from controller.db.engine import Database, Tx
from controller.people.model import Actor
from controller.people.party_leaving import Departure
from controller.people.repository import email_key
from controller.platform.key_files import LinkKind

WHY = "a leader has left"


@dataclass(eq=False)
class PartyLeaving:
    database: Database
    writer: BookingWriter
    links: LinkRenewal

    async def follow(self, tx: Tx, departure: Departure, now: datetime) -> frozenset[str]:
        """As ``DepartureHook`` has it. All links that they could see end. When a leader goes, what opens later gets new
        codes; a code whose window is open now stays until its end, since its people may be at the door."""
        ahead = await repository.ahead_of_party(tx, departure.party, now)
        sites = sorted({each.site for each in ahead if departure.site in (None, each.site)})
        for site in sites:
            await self.database.lock_site(tx, site)
        for site in sites:
            there = [each for each in await repository.ahead_of_party(tx, departure.party, now) if each.site == site]
            await self._follow_at(tx, site, there, departure, now)
        return frozenset(sites)

    async def _follow_at(self, tx: Tx, site: str, ahead: list[Booking], departure: Departure, now: datetime) -> None:
        actor, email = Actor(name=departure.by), departure.user.email
        theirs = [each for each in ahead if email and email_key(each.contact_email) == email_key(email)]
        nobody = {"contact_name": "", "contact_phone": "", "contact_email": ""}
        await repository.update_bookings(tx, [replace(each, **nobody) for each in theirs])
        for lost, kind in ((departure.managed, LinkKind.MANAGE), (departure.saw, LinkKind.SHOW)):
            if lost:
                ids = [each.id for each in ahead]
                await self.links.renew_all(tx, await repository.some(tx, ids), kind, actor=actor)
        if departure.led:
            await self._reissue(tx, site, [each.id for each in ahead], actor, now)

    async def _reissue(self, tx: Tx, site: str, ids: list[str], actor: Actor, now: datetime) -> None:
        site_config = await self.writer.site_configs.of(tx, site)
        coming = [
            each
            for each in await repository.some(tx, ids)
            if each.certain
            and site_config.require(each.space).space.doors
            and self.writer.codes.window(each.during, site_config.policy).start > now
        ]
        if not coming:
            return
        await self.writer.reissue_all(tx, site_config, coming, actor=actor, now=now, why=WHY)
        await offline_codes.revoke(tx, [each.id for each in coming], now=now)
        await code_replacement.record(
            tx,
            site=site,
            at=now,
            actor=actor.name,
            why=WHY,
            bookings=len(coming),
            doors={door for each in coming for door in site_config.require(each.space).space.doors},
        )
