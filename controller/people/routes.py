"""Signing in and out, and who may: users and their assignments."""

from datetime import timedelta
from functools import partial
from ipaddress import ip_address
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response, status

from controller.audit.audit_log import origin
from controller.people.authentication import (
    COOKIE,
    KeepsUsers,
    TheActor,
    ThePeople,
    ThePerson,
    cookie_name,
    find_actor,
)
from controller.people.displays.model import UNUSED_AFTER
from controller.people.errors import (
    AlreadySetUp,
    AssignmentTaken,
    AssignmentUnknown,
    Busy,
    LastOwner,
    SessionUnknown,
    SetupUnsafe,
    SignInNeeded,
    TooManyTries,
    UserForgotten,
    UserTaken,
    UserUnknown,
    WrongPassword,
    WrongSetupToken,
)
from controller.people.model import Actor, SecondStepNeeded, SignedIn, User
from controller.people.party_schemas import Search
from controller.people.schemas import (
    AssignmentBody,
    AssignmentChangeBody,
    EndedAnswer,
    NewUserBody,
    OwnPasswordBody,
    SecondStepAnswer,
    SessionAnswer,
    SessionList,
    SetupBody,
    SetupNeeded,
    SignedInAnswer,
    SignInBody,
    UserAnswer,
    UserChangeBody,
    UserPage,
    session_answer,
    session_entry,
    user_answer,
)
from controller.people.sessions import LONGEST_SESSION
from controller.people.sign_in import SignInService
from controller.people.sign_in_throttle import SignInOrigin
from controller.people.user_agent import browser_name
from controller.settings import Settings
from controller.web.fields import LIST_LIMIT, After, IdPath, Limit, page_of
from controller.web.middleware import is_address
from controller.web.problem import NotSignedIn, described
from controller.web.services import TheClock, TheSettings, service_of
from edge.wire.clock import Clock

DEVICE = "hk_device"
"""The cookie by which a browser is known that has signed somebody in."""
_DEVICE_KNOWN = timedelta(days=365)

_FORWARDED = {"forwarded", "via", "x-forwarded-for", "x-forwarded-proto", "x-real-ip"}
"""Headers of requests that a proxy passes on."""

router = APIRouter(tags=["people"])


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


@router.get("/users", responses=described(NotSignedIn))
async def list_users(
    people: ThePeople,
    clock: TheClock,
    actor: KeepsUsers,
    search: Annotated[Search, Query(description="Part of the name or the mail address, in any case")] = "",
    ended: Annotated[bool | None, Query(description="Only those that have ended, or that have not")] = None,
    after: After = None,
    limit: Limit = LIST_LIMIT,
) -> UserPage:
    """The users with an assignment at your sites or for all sites, in the order in which they were made."""
    users = await people.users.listed(actor=actor, search=search, ended=ended, after=after, limit=limit + 1)
    names = await people.users.party_names(held for user in users for held in user.assignments)
    answer = partial(user_answer, actor=actor, now=clock.now(), party_names=names)
    return page_of(UserPage, users, limit, answer, key=lambda user: user.id)


@router.post("/users", status_code=status.HTTP_201_CREATED, responses=described(NotSignedIn, UserTaken))
async def add_user(body: NewUserBody, people: ThePeople, clock: TheClock, actor: KeepsUsers) -> UserAnswer:
    """Create a user with at least one assignment: a role, at one site or at all, for a party where the role takes one,
    from and until when. You can give the rights that you have yourself, for as long. Without a `password`
    they sign in by mail to `email`."""
    user = await people.users.add(body.draft(), password=body.password, actor=actor)
    return await _answer(user, people, actor, clock)


@router.patch("/users/{user_id}", responses=described(NotSignedIn, UserUnknown, UserForgotten, LastOwner))
async def change_user(
    user_id: IdPath, body: UserChangeBody, people: ThePeople, clock: TheClock, actor: KeepsUsers
) -> UserAnswer:
    """Set a new password or mail address, end a user (`ended`) or reactivate one. A new password and an end sign the
    user out everywhere at once. You need every right that the user has; but for an end, for as long. Your own password
    and mail address you change under your account. Who is ended does not come back by an open link to join a party:
    those that would let them end (`ended_links`)."""
    user, links = await people.users.change(user_id, body.change(), actor=actor)
    return await _answer(user, people, actor, clock, ended_links=links)


@router.post(
    "/users/{user_id}/assignments",
    status_code=status.HTTP_201_CREATED,
    responses=described(NotSignedIn, UserUnknown, AssignmentTaken),
)
async def give_assignment(
    user_id: IdPath, body: AssignmentBody, people: ThePeople, clock: TheClock, actor: KeepsUsers
) -> UserAnswer:
    """Give a user an assignment more."""
    return await _answer(await people.users.give(user_id, body.draft(), actor=actor), people, actor, clock)


_ONE = described(NotSignedIn, AssignmentUnknown, LastOwner)


@router.patch("/users/{user_id}/assignments/{assignment_id}", responses=_ONE)
async def change_assignment(
    user_id: IdPath,
    assignment_id: IdPath,
    body: AssignmentChangeBody,
    people: ThePeople,
    clock: TheClock,
    actor: KeepsUsers,
) -> UserAnswer:
    """Change an assignment, such as when it ends. Applies at once; open pages too. Open links for several people that
    would give back what the user loses, now or at an earlier end than before, end too (`ended_links`)."""
    user, links = await people.users.change_assignment(user_id, assignment_id, body.change(), actor=actor)
    return await _answer(user, people, actor, clock, ended_links=links)


@router.delete("/users/{user_id}/assignments/{assignment_id}", responses=_ONE)
async def take_assignment_away(
    user_id: IdPath, assignment_id: IdPath, people: ThePeople, clock: TheClock, actor: KeepsUsers
) -> UserAnswer:
    """End an assignment now; it stays listed as over. Open links for several people that would give it back end too
    (`ended_links`). To undo that, give it again, and make new links. Idempotent."""
    user, links = await people.users.take_away(user_id, assignment_id, actor=actor)
    return await _answer(user, people, actor, clock, ended_links=links)


async def _answer(user: User, people: SignInService, actor: Actor, clock: Clock, *, ended_links: int = 0) -> UserAnswer:
    names = await people.users.party_names(user.assignments)
    return user_answer(user, actor, clock.now(), names, ended_links=ended_links)


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
