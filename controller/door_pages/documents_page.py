"""Documents of parties on plain pages: what lapses at a site, and what one party has shown. Without script."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from controller.documents.model import NothingSeen
from controller.documents.schemas import DocumentBody
from controller.documents.service import DocumentService
from controller.door_pages.plain_page import PlainPage, SiteQuery, faults, read_form
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

_PAGE = PlainPage("documents.html", "forms.css", title="Documents")
_FIELDS = ("kind", "valid_from", "valid_until", "notes")

router = APIRouter(include_in_schema=False)
TheDocuments = Annotated[DocumentService, service(DocumentService)]
TheDirectory = Annotated[PartyDirectory, service(PartyDirectory)]
TheLapsing = Annotated[LapsingService, service(LapsingService)]


@router.api_route("/documents", methods=["GET", "HEAD"])
async def show_site(lapsing: TheLapsing, request: Request, site: SiteQuery) -> HTMLResponse:
    """What has lapsed, is missing or lapses soon."""
    actor = await find_actor(request)
    if actor is None or not may(actor, Action.PEOPLE, Thing(site=site)):
        return _PAGE.refuse()
    try:
        found = await lapsing.of_site(site, actor=actor)
    except SiteUnknown as error:
        return _PAGE.refuse(404, error.detail)
    return _PAGE.render(page="site", heading="What lapses", lapsing=found)


@router.api_route("/documents/{party}", methods=["GET", "HEAD"])
async def show_party(
    party: SlugPath, documents: TheDocuments, directory: TheDirectory, request: Request
) -> HTMLResponse:
    """What a party has shown."""
    actor = await find_actor(request)
    found = await _allowed(directory, party, actor, Action.DOCUMENTS)
    if found is None or actor is None:
        return _PAGE.refuse()
    return await _shown(documents, found, actor)


@router.post("/documents/{party}")
async def add_document(
    party: SlugPath, documents: TheDocuments, directory: TheDirectory, request: Request
) -> HTMLResponse:
    """Record a document that somebody has seen."""
    try:
        actor = await find_actor(request)
    except ForeignOrigin as refused:
        return _PAGE.refuse(403, refused.detail)
    found = await _allowed(directory, party, actor, Action.PEOPLE)
    if found is None or actor is None:
        return _PAGE.refuse()
    form = read_form(await request.body())
    given = {name: form[name] for name in _FIELDS if name in form}
    try:
        body = DocumentBody.model_validate(given)
        await documents.add(party, body.draft(), actor=actor)
    except ValidationError as error:
        return await _shown(documents, found, actor, notice=faults(error))
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
    return _PAGE.render(page="party", heading=f"Documents of {party.name}", notice=notice, files=files_at, **values)
