"""Passkeys over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Request, Response, status

from controller.people.authentication import KeepsUsers, ThePerson
from controller.people.browser_names import browser_name
from controller.people.errors import TooManyTries, UserUnknown
from controller.people.passkeys.errors import (
    LastWayIn,
    NoPasskeys,
    PasskeysUnavailable,
    PasskeyTaken,
    PasskeyUnknown,
    TooManyPasskeys,
    WrongPasskey,
)
from controller.people.passkeys.schemas import (
    NewPasskeyBody,
    PasskeyAnswer,
    PasskeyChangeBody,
    PasskeyList,
    PasskeyOptionsAnswer,
    PasskeySignInBody,
    decoded,
    passkey_answer,
)
from controller.people.passkeys.service import Passkeys
from controller.people.routes import sign_in_origin, signed_in_answer
from controller.people.schemas import OwnProofBody, SignedInAnswer
from controller.web.fields import IdPath
from controller.web.problem import NotSignedIn, described
from controller.web.services import TheSettings, service

router = APIRouter(tags=["people"])
ThePasskeys = Annotated[Passkeys, service(Passkeys)]


@router.post("/session/passkey/options", responses=described(PasskeysUnavailable))
async def ask_for_passkey(passkeys: ThePasskeys) -> PasskeyOptionsAnswer:
    """What a browser needs to sign somebody in by a passkey, without a user name. Nothing is stored."""
    return PasskeyOptionsAnswer(options=await passkeys.ask())


@router.post(
    "/session/passkey",
    status_code=status.HTTP_201_CREATED,
    responses=described(PasskeysUnavailable, WrongPasskey, TooManyTries),
)
async def sign_in_by_passkey(
    body: PasskeySignInBody, passkeys: ThePasskeys, settings: TheSettings, request: Request, response: Response
) -> SignedInAnswer:
    """Sign in by a passkey. The device verifies its user, so this counts as both factors and no second step follows.
    Wrong tries are counted as those of passwords are."""
    signed_in = await passkeys.sign_in(body.assertion(), sign_in_origin(request, settings))
    return signed_in_answer(signed_in, response, settings)


@router.get("/passkeys", responses=described(NotSignedIn))
async def list_passkeys(passkeys: ThePasskeys, actor: ThePerson) -> PasskeyList:
    """Your passkeys, in the order in which you added them."""
    return PasskeyList(items=[passkey_answer(each) for each in await passkeys.listed(actor)])


@router.post("/passkeys/options", responses=described(NotSignedIn, PasskeysUnavailable, TooManyPasskeys, TooManyTries))
async def begin_passkey(body: OwnProofBody, passkeys: ThePasskeys, actor: ThePerson) -> PasskeyOptionsAnswer:
    """What your browser needs to make a passkey, in this session. Takes your password, unless you have signed in by
    mail or passkey within 15 minutes."""
    return PasskeyOptionsAnswer(options=await passkeys.begin(actor, current=body.current))


@router.post(
    "/passkeys",
    status_code=status.HTTP_201_CREATED,
    responses=described(NotSignedIn, PasskeysUnavailable, PasskeyTaken, TooManyPasskeys),
)
async def add_passkey(body: NewPasskeyBody, passkeys: ThePasskeys, actor: ThePerson, request: Request) -> PasskeyAnswer:
    """Add the passkey that your browser has made. A mail tells you."""
    name = body.name or browser_name(request.headers.get("user-agent", "")) or "Passkey"
    added = await passkeys.add(
        actor, name=name, collected_data=decoded(body.collected_data), attestation=decoded(body.attestation)
    )
    return passkey_answer(added)


@router.patch("/passkeys/{passkey_id}", responses=described(NotSignedIn, PasskeyUnknown))
async def rename_passkey(
    passkey_id: IdPath, body: PasskeyChangeBody, passkeys: ThePasskeys, actor: ThePerson
) -> PasskeyAnswer:
    """Rename one of your passkeys."""
    return passkey_answer(await passkeys.rename(actor, passkey_id, body.name))


@router.post(
    "/passkeys/{passkey_id}/remove",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=described(NotSignedIn, PasskeyUnknown, LastWayIn, TooManyTries),
)
async def remove_passkey(passkey_id: IdPath, body: OwnProofBody, passkeys: ThePasskeys, actor: ThePerson) -> None:
    """Remove one of your passkeys: nobody signs in by it any more. Sessions that it opened go on until you end them;
    once the last one is gone, they and your API tokens do not meet `second_factor_roles` by it any more. A mail tells
    you. Takes your password, as adding one does."""
    await passkeys.remove(actor, passkey_id, current=body.current)


@router.delete(
    "/users/{user_id}/passkeys",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=described(NotSignedIn, UserUnknown, NoPasskeys),
)
async def remove_passkeys_of_user(user_id: IdPath, passkeys: ThePasskeys, actor: KeepsUsers) -> None:
    """Remove all passkeys of a user who has lost the device with them, and end their sessions. It is on the record, and
    a mail tells them. You need every right that the user has, for as long. Your own you remove under your account."""
    await passkeys.remove_all(user_id, actor=actor)
