"""Finds spaces: free times, alternatives to a refused request, and spaces for a request or a whole series."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec
from msgspec.structs import replace

from controller.bookings.diary.model import Draft
from controller.bookings.diary.site_config import SiteConfig, SiteConfigs, SpaceAtSite
from controller.bookings.rules.model import RuleRequest
from controller.bookings.service import request_of
from controller.bookings.who_may_book import party_for
from controller.db.engine import Database, Tx
from controller.find.across_sites import FoundProposals, SpaceQuery, find_anywhere
from controller.find.alternatives import AlternativeFinder, instead_of
from controller.find.diary_reads import DiaryReader
from controller.find.distance import Spot
from controller.find.free import FreeAtSite, FreeQuery, free_at
from controller.find.nearby_sites import SiteInReach, SiteSearch, reached
from controller.find.offered import Offered, offered
from controller.find.request import SearchRequest
from controller.find.series_across_sites import FoundSeries, SeriesSearch, find_series
from controller.people.errors import NotAllowed
from controller.people.model import Actor, Tier
from controller.people.party_repository import tier_of, tier_to_book
from controller.people.permissions import Action, Thing, may, may_somewhere, own_party, parties_of
from edge.wire.clock import Clock
from edge.wire.interval import Interval

NEARBY = 8
"""Other sites at which another space is looked for instead."""


class FreePage(msgspec.Struct, frozen=True, kw_only=True):
    """``more``: whether there are other sites behind these."""

    items: Sequence[FreeAtSite]
    more: bool


class AvailabilityService:
    """Each method is one transaction that writes nothing."""

    def __init__(self, database: Database, clock: Clock, site_configs: SiteConfigs) -> None:
        self._database = database
        self._clock = clock
        self._site_configs = site_configs
        self.diary_reader = DiaryReader()

    async def free(self, site: str, question: FreeQuery, *, actor: Actor) -> FreeAtSite:
        """What is free at one site. Raises ``Invalid``, ``SiteUnknown``, ``SpaceUnknown``."""
        async with self._database.read() as tx:
            site_config = await self._site_configs.of(tx, site)
            for space in question.spaces or ():
                site_config.require(space)
            [found] = await self._free(tx, [SiteInReach(site_config=site_config)], question, actor)
            return found

    async def free_everywhere(
        self, reach: SiteSearch, question: FreeQuery, *, actor: Actor, after: str | None, limit: int
    ) -> FreePage:
        """What is free at the sites in reach that the actor may see, the nearest first. Raises ``Invalid``."""
        async with self._database.read() as tx:
            page = await reached(tx, self._site_configs, reach, actor, after=after, limit=limit)
            return FreePage(items=await self._free(tx, page.items, question, actor), more=page.more)

    async def offered(self, *, actor: Actor) -> Offered:
        """What can be asked for at the sites that the actor may see."""
        async with self._database.read() as tx:
            page = await reached(tx, self._site_configs, SiteSearch(), actor)
            return offered(each.site_config for each in page.items)

    async def rooms(self, site: str) -> list[SpaceAtSite]:
        """The spaces of a site that can be booked, pools apart, by name. Raises ``SiteUnknown``."""
        async with self._database.read() as tx:
            there = (await self._site_configs.of(tx, site)).by_space.values()
        rooms = [each for each in there if each.space.bookable and each.space.pool_size is None]
        return sorted(rooms, key=lambda each: (each.space.name, each.space.id))

    async def instead(
        self, site: str, draft: Draft, *, but: str | None, actor: Actor, miles: float | None, limit: int
    ) -> AlternativeFinder:
        """Alternatives to a refused request, also at sites within ``miles``. ``but``: a booking to ignore. Raises
        ``Invalid``, ``NotAllowed``, ``SiteUnknown``, ``SpaceUnknown``."""
        draft = replace(draft, party=_for_whom(actor, site, draft.party))
        async with self._database.read() as tx:
            now = self._clock.now()
            site_config = await self._site_configs.of(tx, site)
            request = await request_of(tx, site_config, draft, but=but, actor=actor, now=now)
            nearby = await self.nearby(tx, site_config, actor, miles)
            return await instead_of(tx, self.diary_reader, site_config, request, nearby, now=now, limit=limit)

    async def instead_at_tier(
        self, site: str, draft: Draft, *, tier: Tier, actor: Actor, limit: int
    ) -> AlternativeFinder:
        """As ``instead``, at this site only, for somebody who is no party yet; the caller checks permissions."""
        async with self._database.read() as tx:
            now = self._clock.now()
            site_config = await self._site_configs.of(tx, site)
            request = await request_of(tx, site_config, draft, but=None, actor=actor, now=now)
            request = replace(request, tier=tier)
            return await instead_of(tx, self.diary_reader, site_config, request, [], now=now, limit=limit)

    async def nearby(self, tx: Tx, site_config: SiteConfig, actor: Actor, miles: float | None) -> list[SiteInReach]:
        """The nearest other sites within ``miles`` that the actor may see."""
        site = site_config.site
        if miles is None or site.latitude is None or site.longitude is None:
            return []
        spot = Spot(latitude=site.latitude, longitude=site.longitude)
        page = await reached(tx, self._site_configs, SiteSearch(near=spot, miles=miles), actor, limit=NEARBY + 1)
        return [each for each in page.items if each.site_config.site.id != site.id][:NEARBY]

    async def find(self, query: SpaceQuery, *, actor: Actor, limit: int) -> FoundProposals:
        """Find any space for a query. Raises ``Invalid``, ``NotAllowed``."""
        async with self._database.read() as tx:
            now = self._clock.now()
            there, request, search = await self._sites_in_reach(tx, query.search, actor)
            query = replace(query, search=search)
            return await find_anywhere(tx, self.diary_reader, there, query, request, now=now, limit=limit)

    async def find_series(self, query: SeriesSearch, *, actor: Actor, limit: int) -> FoundSeries:
        """Finds spaces for a series without a space. Raises ``Invalid``, ``NotAllowed``."""
        async with self._database.read() as tx:
            now = self._clock.now()
            there, request, search = await self._sites_in_reach(tx, query.search, actor)
            query = replace(query, search=search)
            return await find_series(tx, self.diary_reader, there, query, request, now=now, limit=limit)

    async def _sites_in_reach(
        self, tx: Tx, search: SearchRequest, actor: Actor
    ) -> tuple[list[SiteInReach], RuleRequest, SearchRequest]:
        """The sites in reach, the request (by whom and for whom), and the search."""
        party = _for_whom(actor, None, search.party)
        page = await reached(tx, self._site_configs, search.reach, actor)
        now = self._clock.now()
        asked = search.asked(Interval(start=now, end=now + timedelta(minutes=1)))
        request = RuleRequest(asked=asked, actor=actor, tier=await tier_to_book(tx, party, actor))
        return page.items, request, replace(search, party=party)

    async def _free(self, tx: Tx, there: Sequence[SiteInReach], question: FreeQuery, actor: Actor) -> list[FreeAtSite]:
        now = self._clock.now()
        # A manager may decide wherever it may look, and then no window holds.
        decides = may_somewhere(actor, Action.DECIDE)
        party = own_party(actor, None)
        tier = None if decides or party is None else await tier_of(tx, party)
        return await free_at(tx, self.diary_reader, there, question, tier=tier, now=now)


def _for_whom(actor: Actor, site: str | None, party: str | None) -> str | None:
    """Who books for one party only looks for that where they name none. Raises ``NotAllowed``."""
    party = party_for(party, actor, site)
    if parties_of(actor, Action.DETAILS, site) is None:
        return party
    allowed = (
        may_somewhere(actor, Action.BOOK, party=party)
        if site is None
        else may(actor, Action.BOOK, Thing(site=site, party=party))
    )
    if not allowed:
        raise NotAllowed(actor, Action.BOOK, Thing(site=site, party=party))
    return party
