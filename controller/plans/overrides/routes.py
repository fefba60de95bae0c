"""Overrides over HTTP: create one, end it, list those in force and those of the past."""

from datetime import datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, status

from controller.estate.errors import DoorUnknown, SiteUnknown
from controller.estate.service import require_site
from controller.people.authentication import LocksDown, SeesLive
from controller.plans.overrides.model import OverrideDraft
from controller.plans.overrides.schemas import EndBody, OverrideAnswer, OverrideBody, OverridePage, override_answers
from controller.plans.overrides.service import OverrideService, OverrideUnknown, TooManyOverrides
from controller.web.fields import After, IdPath, Limit, SlugPath, page_of, read_moment
from controller.web.problem import NotSignedIn, described, invalid_field
from controller.web.services import TheDatabase, service

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
