"""Whom to ring, over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, status

from controller.estate.errors import SiteUnknown
from controller.notices.calls import CallService
from controller.notices.errors import NoticeUnknown
from controller.notices.schemas import CallBody, CallList, call_list
from controller.people.authentication import Runs
from controller.platform.web.fields import IdPath, SlugPath, read_moment
from controller.platform.web.problem import NotSignedIn, described
from controller.platform.web.services import service

router = APIRouter(tags=["notices"], responses=described(NotSignedIn, SiteUnknown))
TheCalls = Annotated[CallService, service(CallService)]
Called = Annotated[bool, Query(description="Those about whom somebody has rung instead")]


@router.get("/sites/{site}/calls")
async def list_calls(site: SlugPath, calls: TheCalls, actor: Runs, called: Called = False) -> CallList:
    """Whom to ring, since no mail and no text message reaches them: the number, and what has changed. What
    begins first comes first; of each booking and series all that nobody has told them yet."""
    return call_list(*await calls.of_site(site, called=called))


@router.post("/sites/{site}/calls", status_code=status.HTTP_201_CREATED)
async def add_call(site: SlugPath, body: CallBody, calls: TheCalls, actor: Runs) -> CallList:
    """Put somebody on the list by hand: who, why, and by when to ring; answers who is on it."""
    due = read_moment(body.due)
    await calls.add(site, name=body.name, phone=body.phone, why=body.why, due=due, actor=actor)
    return call_list(*await calls.of_site(site, called=False))


@router.post("/sites/{site}/calls/{notice}/no-answer", responses=described(NoticeUnknown))
async def note_no_answer(site: SlugPath, notice: IdPath, calls: TheCalls, actor: Runs) -> CallList:
    """Note that you have rung and nobody answered; it stays on the list, which is the answer."""
    await calls.no_answer(site, notice, actor=actor)
    return call_list(*await calls.of_site(site, called=False))


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
