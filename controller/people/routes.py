"""Signing in and out."""

from fastapi import APIRouter, Response, status

from controller.house import TheHouse
from controller.people.errors import AlreadySetUp, TooManyTries, WrongPassword, WrongSetupToken
from controller.people.gate import COOKIE, TheActor
from controller.people.model import SignedIn
from controller.people.schemas import SessionAnswer, SetupBody, SetupNeeded, SignedInAnswer, SignInBody
from controller.people.service import SESSION_LENGTH
from controller.problem import NotSignedIn, described
from controller.settings import Settings

router = APIRouter(tags=["people"])


@router.get("/setup-needed")
async def setup_needed(house: TheHouse) -> SetupNeeded:
    """Whether nobody can sign in yet."""
    return SetupNeeded(setup_needed=await house.people.setup_needed())


@router.post("/setup", status_code=status.HTTP_201_CREATED, responses=described(AlreadySetUp, WrongSetupToken))
async def set_up(body: SetupBody, house: TheHouse, response: Response) -> SignedInAnswer:
    """Make the first user, with the token that stands in `setup-token` in the controller's data_dir."""
    signed_in = await house.people.setup(token=body.token, user=body.user, password=body.password)
    return _answer(signed_in, response, house.settings)


@router.post("/session", status_code=status.HTTP_201_CREATED, responses=described(WrongPassword, TooManyTries))
async def sign_in(body: SignInBody, house: TheHouse, response: Response) -> SignedInAnswer:
    """Sign in. Five wrong passwords in a row make the user wait."""
    signed_in = await house.people.sign_in(user=body.user, password=body.password)
    return _answer(signed_in, response, house.settings)


@router.get("/session", responses=described(NotSignedIn))
async def session(house: TheHouse, actor: TheActor) -> SessionAnswer:
    """Who is signed in, what they may, and what time it is here."""
    return SessionAnswer(
        user=actor.name,
        now=house.clock.now().isoformat(),
        role=actor.role,
        sites=None if actor.sites is None else sorted(actor.sites),
        party=actor.party,
    )


@router.delete("/session", status_code=status.HTTP_204_NO_CONTENT, responses=described(NotSignedIn))
async def sign_out(house: TheHouse, actor: TheActor, response: Response) -> None:
    """Sign out."""
    await house.people.sign_out(actor)
    response.delete_cookie(COOKIE, path="/", secure=house.settings.secure, httponly=True, samesite="strict")


def _answer(signed_in: SignedIn, response: Response, settings: Settings) -> SignedInAnswer:
    response.set_cookie(
        COOKIE,
        signed_in.token,
        max_age=int(SESSION_LENGTH.total_seconds()),
        path="/",
        secure=settings.secure,
        httponly=True,
        samesite="strict",
    )
    return SignedInAnswer(user=signed_in.user, token=signed_in.token)
