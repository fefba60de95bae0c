"""Finding a space over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from controller.availability.answers import (
    FoundSeriesAnswer,
    FreeAnswer,
    FreeEverywhereAnswer,
    InsteadAnswer,
    SearchAnswer,
    found_answer,
    found_series_answer,
    free_everywhere_json,
    free_json,
    instead_answer,
)
from controller.availability.free import FreeQuery
from controller.availability.nearby_sites import MOST_SITES, SiteSearch
from controller.availability.schemas import MOST_FOUND, FindBody, FindSeriesBody, InsteadBody, free_question, reach
from controller.availability.service import AvailabilityService
from controller.estate.errors import SiteUnknown
from controller.people.authentication import Reads, ReadsAnySite
from controller.web.fields import After, SlugPath
from controller.web.problem import NotSignedIn, described
from controller.web.services import service

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


@router.post("/find")
async def find(body: FindBody, availability: TheAvailability, actor: ReadsAnySite) -> SearchAnswer:
    """Find a space: by time, number of people, what the space must have, and how far away it may be. Each answer has
    been judged possible for the user."""
    return found_answer(await availability.find(body.query(), actor=actor, limit=body.limit))


@router.post("/find/series")
async def find_series(body: FindSeriesBody, availability: TheAvailability, actor: ReadsAnySite) -> FoundSeriesAnswer:
    """Which spaces take most of a whole series, and which of its dates they do not take and why."""
    return found_series_answer(await availability.find_series(body.query(), actor=actor, limit=body.limit))
