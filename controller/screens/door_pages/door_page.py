"""The door code page: plain HTML for any phone, reached by the secret link in the message.

It is complete without script and cookie, and asks nothing of anywhere else. Its only script registers a service worker
(``door_worker.js``), which keeps the page readable without signal while its code is good. What is cancelled here needs
two steps and a token of the page. The link itself is never logged and never repeated.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import HTMLResponse

from controller.access.code_generation import spoken
from controller.access.code_status import CodeState
from controller.billing.answers import account_answer, cancel_charge
from controller.billing.service import BillingService
from controller.bookings.answers import LAPSED, changed, given_back, waiting
from controller.bookings.booking_view import BookingView
from controller.bookings.diary.model import Booking, BookingStatus, Details, Draft, closed_text
from controller.bookings.errors import Clash, LinkUnknown, NotNow, NotPossible
from controller.bookings.link_renewal import LinkRenewal
from controller.bookings.problem_reports.model import AFTER_END
from controller.bookings.problem_reports.service import ProblemReports
from controller.bookings.series.service import SeriesService
from controller.bookings.service import BookingService
from controller.estate.ways.model import NoPhoto
from controller.estate.ways.routes import photo_response
from controller.estate.ways.service import WayService
from controller.find.service import AvailabilityService
from controller.notices.preferences.service import NoticePreferences
from controller.people.model import Actor, Role
from controller.platform.key_files import KeyFiles, LinkKind
from controller.platform.text import times
from controller.platform.web.fields import Moment
from controller.platform.web.services import service
from controller.screens.door_pages.plain_page import PlainPage, keeping_script, qr_code, read_asset, read_form, sentence
from controller.screens.door_pages.words import gettext, marked
from edge.wire import qr_passes
from edge.wire.envelope import Signer

KEEP_FOR = "Hallkeeper-Keep-For"
"""Header: for how many seconds the phone may keep the page, whatever its clock says. Pages without it are not kept."""
ACTOR = Actor.acting("door page")
"""The actor in a booking's log when it was cancelled on this page."""

_WORKER = read_asset("door_worker.js")
_PAGE = PlainPage("door.html", script=keeping_script("worker.js"), referrer="no-referrer")
_PAGES: dict[BookingStatus, "Page"] = {
    BookingStatus.REQUESTED: "waiting",
    BookingStatus.HELD: "waiting",
    BookingStatus.EXPIRED: "expired",
    BookingStatus.DECLINED: "declined",
    BookingStatus.CANCELLED: "cancelled",
    BookingStatus.RELEASED: "released",
    BookingStatus.NO_SHOW: "finished",
    BookingStatus.FINISHED: "finished",
}
_HEADINGS: dict["Page", str] = {
    "waiting": marked("%(booking)s is not confirmed yet"),
    "expired": marked("%(booking)s was not confirmed in time"),
    "declined": marked("%(booking)s was declined"),
    "cancelled": marked("%(booking)s is cancelled"),
    "released": marked("%(booking)s was cancelled because nobody came"),
    "finished": marked("%(booking)s is over"),
}
STANDING = frozenset({"current", "waiting"})
"""The pages of bookings that can be moved and cancelled."""

_ONLY_SHOWS = marked("This link only shows the booking. Ask the person who booked to change it.")
_CHANGED = marked("The booking has changed meanwhile. Look again before you do that.")
_RENEWED = marked("The link that you passed on has ended. Pass on the new one below.")
_DONE = {
    "reported": marked("It is reported. Thank you."),
    "moved": marked("It is moved."),
    "waits": marked("It is moved, and waits until somebody has agreed. Look here again."),
}
_REFUSED = PlainPage("base.html", referrer="no-referrer", title=marked("Not with this link"))

Token = Path(max_length=200)
Done = Annotated[str, Query(max_length=20)]
Page = Literal["current", "waiting", "expired", "declined", "cancelled", "released", "finished"]

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, kw_only=True)
class DoorPages:
    """The services that the pages use."""

    bookings: BookingService
    availability: AvailabilityService
    ways: WayService
    reports: ProblemReports
    billing: BillingService
    series: SeriesService
    links: LinkRenewal
    keys: KeyFiles
    preferences: NoticePreferences

    def check(self, view: BookingView, what: str) -> str:
        """What a page sends back, so that its act is of somebody who has read it, as the booking was then."""
        return self.keys.confirmation(view.booking.id, view.booking.version, what)

    def is_check(self, given: str, view: BookingView, what: str) -> bool:
        """Whether it is that of the page as it would be now."""
        return hmac.compare_digest(self.check(view, what).encode(), given.encode(errors="replace"))


ThePages = Annotated[DoorPages, service(DoorPages)]


@router.get("/d/worker.js")
async def worker() -> Response:
    """The service worker of all door pages of a phone."""
    return Response(_WORKER, media_type="text/javascript", headers={"Cache-Control": "no-cache"})


@router.api_route("/d/{token}", methods=["GET", "HEAD"])
async def show(pages: ThePages, token: str = Token, done: Done = "") -> HTMLResponse:
    """The page for the booking's current state. ``done``: what has just been done on another page."""
    try:
        return await show_booking(pages, *await pages.bookings.by_link(token), notice=gettext(_DONE.get(done, "")))
    except LinkUnknown:
        return unknown()


