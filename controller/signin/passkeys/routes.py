"""Passkeys over HTTP, with their bodies and answers."""

import base64
import binascii
from datetime import UTC
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response, status
from pydantic import AfterValidator, StringConstraints

from controller.people.authentication import KeepsUsers, ThePerson
from controller.people.errors import Busy, TooManyTries, UserUnknown
from controller.people.schemas import OwnProofBody, ProvenAnswer, SignedInAnswer
from controller.platform.web.fields import Answer, Body, IdPath, LocalTime, Name, answer_of
from controller.platform.web.problem import NotSignedIn, described
from controller.platform.web.services import TheSettings, service
from controller.signin.passkeys.model import (
    LastWayIn,
    NoPasskeys,
    NotOwnPasskey,
    Passkey,
    PasskeysUnavailable,
    PasskeyTaken,
    PasskeyUnknown,
    TooManyPasskeys,
    WrongPasskey,
)
from controller.signin.passkeys.service import Passkeys
from controller.signin.passkeys.webauthn_library import Assertion
from controller.signin.routes import sign_in_origin, signed_in_answer
from controller.signin.user_agent import browser_name


def _readable(text: str) -> str:
    decoded(text)
    return text


def decoded(text: str) -> bytes:
    """Raises ``ValueError``."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as fault:
        raise ValueError("must be base64url without padding") from fault


Base64Url = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$", max_length=40_000), AfterValidator(_readable)]


class PasskeySignInBody(Body):
    """What `navigator.credentials.get` gave, each part in base64url: `rawId`, and `clientDataJSON`, `authenticatorData`
    and `signature` of its `response`."""

    credential_id: Annotated[Base64Url, StringConstraints(max_length=1364)]
    collected_data: Base64Url
    authenticator_data: Base64Url
    signature: Base64Url

    def assertion(self) -> Assertion:
        return Assertion(**{name: decoded(getattr(self, name)) for name in Assertion.__struct_fields__})


class NewPasskeyBody(Body):
    """What `navigator.credentials.create` gave, each part in base64url: `clientDataJSON` and `attestationObject` of its
    `response`. ``name``: by which you know it, such as the device; null for that of the browser."""

    name: Name | None = None
    collected_data: Base64Url
    attestation: Base64Url


class PasskeyChangeBody(Body):
    name: Name


class PasskeyOptionsAnswer(Answer):
    """``options``: for `navigator.credentials`, as `PublicKeyCredentialCreationOptionsJSON` or
    `PublicKeyCredentialRequestOptionsJSON` of Web Authentication. They can be used once, within five minutes."""

    options: dict[str, Any]


class PasskeyAnswer(Answer):
    """``last_used_at``: null where it was never used to sign in."""

    id: str
    name: str
    created_at: LocalTime
    last_used_at: LocalTime | None


class PasskeyList(Answer):
    items: list[PasskeyAnswer]


def passkey_answer(passkey: Passkey) -> PasskeyAnswer:
    return answer_of(PasskeyAnswer, passkey, UTC)


router = APIRouter(tags=["people"])
ThePasskeys = Annotated[Passkeys, service(Passkeys)]


@router.post("/session/passkey/options", responses=described(PasskeysUnavailable))
async def ask_for_passkey(passkeys: ThePasskeys) -> PasskeyOptionsAnswer:
    """What a browser needs to sign somebody in by a passkey, without a user name. Nothing is stored."""
    return PasskeyOptionsAnswer(options=await passkeys.ask())


@router.post(
    "/session/passkey",
    status_code=status.HTTP_201_CREATED,
    responses=described(PasskeysUnavailable, WrongPasskey, TooManyTries, Busy),
)
async def sign_in_by_passkey(
    body: PasskeySignInBody, passkeys: ThePasskeys, settings: TheSettings, request: Request, response: Response
) -> SignedInAnswer:
    """Sign in by a passkey. The device verifies its user, so this counts as both factors and no second step follows.
    Wrong tries are counted as those of passwords are."""
    signed_in = await passkeys.sign_in(body.assertion(), sign_in_origin(request, settings))
    return await signed_in_answer(signed_in, request, response)


@router.post(
    "/session/passkey/again",
    responses=described(NotSignedIn, PasskeysUnavailable, WrongPasskey, NotOwnPasskey, TooManyTries),
)
async def prove_by_passkey(body: PasskeySignInBody, passkeys: ThePasskeys, actor: ThePerson) -> ProvenAnswer:
    """Show by one of your passkeys, with the options of signing in, that it is you. No other session is opened. For 15
    minutes you can do what takes your password without it."""
    return answer_of(ProvenAnswer, await passkeys.again(actor, body.assertion()), UTC)


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
