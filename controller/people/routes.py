"""Signing in and out, and who may: users, for administrators of all sites."""

from ipaddress import ip_address

from fastapi import APIRouter, Request, Response, status

from controller.people.authentication import COOKIE, KeepsUsers, TheActor, ThePeople
from controller.people.errors import (
    AlreadySetUp,
    Busy,
    LastAdmin,
    TooManyTries,
    UserTaken,
    UserUnknown,
    WrongPassword,
    WrongSetupToken,
)
from controller.people.model import SignedIn
from controller.people.schemas import (
    EndedAnswer,
    NewUserBody,
    OwnPasswordBody,
    SessionAnswer,
    SetupBody,
    SetupNeeded,
    SignedInAnswer,
    SignInBody,
    UserAnswer,
    UserChangeBody,
    UserPage,
    user_answer,
)
from controller.people.service import LONGEST_SESSION
from controller.people.sign_in_throttle import SignInOrigin
from controller.settings import Settings
from controller.web.fields import LIST_LIMIT, After, IdPath, Limit
from controller.web.middleware import is_address
from controller.web.problem import NotSignedIn, described
from controller.web.services import TheClock, TheSettings

DEVICE = "hk_device"
"""The cookie by which a browser is known that has signed somebody in."""
_DEVICE_KNOWN_S = 365 * 24 * 3600

router = APIRouter(tags=["people"])


@router.get("/setup-needed")
async def setup_needed(people: ThePeople) -> SetupNeeded:
    """Whether nobody can sign in yet."""
    return SetupNeeded(setup_needed=await people.setup_needed())


@router.post("/setup", status_code=status.HTTP_201_CREATED, responses=described(AlreadySetUp, WrongSetupToken))
async def set_up(body: SetupBody, people: ThePeople, settings: TheSettings, response: Response) -> SignedInAnswer:
    """Create the first user, with the token from the file `setup-token` in the controller's data_dir."""
    signed_in = await people.setup(token=body.token, user=body.user, password=body.password)
    return _answer(signed_in, response, settings)


@router.post("/session", status_code=status.HTTP_201_CREATED, responses=described(WrongPassword, TooManyTries, Busy))
async def sign_in(
    body: SignInBody, settings: TheSettings, people: ThePeople, request: Request, response: Response
) -> SignedInAnswer:
    """Sign in. After five wrong passwords in a row for a name, or twenty from an address, browsers and addresses
    from which the user has not signed in before have to wait; known ones have five tries of their own."""
    asker = SignInOrigin(address=_address(request, settings), device=request.cookies.get(DEVICE, ""))
    signed_in = await people.sign_in(user=body.user, password=body.password, asker=asker)
    return _answer(signed_in, response, settings)


@router.get("/session", responses=described(NotSignedIn))
async def session(clock: TheClock, actor: TheActor) -> SessionAnswer:
    """The signed-in user, their permissions, and the controller's time."""
    return SessionAnswer(
        user=actor.name,
        now=clock.now().isoformat(),
        role=actor.role,
        sites=None if actor.sites is None else sorted(actor.sites),
        party=actor.party,
    )


@router.delete("/session", status_code=status.HTTP_204_NO_CONTENT, responses=described(NotSignedIn))
async def sign_out(people: ThePeople, settings: TheSettings, actor: TheActor, response: Response) -> None:
    """Sign out."""
    await people.sign_out(actor)
    response.delete_cookie(COOKIE, path="/", secure=settings.secure, httponly=True, samesite="strict")


@router.delete("/session/others", responses=described(NotSignedIn))
async def sign_out_others(people: ThePeople, actor: TheActor) -> EndedAnswer:
    """End all of your other sessions."""
    return EndedAnswer(ended=await people.end_others(actor))


@router.post("/session/password", responses=described(NotSignedIn, TooManyTries))
async def change_password(body: OwnPasswordBody, people: ThePeople, actor: TheActor) -> EndedAnswer:
    """Change your own password. All of your other sessions end."""
    ended = await people.change_password(actor, current=body.current, new=body.new)
    return EndedAnswer(ended=ended)


@router.get("/users", responses=described(NotSignedIn))
async def list_users(people: ThePeople, actor: KeepsUsers, after: After = None, limit: Limit = LIST_LIMIT) -> UserPage:
    """All users, those that have ended too, in the order in which they were made."""
    users = await people.users.listed(after=after, limit=limit + 1)
    more, users = len(users) > limit, users[:limit]
    return UserPage(items=[user_answer(user) for user in users], next=users[-1].id if more else None)


@router.post("/users", status_code=status.HTTP_201_CREATED, responses=described(NotSignedIn, UserTaken))
async def add_user(body: NewUserBody, people: ThePeople, actor: KeepsUsers) -> UserAnswer:
    """Create a user. `admin` may do everything, `manager` runs sites, `booker` books for its party, `porter`
    operates doors, `reader` reads."""
    return user_answer(await people.users.add(body.draft(), password=body.password, actor=actor.name))


@router.patch("/users/{user_id}", responses=described(NotSignedIn, UserUnknown, LastAdmin))
async def change_user(user_id: IdPath, body: UserChangeBody, people: ThePeople, actor: KeepsUsers) -> UserAnswer:
    """Change a user's permissions, set a new password, end a user (`ended`) or reactivate one. A new password and an
    end sign the user out everywhere at once."""
    return user_answer(await people.users.change(user_id, body.change(), actor=actor.name))


def _address(request: Request, settings: Settings) -> str:
    """Where a request comes from; empty where that is a proxy's own address, which says nothing."""
    host = request.client.host if request.client else ""
    return "" if not is_address(host) or any(ip_address(host) in each for each in settings.listen.trusted) else host


def _answer(signed_in: SignedIn, response: Response, settings: Settings) -> SignedInAnswer:
    response.set_cookie(
        COOKIE,
        signed_in.token,
        max_age=int(LONGEST_SESSION.total_seconds()),
        path="/",
        secure=settings.secure,
        httponly=True,
        samesite="strict",
    )
    response.set_cookie(
        DEVICE,
        signed_in.device,
        max_age=_DEVICE_KNOWN_S,
        path="/api/v1/session",
        secure=settings.secure,
        httponly=True,
        samesite="strict",
    )
    return SignedInAnswer(user=signed_in.user, token=signed_in.token)
