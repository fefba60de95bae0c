"""The list of affected bookings over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query

from controller.bookings.affected.schemas import (
    AffectedPage,
    CancelAffectedBody,
    DecidedAnswer,
    KeepBody,
    MoveAffectedBody,
    affected_page,
    decided_answer,
)
from controller.bookings.affected.service import AffectedBookings
from controller.diary.model import Cause
from controller.estate.errors import SiteUnknown
from controller.people.authentication import Decides
from controller.web.fields import LIST_LIMIT, Id, Limit, SlugPath
from controller.web.problem import NotSignedIn, described
from controller.web.services import service

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
