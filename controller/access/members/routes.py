"""Members of the library over HTTP."""

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Request, Response

from controller.access.members.library_check import LibraryCheck, LibraryCheckResult, LibrarySilent, NoLibrarySystem
from controller.access.members.model import EVERYWHERE, Member, MemberUnknown
from controller.access.members.service import MemberChange, MemberService
from controller.people.authentication import KeepsKeys, KeepsKeysAnySite
from controller.people.errors import NotAllowed
from controller.people.model import Actor
from controller.people.optimistic_locking import VersionStale, version_of
from controller.people.permissions import Action, Thing, may
from controller.platform.csv_import.progress import IMPORT_ANSWERS, WithProgress, answer_import
from controller.platform.csv_import.rows import CsvImportResult, Progress
from controller.platform.csv_import.schemas import CSV_IMPORT, Preview
from controller.platform.web.fields import (
    LIST_LIMIT,
    After,
    Answer,
    Body,
    DateText,
    Day,
    IdPath,
    Limit,
    Line,
    LocalTime,
    Page,
    Slug,
    Versioned,
    Yes,
    answer_of,
)
from controller.platform.web.problem import NotSignedIn, described
from controller.platform.web.services import service

router = APIRouter(tags=["access"], responses=described(NotSignedIn))
TheLibraryCheck = Annotated[LibraryCheck, service(LibraryCheck)]
TheMembers = Annotated[MemberService, service(MemberService)]


class InductionAnswer(Answer):
    """``site``: null for all of them."""

    site: str | None
    day: DateText
    version: int


class KeptOutAnswer(Answer):
    """``why``: what is in the way at the site today, such as “must be 16 or older”."""

    site: str
    why: str


class LibraryMemberAnswer(Answer):
    """``number``: its last four signs. ``kept_out``: sites at which they do not get in today. ``has_pin``: without one
    they do not get in. ``source``: whence the list comes. ``checked_at``: when it last changed something or vouched
    for them."""

    id: str
    number: str
    has_pin: bool
    born: DateText | None
    expires: DateText | None
    suspended: bool
    suspended_until: DateText | None
    inductions: list[InductionAnswer]
    kept_out: list[KeptOutAnswer]
    source: str
    checked_at: LocalTime
    ended_at: LocalTime | None


class LibraryMemberPage(Page[LibraryMemberAnswer]): ...


class MemberChangeBody(Body):
    """The fields to change; fields left out stay. ``suspended_until``: the last day, null until it is lifted."""

    suspended: Yes | None = None
    suspended_until: Day | None = None

    def change(self) -> MemberChange:
        given = {name: getattr(self, name) for name in self.model_fields_set if name in MemberChange.__struct_fields__}
        if given.get("suspended", True) is None:
            del given["suspended"]
        return msgspec.structs.replace(MemberChange(), **given)


class InductionBody(Versioned):
    """``site``: null for all of them. ``day``: null takes it back."""

    site: Slug | None = None
    day: Day | None


@router.get("/members")
async def list_members(
    members: TheMembers,
    actor: KeepsKeysAnySite,
    number: Annotated[Line | None, Query(description="Only the one with this number on the card")] = None,
    after: After = None,
    limit: Limit = LIST_LIMIT,
) -> LibraryMemberPage:
    """Members of the library, in the order in which they came, with what is said of them at your sites. No name is kept
    of them."""
    found = await members.listed(number=number, after=after, limit=limit + 1)
    more, found = len(found) > limit, found[:limit]
    return LibraryMemberPage(items=await _answers(members, actor, found), next=found[-1].id if more else None)


@router.post("/members/import", responses=IMPORT_ANSWERS, **CSV_IMPORT)
async def import_members(
    request: Request,
    members: TheMembers,
    actor: KeepsKeys,
    preview: Preview = False,
    whole: Annotated[
        bool, Query(description="The file is the whole list: people who are not in it are no longer members")
    ] = False,
    progress: WithProgress = False,
) -> Response:
    """Import the library system's list as CSV: `number` and, as far as it has them, `card`, `pin`, `born`,
    `expires`, `suspended`, `suspended_until`, `inducted`, `sites`. Valid rows are written, others are listed with
    what is wrong."""
    data = await request.body()

    async def take(on_progress: Progress) -> CsvImportResult:
        return await members.take(
            data, preview=preview, whole=whole, source="csv", actor=actor.name, on_progress=on_progress
        )

    return await answer_import(take, request, progress=progress)


class CheckedAnswer(Answer, of=LibraryCheckResult):
    """``blocked``: of those asked about, how many the library system has blocked or does not know."""


@router.post("/members/check", responses=described(NoLibrarySystem, LibrarySilent))
async def check_members(library_check: TheLibraryCheck, actor: KeepsKeys) -> CheckedAnswer:
    """Ask the library system about every member by SIP2. Members whom it has blocked, or does not know, are suspended
    until it says otherwise; ends of membership and dates of birth are taken over where it gives them. The same runs
    every night."""
    return answer_of(CheckedAnswer, await library_check.check(actor=actor.name))


@router.get("/members/{member_id}", responses=described(MemberUnknown))
async def get_member(member_id: IdPath, members: TheMembers, actor: KeepsKeysAnySite) -> LibraryMemberAnswer:
    """One of them."""
    return (await _answers(members, actor, [await members.get(member_id)]))[0]


@router.patch("/members/{member_id}", responses=described(MemberUnknown))
async def change_member(
    member_id: IdPath, body: MemberChangeBody, members: TheMembers, actor: KeepsKeys
) -> LibraryMemberAnswer:
    """Suspend a member, for a while or until it is lifted, or lift that. The doors follow with their next plan; the
    next list from the library system sets it again if it has the column."""
    return (await _answers(members, actor, [await members.change(member_id, body.change(), actor=actor.name)]))[0]


@router.put("/members/{member_id}/induction", responses=described(MemberUnknown, VersionStale))
async def induct_member(
    member_id: IdPath, body: InductionBody, members: TheMembers, actor: KeepsKeysAnySite
) -> LibraryMemberAnswer:
    """Record or remove the day of a member's induction at a site or for all sites. From that day on they can come
    in. Users with some sites record it at those."""
    thing = Thing(site=body.site)
    if not may(actor, Action.KEYS, thing):
        raise NotAllowed(actor, Action.KEYS, thing)
    site = EVERYWHERE if body.site is None else body.site
    written = await members.induct(member_id, site, body.day, version=body.version, actor=actor.name)
    return (await _answers(members, actor, [written]))[0]


async def _answers(members: MemberService, actor: Actor, found: Sequence[Member]) -> list[LibraryMemberAnswer]:
    return [_answer(each, kept, actor) for each, kept in zip(found, await members.kept_out(found), strict=True)]


def _answer(member: Member, kept_out: Mapping[str, str], actor: Actor) -> LibraryMemberAnswer:
    return answer_of(
        LibraryMemberAnswer,
        member.record,
        UTC,
        id=member.id,
        number=f"…{member.record.number[-4:]}",
        has_pin=bool(member.record.pin),
        inductions=[
            {"site": site or None, "day": day, "version": version_of(day)}
            for site, day in sorted(member.inductions.items())
            if site == EVERYWHERE or _keeps_keys(actor, site)
        ],
        kept_out=[{"site": site, "why": why} for site, why in kept_out.items() if _keeps_keys(actor, site)],
        source=member.source,
        checked_at=member.checked_at,
        ended_at=member.ended_at,
    )


def _keeps_keys(actor: Actor, site: str) -> bool:
    return may(actor, Action.KEYS, Thing(site=site))
