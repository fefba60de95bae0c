"""Lists bookings: those of a time, those that a text finds, and the requests that wait for approval."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from controller.bookings import repository
from controller.bookings.booking_view import BookingView
from controller.bookings.day_counts import DayCount, day_counts
from controller.bookings.diary.model import Booking, BookingStatus, listed_time
from controller.bookings.diary.site_config import SiteConfig
from controller.bookings.notice_board import BoardClosed, BoardEntry, board_closed, board_entries
from controller.bookings.rules.evaluate import judge
from controller.bookings.rules.model import RuleReason
from controller.bookings.service import standing_request, without_overruled_buffers
from controller.bookings.who_may_book import may_decide
from controller.bookings.writer import BookingWriter
from controller.db.engine import Database, Tx
from controller.people.model import Actor, PartyFilter, Tier
from controller.people.party_repository import answered_by, listed, parties
from controller.people.permissions import Action, Thing, may, own_things_of, things_of
from controller.platform.text import local_time
from edge.wire.clock import Clock

_PARTIES = 500
"""Parties of a name that bookings are searched for."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A booking that waits for approval. ``refusals``: what prevents approving it now, for users who can approve."""

    view: BookingView
    refusals: tuple[RuleReason, ...]


class BookingListing:
    """Each method is one transaction, and writes nothing."""

    def __init__(self, database: Database, clock: Clock, writer: BookingWriter) -> None:
        self._database = database
        self._clock = clock
        self._writer = writer

    async def between(
        self,
        site: str,
        starts: str,
        ends: str,
        *,
        space: str | None = None,
        party: str | None = None,
        among: frozenset[BookingStatus] = frozenset(BookingStatus),
        actor: Actor,
    ) -> list[BookingView]:
        """The bookings of a site that touch a time, given as the API takes moments and dates. ``party``: of this one
        only, as far as the actor may see whose they are."""
        async with self._database.read() as tx:
            where = await self._writer.site_configs.of(tx, site)
            during = listed_time(starts, ends, where.site.tz)
            now = self._clock.now()
            if party is not None and not may(actor, Action.DETAILS, Thing(site=site, party=party)):
                return []
            found = await repository.between(tx, site, during, space=space, party=party)
            return await self._writer.views(tx, where, [each for each in found if each.status(now) in among], now)

    async def days(self, site: str, starts: str, ends: str, *, actor: Actor) -> list[DayCount]:
        """How much is booked on each day from ``starts`` to before ``ends``, given as ``between`` takes them. Requests
        count as far as the actor sees their details."""
        async with self._database.read() as tx:
            where = await self._writer.site_configs.of(tx, site)
            zone, now = where.site.tz, self._clock.now()
            during = listed_time(starts, ends, zone)
            first, last = (local_time.local_day(each, zone) for each in (during.start, during.end))
            found = await repository.between(tx, site, during)
            return day_counts(
                where,
                [first + timedelta(days=n) for n in range(max(1, (last - first).days))],
                found,
                counts_request=lambda each: may(actor, Action.DETAILS, Thing(site=site, party=each.party)),
                public=not may(actor, Action.RUN, Thing(site=site)),
                now=now,
            )

    async def board(self, site: str, starts: str, ends: str) -> tuple[SiteConfig, list[BoardEntry], list[BoardClosed]]:
        """What a notice board may say of a time, given as ``between`` takes it."""
        async with self._database.read() as tx:
            where = await self._writer.site_configs.of(tx, site)
            during = listed_time(starts, ends, where.site.tz)
            found = await repository.between(tx, site, during)
            known = await parties(tx, {each.party for each in found if each.party is not None})
            entries = board_entries(where, found, known, now=self._clock.now())
            return where, entries, board_closed(where, during)

    async def search(
        self, site: str | None, text: str, *, actor: Actor, after: str | None = None, limit: int
    ) -> list[BookingView]:
        """The bookings of a site, or of all, on whatever day, that have ``text`` in what the actor may see of them:
        title, party, whom to ring. Who sees the details of their own parties only finds theirs. ``after``: id of the
        last of the page before. Raises ``SiteUnknown``."""
        async with self._database.read() as tx:
            if site is not None:
                await self._writer.site_configs.of(tx, site)
            now = self._clock.now()
            named = await listed(tx, PartyFilter(search=text), limit=_PARTIES)
            found = await repository.search(
                tx,
                text,
                site=site,
                whose=things_of(actor, Action.DETAILS),
                reachable=things_of(actor, Action.CONTACT),
                requests=things_of(actor, Action.CONTACT) | own_things_of(actor, Action.DETAILS),
                named=[each.id for each in named],
                answered_by=await answered_by(tx, text, limit=_PARTIES),
                now=now,
                after=after,
                limit=limit,
            )
            return await self.views(tx, found, now)

    async def views(self, tx: Tx, found: Sequence[Booking], now: datetime) -> list[BookingView]:
        """Of bookings of several sites, in their order."""
        views: dict[str, BookingView] = {}
        for site in dict.fromkeys(each.site for each in found):
            where = await self._writer.site_configs.of(tx, site)
            here = [each for each in found if each.site == site]
            views |= {view.booking.id: view for view in await self._writer.views(tx, where, here, now)}
        return [views[each.id] for each in found]

    async def of_own_parties(self, *, over: bool, actor: Actor, after: str | None, limit: int) -> list[BookingView]:
        """The bookings of the actor's own parties at all sites, cancelled ones too: those that are not over, by start,
        or those that are ``over``, the latest first. ``after``: id of the last of the page before."""
        async with self._database.read() as tx:
            now = self._clock.now()
            whose = own_things_of(actor, Action.DETAILS)
            found = await repository.of_things(tx, whose, over=over, now=now, after=after, limit=limit)
            return await self.views(tx, found, now)

    async def requests(self, site: str | None, *, actor: Actor, after: str | None, limit: int) -> list[Request]:
        """What waits for approval and is not over, by start, at one site or at all, as far as the actor sees the
        details. ``after``: id of the last of the page before. Raises ``SiteUnknown``."""
        async with self._database.read() as tx:
            now = self._clock.now()
            if site is not None:
                await self._writer.site_configs.of(tx, site)
            found = await repository.waiting_for_approval(
                tx,
                site=site,
                whose=things_of(actor, Action.DETAILS),
                ends_after=now,
                after=after,
                limit=limit,
            )
            requests: dict[str, Request] = {}
            for one in dict.fromkeys(each.site for each in found):
                where = await self._writer.site_configs.of(tx, one)
                here = [each for each in found if each.site == one]
                views = await self._writer.views(tx, where, here, now)
                refusals = await _refusals(tx, where, views, actor, now)
                requests |= {
                    view.booking.id: Request(view=view, refusals=refusals.get(view.booking.id, ())) for view in views
                }
            return [requests[each.id] for each in found]


async def _refusals(
    tx: Tx, where: SiteConfig, views: Sequence[BookingView], actor: Actor, now: datetime
) -> dict[str, tuple[RuleReason, ...]]:
    """Why ``approve`` would be refused, for the bookings that the actor may decide on."""
    mine = [view for view in views if may_decide(actor, view.booking)]
    requests = [
        standing_request(view.booking, view.party.tier if view.party else Tier.COMMUNITY, actor) for view in mine
    ]
    verdicts = await judge(tx, where, requests, now=now)
    return {
        view.booking.id: without_overruled_buffers(view.booking, verdict).refusals
        for view, verdict in zip(mine, verdicts, strict=True)
    }
