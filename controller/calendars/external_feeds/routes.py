"""Feeds over HTTP, for the site's managers, with their bodies and answers. Times carry the site's offset."""

import base64
from typing import Annotated

from fastapi import APIRouter, Response, status
from pydantic import AfterValidator, AliasChoices, Field

from controller.calendars.external_feeds.fetching import LONGEST, read_address
from controller.calendars.external_feeds.model import FeedDraft, FeedStatus, FeedUnknown, FeedView, Trouble
from controller.calendars.external_feeds.service import FeedService
from controller.calendars.schemas import ImportAnswer, import_answer
from controller.estate.errors import SiteUnknown
from controller.people.authentication import Runs
from controller.people.optimistic_locking import VersionStale
from controller.platform.web.fields import (
    Answer,
    Body,
    LocalTime,
    Name,
    Slug,
    SlugPath,
    Versioned,
    Whole,
    Yes,
    answer_of,
    large_answer,
    made,
)
from controller.platform.web.problem import NotSignedIn, described
from controller.platform.web.services import service


def _base64(text: str) -> str:
    try:
        base64.b64decode(text, validate=True)
    except ValueError:
        raise ValueError("is not what the answer that removed it has") from None
    return text


Every = Annotated[Whole, Field(ge=5, le=7 * 24 * 60)]
"""Minutes from one poll to the next."""
Address = Annotated[str, Field(max_length=LONGEST), AfterValidator(read_address)]


Sealed = Annotated[str, Field(max_length=4 * LONGEST), AfterValidator(_base64)]


class FeedBody(Body):
    """``name``: whose diary it is, as in “blocked by the diary of …”. ``space``: what its events take; one that divides
    into others takes them all. ``address``: of the calendar (http, https or webcal), a secret that is never shown
    again; left out, the one it has. ``every_min``: minutes from one poll to the next. ``party``: whose bookings its
    events become. ``paused``: it is not polled, and its blocks stay. ``sealed``: from the answer that removed it, in
    place of the address."""

    name: Name
    space: Slug
    address: Address | None = None
    every_min: Every = 30
    party: Slug | None = None
    paused: Yes = False
    sealed: Sealed | None = None

    def wanted(self) -> FeedDraft:
        sealed = None if self.sealed is None else base64.b64decode(self.sealed)
        return FeedDraft(**self.model_dump(exclude={"version", "sealed"}), sealed=sealed)


class PutFeedBody(FeedBody, Versioned): ...


class ListedEvent(Answer):
    """``line``: where the event begins in the calendar, from 1. ``text``: why it is no block. ``booking``: the block
    that stays where it was."""

    line: int
    uid: str
    text: str
    title: str
    starts: LocalTime | None
    ends: LocalTime | None
    booking: str | None


class LastRead(Answer):
    """From the last time it was read: the outcome of its events, and the first 50 that ``clashes`` and ``refusals``
    count."""

    new: int
    changed: int
    ended: int
    unchanged: int
    clashing: int
    refused: int
    clashes: list[ListedEvent]
    refusals: list[ListedEvent]


class FeedAnswer(Answer):
    """``address``: its host only. ``status``: ``new`` until it was read, ``ok``, ``clashes`` where some events cannot
    be booked, ``failing`` if it could not be read; then ``trouble`` and ``text`` say why and what to do, and its
    blocks stay as they were at ``stale_since``. ``fresh_at``: when the feed and its blocks last agreed. ``blocks``: how
    many are to come."""

    id: str
    name: str
    space: str
    party: str | None
    address: str
    every_min: int
    paused: bool
    status: FeedStatus
    trouble: Trouble | None
    text: str
    stale_since: LocalTime | None
    fresh_at: LocalTime | None
    asked_at: LocalTime | None
    next_at: LocalTime
    failures: int
    blocks: int
    last: LastRead = Field(validation_alias=AliasChoices("last", "report"))
    created_at: LocalTime
    created_by: str
    version: int


class FeedList(Answer):
    items: list[FeedAnswer]


class RemovedFeed(Answer):
    """What makes a removed feed again, as a body of `PUT` with `version` 0. ``sealed``: its address, which only this
    controller can read."""

    name: str
    space: str
    every_min: int
    party: str | None
    paused: bool
    sealed: str


def feed_answer(shown: FeedView) -> FeedAnswer:
    feed = shown.feed
    failing = feed.status is FeedStatus.FAILING
    return answer_of(
        FeedAnswer,
        feed,
        shown.zone,
        address=shown.where,
        trouble=feed.report.trouble if failing else None,
        text=feed.report.text if failing else "",
        stale_since=(feed.fresh_at or feed.created_at) if failing else None,
        blocks=shown.blocks,
    )


router = APIRouter(tags=["calendars"], responses=described(NotSignedIn, SiteUnknown))
TheFeeds = Annotated[FeedService, service(FeedService)]


@router.get("/sites/{site}/feeds")
async def list_feeds(site: SlugPath, feeds: TheFeeds, actor: Runs) -> FeedList:
    """The diaries that partners keep elsewhere and that block spaces here, with their status."""
    return FeedList(items=[feed_answer(each) for each in await feeds.listed(site)])


@router.get("/sites/{site}/feeds/{feed}", responses=described(FeedUnknown))
async def get_feed(site: SlugPath, feed: SlugPath, feeds: TheFeeds, actor: Runs) -> FeedAnswer:
    """One feed."""
    return feed_answer(await feeds.get(site, feed))


@router.put("/sites/{site}/feeds/{feed}", responses=described(VersionStale) | made(FeedAnswer))
async def put_feed(
    site: SlugPath, feed: SlugPath, body: PutFeedBody, feeds: TheFeeds, actor: Runs, response: Response
) -> FeedAnswer:
    """Create or change a feed. It is polled within a minute, and then every `every_min` minutes. Where its space or
    party changes, its future blocks are created again."""
    if await feeds.put(site, feed, body.wanted(), version=body.version, actor=actor):
        response.status_code = status.HTTP_201_CREATED
    return feed_answer(await feeds.get(site, feed))


@router.delete("/sites/{site}/feeds/{feed}", responses=described(FeedUnknown))
async def delete_feed(site: SlugPath, feed: SlugPath, feeds: TheFeeds, actor: Runs) -> RemovedFeed:
    """Remove a feed and its future blocks. Put the answer to have it back: its blocks come with the next poll."""
    removed = await feeds.remove(site, feed, actor=actor)
    return answer_of(RemovedFeed, removed, sealed=base64.b64encode(removed.sealed or b"").decode())


@router.post("/sites/{site}/feeds/{feed}/preview", response_model=ImportAnswer)
async def preview_feed(site: SlugPath, feed: SlugPath, body: FeedBody, feeds: TheFeeds, actor: Runs) -> Response:
    """Preview what the feed would import; writes nothing. It need not exist yet."""
    outcome = await feeds.preview(site, feed, body.wanted(), actor=actor)
    return await large_answer(lambda: import_answer(outcome, preview=True))


@router.post("/sites/{site}/feeds/{feed}/poll", responses=described(FeedUnknown))
async def poll_feed(site: SlugPath, feed: SlugPath, feeds: TheFeeds, actor: Runs) -> FeedAnswer:
    """Poll a feed now, for up to half a minute; `status` and `text` give the result."""
    return feed_answer(await feeds.poll(site, feed, actor=actor))
