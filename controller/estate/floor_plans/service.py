"""The floor plan of a site: kept by who runs it, read by who sees it live."""

from collections.abc import Callable
from typing import NamedTuple

from msgspec.structs import replace

from controller.db.engine import Database, Tx
from controller.estate.floor_plans import repository
from controller.estate.floor_plans.drawing import rebuilt
from controller.estate.floor_plans.model import (
    FloorPlan,
    Kept,
    NoFloorPlan,
    NothingToPutBack,
    Place,
    PlaceKind,
    bound,
    replaced,
)
from controller.estate.model import SiteParts
from controller.estate.service import require_parts
from controller.people.model import Actor
from controller.people.optimistic_locking import require_version
from controller.platform.uploads.parser import Parser
from controller.records.audit import audit_log
from controller.records.changes import Changes
from edge.wire.clock import Clock

_THING = "the floor plan"


class PlanOfSite(NamedTuple):
    """``places``: the site's doors and spaces, with their elements. ``unmatched``: ids in it that are of none."""

    plan: FloorPlan
    places: list[Place]
    unmatched: list[str]


class FloorPlanService:
    """The caller checks permissions. ``version``: as it was read, 0 where there never was a plan."""

    def __init__(self, database: Database, clock: Clock, changes: Changes, parser: Parser) -> None:
        self._database = database
        self._clock = clock
        self._changes = changes
        self._parser = parser

    async def of_site(self, site: str) -> PlanOfSite:
        """Raises ``SiteUnknown``."""
        async with self._database.read() as tx:
            return _of(await require_parts(tx, site), await repository.of_site(tx, site))

    async def drawing(self, site: str) -> str:
        """The SVG. Raises ``SiteUnknown``, ``NoFloorPlan``."""
        shown = (await self.of_site(site)).plan.shown
        if shown is None:
            raise NoFloorPlan
        return shown.drawing

    async def check(self, site: str, content: bytes) -> PlanOfSite:
        """How a drawing would be kept; writes nothing. Raises ``SiteUnknown``, ``Invalid``, ``TooLarge``."""
        kept = await self._kept(content)
        async with self._database.read() as tx:
            parts = await require_parts(tx, site)
            return _of(parts, replace(await repository.of_site(tx, site), shown=kept))

    async def put(self, site: str, content: bytes, *, version: int, actor: Actor) -> PlanOfSite:
        """Keep a drawing, rebuilt of what is allowed, in place of the one before, which can be put back. Raises
        ``SiteUnknown``, ``VersionStale``, ``Invalid``, ``TooLarge``."""
        kept = await self._kept(content)
        return await self._change(site, version, actor, "change floor plan", lambda old: replaced(old, kept))

    async def remove(self, site: str, *, version: int, actor: Actor) -> PlanOfSite:
        """It can be put back. Raises ``SiteUnknown``, ``NoFloorPlan``, ``VersionStale``."""

        def without(old: FloorPlan) -> FloorPlan:
            if old.shown is None:
                raise NoFloorPlan
            return replaced(old, None)

        return await self._change(site, version, actor, "delete floor plan", without)

    async def undo(self, site: str, *, version: int, actor: Actor) -> PlanOfSite:
        """Put back the drawing before this one, which can then be put back itself. Raises ``SiteUnknown``,
        ``NothingToPutBack``, ``VersionStale``."""

        def swapped(old: FloorPlan) -> FloorPlan:
            if old.before is None:
                raise NothingToPutBack
            return replaced(replace(old, before=None), old.before)

        return await self._change(site, version, actor, "put back floor plan", swapped)

    async def _kept(self, content: bytes) -> Kept:
        made = await self._parser.run(rebuilt, content)
        return Kept(drawing=made.text, ids=made.ids, dropped=made.dropped)

    async def _change(
        self, site: str, version: int, actor: Actor, act: str, make: Callable[[FloorPlan], FloorPlan]
    ) -> PlanOfSite:
        async def change(tx: Tx) -> PlanOfSite:
            await self._database.lock_site(tx, site)
            parts, old = await require_parts(tx, site), await repository.of_site(tx, site)
            await require_version(tx, version, old.version, site=site, thing=_THING)
            new = make(old)
            await repository.write(tx, new)
            at, changes = self._clock.now(), {"size": (_size(old), _size(new))}
            await audit_log.record(tx, actor=actor.name, at=at, act=act, site=site, thing=_THING, changes=changes)
            return _of(parts, new)

        found = await self._database.run(change)
        self._changes.site_changed(site)
        return found


def _size(plan: FloorPlan) -> int:
    return len(plan.shown.drawing.encode()) if plan.shown else 0


def _of(parts: SiteParts, plan: FloorPlan) -> PlanOfSite:
    return PlanOfSite(plan, *placed(parts, plan.shown))


def placed(parts: SiteParts, shown: Kept | None) -> tuple[list[Place], list[str]]:
    """The site's doors and spaces with their elements in a drawing, and the ids in it that are of none."""
    doors = [Place(kind=PlaceKind.DOOR, id=each.id, name=each.name) for each in parts.doors]
    spaces = [Place(kind=PlaceKind.SPACE, id=each.id, name=each.name) for each in parts.spaces]
    return bound(shown.ids if shown else (), [*doors, *spaces])
