"""Writing a site's induction on a page: as a text file, looked at before it is saved. Without script."""

from typing import Annotated

import msgspec
import tomli_w
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from controller.access.induction.model import InductionDraft, NoInduction
from controller.access.induction.schemas import InductionDraftBody
from controller.access.induction.service import InductionService
from controller.estate.errors import SiteUnknown
from controller.people.authentication import find_actor
from controller.people.optimistic_locking import VersionStale
from controller.people.permissions import Action, Thing, may
from controller.platform.uploads import toml
from controller.platform.web.csrf import ForeignOrigin
from controller.platform.web.services import service
from controller.screens.door_pages.plain_page import PlainPage, SiteQuery, faults, read_form
from controller.screens.door_pages.words import gettext, marked

_PAGE = PlainPage("induction_edit.html", "forms.css", title=marked("Write the induction"))
_NOT_YOURS = marked("Only managers of the building write its induction. Sign in as one, then open this page again.")
_EXAMPLE = """\
pass_percent = 80
valid_months = 24

[[sections]]
heading = "If there is a fire"
text = "Leave by the nearest door and ring 999."

[[questions]]
text = "Where do you meet when there is a fire?"
choices = ["In the car park", "At the gate"]
right = 2
because = "The car park is for the fire engine."
"""

router = APIRouter(include_in_schema=False)
TheInductions = Annotated[InductionService, service(InductionService)]


@router.api_route("/induction/edit", methods=["GET", "HEAD"])
async def edit(inductions: TheInductions, request: Request, site: SiteQuery) -> HTMLResponse:
    """The induction as it is, or an example where there is none."""
    actor = await find_actor(request)
    if actor is None or not may(actor, Action.RUN, Thing(site=site)):
        return _PAGE.refuse(403, _NOT_YOURS)
    try:
        version, text = await _current(inductions, site)
    except SiteUnknown as error:
        return _PAGE.refuse(404, error.detail)
    return _shown(version, text)


@router.post("/induction/edit")
async def save(inductions: TheInductions, request: Request, site: SiteQuery) -> HTMLResponse:
    """What it would look like, or save it."""
    try:
        actor = await find_actor(request)
    except ForeignOrigin as refused:
        return _PAGE.refuse(403, refused.detail)
    if actor is None or not may(actor, Action.RUN, Thing(site=site)):
        return _PAGE.refuse(403, _NOT_YOURS)
    form = read_form(await request.body())
    text, number = (form.get(name, "") for name in ("text", "version"))
    version = int(number) if number.isascii() and number.isdigit() and len(number) < 9 else 0
    try:
        draft = InductionDraftBody.model_validate(toml.loads(text.replace("\r\n", "\n").encode())).draft()
    except ValidationError as error:
        return _shown(version, text, notice=faults(error))
    except ValueError as error:
        return _shown(version, text, notice=gettext("This cannot be read: %(why)s.", why=error))
    if form.get("step") != "save":
        return _shown(version, text, draft=draft)
    try:
        written, _ = await inductions.put(site, draft, version=version, again="again" in form, actor=actor)
    except (VersionStale, SiteUnknown) as error:
        return _shown(version, text, notice=gettext("Not saved: %(why)s.", why=error.detail), draft=draft)
    return _shown(
        written.version, text, notice=gettext("Saved as version %(version)s.", version=written.version), draft=draft
    )


async def _current(inductions: InductionService, site: str) -> tuple[int, str]:
    try:
        found = await inductions.of_site(site)
    except NoInduction:
        return 0, _EXAMPLE
    return found.version, tomli_w.dumps(msgspec.to_builtins(found.draft))


def _shown(version: int, text: str, *, notice: str = "", draft: InductionDraft | None = None) -> HTMLResponse:
    return _PAGE.render(page="edit", notice=notice, version=version, text=text, draft=draft)
