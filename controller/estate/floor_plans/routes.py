"""The floor plan of a site over HTTP."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from controller.estate.errors import SiteUnknown
from controller.estate.floor_plans.model import NoFloorPlan, NothingToPutBack, PlaceKind
from controller.estate.floor_plans.service import FloorPlanService, PlanOfSite
from controller.people.authentication import Runs, SeesLive
from controller.people.optimistic_locking import VersionStale
from controller.platform.web.fields import Answer, SlugPath, answer_of
from controller.platform.web.problem import NotSignedIn, TooLarge, described
from controller.platform.web.services import service

router = APIRouter(tags=["estate"], responses=described(NotSignedIn, SiteUnknown))
TheFloorPlans = Annotated[FloorPlanService, service(FloorPlanService)]
VersionQuery = Annotated[int, Query(ge=0, lt=2**53, description="As it was read; 0 where there never was a plan")]
CheckQuery = Annotated[bool, Query(description="Answer how it would be kept, and write nothing")]
KIND = "image/svg+xml"
_SVG = {KIND: {"schema": {"type": "string"}}}
_TAKES_SVG: dict[str, Any] = {"requestBody": {"required": True, "content": _SVG}}
_GUARDED = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "Content-Disposition": 'inline; filename="floor-plan.svg"',
    "X-Robots-Tag": "noindex",
}


class FloorPlanDropped(Answer):
    """What of a drawing is not kept, in words, and how often it was there."""

    what: str
    count: int


class FloorPlanPlace(Answer):
    """A door or a space of the site. ``element``: the id of its element in the drawing, null where it has none."""

    kind: PlaceKind
    id: str
    name: str
    element: str | None


class FloorPlanAnswer(Answer):
    """``version``: give it with the next change. ``drawing``: the SVG as it is kept, null where the site has none.
    ``unmatched``: ids in it that are of no door and no space, without those that programs give by themselves.
    ``dropped``: what of it was not kept. ``before``: whether there is one that can be put back."""

    version: int
    drawing: str | None
    places: list[FloorPlanPlace]
    unmatched: list[str]
    dropped: list[FloorPlanDropped]
    before: bool


def _answer(found: PlanOfSite) -> FloorPlanAnswer:
    shown = found.plan.shown
    return FloorPlanAnswer(
        version=found.plan.version,
        drawing=shown.drawing if shown else None,
        places=[answer_of(FloorPlanPlace, each) for each in found.places],
        unmatched=found.unmatched,
        dropped=[answer_of(FloorPlanDropped, each) for each in shown.dropped] if shown else [],
        before=found.plan.before is not None,
    )


@router.get("/sites/{site}/floor-plan")
async def get_floor_plan(site: SlugPath, floor_plans: TheFloorPlans, actor: SeesLive) -> FloorPlanAnswer:
    """The floor plan of the site, and which of its doors and spaces are in the drawing."""
    return _answer(await floor_plans.of_site(site))


@router.get(
    "/sites/{site}/floor-plan/content",
    response_class=Response,
    responses={200: {"content": _SVG}, **described(NoFloorPlan)},
)
async def read_floor_plan(site: SlugPath, floor_plans: TheFloorPlans, actor: SeesLive) -> Response:
    """The drawing as a file."""
    return Response(await floor_plans.drawing(site), media_type=KIND, headers=_GUARDED)


@router.put("/sites/{site}/floor-plan", responses=described(VersionStale, TooLarge), openapi_extra=_TAKES_SVG)
async def put_floor_plan(
    site: SlugPath,
    request: Request,
    floor_plans: TheFloorPlans,
    actor: Runs,
    version: VersionQuery,
    check: CheckQuery = False,
) -> FloorPlanAnswer:
    """Keep an SVG of at most 1 MB as the floor plan, in place of the one before. It is rebuilt of shapes, texts and
    colours; the answer says what else was in it."""
    content = await request.body()
    if check:
        return _answer(await floor_plans.check(site, content))
    return _answer(await floor_plans.put(site, content, version=version, actor=actor))


@router.delete("/sites/{site}/floor-plan", responses=described(NoFloorPlan, VersionStale))
async def delete_floor_plan(
    site: SlugPath, floor_plans: TheFloorPlans, actor: Runs, version: VersionQuery
) -> FloorPlanAnswer:
    """Show no floor plan. It can be put back."""
    return _answer(await floor_plans.remove(site, version=version, actor=actor))


@router.post("/sites/{site}/floor-plan/undo", responses=described(NothingToPutBack, VersionStale))
async def undo_floor_plan(
    site: SlugPath, floor_plans: TheFloorPlans, actor: Runs, version: VersionQuery
) -> FloorPlanAnswer:
    """Put back the floor plan before the last change."""
    return _answer(await floor_plans.undo(site, version=version, actor=actor))
