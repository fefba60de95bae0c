"""Creates, lists and revokes subscriptions, and serves their links. A calendar shows as much of a booking as its link
may show, and never codes, links and notes."""

import asyncio
import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial

from controller.bookings import links
from controller.bookings.writer import BookingWriter
from controller.calendars.ics_writer import CalendarEntry, calendar
from controller.calendars.subscriptions import repository
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
from controller.diary.model import CLAIMING, BookingState
from controller.diary.site_config import SiteConfig
from controller.key_files import KeyFiles
from controller.people import audit
from controller.people.errors import NotAllowed
from controller.people.model import Actor, Role
from controller.people.parties import groups_of, parties, party
from controller.people.permissions import TAKEN, Action, Seen, Thing, seen, sees
from controller.people.users import active_user
from controller.web.problem import invalid_field
from edge.wire.clock import Clock
from edge.wire.ids import uuid7
from edge.wire.interval import Interval

_STATUS = {
    BookingState.REQUESTED: "TENTATIVE",
    BookingState.HELD: "TENTATIVE",
    BookingState.CONFIRMED: "CONFIRMED",
    BookingState.NO_SHOW: "CONFIRMED",
    BookingState.DECLINED: "CANCELLED",
    BookingState.CANCELLED: "CANCELLED",
    BookingState.RELEASED: "CANCELLED",
}


def uid(booking_id: str) -> str:
    """The same for as long as the booking is known, wherever it is moved."""
    return f"{booking_id}@hallkeeper"


def run_out(booking: PublicBooking, now: datetime) -> bool:
    """Whether it is a hold that nobody took up in time."""
    return booking.state is BookingState.HELD and booking.held_until is not None and booking.held_until <= now


def entry(
    booking: PublicBooking, site_config: SiteConfig, shows: Shows, *, party: str | None, now: datetime
) -> CalendarEntry:
    """The event of a booking. ``party``: the name of whose it is."""
    site, place = site_config.site, site_config.by_space.get(booking.space)
    space = place.space.name if place else booking.space
    layout = place.space.layout(booking.layout) if place and booking.layout else None
    geo = None if site.latitude is None or site.longitude is None else (site.latitude, site.longitude)
    about = []
    if shows is Shows.CONTACTS:
        if party is not None:
            about.append(f"For {party}")
        contact = ", ".join(
            text for text in (booking.contact_name, booking.contact_phone, booking.contact_email) if text
        )
        if contact:
            about.append(f"Contact: {contact}")
    if shows is not Shows.TAKEN:
        if booking.people is not None:
            about.append("1 person" if booking.people == 1 else f"{booking.people:,} people")
        if layout is not None:
            about.append(f"Layout: {layout.name}")
    return CalendarEntry(
        uid=uid(booking.id),
        title=TAKEN if shows is Shows.TAKEN else booking.title,
        starts=booking.starts,
        ends=booking.ends,
        zone=site.tz,
        status="CANCELLED" if run_out(booking, now) else _STATUS[booking.state],
        sequence=booking.version - 1,
        created=booking.created_at,
        changed=booking.changed_at,
        place=", ".join(text for text in (space, site.name, site.address) if text),
        about="\n".join(about),
        geo=geo,
    )


BACK = timedelta(days=31)
AHEAD = timedelta(days=366)
"""What a calendar shows where nobody asks for other days."""
LONGEST = timedelta(days=800)
MOST_EVENTS = 5000
REFRESH = timedelta(minutes=15)
_MANY = 200
"""From so many events on a file is written on a thread, so that others need not wait."""
_ENOUGH = {
    Shows.TAKEN: frozenset(Seen),
    Shows.TITLES: frozenset({Seen.DIARY, Seen.ALL}),
    Shows.CONTACTS: frozenset({Seen.ALL}),
}
"""How much somebody must see to give it to others by a link."""
_RUNS = frozenset({Role.ADMIN, Role.MANAGER})


def _may_give(actor: Actor, what: SubscriptionDraft | Subscription) -> bool:
    """Whether somebody sees all that a link would show."""
    found = seen(actor, Thing(site=what.site, party=what.party))
    return found in _ENOUGH[what.shows] and not (what.party and found is Seen.TAKEN)


