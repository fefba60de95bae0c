"""What feeds take and answer. Times carry the site's offset."""

from typing import Annotated

from pydantic import AfterValidator, AliasChoices, Field

from controller.calendars.feeds.addresses import LONGEST, read_address
from controller.calendars.feeds.model import FeedDraft, FeedStatus, FeedView, Trouble
from controller.web.fields import Answer, Body, LocalTime, Name, Slug, Versioned, Whole, answer_of

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
        return FeedDraft(**self.model_dump(exclude={"version"}))


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
