"""Merging parties over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Response, status

from controller.people.authentication import KeepsPeople
from controller.people.errors import PartyUnknown
from controller.people.merging.errors import MergeUnknown, NotUndone
from controller.people.merging.schemas import (
    DuplicateList,
    MergeAnswer,
    MergeBody,
    MergeList,
    duplicate_answer,
    merge_answer,
)
from controller.people.merging.service import PartyMerging
from controller.web.fields import IdPath, SlugPath
from controller.web.problem import NotSignedIn, described
from controller.web.services import service

router = APIRouter(tags=["people"], responses=described(NotSignedIn))
TheMerging = Annotated[PartyMerging, service(PartyMerging)]


@router.get("/sites/{site}/duplicates")
async def list_duplicates(site: SlugPath, merging: TheMerging, actor: KeepsPeople) -> DuplicateList:
    """Parties of a site, or of it and of the estate, that may be one: the same mail address or phone number, or nearly
    the same name."""
    return DuplicateList(items=[duplicate_answer(each) for each in await merging.suggested(site)])


@router.get("/parties/{party}/merges", responses=described(PartyUnknown))
async def list_merges(party: SlugPath, merging: TheMerging, actor: KeepsPeople) -> MergeList:
    """Merges into a party or of it, the newest first, undone ones too."""
    return MergeList(items=[merge_answer(each) for each in await merging.listed(party)])


@router.post(
    "/parties/{party}/merges",
    status_code=status.HTTP_201_CREATED,
    responses={200: {"model": MergeAnswer, "description": "The preview"}, **described(PartyUnknown)},
)
async def merge_party(
    party: SlugPath,
    body: MergeBody,
    merging: TheMerging,
    actor: KeepsPeople,
    response: Response,
    preview: Annotated[bool, Query(description="Only say what would follow")] = False,
) -> MergeAnswer:
    """Merge a duplicate into a party: its bookings, series, requests, quotes, places on waiting lists, roles, calendars
    and all else that names it follow, and it ends. Codes and links stay as they are. Takes the right to manage parties
    at every site where either has anything."""
    if preview:
        response.status_code = status.HTTP_200_OK
        return merge_answer(await merging.preview(party, body.duplicate, actor=actor))
    return merge_answer(await merging.merge(party, body.duplicate, actor=actor))


@router.post("/parties/{party}/merges/{merge_id}/undo", responses=described(MergeUnknown, NotUndone))
async def undo_merge(party: SlugPath, merge_id: IdPath, merging: TheMerging, actor: KeepsPeople) -> MergeAnswer:
    """Put everything back as it was before a merge, until something of either party has changed."""
    return merge_answer(await merging.undo(party, merge_id, actor=actor))