class SubscriptionService:
    """``address``: the URL that people use, without a slash at the end."""

    def __init__(
        self, database: Database, clock: Clock, writer: BookingWriter, keys: KeyFiles, *, address: str
    ) -> None:
        self._database = database
        self._clock = clock
        self._writer = writer
        self._keys = keys
        self._address = address

    def link(self, subscription: Subscription) -> str:
        """The address to put into a calendar program; a secret."""
        return f"{self._address}/c/{links.calendar_token(self._keys.page, subscription.id)}.ics"

    async def subscribe(self, wanted: SubscriptionDraft, *, actor: Actor) -> Linked:
        """Make a link. Raises ``NotAllowed`` where it would show what the actor does not see, ``SiteUnknown``,
        ``SpaceUnknown``, ``Invalid``."""
        return await self._database.run(self._subscribe, wanted, actor)

    async def _subscribe(self, tx: Tx, wanted: SubscriptionDraft, actor: Actor) -> Linked:
        now = self._clock.now()
        thing = Thing(site=wanted.site, party=wanted.party)
        if wanted.site is not None and not sees(actor, wanted.site):
            raise NotAllowed(actor, Action.READ, thing)
        if not _may_give(actor, wanted):
            raise NotAllowed(actor, Action.CONTACT, thing)
        name = await self._name(tx, wanted)
        made = Subscription(
            id=uuid7(now, secrets.token_bytes(10)),
            name=wanted.name or name,
            shows=wanted.shows,
            site=wanted.site,
            space=wanted.space,
            party=wanted.party,
            owner_party=actor.party,
            only_sites=actor.sites if wanted.site is None else None,
            created_at=now,
            created_by=actor.name[:200],
        )
        digest = links.token_hash(links.calendar_token(self._keys.page, made.id))
        await repository.add(tx, made, token_hash=digest)
        await audit.record(tx, actor=actor.name, at=now, act="subscribe", site=made.site, thing=f"calendar {made.id}")
        return Linked(subscription=made, link=self.link(made))

    async def _name(self, tx: Tx, wanted: SubscriptionDraft) -> str:
        if wanted.party is not None:
            found = await party(tx, wanted.party)
            if found is None:
                raise invalid_field("party", f"there is no party {wanted.party!r}; look it up in the list of parties")
            return found.name
        assert wanted.site is not None
        site_config = await self._writer.site_configs.of(tx, wanted.site)
        if wanted.space is None:
            return site_config.site.name
        return f"{site_config.require(wanted.space).space.name}, {site_config.site.name}"[:200]

    async def listed(self, *, actor: Actor, after: str | None, limit: int) -> list[Linked]:
        """The active ones: the actor's own, and all of the sites that the actor runs."""
        by = None if actor.role in _RUNS else actor.name
        kept: list[Subscription] = []
        async with self._database.read() as tx:
            while len(kept) < limit and (page := await repository.active(tx, by=by, after=after, limit=limit)):
                kept += [each for each in page if _keeps(actor, each)]
                after = page[-1].id
        return [Linked(subscription=each, link=self.link(each)) for each in kept[:limit]]

    async def revoke(self, subscription_id: str, *, actor: Actor) -> None:
        """The link leads nowhere from now on. Raises ``SubscriptionUnknown``, ``NotAllowed``."""
        await self._database.run(self._revoke, subscription_id, actor)

    async def _revoke(self, tx: Tx, subscription_id: str, actor: Actor) -> None:
        now = self._clock.now()
        found = await repository.get(tx, subscription_id)
        if found is None or not await repository.revoke(tx, subscription_id, now=now):
            raise SubscriptionUnknown(subscription_id)
        if not _keeps(actor, found):
            raise NotAllowed(actor, Action.BOOK, Thing(site=found.site, party=found.owner_party))
        await audit.record(
            tx, actor=actor.name, at=now, act="unsubscribe", site=found.site, thing=f"calendar {subscription_id}"
        )

    async def file(self, token: str, *, during: Interval | None) -> File:
        """What a link gives now. Raises ``CalendarLinkUnknown``, also where its maker may no longer see as much."""
        now = self._clock.now()
        asked = during or Interval(start=now - BACK, end=now + AHEAD)
        async with self._database.read() as tx:
            found = await repository.by_token(tx, links.token_hash(token))
            if found is None or found.revoked_at is not None:
                raise CalendarLinkUnknown
            maker = await active_user(tx, found.created_by)
            if maker is None or not _may_give(maker, found):
                raise CalendarLinkUnknown
            if found.site is not None and not sees(maker, found.site):
                raise CalendarLinkUnknown
            sites = _both(found.only_sites, maker.sites)
            shown = await self._shown(tx, found, asked, now, sites=sites)
            site_configs = {
                site: await self._writer.site_configs.of(tx, site) for site in {each.site for each in shown}
            }
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
        return File(name=found.name, data=data, tag=hashlib.sha256(data).hexdigest()[:32])

    async def _shown(
        self, tx: Tx, found: Subscription, during: Interval, now: datetime, *, sites: frozenset[str] | None
    ) -> list[PublicBooking]:
        if found.party is not None:
            whose = [found.party, *await groups_of(tx, found.party)]
            return await repository.of_parties(tx, whose, during, sites=sites, limit=MOST_EVENTS + 1)
        assert found.site is not None
        spaces = None
        if found.space is not None:
            spaces = _sharing(await self._writer.site_configs.of(tx, found.site), found.space)
        booked = await repository.of_spaces(tx, found.site, spaces, during, states=CLAIMING, limit=MOST_EVENTS + 1)
        return [each for each in booked if not run_out(each, now)]


def _both(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    """The sites in both; ``None`` means all."""
    if one is None or other is None:
        return other if one is None else one
    return one & other


def _keeps(actor: Actor, what: Subscription) -> bool:
    """Whether a link is the actor's to see and to revoke: their own, and for who runs sites those of their sites."""
    if what.created_by == actor.name or actor.role not in _RUNS:
        return what.created_by == actor.name
    if what.site is not None or what.only_sites is None:
        return sees(actor, what.site)
    return all(sees(actor, site) for site in what.only_sites)


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
