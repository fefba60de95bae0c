"""Rewrites the claims of future bookings when a space's division, places or minutes change. Past bookings stay as
they were."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import msgspec

from controller.bookings.affected import repository as affected
from controller.bookings.claims import SYSTEM_ACTOR, write_claims
from controller.bookings.diary.model import LONGEST_WHY, Booking, BookingState, Cause, Claimed
from controller.bookings.diary.site_config import SpaceAtSite, places, sketch
from controller.bookings.estate_changes import obstacles, repository
from controller.bookings.estate_changes.collisions import Holding, collisions, crowds, tightened
from controller.bookings.repository import log, update_bookings
from controller.bookings.rules.model import quartered, seats_of, takings
from controller.db.engine import Database, Tx
from controller.estate.change_hooks import ChangePreview, Obstacle
from controller.estate.model import SiteParts, SpaceKind
from edge.wire.interval import Interval

_AT_ONCE = 2000
"""Bookings rewritten in one go, well below what a statement takes."""


class EstateChanges:
    """A ``Follower`` of the estate."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def preview_change(self, tx: Tx, before: SiteParts, after: SiteParts, *, now: datetime) -> ChangePreview:
        """Computes clashes pair by pair, so that a change without obstacles can be written."""
        old, new = places(before), places(after)
        found = [each async for each in obstacles.of_removals(tx, before, after, now=now)]
        found += [each async for each in obstacles.of_equipment(tx, before, after, old, new, now=now)]
        estate_changes = [space for space in new if space in old and _shape(old[space]) != _shape(new[space])]
        moved = [space for space in estate_changes if _ground(old[space]) != _ground(new[space])]
        mine = _without_expired(await repository.holding(tx, after.site.id, estate_changes, after=now), now)
        found += obstacles.of_layouts(mine, new, now=now)
        if moved:
            found += await self._clashes(tx, after, new, moved, now)
        ahead = await self._ahead(tx, after.site.id, old, new, now)
        notes = [
            *obstacles.notes(ahead, old, new, now=now),
            *obstacles.of_defaults(_relaid(mine, old, new), new, now=now),
        ]
        near = await self._paced(tx, after.site.id, old, new, now)
        notes += obstacles.of_tightened(tightened(near, old, new), new, now=now)
        return ChangePreview(obstacles=tuple(found), rewritten=len(mine), notes=tuple(notes))

    async def _clashes(
        self, tx: Tx, after: SiteParts, new: dict[str, SpaceAtSite], moved: Sequence[str], now: datetime
    ) -> list[Obstacle]:
        site = after.site.id
        near = _sharing(new, moved)
        on = await repository.holding(tx, site, moved, after=now)
        # A booking that has begun keeps its whole time, so one that is over may conflict with it.
        since = min((quartered(each.during).start for each in on), default=now)
        since = min(since, quartered(Interval(start=now, end=now + timedelta(minutes=1))).start)
        holdings = [
            _holding(each, new[each.space])
            for each in _without_expired(await repository.holding(tx, site, near, after=since), now)
        ]
        sizes = {pool: size for place in new.values() for pool, size in place.pools}
        found = [obstacles.of_collision(each, new, moved, now=now) for each in collisions(holdings)]
        return found + [obstacles.of_crowd(each, new, moved, now=now) for each in crowds(holdings, sizes)]

    async def _ahead(
        self, tx: Tx, site: str, old: dict[str, SpaceAtSite], new: dict[str, SpaceAtSite], now: datetime
    ) -> list[Booking]:
        """Future bookings in all spaces that change."""
        changed = [space for space in new if space in old and old[space].space != new[space].space]
        return _without_expired(await repository.holding(tx, site, changed, after=now), now) if changed else []

    async def _paced(
        self, tx: Tx, site: str, old: dict[str, SpaceAtSite], new: dict[str, SpaceAtSite], now: datetime
    ) -> list[Booking]:
        """Future bookings with a neighbour to which they may need more time than now."""
        both = [space for space in new if space in old]
        paced = [s for s in both if _pace(old[s]) != _pace(new[s]) or _ground(old[s]) != _ground(new[s])]
        if not paced:
            return []
        return _without_expired(await repository.holding(tx, site, _sharing(new, paced), after=now), now)

    async def _mark(
        self, tx: Tx, site: str, old: dict[str, SpaceAtSite], new: dict[str, SpaceAtSite], now: datetime
    ) -> None:
        """Mark the bookings that the change affects, and remove marks whose cause it removes."""
        ahead, near = await self._ahead(tx, site, old, new, now), await self._paced(tx, site, old, new, now)
        found = obstacles.impact_texts(ahead, tightened(near, old, new), old, new, now=now)
        again = obstacles.impact_texts(ahead, tightened(near, new, old), new, old, now=now)
        await affected.clear(tx, again.keys() - found.keys(), causes=[Cause.BUILDING])
        await affected.record(tx, site, found, cause=Cause.BUILDING, at=now, actor=SYSTEM_ACTOR)
        by_text: dict[str, list[str]] = {}
        for each, text in found.items():
            by_text.setdefault(text[:LONGEST_WHY], []).append(each)
        for text, ids in by_text.items():
            await log(tx, ids, at=now, actor=SYSTEM_ACTOR, what="building", why=text)

    async def follow(self, tx: Tx, before: SiteParts, after: SiteParts, *, now: datetime) -> None:
        """Delete all changed claims first, then write the new ones."""
        old, new = places(before), places(after)
        site = after.site.id
        await self._mark(tx, site, old, new, now)
        estate_changes = [space for space in new if space in old and _shape(old[space]) != _shape(new[space])]
        if not estate_changes:
            return
        site_config = sketch(after)
        mine = await repository.holding(tx, site, estate_changes, after=now)
        near = await repository.holding(tx, site, _sharing(new, estate_changes), after=now)
        gone = [each for each in near if each.expired(now) and each.space not in estate_changes]
        letting = [msgspec.structs.replace(each, state=BookingState.CANCELLED) for each in (*mine, *gone)]
        for some in _some(letting):
            await write_claims(self._database, tx, site_config, some, now=now)
        sizes = {pool: size for space in estate_changes for pool, size in new[space].pools}
        start = quartered(Interval(start=now, end=now + timedelta(minutes=1))).start
        await repository.resize(tx, sizes, since=start)
        for some in _some(_without_expired(mine, now)):
            await write_claims(self._database, tx, site_config, some, now=now, new=True, expired=())
        await self._log_layouts(tx, _relaid(_without_expired(mine, now), old, new), new, now)

    async def _log_layouts(self, tx: Tx, relaid: Sequence[Booking], new: dict[str, SpaceAtSite], now: datetime) -> None:
        """Write to the log of bookings that name no layout which layout they have now."""
        by_space: dict[str, list[Booking]] = {}
        for each in relaid:
            by_space.setdefault(each.space, []).append(each)
        for space, mine in by_space.items():
            changed = [
                msgspec.structs.replace(each, changed_at=now, changed_by=SYSTEM_ACTOR, version=each.version + 1)
                for each in mine
            ]
            await update_bookings(tx, changed)
            why = f"{new[space].space.name} {obstacles.laid_out(new[space])} unless another layout is asked for"
            await log(tx, [each.id for each in mine], at=now, actor=SYSTEM_ACTOR, what="change", why=why)


