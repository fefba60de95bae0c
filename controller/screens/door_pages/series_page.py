"""The page with all dates of a series: plain HTML for any phone, reached by the secret link in the series' message.
Dates are cancelled here; each date's own door page has what else can be done with it."""

import hmac
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from controller.access.code_generation import spoken
from controller.billing.answers import cancel_charge
from controller.bookings.booking_view import BookingView
from controller.bookings.diary.model import BookingStatus
from controller.bookings.errors import LinkUnknown, NotNow
from controller.bookings.series.summary import SeriesDates, date_texts, space_text
from controller.platform.key_files import LinkKind, linked
from controller.platform.text import times
from controller.screens.door_pages.door_page import (
    ACTOR,
    STANDING,
    DoorPages,
    ThePages,
    Token,
    kept_until,
    page_of,
    refuse_show,
)
from controller.screens.door_pages.plain_page import PlainPage, keeping_script, qr_code, read_form, sentence
from controller.screens.door_pages.words import gettext, marked

_PAGE = PlainPage("series.html", "forms.css", script=keeping_script("../worker.js"), referrer="no-referrer")
_MOST = 1000
"""Fields of the form: a daily series of two years has fewer dates."""
_RENEWED = marked("The link that you passed on has ended, and so have those to its dates. Pass on the new one below.")
_CODED = frozenset({BookingStatus.CONFIRMED, BookingStatus.ARRIVED})

router = APIRouter(include_in_schema=False)


@router.api_route("/d/series/{token}", methods=["GET", "HEAD"])
async def show(pages: ThePages, token: str = Token) -> HTMLResponse:
    """All dates in their current state."""
    try:
        return _shown(*await pages.series.all_dates.by_link(token))
    except LinkUnknown:
        return _unknown()


@router.post("/d/series/{token}")
async def act(pages: ThePages, request: Request, token: str = Token) -> HTMLResponse:
    """Ask whether to cancel the dates that are ticked, or cancel them once asked; end the link that was passed on.
    Refused to who has only that."""
    form = read_form(await request.body(), _MOST)
    try:
        kind, found = await pages.series.all_dates.by_link(token)
        if kind is LinkKind.SHOW:
            return refuse_show()
        if form.get("step") == "renew":
            if form.get("check") == _last(found.show_link):  # once, however often the page is loaded again
                await pages.links.of_series(linked(token) or "", LinkKind.SHOW, actor=ACTOR)
            return _shown(*await pages.series.all_dates.by_link(token), notice=gettext(_RENEWED))
    except LinkUnknown:
        return _unknown()
    ticked = [view for view in found.views if view.booking.id in form and page_of(view) in STANDING]
    if not ticked:
        return _shown(kind, found, notice=gettext("Nothing is cancelled: tick the dates first that you do not want."))
    charges = [cancel_charge(await pages.billing.account(view.booking.id)) for view in ticked]
    told = [f"{view.booking.version} {charge}" for view, charge in zip(ticked, charges, strict=True)]
    check = pages.keys.confirmation("\0".join(view.booking.id for view in ticked), 0, "\0".join(told))
    if not hmac.compare_digest(check.encode(), form.get("check", "").encode(errors="replace")):
        return _confirm(found, ticked, charges, check, again="check" in form)
    return _shown(*await pages.series.all_dates.by_link(token), notice=await _drop(pages, found, ticked))


async def _drop(pages: DoorPages, found: SeriesDates, ticked: list[BookingView]) -> str:
    """Cancel the dates; what to say of it."""
    gone, kept = 0, list[str]()
    for view in ticked:
        try:
            await pages.bookings.cancel(view.booking.id, why="", if_match=view.booking.version, actor=ACTOR)
            gone += 1
        except NotNow as refused:
            kept.append(sentence(refused.detail))
    return " ".join([f"{gone} {'date is' if gone == 1 else 'dates are'} cancelled.", *kept])


def _shown(kind: LinkKind, found: SeriesDates, *, notice: str = "") -> HTMLResponse:
    """``kind``: the dates are linked to by links of the same kind."""
    manages = kind is LinkKind.MANAGE
    site = found.site
    dates = [
        {
            "when": each.when,
            "where": each.where,
            "state": each.state,
            "codes": [(spoken(code), times.listed(doors)) for code, doors in each.codes],
            "opens": each.opens,
            "note": each.note,
            "code_text": view.code_status.text,
            "page": f"../{_last(view.link if manages else view.show_link)}",
            "drop": view.booking.id if manages and page_of(view) in STANDING else "",
        }
        for each, view in zip(date_texts(found), found.views, strict=True)
    ]
    ends = [view.code_window.end for view in found.views if view.codes and view.booking.status(found.now) in _CODED]
    calendar = found.show_link
    return _PAGE.render(
        headers=kept_until(max(ends), found.now) if ends else {},
        page="dates",
        as_of=times.at(found.now, site.tz, now=found.now),
        show_link=found.show_link if manages else "",
        kept=bool(ends),
        show_qr=qr_code(found.show_link),
        show_check=_last(found.show_link),
        calendar=f"{_last(calendar)}/dates.ics",
        subscribe=f"webcal://{calendar.partition('://')[2]}/dates.ics",
        heading=found.title,
        notice=notice,
        rule_text=f"{found.rule_text}.",
        space=space_text(found),
        address=site.address,
        shared=[(spoken(code), times.listed(doors)) for code, doors in found.shared],
        dates=dates,
        over=found.over,
        phone=site.phone,
    )


def _confirm(
    found: SeriesDates, ticked: list[BookingView], charges: list[str], check: str, *, again: bool
) -> HTMLResponse:
    number = len(ticked)
    dates = [
        (view.booking.id, times.window(view.booking.during, found.site.tz, now=found.now), charge)
        for view, charge in zip(ticked, charges, strict=True)
    ]
    return _PAGE.render(
        page="confirm",
        heading=f"Cancel {number} {'date' if number == 1 else 'dates'} of {found.title}?",
        notice=gettext("A date, or the charge for cancelling it, has changed meanwhile. Look again.") if again else "",
        dates=dates,
        check=check,
        offline=list(dict.fromkeys(view.code_status.after_cancel for view in ticked if view.code_status.after_cancel)),
    )


def _last(link: str) -> str:
    return urlsplit(link).path.rpartition("/")[2]


def _unknown() -> HTMLResponse:
    return _PAGE.render(404, page="unknown", heading=gettext("This link belongs to no booking"))
