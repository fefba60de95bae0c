"""Sites and what they are made of: spaces, the doors on the way in, the edges that switch them."""

from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec

from controller import localtime
from edge.wire.ids import Slug

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

    @property
    def tz(self) -> ZoneInfo:
        return localtime.zone(self.zone)


class Space(msgspec.Struct, frozen=True, kw_only=True):
    """Something that can be booked. ``doors``: those on its way in; a code is valid at all of them."""

    site: Slug
    id: Slug
    name: str
    capacity: int | None = None
    floor_area_m2: float | None = None
    doors: tuple[Slug, ...] = ()


class Door(msgspec.Struct, frozen=True, kw_only=True):
    """``hold_s``: how long a grant releases the strike. ``held_after_s``: when an open door is reported.

    ``counter``: the footfall counter that watches it, if any.
    """

    site: Slug
    id: Slug
    name: str
    edge: Slug
    hold_s: Seconds
    held_after_s: Seconds
    counter: Slug | None = None


class Edge(msgspec.Struct, frozen=True, kw_only=True):
    """A Pi. ``public_key``: 32 bytes, Ed25519; what it signs with."""

    site: Slug
    id: Slug
    name: str
    public_key: bytes


class SiteParts(msgspec.Struct, frozen=True, kw_only=True):
    """A site with all that is in it, each in the order of its id."""

    site: Site
    spaces: tuple[Space, ...] = ()
    doors: tuple[Door, ...] = ()
    edges: tuple[Edge, ...] = ()

    def space(self, space_id: str) -> Space | None:
        return next((space for space in self.spaces if space.id == space_id), None)

    def door(self, door_id: str) -> Door | None:
        return next((door for door in self.doors if door.id == door_id), None)
