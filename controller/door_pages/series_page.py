"""The page with all dates of a series: plain HTML for any phone, reached by the secret link in the series' message.
Each date's own door page offers what can be done with it."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from controller.access.code_generation import spoken
from controller.bookings.errors import LinkUnknown
from controller.bookings.series.summary import SeriesDates, date_texts, space_text
from controller.door_pages.door_page import ThePages, Token
from controller.door_pages.plain_page import PlainPage
from controller.key_files import LinkKind
from controller.text import times

_PAGE = PlainPage("series.html", referrer="no-referrer")

router = APIRouter(include_in_schema=False)


@router.api_route("/d/series/{token}", methods=["GET", "HEAD"])
async def show(pages: ThePages, token: str = Token) -> HTMLResponse:
    """All dates in their current state."""
    try:
        return _shown(*await pages.series.all_dates.by_link(token))
    except LinkUnknown:
        return _PAGE.render(404, unknown=True, heading="This link belongs to no booking")


def _shown(kind: LinkKind, found: SeriesDates) -> HTMLResponse:
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
            "page": f"../{(view.link if manages else view.show_link).rpartition('/d/')[2]}",
        }
        for each, view in zip(date_texts(found), found.views, strict=True)
    ]
    return _PAGE.render(
        unknown=False,
        show_link=found.show_link if manages else "",
        heading=found.title,
        rule_text=f"{found.rule_text}.",
        space=space_text(found),
        address=site.address,
        shared=[(spoken(code), times.listed(doors)) for code, doors in found.shared],
        dates=dates,
        over=found.over,
        phone=site.phone,
    )
