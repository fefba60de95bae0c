"""The page with all dates of a series: plain HTML for any phone, reached by the secret link in the series' message.
Each date's own door page offers what can be done with it."""

from importlib.resources import files

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from controller.access.codes import spoken
from controller.bookings.errors import LinkUnknown
from controller.bookings.series.summary import SeriesDates, date_texts, space_text
from controller.door_pages.door_page import CSS, HEADERS, ThePages, Token
from controller.key_files import LinkKind
from controller.text import times

_TEMPLATE = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True).from_string(
    (files("controller.door_pages") / "series.html").read_text(encoding="utf-8")
)

router = APIRouter(include_in_schema=False)


@router.api_route("/d/series/{token}", methods=["GET", "HEAD"])
async def show(pages: ThePages, token: str = Token) -> HTMLResponse:
    """All dates in their current state."""
    try:
        return _shown(*await pages.series.all_dates.by_link(token))
    except LinkUnknown:
        return _rendered(404, unknown=True, heading="This link belongs to no booking")


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
    return _rendered(
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
        dial="".join(letter for letter in site.phone if letter.isdigit() or letter == "+"),
    )


def _rendered(status: int = 200, **values: object) -> HTMLResponse:
    html = _TEMPLATE.render(css=Markup(CSS), **values)  # noqa: S704  # our own file
    return HTMLResponse(html, status, headers=HEADERS)
