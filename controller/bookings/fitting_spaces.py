"""Which spaces fit a request at any time, and why the others do not. Pure."""

from collections.abc import Sequence
from typing import TypeAlias

import msgspec

from controller.bookings.diary.model import Need
from controller.bookings.diary.site_config import SiteConfig, SpaceAtSite
from controller.bookings.rules.model import seats_of
from controller.bookings.rules.reason_wording import places
from controller.estate.model import Layout, Noise, SpaceKind


class SpaceNeeds(msgspec.Struct, frozen=True, kw_only=True):
    """What a space must have. ``layout``: by id; ``None`` leaves the choice. ``quiet``: one that is kept quiet;
    ``noisy``: one that need not be. ``seats``: of a pool; left out, one for each of the people. ``kind``: ``None``
    for any."""

    people: int | None = None
    layout: str | None = None
    step_free: bool = False
    quiet: bool = False
    noisy: bool = False
    amenities: tuple[str, ...] = ()
    equipment: tuple[Need, ...] = ()
    seats: int | None = None
    kind: SpaceKind | None = None


class Fitting(msgspec.Struct, frozen=True, kw_only=True):
    """A space that fits. ``layout``: what a booking has to ask for, ``None`` for the default. ``holds``: people, in
    that layout; ``None`` where nobody has said. ``seats``: places that it takes, if it is a pool."""

    site_config: SiteConfig
    place: SpaceAtSite
    layout: str | None
    holds: int | None
    seats: int | None = None

    @property
    def laid_out(self) -> Layout | None:
        """The layout that it is in then."""
        return self.place.space.layout(self.layout)


class Unfit(msgspec.Struct, frozen=True, kw_only=True):
    """A space that does not fit. ``why``: “is not step-free”, “holds 12”."""

    site_config: SiteConfig
    place: SpaceAtSite
    why: tuple[str, ...]


Sorted: TypeAlias = tuple[list[Fitting], list[Unfit]]


def sort_out(site_config: SiteConfig, wants: SpaceNeeds, *, only: Sequence[str] | None = None) -> Sorted:
    """The site's bookable spaces, split into those that fit and the others, each sorted by name. ``only``: limits them
    to these."""
    fitting: list[Fitting] = []
    unfit: list[Unfit] = []
    for place in sorted(site_config.by_space.values(), key=lambda each: (each.space.name, each.space.id)):
        space = place.space
        if not space.bookable or (only is not None and space.id not in only):
            continue
        if wants.kind not in {None, space.kind}:
            continue
        found, why = choose(site_config, place, wants)
        why = [*lacks(site_config, place, wants), *why]
        if why:
            unfit.append(Unfit(site_config=site_config, place=place, why=tuple(why)))
        else:
            fitting.append(found)
    return fitting, unfit


def lacks(site_config: SiteConfig, place: SpaceAtSite, wants: SpaceNeeds) -> list[str]:
    """What the space lacks, besides capacity."""
    space = place.space
    found = []
    if wants.step_free and not space.step_free:
        found.append("is not step-free")
    if wants.quiet and space.noise is not Noise.QUIET:
        found.append("is not kept quiet")
    if wants.noisy and space.noise is Noise.QUIET:
        found.append("is kept quiet")
    found += [f"has no {each}" for each in wants.amenities if each not in space.amenities]
    found += [text for need in wants.equipment if (text := _equipment(site_config, place, need))]
    return found


def _equipment(site_config: SiteConfig, place: SpaceAtSite, need: Need) -> str | None:
    there = site_config.equipment.get(need.equipment)
    if there is None:
        return f"has no {need.equipment}"
    home = site_config.by_space.get(there.space) if there.space is not None else None
    if there.space is not None and (home is None or not set(home.atoms) <= set(place.atoms)):
        return f"has no {there.name}, which stays in {home.space.name if home else there.space}"
    return f"has {there.count:,} of {there.name}" if need.count > there.count else None


def choose(site_config: SiteConfig, place: SpaceAtSite, wants: SpaceNeeds) -> tuple[Fitting, list[str]]:
    """How the space would be used, and why it would not fit: as asked, else in its default layout, else in the
    smallest that holds the people."""
    space = place.space
    if space.kind is SpaceKind.POOL:
        seats = seats_of(seats=wants.seats, people=wants.people)
        size = sum(size for _, size in place.pools)
        why = [f"has {places(size)}"] if max(seats, wants.people or 0) > size else []
        if wants.layout is not None and not any(each.id == wants.layout for each in space.layouts):
            why.append(f"has no layout “{wants.layout}”")
        return Fitting(
            site_config=site_config, place=place, layout=wants.layout, holds=size, seats=max(seats, wants.people or 0)
        ), why
    if wants.seats is not None:
        return Fitting(site_config=site_config, place=place, layout=None, holds=None), [
            "is booked as a whole, not by places"
        ]
    if wants.layout is not None:
        fit = Fitting(site_config=site_config, place=place, layout=wants.layout, holds=space.holds(wants.layout))
        if not any(each.id == wants.layout for each in space.layouts):
            return fit, [f"has no layout “{wants.layout}”"]
        return fit, [] if _enough(fit, wants.people) else [_holds(fit)]
    ways = [
        Fitting(site_config=site_config, place=place, layout=each, holds=space.holds(each))
        for each in (None, *(each.id for each in space.layouts if each.id != space.default_layout))
    ]
    enough = [each for each in ways if _enough(each, wants.people)]
    if not enough:
        return ways[0], [_holds(max(ways, key=lambda each: each.holds or 0))]
    others = sorted(enough, key=lambda each: each.holds if each.holds is not None else float("inf"))
    return ways[0] if ways[0] in enough else others[0], []


def _enough(way: Fitting, people: int | None) -> bool:
    return people is None or way.holds is None or people <= way.holds


def _holds(way: Fitting) -> str:
    return f"holds {way.holds or 0:,}" + (f" as “{way.laid_out.name}”" if way.laid_out else "")
