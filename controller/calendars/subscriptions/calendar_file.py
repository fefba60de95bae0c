"""The calendar file behind a link: as much of a booking as the link may show now, and never codes, links and notes."""

import asyncio
from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial

from msgspec.structs import replace

from controller.bookings.diary.model import CLAIMING, UNDECIDED
from controller.bookings.diary.site_config import SiteConfig, SiteConfigs
from controller.calendars.ics_writer import calendar
from controller.calendars.subscriptions import repository
from controller.calendars.subscriptions.booking_event import entry, run_out
from controller.calendars.subscriptions.model import CalendarLinkUnknown, File, Shows, Subscription, SubscriptionDraft
from controller.calendars.subscriptions.repository import PublicBooking
from controller.db.engine import Database, Tx
from controller.people.model import Actor
from controller.people.party_repository import groups_of, parties
from controller.people.permissions import Action, Thing, may, sees, sites_of
from controller.people.redaction import REQUESTED
from controller.platform.key_files import token_hash
from controller.signin.sessions import SessionService
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


def may_give(actor: Actor, what: SubscriptionDraft | Subscription) -> bool:
    """Whether somebody sees all that a link would show."""
    thing = Thing(site=what.site, party=what.party)
    needs = {_NEEDS[what.shows]} | ({Action.DETAILS} if what.party else set())
    return all(may(actor, action, thing) for action in needs)


def shown_sites(actor: Actor, what: SubscriptionDraft | Subscription) -> frozenset[str] | None:
    """The sites whose bookings a party's link may show as much of as it does; ``None`` for all of them."""
    needs = Action.CONTACT if what.shows is Shows.CONTACTS else Action.DETAILS
    return sites_of(actor, needs, party=what.party)


async def calendar_file(
    database: Database,
    configs: SiteConfigs,
    sessions: SessionService,
    token: str,
    *,
    during: Interval | None,
    now: datetime,
) -> File:
    """What a link gives now. Raises ``CalendarLinkUnknown``, also where its maker may no longer see as much."""
    asked = during or Interval(start=now - BACK, end=now + AHEAD)
    async with database.read() as tx:
        found = await repository.by_token(tx, token_hash(token))
        if found is None or found.revoked_at is not None:
            raise CalendarLinkUnknown
        maker = None if found.user_id is None else await sessions.acting(tx, found.user_id, now)
        if maker is None or not may_give(maker, found):
            raise CalendarLinkUnknown
        if found.site is not None and not sees(maker, found.site):
            raise CalendarLinkUnknown
        sites = _both(found.only_sites, shown_sites(maker, found))
        shown = await _shown(tx, configs, found, asked, now, sites=sites)
        site_configs = {site: await configs.of(tx, site) for site in {each.site for each in shown}}
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
    tx: Tx,
    configs: SiteConfigs,
    found: Subscription,
    during: Interval,
    now: datetime,
    *,
    sites: frozenset[str] | None,
) -> list[PublicBooking]:
    if found.party is not None:
        whose = [found.party, *await groups_of(tx, found.party)]
        return await repository.of_parties(tx, whose, during, sites=sites, limit=MOST_EVENTS + 1)
    assert found.site is not None
    spaces = None
    if found.space is not None:
        spaces = _sharing(await configs.of(tx, found.site), found.space)
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