def _shape(place: SpaceAtSite) -> tuple[object, ...]:
    """The parts of a claim."""
    space = place.space
    layouts = tuple((each.id, each.setup_min, each.cleardown_min) for each in space.layouts)
    return (*_ground(place), space.setup_min, space.cleardown_min, space.default_layout, layouts)


def _pace(place: SpaceAtSite) -> tuple[object, ...]:
    """What the time between two bookings depends on."""
    space = place.space
    own = (space.setup_min, space.cleardown_min, space.share_buffers, space.changeover_min, space.changeovers)
    return (*own, space.default_layout, tuple((each.id, each.setup_min, each.cleardown_min) for each in space.layouts))


def _relaid(bookings: Sequence[Booking], old: dict[str, SpaceAtSite], new: dict[str, SpaceAtSite]) -> list[Booking]:
    """Bookings without a layout that would get another one."""
    return [
        each
        for each in bookings
        if each.layout is None and old[each.space].space.default_layout != new[each.space].space.default_layout
    ]


def _ground(place: SpaceAtSite) -> tuple[object, ...]:
    """What two bookings can share."""
    return place.space.kind, place.atoms, place.pools


def _sharing(new: dict[str, SpaceAtSite], spaces: Sequence[str]) -> list[str]:
    """The spaces that share space with any of these, themselves included."""
    ground = {atom for space in spaces for atom in new[space].atoms}
    return [space for space, place in new.items() if not ground.isdisjoint(place.atoms)]


def _without_expired(bookings: Sequence[Booking], now: datetime) -> list[Booking]:
    return [each for each in bookings if not each.expired(now)]


def _holding(booking: Booking, place: SpaceAtSite) -> Holding:
    pool = place.space.kind is SpaceKind.POOL
    return Holding(
        booking=Claimed(id=booking.id, title=booking.title, space=booking.space, during=booking.during),
        atoms=() if pool else place.atoms,
        pools=takings(place, seats_of(seats=booking.seats, people=booking.people)),
    )


def _some(bookings: Sequence[Booking]) -> Iterator[Sequence[Booking]]:
    for at in range(0, len(bookings), _AT_ONCE):
        yield bookings[at : at + _AT_ONCE]