@router.api_route("/d/{token}/pass", methods=["GET", "HEAD"])
async def show_pass(pages: ThePages, token: str = Token) -> HTMLResponse:
    """A QR code to hold before the door's scanner, for those who cannot remember digits. It is good for two minutes,
    and the page brings a fresh one every minute. There is one only while the booking's code opens."""
    try:
        kind, view = await pages.bookings.by_link(token)
    except LinkUnknown:
        return unknown()
    if page_of(view) != "current" or view.codes is None or view.now not in view.code_window:
        return await show_booking(pages, kind, view)
    signer = Signer(pages.keys.signing)
    shown = qr_passes.issue(signer, site=view.booking.site, holder=view.booking.id, now=view.now)
    return _PAGE.render(
        page="pass",
        heading=view.booking.title,
        qr_code=qr_code(shown),
        works=_works(view),
        back=f"../{token}",
        doors=times.listed(view.place.door_names),
    )


@router.get("/d/{token}/photo")
async def show_photo(pages: ThePages, token: str = Token, door: Annotated[str, Query(max_length=40)] = "") -> Response:
    """The photograph of the way to the building, or to a door of the booking."""
    try:
        _, view = await pages.bookings.by_link(token)
        if page_of(view) == "current" and door in ("", *view.place.space.doors):
            answer = photo_response(*await pages.ways.photo(view.booking.site, door))
            answer.headers["Cache-Control"] = "no-store"  # the link may end; the page's worker keeps it for as long
            return answer
    except (LinkUnknown, NoPhoto):
        pass
    return unknown()


@router.post("/d/{token}")
async def act(pages: ThePages, request: Request, token: str = Token) -> HTMLResponse:
    """Ask whether to cancel or to end early, do it once asked, undo the early end; end the link that was passed on.
    Refused to who has only that."""
    form = read_form(await request.body())
    try:
        kind, view = await pages.bookings.by_link(token)
        if kind is LinkKind.SHOW:
            return await show_booking(pages, kind, view, notice=gettext(_ONLY_SHOWS), status=403)
        step = form.get("step")
        if step == "back" and ended_early(view):
            if not pages.is_check(form.get("check", ""), view, "back"):
                return await show_booking(pages, kind, view, notice=gettext(_CHANGED))
            view = await pages.bookings.restore(view.booking.id, actor=ACTOR)
            return await show_booking(pages, kind, view, notice=gettext("The rest of your time is yours again."))
        if page_of(view) not in STANDING:
            return await show_booking(pages, kind, view)
        if step == "leaving":
            return _leaving(pages, view)
        if step == "left":
            if not pages.is_check(form.get("check", ""), view, "left"):
                pressed_twice = view.booking.ends_before is not None
                return await show_booking(pages, kind, view, notice="" if pressed_twice else gettext(_CHANGED))
            return await show_booking(pages, kind, await pages.bookings.finish(view.booking.id, actor=ACTOR))
        if step == "renew":
            if form.get("check") == str(view.booking.show_link_number):  # once, however often the page is loaded again
                view = await pages.links.of_booking(view.booking.id, LinkKind.SHOW, actor=ACTOR)
            return await show_booking(pages, kind, view, notice=gettext(_RENEWED))
        if step != "cancel":
            return await _confirm(pages, view)
        return await _cancel(pages, view, form.get("check", ""))
    except LinkUnknown:
        return unknown()
    except (NotNow, Clash, NotPossible) as refused:
        return await show_booking(
            pages, kind, await pages.bookings.get(view.booking.id), notice=sentence(refused.detail)
        )


async def _cancel(pages: DoorPages, view: BookingView, check: str) -> HTMLResponse:
    booking = view.booking
    charge = cancel_charge(await pages.billing.account(booking.id))
    if not pages.is_check(check, view, charge):
        notice = gettext(
            "The booking, or the charge for cancelling it, has changed meanwhile. Look again before you cancel it."
        )
        return await show_booking(pages, LinkKind.MANAGE, view, notice=notice)
    return await show_booking(pages, LinkKind.MANAGE, await pages.bookings.cancel(booking.id, why="", actor=ACTOR))


