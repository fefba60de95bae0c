"""Signing in and out, and who may: users and their assignments."""

from datetime import timedelta
from ipaddress import ip_address
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response, status

from controller.people.authentication import COOKIE, TheActor, ThePerson, cookie_name, find_actor
from controller.people.errors import (
    AlreadySetUp,
    Busy,
    SessionUnknown,
    SetupUnsafe,
    SignInNeeded,
    TooManyTries,
    WrongPassword,
    WrongSetupToken,
)
from controller.people.model import SecondStepNeeded, SignedIn
from controller.people.schemas import (
    EndedAnswer,
    OwnPasswordBody,
    SecondStepAnswer,
    SessionAnswer,
    SessionList,
    SetupBody,
    SetupNeeded,
    SignedInAnswer,
    SignInBody,
    session_answer,
    session_entry,
)
from controller.people.sign_in_throttle import SignInOrigin
from controller.platform.settings import Settings
from controller.platform.web.fields import IdPath
from controller.platform.web.middleware import is_address
from controller.platform.web.problem import NotSignedIn, described
from controller.platform.web.services import TheClock, TheSettings, service, service_of
from controller.records.audit.audit_log import origin
from controller.signin.displays.model import UNUSED_AFTER
from controller.signin.sessions import LONGEST_SESSION
from controller.signin.sign_in import SignInService
from controller.signin.user_agent import browser_name

DEVICE = "hk_device"
"""The cookie by which a browser is known that has signed somebody in."""
_DEVICE_KNOWN = timedelta(days=365)

_FORWARDED = {"forwarded", "via", "x-forwarded-for", "x-forwarded-proto", "x-real-ip"}
"""Headers of requests that a proxy passes on."""

router = APIRouter(tags=["people"])
ThePeople = Annotated[SignInService, service(SignInService)]


@router.get("/setup-needed")
async def setup_needed(people: ThePeople, request: Request) -> SetupNeeded:
    """Whether the first user can be made here: nobody can sign in yet. Not over plain HTTP from another machine, where
    no page asks for the set-up token; `/sign-in-options` says why."""
    return SetupNeeded(setup_needed=not is_readable_by_others(request) and await people.setup_needed())


def is_readable_by_others(request: Request) -> bool:
    """Whether a request came over plain HTTP from another machine, or no proxy of ``listen.proxies`` says by
    ``X-Forwarded-Proto`` that it did not: the server takes the scheme from them alone."""
    if request.url.scheme == "https":
        return False
    if _FORWARDED & set(request.headers):
        return True
    host = request.client.host if request.client else ""
    return not (is_address(host) and ip_address(host).is_loopback)


@router.post(
    "/setup",
    status_code=status.HTTP_201_CREATED,
    responses=described(AlreadySetUp, WrongSetupToken, SetupUnsafe),
)
async def set_up(
    body: SetupBody, people: ThePeople, settings: TheSettings, request: Request, response: Response
) -> SignedInAnswer:
    """Create the first user, with the token from the file `setup-token` in the controller's data_dir."""
    if is_readable_by_others(request) and await people.setup_needed():
        raise SetupUnsafe
    asker = sign_in_origin(request, settings)
    signed_in = await people.setup(token=body.token, user=body.user, password=body.password, asker=asker)
    return await signed_in_answer(signed_in, request, response)


@router.post(
    "/session",
    status_code=status.HTTP_201_CREATED,
    responses={status.HTTP_200_OK: {"model": SecondStepAnswer}, **described(WrongPassword, TooManyTries, Busy)},
)
async def sign_in(
    body: SignInBody, settings: TheSettings, people: ThePeople, request: Request, response: Response
) -> SignedInAnswer | SecondStepAnswer:
    """Sign in. A user with a second factor gets `pending` (200), for the second step. After five wrong passwords in a
    row for a name, or twenty from an address, browsers and addresses from which the user has not signed in before have
    to wait; known ones have five tries of their own."""
    asker = sign_in_origin(request, settings)
    done = await people.sign_in(user=body.user, password=body.password, asker=asker)
    if isinstance(done, SecondStepNeeded):
        response.status_code = status.HTTP_200_OK
        return SecondStepAnswer(pending=done.pending)
    return await signed_in_answer(done, request, response)


