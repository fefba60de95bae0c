"""Sites and what they are made of: spaces, the doors on the way in, the edges that switch them. Pure.

A space is made of atoms, which cannot be divided further.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec

from controller.platform.text import local_time
from edge.wire.credentials import CODE_LENGTH
from edge.wire.ids import Slug
from edge.wire.plan import Passback


class Circular(ValueError):
    """A space is a part of itself. ``way``: from the space back to it."""

    def __init__(self, way: Sequence[str]) -> None:
        super().__init__(f"{' > '.join(way)}: a space cannot be a part of itself")
        self.way = tuple(way)


def atoms_of(parts: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Space -> its atoms, sorted, from space -> its parts; one without parts is its own atom.

    Parts may lie in several wholes (zones 1+2 and 2+3), to any depth. A part that is no space of its own is an atom.
    Raises ``Circular``.
    """
    inside = {space: tuple(each) for space, each in parts.items()}
    found: dict[str, frozenset[str]] = {}
    for space in inside:
        _settle(space, inside, found)
    return {space: tuple(sorted(found[space])) for space in inside}


def _settle(space: str, inside: Mapping[str, Sequence[str]], found: dict[str, frozenset[str]]) -> None:
    """Find the atoms of a space and of all it divides into; by hand instead of by recursion, which has a depth."""
    way: dict[str, None] = {}  # the spaces that are being looked into, in order
    ahead = [space]
    while ahead:
        here = ahead[-1]
        if here in found:
            ahead.pop()
            continue
        way[here] = None
        waiting = [part for part in inside.get(here, ()) if part not in found]
        for part in waiting:
            if part in way:
                walked = list(way)
                raise Circular((*walked[walked.index(part) :], part))
        if waiting:
            ahead.append(waiting[0])
            continue
        atoms = [found[part] for part in inside.get(here, ())]
        found[here] = frozenset().union(*atoms) if atoms else frozenset((here,))
        del way[here]
        ahead.pop()


Seconds = Annotated[float, msgspec.Meta(ge=0)]


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """A building. ``zone``: IANA name. ``phone``: whom to ring when a door does not open."""

    id: Slug
    name: str
    zone: str
    address: str = ""
    phone: str = ""
    latitude: float | None = None
    longitude: float | None = None
    organisation: Slug | None = None  # the party that runs it

    @property
    def tz(self) -> ZoneInfo:
        return local_time.zone(self.zone)


class Floor(msgspec.Struct, frozen=True, kw_only=True):
    """A storey. ``level``: 0 is the ground floor."""

    site: Slug
    id: Slug
    name: str
    level: int


class SpaceKind(StrEnum):
    ROOM = "room"
    """Booked as a whole, or by its parts."""
    POOL = "pool"
    """Places of one kind, booked by number (touch-down desks)."""


class Noise(StrEnum):
    """What goes on in a space: what it is suited for, and what must not be next to it."""

    ANY = "any"
    QUIET = "quiet"
    NOISY = "noisy"


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """One way to furnish a space (shelves away, theatre, boardroom). The minutes are what it takes before and after
    each use, besides the change from another layout."""

    id: Slug
    name: str
    capacity: int | None = None
    setup_min: int = 0
    cleardown_min: int = 0


class Changeover(msgspec.Struct, frozen=True, kw_only=True):
    """Minutes from one layout to another, where they are others than the space's ``changeover_min``."""

    from_layout: Slug
    to_layout: Slug
    minutes: int


