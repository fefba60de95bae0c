"""Plain pages for staff: a slip to print for somebody who is not online, and whom to ring. Without script."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from msgspec.structs import asdict
from pydantic import ValidationError

from controller.access.code_generation import spoken
from controller.bookings.answers import code_times, given_back
from controller.bookings.booking_view import BookingView
from controller.bookings.door_codes import DoorCodes
from controller.bookings.errors import BookingUnknown, NotNow
from controller.bookings.service import BookingService
from controller.estate.errors import SiteUnknown
from controller.notices.calls import Call, CallService
from controller.notices.errors import NoticeUnknown
from controller.notices.schemas import CallBody
from controller.people.authentication import find_actor
from controller.people.model import Actor
from controller.people.permissions import Action, Thing, may
from controller.platform.text import local_time, times
from controller.platform.web.csrf import ForeignOrigin
from controller.platform.web.fields import IdPath, read_moment
from controller.platform.web.problem import Invalid
from controller.platform.web.services import service
from controller.screens.door_pages.plain_page import PlainPage, SiteQuery, read_form, typed_day, why
from controller.screens.door_pages.words import gettext, marked

_SLIP = PlainPage("slip.html", "slip.css", title=marked("No slip"))
_CALLS = PlainPage("calls.html", "forms.css", title=marked("Whom to ring"))
_TYPED = {"name": "", "phone": "", "why": "", "day": "", "time": ""}
_CALLED = {"name": "Who", "phone": "Their number", "why": "Why", "due": "By when"}
"""What the page calls the fields of the API."""

router = APIRouter(include_in_schema=False)
TheBookings = Annotated[BookingService, service(BookingService)]
TheDoorCodes = Annotated[DoorCodes, service(DoorCodes)]
TheCalls = Annotated[CallService, service(CallService)]


@router.api_route("/slip/{booking_id}", methods=["GET", "HEAD"])
async def ask_slip(booking_id: IdPath, bookings: TheBookings, request: Request) -> HTMLResponse:
    """What the slip will be of, without the code."""
    view = await _allowed(bookings, booking_id, await find_actor(request))
    if view is None:
        return _SLIP.refuse()
    when = times.window(view.booking.during, view.place.site.tz, now=view.now)
    values: dict[str, Any] = {"when": when, "space": view.place.space.name, "site": view.place.site.name}
    return _SLIP.render(page="ask", heading=gettext("Slip for %(booking)s", booking=view.booking.title), **values)


@router.post("/slip/{booking_id}")
async def show_slip(
    booking_id: IdPath, bookings: TheBookings, door_codes: TheDoorCodes, request: Request
) -> HTMLResponse:
    """The slip, with its code; recorded as seeing the code."""
    try:
        actor = await find_actor(request)
    except ForeignOrigin as refused:
        return _SLIP.refuse(403, refused.detail)
    if await _allowed(bookings, booking_id, actor) is None or actor is None:
        return _SLIP.refuse()
    try:
        shown = await door_codes.show(booking_id, actor=actor, act="print a slip")
    except NotNow as error:
        return _SLIP.refuse(409, error.detail)
    view = shown.view
    site, space, during = view.place.site, view.place.space, view.booking.during
    starts, ends = (local_time.wall(each, site.tz) for each in (during.start, during.end))
    until = times.clock(during.end, site.tz) if ends.date() == starts.date() else f"{ends:%H:%M on %A %-d %B}"
    return _SLIP.render(
        page="slip",
        heading=view.booking.title,
        day=f"{starts:%A %-d %B %Y}",
        time=f"{times.clock(during.start, site.tz)} to {until}",
        space=space.name,
        site=site.name,
        address=site.address,
        codes=[(spoken(code), times.listed(doors)) for code, doors in shown.codes],
        works=code_times(view),
        doors=times.listed(view.place.door_names),
        step_free=space.step_free,
        phone=site.phone,
        given_back=given_back(view),
    )


@router.api_route("/calls", methods=["GET", "HEAD"])
async def show_calls(calls: TheCalls, request: Request, site: SiteQuery) -> HTMLResponse:
    """Whom to ring at a site."""
    return await _calls(calls, site, await find_actor(request))


@router.post("/calls")
async def act_on_calls(calls: TheCalls, request: Request, site: SiteQuery) -> HTMLResponse:
    """Tick a call off, or put it back; note that nobody answered; put somebody on the list."""
    try:
        actor = await find_actor(request)
    except ForeignOrigin as refused:
        return _CALLS.refuse(403, refused.detail)
    form, notice, typed = read_form(await request.body()), "", None
    if actor is not None and may(actor, Action.RUN, Thing(site=site)):
        try:
            notice = await _act(calls, site, form, actor)
        except NoticeUnknown:
            notice = gettext("It is not on the list any more.")
        except (ValidationError, Invalid) as error:
            notice, typed = why(error, _CALLED), _TYPED | form
    return await _calls(calls, site, actor, notice=notice, typed=typed)


async def _act(calls: CallService, site: str, form: dict[str, str], actor: Actor) -> str:
    """Do what a form of the page asks for; what to say of it. Raises ``NoticeUnknown``, ``ValidationError`` and
    ``Invalid``."""
    step, call = form.get("step"), form.get("notice", "")
    if step in ("done", "undo"):
        await calls.mark(site, call, called=step == "done", actor=actor)
    elif step == "no-answer":
        await calls.no_answer(site, call, actor=actor)
        return gettext("It is noted that nobody answered.")
    elif step == "add":
        due = f"{typed_day(form.get('day', ''))}T{form.get('time', '').strip():0>5}"
        body = CallBody.model_validate({name: form.get(name, "") for name in ("name", "phone", "why")} | {"due": due})
        due_at = read_moment(body.due)
        await calls.add(site, name=body.name, phone=body.phone, why=body.why, due=due_at, actor=actor)
        return gettext("%(name)s is on the list.", name=body.name)
    return ""


async def _calls(
    calls: CallService, site: str, actor: Actor | None, *, notice: str = "", typed: dict[str, str] | None = None
) -> HTMLResponse:
    if actor is None or not may(actor, Action.RUN, Thing(site=site)):
        return _CALLS.refuse()
    try:
        site_config, waiting = await calls.of_site(site, called=False)
        _, done = await calls.of_site(site, called=True)
    except SiteUnknown as error:
        return _CALLS.refuse(404, error.detail)
    zone, now = site_config.site.tz, calls.clock.now()

    def row(call: Call) -> dict[str, object]:
        said = {
            name: times.at(at, zone, now=now) if at else ""
            for name, at in (("when", call.called_at), ("due", call.due_at), ("tried", call.tried_at))
        }
        return asdict(call) | said | {"late": call.due_at is not None and call.due_at < now}

    heading = gettext("Whom to ring, %(site)s", site=site_config.site.name)
    rows: dict[str, Any] = {"calls": [row(each) for each in waiting], "called": [row(each) for each in done[:20]]}
    return _CALLS.render(page="calls", heading=heading, notice=notice, typed=typed or _TYPED, **rows)


async def _allowed(bookings: BookingService, booking_id: str, actor: Actor | None) -> BookingView | None:
    """The booking, where the actor may see its code."""
    try:
        view = await bookings.get(booking_id)
    except BookingUnknown:
        return None
    thing = Thing(site=view.booking.site, party=view.booking.party)
    return view if actor is not None and may(actor, Action.CODE, thing) else None
