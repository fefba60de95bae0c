"""A site's floor plan, and which of its doors and rooms are in the drawing. Pure."""

import re
from collections.abc import Iterable
from enum import StrEnum

import msgspec

from controller.estate.floor_plans.drawing import Dropped
from controller.platform.web.problem import NotFound


class NoFloorPlan(NotFound):
    def __init__(self) -> None:
        super().__init__("there is no floor plan of this building; somebody who runs it can import one")


class NothingToPutBack(NotFound):
    def __init__(self) -> None:
        super().__init__("there is no floor plan before this one that could be put back")


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A drawing as it is stored. ``ids``: of its elements."""

    drawing: str
    ids: tuple[str, ...] = ()
    dropped: tuple[Dropped, ...] = ()


class FloorPlan(msgspec.Struct, frozen=True, kw_only=True):
    """``version``: one more with each change, 0 where there never was a plan. ``before``: what ``undo`` puts back."""

    site: str
    version: int = 0
    shown: Kept | None = None
    before: Kept | None = None


def replaced(old: FloorPlan, kept: Kept | None) -> FloorPlan:
    """With another drawing, or none, in place of the one that is shown, which can be put back."""
    return msgspec.structs.replace(old, version=old.version + 1, shown=kept, before=old.shown or old.before)


class PlaceKind(StrEnum):
    DOOR = "door"
    SPACE = "space"


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A door or a space of the site. ``element``: the id of its element in the drawing; ``None`` where it has none."""

    kind: PlaceKind
    id: str
    name: str
    element: str | None = None


_BEGINNINGS = {"door": PlaceKind.DOOR, "room": PlaceKind.SPACE, "space": PlaceKind.SPACE}
_ESCAPED = re.compile(r"_x([2-7][0-9A-Fa-f])_")
"""As Illustrator writes a hyphen."""
_GIVEN_BY_PROGRAMS = re.compile(
    r"(svg|g|path|rect|circle|ellipse|line|poly(line|gon)|text|tspan|title|desc|layer|group|shape|page|artboard)"
    r"[-_:.\d]*",
    re.IGNORECASE,
)


def bound(ids: Iterable[str], places: Iterable[Place]) -> tuple[list[Place], list[str]]:
    """The places with their elements, and the ids that are of none, without those that programs give by themselves.

    A door's element has its id, or ``door-`` and its id; a room's likewise, with ``room-``. Capital letters are as
    small ones, and ``_`` is as ``-``. An id that is of a door and of a room is of neither.
    """
    found = list(places)
    elements: dict[tuple[PlaceKind, str], str] = {}
    unmatched = []
    for each in ids:
        name = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), each).lower().replace("_", "-")
        whose = [place for place in found if place.id == name]
        beginning, _, rest = name.partition("-")
        if not whose and beginning in _BEGINNINGS:
            whose = [place for place in found if (place.kind, place.id) == (_BEGINNINGS[beginning], rest)]
        if len(whose) == 1:
            elements.setdefault((whose[0].kind, whose[0].id), each)
        elif _GIVEN_BY_PROGRAMS.fullmatch(each) is None:
            unmatched.append(each)
    bind = msgspec.structs.replace
    return [bind(place, element=elements.get((place.kind, place.id))) for place in found], unmatched
