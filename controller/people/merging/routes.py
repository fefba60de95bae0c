"""Merging parties over HTTP, with its bodies and answers."""

from datetime import UTC
from typing import Annotated

from fastapi import APIRouter, Query, Response, status

from controller.people.authentication import KeepsPeople
from controller.people.errors import PartyUnknown
from controller.people.merging.model import DuplicatePair, MergeFacts, MergeUnknown, NotUndone
from controller.people.merging.service import PartyMerging
from controller.platform.web.fields import Answer, Body, IdPath, LocalTime, Slug, SlugPath, answer_of
from controller.platform.web.problem import NotSignedIn, described
from controller.platform.web.services import service


class MergeBody(Body):
    """``duplicate``: the party that ends, and whose bookings, roles and all else follow."""

    duplicate: Slug


class MergeAnswer(Answer):
    """``follows``: how many of each kind name the party from then on. ``stays``: how many do not, since the party has
    the same already. ``for_all_sites``: whether the party belongs to all sites from then on, since the two belonged to
    different ones. ``id``, ``merged_at``: null for a preview. ``undone_at``: null while it holds."""

    id: str | None
    party: str
    duplicate: str
    follows: dict[str, int]
    stays: dict[str, int]
    for_all_sites: bool
    merged_at: LocalTime | None
    merged_by: str
    undone_at: LocalTime | None


class MergeList(Answer):
    items: list[MergeAnswer]


class DuplicateAnswer(Answer):
    """Two parties that may be one. ``why``: what they have in common: mail, phone, name."""

    party: str
    party_name: str
    duplicate: str
    duplicate_name: str
    why: list[str]


class DuplicateList(Answer):
    items: list[DuplicateAnswer]


def merge_answer(facts: MergeFacts) -> MergeAnswer:
    return answer_of(MergeAnswer, facts, UTC)


def duplicate_answer(pair: DuplicatePair) -> DuplicateAnswer:
    return answer_of(DuplicateAnswer, pair)


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
