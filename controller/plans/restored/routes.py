"""Restored entries over HTTP: list, keep, remove; with their answers."""

import re
from typing import Annotated

import msgspec
from fastapi import APIRouter

from controller.estate.errors import SiteUnknown
from controller.people.authentication import OpensDoors
from controller.people.model import Actor
from controller.people.permissions import Action, Thing, may
from controller.plans.restored.model import (
    NEEDS,
    AlreadyRemoved,
    EntryUnknown,
    ItemKind,
    PageCursor,
    RestoredDecision,
    RestoredEntry,
    describe,
    doors,
)
from controller.plans.restored.service import RestoredPlans, RestoredView
from controller.platform.text.id_patterns import ID_PATTERN
from controller.platform.web.fields import (
    LIST_LIMIT,
    After,
    Answer,
    Body,
    IdPath,
    Limit,
    LocalTime,
    Name,
    Page,
    SlugPath,
    answer_of,
)
from controller.platform.web.problem import NotSignedIn, described, invalid_field
from controller.platform.web.services import service


class DecisionBody(Body):
    """``reason`` is recorded with the name of the user who decides."""

    reason: Name


class RestoredAnswer(Answer):
    """``gone``: the door no longer has what the database would give it. ``doors``: their names. ``booking``: the
    booking's id, where it belongs to one. ``text``: what it is. ``may_decide``: whether the user may keep or remove it.
    ``decision``: keep or remove, empty until somebody decides; also with ``keep`` it can be removed until it ends."""

    id: str
    site: str
    kind: ItemKind
    gone: bool
    doors: list[str]
    booking: str | None
    starts: LocalTime
    ends: LocalTime
    text: str
    found_at: LocalTime
    may_decide: bool
    decision: RestoredDecision | None
    decided_at: LocalTime | None
    decided_by: str | None
    decided_reason: str | None


class RestoredPage(Page[RestoredAnswer]): ...


_GROUPS = {"waiting": False, "kept": True}
"""What ``next`` begins with -> whether the last of its page was decided."""


def place_of(after: str) -> PageCursor:
    """What ``next`` of a page says. Raises ``Invalid``."""
    group, _, entry_id = after.partition("-")
    if group not in _GROUPS or not re.fullmatch(ID_PATTERN, entry_id):
        raise invalid_field("after", "must be `next` of the page before")
    return PageCursor(decided=_GROUPS[group], id=entry_id)


def next_after(entry: RestoredEntry) -> str:
    """``next`` of a page that ends with that entry."""
    return f"{'kept' if entry.decision else 'waiting'}-{entry.id}"


def restored_answers(shown: RestoredView, actor: Actor) -> list[RestoredAnswer]:
    site = shown.parts.site
    knows_people = may(actor, Action.KEYS, Thing(site=site.id))
    return [
        answer_of(
            RestoredAnswer,
            one,
            site.tz,
            doors=doors(shown.pieces[one.id], shown.parts),
            booking=one.subject if one.kind is ItemKind.BOOKING else None,
            text=describe(
                one,
                shown.pieces[one.id],
                shown.parts,
                title=shown.titles.get(one.subject, ""),
                name=shown.names.get(one.subject, "") if knows_people else "",
            ),
            may_decide=may(actor, NEEDS[one.kind], Thing(site=site.id)),
            decided_reason=one.decided_why,
        )
        for one in shown.entries
    ]


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
