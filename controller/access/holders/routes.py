"""Staff, key holders and contractors over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response, status

from controller.access.code_generation import NoCodeLeft
from controller.access.holders.csv_import import HolderImport
from controller.access.holders.model import CardTaken, HolderEnded, HolderUnknown
from controller.access.holders.schemas import (
    EndHolderBody,
    GivenAnswer,
    HolderAnswer,
    HolderChangeBody,
    HolderPage,
    NewHolderBody,
    ReissueHolderBody,
    given_answer,
    holder_answer,
)
from controller.access.holders.service import HolderService
from controller.people.authentication import KeepsKeysAnySite
from controller.people.optimistic_locking import VersionStale
from controller.platform.csv_import.progress import IMPORT_ANSWERS, WithProgress, answer_import
from controller.platform.csv_import.rows import CsvImportResult, Progress
from controller.platform.csv_import.schemas import CSV_IMPORT, Preview, csv_response
from controller.platform.web.fields import LIST_LIMIT, After, IdPath, Limit, Slug, page_of
from controller.platform.web.problem import NotSignedIn, described
from controller.platform.web.services import service
from edge.wire.credentials import CredentialKind

router = APIRouter(tags=["access"], responses=described(NotSignedIn))
TheHolderImport = Annotated[HolderImport, service(HolderImport)]
TheHolders = Annotated[HolderService, service(HolderService)]


@router.get("/holders")
async def list_holders(
    holders: TheHolders,
    actor: KeepsKeysAnySite,
    site: Annotated[Slug | None, Query(description="Only those who open a door there")] = None,
    kind: CredentialKind | None = None,
    ended: Annotated[bool | None, Query(description="Only those that have ended, or that have not")] = None,
    after: After = None,
    limit: Limit = LIST_LIMIT,
) -> HolderPage:
    """Holders, in the order in which they were made, without codes and PINs."""
    found = await holders.listed(site=site, kind=kind, ended=ended, after=after, limit=limit + 1, actor=actor)
    return page_of(HolderPage, found, limit, holder_answer, key=lambda each: each.id)


@router.post("/holders", status_code=status.HTTP_201_CREATED, responses=described(CardTaken, NoCodeLeft))
async def make_holder(body: NewHolderBody, holders: TheHolders, actor: KeepsKeysAnySite) -> GivenAnswer:
    """Create a holder. The answer has the new codes; the doors get them with their next plan."""
    return given_answer(await holders.make(body.draft(), body.request(), actor=actor))


@router.get("/holders.csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
async def export_holders(holder_import: TheHolderImport, actor: KeepsKeysAnySite) -> Response:
    """Holders as CSV, which `POST /holders/import` reads. It contains no card, code or PIN:
    `has` says which there are."""
    return csv_response(await holder_import.put_out(actor=actor), "holders.csv")


@router.post("/holders/import", responses=IMPORT_ANSWERS, **CSV_IMPORT)
async def import_holders(
    request: Request,
    holder_import: TheHolderImport,
    actor: KeepsKeysAnySite,
    preview: Preview = False,
    progress: WithProgress = False,
) -> Response:
    """Import staff, key holders and contractors as CSV: `name`, `kind`, `places` (`SITE` for all its doors, or
    `SITE/DOOR`, with semicolons between), `from`, `until`, and as far as there are such `id`, `card`, `code`. A code is
    drawn for each new person without a card, and where `code` is yes and there is none; it is shown here once, and
    never in a preview. Valid rows are written, others are listed by line, column and reason; importing the file again
    changes nothing. The import ends nobody's access, and an empty cell leaves the value as it is, except in `until`."""
    data = await request.body()

    async def take(on_progress: Progress) -> CsvImportResult:
        return await holder_import.take(data, preview=preview, actor=actor, on_progress=on_progress)

    return await answer_import(take, request, progress=progress)


@router.get("/holders/{holder_id}", responses=described(HolderUnknown))
async def get_holder(holder_id: IdPath, holders: TheHolders, actor: KeepsKeysAnySite) -> HolderAnswer:
    """One holder, without codes and PINs."""
    return holder_answer(await holders.get(holder_id, actor=actor))


@router.put("/holders/{holder_id}", responses=described(HolderUnknown, HolderEnded, VersionStale))
async def change_holder(
    holder_id: IdPath, body: HolderChangeBody, holders: TheHolders, actor: KeepsKeysAnySite
) -> HolderAnswer:
    """Change where and when a holder can open doors. Codes, cards and PINs stay as they are."""
    return holder_answer(await holders.change(holder_id, body.draft(), version=body.version, actor=actor))


@router.post("/holders/{holder_id}/reissue", responses=described(HolderUnknown, HolderEnded, CardTaken, NoCodeLeft))
async def reissue_holder(
    holder_id: IdPath, body: ReissueHolderBody, holders: TheHolders, actor: KeepsKeysAnySite
) -> GivenAnswer:
    """Draw a new code or PIN, or set another card, at once; the old ones end with the doors' next plan."""
    return given_answer(await holders.reissue(holder_id, body.request(), why=body.reason, actor=actor))


@router.post("/holders/{holder_id}/reveal", responses=described(HolderUnknown, HolderEnded))
async def reveal_holder(holder_id: IdPath, holders: TheHolders, actor: KeepsKeysAnySite) -> GivenAnswer:
    """Show a holder's codes and PINs. Records who asked, and when."""
    return given_answer(await holders.reveal(holder_id, actor=actor))


@router.post("/holders/{holder_id}/end", responses=described(HolderUnknown))
async def end_holder(
    holder_id: IdPath, body: EndHolderBody, holders: TheHolders, actor: KeepsKeysAnySite
) -> HolderAnswer:
    """End a holder's access with the doors' next plan. Idempotent."""
    return holder_answer(await holders.end(holder_id, why=body.reason, actor=actor))
