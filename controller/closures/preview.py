"""What a closure would affect, booking by booking, each with what would fit instead. Writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from msgspec.structs import replace

from controller.bookings import repository as bookings
from controller.bookings.affected.hours_changes import HoursChanges
from controller.bookings.booking_view import BookingView
from controller.bookings.diary.model import Booking
from controller.bookings.diary.site_config import SiteConfig
from controller.bookings.service import standing_request
from controller.bookings.writer import BookingWriter
from controller.closures.requested_closure import Foreseen, Hit, RequestedClosure, foreseen
from controller.closures.ways_in import barred, closed_behind, doors_of, shut_times
from controller.db.engine import Database, Tx
from controller.estate.service import require_parts
from controller.find.alternatives import instead_of
from controller.find.nearby_sites import SiteInReach
from controller.find.ranking import ProposalDifference, SpaceProposal
from controller.find.service import AvailabilityService
from controller.notices.morning.model import ShutDoor
from controller.people.model import Actor
from controller.people.party_repository import tier_of
from controller.people.permissions import Action, Thing, may
from controller.plans.overrides import repository as overrides
from controller.plans.overrides.model import Ordered
from controller.platform.text import times
from edge.wire.clock import Clock
from edge.wire.interval import Interval

_ASKED = 12
"""Proposals that are looked for."""
_NAMED = 5
"""Bookings that are named of a door that is shut."""
_OF_A_KIND = 2
"""Most that are shown of one kind, such as another space."""


class HitCursor(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """The last of a page; it holds even if that booking is gone. ``starts``: seconds since 1970, as the order is."""

    starts: int
    id: str

    @staticmethod
    def of(hit: Hit) -> "HitCursor":
        return HitCursor(starts=int(hit.booking.during.start.timestamp()), id=hit.booking.id)


class AffectedWithProposals(msgspec.Struct, frozen=True, kw_only=True):
    """``proposals``: what would fit instead, the nearest first. ``why``: why there is nothing, else empty."""

    view: BookingView
    hit: Hit
    proposals: Sequence[SpaceProposal]
    why: str


class ClosureForeseen(msgspec.Struct, frozen=True, kw_only=True):
    """``items``: a page of the ``count`` bookings that would be affected, by start. ``next``: the last of them,
    if others follow."""

    items: Sequence[AffectedWithProposals]
    count: int
    next: HitCursor | None


class ShutDoors(msgspec.Struct, frozen=True, kw_only=True):
    """An override that takes doors out of service: how many bookings have no way in because of it, and the next."""

    override: str
    count: int
    bookings: Sequence[BookingView]


@dataclass(eq=False)
class ClosurePreview:
    """Each method is one transaction that writes nothing."""

    database: Database
    clock: Clock
    writer: BookingWriter
    diary: HoursChanges
    availability: AvailabilityService

    async def page(
        self, site: str, wanted: RequestedClosure, *, miles: float, actor: Actor, after: HitCursor | None, limit: int
    ) -> ClosureForeseen:
        """The bookings that it would affect, from the first one after ``after``. Other sites count within ``miles``.
        Raises ``SiteUnknown``, ``DoorUnknown``, ``ClosureUnknown`` and what the closure itself refuses."""
        async with self.database.read() as tx:
            now = self.clock.now()
            where = await self.writer.site_configs.of(tx, site)
            ahead = await self.diary.ahead(tx, site, now)
            standing = await _standing(tx, site, now)
            found = foreseen(wanted, where, await require_parts(tx, site), ahead, standing)
            rest = [each for each in found.hits if after is None or HitCursor.of(each) > after]
            hits = rest[:limit]
            items = await self._items(tx, where, found, hits, miles, actor)
            following = HitCursor.of(hits[-1]) if len(rest) > limit else None
            return ClosureForeseen(items=items, count=len(found.hits), next=following)

    async def shut_doors(self, site: str) -> list[ShutDoors]:
        """Each override in force or planned behind which bookings have no way in. Raises ``SiteUnknown``."""
        async with self.database.read() as tx:
            now = self.clock.now()
            where = await self.writer.site_configs.of(tx, site)
            found = barred(where, await _standing(tx, site, now), await self.diary.ahead(tx, site, now))
            shown = await bookings.some(tx, sorted({each.id for _, its in found for each in its[:_NAMED]}))
            views = {each.booking.id: each for each in await self.writer.views(tx, where, shown, now)}
            return [
                ShutDoors(override=override.id, count=len(its), bookings=[views[each.id] for each in its[:_NAMED]])
                for override, its in found
                if its
            ]

    async def _items(
        self, tx: Tx, where: SiteConfig, found: Foreseen, hits: Sequence[Hit], miles: float, actor: Actor
    ) -> list[AffectedWithProposals]:
        now = self.clock.now()
        shown = await bookings.some(tx, [each.booking.id for each in hits])
        views = {each.booking.id: each for each in await self.writer.views(tx, where, shown, now)}
        closed = replace(where, hours=found.hours)
        nearby = await self.availability.nearby(tx, where, actor, miles) if hits else []
        nearby = [await _with_doors(tx, each, now) for each in nearby]
        items = []
        for hit in hits:
            view = views[hit.booking.id]
            proposals: list[SpaceProposal] = []
            why = ""
            if hit.shut:
                booking = view.booking
                request = standing_request(booking, await tier_of(tx, booking.party), actor)
                request = replace(request, had=booking.during)
                there = [
                    each
                    for each in nearby
                    if may(actor, Action.BOOK, Thing(site=each.site_config.site.id, party=booking.party))
                ]
                reader = self.availability.diary_reader
                instead = await instead_of(tx, reader, closed, request, there, now=now, limit=_ASKED)
                proposals, why = _mixed(instead.proposals), instead.why
            items.append(AffectedWithProposals(view=view, hit=hit, proposals=proposals, why=why))
        return items


async def shut_this_week(tx: Tx, where: SiteConfig, ahead: Sequence[Booking], now: datetime) -> list[ShutDoor]:
    """For the morning: each door that is out of service with bookings ahead that have no way in because of it."""
    found: dict[str, ShutDoor] = {}
    for override, its in barred(where, await _standing(tx, where.site.id, now), ahead):
        for door in where.doors:
            behind = [each for each in its if door.id in where.by_space[each.space].space.doors]
            if door.id not in doors_of(where, override) or not behind:
                continue
            during = times.window(Interval(start=override.starts, end=override.ends), where.site.tz, now=now)
            text = f"{door.name} is out of service {during}: {override.reason}"
            before = found.get(door.id, ShutDoor(door=door.id, text=text, bookings=()))
            known = {each.id for each in before.bookings}
            more = [each for each in behind if each.id not in known]
            found[door.id] = replace(before, bookings=(*before.bookings, *more))
    return list(found.values())


async def _standing(tx: Tx, site: str, now: datetime) -> list[Ordered]:
    """Overrides in force or planned."""
    return [each for each in await overrides.current(tx, site, now) if each.wanted(now)]


async def _with_doors(tx: Tx, there: SiteInReach, now: datetime) -> SiteInReach:
    """Another site with its spaces closed while every door to them is shut."""
    where = there.site_config
    shut = shut_times(where, await _standing(tx, where.site.id, now))
    return replace(there, site_config=replace(where, hours=closed_behind(where.hours, where, shut)))


def _mixed(found: Sequence[SpaceProposal]) -> list[SpaceProposal]:
    """The nearest of each kind, in their order."""
    count = dict.fromkeys(ProposalDifference, 0)
    chosen = []
    for each in found:
        if count[each.how] < _OF_A_KIND:
            count[each.how] += 1
            chosen.append(each)
    return chosen
