"""The door code page: plain HTML for any phone, reached by the secret link in the message.

No script, no cookie, no request to anywhere else. What is cancelled here needs two steps and a token of the
page. The link itself is never logged and never repeated.
"""

import base64
import hashlib
from importlib.resources import files
from typing import Literal
from urllib.parse import parse_qs

import segno
from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from controller.access import words
from controller.access.codes import spoken
from controller.access.standing import State
from controller.bookings import links
from controller.bookings.affected.model import closed_text
from controller.bookings.desk import View
from controller.bookings.errors import LinkUnknown, NotNow
from controller.bookings.model import Status
from controller.bookings.texts import LAPSED, changed, given_back, waiting
from controller.house import House, TheHouse
from controller.people.model import Actor
from edge.wire import passes
from edge.wire.envelope import Signer

ACTOR = Actor(name="door page")
"""Who cancelled, in a booking's story, when it was done here."""

_HERE = files("controller.access")
_CSS = (_HERE / "door.css").read_text(encoding="utf-8")
_TEMPLATE = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True).from_string(
    (_HERE / "door.html").read_text(encoding="utf-8")
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_CSS.encode()).digest()).decode()
_HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}
_PAGES: dict[Status, "Page"] = {
    Status.REQUESTED: "waiting",
    Status.HELD: "waiting",
    Status.EXPIRED: "expired",
    Status.DECLINED: "declined",
    Status.CANCELLED: "cancelled",
    Status.RELEASED: "released",
    Status.NO_SHOW: "finished",
    Status.FINISHED: "finished",
}
_HEADINGS: dict["Page", str] = {
    "waiting": "{} is not confirmed yet",
    "expired": "{} was not confirmed in time",
    "declined": "{} was declined",
    "cancelled": "{} is cancelled",
    "released": "{} was given back",
    "finished": "{} is over",
}
_STANDING = frozenset({"current", "waiting"})
"""The pages of bookings that can be cancelled."""

Token = Path(max_length=200)
Page = Literal["current", "waiting", "expired", "declined", "cancelled", "released", "finished"]

router = APIRouter(include_in_schema=False)


@router.api_route("/d/{token}", methods=["GET", "HEAD"])
async def show(house: TheHouse, token: str = Token) -> HTMLResponse:
    """The page as it stands now."""
    try:
        return _shown(await house.bookings.by_link(token))
    except LinkUnknown:
        return _unknown()


@router.api_route("/d/{token}/pass", methods=["GET", "HEAD"])
async def show_pass(house: TheHouse, token: str = Token) -> HTMLResponse:
    """A QR code to hold before the door's scanner, for those who cannot remember digits. It is good for two minutes,
    and the page brings a fresh one every minute. There is one only while the booking's code opens."""
    try:
        view = await house.bookings.by_link(token)
    except LinkUnknown:
        return _unknown()
    if _page(view) != "current" or view.codes is None or view.now not in view.code_window:
        return _shown(view)
    signer = Signer(house.keys.signing)
    shown = passes.issue(signer, site=view.booking.site, holder=view.booking.id, now=view.now)
    picture = segno.make_qr(shown, error="m").svg_inline(scale=6, border=4, light="#fff")
    return _rendered(
        page="pass",
        heading=view.booking.title,
        notice="",
        picture=Markup(picture),  # noqa: S704  # made of our own letters
        works=_works(view),
        back=f"../{token}",
        doors=words.listed(view.place.door_names),
    )


@router.post("/d/{token}")
async def act(house: TheHouse, request: Request, token: str = Token) -> HTMLResponse:
    """Ask whether to cancel, or cancel once asked."""
    form = _form(await request.body())
    try:
        view = await house.bookings.by_link(token)
        if _page(view) not in _STANDING:
            return _shown(view)
        if form.get("step") != "cancel":
            return _confirm(house, view)
        return await _cancel(house, view, form.get("check", ""))
    except LinkUnknown:
        return _unknown()


async def _cancel(house: House, view: View, check: str) -> HTMLResponse:
    booking = view.booking
    if not links.confirms(house.keys.page, booking.id, booking.version, check):
        return _shown(view, notice="The booking was changed meanwhile. Look at it again before you cancel it.")
    try:
        return _shown(await house.bookings.cancel(booking.id, why="", actor=ACTOR))
    except NotNow as refused:
        return _shown(await house.bookings.get(booking.id), notice=refused.detail)


def _form(body: bytes) -> dict[str, str]:
    try:
        fields = parse_qs(body.decode("ascii"), max_num_fields=10)
    except ValueError:
        return {}
    return {name: values[0] for name, values in fields.items()}


def _shown(view: View, *, notice: str = "") -> HTMLResponse:
    booking, site, now = view.booking, view.place.site, view.now
    page = _page(view)
    return _rendered(
        page=page,
        heading=_heading(view, page).format(booking.title),
        notice=notice,
        closed=closed_text(view.impacts),
        waiting=waiting(view),
        lapsed=LAPSED if view.offer is not None else "",
        given_back=given_back(view),
        warned=booking.release_warned_at is not None,
        why=view.why,
        codes=[(spoken(code), words.listed(doors)) for code, doors in view.codes_by_doors],
        pass_at=f"{view.link.rpartition('/d/')[2]}/pass",
        scan=view.codes is not None and view.now in view.code_window,
        changed=changed(view),
        offline=[(spoken(each.digits), each.text) for each in view.offline],
        when=words.window(booking.during, site.tz, now=now),
        works=_works(view),
        space=view.place.space.name,
        site=site.name,
        address=site.address,
        doors=view.standing.doors,
        on_door=view.standing.state is State.ON,
        standing=view.standing.text[:1].upper() + view.standing.text[1:],
        still_opens=view.standing.still_opens,
        phone=site.phone,
        dial="".join(letter for letter in site.phone if letter.isdigit() or letter == "+"),
    )


def _heading(view: View, page: Page) -> str:
    offered = view.offer is not None and page == "waiting"
    return "{} is offered to you" if offered else _HEADINGS.get(page, "{}")


def _page(view: View) -> Page:
    return _PAGES.get(view.booking.status(view.now), "current")


def _works(view: View) -> str:
    """Days are named only where they are others than the booking's."""
    window, zone, day = view.code_window, view.place.site.tz, view.booking.starts
    until = words.at(window.end, zone, now=day)
    if view.now in window:
        return f"The code works now, until {until}."
    return f"The code works from {words.at(window.start, zone, now=day)} until {until}."


def _confirm(house: House, view: View) -> HTMLResponse:
    booking = view.booking
    return _rendered(
        page="confirm",
        heading=f"Cancel {booking.title}?",
        notice="",
        when=words.window(booking.during, view.place.site.tz, now=view.now),
        space=view.place.space.name,
        site=view.place.site.name,
        has_code=view.booking.certain,
        after_cancel=view.standing.after_cancel,
        check=links.confirmation(house.keys.page, booking.id, booking.version),
    )


def _unknown() -> HTMLResponse:
    return _rendered(404, page="unknown", heading="This link belongs to no booking", notice="")


def _rendered(status: int = 200, **values: object) -> HTMLResponse:
    html = _TEMPLATE.render(css=Markup(_CSS), **values)  # noqa: S704  # our own file
    return HTMLResponse(html, status, headers=_HEADERS)
