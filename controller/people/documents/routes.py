"""Documents of parties and safeguarding over HTTP."""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response, status

from controller.people.authentication import KeepsPeople, SeesDocuments
from controller.people.documents.model import DocumentUnknown, NoFile, NothingSeen
from controller.people.documents.schemas import (
    DocumentAnswer,
    DocumentBody,
    DocumentList,
    PutDocumentBody,
    SafeguardingAnswer,
    SafeguardingBody,
    document_answer,
    safeguarding_answer,
)
from controller.people.documents.service import DocumentService
from controller.people.errors import PartyForgotten, PartyUnknown
from controller.people.optimistic_locking import VersionStale
from controller.platform.uploads.virus_scan import NotScanned
from controller.platform.web.fields import IdPath, SlugPath, made
from controller.platform.web.problem import NotSignedIn, TooLarge, described
from controller.platform.web.services import service

router = APIRouter(tags=["documents"], responses=described(NotSignedIn, PartyUnknown))
TheDocuments = Annotated[DocumentService, service(DocumentService)]
_BINARY = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
_TAKES_FILE: dict[str, Any] = {"requestBody": {"required": True, "content": _BINARY}}


@router.get("/parties/{party}/documents")
async def list_documents(party: SlugPath, documents: TheDocuments, actor: SeesDocuments) -> DocumentList:
    """A party's proof of insurance, signed hire terms, and what else its sites ask for."""
    return DocumentList(items=[document_answer(each) for each in await documents.of_party(party)])


@router.post("/parties/{party}/documents", status_code=status.HTTP_201_CREATED, responses=described(PartyForgotten))
async def add_document(
    party: SlugPath, body: DocumentBody, documents: TheDocuments, actor: KeepsPeople
) -> DocumentAnswer:
    """Record a document that you have seen. Add its file afterwards."""
    return document_answer(await documents.add(party, body.draft(), actor=actor))


@router.put(
    "/parties/{party}/documents/{document_id}", responses=described(DocumentUnknown, PartyForgotten, VersionStale)
)
async def put_document(
    party: SlugPath, document_id: IdPath, body: PutDocumentBody, documents: TheDocuments, actor: KeepsPeople
) -> DocumentAnswer:
    """Change a document's dates. With another end, its party is reminded again before that."""
    return document_answer(await documents.change(party, document_id, body.draft(), version=body.version, actor=actor))


@router.delete(
    "/parties/{party}/documents/{document_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=described(DocumentUnknown),
)
async def delete_document(party: SlugPath, document_id: IdPath, documents: TheDocuments, actor: KeepsPeople) -> None:
    """Delete a document with its file."""
    await documents.remove(party, document_id, actor=actor)


@router.put(
    "/parties/{party}/documents/{document_id}/content",
    responses=described(DocumentUnknown, PartyForgotten, TooLarge, NotScanned),
    openapi_extra=_TAKES_FILE,
)
async def put_document_file(
    party: SlugPath, document_id: IdPath, request: Request, documents: TheDocuments, actor: KeepsPeople
) -> DocumentAnswer:
    """Keep a document's file, encrypted: a PDF, JPEG or PNG of at most 10 MB, told by its content. It takes the place
    of the one before."""
    return document_answer(await documents.put_file(party, document_id, await request.body(), actor=actor))


@router.get(
    "/parties/{party}/documents/{document_id}/content",
    response_class=Response,
    responses={200: {"content": _BINARY}, **described(DocumentUnknown, NoFile)},
)
async def read_document_file(
    party: SlugPath, document_id: IdPath, documents: TheDocuments, actor: SeesDocuments
) -> Response:
    """A document's file, to be saved. Each reading is recorded in the audit log."""
    file = await documents.read_file(party, document_id, actor=actor)
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    return Response(file.content, media_type="application/octet-stream", headers=headers)


@router.get("/parties/{party}/safeguarding", responses=described(NothingSeen))
async def get_safeguarding(party: SlugPath, documents: TheDocuments, actor: KeepsPeople) -> SafeguardingAnswer:
    """When a DBS certificate was seen, of which level and by whom, and when it is to be looked at again."""
    return safeguarding_answer(await documents.seen(party))


@router.put(
    "/parties/{party}/safeguarding", responses=described(PartyForgotten, VersionStale) | made(SafeguardingAnswer)
)
async def put_safeguarding(
    party: SlugPath, body: SafeguardingBody, documents: TheDocuments, actor: KeepsPeople, response: Response
) -> SafeguardingAnswer:
    """Record that a DBS certificate was seen. Never its number: no copy and no number may be kept."""
    written, new = await documents.put_seen(
        party,
        level=body.level,
        seen_on=body.seen_on,
        seen_by=body.seen_by,
        review_on=body.review_on,
        version=body.version,
        actor=actor,
    )
    if new:
        response.status_code = status.HTTP_201_CREATED
    return safeguarding_answer(written)


@router.delete(
    "/parties/{party}/safeguarding", status_code=status.HTTP_204_NO_CONTENT, responses=described(NothingSeen)
)
async def delete_safeguarding(party: SlugPath, documents: TheDocuments, actor: KeepsPeople) -> None:
    """Delete the record that a DBS certificate was seen."""
    await documents.remove_seen(party, actor=actor)
