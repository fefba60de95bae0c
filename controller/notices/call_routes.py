"""Whom to ring, over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query

from controller.estate.errors import SiteUnknown
from controller.notices.calls import CallService
from controller.notices.errors import NoticeUnknown
from controller.notices.schemas import CallList, call_list
from controller.people.authentication import Runs
from controller.web.fields import IdPath, SlugPath
from controller.web.problem import NotSignedIn, described
from controller.web.services import service

router = APIRouter(tags=["notices"], responses=described(NotSignedIn, SiteUnknown))
TheCalls = Annotated[CallService, service(CallService)]
Called = Annotated[bool, Query(description="Those about whom somebody has rung instead")]


@router.get("/sites/{site}/calls")
async def list_calls(site: SlugPath, calls: TheCalls, actor: Runs, called: Called = False) -> CallList:
    """Whom to ring, since no mail and no text message reaches them: the number, and what has changed. What
    begins first comes first; of each booking and series all that nobody has told them yet."""
    return call_list(*await calls.of_site(site, called=called))


@router.put("/sites/{site}/calls/{notice}", responses=described(NoticeUnknown))
async def mark_call(site: SlugPath, notice: IdPath, calls: TheCalls, actor: Runs) -> CallList:
    """Tick one off, since you have rung; answers who is left."""
    await calls.mark(site, notice, called=True, actor=actor)
    return call_list(*await calls.of_site(site, called=False))


@router.delete("/sites/{site}/calls/{notice}", responses=described(NoticeUnknown))
async def unmark_call(site: SlugPath, notice: IdPath, calls: TheCalls, actor: Runs) -> CallList:
    """Put one back on the list; answers who is on it."""
    await calls.mark(site, notice, called=False, actor=actor)
    return call_list(*await calls.of_site(site, called=False))
