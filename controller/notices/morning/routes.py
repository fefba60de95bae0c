"""A manager's morning over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, status

from controller.estate.errors import SiteUnknown
from controller.notices.morning.schemas import MorningAnswer, SeenBody, morning_answer
from controller.notices.morning.service import MorningService
from controller.people.authentication import Runs
from controller.platform.web.fields import SlugPath
from controller.platform.web.problem import NotSignedIn, described
from controller.platform.web.services import service

router = APIRouter(tags=["notices"], responses=described(NotSignedIn, SiteUnknown))
TheMornings = Annotated[MorningService, service(MorningService)]
Days = Annotated[int, Query(ge=1, le=7, description="How many evenings ago what has changed begins")]


@router.get("/sites/{site}/morning")
async def get_morning(site: SlugPath, mornings: TheMornings, actor: Runs, days: Days = 1) -> MorningAnswer:
    """All that needs somebody who runs the site at the start of the day: what waits for a decision, who is late, what
    has changed since 18:00 yesterday, what closures, dead doors and lapsed documents hit, what was never used, whom to
    ring."""
    return morning_answer(await mornings.of_site(site, days=days, actor=actor), actor)


@router.post("/sites/{site}/morning/seen", status_code=status.HTTP_204_NO_CONTENT)
async def mark_seen(site: SlugPath, body: SeenBody, mornings: TheMornings, actor: Runs) -> None:
    """Note what you have seen of a morning, for a week and on all your devices; or have it shown again."""
    await mornings.see(site, body.keys, seen=body.seen, actor=actor)