class Space(msgspec.Struct, frozen=True, kw_only=True):
    """Something that can be booked. ``doors``: those on its way in; a code is valid at all of them.

    ``parts``: the spaces it divides into; a space without parts is an atom. ``pool_size``: places of a pool.
    ``setup_min``, ``cleardown_min``: before and after each use; neighbours share that time if ``share_buffers``.
    ``changeover_min``: between two layouts, or between the whole and a part. ``default_layout``: the one it is in
    when a booking names none. ``bookable``: False for one that only its parts or its whole are booked by.
    """

    site: Slug
    id: Slug
    name: str
    kind: SpaceKind = SpaceKind.ROOM
    capacity: int | None = None
    pool_size: int | None = None
    floor_area_m2: float | None = None
    floor: Slug | None = None
    description: str = ""
    step_free: bool = False
    noise: Noise = Noise.ANY
    setup_min: int = 0
    cleardown_min: int = 0
    changeover_min: int = 0
    share_buffers: bool = True
    default_layout: Slug | None = None
    bookable: bool = True
    doors: tuple[Slug, ...] = ()
    parts: tuple[Slug, ...] = ()
    amenities: tuple[Slug, ...] = ()
    layouts: tuple[Layout, ...] = ()
    changeovers: tuple[Changeover, ...] = ()

    def layout(self, layout_id: str | None) -> Layout | None:
        """The layout of this name, or the default one for ``None``."""
        wanted = layout_id or self.default_layout
        return next((each for each in self.layouts if each.id == wanted), None)

    def holds(self, layout_id: str | None) -> int | None:
        """How many people it holds in a layout; the space's own figure where the layout has none."""
        found = self.layout(layout_id)
        return self.capacity if found is None or found.capacity is None else found.capacity


class Equipment(msgspec.Struct, frozen=True, kw_only=True):
    """Countable things of a site. ``space``: the only one it may be used in, if it cannot be carried about."""

    site: Slug
    id: Slug
    name: str
    count: int
    space: Slug | None = None


class Door(msgspec.Struct, frozen=True, kw_only=True):
    """``hold_s``: how long a grant releases the lock. ``held_after_s``: when an open door is reported.

    ``counter``: the footfall counter that watches it, if any. ``code_length``: digits of its ordinary codes.
    ``passback``: what happens when somebody comes in twice without leaving.
    """

    site: Slug
    id: Slug
    name: str
    edge: Slug
    hold_s: Seconds
    held_after_s: Seconds
    counter: Slug | None = None
    code_length: int = CODE_LENGTH
    passback: Passback = Passback.OFF


class Edge(msgspec.Struct, frozen=True, kw_only=True):
    """A Pi. What it signs with comes with its enrolment."""

    site: Slug
    id: Slug
    name: str


class SealedSecrets(msgspec.Struct, frozen=True):
    """A door's secrets as they are stored: what its codes are hashed with, what offline codes are made from, and those
    that will take their place once its edge has them."""

    secret: bytes
    offline: bytes | None
    next_secret: bytes | None = None
    next_offline: bytes | None = None


class OldSecrets(msgspec.Struct, frozen=True, kw_only=True):
    """Secrets that a door had, as they are stored; see ``DoorSecrets``."""

    name: str
    secret: bytes
    offline: bytes | None
    since: datetime | None
    until: datetime


class DoorSecrets(msgspec.Struct, frozen=True, kw_only=True):
    """Secrets that a door has or had, in the clear. ``name``: as plans name them; ``since`` and ``until``: ``None``
    for an open end."""

    name: str
    secret: bytes
    offline: bytes | None
    since: datetime | None
    until: datetime | None

    def __repr__(self) -> str:
        return f"DoorSecrets({self.name})"

    def held_at(self, at: datetime) -> bool:
        """Whether they were the door's at a moment."""
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)


class SiteParts(msgspec.Struct, frozen=True, kw_only=True):
    """A site with all that is in it, each in the order of its id."""

    site: Site
    spaces: tuple[Space, ...] = ()
    doors: tuple[Door, ...] = ()
    edges: tuple[Edge, ...] = ()
    floors: tuple[Floor, ...] = ()
    equipment: tuple[Equipment, ...] = ()

    def space(self, space_id: str) -> Space | None:
        return next((space for space in self.spaces if space.id == space_id), None)

    def door(self, door_id: str) -> Door | None:
        return next((door for door in self.doors if door.id == door_id), None)
