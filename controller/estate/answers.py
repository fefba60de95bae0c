"""What the estate answers."""

from collections.abc import Sequence

from controller.estate.change_hooks import ChangePreview, Obstacle
from controller.estate.edits import Difference
from controller.estate.model import Door, Edge, Equipment, Floor, Noise, Site, SiteParts, Space, SpaceKind
from controller.people.versions import version_of
from controller.web.fields import Answer, answer_of
from controller.web.problem import Conflict
from edge.wire.plan import Passback

NAMED_OBSTACLES = 500
"""Most obstacles that a check names; ``count`` counts them all."""


class SiteAnswer(Answer):
    id: str
    name: str
    zone: str
    address: str
    phone: str
    latitude: float | None
    longitude: float | None
    organisation: str | None
    version: int


class SitePage(Answer):
    """``next``: give it as ``after`` for the next page; null on the last one."""

    items: list[SiteAnswer]
    next: str | None


class FloorAnswer(Answer):
    id: str
    name: str
    level: int
    version: int


class LayoutAnswer(Answer):
    """``capacity``: null where the space's own holds."""

    id: str
    name: str
    capacity: int | None
    setup_min: int
    cleardown_min: int


class ChangeoverAnswer(Answer):
    from_layout: str
    to_layout: str
    minutes: int


class SpaceAnswer(Answer):
    id: str
    name: str
    kind: SpaceKind
    capacity: int | None
    pool_size: int | None
    floor_area_m2: float | None
    floor: str | None
    description: str
    step_free: bool
    noise: Noise
    setup_min: int
    cleardown_min: int
    changeover_min: int
    share_buffers: bool
    default_layout: str | None
    bookable: bool
    doors: list[str]
    parts: list[str]
    amenities: list[str]
    layouts: list[LayoutAnswer]
    changeovers: list[ChangeoverAnswer]
    version: int


class EquipmentAnswer(Answer):
    """``space``: null where it may be carried to any."""

    id: str
    name: str
    count: int
    space: str | None
    version: int


class DoorAnswer(Answer):
    id: str
    name: str
    edge: str
    hold_s: float
    held_after_s: float
    counter: str | None
    code_length: int
    passback: Passback
    version: int


class EdgeAnswer(Answer):
    id: str
    name: str
    version: int


class SitePartsAnswer(SiteAnswer):
    """Floors from the lowest, all else in the order of the ids."""

    floors: list[FloorAnswer]
    spaces: list[SpaceAnswer]
    equipment: list[EquipmentAnswer]
    doors: list[DoorAnswer]
    edges: list[EdgeAnswer]


class DifferenceAnswer(Answer):
    """One change. ``what``: add, change or remove. ``fields``: those that change."""

    section: str
    id: str
    what: str
    fields: list[str]


class ObstacleAnswer(Answer):
    """``place``: what cannot be changed like this, such as "spaces.hall.parts". ``kind``: clash, layout, equipment,
    seats or in-use. ``conflicts``: the bookings concerned; for a clash the two."""

    place: str
    kind: str
    text: str
    conflicts: list[Conflict]


class ChangePreviewAnswer(Answer):
    """What a change would do. ``possible``: whether it would be made. ``obstacles``: the first 500 of the ``count``
    that prevent it. ``rewritten``: future bookings whose claims would be written again. ``notes`` refuse nothing."""

    possible: bool
    changes: list[DifferenceAnswer]
    obstacles: list[ObstacleAnswer]
    count: int
    rewritten: int
    notes: list[str]


def site_answer(site: Site) -> SiteAnswer:
    return answer_of(SiteAnswer, site, version=version_of(site))


def floor_answer(floor: Floor) -> FloorAnswer:
    return FloorAnswer(id=floor.id, name=floor.name, level=floor.level, version=version_of(floor))


def space_answer(space: Space) -> SpaceAnswer:
    return answer_of(
        SpaceAnswer,
        space,
        doors=list(space.doors),
        parts=list(space.parts),
        amenities=list(space.amenities),
        layouts=[answer_of(LayoutAnswer, each) for each in space.layouts],
        changeovers=[
            ChangeoverAnswer(from_layout=each.from_layout, to_layout=each.to_layout, minutes=each.minutes)
            for each in space.changeovers
        ],
        version=version_of(space),
    )


def equipment_answer(equipment: Equipment) -> EquipmentAnswer:
    return EquipmentAnswer(
        id=equipment.id,
        name=equipment.name,
        count=equipment.count,
        space=equipment.space,
        version=version_of(equipment),
    )


def door_answer(door: Door) -> DoorAnswer:
    return answer_of(DoorAnswer, door, version=version_of(door))


def edge_answer(edge: Edge) -> EdgeAnswer:
    return EdgeAnswer(id=edge.id, name=edge.name, version=version_of(edge))


def parts_answer(parts: SiteParts) -> SitePartsAnswer:
    return SitePartsAnswer(
        **site_answer(parts.site).model_dump(),
        floors=[floor_answer(floor) for floor in sorted(parts.floors, key=lambda floor: floor.level)],
        spaces=[space_answer(space) for space in parts.spaces],
        equipment=[equipment_answer(each) for each in parts.equipment],
        doors=[door_answer(door) for door in parts.doors],
        edges=[edge_answer(edge) for edge in parts.edges],
    )


def difference_answers(found: Sequence[Difference]) -> list[DifferenceAnswer]:
    return [
        DifferenceAnswer(section=each.section, id=each.id, what=each.what, fields=list(each.fields)) for each in found
    ]


def obstacle_answers(found: Sequence[Obstacle]) -> list[ObstacleAnswer]:
    return [
        ObstacleAnswer(place=each.place, kind=each.why, text=each.text, conflicts=list(each.conflicts))
        for each in found[:NAMED_OBSTACLES]
    ]


def change_preview_answer(changes: Sequence[Difference], foreseen: ChangePreview) -> ChangePreviewAnswer:
    return ChangePreviewAnswer(
        possible=not foreseen.obstacles,
        changes=difference_answers(changes),
        obstacles=obstacle_answers(foreseen.obstacles),
        count=len(foreseen.obstacles),
        rewritten=foreseen.rewritten,
        notes=list(foreseen.notes),
    )
