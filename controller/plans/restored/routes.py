"""Restored entries over HTTP: list, keep, remove."""

from typing import Annotated

import msgspec
from fastapi import APIRouter

from controller.estate.errors import SiteUnknown
from controller.people.authentication import OpensDoors
from controller.plans.restored.model import AlreadyRemoved, EntryUnknown, RestoredDecision
from controller.plans.restored.schemas import (
    DecisionBody,
    RestoredAnswer,
    RestoredPage,
    next_after,
    place_of,
    restored_answers,
)
from controller.plans.restored.service import RestoredPlans
from controller.web.fields import LIST_LIMIT, After, IdPath, Limit, SlugPath
from controller.web.problem import NotSignedIn, described
from controller.web.services import service

router = APIRouter(tags=["plans"], responses=described(NotSignedIn))
TheRestored = Annotated[RestoredPlans, service(RestoredPlans)]


@router.get("/sites/{site}/restored", responses=described(SiteUnknown))
async def get_restored(
    site: SlugPath, restored: TheRestored, actor: OpensDoors, after: After = None, limit: Limit = LIST_LIMIT
) -> RestoredPage:
    """Differences between the doors' plans and a database restored from a backup: undecided entries first, then kept
    ones. Each stays as the doors have it until it ends or is removed."""
    place = place_of(after) if after else None
    shown = await restored.current(site, after=place, limit=limit + 1)
    more, shown = len(shown.entries) > limit, msgspec.structs.replace(shown, entries=shown.entries[:limit])
    return RestoredPage(items=restored_answers(shown, actor), next=next_after(shown.entries[-1]) if more else None)


@router.get("/restored/{restored_id}", responses=described(EntryUnknown))
async def get_one_restored(restored_id: IdPath, restored: TheRestored, actor: OpensDoors) -> RestoredAnswer:
    """One entry, also when it is over or removed."""
    return restored_answers(await restored.look_up(restored_id), actor)[0]


@router.post("/restored/{restored_id}/keep", responses=described(EntryUnknown, AlreadyRemoved))
async def keep_restored(
    restored_id: IdPath, body: DecisionBody, restored: TheRestored, actor: OpensDoors
) -> RestoredAnswer:
    """Keep an entry as the doors have it until it ends. Idempotent. Needs the same permission as the act by hand:
    for people's cards and codes the right to decide who opens doors, for opening hours to change them, for overrides
    to lock doors down, for bookings' codes to replace them."""
    return restored_answers(
        await restored.decide(restored_id, RestoredDecision.KEEP, why=body.reason, actor=actor), actor
    )[0]


@router.post("/restored/{restored_id}/remove", responses=described(EntryUnknown))
async def remove_restored(
    restored_id: IdPath, body: DecisionBody, restored: TheRestored, actor: OpensDoors
) -> RestoredAnswer:
    """Remove an entry, so that the doors follow the database: access that only they knew ends at once; access that
    they no longer had returns. Cannot be undone. Idempotent. Needs the same permission as keeping it."""
    return restored_answers(
        await restored.decide(restored_id, RestoredDecision.REMOVE, why=body.reason, actor=actor), actor
    )[0]
