"""Inductions of sites over HTTP."""

from datetime import UTC
from typing import Annotated

from fastapi import APIRouter, Response, status

from controller.access.induction.model import InductionChanged, NoInduction, Taker, TooManyInductions
from controller.access.induction.schemas import (
    InductionAnswer,
    InductionLinkAnswer,
    InductionLinkBody,
    InductionResultPage,
    MarkedAnswer,
    PutInductionBody,
    QuestionsAnswer,
    TakeInductionBody,
    induction_answer,
    marked_answer,
    result_answer,
)
from controller.access.induction.service import InductionService
from controller.access.members.model import MemberUnknown
from controller.estate.errors import SiteUnknown
from controller.people.authentication import KeepsKeys, KeepsPeople, Reads, Runs
from controller.people.errors import PartyUnknown, TokenRefused
from controller.people.optimistic_locking import VersionStale
from controller.platform.web.fields import After, Limit, SlugPath, answer_of, made, page_of
from controller.platform.web.problem import NotSignedIn, described
from controller.platform.web.services import service

router = APIRouter(tags=["induction"], responses=described(NotSignedIn, SiteUnknown))
TheInductions = Annotated[InductionService, service(InductionService)]


@router.get("/sites/{site}/induction", responses=described(NoInduction))
async def get_induction(site: SlugPath, inductions: TheInductions, actor: Runs) -> InductionAnswer:
    """A site's induction with its right answers, for those who write it."""
    return induction_answer(await inductions.of_site(site))


@router.put("/sites/{site}/induction", responses=described(VersionStale) | made(InductionAnswer))
async def put_induction(
    site: SlugPath, body: PutInductionBody, inductions: TheInductions, actor: Runs, response: Response
) -> InductionAnswer:
    """Write a site's induction. Who passed the version before keeps what they have, unless `again` is set."""
    written, new = await inductions.put(site, body.draft(), version=body.version, again=body.again, actor=actor)
    if new:
        response.status_code = status.HTTP_201_CREATED
    return induction_answer(written)


@router.get("/sites/{site}/induction/questions", responses=described(NoInduction))
async def get_induction_questions(site: SlugPath, inductions: TheInductions, actor: Reads) -> QuestionsAnswer:
    """A site's induction as it is taken, and until when yours counts."""
    _, found, until = await inductions.state(site, Taker(user_id=actor.user))
    return answer_of(QuestionsAnswer, found.draft, version=found.version, valid_until=until or None)


@router.post(
    "/sites/{site}/induction/results",
    status_code=status.HTTP_201_CREATED,
    responses=described(NoInduction, InductionChanged, TooManyInductions),
)
async def take_induction(
    site: SlugPath, body: TakeInductionBody, inductions: TheInductions, actor: Reads
) -> MarkedAnswer:
    """Take a site's induction, for yourself: at most five times an hour."""
    if actor.token is not None:
        raise TokenRefused
    found = await inductions.of_site(site)
    done = await inductions.take(
        site, Taker(user_id=actor.user), version=body.version, answers=body.answers, name=actor.name
    )
    return marked_answer(found.draft, done)


@router.get("/sites/{site}/induction/results")
async def list_induction_results(
    site: SlugPath, inductions: TheInductions, actor: KeepsPeople, after: After = None, limit: Limit = 50
) -> InductionResultPage:
    """Who took a site's induction, the newest first."""
    found = await inductions.results(site, before=after, limit=limit + 1)
    return page_of(InductionResultPage, found, limit, result_answer, key=lambda each: each.id)


@router.post(
    "/sites/{site}/induction/links",
    status_code=status.HTTP_201_CREATED,
    responses=described(NoInduction, MemberUnknown, PartyUnknown),
)
async def make_induction_link(
    site: SlugPath, body: InductionLinkBody, inductions: TheInductions, actor: KeepsKeys
) -> InductionLinkAnswer:
    """A link by which a member of the library, or a person without a sign-in, takes the induction on their phone. It
    works for 14 days."""
    link, ends_at = await inductions.link(site, Taker(member=body.member, party=body.party), actor=actor)
    return answer_of(InductionLinkAnswer, {}, UTC, link=link, ends_at=ends_at)
