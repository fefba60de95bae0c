"""Documents of parties on plain pages: what lapses at a site, what one party has shown, each document with its file.
They work without script; with it, an upload says what it is doing."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError

from controller.estate.errors import SiteUnknown
from controller.notices.document_reminders import DocumentReminders, kind_name
from controller.people.authentication import find_actor
from controller.people.documents.model import ENDINGS, LARGEST, Document, DocumentUnknown, NothingSeen
from controller.people.documents.schemas import DocumentBody, PutDocumentBody
from controller.people.documents.service import DocumentService
from controller.people.errors import PartyUnknown
from controller.people.model import Actor, Party
from controller.people.party_service import PartyService
from controller.people.permissions import Action, Thing, may
from controller.platform.web.csrf import ForeignOrigin
from controller.platform.web.fields import IdPath, SlugPath
from controller.platform.web.problem import Problem, invalid_field
from controller.platform.web.services import service
from controller.screens.door_pages.plain_page import (
    PlainPage,
    SiteQuery,
    read_asset,
    read_form,
    read_parts,
    typed_day,
    why,
)
from controller.screens.door_pages.words import gettext, marked

_PAGE = PlainPage("documents.html", "forms.css", script=read_asset("upload.js"), title=marked("Documents"))
_TYPED = dict.fromkeys(("kind", "other", "valid_from", "valid_until", "notes"), "")
"""What the form holds at first, and for what a browser leaves out."""
_DONE = {
    "recorded": marked("It is recorded."),
    "sent": marked("It is recorded, and its file is kept."),
    "replaced": marked("The file is kept."),
    "changed": marked("It is changed."),
    "deleted": marked("It is deleted."),
}
_CALLED = {
    "valid_from": "The first day",
    "valid_until": "The last day",
    "kind": "What it is",
    "notes": "The notes",
    "body": "The file",
}
"""What the page calls the fields of the API."""

router = APIRouter(include_in_schema=False)
Done = Annotated[str, Query(max_length=20)]


@dataclass(frozen=True)
class DocumentPages:
    """The services that the pages use, and the request."""

    documents: Annotated[DocumentService, service(DocumentService)]
    party_service: Annotated[PartyService, service(PartyService)]
    lapsing: Annotated[DocumentReminders, service(DocumentReminders)]
    request: Request


ThePages = Annotated[DocumentPages, Depends()]


@router.api_route("/documents", methods=["GET", "HEAD"])
async def show_site(pages: ThePages, site: SiteQuery) -> HTMLResponse:
    """What has lapsed, is missing or lapses soon, and whose documents are on record."""
    actor = await find_actor(pages.request)
    if actor is None or not may(actor, Action.PEOPLE, Thing(site=site)):
        return _PAGE.refuse()
    try:
        found = await pages.lapsing.of_site(site, actor=actor)
    except SiteUnknown as error:
        return _PAGE.refuse(404, error.detail)
    everywhere = may(actor, Action.DOCUMENTS, Thing())
    parties = [*await pages.documents.parties_of(site), *(await pages.documents.parties_of(None) if everywhere else ())]
    shown = [(each, _may(actor, Action.DOCUMENTS, each.party)) for each in found]
    return _PAGE.render(page="site", site=site, lapsing=shown, parties=parties)


@router.api_route("/documents/{party}", methods=["GET", "HEAD"])
async def show_party(pages: ThePages, party: SlugPath, done: Done = "") -> HTMLResponse:
    """What a party has shown."""
    entered = await _enter(pages, party, Action.DOCUMENTS)
    if isinstance(entered, HTMLResponse):
        return entered
    return await _party(pages, *entered, notice=gettext(_DONE.get(done, "")))


@router.api_route("/documents/{party}/upload", methods=["GET", "HEAD"])
@router.api_route("/documents/{party}/{document_id}/upload", methods=["GET", "HEAD"])
async def leave_upload(request: Request) -> RedirectResponse:
    """From where a form was refused, back to the page that has it."""
    return RedirectResponse(request.url.path.removesuffix("/upload"), 303)


@router.post("/documents/{party}/upload")
async def add_document(pages: ThePages, party: SlugPath) -> Response:
    """Record a document that somebody has seen, with its file if there is one."""
    entered = await _enter(pages, party, Action.PEOPLE)
    if isinstance(entered, HTMLResponse):
        return entered
    (found, actor), typed = entered, _TYPED
    try:
        typed, content = await _read(pages.request)
        body = DocumentBody.model_validate(_given(typed, await pages.lapsing.kinds(found.site)))
        await pages.documents.add(party, body.draft(), actor=actor, content=content)
    except (ValidationError, Problem) as error:
        return await _party(pages, found, actor, status=_status(error), notice=why(error, _CALLED), typed=typed)
    return _go(party, done="sent" if content else "recorded")


@router.api_route("/documents/{party}/{document_id}", methods=["GET", "HEAD"])
async def show_document(pages: ThePages, party: SlugPath, document_id: IdPath, done: Done = "") -> HTMLResponse:
    """One document, to be changed, to get another file, or to be deleted."""
    entered = await _enter(pages, party, Action.PEOPLE)
    if isinstance(entered, HTMLResponse):
        return entered
    return await _document(pages, entered[0], document_id, notice=gettext(_DONE.get(done, "")))


@router.post("/documents/{party}/{document_id}")
async def change_document(pages: ThePages, party: SlugPath, document_id: IdPath) -> Response:
    """Change what is recorded; ask whether to delete it, or delete it once asked."""
    entered = await _enter(pages, party, Action.PEOPLE)
    if isinstance(entered, HTMLResponse):
        return entered
    (found, actor), typed = entered, _TYPED | read_form(await pages.request.body())
    try:
        if typed.get("step") == "ask":
            return await _document(pages, found, document_id, page="delete")
        if typed.get("step") == "delete":
            await pages.documents.remove(party, document_id, actor=actor)
            return _go(party, done="deleted")
        old, kinds = await pages.documents.get(party, document_id), await pages.lapsing.kinds(found.site)
        version = int(text) if (text := typed.get("version", "")).isdecimal() else 0
        given = _given(typed, kinds | {old.kind: kind_name(old.kind, kinds)})
        body = PutDocumentBody.model_validate(given | {"seen_by": old.seen_by, "version": version})
        await pages.documents.change(party, document_id, body.draft(), version=body.version, actor=actor)
    except (ValidationError, Problem) as error:
        notice, status = why(error, _CALLED), _status(error)
        return await _document(pages, found, document_id, status=status, notice=notice, typed=typed)
    return _go(party, document_id, done="changed")


@router.post("/documents/{party}/{document_id}/upload")
async def replace_file(pages: ThePages, party: SlugPath, document_id: IdPath) -> Response:
    """Keep a file in place of the one before."""
    entered = await _enter(pages, party, Action.PEOPLE)
    if isinstance(entered, HTMLResponse):
        return entered
    found, actor = entered
    try:
        typed, content = await _read(pages.request)
        if not content:
            return await _document(pages, found, document_id, status=422, notice=gettext("Choose a file first."))
        if (await pages.documents.get(party, document_id)).media_type and typed.get("sure") != "yes":
            notice = gettext("Nothing was replaced: say first that the file that is kept now is deleted.")
            return await _document(pages, found, document_id, status=422, notice=notice)
        await pages.documents.put_file(party, document_id, content, actor=actor)
    except Problem as error:
        return await _document(pages, found, document_id, status=_status(error), notice=why(error, _CALLED))
    return _go(party, document_id, done="replaced")


async def _enter(pages: DocumentPages, party: str, action: Action) -> tuple[Party, Actor] | HTMLResponse:
    """The party and the actor, where they may do that; a page that refuses otherwise, which tells nobody whether there
    is such a party."""
    try:
        actor, found = await find_actor(pages.request), await pages.party_service.get(party)
    except ForeignOrigin as refused:
        return _PAGE.refuse(403, refused.detail)
    except PartyUnknown:
        return _PAGE.refuse()
    return (found, actor) if actor is not None and _may(actor, action, found) else _PAGE.refuse()


def _may(actor: Actor, action: Action, party: Party) -> bool:
    return may(actor, action, Thing(site=party.site, party=party.id))


async def _read(request: Request) -> tuple[dict[str, str], bytes]:
    """What was typed, and the file; empty for none. Raises ``Invalid``."""
    parts = read_parts(await request.body(), request.headers.get("content-type", ""))
    content = parts.pop("file", b"")
    return _TYPED | {name: value.decode("utf-8", "replace") for name, value in parts.items()}, content


def _kind(chosen: str, typed: str, kinds: Mapping[str, str]) -> str:
    """What is something else becomes a kind of its own. Raises ``Invalid`` where it is not clear what was meant."""
    name = typed.strip().lower()
    other = next((kind for kind, called in kinds.items() if called.lower() == name), None)
    other = other or re.sub(r"[^a-z0-9]+", "-", name).strip("-")
    if chosen and other and chosen != other:
        raise invalid_field("kind", "must be clear: choose it from the list, or choose “Something else” and type it")
    if not chosen and not other:
        raise invalid_field("kind", "must be chosen from the list, or typed where it is something else")
    return chosen or other


def _given(typed: dict[str, str], kinds: Mapping[str, str]) -> dict[str, object]:
    """As the API takes it. ``kinds``: what people call them. Raises ``Invalid``."""
    until = typed_day(typed["valid_until"]) or None
    return {
        "kind": _kind(typed["kind"], typed["other"], kinds),
        "valid_from": typed_day(typed["valid_from"]),
        "valid_until": until,
        "notes": typed["notes"].replace("\r\n", "\n"),
    }


def _status(error: ValidationError | Problem) -> int:
    return 422 if isinstance(error, ValidationError) else error.status


def _go(*path: str, done: str) -> RedirectResponse:
    """To the page that shows it, so that loading that again repeats nothing."""
    return RedirectResponse(f"/documents/{'/'.join(path)}?done={done}", 303)


async def _party(
    pages: DocumentPages,
    party: Party,
    actor: Actor,
    *,
    status: int = 200,
    notice: str = "",
    typed: dict[str, str] = _TYPED,
) -> HTMLResponse:
    keeps, seen = _may(actor, Action.PEOPLE, party), None
    if keeps:
        with suppress(NothingSeen):
            seen = await pages.documents.seen(party.id)
    return _PAGE.render(
        status,
        page="party",
        heading=gettext("Documents of %(party)s", party=party.name),
        notice=notice,
        documents=await pages.documents.of_party(party.id),
        keeps=keeps,
        seen=seen,
        **await _common(pages, party, typed),
    )


async def _document(
    pages: DocumentPages,
    party: Party,
    document_id: str,
    *,
    page: str = "document",
    status: int = 200,
    notice: str = "",
    typed: dict[str, str] | None = None,
) -> HTMLResponse:
    try:
        document = await pages.documents.get(party.id, document_id)
    except DocumentUnknown:
        return _PAGE.refuse(404, marked("This document is not on record any more."))
    common = await _common(pages, party, typed)
    common["typed"] = typed or _recorded(document, common["kinds"])
    name = kind_name(document.kind, common["kinds"])
    heading = f"{party.name}: {name}"
    if page == "delete":
        heading = gettext("Delete this document of %(party)s: %(name)s?", party=party.name, name=name)
    return _PAGE.render(status, page=page, heading=heading, notice=notice, document=document, **common)


def _recorded(document: Document, kinds: Mapping[str, str]) -> dict[str, str]:
    days = {
        name: f"{day:%-d/%-m/%Y}" if day else ""
        for name, day in (("valid_from", document.valid_from), ("valid_until", document.valid_until))
    }
    return {
        "kind": document.kind,
        "other": kind_name(document.kind, kinds) if document.kind not in kinds else "",
        "notes": document.notes,
        **days,
    }


async def _common(pages: DocumentPages, party: Party, typed: dict[str, str] | None) -> dict[str, Any]:
    return {
        "party": party.id,
        "party_name": party.name,
        "kinds": await pages.lapsing.kinds(party.site),
        "kind_name": kind_name,
        "typed": typed,
        "files": f"/api/v1/parties/{party.id}/documents",
        "endings": ENDINGS,
        "largest": LARGEST,
    }
