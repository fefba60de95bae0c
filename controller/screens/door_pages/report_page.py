"""Reporting a problem by the link of who booked, with a photograph if there is one, without script."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError

from controller.bookings.booking_view import BookingView
from controller.bookings.errors import LinkUnknown
from controller.bookings.problem_reports.routes import ReportBody
from controller.platform.key_files import LinkKind
from controller.platform.uploads.photo import LARGEST_PHOTO
from controller.platform.web.problem import Problem
from controller.screens.door_pages.door_page import ACTOR, ThePages, Token, may_report, refuse_show, unknown
from controller.screens.door_pages.plain_page import PlainPage, read_asset, read_parts, why
from controller.screens.door_pages.words import gettext

_PAGE = PlainPage("report.html", "forms.css", script=read_asset("upload.js"), referrer="no-referrer")
_CALLED = {"text": "What is wrong", "body": "The photograph"}
"""What the page calls the fields of the API."""

router = APIRouter(include_in_schema=False)


@router.api_route("/d/{token}/upload", methods=["GET", "HEAD"])
async def show_form(pages: ThePages, token: str = Token) -> Response:
    """The form."""
    found = await _enter(pages, token)
    return found if isinstance(found, Response) else _form(found, token)


@router.post("/d/{token}/upload")
async def report(pages: ThePages, request: Request, token: str = Token) -> Response:
    """Report it, once who booked has said what is wrong."""
    found = await _enter(pages, token)
    if isinstance(found, Response):
        return found
    text = ""
    try:
        parts = read_parts(await request.body(), request.headers.get("content-type", ""))
        text = parts.get("text", b"").decode("utf-8", "replace").replace("\r\n", "\n")
        body = ReportBody(text=text)
        await pages.reports.add(found.booking.id, body.text, actor=ACTOR, photo=parts.get("file", b""))
    except (ValidationError, Problem) as error:
        status = 422 if isinstance(error, ValidationError) else error.status
        return _form(found, token, status=status, notice=why(error, _CALLED), text=text)
    return RedirectResponse(f"../{token}?done=reported", 303)


async def _enter(pages: ThePages, token: str) -> BookingView | Response:
    """The booking, where the link may report; the page that says why not otherwise."""
    try:
        kind, view = await pages.bookings.by_link(token)
    except LinkUnknown:
        return unknown()
    if kind is LinkKind.SHOW:
        return refuse_show()
    return view if may_report(view) else RedirectResponse(f"../{token}", 303)


def _form(view: BookingView, token: str, *, status: int = 200, notice: str = "", text: str = "") -> HTMLResponse:
    return _PAGE.render(
        status,
        heading=gettext("Report a problem: %(space)s", space=view.place.space.name),
        notice=notice,
        site=view.place.site.name,
        phone=view.place.site.phone,
        text=text,
        largest=LARGEST_PHOTO,
        back=f"../{token}",
    )
