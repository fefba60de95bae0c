"""What the public reads of a booking, on a plain page for who may change it; and of a site, for who runs it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError

from controller.bookings.diary.model import Booking
from controller.bookings.diary.policy_repository import policy
from controller.bookings.schemas import BookingUpdate
from controller.bookings.series.date_edits import EditScope, SeriesChange
from controller.bookings.series.service import SeriesService
from controller.bookings.service import BookingService
from controller.calendars.public_events import KIND_NAMES, ListableRow, listable
from controller.db.engine import Database
from controller.estate.errors import SiteUnknown
from controller.estate.repository import site as find_site
from controller.people.authentication import find_actor
from controller.people.model import Actor
from controller.people.permissions import Action, Thing, may
from controller.platform.settings import Settings
from controller.platform.text import local_time, times
from controller.platform.web.csrf import ForeignOrigin
from controller.platform.web.fields import IdPath
from controller.platform.web.problem import NotFound, Problem
from controller.platform.web.services import service
from controller.screens.door_pages.plain_page import NOT_YOURS, PlainPage, read_form, why
from controller.screens.door_pages.words import gettext, marked
from edge.wire.clock import Clock
from edge.wire.ids import SLUG_PATTERN
from edge.wire.interval import Interval

_PAGE = PlainPage("listing.html", "whats_on.css", "forms.css", title=marked("What the public reads"))
_FIELDS = ("listed_as", "event_kind", "about", "web_link")
_CALLED = {
    "listed_as": "The title",
    "event_kind": "The kind",
    "about": "The description",
    "web_link": "The web address",
}
"""What the page calls the fields of the API."""
_AHEAD = timedelta(days=92)
_DONE = {"public": marked("Everybody can read it now."), "private": marked("It is private now.")}
_UNSHOWN = marked("It is public, and nobody can read it until the building has a public page.")

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class ListingPages:
    """The services that the pages use, and the request."""

    bookings: Annotated[BookingService, service(BookingService)]
    series: Annotated[SeriesService, service(SeriesService)]
    database: Annotated[Database, service(Database)]
    clock: Annotated[Clock, service(Clock)]
    settings: Annotated[Settings, service(Settings)]
    request: Request


ThePages = Annotated[ListingPages, Depends()]


@router.api_route("/listings", methods=["GET", "HEAD"])
async def show_listings(pages: ThePages, site: Annotated[str, Query(pattern=SLUG_PATTERN)]) -> HTMLResponse:
    """What of a site is public, what could be, and how to show it elsewhere."""
    actor = await find_actor(pages.request)
    if actor is None or not may(actor, Action.RUN, Thing(site=site)):
        return _PAGE.refuse()
    now = pages.clock.now()
    async with pages.database.read() as tx:
        found = await find_site(tx, site)
        if found is None:
            return _PAGE.refuse(404, SiteUnknown(site).detail)
        rows = await listable(tx, site, Interval(start=now, end=now + _AHEAD))
        shown = (await policy(tx, site)).public_page.shown

    def line(each: ListableRow, dates: int) -> dict[str, str]:
        when = times.window(Interval(start=each.starts, end=each.ends), found.tz, now=now)
        more = f", and {dates - 1} more dates" if dates > 2 else ", and 1 more date" if dates == 2 else ""
        return {"id": each.id, "title": each.title, "when": f"{when}{more}", "where": each.space_name}

    return _PAGE.render(
        page="site",
        heading=gettext("What the public reads of %(name)s", name=found.name),
        site=found,
        shown=shown,
        address=pages.settings.address,
        public=[line(*each) for each in _once(rows, public=True)],
        private=[line(*each) for each in _once(rows, public=False)],
    )


@router.api_route("/listings/{booking_id}", methods=["GET", "HEAD"])
async def show_listing(
    pages: ThePages, booking_id: IdPath, done: Annotated[str, Query(max_length=10)] = ""
) -> HTMLResponse:
    """The form for a booking, and how its event looks."""
    try:
        booking, _ = await _enter(pages, booking_id)
    except Problem as error:
        return _refused(error)
    return await _form(pages, booking, notice=_DONE.get(done, ""))


@router.post("/listings/{booking_id}")
async def change_listing(pages: ThePages, booking_id: IdPath) -> Response:
    """Make it public or private, alone or with the dates of its series."""
    try:
        booking, actor = await _enter(pages, booking_id)
    except Problem as error:
        return _refused(error)
    typed = dict.fromkeys(("public", "dates", *_FIELDS), "") | read_form(await pages.request.body())
    public = typed["public"] == "yes"
    given: dict[str, Any] = {name: typed[name].replace("\r\n", "\n") for name in _FIELDS}
    try:
        body = BookingUpdate.model_validate(given | {"event_kind": given["event_kind"] or None, "public": public})
        if booking.series_id is not None and typed["dates"] == "all":
            change = SeriesChange(scope=EditScope.ALL, details=body.details())
            await pages.series.change(booking.series_id, change, actor=actor)
        # A date that had words of its own keeps them when its series is changed.
        await pages.bookings.change(booking_id, body.change(), if_match=None, actor=actor)
    except (ValidationError, Problem) as error:
        status = error.status if isinstance(error, Problem) else 422
        return await _form(pages, booking, notice=why(error, _CALLED), typed=typed, status=status)
    return RedirectResponse(f"/listings/{booking_id}?done={'public' if public else 'private'}", 303)


async def _enter(pages: ListingPages, booking_id: str) -> tuple[Booking, Actor]:
    """The booking, for who may change it. Raises ``ForeignOrigin``, and ``NotFound`` also where it is not theirs."""
    actor = await find_actor(pages.request)
    booking = (await pages.bookings.get(booking_id)).booking
    if actor is None or not may(actor, Action.BOOK, Thing(site=booking.site, party=booking.party)):
        raise NotFound(NOT_YOURS)
    return booking, actor


def _refused(error: Problem) -> HTMLResponse:
    return _PAGE.refuse(403, error.detail if isinstance(error, ForeignOrigin) else NOT_YOURS)


async def _form(
    pages: ListingPages,
    booking: Booking,
    *,
    notice: str = "",
    typed: dict[str, str] | None = None,
    status: int = 200,
) -> HTMLResponse:
    view = await pages.bookings.get(booking.id)
    booking, place = view.booking, view.place
    async with pages.database.read() as tx:
        shown = (await policy(tx, booking.site)).public_page.shown
    own = {name: getattr(booking, name) or "" for name in _FIELDS}
    return _PAGE.render(
        status,
        page="booking",
        heading=gettext("What the public reads of %(name)s", name=booking.title),
        notice=gettext(notice if shown or notice != _DONE["public"] else _UNSHOWN),
        site=place.site,
        shown=shown,
        booking=booking,
        when=times.window(booking.during, place.site.tz, now=view.now),
        where=f"{place.space.name}, {place.site.name}",
        day=local_time.local_day(booking.starts, place.site.tz),
        kinds={kind.value: gettext(name) for kind, name in KIND_NAMES.items()},
        typed=typed or own | {"public": "yes" if booking.public else "no", "dates": "all"},
    )


def _once(rows: list[ListableRow], *, public: bool) -> list[tuple[ListableRow, int]]:
    """The first date of each series, with how many of its dates are as public, and what is of none."""
    found: dict[str, tuple[ListableRow, int]] = {}
    for each in rows:
        if each.public is public:
            first, count = found.get(each.series_id or each.id, (each, 0))
            found[each.series_id or each.id] = (first, count + 1)
    return list(found.values())
