"""Organisations, groups and persons over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response, status

from controller.people.authentication import KeepsPeople, KeepsPeopleAnySite, SeesContacts
from controller.people.errors import MembershipUnknown, PartyForgotten, PartyNamed, PartyUnknown
from controller.people.model import PartyFilter, PartyKind, Tier
from controller.people.optimistic_locking import VersionStale
from controller.people.party_import import PartyImport
from controller.people.party_schemas import (
    MemberAnswer,
    MemberPage,
    PartyAnswer,
    PartyPage,
    PutMemberBody,
    PutPartyBody,
    Search,
    member_answer,
    party_answer,
)
from controller.people.party_service import PartyService
from controller.platform.csv_import.progress import IMPORT_ANSWERS, WithProgress, answer_import
from controller.platform.csv_import.rows import CsvImportResult, Progress
from controller.platform.csv_import.schemas import CSV_IMPORT, Preview, csv_response
from controller.platform.web.fields import LIST_LIMIT, After, Limit, Slug, SlugPath, made, page_of
from controller.platform.web.problem import NotSignedIn, described
from controller.platform.web.services import TheClock, service

router = APIRouter(tags=["people"], responses=described(NotSignedIn))
ThePartyService = Annotated[PartyService, service(PartyService)]
ThePartyImport = Annotated[PartyImport, service(PartyImport)]


@router.get("/parties")
async def list_parties(
    party_service: ThePartyService,
    clock: TheClock,
    actor: KeepsPeopleAnySite,
    search: Annotated[Search, Query(description="Part of the name, in any case")] = "",
    kind: PartyKind | None = None,
    tier: Annotated[Tier | None, Query(description="The one in force, its own or its organisation's")] = None,
    organisation: Annotated[Slug | None, Query(description="Only what is part of it")] = None,
    member: Annotated[Slug | None, Query(description="Only what this person is a member of")] = None,
    ended: Annotated[bool | None, Query(description="Only those that have ended, or that have not")] = None,
    without_responsible: Annotated[bool, Query(description="Only those for which nobody answers")] = False,
    after: After = None,
    limit: Limit = LIST_LIMIT,
) -> PartyPage:
    """Parties of your sites and of the estate, in the order of their ids."""
    which = PartyFilter(
        search=search,
        kind=kind,
        tier=tier,
        organisation=organisation,
        member=member,
        ended=ended,
        unanswered_at=clock.now() if without_responsible else None,
    )
    found = await party_service.listed(which, after=after, limit=limit + 1, actor=actor)
    return page_of(PartyPage, found, limit, party_answer, key=lambda each: each.id)


@router.get("/parties.csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
async def export_parties(party_import: ThePartyImport, actor: KeepsPeopleAnySite) -> Response:
    """Parties of your sites and of the estate as CSV, which `POST /parties/import` reads. A cell that a spreadsheet
    would take for a formula is exported with a leading apostrophe."""
    return csv_response(await party_import.put_out(actor=actor), "parties.csv")


@router.post("/parties/import", responses=IMPORT_ANSWERS, **CSV_IMPORT)
async def import_parties(
    request: Request,
    party_import: ThePartyImport,
    actor: KeepsPeopleAnySite,
    preview: Preview = False,
    all_or_nothing: Annotated[bool, Query(description="Write nothing if a row is refused")] = False,
    progress: WithProgress = False,
) -> Response:
    """Make and change parties from CSV (at most 2 MB). Columns: id, kind, name, tier, organisation, responsible,
    site, contact_name, contact_phone, contact_email, notes, ended; those that are left out stay as they are. Valid
    rows of parties that you may change are written, others are listed by line, column and reason; importing it again
    changes nothing."""
    data = await request.body()

    async def take(on_progress: Progress) -> CsvImportResult:
        return await party_import.take(
            data, preview=preview, all_or_nothing=all_or_nothing, actor=actor, on_progress=on_progress
        )

    return await answer_import(take, request, progress=progress)


@router.get("/parties/{party}", responses=described(PartyUnknown))
async def get_party(party: SlugPath, party_service: ThePartyService, actor: SeesContacts) -> PartyAnswer:
    """One party."""
    return party_answer(await party_service.get(party))


@router.put("/parties/{party}", responses=described(PartyForgotten, VersionStale) | made(PartyAnswer))
async def put_party(
    party: SlugPath, body: PutPartyBody, party_service: ThePartyService, actor: KeepsPeople, response: Response
) -> PartyAnswer:
    """Create or change a party. Its kind cannot change."""
    written, new = await party_service.put(
        party, body.draft(), version=body.version, says_site=body.says_site, actor=actor
    )
    if new:
        response.status_code = status.HTTP_201_CREATED
    return party_answer(written)


@router.delete(
    "/parties/{party}", status_code=status.HTTP_204_NO_CONTENT, responses=described(PartyUnknown, PartyNamed)
)
async def delete_party(party: SlugPath, party_service: ThePartyService, actor: KeepsPeople) -> None:
    """Delete a party that nothing refers to. End or forget a party that has booked instead."""
    await party_service.delete(party, actor=actor)


@router.post("/parties/{party}/forget", responses=described(PartyUnknown, PartyNamed))
async def forget_party(party: SlugPath, party_service: ThePartyService, actor: KeepsPeople) -> PartyAnswer:
    """Permanently delete the personal data of a party, in its bookings too, and end it. Its id stays, and what was
    booked and when; a person loses its name, its memberships and the titles of its bookings."""
    return party_answer(await party_service.forget(party, actor=actor))


@router.get("/parties/{party}/members", responses=described(PartyUnknown))
async def list_members(
    party: SlugPath, party_service: ThePartyService, actor: SeesContacts, after: After = None, limit: Limit = LIST_LIMIT
) -> MemberPage:
    """The people in a group or an organisation, in the order of their ids."""
    found = await party_service.members(party, after=after, limit=limit + 1)
    return page_of(MemberPage, found, limit, member_answer, key=lambda each: each.member)


@router.put(
    "/parties/{party}/members/{member}",
    responses=described(PartyUnknown, PartyForgotten, VersionStale) | made(MemberAnswer),
)
async def put_member(
    party: SlugPath,
    member: SlugPath,
    body: PutMemberBody,
    party_service: ThePartyService,
    actor: KeepsPeople,
    response: Response,
) -> MemberAnswer:
    """Make a person a member, or change the membership."""
    written, new = await party_service.put_member(
        party, member, role=body.role, since=body.since, until=body.until, version=body.version, actor=actor
    )
    if new:
        response.status_code = status.HTTP_201_CREATED
    return member_answer(written)


@router.delete(
    "/parties/{party}/members/{member}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=described(MembershipUnknown),
)
async def remove_member(party: SlugPath, member: SlugPath, party_service: ThePartyService, actor: KeepsPeople) -> None:
    """Delete a membership; to keep it in the records, set its last day instead."""
    await party_service.remove_member(party, member, actor=actor)
