"""What the estate takes and answers."""

from collections.abc import Sequence
from typing import Annotated, TypeVar

from pydantic import AfterValidator, Field, StringConstraints

from controller.estate.change_hooks import ChangePreview
from controller.estate.change_preview import Difference, Thing
from controller.estate.model import (
    Changeover,
    Door,
    Edge,
    Equipment,
    Floor,
    Layout,
    Noise,
    Site,
    SiteParts,
    Space,
    SpaceKind,
)
from controller.people.optimistic_locking import version_of
from controller.platform.text import local_time
from controller.platform.web.fields import (
    Answer,
    Body,
    Line,
    Name,
    Note,
    Number,
    Page,
    Slug,
    Versioned,
    Whole,
    Yes,
    answer_of,
)
from controller.platform.web.problem import Conflict
from edge.wire.credentials import CODE_LENGTH, CODE_LENGTH_MAX, CODE_LENGTH_MIN
from edge.wire.plan import Passback

T = TypeVar("T", Floor, Equipment, Door, Edge)
MOST_MINUTES = 1440
"""Longest set-up, clear-down or change-over: a day."""
MOST_PARTS = 200
MOST_LAYOUTS = 50


def _known_zone(name: str) -> str:
    local_time.zone(name)
    return name


ZoneName = Annotated[str, StringConstraints(max_length=64), AfterValidator(_known_zone)]
Latitude = Annotated[Number, Field(ge=-90, le=90)]
Longitude = Annotated[Number, Field(ge=-180, le=180)]
Capacity = Annotated[Whole, Field(ge=0, le=100_000)]
Minutes = Annotated[Whole, Field(ge=0, le=MOST_MINUTES)]


class SiteBody(Body):
    """``organisation``: the party that runs it."""

    name: Name
    zone: ZoneName
    address: Line = ""
    phone: Line = ""
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    organisation: Slug | None = None

    def site(self, site_id: str) -> Site:
        return Site(id=site_id, **self.model_dump(exclude={"version"}))


class PutSiteBody(SiteBody, Versioned): ...


class FloorBody(Body):
    """``level``: 0 is the ground floor."""

    name: Name
    level: Annotated[Whole, Field(ge=-20, le=200)]


class PutFloorBody(FloorBody, Versioned): ...


class OneLayoutBody(Body):
    """One way to furnish a space. ``capacity``: null for the space's own. The minutes are before and after each use."""

    name: Name
    capacity: Capacity | None = None
    setup_min: Minutes = 0
    cleardown_min: Minutes = 0


class LayoutBody(OneLayoutBody):
    id: Slug


class ChangeoverBody(Body):
    """Minutes from one layout to another, where they are others than the space's ``changeover_min``."""

    from_layout: Slug
    to_layout: Slug
    minutes: Minutes


class SpaceFields(Body):
    """A space without its layouts."""

    name: Name
    kind: SpaceKind = SpaceKind.ROOM
    capacity: Capacity | None = None
    pool_size: Annotated[Whole, Field(ge=1, le=10_000)] | None = None
    floor_area_m2: Annotated[Number, Field(gt=0, le=1_000_000)] | None = None
    floor: Slug | None = None
    description: Note = ""
    step_free: Yes = False
    noise: Noise = Noise.ANY
    setup_min: Minutes = 0
    cleardown_min: Minutes = 0
    changeover_min: Minutes = 0
    share_buffers: Yes = True
    default_layout: Slug | None = None
    bookable: Yes = True
    doors: Annotated[list[Slug], Field(max_length=50, default_factory=list)]
    parts: Annotated[list[Slug], Field(max_length=MOST_PARTS, default_factory=list)]
    amenities: Annotated[list[Slug], Field(max_length=100, default_factory=list)]
    changeovers: Annotated[list[ChangeoverBody], Field(max_length=500, default_factory=list)]

    def space(self, site: str, space_id: str, layouts: tuple[Layout, ...]) -> Space:
        """Lists in order. Doors and amenities are sets, so one named twice is there once."""
        plain = self.model_dump(exclude={"doors", "parts", "amenities", "changeovers", "layouts", "version"})
        changeovers = (Changeover(**each.model_dump()) for each in self.changeovers)
        return Space(
            site=site,
            id=space_id,
            **plain,
            doors=tuple(sorted(set(self.doors))),
            parts=tuple(sorted(self.parts)),
            amenities=tuple(sorted(set(self.amenities))),
            layouts=tuple(sorted(layouts, key=lambda layout: layout.id)),
            changeovers=tuple(sorted(changeovers, key=lambda each: (each.from_layout, each.to_layout))),
        )


