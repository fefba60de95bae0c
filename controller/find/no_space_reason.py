"""Why no space fits a request, in a sentence. Pure."""

from collections.abc import Sequence

from controller.bookings.fitting_spaces import SpaceNeeds, Unfit, choose, lacks
from controller.bookings.rules.reason_wording import places, plural, quoted
from controller.estate.model import SpaceKind
from controller.platform.text.times import listed

_NAMED = 8
_KINDS = {None: "space", SpaceKind.ROOM: "room", SpaceKind.POOL: "pool of places"}


def why_none(wants: SpaceNeeds, unfit: Sequence[Unfit], *, where: str) -> str:
    """Why none of the searched spaces fits: the first need that none fulfils, and what comes closest to it.

    ``where``: “here”, “within 5 miles”.
    """
    if not unfit:
        return f"there is no {_KINDS[wants.kind]} {where} that can be booked"
    ones = _alone(wants)
    for one in ones:
        if not any(_fits(each, one) for each in unfit):
            return f"no space {where} {_phrase(one)}{_nearest(one, unfit)}"
    return f"no space {where} {listed([_phrase(one) for one in ones])} at once"


def _fits(unfit: Unfit, one: SpaceNeeds) -> bool:
    return not lacks(unfit.site_config, unfit.place, one) and not choose(unfit.site_config, unfit.place, one)[1]


def _alone(wants: SpaceNeeds) -> list[SpaceNeeds]:
    """Each need by itself."""
    found = []
    if wants.seats is not None:
        found.append(SpaceNeeds(seats=wants.seats))
    if wants.layout is not None:
        found.append(SpaceNeeds(layout=wants.layout))
    if wants.people is not None:
        found.append(SpaceNeeds(people=wants.people, layout=wants.layout))
    flags = (
        (SpaceNeeds(step_free=True), wants.step_free),
        (SpaceNeeds(quiet=True), wants.quiet),
        (SpaceNeeds(noisy=True), wants.noisy),
    )
    found += [one for one, asked in flags if asked]
    found += [SpaceNeeds(amenities=(each,)) for each in wants.amenities]
    found += [SpaceNeeds(equipment=(each,)) for each in wants.equipment]
    return found


def _phrase(one: SpaceNeeds) -> str:
    if one.people is not None:
        return f"holds {one.people:,}" + (f" as “{one.layout}”" if one.layout else "")
    if one.seats is not None:
        return f"has {places(one.seats)} to book one by one"
    if one.layout is not None:
        return f"has a layout “{one.layout}”"
    if one.step_free:
        return "is step-free"
    if one.quiet:
        return "is kept quiet"
    if one.noisy:
        return "may be noisy"
    if one.amenities:
        return f"has {one.amenities[0]}"
    return f"has {plural(one.equipment[0].count, one.equipment[0].equipment, one.equipment[0].equipment)}"


def _nearest(one: SpaceNeeds, unfit: Sequence[Unfit]) -> str:
    """What comes closest to a need that no space fulfils."""
    spaces = [each.place.space for each in unfit]
    there: set[str] = set()
    if one.people is not None:
        return _largest(unfit, one.layout)
    if one.seats is not None:
        return _largest([each for each in unfit if each.place.space.kind is SpaceKind.POOL], None)
    if one.layout is not None:
        there = {each.id for space in spaces for each in space.layouts}
    elif one.amenities:
        there = {each for space in spaces for each in space.amenities}
    elif one.equipment:
        there = {name for each in unfit for name in each.site_config.equipment}
        counts = [
            found for each in unfit if (found := each.site_config.equipment.get(one.equipment[0].equipment)) is not None
        ]
        if counts:
            most = max(counts, key=lambda each: each.count)
            return f"; there are {most.count:,} of {most.name}"
    else:
        return ""
    return f"; there is {quoted(sorted(there)[:_NAMED])}" if there else "; there is none of any kind"


def _largest(unfit: Sequence[Unfit], layout: str | None) -> str:
    ways: list[tuple[int, str]] = []
    for each in unfit:
        space, name = each.place.space, _named(each, unfit)
        if space.kind is SpaceKind.POOL:
            ways.append((sum(size for _, size in each.place.pools), name))
            continue
        ways += [
            (space.holds(way.id) or 0, f"{name} as “{way.name}”") for way in space.layouts if layout in {None, way.id}
        ]
        if layout is None and space.capacity is not None:
            ways.append((space.capacity, name))
    if not ways:
        return ""
    most, name = max(ways, key=lambda way: way[0])
    return f"; the largest, {name}, holds {most:,}"


def _named(each: Unfit, among: Sequence[Unfit]) -> str:
    """The space's name, with its site's where several are looked at."""
    several = len({other.site_config.site.id for other in among}) > 1
    return f"{each.place.space.name} at {each.site_config.site.name}" if several else each.place.space.name
