"""Which sites a search looks at, the nearest first."""

import msgspec

from controller.bookings.diary.site_config import SiteConfig, SiteConfigs
from controller.db.engine import Tx
from controller.find import repository
from controller.find.distance import Spot, box_around, miles_between
from controller.people.model import Actor
from controller.people.permissions import Action, sees, sites_of
from controller.platform.web.problem import invalid_field

MOST_SITES = 250
"""Sites that one search looks at."""


class SiteSearch(msgspec.Struct, frozen=True, kw_only=True):
    """``site`` or ``near``: from where distances count. ``miles``: how far to go, ``None`` for any distance. ``only``:
    of these sites, ``None`` for all."""

    site: str | None = None
    near: Spot | None = None
    miles: float | None = None
    only: frozenset[str] | None = None

    @property
    def where(self) -> str:
        """“within 5 miles”, “here” of one site, “anywhere”."""
        if self.miles is not None:
            return f"within {self.miles:g} mile{'' if self.miles == 1 else 's'}"
        if self.only is not None:
            return "here" if len(self.only) == 1 else "at these sites"
        return "anywhere"


class SiteInReach(msgspec.Struct, frozen=True, kw_only=True):
    """``miles``: how far off it is, where that is known."""

    site_config: SiteConfig
    miles: float | None = None


class SitePageOfSearch(msgspec.Struct, frozen=True, kw_only=True):
    """Sites in reach, the nearest first. ``more``: whether there are others behind them."""

    items: list[SiteInReach]
    more: bool


async def reached(
    tx: Tx,
    site_configs: SiteConfigs,
    reach: SiteSearch,
    actor: Actor,
    *,
    after: str | None = None,
    limit: int = MOST_SITES,
) -> SitePageOfSearch:
    """The sites in reach that the actor may see, the nearest first, from the one behind ``after``; those of unknown
    distance come last, and only where distance does not bound the search. Raises ``Invalid``."""
    near = await _spot(tx, reach, actor)
    box = box_around(near, reach.miles) if near is not None and reach.miles is not None else None
    allowed = [each for each in (sites_of(actor, Action.READ), reach.only) if each is not None]
    only = frozenset.intersection(*allowed) if allowed else None
    found = await repository.sites_in_reach(tx, only=only, box=box)
    if reach.only is not None and box is None and (unknown := reach.only - {each.id for each in found}):
        raise invalid_field("sites", f"there is no site {min(unknown)!r}; look it up in the list of sites")
    away = [(_miles(near, each.spot), each) for each in found]
    if box is not None and reach.miles is not None:
        away = [(miles, each) for miles, each in away if miles is not None and miles <= reach.miles]
    away.sort(key=lambda each: (each[0] is None, each[0] or 0, each[1].id))
    ids = [each.id for _, each in away]
    first = ids.index(after) + 1 if after in ids else 0
    items = [
        SiteInReach(site_config=await site_configs.at(tx, each.id, each.revision), miles=miles)
        for miles, each in away[first : first + limit]
    ]
    return SitePageOfSearch(items=items, more=len(away) > first + limit)


async def _spot(tx: Tx, reach: SiteSearch, actor: Actor) -> Spot | None:
    if reach.site is None:
        if reach.miles is not None and reach.near is None:
            raise invalid_field("within_miles", "needs a starting point: a site, or a latitude and a longitude")
        return reach.near
    found = await repository.sites_in_reach(tx, only=[reach.site], box=None)
    site = found[0] if found and sees(actor, reach.site) else None
    if site is None:
        raise invalid_field("near", f"there is no site {reach.site!r}; look it up in the list of sites")
    if site.spot is None:
        raise invalid_field("near", f"{reach.site} has no coordinates; give a latitude and a longitude instead")
    return site.spot


def _miles(near: Spot | None, spot: Spot | None) -> float | None:
    return None if near is None or spot is None else miles_between(near, spot)
