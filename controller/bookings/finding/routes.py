"""Finding a space over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from controller.bookings.finding.answers import FreeAnswer, FreeEverywhereAnswer, free_everywhere_json, free_json
from controller.bookings.finding.free import Question
from controller.bookings.finding.reach import MOST_SITES, Reach
from controller.bookings.finding.schemas import free_question, reach
from controller.estate.errors import SiteUnknown
from controller.fields import After, SlugPath
from controller.house import TheHouse
from controller.people.gate import Reads
from controller.problem import NotSignedIn, described

router = APIRouter(tags=["finding"], responses=described(NotSignedIn))

_JSON = "application/json"


@router.get("/sites/{site}/free", responses=described(SiteUnknown), response_model=FreeAnswer)
async def free_at_site(
    site: SlugPath, house: TheHouse, actor: Reads, question: Annotated[Question, Depends(free_question)]
) -> Response:
    """Every space of a site that fits, with the times from `from` to before `to` (at most 8 weeks) in which it can be
    booked: neither taken nor closed, with the time left that neighbours need to clear down, set up and change over."""
    return Response(free_json(await house.finding.free(site, question, actor=actor)), media_type=_JSON)


@router.get("/free", response_model=FreeEverywhereAnswer)
async def free_everywhere(
    house: TheHouse,
    actor: Reads,
    question: Annotated[Question, Depends(free_question)],
    around: Annotated[Reach, Depends(reach)],
    after: After = None,
    limit: Annotated[int, Query(ge=1, le=MOST_SITES, description="Most sites to return")] = 50,
) -> Response:
    """The same for all sites that the asker may see, the nearest first."""
    page = await house.finding.free_everywhere(around, question, actor=actor, after=after, limit=limit)
    return Response(free_everywhere_json(page.items, more=page.more), media_type=_JSON)
