"""Displays over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Request, Response, status

from controller.people.authentication import COOKIE, KeepsUsersHere, find_actor
from controller.people.errors import Busy, TooManyTries
from controller.platform.web.fields import IdPath, SlugPath, answer_of
from controller.platform.web.problem import NotSignedIn, described
from controller.platform.web.services import TheSettings, service
from controller.signin.displays.model import UNUSED_AFTER, DisplayUnknown, TooManyDisplays, WrongDisplayCode
from controller.signin.displays.schemas import (
    DisplayList,
    NewDisplayAnswer,
    NewDisplayBody,
    PairBody,
    PairedAnswer,
    display_answer,
    new_display_answer,
)
from controller.signin.displays.service import Displays
from controller.signin.routes import ThePeople, set_cookie, sign_in_origin

router = APIRouter(tags=["people"])
TheDisplays = Annotated[Displays, service(Displays)]


@router.get("/sites/{site}/displays", responses=described(NotSignedIn))
async def list_displays(site: SlugPath, displays: TheDisplays, actor: KeepsUsersHere) -> DisplayList:
    """The site's tablets and screens, by name."""
    return DisplayList(items=[display_answer(each) for each in await displays.listed(site)])


@router.post(
    "/sites/{site}/displays",
    status_code=status.HTTP_201_CREATED,
    responses=described(NotSignedIn, TooManyDisplays),
)
async def make_display(
    site: SlugPath, body: NewDisplayBody, displays: TheDisplays, settings: TheSettings, actor: KeepsUsersHere
) -> NewDisplayAnswer:
    """Make a display. Its code, to be typed on the device within ten minutes, is shown this once. You need the rights
    that it gets."""
    sites = None if body.sites is None else frozenset(body.sites)
    made, code = await displays.make(site, kind=body.kind, name=body.name, space=body.space, sites=sites, actor=actor)
    return new_display_answer(made, code, settings.address)


@router.delete(
    "/sites/{site}/displays/{display}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=described(NotSignedIn, DisplayUnknown),
)
async def end_display(site: SlugPath, display: IdPath, displays: TheDisplays, actor: KeepsUsersHere) -> None:
    """End a display: the device shows nothing more, at once. To use it again, make another."""
    await displays.end(site, display, actor=actor)


@router.post(
    "/displays/pair",
    status_code=status.HTTP_201_CREATED,
    responses=described(WrongDisplayCode, TooManyTries, Busy),
)
async def pair_display(
    body: PairBody,
    displays: TheDisplays,
    people: ThePeople,
    settings: TheSettings,
    request: Request,
    response: Response,
) -> PairedAnswer:
    """Pair the device that asks, by the code of a display; the code works once. Who has signed in there is signed out.
    From then on the device may do what its kind may at that site, and nothing else, until somebody ends it or it is
    unused for a year."""
    paired, token = await displays.pair(body.code, sign_in_origin(request, settings))
    before = await find_actor(request)
    if before is not None and before.by_cookie and before.display is None:
        await people.sessions.sign_out(before)
    set_cookie(response, COOKIE, token, settings, max_age=UNUSED_AFTER)
    return answer_of(PairedAnswer, paired, token=token)
