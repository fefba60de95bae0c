"""Creates, lists and revokes subscriptions, and serves their links. A calendar shows as much of a booking as its link
may show, and never codes, links and notes."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from msgspec.structs import asdict, replace

from controller.audit import audit_log
from controller.bookings.writer import BookingWriter
from controller.calendars.ics_writer import calendar
from controller.calendars.subscriptions import repository
from controller.calendars.subscriptions.booking_event import entry, run_out
from controller.calendars.subscriptions.model import (
    CalendarLinkUnknown,
    File,
    Linked,
    Shows,
    Subscription,
    SubscriptionDraft,
    SubscriptionUnknown,
)
from controller.calendars.subscriptions.repository import PublicBooking
from controller.db.engine import Database, Tx
from controller.diary.model import CLAIMING, UNDECIDED
from controller.diary.site_config import SiteConfig
from controller.key_files import KeyFiles, token_hash
from controller.people.errors import NotAllowed
from controller.people.model import Actor
from controller.people.party_leaving import Departure
from controller.people.party_repository import groups_of, parties, party
from controller.people.permissions import Action, Thing, may, may_somewhere, own_party, sees, sites_of
from controller.people.redaction import REQUESTED
from controller.people.sessions import SessionService
from controller.web.problem import invalid_field
from edge.wire.clock import Clock
from edge.wire.ids import new_id
from edge.wire.interval import Interval

BACK = timedelta(days=31)
AHEAD = timedelta(days=366)
"""What a calendar shows where nobody asks for other days."""
LONGEST = timedelta(days=800)
MOST_EVENTS = 5000
REFRESH = timedelta(minutes=15)
_MANY = 200
"""From so many events on a file is written on a thread, so that others need not wait."""
_NEEDS = {Shows.TAKEN: Action.READ, Shows.TITLES: Action.DETAILS, Shows.CONTACTS: Action.CONTACT}
"""What somebody must be allowed to see to give it to others by a link."""


def _may_give(actor: Actor, what: SubscriptionDraft | Subscription) -> bool:
    """Whether somebody sees all that a link would show."""
    thing = Thing(site=what.site, party=what.party)
    needs = {_NEEDS[what.shows]} | ({Action.DETAILS} if what.party else set())
    return all(may(actor, action, thing) for action in needs)


def _shown_sites(actor: Actor, what: SubscriptionDraft | Subscription) -> frozenset[str] | None:
    """The sites whose bookings a party's link may show as much of as it does; ``None`` for all of them."""
    needs = Action.CONTACT if what.shows is Shows.CONTACTS else Action.DETAILS
    return sites_of(actor, needs, party=what.party)


