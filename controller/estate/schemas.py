"""What the estate takes and answers."""

import base64
import binascii
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from controller import localtime
from controller.estate.model import Door, Edge, Site, SiteParts, Space
from controller.fields import Answer, Body, Line, Name, Number, Slug, Whole

_KEY_BYTES = 32


def _known_zone(name: str) -> str:
    localtime.zone(name)
    return name


def _key(text: str) -> str:
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("must be base64") from None
    if len(key) != _KEY_BYTES:
        raise ValueError(f"must be {_KEY_BYTES} bytes (an Ed25519 public key), not {len(key)}")
    return text


ZoneName = Annotated[str, StringConstraints(max_length=64), AfterValidator(_known_zone)]
KeyText = Annotated[str, StringConstraints(max_length=100), AfterValidator(_key)]
Latitude = Annotated[Number, Field(ge=-90, le=90)]
Longitude = Annotated[Number, Field(ge=-180, le=180)]


class SiteBody(Body):
    name: Name
    zone: ZoneName
    address: Line = ""
    phone: Line = ""
    latitude: Latitude | None = None
    longitude: Longitude | None = None


class SpaceBody(Body):
    """``doors``: those on the way in; a booking's code is valid at all of them."""

    name: Name
    capacity: Annotated[Whole, Field(ge=0, le=100_000)] | None = None
    floor_area_m2: Annotated[Number, Field(gt=0, le=1_000_000)] | None = None
    doors: Annotated[list[Slug], Field(max_length=50, default_factory=list)]


class DoorBody(Body):
    """``hold_s``: how long a grant releases the lock. ``held_after_s``: when an open door is reported."""

    name: Name
    edge: Slug
    hold_s: Annotated[Number, Field(ge=1, le=300)] = 5.0
    held_after_s: Annotated[Number, Field(ge=5, le=86_400)] = 60.0
    counter: Slug | None = None


class EdgeBody(Body):
    """``public_key``: Ed25519, 32 bytes as base64."""

    name: Name
    public_key: KeyText


class SiteAnswer(Answer):
    id: str
    name: str
    zone: str
    address: str
    phone: str
    latitude: float | None
    longitude: float | None


class SitePage(Answer):
    """``next``: give it as ``after`` for the next page; null on the last one."""

    items: list[SiteAnswer]
    next: str | None


class SpaceAnswer(Answer):
    id: str
    name: str
    capacity: int | None
    floor_area_m2: float | None
    doors: list[str]


class DoorAnswer(Answer):
    id: str
    name: str
    edge: str
    hold_s: float
    held_after_s: float
    counter: str | None


class EdgeAnswer(Answer):
    id: str
    name: str


class SitePartsAnswer(SiteAnswer):
    spaces: list[SpaceAnswer]
    doors: list[DoorAnswer]
    edges: list[EdgeAnswer]


class EnrolmentAnswer(Answer):
    """What a Pi's configuration needs: the controller's key and a secret for each of its doors, base64."""

    controller_key: str
    doors: dict[str, str]


def site_answer(site: Site) -> SiteAnswer:
    return SiteAnswer(
        id=site.id,
        name=site.name,
        zone=site.zone,
        address=site.address,
        phone=site.phone,
        latitude=site.latitude,
        longitude=site.longitude,
    )


def space_answer(space: Space) -> SpaceAnswer:
    return SpaceAnswer(
        id=space.id,
        name=space.name,
        capacity=space.capacity,
        floor_area_m2=space.floor_area_m2,
        doors=list(space.doors),
    )


def door_answer(door: Door) -> DoorAnswer:
    return DoorAnswer(
        id=door.id,
        name=door.name,
        edge=door.edge,
        hold_s=door.hold_s,
        held_after_s=door.held_after_s,
        counter=door.counter,
    )


def edge_answer(edge: Edge) -> EdgeAnswer:
    return EdgeAnswer(id=edge.id, name=edge.name)


def parts_answer(parts: SiteParts) -> SitePartsAnswer:
    return SitePartsAnswer(
        **site_answer(parts.site).model_dump(),
        spaces=[space_answer(space) for space in parts.spaces],
        doors=[door_answer(door) for door in parts.doors],
        edges=[edge_answer(edge) for edge in parts.edges],
    )
