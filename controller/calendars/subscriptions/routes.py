"""Subscriptions over HTTP, and the iCalendar file behind a subscription's link, for anybody who has the link. The link
is never logged."""

from datetime import UTC, date
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Header, Path, Query, Response, status
from pydantic import model_validator

from controller.calendars.ics_writer import MEDIA_TYPE, etag, tagged
from controller.calendars.subscriptions.calendar_file import LONGEST
from controller.calendars.subscriptions.model import Linked, Shows, SubscriptionDraft, SubscriptionUnknown
from controller.calendars.subscriptions.service import SubscriptionService
from controller.estate.errors import SiteUnknown
from controller.people.authentication import BooksAnySite, ReadsAnySite
from controller.platform.text import local_time
from controller.platform.web.fields import (
    LIST_LIMIT,
    After,
    Answer,
    Body,
    IdPath,
    Limit,
    Line,
    LocalTime,
    Page,
    Slug,
    answer_of,
    page_of,
    read_date,
)
from controller.platform.web.problem import NotSignedIn, described, invalid_field
from controller.platform.web.services import service
from edge.wire.interval import Interval


class SubscriptionBody(Body):
    """Of a site, of a ``space`` of it, or of a ``party``: a group, an organisation, or a person with their groups.
    ``shows``: that the time is taken, titles, or contacts too. ``name``: left out, that of what it is of."""

    site: Slug | None = None
    space: Slug | None = None
    party: Slug | None = None
    shows: Shows = Shows.TAKEN
    name: Line = ""

    @model_validator(mode="after")
    def _of_one(self) -> "SubscriptionBody":
        if (self.site is None) == (self.party is None):
            raise ValueError("give a site, with or without a space of it, or a party, and not both")
        if self.space is not None and self.site is None:
            raise ValueError("give the site that the space is in")
        return self

    def wanted(self) -> SubscriptionDraft:
        return SubscriptionDraft(**self.model_dump())


class SubscriptionAnswer(Answer):
    """``link``: the address to put into a calendar program, a secret: who has it sees what it shows."""

    id: str
    name: str
    shows: Shows
    site: str | None
    space: str | None
    party: str | None
    link: str
    created_at: LocalTime
    created_by: str


class SubscriptionPage(Page[SubscriptionAnswer]): ...


def subscription_answer(linked: Linked) -> SubscriptionAnswer:
    return answer_of(SubscriptionAnswer, linked.subscription, UTC, link=linked.link)


router = APIRouter(tags=["calendars"], responses=described(NotSignedIn))
TheSubscriptions = Annotated[SubscriptionService, service(SubscriptionService)]


@router.get("/subscriptions")
async def list_subscriptions(
    subscriptions: TheSubscriptions, actor: ReadsAnySite, after: After = None, limit: Limit = LIST_LIMIT
) -> SubscriptionPage:
    """The active calendar links: your own, or all of your sites if you run them."""
    found = await subscriptions.listed(actor=actor, after=after, limit=limit + 1)
    return page_of(SubscriptionPage, found, limit, subscription_answer, key=lambda each: each.subscription.id)


@router.post("/subscriptions", status_code=status.HTTP_201_CREATED, responses=described(SiteUnknown))
async def subscribe(body: SubscriptionBody, subscriptions: TheSubscriptions, actor: BooksAnySite) -> SubscriptionAnswer:
    """Make a link to a calendar that programs can subscribe to. It shows no more than you see yourself."""
    return subscription_answer(await subscriptions.subscribe(body.wanted(), actor=actor))


@router.delete(
    "/subscriptions/{subscription_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=described(SubscriptionUnknown),
)
async def revoke_subscription(
    subscription_id: IdPath, subscriptions: TheSubscriptions, actor: BooksAnySite
) -> Response:
    """Revoke a link. Programs keep what they have read; they get nothing new."""
    await subscriptions.revoke(subscription_id, actor=actor)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


page = APIRouter(include_in_schema=False)
KEPT_S = 300
"""How long a reader may go without asking again."""
_UTC = local_time.zone("UTC")


@page.api_route("/c/{token}.ics", methods=["GET", "HEAD"])
async def calendar_file(
    subscriptions: TheSubscriptions,
    token: Annotated[str, Path(max_length=200)],
    from_: Annotated[str | None, Query(alias="from", max_length=10)] = None,
    to: Annotated[str | None, Query(max_length=10)] = None,
    if_none_match: Annotated[str | None, Header(max_length=1000)] = None,
) -> Response:
    """The calendar, from `from` to before `to` (dates, at most 800 days), else from a month ago to a year ahead."""
    found = await subscriptions.file(token, during=_during(from_, to))
    headers = {
        "Cache-Control": f"private, max-age={KEPT_S}",
        "Content-Disposition": f"inline; filename*=UTF-8''{quote(found.name, safe='')}.ics",
        "X-Robots-Tag": "noindex",
        "Content-Type": MEDIA_TYPE,
    }
    return tagged(Response, found.data, etag(found.data), if_none_match, headers)


def _during(starts: str | None, ends: str | None) -> Interval | None:
    if starts is None and ends is None:
        return None
    if starts is None or ends is None:
        raise invalid_field("from" if starts is None else "to", "give `from` and `to`, or neither")
    start = local_time.day_start(_date(starts, "from"), _UTC)
    end = local_time.day_start(_date(ends, "to"), _UTC)
    if end <= start:
        raise invalid_field("to", "must be after `from`")
    if end - start > LONGEST:
        raise invalid_field("to", f"must be at most {LONGEST.days} days after `from`")
    return Interval(start=start, end=end)


def _date(text: str, field: str) -> date:
    try:
        return read_date(text)
    except ValueError as error:
        raise invalid_field(field, str(error)) from error
