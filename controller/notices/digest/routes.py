"""One's own digest of a site over HTTP."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import AfterValidator, Field

from controller.estate.errors import SiteUnknown
from controller.notices.digest.model import Digest
from controller.notices.digest.service import DigestService
from controller.people.authentication import Runs
from controller.platform.web.fields import Answer, Body, SlugPath, Whole
from controller.platform.web.problem import NotSignedIn, described
from controller.platform.web.services import service

router = APIRouter(tags=["notices"], responses=described(NotSignedIn, SiteUnknown))
TheDigests = Annotated[DigestService, service(DigestService)]


def _once(days: list[int]) -> list[int]:
    if len(set(days)) < len(days):
        raise ValueError("must name each weekday once")
    return sorted(days)


Weekdays = Annotated[list[Annotated[Whole, Field(ge=1, le=7)]], Field(max_length=7), AfterValidator(_once)]


class DigestBody(Body):
    """``weekdays``: 1 for Monday to 7 for Sunday; empty, and none is sent. ``hour``: by the site's clock. What is left
    out stays as it is."""

    weekdays: Weekdays | None = None
    hour: Annotated[Whole, Field(ge=0, le=23)] | None = None


class DigestRead(Answer):
    """``next_at``: when it is sent next; null: never. ``text``: what it would say now; empty for nothing, and then no
    mail is sent."""

    weekdays: list[int]
    hour: int
    next_at: str | None
    text: str


@router.get("/sites/{site}/notice-digest")
async def get_notice_digest(site: SlugPath, digests: TheDigests, actor: Runs) -> DigestRead:
    """Your own digest of the site, a mail of what waits for you, and what it would say now."""
    return _answer(*await digests.own(site, actor))


@router.patch("/sites/{site}/notice-digest")
async def change_notice_digest(site: SlugPath, body: DigestBody, digests: TheDigests, actor: Runs) -> DigestRead:
    """Have your own digest of the site sent to your mail address on these weekdays at that hour."""
    weekdays = None if body.weekdays is None else "".join(str(each) for each in body.weekdays)
    return _answer(*await digests.change(site, actor, weekdays=weekdays, hour=body.hour))


def _answer(digest: Digest, text: str) -> DigestRead:
    next_at = digest.next_at.isoformat() if digest.next_at else None
    return DigestRead(weekdays=[int(each) for each in digest.weekdays], hour=digest.hour, next_at=next_at, text=text)
