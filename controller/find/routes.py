"""Finding a space over HTTP, and the bodies that it takes."""

import re
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field, model_validator

from controller.bookings.diary.model import Need
from controller.bookings.fitting_spaces import SpaceNeeds
from controller.bookings.schemas import BookingCheck, Equipment, needs
from controller.bookings.schemas import Minutes as BufferMinutes
from controller.bookings.schemas import People as SomePeople
from controller.bookings.series.routes import PatternBody
from controller.estate.errors import SiteUnknown
from controller.estate.model import SpaceKind
from controller.find.across_sites import MOST_DAYS, MOST_MOVE_MIN, SpaceQuery
from controller.find.answers import (
    FoundSeriesAnswer,
    FreeAnswer,
    FreeEverywhereAnswer,
    InsteadAnswer,
    OfferedAnswer,
    SearchAnswer,
    found_answer,
    found_series_answer,
    free_everywhere_json,
    free_json,
    instead_answer,
    offered_answer,
)
from controller.find.distance import Spot
from controller.find.free import FreeQuery
from controller.find.nearby_sites import MOST_SITES, SiteSearch
from controller.find.request import SearchRequest
from controller.find.series_across_sites import SeriesSearch
from controller.find.service import AvailabilityService
from controller.people.authentication import Reads, ReadsAnySite
from controller.platform.web.fields import After, Body, From, MomentText, Number, Slug, SlugPath, To, Whole, read_moment
from controller.platform.web.fields import Yes as Flag
from controller.platform.web.problem import NotSignedIn, described, invalid_field
from controller.platform.web.services import service
from edge.wire.ids import SLUG_PATTERN

_NEED = re.compile(rf"(?P<name>{SLUG_PATTERN.strip('^$')})(:(?P<count>\d{{1,6}}))?", re.ASCII)
MOST_NAMES = 30
MOST_FOUND = 50
"""Spaces that one search returns."""

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