async def show_booking(
    pages: DoorPages, kind: LinkKind, view: BookingView, *, notice: str = "", status: int = 200
) -> HTMLResponse:
    booking, site, now = view.booking, view.place.site, view.now
    page = page_of(view)
    manages = kind is LinkKind.MANAGE
    price = account_answer(await pages.billing.account(booking.id)) if manages else None
    code = page == "current" and bool(view.codes_by_doors)
    ways = await pages.ways.of_doors(booking.site, view.place.space.doors) if page in STANDING else []
    names = dict(zip(view.place.space.doors, view.place.door_names, strict=True))
    all_dates = await pages.series.all_dates.token_of(booking) if manages else ""
    link = view.link if manages else view.show_link
    return _PAGE.render(
        status,
        headers=kept_until(view.code_window.end, now) if code else {},
        page=page,
        as_of=times.at(now, site.tz, now=booking.starts),
        price=price.text if price is not None and price.total_pence is not None else "",
        manages=manages,
        show_link=view.show_link if manages and code else "",
        show_qr=qr_code(view.show_link),
        show_number=booking.show_link_number,
        heading=gettext(_heading(view, page), booking=booking.title),
        notice=notice,
        closed=closed_text(view.impacts),
        waiting=waiting(view),
        lapsed=LAPSED if view.offer is not None else "",
        given_back=given_back(view),
        warned=booking.release_warned_at is not None,
        why=view.why if manages else "",
        codes=[(spoken(code), times.listed(doors)) for code, doors in view.codes_by_doors],
        here=link.rpartition("/d/")[2],
        calendar=view.show_link.rpartition("/d/")[2],
        running=page == "current" and booking.starts <= now,
        back_check=pages.check(view, "back") if manages and ended_early(view) else "",
        reports=manages and may_report(view),
        step_free=view.place.space.step_free,
        ways=[(each, names.get(each.door, "")) for each in ways],
        scan=view.codes is not None and view.now in view.code_window,
        changed=changed(view),
        offline=[(spoken(each.digits), each.text) for each in view.offline],
        when=times.window(booking.during, site.tz, now=now),
        works=_works(view),
        space=view.place.space.name,
        site=site.name,
        address=site.address,
        doors=view.code_status.doors,
        on_door=view.code_status.state is CodeState.ON,
        code_text=view.code_status.text[:1].upper() + view.code_status.text[1:],
        still_opens=view.code_status.still_opens,
        all_dates=all_dates,
        preferences=await pages.preferences.token_for(booking) if manages else "",
        phone=site.phone,
    )


def _heading(view: BookingView, page: Page) -> str:
    offered = view.offer is not None and page == "waiting"
    return marked("%(booking)s is offered to you") if offered else _HEADINGS.get(page, "%(booking)s")


def page_of(view: BookingView) -> Page:
    return _PAGES.get(view.booking.status(view.now), "current")


def _works(view: BookingView) -> str:
    """Days are named only where they are others than the booking's."""
    window, zone, day = view.code_window, view.place.site.tz, view.booking.starts
    until = times.at(window.end, zone, now=day)
    if view.now in window:
        return gettext("The code works now, until %(until)s.", until=until)
    start = times.at(window.start, zone, now=day)
    return gettext("The code works from %(start)s until %(until)s.", start=start, until=until)


async def _confirm(pages: DoorPages, view: BookingView) -> HTMLResponse:
    booking = view.booking
    charge = cancel_charge(await pages.billing.account(booking.id))
    return _PAGE.render(
        page="confirm",
        heading=gettext("Cancel %(booking)s?", booking=booking.title),
        when=times.window(booking.during, view.place.site.tz, now=view.now),
        space=view.place.space.name,
        site=view.place.site.name,
        has_code=view.booking.certain,
        after_cancel=view.code_status.after_cancel,
        charge=charge,
        check=pages.check(view, charge),
    )


def _leaving(pages: DoorPages, view: BookingView) -> HTMLResponse:
    return _PAGE.render(
        page="leaving",
        heading=gettext("Have you finished with %(booking)s?", booking=view.booking.title),
        check=pages.check(view, "left"),
        when=times.window(view.booking.during, view.place.site.tz, now=view.now),
        space=view.place.space.name,
        site=view.place.site.name,
    )


def ended_early(view: BookingView) -> bool:
    """Whether the time that it gave back is still running, so that it can be had again."""
    booking = view.booking
    return booking.ends <= view.now and booking.ends_before is not None and booking.ends_before > view.now


def may_report(view: BookingView) -> bool:
    """Whether its people are or were there, or will be, so that they can report what is wrong."""
    return view.booking.certain and view.now < view.booking.ends + AFTER_END


def actor_of(booking: Booking) -> Actor:
    """Who moves a booking here: a leader of its party, who sees no more of other bookings than that; the controller
    where it is nobody's."""
    if booking.party is None:
        return ACTOR
    return Actor.acting(ACTOR.name, Role.GROUP_LEADER, site=booking.site, party=booking.party)


def draft_of(booking: Booking, *, starts: Moment, ends: Moment) -> Draft:
    """What somebody would ask for to get the booking at that time, judged by the rules."""
    details = msgspec.convert(booking, Details, from_attributes=True)
    return Draft(**msgspec.structs.asdict(details), starts=starts, ends=ends, by_rules=True)


def refuse_show() -> HTMLResponse:
    """To who has the link that only shows."""
    return _REFUSED.refuse(403, _ONLY_SHOWS)


def unknown() -> HTMLResponse:
    return _PAGE.render(404, page="unknown", heading=gettext("This link belongs to no booking"))


def kept_until(end: datetime, now: datetime) -> dict[str, str]:
    """A page with a code may stay on the phone, to be read without signal, for as long as the code is good."""
    seconds = int((end - now).total_seconds())
    return {"Cache-Control": "private, no-cache", KEEP_FOR: str(seconds)} if seconds > 0 else {}