async def _ended_is_forgotten(request: Request, settings: TheSettings) -> None:
    """The browser of an ended session forgets it, so that pages no longer ask who is signed in. One that sent no
    session may have one: it keeps it back where another site links here, which must not sign anybody out."""
    if await find_actor(request) is None:
        if cookie_name(COOKIE, settings) not in request.cookies:
            raise SignInNeeded
        answer = Response()
        _forget_session(answer, settings)
        raise SignInNeeded({"Set-Cookie": answer.headers["Set-Cookie"]})


@router.get("/session", responses=described(NotSignedIn), dependencies=[Depends(_ended_is_forgotten)])
async def session(
    people: ThePeople, clock: TheClock, settings: TheSettings, actor: TheActor, request: Request, response: Response
) -> SessionAnswer:
    """The signed-in user, their permissions, and the controller's time; or the display that asks."""
    if actor.display is not None and actor.by_cookie:  # browsers forget it after a year, however it is used
        token = request.cookies[cookie_name(COOKIE, settings)]
        set_cookie(response, COOKIE, token, settings, max_age=UNUSED_AFTER)
    return session_answer(actor, clock.now(), await people.users.party_names(actor.assignments))


@router.delete("/session", status_code=status.HTTP_204_NO_CONTENT, responses=described(NotSignedIn))
async def sign_out(people: ThePeople, settings: TheSettings, actor: TheActor, response: Response) -> None:
    """Sign out. A display is ended."""
    await people.sessions.sign_out(actor)
    _forget_session(response, settings)


@router.delete("/session/others", responses=described(NotSignedIn))
async def sign_out_others(people: ThePeople, actor: ThePerson) -> EndedAnswer:
    """End all of your other sessions."""
    return EndedAnswer(ended=await people.sessions.end_others(actor))


@router.get("/sessions", responses=described(NotSignedIn))
async def list_sessions(people: ThePeople, actor: ThePerson) -> SessionList:
    """Where you are signed in, the session used last first."""
    found = await people.sessions.listed(actor)
    return SessionList(items=[session_entry(each, here=each.token_hash == actor.session) for each in found])


@router.delete(
    "/sessions/{session_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=described(NotSignedIn, SessionUnknown),
)
async def end_session(session_id: IdPath, people: ThePeople, actor: ThePerson) -> None:
    """End one of your sessions, at once."""
    await people.sessions.end(actor, session_id)


@router.post("/session/password", responses=described(NotSignedIn, TooManyTries))
async def change_password(body: OwnPasswordBody, people: ThePeople, actor: ThePerson) -> EndedAnswer:
    """Change your own password. All of your other sessions end, and your API tokens unless you keep them."""
    ended, tokens = await people.change_password(
        actor, current=body.current, new=body.new, keep_tokens=body.keep_tokens
    )
    return EndedAnswer(ended=ended, tokens=tokens)


def sign_in_origin(request: Request, settings: Settings) -> SignInOrigin:
    """Where a request to sign in comes from."""
    return SignInOrigin(
        address=origin().address,
        device=request.cookies.get(cookie_name(DEVICE, settings), ""),
        browser=browser_name(request.headers.get("user-agent", "")),
    )


async def signed_in_answer(signed_in: SignedIn, request: Request, response: Response) -> SignedInAnswer:
    """The answer to who has signed in, with the cookies of the session and of the browser; the session that the
    browser had before is ended."""
    settings = service_of(request, Settings)
    if before := request.cookies.get(cookie_name(COOKIE, settings)):
        await service_of(request, SignInService).sessions.end_replaced(before)
    set_cookie(response, COOKIE, signed_in.token, settings, max_age=LONGEST_SESSION)
    set_cookie(response, DEVICE, signed_in.device, settings, max_age=_DEVICE_KNOWN)
    return SignedInAnswer(user=signed_in.user, token=signed_in.token)


def _forget_session(response: Response, settings: Settings) -> None:
    response.delete_cookie(
        cookie_name(COOKIE, settings), path="/", secure=settings.secure, httponly=True, samesite="strict"
    )


def set_cookie(response: Response, name: str, value: str, settings: Settings, *, max_age: timedelta) -> None:
    response.set_cookie(
        cookie_name(name, settings),
        value,
        max_age=int(max_age.total_seconds()),
        path="/",
        secure=settings.secure,
        httponly=True,
        samesite="strict",
    )
