"""The ways to a site and its doors over HTTP."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response, status

from controller.estate.errors import DoorUnknown, SiteUnknown
from controller.estate.ways.model import NoPhoto, Way, WayDraft
from controller.estate.ways.service import WayService
from controller.people.authentication import Reads, Runs
from controller.people.optimistic_locking import VersionStale
from controller.platform.web.fields import Answer, Body, Note, Slug, SlugPath, Versioned
from controller.platform.web.problem import NotSignedIn, TooLarge, described
from controller.platform.web.services import service

router = APIRouter(tags=["estate"], responses=described(NotSignedIn, SiteUnknown))
TheWays = Annotated[WayService, service(WayService)]
DoorQuery = Annotated[Slug | None, Query(description="To which door; without it, to the building")]
_BINARY = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
_TAKES_FILE: dict[str, Any] = {"requestBody": {"required": True, "content": _BINARY}}
_PHOTO = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in ("image/jpeg", "image/png")}
_GUARDED = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, max-age=86400",
    "X-Robots-Tag": "noindex",
}


class WayBody(Body):
    """The way to a site or door: ``text`` in words, ``step_free`` the way without steps."""

    text: Note = ""
    step_free: Note = ""


class PutWayBody(WayBody, Versioned): ...


class WayAnswer(Answer):
    """The way to a site, or to its ``door``. ``photo``: a number that changes with its photograph, null without one;
    ``size``: of that, in bytes."""

    door: str | None
    text: str
    step_free: str
    photo: int | None
    size: int
    version: int


class WayList(Answer):
    items: list[WayAnswer]


def _answer(way: Way) -> WayAnswer:
    return WayAnswer(
        door=way.door or None,
        text=way.text,
        step_free=way.step_free,
        photo=way.photo if way.media_type else None,
        size=way.size,
        version=way.version,
    )


@router.get("/sites/{site}/ways")
async def list_ways(site: SlugPath, ways: TheWays, actor: Reads) -> WayList:
    """How people get to the building and to each of its doors, as far as somebody has written it."""
    return WayList(items=[_answer(each) for each in (await ways.of_site(site))[1]])


@router.put("/sites/{site}/ways", responses=described(DoorUnknown, VersionStale))
async def put_way(site: SlugPath, body: PutWayBody, ways: TheWays, actor: Runs, door: DoorQuery = None) -> WayAnswer:
    """Write the way to the building, or to a door. Its photograph stays."""
    draft = WayDraft(text=body.text, step_free=body.step_free)
    return _answer(await ways.put(site, door or "", draft, version=body.version, actor=actor))


@router.get(
    "/sites/{site}/ways/content",
    response_class=Response,
    responses={200: {"content": _PHOTO}, **described(NoPhoto)},
)
async def read_way_photo(site: SlugPath, ways: TheWays, actor: Reads, door: DoorQuery = None) -> Response:
    """The photograph of the way to the building, or to a door."""
    return photo_response(*await ways.photo(site, door or ""))


@router.put("/sites/{site}/ways/content", responses=described(DoorUnknown, TooLarge), openapi_extra=_TAKES_FILE)
async def put_way_photo(
    site: SlugPath, request: Request, ways: TheWays, actor: Runs, door: DoorQuery = None
) -> WayAnswer:
    """Keep a photograph of the way: a JPEG or PNG of at most 5 MB, told by its content. Where, when and with what
    it was taken is removed from it."""
    return _answer(await ways.put_photo(site, door or "", await request.body(), actor=actor))


@router.delete("/sites/{site}/ways/content", status_code=status.HTTP_204_NO_CONTENT, responses=described(DoorUnknown))
async def delete_way_photo(site: SlugPath, ways: TheWays, actor: Runs, door: DoorQuery = None) -> None:
    """Delete the photograph of a way."""
    await ways.remove_photo(site, door or "", actor=actor)


def photo_response(media_type: str, content: bytes) -> Response:
    """A picture that runs nothing, whatever else a browser takes it for."""
    return Response(content, media_type=media_type, headers=_GUARDED)
