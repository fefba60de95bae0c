"""Documents of parties on plain pages: what lapses at a site, and what one party has shown. Without script."""

from importlib.resources import files
from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup
from pydantic import ValidationError

from controller.documents.errors import NothingSeen
from controller.documents.schemas import DocumentBody
from controller.documents.service import DocumentService
from controller.door_pages.door_page import CSS
from controller.door_pages.form_headers import form_headers
from controller.estate.errors import SiteUnknown
from controller.notices.lapsing import LapsingService
from controller.people.authentication import find_actor
from controller.people.directory import PartyDirectory
from controller.people.errors import ForeignOrigin, PartyForgotten, PartyUnknown
from controller.people.model import Actor, Party
from controller.people.permissions import Action, Thing, may
from controller.web.fields import SlugPath
from controller.web.problem import Invalid
from controller.web.services import service
from edge.wire.ids import SLUG_PATTERN

_HERE = files("controller.door_pages")
_CSS = CSS + (_HERE / "induction.css").read_text(encoding="utf-8")
_TEMPLATE = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True).from_string(
    (_HERE / "documents.html").read_text(encoding="utf-8")
)
HEADERS = form_headers(_CSS)
_TITLE = "Documents"
_NOT_YOURS = "You may not see this. Sign in as somebody who may, then open this page again."
_FIELDS = ("kind", "valid_from", "valid_until", "notes")

router = APIRouter(include_in_schema=False)
TheDocuments = Annotated[DocumentService, service(DocumentService)]
TheDirectory = Annotated[PartyDirectory, service(PartyDirectory)]
TheLapsing = Annotated[LapsingService, service(LapsingService)]
SiteQuery = Annotated[str, Query(pattern=SLUG_PATTERN)]


@router.api_route("/documents", methods=["GET", "HEAD"])
async def show_site(lapsing: TheLapsing, request: Request, site: SiteQuery) -> HTMLResponse:
    """What has lapsed, is missing or lapses soon."""
    actor = await find_actor(request)
    if actor is None or not may(actor, Action.PEOPLE, Thing(site=site)):
        return _refused()
    try:
        found = await lapsing.of_site(site, actor=actor)
    except SiteUnknown as error:
        return _rendered(404, page="none", heading=_TITLE, notice=error.detail)
    return _rendered(page="site", heading="What lapses", notice="", lapsing=found)


@router.api_route("/documents/{party}", methods=["GET", "HEAD"])
async def show_party(
    party: SlugPath, documents: TheDocuments, directory: TheDirectory, request: Request
) -> HTMLResponse:
    """What a party has shown."""
    actor = await find_actor(request)
    found = await _allowed(directory, party, actor, Action.DOCUMENTS)
    if found is None or actor is None:
        return _refused()
    return await _shown(documents, found, actor)


@router.post("/documents/{party}")
async def add_document(
    party: SlugPath, documents: TheDocuments, directory: TheDirectory, request: Request
) -> HTMLResponse:
    """Record a document that somebody has seen."""
    try:
        actor = await find_actor(request)
    except ForeignOrigin as refused:
        return _rendered(403, page="none", heading=_TITLE, notice=refused.detail)
    found = await _allowed(directory, party, actor, Action.PEOPLE)
    if found is None or actor is None:
        return _refused()
    form = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=20)
    given = {name: form[name][0] for name in _FIELDS if name in form}
    try:
        body = DocumentBody.model_validate(given)
        await documents.add(party, body.draft(), actor=actor)
    except ValidationError as error:
        faults = (f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        return await _shown(documents, found, actor, notice="; ".join(faults))
    except (Invalid, PartyForgotten) as error:
        return await _shown(documents, found, actor, notice=error.detail)
    return await _shown(documents, found, actor, notice="It is recorded.")


async def _allowed(directory: PartyDirectory, party: str, actor: Actor | None, action: Action) -> Party | None:
    """The party, where the actor may do that."""
    try:
        found = await directory.get(party)
    except PartyUnknown:
        return None
    return found if actor is not None and may(actor, action, Thing(site=found.site, party=party)) else None


async def _shown(documents: DocumentService, party: Party, actor: Actor, *, notice: str = "") -> HTMLResponse:
    keeps = may(actor, Action.PEOPLE, Thing(site=party.site, party=party.id))
    values: dict[str, Any] = {"documents": await documents.of_party(party.id), "keeps": keeps, "seen": None}
    if keeps:
        try:
            values["seen"] = await documents.seen(party.id)
        except NothingSeen:
            values["seen"] = None
    files_at = f"/api/v1/parties/{party.id}/documents"
    return _rendered(page="party", heading=f"Documents of {party.name}", notice=notice, files=files_at, **values)


def _refused() -> HTMLResponse:
    return _rendered(403, page="none", heading=_TITLE, notice=_NOT_YOURS)


def _rendered(status: int = 200, **values: Any) -> HTMLResponse:
    html = _TEMPLATE.render(css=Markup(_CSS), **values)  # noqa: S704  # our own files
    return HTMLResponse(html, status, headers=HEADERS)
