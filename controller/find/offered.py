"""What the spaces of several sites have, so that somebody can ask for it. Pure."""

from collections.abc import Iterable

import msgspec

from controller.bookings.diary.site_config import SiteConfig


class OfferedEquipment(msgspec.Struct, frozen=True, kw_only=True):
    """``most``: as many as one site has."""

    id: str
    name: str
    most: int


class Offered(msgspec.Struct, frozen=True, kw_only=True):
    """``amenities`` of bookable spaces, by id; ``equipment`` by name. ``step_free``: whether any bookable space is."""

    amenities: tuple[str, ...]
    equipment: tuple[OfferedEquipment, ...]
    step_free: bool


def offered(site_configs: Iterable[SiteConfig]) -> Offered:
    """All that can be asked for at these sites. Equipment of one id is one thing, with its name at the first site."""
    amenities: set[str] = set()
    equipment: dict[str, OfferedEquipment] = {}
    step_free = False
    for site_config in site_configs:
        spaces = [place.space for place in site_config.by_space.values() if place.space.bookable]
        amenities.update(each for space in spaces for each in space.amenities)
        step_free = step_free or any(space.step_free for space in spaces)
        for each in site_config.equipment.values():
            known = equipment.get(each.id)
            name, most = (each.name, 0) if known is None else (known.name, known.most)
            equipment[each.id] = OfferedEquipment(id=each.id, name=name, most=max(most, each.count))
    return Offered(
        amenities=tuple(sorted(amenities)),
        equipment=tuple(
            sorted((each for each in equipment.values() if each.most > 0), key=lambda each: (each.name, each.id))
        ),
        step_free=step_free,
    )
