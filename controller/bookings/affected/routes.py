"""The list of affected bookings over HTTP, with its bodies and answers."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field, model_validator

from controller.bookings.affected.service import MOST, AffectedBookings, AffectedDecision, AffectedSelection
from controller.bookings.answers import booking_answer
from controller.bookings.booking_view import BookingView
from controller.bookings.diary.model import Cause
from controller.bookings.schemas import BookingRead
from controller.estate.errors import SiteUnknown
from controller.people.authentication import Decides
from controller.people.model import Actor
from controller.platform.web.fields import (
    LIST_LIMIT,
    Answer,
    Body,
    Id,
    Limit,
    Note,
    Page,
    Slug,
    SlugPath,
    Whole,
    Yes,
    page_of,
)
from controller.platform.web.problem import NotSignedIn, ReasonBody, described
from controller.platform.web.services import service

Days = Annotated[Whole, Field(ge=-366, le=366)]


class WhichBody(Body):
    """The bookings to decide on: these ``bookings`` of the site, on the list or named by a check, or ``all`` on the
    list that nobody has decided on (with ``kept`` false: that are kept), at most 500 at once, of these ``causes``
    only."""

    bookings: Annotated[list[Id] | None, Field(min_length=1, max_length=MOST)] = None
    all: Yes = False
    causes: Annotated[list[Cause] | None, Field(min_length=1, max_length=len(Cause))] = None

    @model_validator(mode="after")
    def _one_way(self) -> "WhichBody":
        if (self.bookings is None) is not self.all:
            raise ValueError("give either the ids of bookings, or all: true")
        if self.causes is not None and not self.all:
            raise ValueError("causes narrow all; leave them out if bookings are named")
        return self

    def which(self) -> AffectedSelection:
        ids = None if self.bookings is None else tuple(dict.fromkeys(self.bookings))
        return AffectedSelection(ids=ids, causes=frozenset(self.causes or Cause))


class KeepBody(WhichBody):
    """``kept`` false: withdraw an earlier decision to keep it. ``reason``: recorded in the booking's log."""

    kept: Yes = True
    reason: Note = ""


class CancelAffectedBody(WhichBody):
    """``reason``: recorded in the booking's log."""

    reason: Note = ""


class MoveAffectedBody(WhichBody):
    """To another ``space``, or by ``days`` at the same time of day (a negative number is earlier), or both."""

    space: Slug | None = None
    days: Days = 0
    overrule: Yes = False

    @model_validator(mode="after")
    def _somewhere(self) -> "MoveAffectedBody":
        if self.space is None and not self.days:
            raise ValueError("give a space, or days other than 0")
        return self


class AffectedPage(Page[BookingRead]): ...


class NotDone(Answer):
    """A booking that stays as it is, and why."""

    id: str
    detail: str
    reasons: list[ReasonBody]


class DecidedAnswer(Answer):
    """``refused``: those that stay as they are. ``left``: how many on the list are still undecided."""

    done: list[BookingRead]
    refused: list[NotDone]
    left: int


def affected_page(views: Sequence[BookingView], actor: Actor, *, limit: int) -> AffectedPage:
    """``views``: one more than ``limit`` where there are more."""
    return page_of(
        AffectedPage, views, limit, lambda view: booking_answer(view, actor), key=lambda view: view.booking.id
    )


def decided_answer(decided: AffectedDecision, actor: Actor) -> DecidedAnswer:
    return DecidedAnswer(
        done=[booking_answer(view, actor) for view in decided.done],
        refused=[
            NotDone(id=each.booking_id, detail=each.problem.detail, reasons=list(each.problem.reasons))
            for each in decided.refused
        ],
        left=decided.left,
    )


router = APIRouter(tags=["bookings"], responses=described(NotSignedIn, SiteUnknown))
TheAffected = Annotated[AffectedBookings, service(AffectedBookings)]


@router.get("/sites/{site}/affected-bookings")
async def list_affected(
    site: SlugPath,
    affected: TheAffected,
    actor: Decides,
    causes: Annotated[
        list[Cause] | None, Query(alias="cause", max_length=len(Cause), description="Any of these; all if none")
    ] = None,
    kept: Annotated[bool, Query(description="Those that go ahead anyway, instead of the undecided")] = False,
    after: Annotated[Id | None, Query(description="`next` of the page before; leave out for the first page")] = None,
    limit: Limit = LIST_LIMIT,
) -> AffectedPage:
    """Future bookings that a closure or another change of hours, policy or building affects, by start; `affected_by`
    says what it did to each. A booking leaves the list when it is moved or cancelled, or when a later change removes
    the cause."""
    found = await affected.page(site, causes=causes or list(Cause), kept=kept, after=after, limit=limit + 1)
    return affected_page(found, actor, limit=limit)


@router.post("/sites/{site}/affected-bookings/keep")
async def keep_affected(site: SlugPath, body: KeepBody, affected: TheAffected, actor: Decides) -> DecidedAnswer:
    """Decide that bookings go ahead anyway. Their message and door page say so."""
    done = await affected.keep(site, body.which(), kept=body.kept, why=body.reason, actor=actor)
    return decided_answer(done, actor)


@router.post("/sites/{site}/affected-bookings/cancel")
async def cancel_affected(
    site: SlugPath, body: CancelAffectedBody, affected: TheAffected, actor: Decides
) -> DecidedAnswer:
    """Cancel bookings, each separately."""
    return decided_answer(await affected.cancel(site, body.which(), why=body.reason, actor=actor), actor)


@router.post("/sites/{site}/affected-bookings/move")
async def move_affected(site: SlugPath, body: MoveAffectedBody, affected: TheAffected, actor: Decides) -> DecidedAnswer:
    """Move bookings, each separately: one that cannot be moved stays, with the reasons."""
    done = await affected.move(
        site, body.which(), space=body.space, days=body.days, overrule=body.overrule, actor=actor
    )
    return decided_answer(done, actor)