class SpaceBody(SpaceFields, Versioned):
    """``doors``: those on the way in; a booking's code is valid at all of them. ``parts``: the spaces it divides into.
    ``pool_size``: places of a pool, which is booked by number. ``bookable``: false for one that only its parts or its
    whole are booked by. Minutes are 0 to 1440. A layout may hold more people than ``capacity``: that is only what
    holds where a layout has no figure of its own."""

    layouts: Annotated[list[LayoutBody], Field(max_length=MOST_LAYOUTS, default_factory=list)]

    def whole(self, site: str, space_id: str) -> Space:
        return self.space(site, space_id, tuple(Layout(**each.model_dump()) for each in self.layouts))


class EquipmentBody(Body):
    """Countable things. ``space``: the only one they may be used in, if they cannot be carried about."""

    name: Name
    count: Annotated[Whole, Field(ge=0, le=100_000)]
    space: Slug | None = None


class PutEquipmentBody(EquipmentBody, Versioned): ...


class DoorBody(Body):
    """``hold_s``: how long a grant releases the lock. ``held_after_s``: when an open door is reported. ``counter``: the
    footfall counter that watches it. ``code_length``: how many digits the codes of bookings have at it. ``passback``:
    whether somebody who came in and has not been seen to leave may come in again (off), raises an alert (soft) or is
    refused (hard)."""

    name: Name
    edge: Slug
    hold_s: Annotated[Number, Field(ge=1, le=300)] = 5.0
    held_after_s: Annotated[Number, Field(ge=5, le=86_400)] = 60.0
    counter: Slug | None = None
    code_length: Annotated[Whole, Field(ge=CODE_LENGTH_MIN, le=CODE_LENGTH_MAX)] = CODE_LENGTH
    passback: Passback = Passback.OFF


class PutDoorBody(DoorBody, Versioned): ...


class EdgeBody(Body):
    """A Pi; its keys come with its enrolment."""

    name: Name


class PutEdgeBody(EdgeBody, Versioned): ...


def thing_of(kind: type[T], body: Body, site: str, thing: str) -> T:
    """The thing that a body describes."""
    return kind(site=site, id=thing, **body.model_dump(exclude={"version"}))


A = TypeVar("A", bound=Answer)
NAMED_OBSTACLES = 500
"""Most obstacles that a check names; ``count`` counts them all."""


class SiteAnswer(Answer, of=Site):
    id: str
    version: int


class SitePage(Page[SiteAnswer]): ...


class FloorAnswer(Answer, of=Floor, hidden={"site"}):
    version: int


class LayoutAnswer(Answer, of=Layout):
    """``capacity``: null where the space's own holds."""


class ChangeoverAnswer(Answer, of=Changeover): ...


class SpaceAnswer(Answer, of=Space, hidden={"site"}):
    layouts: list[LayoutAnswer]
    changeovers: list[ChangeoverAnswer]
    version: int


class EquipmentAnswer(Answer, of=Equipment, hidden={"site"}):
    """``space``: null where it may be carried to any."""

    version: int


class DoorAnswer(Answer, of=Door, hidden={"site"}):
    version: int


class EdgeAnswer(Answer, of=Edge, hidden={"site"}):
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


def versioned(kind: type[A], thing: Site | Thing) -> A:
    """The answer for a thing that is changed by its version."""
    return answer_of(kind, thing, version=version_of(thing))


def parts_answer(parts: SiteParts) -> SitePartsAnswer:
    return answer_of(
        SitePartsAnswer,
        parts.site,
        version=version_of(parts.site),
        floors=[versioned(FloorAnswer, each) for each in sorted(parts.floors, key=lambda floor: floor.level)],
        spaces=[versioned(SpaceAnswer, each) for each in parts.spaces],
        equipment=[versioned(EquipmentAnswer, each) for each in parts.equipment],
        doors=[versioned(DoorAnswer, each) for each in parts.doors],
        edges=[versioned(EdgeAnswer, each) for each in parts.edges],
    )


def change_preview_answer(changes: Sequence[Difference], foreseen: ChangePreview) -> ChangePreviewAnswer:
    return answer_of(
        ChangePreviewAnswer,
        foreseen,
        possible=not foreseen.obstacles,
        changes=changes,
        obstacles=foreseen.obstacles[:NAMED_OBSTACLES],
        count=len(foreseen.obstacles),
    )
