"""What lapses at a site, over HTTP."""

from typing import Annotated

from fastapi import APIRouter

from controller.documents.schemas import LapsingAnswer, LapsingList
from controller.estate.errors import SiteUnknown
from controller.notices.lapsing import LapsingService
from controller.people.authentication import KeepsPeople
from controller.web.fields import SlugPath, answer_of
from controller.web.problem import NotSignedIn, described
from controller.web.services import service

router = APIRouter(tags=["documents"], responses=described(NotSignedIn))
TheLapsing = Annotated[LapsingService, service(LapsingService)]


@router.get("/sites/{site}/lapsing", responses=described(SiteUnknown))
async def list_lapsing(site: SlugPath, lapsing: TheLapsing, actor: KeepsPeople) -> LapsingList:
    """Documents and DBS checks that have lapsed, are missing or lapse soon, of the site's parties and of those that
    have bookings ahead at it."""
    found = await lapsing.of_site(site, actor=actor)
    return LapsingList(
        items=[answer_of(LapsingAnswer, each, party=each.party.id, party_name=each.party.name) for each in found]
    )
