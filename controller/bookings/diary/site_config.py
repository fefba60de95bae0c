"""A site as bookings see it: spaces with their atoms and doors, hours, policy. Cached until the site's revision
changes, so that a booking needs one read instead of ten."""

from collections import OrderedDict
from functools import cached_property

import msgspec

from controller.bookings.diary.policy import Policy
from controller.bookings.diary.policy_repository import policy
from controller.db.engine import Tx
from controller.estate import repository as estate
from controller.estate.errors import SiteUnknown, SpaceUnknown
from controller.estate.model import Door, Edge, Equipment, Layout, Site, SiteParts, Space, SpaceKind, atoms_of
from controller.estate.repository import revision
from controller.hours import repository as hours
from controller.hours.model import OpeningHours
from controller.hours.timetable import Timetable

_MOST_CACHED = 256
"""Sites in the cache."""


class SpaceAtSite(msgspec.Struct, frozen=True, kw_only=True):
    """A space and the site it is in. ``door_names`` go with ``space.doors``. ``atoms``: what it claims, written
    ``site/space``; ``pools``: those of them that are pools, with their size."""

    site: Site
    space: Space
    door_names: tuple[str, ...]
    atoms: tuple[str, ...]
    pools: tuple[tuple[str, int], ...] = ()


class SiteConfig(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """All that a site's bookings are judged by and its plans made from but the diary itself, as of ``revision``."""

    site: Site
    revision: int
    by_space: dict[str, SpaceAtSite]
    equipment: dict[str, Equipment]
    hours: Timetable
    policy: Policy
    doors: tuple[Door, ...] = ()
    edges: tuple[Edge, ...] = ()

    def require(self, space: str) -> SpaceAtSite:
        """Raises ``SpaceUnknown``."""
        if space not in self.by_space:
            raise SpaceUnknown(self.site.id, space)
        return self.by_space[space]

    @cached_property
    def by_atom(self) -> dict[str, tuple[SpaceAtSite, ...]]:
        """Atom -> the places that it is a part of, itself included."""
        found: dict[str, list[SpaceAtSite]] = {}
        for place in self.by_space.values():
            for atom in place.atoms:
                found.setdefault(atom, []).append(place)
        return {atom: tuple(places) for atom, places in found.items()}

    @cached_property
    def widest_buffer_min(self) -> int:
        """The longest set-up or clear-down of any space or layout."""
        things: list[Space | Layout] = []
        for place in self.by_space.values():
            things += (place.space, *place.space.layouts)
        return max((minutes for each in things for minutes in (each.setup_min, each.cleardown_min)), default=0)

    @cached_property
    def widest_changeover_min(self) -> int:
        spaces = [place.space for place in self.by_space.values()]
        listed = (change.minutes for space in spaces for change in space.changeovers)
        return max((*listed, *(space.changeover_min for space in spaces)), default=0)


class SiteConfigs:
    """The configurations of sites, in memory; the one that was used longest ago is dropped first."""

    def __init__(self) -> None:
        self._cached: OrderedDict[str, SiteConfig] = OrderedDict()

    async def of(self, tx: Tx, site: str) -> SiteConfig:
        """The site as this transaction sees it. Raises ``SiteUnknown``."""
        now = await revision(tx, site)
        if now is None:
            raise SiteUnknown(site)
        return await self.at(tx, site, now)

    async def hours(self, tx: Tx, site: str) -> Timetable:
        """The hours of ``of``."""
        return (await self.of(tx, site)).hours

    def known(self, site: str) -> SiteConfig | None:
        """The site as it was when last looked at; it may have changed since."""
        return self._cached.get(site)

    async def at(self, tx: Tx, site: str, revision: int) -> SiteConfig:
        """The site, whose revision this transaction has just read."""
        found = self._cached.get(site)
        if found is None or found.revision != revision:
            found = await _load(tx, site, revision)
            self._cached[site] = found
        self._cached.move_to_end(site)
        while len(self._cached) > _MOST_CACHED:
            self._cached.popitem(last=False)
        return found


async def _load(tx: Tx, site_id: str, revision: int) -> SiteConfig:
    parts = await estate.site_parts(tx, site_id)
    if parts is None:
        raise SiteUnknown(site_id)
    return SiteConfig(
        site=parts.site,
        revision=revision,
        by_space=places(parts),
        equipment={each.id: each for each in parts.equipment},
        hours=await hours.hours_book(tx, parts.site),
        policy=await policy(tx, site_id),
        doors=parts.doors,
        edges=parts.edges,
    )


def sketch(parts: SiteParts) -> SiteConfig:
    """The building alone, without hours and with the plain policy: for a site that is yet to be, or may be undone."""
    return SiteConfig(
        site=parts.site,
        revision=0,
        by_space=places(parts),
        equipment={each.id: each for each in parts.equipment},
        hours=Timetable(site=parts.site, timetable=OpeningHours()),
        policy=Policy(),
    )


def places(parts: SiteParts) -> dict[str, SpaceAtSite]:
    """The spaces of a site with what they claim, by id. Raises ``Circular``."""
    site = parts.site.id
    atoms = atoms_of({space.id: space.parts for space in parts.spaces})
    spaces = {space.id: space for space in parts.spaces}
    names = {door.id: door.name for door in parts.doors}
    return {
        space.id: SpaceAtSite(
            site=parts.site,
            space=space,
            door_names=tuple(names[door] for door in space.doors),
            atoms=tuple(f"{site}/{atom}" for atom in atoms[space.id]),
            pools=tuple(
                (f"{site}/{atom}", spaces[atom].pool_size or 0)
                for atom in atoms[space.id]
                if spaces[atom].kind is SpaceKind.POOL
            ),
        )
        for space in parts.spaces
    }
