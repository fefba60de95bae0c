"""Subscriptions over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Response, status

from controller.calendars.subscriptions.model import SubscriptionUnknown
from controller.calendars.subscriptions.schemas import (
    SubscriptionAnswer,
    SubscriptionBody,
    SubscriptionPage,
    subscription_answer,
)
from controller.calendars.subscriptions.service import SubscriptionService
from controller.estate.errors import SiteUnknown
from controller.people.authentication import BooksAnySite, ReadsAnySite
from controller.web.fields import LIST_LIMIT, After, IdPath, Limit
from controller.web.problem import NotSignedIn, described
from controller.web.services import service

router = APIRouter(tags=["calendars"], responses=described(NotSignedIn))
TheSubscriptions = Annotated[SubscriptionService, service(SubscriptionService)]


@router.get("/subscriptions")
async def list_subscriptions(
    subscriptions: TheSubscriptions, actor: ReadsAnySite, after: After = None, limit: Limit = LIST_LIMIT
) -> SubscriptionPage:
    """The active calendar links: your own, or all of your sites if you run them."""
    found = await subscriptions.listed(actor=actor, after=after, limit=limit + 1)
    more, found = len(found) > limit, found[:limit]
    return SubscriptionPage(
        items=[subscription_answer(each) for each in found], next=found[-1].subscription.id if more else None
    )


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
