"""What finding takes."""

import re
from collections.abc import Sequence
from typing import Annotated

from fastapi import Query
from pydantic import Field

from controller.bookings.finding.distance import Spot
from controller.bookings.finding.fitting import Wants
from controller.bookings.finding.free import Question
from controller.bookings.finding.reach import Reach
from controller.bookings.model import Need
from controller.estate.model import SpaceKind
from controller.fields import Slug
from controller.problem import invalid_field
from edge.wire.ids import SLUG_PATTERN

_NEED = re.compile(rf"(?P<name>{SLUG_PATTERN.strip('^$')})(:(?P<count>\d{{1,6}}))?", re.ASCII)
MOST_NAMES = 30

Edge = Annotated[str, Query(max_length=40, description="A date, or a time as in bookings")]
Minutes = Annotated[int, Query(ge=1, le=31 * 24 * 60, description="How long a booking is to be at least")]
People = Annotated[int | None, Query(ge=1, le=100_000)]
Yes = Annotated[bool, Query()]
Slugs = Annotated[list[Slug], Query(max_length=MOST_NAMES)]
Needs = Annotated[
    list[Annotated[str, Field(max_length=60)]],
    Query(max_length=MOST_NAMES, description="Such as projector, or chair:30 for thirty"),
]
Kind = Annotated[SpaceKind | None, Query(description="room or pool; left out, both")]
Latitude = Annotated[float | None, Query(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float | None, Query(ge=-180, le=180, allow_inf_nan=False)]
Miles = Annotated[float | None, Query(gt=0, le=500, allow_inf_nan=False)]


def free_question(
    from_: Annotated[Edge, Query(alias="from")],
    to: Edge,
    minutes: Minutes = 15,
    people: People = None,
    layout: Annotated[Slug | None, Query(description="By id; left out, one that holds the people")] = None,
    step_free: Yes = False,
    quiet: Yes = False,
    noisy: Yes = False,
    amenities: Slugs = [],  # noqa: B006  # FastAPI copies it
    equipment: Needs = [],  # noqa: B006
    seats: Annotated[People, Query(description="Places of a pool; left out, one for each of the people")] = None,
    kind: Kind = None,
    space: Slugs = [],  # noqa: B006
    setup_min: Annotated[int | None, Query(ge=0, le=24 * 60)] = None,
    cleardown_min: Annotated[int | None, Query(ge=0, le=24 * 60)] = None,
) -> Question:
    """What is asked by the query of a route. Raises ``Invalid``."""
    wants = Wants(
        people=people,
        layout=layout,
        step_free=step_free,
        quiet=quiet,
        noisy=noisy,
        amenities=tuple(amenities),
        equipment=_needs(equipment),
        seats=seats,
        kind=kind,
    )
    return Question(
        starts=from_,
        ends=to,
        minutes=minutes,
        wants=wants,
        setup_min=setup_min,
        cleardown_min=cleardown_min,
        spaces=tuple(space) or None,
    )


def _needs(written: Sequence[str]) -> tuple[Need, ...]:
    found: dict[str, int] = {}
    for each in written:
        match = _NEED.fullmatch(each)
        count = int(match["count"] or 1) if match else 0
        if match is None or count < 1:
            raise invalid_field("equipment", "must be like projector, or chair:30 for thirty of them")
        found[match["name"]] = found.get(match["name"], 0) + count
    return tuple(Need(equipment=name, count=count) for name, count in found.items())


def reach(
    near: Annotated[Slug | None, Query(description="A site from which distances count")] = None,
    latitude: Latitude = None,
    longitude: Longitude = None,
    within_miles: Miles = None,
) -> Reach:
    """Which sites are asked about. Raises ``Invalid``."""
    return Reach(site=near, near=spot(near, latitude, longitude), miles=within_miles)


def spot(near: str | None, latitude: float | None, longitude: float | None) -> Spot | None:
    """Where distances count from, if not from a site. Raises ``Invalid``."""
    if (latitude is None) != (longitude is None):
        raise invalid_field("longitude" if longitude is None else "latitude", "is needed beside the other one")
    if latitude is None or longitude is None:
        return None
    if near is not None:
        raise invalid_field("near", "must be left out where latitude and longitude are given")
    return Spot(latitude=latitude, longitude=longitude)
