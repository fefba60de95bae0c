"""Second factors over HTTP, with their bodies and answers."""

from datetime import UTC
from typing import Annotated

from fastapi import APIRouter, Request, Response, status
from pydantic import StringConstraints

from controller.people.account_mails.schemas import Token
from controller.people.authentication import KeepsUsers, ThePerson
from controller.people.errors import TooManyTries, UserUnknown
from controller.people.schemas import OwnProofBody, ProvenAnswer, SignedInAnswer
from controller.platform.web.fields import Answer, Body, IdPath, Yes, answer_of
from controller.platform.web.problem import NotSignedIn, described
from controller.platform.web.services import TheSettings, service
from controller.signin.routes import sign_in_origin, signed_in_answer
from controller.signin.second_factor.model import FactorThere, NoFactor, SecondStepOver, WrongSecondStep
from controller.signin.second_factor.service import SecondFactors

Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=6, max_length=20)]


class SecondStepBody(Body):
    """``pending``: as the first step answered. ``code``: the six digits of the app, or a recovery code."""

    pending: Token
    code: Code


class CodeBody(Body):
    code: Code


class FirstCodeBody(CodeBody):
    """``keep_tokens``: your API tokens go on."""

    keep_tokens: Yes = False


class SecondFactorAnswer(Answer):
    """``on``: whether signing in takes a second step. ``codes_left``: recovery codes that are unused."""

    on: bool
    codes_left: int


class NewFactorAnswer(Answer):
    """``secret``: to be typed into the app. ``address``: the same as a link that the app opens (`otpauth:`)."""

    secret: str
    address: str


class RecoveryCodesAnswer(Answer):
    """``recovery_codes``: each stands in for the app once. They are shown this once."""

    recovery_codes: list[str]


router = APIRouter(tags=["people"])
TheFactors = Annotated[SecondFactors, service(SecondFactors)]


@router.post(
    "/session/second-step",
    status_code=status.HTTP_201_CREATED,
    responses=described(SecondStepOver, WrongSecondStep, TooManyTries),
)
async def take_second_step(
    body: SecondStepBody, factors: TheFactors, settings: TheSettings, request: Request, response: Response
) -> SignedInAnswer:
    """The second step of signing in, within ten minutes of the first. A code works once."""
    signed_in = await factors.finish(body.pending, body.code, sign_in_origin(request, settings))
    return await signed_in_answer(signed_in, request, response)


@router.get("/session/second-factor", responses=described(NotSignedIn))
async def second_factor(factors: TheFactors, actor: ThePerson) -> SecondFactorAnswer:
    """Whether your own sign-in takes a second step."""
    on, codes_left = await factors.state(actor)
    return SecondFactorAnswer(on=on, codes_left=codes_left)


@router.post(
    "/session/second-factor",
    status_code=status.HTTP_201_CREATED,
    responses=described(NotSignedIn, FactorThere, TooManyTries),
)
async def begin_second_factor(body: OwnProofBody, factors: TheFactors, actor: ThePerson) -> NewFactorAnswer:
    """A new authenticator app of your own. It counts once it is confirmed."""
    secret, address = await factors.begin(actor, current=body.current)
    return NewFactorAnswer(secret=secret, address=address)


@router.post("/session/second-factor/proof", responses=described(NotSignedIn, NoFactor, FactorThere, TooManyTries))
async def confirm_second_factor(body: FirstCodeBody, factors: TheFactors, actor: ThePerson) -> RecoveryCodesAnswer:
    """Confirm the app with a code that it shows. Your other sessions end, and your API tokens unless you keep them."""
    codes = await factors.confirm(actor, body.code, keep_tokens=body.keep_tokens)
    return RecoveryCodesAnswer(recovery_codes=codes)


@router.post(
    "/session/second-factor/remove",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=described(NotSignedIn, NoFactor, WrongSecondStep, TooManyTries),
)
async def remove_second_factor(body: CodeBody, factors: TheFactors, actor: ThePerson) -> None:
    """Remove your own app; it takes one of its codes, or a recovery code."""
    await factors.remove(actor, body.code)


@router.post("/session/second-factor/again", responses=described(NotSignedIn, NoFactor, WrongSecondStep, TooManyTries))
async def prove_by_second_factor(body: CodeBody, factors: TheFactors, actor: ThePerson) -> ProvenAnswer:
    """Show by a code of your app, or a recovery code, that it is you. For 15 minutes you can do what takes your
    password without it."""
    return answer_of(ProvenAnswer, await factors.again(actor, body.code), UTC)


@router.delete(
    "/users/{user_id}/second-factor",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=described(NotSignedIn, UserUnknown, NoFactor),
)
async def reset_second_factor(user_id: IdPath, factors: TheFactors, actor: KeepsUsers) -> None:
    """Remove the app of a user who has lost it, and end their sessions. It is on the record. You need every right that
    the user has, for as long. Your own you remove under your account."""
    await factors.reset(user_id, actor=actor)
