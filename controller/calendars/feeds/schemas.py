"""What feeds take and answer. Times carry the site's offset."""

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from controller.calendars.feeds.addresses import LONGEST, read_address
from controller.calendars.feeds.model import FeedDraft, FeedEvent, FeedStatus, FeedView, Trouble
from controller.text import local_time
from controller.web.fields import Answer, Body, Name, Slug, Versioned, Whole, answer_of

Every = Annotated[Whole, Field(ge=5, le=7 * 24 * 60)]
"""Minutes from one poll to the next."""
Address = Annotated[str, Field(max_length=LONGEST), AfterValidator(read_address)]


class FeedBody(Body):
    """``name``: whose diary it is, as in “blocked by the diary of …”. ``space``: what its events take; one that divides
    into others takes them all. ``address``: of the calendar (http, https or webcal), a secret that is never shown
    again; left out, the one it has. ``every_min``: minutes from one poll to the next. ``party``: whose bookings its
    events become."""

    name: Name
    space: Slug
    address: Address | None = None
    every_min: Every = 30
    party: Slug | None = None

    def wanted(self) -> FeedDraft:
        return FeedDraft(
            name=self.name, space=self.space, address=self.address, every_min=self.every_min, party=self.party
        )


class PutFeedBody(FeedBody, Versioned):
    __doc__ = FeedBody.__doc__


class ListedEvent(Answer):
    """``line``: where the event begins in the calendar, from 1. ``text``: why it is no block. ``booking``: the block
    that stays where it was."""

    line: int
    uid: str
    text: str
    title: str
    starts: str | None
    ends: str | None
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
    status: FeedStatus
    trouble: Trouble | None
    text: str
    stale_since: str | None
    fresh_at: str | None
    asked_at: str | None
    next_at: str
    failures: int
    blocks: int
    last: LastRead
    created_at: str
    created_by: str
    version: int


class FeedList(Answer):
    items: list[FeedAnswer]


def feed_answer(shown: FeedView) -> FeedAnswer:
    feed, zone, report = shown.feed, shown.zone, shown.feed.report
    failing = feed.status is FeedStatus.FAILING
    return answer_of(
        FeedAnswer,
        feed,
        address=shown.where,
        trouble=report.trouble if failing else None,
        text=report.text if failing else "",
        stale_since=_maybe(feed.fresh_at or feed.created_at, zone) if failing else None,
        fresh_at=_maybe(feed.fresh_at, zone),
        asked_at=_maybe(feed.asked_at, zone),
        next_at=local_time.rfc3339(feed.next_at, zone),
        blocks=shown.blocks,
        last=answer_of(
            LastRead,
            report,
            clashes=[_event(each, zone) for each in report.clashes],
            refusals=[_event(each, zone) for each in report.refusals],
        ),
        created_at=local_time.rfc3339(feed.created_at, zone),
    )


def _event(each: FeedEvent, zone: ZoneInfo) -> ListedEvent:
    return answer_of(ListedEvent, each, starts=_maybe(each.starts, zone), ends=_maybe(each.ends, zone))


def _maybe(moment: datetime | None, zone: ZoneInfo) -> str | None:
    return None if moment is None else local_time.rfc3339(moment, zone)
