"""Taking a site's induction on a phone: plain HTML, one step a page, without script.

Somebody who has signed in takes it for themselves, others by a link that staff give them. The answers so far travel in
the form; only the last step is judged, and counts as a try.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from controller.access.induction.model import (
    Induction,
    InductionChanged,
    InductionLinkOver,
    NoInduction,
    Taker,
    TooManyInductions,
)
from controller.access.induction.service import InductionService
from controller.bookings.rules.reason_wording import plural
from controller.estate.errors import SiteUnknown
from controller.people.authentication import find_actor
from controller.people.model import Actor
from controller.people.permissions import sees
from controller.platform.web.csrf import ForeignOrigin
from controller.platform.web.services import service
from controller.screens.door_pages.plain_page import PlainPage, read_form, sentence
from controller.screens.door_pages.words import gettext, marked
from edge.wire.ids import SLUG_PATTERN

_PAGE = PlainPage("induction.html", "forms.css", title=marked("Induction"))
_NOBODY = marked("This page is for people who have signed in, or who have a link from the staff.")
_CHANGED = marked("The induction has been changed meanwhile. Begin again.")

router = APIRouter(include_in_schema=False)
TheInductions = Annotated[InductionService, service(InductionService)]
SiteQuery = Annotated[str | None, Query(pattern=SLUG_PATTERN)]
Token = Annotated[str, Path(max_length=600)]


@router.api_route("/induction", methods=["GET", "HEAD"])
async def show_own(inductions: TheInductions, request: Request, site: SiteQuery = None) -> HTMLResponse:
    """The inductions of one's sites, or the beginning of one of them."""
    actor = await find_actor(request)
    if actor is None or actor.user is None:
        return _PAGE.render(401, page="sign-in", notice=gettext(_NOBODY))
    if site is None:
        its = [(each.id, each.name) for each in await inductions.listed() if sees(actor, each.id)]
        return _PAGE.render(page="sites", sites=its)
    if not sees(actor, site):
        return _PAGE.render(404, page="sites", notice=gettext("There is no such building."), sites=[])
    return await _start(inductions, site, Taker(user_id=actor.user))


@router.post("/induction")
async def take_own(inductions: TheInductions, request: Request, site: SiteQuery = None) -> HTMLResponse:
    """The next step of somebody who has signed in."""
    try:
        actor = await find_actor(request)
    except ForeignOrigin as refused:
        return _PAGE.render(403, page="sign-in", notice=refused.detail)
    if actor is None or actor.user is None or site is None or not sees(actor, site):
        return _PAGE.render(401, page="sign-in", notice=gettext(_NOBODY))
    return await _step(inductions, site, Taker(user_id=actor.user), await request.body(), actor)


@router.api_route("/induction/{token}", methods=["GET", "HEAD"])
async def show_linked(inductions: TheInductions, token: Token) -> HTMLResponse:
    """The beginning of the induction that a link is for."""
    try:
        link = inductions.linked(token)
    except InductionLinkOver as over:
        return _PAGE.refuse(404, over.detail)
    return await _start(inductions, link.site, link.taker)


@router.post("/induction/{token}")
async def take_linked(inductions: TheInductions, request: Request, token: Token) -> HTMLResponse:
    """The next step of somebody who has a link."""
    try:
        link = inductions.linked(token)
    except InductionLinkOver as over:
        return _PAGE.refuse(404, over.detail)
    return await _step(inductions, link.site, link.taker, await request.body(), Actor.acting("induction link"))


async def _start(inductions: InductionService, site: str, taker: Taker, *, notice: str = "") -> HTMLResponse:
    try:
        found, induction, until = await inductions.state(site, taker)
    except (NoInduction, SiteUnknown) as error:
        return _PAGE.refuse(404, error.detail)
    draft = induction.draft
    return _PAGE.render(
        page="start",
        heading=gettext("Induction of %(site)s", site=found.name),
        notice=notice,
        until=until,
        sections=plural(len(draft.sections), "page"),
        questions=plural(len(draft.questions), "question"),
        percent=draft.pass_percent,
        form_start=_form(induction, 0, []),
    )


async def _step(inductions: InductionService, site: str, taker: Taker, body: bytes, actor: Actor) -> HTMLResponse:
    """What comes after the step that the form is of; the result after the last."""
    try:
        found, induction, _ = await inductions.state(site, taker)
    except (NoInduction, SiteUnknown) as error:
        return _PAGE.refuse(404, error.detail)
    form, draft = read_form(body), induction.draft
    step, answers = _number(form.get("step")), [_number(each) for each in form.get("answers", "").split(",") if each]
    if form.get("version") != str(induction.version) or len(answers) != max(0, step - len(draft.sections) - 1):
        return await _start(inductions, site, taker, notice=gettext(_CHANGED))
    if step > len(draft.sections):
        choice = _number(form.get("choice"))
        question = draft.questions[min(step - len(draft.sections), len(draft.questions)) - 1]
        if not 1 <= choice <= len(question.choices):
            return _page(induction, found.name, step - 1, answers, notice=gettext("Choose an answer first."))
        answers.append(choice)
    if step < len(draft.sections) + len(draft.questions):
        return _page(induction, found.name, step, answers)
    return await _result(inductions, induction, taker, answers, actor)


def _page(induction: Induction, name: str, step: int, answers: list[int], *, notice: str = "") -> HTMLResponse:
    """The step of this number, from 0."""
    draft = induction.draft
    form, every = _form(induction, step + 1, answers), len(draft.sections) + len(draft.questions)
    common: dict[str, Any] = {
        "notice": notice,
        "form_start": form,
        "step_text": gettext("Step %(number)s of %(every)s, %(site)s", number=step + 1, every=every, site=name),
    }
    if step < len(draft.sections):
        section = draft.sections[step]
        return _PAGE.render(page="section", heading=section.heading, text=section.text, **common)
    question = draft.questions[step - len(draft.sections)]
    number = step - len(draft.sections) + 1
    common |= {"text": question.text, "choices": question.choices}
    return _PAGE.render(page="question", heading=gettext("Question %(number)s", number=number), **common)


async def _result(
    inductions: InductionService, induction: Induction, taker: Taker, answers: list[int], actor: Actor
) -> HTMLResponse:
    try:
        done = await inductions.take(induction.site, taker, version=induction.version, answers=answers, name=actor.name)
    except InductionChanged:
        return await _start(inductions, induction.site, taker, notice=gettext(_CHANGED))
    except TooManyInductions as error:
        return _PAGE.render(429, page="none", heading=gettext("Not now"), notice=sentence(error.detail))
    result, questions = done.result, induction.draft.questions
    return _PAGE.render(
        page="result",
        heading=gettext("You have passed") if result.passed else gettext("Not passed yet"),
        passed=result.passed,
        score=f"{result.score} of {plural(result.questions, 'answer')} right",
        until=f"{result.valid_until:%-d %B %Y}",
        wrong=[(questions[place].text, questions[place].because) for place in done.wrong],
        form_start=_form(induction, 0, []),
    )


def _form(induction: Induction, step: int, answers: list[int]) -> Markup:
    """The beginning of a form that leads on from a step. Numbers only."""
    hidden = {"version": induction.version, "step": step, "answers": ",".join(map(str, answers))}
    fields = "".join(f'<input type="hidden" name="{name}" value="{value}">' for name, value in hidden.items())
    return Markup(f'<form method="post">{fields}')  # noqa: S704  # numbers only


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 4 else 0