async def free_question(
    from_: From,
    to: To,
    minutes: Minutes = 15,
    people: People = None,
    layout: Annotated[Slug | None, Query(description="By id; if left out, one that is large enough")] = None,
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
) -> FreeQuery:
    """The query parameters of a route as a query. Raises ``Invalid``."""
    wants = SpaceNeeds(
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
    return FreeQuery(
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


async def reach(
    near: Annotated[Slug | None, Query(description="A site from which distances count")] = None,
    latitude: Latitude = None,
    longitude: Longitude = None,
    within_miles: Miles = None,
) -> SiteSearch:
    """Which sites are asked about. Raises ``Invalid``."""
    return SiteSearch(site=near, near=spot(near, latitude, longitude), miles=within_miles)


def spot(near: str | None, latitude: float | None, longitude: float | None) -> Spot | None:
    """Where distances count from, if not from a site. Raises ``Invalid``."""
    if (latitude is None) != (longitude is None):
        raise invalid_field("longitude" if longitude is None else "latitude", "is needed together with the other one")
    if latitude is None or longitude is None:
        return None
    if near is not None:
        raise invalid_field("near", "must be left out if latitude and longitude are given")
    return Spot(latitude=latitude, longitude=longitude)


class InsteadBody(BookingCheck):
    """A booking that is refused, as it was asked for; ``id``: the booking that was to be moved."""


class SearchBody(Body):
    """What a space must have, where, and for whom. ``kind``: `room` or `pool`, where places are booked by number.
    ``quiet``: one that is kept quiet; ``noisy``: one that need not be. Distances count from the site ``near`` or from
    ``latitude`` and ``longitude``; ``sites``: of these only. The other fields are those of a booking."""

    people: SomePeople | None = None
    layout: Slug | None = None
    step_free: Flag = False
    quiet: Flag = False
    noisy: Flag = False
    amenities: Annotated[list[Slug], Field(max_length=MOST_NAMES)] = Field(default_factory=list)
    equipment: Equipment = Field(default_factory=dict)
    seats: SomePeople | None = None
    kind: SpaceKind = SpaceKind.ROOM
    party: Slug | None = None
    under_16s: Flag = False
    setup_min: BufferMinutes | None = None
    cleardown_min: BufferMinutes | None = None
    by_rules: Flag = False
    near: Slug | None = None
    latitude: Annotated[Number, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[Number, Field(ge=-180, le=180)] | None = None
    within_miles: Annotated[Number, Field(gt=0, le=500)] | None = None
    sites: Annotated[list[Slug], Field(max_length=MOST_SITES)] | None = None
    limit: Annotated[Whole, Field(ge=1, le=MOST_FOUND)] = 10

    def search(self) -> SearchRequest:
        """Raises ``Invalid``."""
        given = dict(self)
        wants = {name: given[name] for name in SpaceNeeds.__struct_fields__}
        wants |= {"amenities": tuple(self.amenities), "equipment": needs(self.equipment)}
        near = spot(self.near, self.latitude, self.longitude)
        only = None if self.sites is None else frozenset(self.sites)
        return SearchRequest(
            wants=SpaceNeeds(**wants),
            reach=SiteSearch(site=self.near, near=near, miles=self.within_miles, only=only),
            **{name: given[name] for name in SearchRequest.__struct_fields__ if name not in ("wants", "reach")},
        )


class FindBody(SearchBody):
    """A query for any space. Times without an offset are each site's local time. ``move_min``: how many minutes earlier
    or later is acceptable; ``days``: how many days later is acceptable as well."""

    starts: MomentText
    ends: MomentText
    move_min: Annotated[Whole, Field(ge=0, le=MOST_MOVE_MIN)] = 0
    days: Annotated[Whole, Field(ge=0, le=MOST_DAYS)] = 0

    def query(self) -> SpaceQuery:
        """Raises ``Invalid``."""
        return SpaceQuery(
            starts=read_moment(self.starts),
            ends=read_moment(self.ends),
            search=self.search(),
            move_min=self.move_min,
            days=self.days,
        )


class FindSeriesBody(SearchBody, PatternBody):
    """A series without a space, its dates as in a series: by `rule`, or every week for ``weeks`` weeks."""

    weeks: Annotated[Whole, Field(ge=1, le=104)] | None = None

    @model_validator(mode="after")
    def _one_rule(self) -> "FindSeriesBody":
        if self.weeks is not None and self.rule:
            raise ValueError("weeks and rule are two ways to say the same; leave one out")
        return self

    def query(self) -> SeriesSearch:
        """Raises ``Invalid``."""
        rule = self.rule if self.weeks is None else f"FREQ=WEEKLY;COUNT={self.weeks}"
        return SeriesSearch(pattern=self.pattern(rule), search=self.search())


router = APIRouter(tags=["finding"], responses=described(NotSignedIn))
TheAvailability = Annotated[AvailabilityService, service(AvailabilityService)]
_JSON = "application/json"


@router.get("/sites/{site}/free", responses=described(SiteUnknown), response_model=FreeAnswer)
async def free_at_site(
    site: SlugPath, availability: TheAvailability, actor: Reads, question: Annotated[FreeQuery, Depends(free_question)]
) -> Response:
    """Every space of a site that fits, with the times from `from` to before `to` (at most 8 weeks) in which it can be
    booked: neither taken nor closed, with the time left that neighbours need to clear down, set up and change over."""
    return Response(free_json(await availability.free(site, question, actor=actor)), media_type=_JSON)


@router.get("/free", response_model=FreeEverywhereAnswer)
async def free_everywhere(
    availability: TheAvailability,
    actor: ReadsAnySite,
    question: Annotated[FreeQuery, Depends(free_question)],
    around: Annotated[SiteSearch, Depends(reach)],
    after: After = None,
    limit: Annotated[int, Query(ge=1, le=MOST_SITES, description="Most sites to return")] = 50,
) -> Response:
    """The same for all sites that the user may see, nearest first."""
    page = await availability.free_everywhere(around, question, actor=actor, after=after, limit=limit)
    return Response(free_everywhere_json(page.items, more=page.more), media_type=_JSON)


@router.post("/sites/{site}/bookings/instead", responses=described(SiteUnknown))
async def instead(
    site: SlugPath,
    body: InsteadBody,
    availability: TheAvailability,
    actor: Reads,
    limit: Annotated[int, Query(ge=1, le=MOST_FOUND)] = 8,
    within_miles: Annotated[float, Query(gt=0, le=500, description="How far other sites may be")] = 25.0,
) -> InsteadAnswer:
    """What would fit instead of a refused booking: the same space at another time, another layout or space at the
    site, a site nearby. Writes nothing; empty for a booking that is possible."""
    found = await availability.instead(site, body.draft(), but=body.id, actor=actor, miles=within_miles, limit=limit)
    return instead_answer(found)


@router.get("/find/offered")
async def what_is_offered(availability: TheAvailability, actor: ReadsAnySite) -> OfferedAnswer:
    """What can be asked for at the sites that the user may see."""
    return offered_answer(await availability.offered(actor=actor))


@router.post("/find")
async def find(body: FindBody, availability: TheAvailability, actor: ReadsAnySite) -> SearchAnswer:
    """Find a space: by time, number of people, what the space must have, and how far away it may be. Each answer has
    been judged possible for the user."""
    return found_answer(await availability.find(body.query(), actor=actor, limit=body.limit))


@router.post("/find/series")
async def find_series(body: FindSeriesBody, availability: TheAvailability, actor: ReadsAnySite) -> FoundSeriesAnswer:
    """Which spaces take most of a whole series, and which of its dates they do not take and why."""
    return found_series_answer(await availability.find_series(body.query(), actor=actor, limit=body.limit))
