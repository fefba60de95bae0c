"""The ways to a site and its doors, written by who runs it: a plain page, which works without script."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError

from controller.estate.errors import SiteUnknown
from controller.estate.ways.model import Way, WayDraft
from controller.estate.ways.routes import PutWayBody
from controller.estate.ways.service import WayService
from controller.people.authentication import find_actor
from controller.people.model import Actor
from controller.people.permissions import Action, Thing, may
from controller.platform.uploads.photo import LARGEST_PHOTO
from controller.platform.web.csrf import ForeignOrigin
from controller.platform.web.problem import Problem
from controller.platform.web.services import service
from controller.screens.door_pages.plain_page import PlainPage, SiteQuery, read_asset, read_parts, why
from controller.screens.door_pages.words import gettext, marked

_PAGE = PlainPage("ways.html", "forms.css", script=read_asset("upload.js"), title=marked("The way"))
_CALLED = {"text": "The way", "step_free": "The way without steps", "body": "The photograph"}
"""What the page calls the fields of the API."""

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class WayPages:
    """The service that the page uses, and the request."""

    ways: Annotated[WayService, service(WayService)]
    request: Request


ThePages = Annotated[WayPages, Depends()]


@router.api_route("/ways", methods=["GET", "HEAD"])
async def show(pages: ThePages, site: SiteQuery, done: Annotated[str, Query(max_length=20)] = "") -> HTMLResponse:
    """The ways as they are, each with its form."""
    entered = await _enter(pages, site)
    return (
        entered
        if isinstance(entered, HTMLResponse)
        else await _shown(pages, site, notice=gettext("Kept.") if done else "")
    )


@router.api_route("/ways/upload", methods=["GET", "HEAD"])
async def leave_upload(site: SiteQuery) -> RedirectResponse:
    """From where a form was refused, back to the page that has it."""
    return RedirectResponse(f"/ways?site={site}", 303)


@router.post("/ways/upload")
async def write(pages: ThePages, site: SiteQuery) -> Response:
    """Keep what was written about one way, with its photograph if one was chosen, or delete that."""
    entered = await _enter(pages, site)
    if isinstance(entered, HTMLResponse):
        return entered
    door, typed = "", dict[str, str]()
    try:
        parts = read_parts(await pages.request.body(), pages.request.headers.get("content-type", ""))
        photo = parts.pop("file", b"")
        typed = {name: value.decode("utf-8", "replace").replace("\r\n", "\n") for name, value in parts.items()}
        door = typed.get("door", "")[:40]
        version = int(text) if (text := typed.get("version", "")).isdecimal() else 0
        given = {name: typed.get(name, "") for name in ("text", "step_free")}
        body = PutWayBody.model_validate(given | {"version": version})
        draft = WayDraft(text=body.text, step_free=body.step_free)
        await pages.ways.put(site, door, draft, version=body.version, actor=entered)
        if photo:
            await pages.ways.put_photo(site, door, photo, actor=entered)
        elif typed.get("remove") == "yes":
            await pages.ways.remove_photo(site, door, actor=entered)
    except (ValidationError, Problem) as error:
        status = 422 if isinstance(error, ValidationError) else error.status
        return await _shown(pages, site, status=status, notice=why(error, _CALLED), typed=(door, typed))
    return RedirectResponse(f"/ways?site={site}&done=kept", 303)


async def _enter(pages: WayPages, site: str) -> Actor | HTMLResponse:
    """The actor, where they run the site; a page that refuses otherwise."""
    try:
        actor = await find_actor(pages.request)
    except ForeignOrigin as refused:
        return _PAGE.refuse(403, refused.detail)
    return actor if actor is not None and may(actor, Action.RUN, Thing(site=site)) else _PAGE.refuse()


async def _shown(
    pages: WayPages, site: str, *, status: int = 200, notice: str = "", typed: tuple[str, dict[str, str]] | None = None
) -> HTMLResponse:
    try:
        parts, found = await pages.ways.of_site(site)
    except SiteUnknown as error:
        return _PAGE.refuse(404, error.detail)
    by_door = {each.door: each for each in found}
    places = [("", gettext("The building")), *((each.id, each.name) for each in parts.doors)]
    rows = [_row(by_door.get(door, Way(site=site, door=door)), name, typed) for door, name in places]
    return _PAGE.render(
        status,
        page="ways",
        heading=gettext("The way to %(door)s", door=parts.site.name),
        notice=notice,
        site=site,
        phone=parts.site.phone,
        rows=rows,
        largest=LARGEST_PHOTO,
    )


def _row(way: Way, name: str, typed: tuple[str, dict[str, str]] | None) -> dict[str, object]:
    """``typed``: what was refused, and of which door."""
    given = typed[1] if typed is not None and typed[0] == way.door else {}
    return {
        "way": way,
        "name": name,
        "text": given.get("text", way.text),
        "step_free": given.get("step_free", way.step_free),
        "version": way.version,
        "photo": f"/api/v1/sites/{way.site}/ways/content?photo={way.photo}" + (f"&door={way.door}" if way.door else ""),
    }
