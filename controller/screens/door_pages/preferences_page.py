"""The page by which who gets a notice chooses which of them come, and how: plain HTML, reached by the link in a mail or
on the page to manage a booking. A GET changes nothing; a mail program's one click is a POST (RFC 8058)."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from controller.notices.errors import PreferenceLinkUnknown
from controller.notices.model import Channel, NoticeKind
from controller.notices.preferences.model import REQUIRED, By
from controller.notices.preferences.service import Preference
from controller.platform.web.problem import Invalid
from controller.screens.door_pages.door_page import ThePages, Token
from controller.screens.door_pages.plain_page import PlainPage, read_form
from controller.screens.door_pages.words import gettext, marked

_PAGE = PlainPage("preferences.html", referrer="no-referrer", title=marked("Your notices"))
CHOICES = {
    By.MAIL: marked("by mail"),
    By.SMS: marked("by text message"),
    By.BOTH: marked("by mail and text message"),
    By.NONE: marked("not at all"),
}
Kinds = Annotated[list[str], Query(alias="kind", max_length=len(NoticeKind))]

router = APIRouter(include_in_schema=False)


@router.api_route("/n/{token}", methods=["GET", "HEAD"])
async def show(pages: ThePages, kinds: Kinds = [], token: str = Token) -> HTMLResponse:  # noqa: B006
    """What they have chosen; with ``kind``, a button to stop mails of that kind."""
    try:
        found = await pages.preferences.by_link(token)
    except PreferenceLinkUnknown:
        return _unknown()
    sms = Channel.SMS in pages.preferences.channels
    return _rendered(found, sms=sms, stop=[each for each in found if each.kind in _stoppable(kinds) and each.by.mails])


@router.post("/n/{token}")
async def change(pages: ThePages, request: Request, kinds: Kinds = [], token: str = Token) -> HTMLResponse:  # noqa: B006
    """Save what was chosen on the page; anything else that names a ``kind`` in its address stops mails of that kind, as
    a mail program's click does, whatever its body."""
    form = read_form(await request.body())
    sms = Channel.SMS in pages.preferences.channels
    try:
        if form.get("step") == "save":
            chosen = {kind: By(form[name]) for kind in NoticeKind if form.get(name := kind.name.lower()) in list(By)}
            return _rendered(await pages.preferences.put_by_link(token, chosen), sms=sms, notice=gettext("Saved."))
        if stopped := _stoppable(kinds):
            return _rendered(
                await pages.preferences.stop_mails(token, stopped), sms=sms, notice=gettext("These mails are stopped.")
            )
        return _rendered(await pages.preferences.by_link(token), sms=sms, notice=gettext("Nothing was changed."))
    except Invalid as refused:
        return _rendered(await pages.preferences.by_link(token), sms=sms, notice=refused.detail, status=422)
    except PreferenceLinkUnknown:
        return _unknown()


def _stoppable(names: list[str]) -> frozenset[NoticeKind]:
    return frozenset(kind for kind in NoticeKind if kind.name.lower() in names and kind not in REQUIRED)


def _unknown() -> HTMLResponse:
    return _rendered([], heading=gettext("This link belongs to nobody"), status=404)


def _rendered(
    found: list[Preference],
    *,
    sms: bool = False,
    heading: str = "",
    notice: str = "",
    stop: list[Preference] | None = None,
    status: int = 200,
) -> HTMLResponse:
    return _PAGE.render(
        status,
        heading=heading,
        notice=notice,
        stop=stop or [],
        rows=found,
        choices={by: gettext(text) for by, text in CHOICES.items() if sms or Channel.SMS not in by.channels},
        none=By.NONE,
    )
