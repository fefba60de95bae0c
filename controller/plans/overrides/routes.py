"""Overrides over HTTP: create one, end it, list those in force and those of the past; with their bodies and answers."""

from datetime import datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, status
from pydantic import Field

from controller.estate.errors import DoorUnknown, SiteUnknown
from controller.estate.service import require_site
from controller.people.authentication import LocksDown, SeesLive
from controller.people.model import Actor
from controller.people.permissions import Action, Thing, may
from controller.plans.overrides.model import OverrideDraft
from controller.plans.overrides.service import OverrideService, OverridesView, OverrideUnknown, TooManyOverrides
from controller.plans.overrides.status import At
from controller.platform.web.fields import (
    After,
    Answer,
    Body,
    IdPath,
    Limit,
    Line,
    LocalTime,
    MomentText,
    Name,
    Page,
    Slug,
    SlugPath,
    Whole,
    answer_of,
    page_of,
    read_moment,
)
from controller.platform.web.problem import NotSignedIn, described, invalid_field
from controller.platform.web.services import TheDatabase, service
from edge.wire.plan import OverrideKind


class OverrideBody(Body):
    """``doors``: left out, every door of the site, also one that is made later. ``starts``: left out, now. ``ends``:
    left out, after 1 hour of holding open, 4 hours of lock-down, 24 hours out of service; at most 24 hours, 7 days and
    35 days after the start. ``minutes``: how long, instead of ``ends``."""

    kind: OverrideKind
    reason: Name
    doors: Annotated[list[Slug], Field(min_length=1, max_length=200)] | None = None
    starts: MomentText | None = None
    ends: MomentText | None = None
    minutes: Annotated[Whole, Field(ge=1, le=50_400)] | None = None


class EndBody(Body):
    """``reason``: why it is ended early; may be left out."""

    reason: Line = ""


class DoorOfOverride(Answer):
    """``state``: on, waiting (the door is being updated), unreachable (it is not on the door), removing (it may
    still be there) or gone. ``holds``: whether it decides at the door now."""

    door: str
    name: str
    state: At
    since: LocalTime | None
    holds: bool
    text: str


class OverrideAnswer(Answer):
    """``whole``: of the whole site. ``stands``: whether it is in force or planned. Names and reasons are empty for
    users who may not see them."""

    id: str
    site: str
    kind: OverrideKind
    whole: bool
    starts: LocalTime
    ends: LocalTime
    reason: str
    actor: str
    made_at: LocalTime
    ended_at: LocalTime | None
    ended_by: str | None
    ended_reason: str | None
    stands: bool
    doors: list[DoorOfOverride]


class OverridePage(Page[OverrideAnswer]): ...


def override_answers(shown: OverridesView, actor: Actor) -> list[OverrideAnswer]:
    site = shown.parts.site
    hidden = {"reason": "", "actor": "", "ended_by": None}
    visible = may(actor, Action.LOG, Thing(site=site.id))
    return [
        answer_of(
            OverrideAnswer,
            one,
            site.tz,
            ended_reason=one.ended_why if visible else None,
            stands=one.wanted(shown.now),
            doors=shown.doors[one.id],
            **({} if visible else hidden),
        )
        for one in shown.ordered
    ]


router = APIRouter(tags=["plans"], responses=described(NotSignedIn))
TheOverrides = Annotated[OverrideService, service(OverrideService)]
PAGE = 50
History = Annotated[bool, Query(description="All there ever were, the newest first, in pages")]


@router.post(
    "/sites/{site}/overrides",
    status_code=status.HTTP_201_CREATED,
    responses=described(SiteUnknown, DoorUnknown, TooManyOverrides),
)
async def post_override(
    site: SlugPath, body: OverrideBody, database: TheDatabase, overrides: TheOverrides, actor: LocksDown
) -> OverrideAnswer:
    """Hold doors open, lock them down or take them out of service for a time. The plans are published at once;
    `doors` of the answer, and then `WS /live`, show where it is in force. Exit and fire release are not affected."""
    if body.ends is not None and body.minutes is not None:
        raise invalid_field("minutes", "say either until when or for how long")
    async with database.read() as tx:
        zone = (await require_site(tx, site)).tz
    draft = OverrideDraft(
        kind=body.kind,
        doors=tuple(body.doors) if body.doors is not None else None,
        reason=body.reason,
        starts=_moment(body.starts, zone, "starts"),
        ends=_moment(body.ends, zone, "ends"),
        length=timedelta(minutes=body.minutes) if body.minutes is not None else None,
    )
    shown = await overrides.order(site, draft, actor=actor)
    return override_answers(shown, actor)[0]


@router.get("/sites/{site}/overrides", responses=described(SiteUnknown))
async def get_overrides(
    site: SlugPath,
    overrides: TheOverrides,
    actor: SeesLive,
    history: History = False,
    after: After = None,
    limit: Limit = PAGE,
) -> OverridePage:
    """The overrides that are in force, planned, or ended and perhaps still on a door."""
    if not history:
        return OverridePage(items=override_answers(await overrides.current(site), actor), next=None)
    shown = await overrides.history(site, before=after, limit=limit + 1)
    items = override_answers(shown, actor)
    return page_of(OverridePage, items, limit, lambda item: item, key=lambda item: item.id)


@router.get("/overrides/{override_id}", responses=described(OverrideUnknown))
async def get_override(override_id: IdPath, overrides: TheOverrides, actor: SeesLive) -> OverrideAnswer:
    """One override, with its state at each of its doors."""
    return override_answers(await overrides.look(override_id), actor)[0]


@router.post("/overrides/{override_id}/end", responses=described(OverrideUnknown))
async def end_override(
    override_id: IdPath, overrides: TheOverrides, actor: LocksDown, body: EndBody | None = None
) -> OverrideAnswer:
    """End an override early; the doors go back to their timetable. Ending it again changes nothing."""
    why = body.reason if body is not None else ""
    shown = await overrides.end(override_id, why=why, actor=actor)
    return override_answers(shown, actor)[0]


def _moment(text: str | None, zone: ZoneInfo, field: str) -> datetime | None:
    return read_moment(text).resolve(zone, field) if text is not None else None
