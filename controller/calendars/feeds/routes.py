"""Feeds over HTTP, for the site's managers."""

from typing import Annotated

from fastapi import APIRouter, Response, status

from controller.calendars.feeds.model import FeedUnknown
from controller.calendars.feeds.schemas import FeedAnswer, FeedBody, FeedList, PutFeedBody, feed_answer
from controller.calendars.feeds.service import FeedService
from controller.calendars.schemas import ImportAnswer, import_answer
from controller.estate.errors import SiteUnknown
from controller.people.authentication import Runs
from controller.people.edit_versions import VersionStale
from controller.web.fields import SlugPath, made
from controller.web.large_answers import large_answer
from controller.web.problem import NotSignedIn, described
from controller.web.services import service

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


@router.delete("/sites/{site}/feeds/{feed}", status_code=status.HTTP_204_NO_CONTENT, responses=described(FeedUnknown))
async def delete_feed(site: SlugPath, feed: SlugPath, feeds: TheFeeds, actor: Runs) -> Response:
    """Remove a feed and its future blocks."""
    await feeds.remove(site, feed, actor=actor)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.post("/sites/{site}/feeds/{feed}/preview", response_model=ImportAnswer)
async def preview_feed(site: SlugPath, feed: SlugPath, body: FeedBody, feeds: TheFeeds, actor: Runs) -> Response:
    """Preview what the feed would import; writes nothing. It need not exist yet."""
    outcome = await feeds.preview(site, feed, body.wanted(), actor=actor)
    return await large_answer(lambda: import_answer(outcome, preview=True))


@router.post("/sites/{site}/feeds/{feed}/poll", responses=described(FeedUnknown))
async def poll_feed(site: SlugPath, feed: SlugPath, feeds: TheFeeds, actor: Runs) -> FeedAnswer:
    """Poll a feed now, for up to half a minute; `status` and `text` give the result."""
    return feed_answer(await feeds.poll(site, feed, actor=actor))
