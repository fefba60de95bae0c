"""What a link gives besides its page: what is charged, to print, and calendar files, which have no code in them."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec
from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from controller.billing.answers import account_answer
from controller.billing.money import pounds
from controller.bookings.booking_view import BookingView
from controller.bookings.errors import LinkUnknown
from controller.calendars.ics_writer import MEDIA_TYPE, calendar
from controller.calendars.subscriptions.booking_event import entry_at
from controller.calendars.subscriptions.model import Shows
from controller.calendars.subscriptions.repository import PublicBooking
from controller.platform.key_files import LinkKind
from controller.platform.text import times
from controller.screens.door_pages.door_page import ThePages, Token, refuse_show, unknown
from controller.screens.door_pages.plain_page import PlainPage
from controller.screens.door_pages.words import gettext

_PAGE = PlainPage("charge.html", referrer="no-referrer")
_REFRESH = timedelta(hours=4)

router = APIRouter(include_in_schema=False)


@router.api_route("/d/{token}/charge", methods=["GET", "HEAD"])
async def show_charge(pages: ThePages, token: str = Token) -> HTMLResponse:
    """What the booking costs, line by line."""
    try:
        kind, view = await pages.bookings.by_link(token)
    except LinkUnknown:
        return unknown()
    if kind is LinkKind.SHOW:
        return refuse_show()
    account = await pages.billing.account(view.booking.id)
    answer = account_answer(account)
    zone = view.place.site.tz
    return _PAGE.render(
        heading=gettext("What is charged for %(booking)s", booking=view.booking.title),
        when=times.window(view.booking.during, zone, now=view.now),
        as_of=times.at(view.now, zone, now=view.now),
        day=times.day(view.now, zone, now=view.now),
        space=view.place.space.name,
        site=view.place.site,
        party=view.party.name if view.party is not None else "",
        price=answer.text,
        lines=[(each.text, pounds(each.pence) if each.pence else "") for each in account.quote.lines],
        settled=account.settled,
        terms=answer.terms,
        back=f"../{token}",
    )


@router.get("/d/{token}/booking.ics")
async def booking_file(pages: ThePages, token: str = Token) -> Response:
    """The booking for a calendar."""
    try:
        _, view = await pages.bookings.by_link(token)
    except LinkUnknown:
        return unknown()
    return _calendar(view.booking.title, [view])


@router.get("/d/series/{token}/dates.ics")
async def series_file(pages: ThePages, token: str = Token) -> Response:
    """All dates to come. A calendar program that follows the address has them as they are."""
    try:
        _, found = await pages.series.all_dates.by_link(token)
    except LinkUnknown:
        return unknown()
    return _calendar(found.title, found.views)


def _calendar(title: str, views: Sequence[BookingView]) -> Response:
    entries = [
        entry_at(
            msgspec.convert(view.booking, PublicBooking, from_attributes=True),
            view.place.site,
            view.place,
            Shows.TITLES,
            party=None,
            now=view.now,
        )
        for view in views
    ]
    headers = {"Cache-Control": "private, no-cache", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
    return Response(calendar(title, entries, refresh=_REFRESH), media_type=MEDIA_TYPE, headers=headers)