@dataclass(eq=False)
class SubscriptionService:
    """``address``: the URL that people use, without a slash at the end."""

    database: Database
    clock: Clock
    writer: BookingWriter
    keys: KeyFiles
    sessions: SessionService
    address: str = field(kw_only=True)

    def link(self, subscription: Subscription) -> str:
        """The address to put into a calendar program; a secret."""
        return f"{self.address}/c/{self.keys.calendar_token(subscription.id)}.ics"

    async def subscribe(self, wanted: SubscriptionDraft, *, actor: Actor) -> Linked:
        """Make a link. Raises ``NotAllowed`` where it would show what the actor does not see, ``SiteUnknown``,
        ``SpaceUnknown``, ``Invalid``."""
        return await self.database.run(self._subscribe, wanted, actor)

    async def _subscribe(self, tx: Tx, wanted: SubscriptionDraft, actor: Actor) -> Linked:
        now = self.clock.now()
        thing = Thing(site=wanted.site, party=wanted.party)
        if wanted.site is not None and not sees(actor, wanted.site):
            raise NotAllowed(actor, Action.READ, thing)
        if not _may_give(actor, wanted):
            raise NotAllowed(actor, Action.CONTACT, thing)
        name = await self._name(tx, wanted)
        made = Subscription(
            id=new_id(now),
            **asdict(wanted) | {"name": wanted.name or name},
            owner_party=own_party(actor, wanted.site),
            only_sites=_shown_sites(actor, wanted) if wanted.site is None else None,
            created_at=now,
            created_by=actor.name[:200],
            user_id=actor.user,
        )
        digest = token_hash(self.keys.calendar_token(made.id))
        await repository.add(tx, made, token_hash=digest)
        await audit_log.record(
            tx, actor=actor.name, at=now, act="subscribe", site=made.site, thing=f"calendar {made.id}"
        )
        return Linked(subscription=made, link=self.link(made))

    async def _name(self, tx: Tx, wanted: SubscriptionDraft) -> str:
        if wanted.party is not None:
            found = await party(tx, wanted.party)
            if found is None:
                raise invalid_field("party", f"there is no party {wanted.party!r}; look it up in the list of parties")
            return found.name
        assert wanted.site is not None
        site_config = await self.writer.site_configs.of(tx, wanted.site)
        if wanted.space is None:
            return site_config.site.name
        return f"{site_config.require(wanted.space).space.name}, {site_config.site.name}"[:200]

    async def listed(self, *, actor: Actor, after: str | None, limit: int) -> list[Linked]:
        """The active ones: the actor's own, and all of the sites that the actor runs."""
        by = None if may_somewhere(actor, Action.RUN) else actor.user or ""
        found: list[Subscription] = []
        async with self.database.read() as tx:
            while len(found) < limit and (page := await repository.active(tx, by=by, after=after, limit=limit)):
                found += [each for each in page if _manages(actor, each)]
                after = page[-1].id
        return [Linked(subscription=each, link=self.link(each)) for each in found[:limit]]

    async def revoke(self, subscription_id: str, *, actor: Actor) -> None:
        """The link leads nowhere from now on. Raises ``SubscriptionUnknown``, ``NotAllowed``."""
        await self.database.run(self._revoke, subscription_id, actor)

    async def _revoke(self, tx: Tx, subscription_id: str, actor: Actor) -> None:
        now = self.clock.now()
        found = await repository.get(tx, subscription_id)
        if found is None or not await repository.revoke(tx, subscription_id, now=now):
            raise SubscriptionUnknown(subscription_id)
        if not _manages(actor, found):
            raise NotAllowed(actor, Action.BOOK, Thing(site=found.site, party=found.owner_party))
        await audit_log.record(
            tx, actor=actor.name, at=now, act="unsubscribe", site=found.site, thing=f"calendar {subscription_id}"
        )

    async def follow_departure(self, tx: Tx, departure: Departure, now: datetime) -> frozenset[str]:
        """As ``DepartureHook`` has it: who leaves a party loses the links that they have made for it."""
        if departure.gone:
            for each in await repository.revoke_of_user(tx, departure.user.id, departure.party, now=now):
                thing = f"calendar {each}"
                await audit_log.record(tx, actor=departure.by, at=now, act="unsubscribe", thing=thing)
        return frozenset()

    async def file(self, token: str, *, during: Interval | None) -> File:
        """What a link gives now. Raises ``CalendarLinkUnknown``, also where its maker may no longer see as much."""
        now = self.clock.now()
        asked = during or Interval(start=now - BACK, end=now + AHEAD)
        async with self.database.read() as tx:
            found = await repository.by_token(tx, token_hash(token))
            if found is None or found.revoked_at is not None:
                raise CalendarLinkUnknown
            maker = None if found.user_id is None else await self.sessions.acting(tx, found.user_id, now)
            if maker is None or not _may_give(maker, found):
                raise CalendarLinkUnknown
            if found.site is not None and not sees(maker, found.site):
                raise CalendarLinkUnknown
            sites = _both(found.only_sites, _shown_sites(maker, found))
            shown = await self._shown(tx, found, asked, now, sites=sites)
            site_configs = {site: await self.writer.site_configs.of(tx, site) for site in {each.site for each in shown}}
            names = {}
            if found.shows is Shows.CONTACTS:
                known = await parties(tx, {each.party for each in shown if each.party is not None})
                names = {each.id: each.name for each in known.values()}
        about = ""
        if len(shown) > MOST_EVENTS:
            shown = shown[:MOST_EVENTS]
            about = f"Only the first {MOST_EVENTS:,} events from {asked.start:%-d %B %Y} on; ask for fewer days."
        write = partial(_written, found, shown, site_configs, names, about, now)
        data = write() if len(shown) < _MANY else await asyncio.to_thread(write)
        return File(name=found.name, data=data)

    async def _shown(
        self, tx: Tx, found: Subscription, during: Interval, now: datetime, *, sites: frozenset[str] | None
    ) -> list[PublicBooking]:
        if found.party is not None:
            whose = [found.party, *await groups_of(tx, found.party)]
            return await repository.of_parties(tx, whose, during, sites=sites, limit=MOST_EVENTS + 1)
        assert found.site is not None
        spaces = None
        if found.space is not None:
            spaces = _sharing(await self.writer.site_configs.of(tx, found.site), found.space)
        booked = await repository.of_spaces(tx, found.site, spaces, during, states=CLAIMING, limit=MOST_EVENTS + 1)
        shown = [each for each in booked if not run_out(each, now)]
        if found.shows is Shows.CONTACTS:
            return shown
        return [replace(each, title=REQUESTED) if each.state in UNDECIDED else each for each in shown]


def _both(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    """The sites in both; ``None`` means all."""
    if one is None or other is None:
        return other if one is None else one
    return one & other


def _manages(actor: Actor, what: Subscription) -> bool:
    """Whether a link is the actor's to see and to revoke: their own, and for who runs sites those of their sites."""
    if actor.user is not None and what.user_id == actor.user:
        return True
    sites = {what.site} if what.site is not None or what.only_sites is None else what.only_sites
    return all(may(actor, Action.RUN, Thing(site=site)) for site in sites)


def _sharing(site_config: SiteConfig, space: str) -> Collection[str]:
    """The space and those that share a part with it: who books the whole takes its halves."""
    place = site_config.by_space.get(space)
    if place is None:
        return {space}
    return {other.space.id for atom in place.atoms for other in site_config.by_atom[atom]}


def _written(
    found: Subscription,
    shown: Collection[PublicBooking],
    site_configs: dict[str, SiteConfig],
    names: dict[str, str],
    about: str,
    now: datetime,
) -> bytes:
    entries = [
        entry(each, site_configs[each.site], found.shows, party=names.get(each.party or ""), now=now) for each in shown
    ]
    return calendar(found.name, entries, about=about, refresh=REFRESH)
