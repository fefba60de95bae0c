"""A site as one file over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from controller.estate.errors import InUse, SiteUnknown
from controller.estate.schemas import NAMED_OBSTACLES, DifferenceAnswer, ObstacleAnswer
from controller.estate.site_file.service import SiteFile, SiteFileOutcome
from controller.people.authentication import Builds, Runs
from controller.platform.web.fields import Answer, SlugPath, answer_of
from controller.platform.web.problem import NotSignedIn, TooLarge, described
from controller.platform.web.services import service


class ProblemAnswer(Answer):
    """``place``: in the file, such as "spaces.hall.floor"; empty for the file as a whole."""

    place: str
    text: str


class SiteFileAnswer(Answer):
    """``written``: whether the site is now as the file says. ``new``: whether the site is new. ``possible``: whether
    the file can be written. ``problems``: everything wrong with the file. ``obstacles``: the first 500 of the ``count``
    bookings and pairs of bookings that prevent it. ``rewritten``: future bookings whose claims are written again.
    ``notes`` refuse nothing."""

    written: bool
    new: bool
    possible: bool
    changes: list[DifferenceAnswer]
    problems: list[ProblemAnswer]
    obstacles: list[ObstacleAnswer]
    count: int
    rewritten: int
    notes: list[str]


def site_file_answer(brought: SiteFileOutcome) -> SiteFileAnswer:
    foreseen = brought.foreseen
    return answer_of(
        SiteFileAnswer,
        brought,
        obstacles=foreseen.obstacles[:NAMED_OBSTACLES],
        count=len(foreseen.obstacles),
        rewritten=foreseen.rewritten,
        notes=foreseen.notes,
    )


MEDIA_TYPE = "application/toml"
_TEXT: dict[str, object] = {"content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}
_BODY: dict[str, object] = {"requestBody": {"required": True, **_TEXT}}

router = APIRouter(tags=["estate"], responses=described(NotSignedIn))
TheSiteFile = Annotated[SiteFile, service(SiteFile)]


@router.get(
    "/sites/{site}/file",
    response_class=Response,
    responses={200: {"description": "TOML", **_TEXT}, **described(SiteUnknown)},
)
async def get_site_file(site: SlugPath, site_file: TheSiteFile, actor: Runs) -> Response:
    """The site as one TOML file: the building, its hours, its rules. It holds public keys and no secrets."""
    named = {"Content-Disposition": f'attachment; filename="{site}.toml"'}
    return Response(await site_file.export(site), media_type=MEDIA_TYPE, headers=named)


@router.put("/sites/{site}/file", openapi_extra=_BODY, responses=described(InUse, TooLarge))
async def put_site_file(
    site: SlugPath,
    request: Request,
    site_file: TheSiteFile,
    actor: Builds,
    check: Annotated[bool, Query(description="Preview the file's changes, and write nothing")] = False,
    prune: Annotated[bool, Query(description="Delete what the tables in the file leave out")] = False,
    anyway: Annotated[bool, Query(description="Change hours in spite of bookings outside the new ones")] = False,
) -> SiteFileAnswer:
    """Change the site to what a TOML file says, or create it, all or nothing. Importing the file again changes nothing.
    Anything it leaves out stays; with `prune`, things missing from a table in the file are deleted."""
    data = await request.body()
    if check:
        return site_file_answer(await site_file.check(site, data, prune=prune, anyway=anyway))
    return site_file_answer(await site_file.bring(site, data, prune=prune, anyway=anyway, actor=actor.name))
