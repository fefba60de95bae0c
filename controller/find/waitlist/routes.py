"""The waiting list over HTTP, with its bodies and answers."""

from typing import Annotated, TypeVar

from fastapi import APIRouter, status
from pydantic import Field

from controller.bookings.diary.waitlist import WaitState
from controller.bookings.errors import NotPossible
from controller.bookings.schemas import BookingCreate
from controller.estate.errors import SiteUnknown
from controller.find.waitlist.model import InLine, NoOffer, NotBack, NothingToWaitFor, WaitDraft, WaitUnknown
from controller.find.waitlist.service import WaitlistService
from controller.find.waitlist.waiting_order import WaitView
from controller.people.authentication import Books, Reads, ReadsAnySite
from controller.platform.web.fields import Answer, IdPath, LocalTime, Slug, SlugPath, answer_of
from controller.platform.web.problem import NotSignedIn, described
from controller.platform.web.services import service


class WaitCreate(BookingCreate):
    """The requested booking. ``also``: other acceptable spaces, the best first."""

    also: Annotated[list[Slug], Field(max_length=20, default_factory=list)]

    def wait(self) -> WaitDraft:
        return WaitDraft(request=self.draft(), also=tuple(self.also))


class WaitRead(Answer):
    """``place``: 1 for the next among those who want some of the same time in some of the same rooms, null for somebody
    who does not wait. ``booking``: the hold that is, or was last, on offer; accept it by ``offered_until``."""

    id: str
    site: str
    spaces: list[str]
    title: str
    starts: LocalTime
    ends: LocalTime
    people: int | None
    party: str | None
    state: WaitState
    place: int | None
    booking: str | None
    offered_until: LocalTime | None
    made_at: LocalTime
    made_by: str


class WaitList(Answer):
    """In order of the waiting list."""

    items: list[WaitRead]


class OwnWaitRead(WaitRead):
    """``space_names``: those of the spaces that would do, the best first."""

    site_name: str
    space_names: list[str]


W = TypeVar("W", bound=WaitRead)


class OwnWaitList(Answer):
    """By start."""

    items: list[OwnWaitRead]


def wait_answer(view: WaitView) -> WaitRead:
    return _answer(WaitRead, view)


def own_wait_answer(view: WaitView) -> OwnWaitRead:
    rooms = view.where.by_space
    names = [rooms[each].space.name if each in rooms else each for each in view.wait.spaces]
    return _answer(OwnWaitRead, view, site_name=view.site.name, space_names=names)


def _answer(kind: type[W], view: WaitView, **more: object) -> W:
    asked = view.wait.asked
    return answer_of(
        kind,
        view.wait,
        view.site.tz,
        title=asked.title,
        starts=asked.during.start,
        ends=asked.during.end,
        people=asked.people,
        party=asked.party,
        place=view.place,
        **more,
    )


router = APIRouter(tags=["waiting list"], responses=described(NotSignedIn))
TheWaitlist = Annotated[WaitlistService, service(WaitlistService)]


@router.get("/sites/{site}/waiting", responses=described(SiteUnknown))
async def list_waiting(site: SlugPath, waitlist: TheWaitlist, actor: Reads) -> WaitList:
    """The waiting list of a site, with open offers; group leaders see their own party's entries."""
    return WaitList(items=[wait_answer(each) for each in await waitlist.in_line(site, actor=actor)])


@router.post(
    "/sites/{site}/waiting",
    status_code=status.HTTP_201_CREATED,
    responses=described(SiteUnknown, InLine, NothingToWaitFor, NotPossible),
)
async def join_waiting(site: SlugPath, body: WaitCreate, waitlist: TheWaitlist, actor: Books) -> WaitRead:
    """Wait for a time that is taken. When it becomes free it is held for the first in the queue, who then has the hours
    that the site's policy sets to accept."""
    return wait_answer(await waitlist.join(site, body.wait(), actor=actor))


@router.get("/my/waiting")
async def list_own_waiting(waitlist: TheWaitlist, actor: ReadsAnySite) -> OwnWaitList:
    """What the user's own parties wait for or have on offer at all sites."""
    return OwnWaitList(items=[own_wait_answer(each) for each in await waitlist.of_own_parties(actor=actor)])


@router.get("/waiting/{wait_id}", responses=described(WaitUnknown))
async def get_wait(wait_id: IdPath, waitlist: TheWaitlist, actor: Reads) -> WaitRead:
    """One wait, for users who see it in the list."""
    return wait_answer(await waitlist.get(wait_id, actor=actor))


@router.delete("/waiting/{wait_id}", responses=described(WaitUnknown, NoOffer))
async def leave_waiting(wait_id: IdPath, waitlist: TheWaitlist, actor: Books) -> WaitRead:
    """Leave the queue. An open offer is released and goes to the next person."""
    return wait_answer(await waitlist.withdraw(wait_id, actor=actor))


@router.post("/waiting/{wait_id}/restore", responses=described(WaitUnknown, NotBack, InLine))
async def rejoin_waiting(wait_id: IdPath, waitlist: TheWaitlist, actor: Books) -> WaitRead:
    """Undo leaving the queue within an hour: the place is the same as before."""
    return wait_answer(await waitlist.restore(wait_id, actor=actor))


@router.post("/waiting/{wait_id}/accept", responses=described(WaitUnknown, NoOffer, NotPossible))
async def accept_offer(wait_id: IdPath, waitlist: TheWaitlist, actor: Books) -> WaitRead:
    """Accept an offer. It is confirmed at once, or waits for a manager if the site's rules require it; if they no
    longer allow it, it is refused with the reasons."""
    return wait_answer(await waitlist.accept(wait_id, actor=actor))


@router.post("/waiting/{wait_id}/decline", responses=described(WaitUnknown, NoOffer))
async def decline_offer(wait_id: IdPath, waitlist: TheWaitlist, actor: Books) -> WaitRead:
    """Decline an offer; it goes to the next on the waiting list."""
    return wait_answer(await waitlist.decline(wait_id, actor=actor))
