"""Signing in by an OpenID provider over HTTP, with its bodies and answers. No GET uses anything up: the address to
which the provider sends people back is a page, which posts what it was given.
"""

from datetime import UTC
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response, status
from pydantic import StringConstraints

from controller.people.authentication import KeepsUsers, ThePerson, cookie_name, find_actor
from controller.people.errors import TooManyTries, UserUnknown
from controller.people.model import Proven, SecondStepNeeded
from controller.people.schemas import OwnProofBody, ProvenAnswer, SecondStepAnswer, SignedInAnswer
from controller.platform.settings import Settings
from controller.platform.web.fields import Answer, Body, IdPath, LocalTime, Slug, answer_of
from controller.platform.web.problem import NotSignedIn, described
from controller.platform.web.services import TheSettings, service
from controller.signin.oidc.errors import (
    AccountTaken,
    AccountUnknown,
    AnotherSignedIn,
    LastAccount,
    NoAccounts,
    NoAccountThere,
    NotSetUp,
    OtherAddress,
    ProviderAway,
    ProviderUnknown,
)
from controller.signin.oidc.model import ProviderAnswer, UserAccount
from controller.signin.oidc.service import FLOW_LIFETIME, Begun, Linked, OidcSignIn
from controller.signin.routes import set_cookie, sign_in_origin, signed_in_answer

Given = Annotated[str, StringConstraints(max_length=4000)]


class ProviderBody(Body):
    provider: Slug


class LinkBody(OwnProofBody):
    """``current``: your password; may be left out as in ``OwnProofBody``."""

    provider: Slug


class ProviderAddressAnswer(Answer):
    """``address``: where the browser goes to sign in."""

    address: str


class ProviderAnswerBody(Body):
    """What the provider added to the address of the page: ``code``, or ``error``; ``iss``: who it says it is.
    ``provider``: whose address it was, the last part of its path."""

    provider: Slug
    state: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    code: Given = ""
    error: Given = ""
    iss: Given = ""

    @property
    def answer(self) -> ProviderAnswer:
        return ProviderAnswer(
            provider=self.provider, state=self.state, code=self.code, error=self.error, issuer=self.iss
        )


class UserAccountAnswer(Answer):
    """An account by which you sign in. ``provider``: its id in the settings, or its issuer if it is not there any more.
    ``label``: the provider's name of the account."""

    id: str
    provider: str
    label: str
    linked_at: LocalTime
    last_used_at: LocalTime


class UserAccountList(Answer):
    items: list[UserAccountAnswer]


class LinkedAnswer(Answer):
    """The account is yours now; you were signed in before."""

    linked: UserAccountAnswer


FLOW = "hk_oidc"
"""The cookie that binds a sign-in to the browser that began it; see ``cookie_name``."""

router = APIRouter(tags=["people"])
TheOidc = Annotated[OidcSignIn, service(OidcSignIn)]


@router.post(
    "/session/oidc",
    status_code=status.HTTP_201_CREATED,
    responses=described(ProviderUnknown, ProviderAway, NotSetUp, OtherAddress),
)
async def begin_oidc(
    body: ProviderBody, oidc: TheOidc, settings: TheSettings, request: Request, response: Response
) -> ProviderAddressAnswer:
    """Begin to sign in by a provider, in a browser: it goes to `address`, and comes back to a page that posts what it
    was given to `/session/oidc/proof`, within ten minutes."""
    _require_own_address(request, settings)
    return _begun_answer(await oidc.begin(body.provider), response, settings)


@router.post(
    "/session/oidc/proof",
    status_code=status.HTTP_201_CREATED,
    responses={
        status.HTTP_200_OK: {"model": SecondStepAnswer | LinkedAnswer | ProvenAnswer},
        **described(ProviderUnknown, ProviderAway, AccountTaken, AnotherSignedIn, TooManyTries),
    },
)
async def finish_oidc(
    body: ProviderAnswerBody, oidc: TheOidc, settings: TheSettings, request: Request, response: Response
) -> SignedInAnswer | SecondStepAnswer | LinkedAnswer | ProvenAnswer:
    """Finish what was begun in this browser: sign in (201; 200 with `pending` for a user whose second step is ours),
    link the account to who is signed in, or take it as proof that it is they (200). It works once. A first sign-in
    makes a user, if one of the account's groups has a role here. Nobody is signed in in place of another user: sign
    out first."""
    actor, cookie = await find_actor(request), request.cookies.get(cookie_name(FLOW, settings), "")
    response.delete_cookie(
        cookie_name(FLOW, settings), path="/", secure=settings.secure, httponly=True, samesite="strict"
    )
    done = await oidc.finish(cookie, body.answer, actor=actor, asker=sign_in_origin(request, settings))
    if isinstance(done, SecondStepNeeded):
        response.status_code = status.HTTP_200_OK
        return SecondStepAnswer(pending=done.pending)
    if isinstance(done, Linked):
        response.status_code = status.HTTP_200_OK
        return LinkedAnswer(linked=_account_answer(done.account, oidc))
    if isinstance(done, Proven):
        response.status_code = status.HTTP_200_OK
        return answer_of(ProvenAnswer, done, UTC)
    return await signed_in_answer(done, request, response)


@router.post(
    "/session/oidc/again",
    status_code=status.HTTP_201_CREATED,
    responses=described(NotSignedIn, ProviderUnknown, NoAccountThere, ProviderAway, OtherAddress),
)
async def begin_again(
    body: ProviderBody, oidc: TheOidc, settings: TheSettings, actor: ThePerson, request: Request, response: Response
) -> ProviderAddressAnswer:
    """Begin to show, at the provider of an account of yours, that it is you: it asks you to sign in again (`prompt`,
    `max_age`), and must say when you did (`auth_time`). It goes on as signing in does. For 15 minutes from there you
    can do what takes your password without it."""
    _require_own_address(request, settings)
    return _begun_answer(await oidc.begin_again(body.provider, actor), response, settings)


@router.get("/session/accounts", responses=described(NotSignedIn))
async def list_accounts(oidc: TheOidc, actor: ThePerson) -> UserAccountList:
    """The accounts at providers by which you sign in."""
    return UserAccountList(items=[_account_answer(each, oidc) for each in await oidc.accounts(actor)])


@router.post(
    "/session/accounts",
    status_code=status.HTTP_201_CREATED,
    responses=described(NotSignedIn, ProviderUnknown, ProviderAway, OtherAddress, TooManyTries),
)
async def begin_link(
    body: LinkBody, oidc: TheOidc, settings: TheSettings, actor: ThePerson, request: Request, response: Response
) -> ProviderAddressAnswer:
    """Begin to link an account to your user; it goes on as signing in by a provider does."""
    _require_own_address(request, settings)
    return _begun_answer(await oidc.begin_link(body.provider, actor, current=body.current), response, settings)


@router.post(
    "/session/accounts/{account_id}/remove",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=described(NotSignedIn, AccountUnknown, LastAccount, TooManyTries),
)
async def unlink_account(account_id: IdPath, body: OwnProofBody, oidc: TheOidc, actor: ThePerson) -> None:
    """Unlink an account: the roles that its groups gave end, and your other sessions. A mail tells you. Takes your
    password, as linking one does."""
    await oidc.unlink(actor, account_id, current=body.current)


@router.delete(
    "/users/{user_id}/accounts",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=described(NotSignedIn, UserUnknown, NoAccounts),
)
async def unlink_accounts_of_user(user_id: IdPath, oidc: TheOidc, actor: KeepsUsers) -> None:
    """Unlink all accounts of a user, with the roles that their groups gave, and end their sessions and API tokens. It
    is on the record, and a mail tells them. You need every right that the user has, for as long. Who signs in by such
    an account again is a new user; to keep somebody out, end the user. Your own you unlink under your account."""
    await oidc.unlink_all(user_id, actor=actor)


def _begun_answer(begun: Begun, response: Response, settings: Settings) -> ProviderAddressAnswer:
    set_cookie(response, FLOW, begun.cookie, settings, max_age=FLOW_LIFETIME)
    return ProviderAddressAnswer(address=begun.address)


def _require_own_address(request: Request, settings: Settings) -> None:
    """Raises ``OtherAddress`` where the browser would come back to pages that do not have its cookie."""
    if request.headers.get("host", "").lower() != urlsplit(settings.address).netloc.lower():
        raise OtherAddress(settings.address)


def _account_answer(account: UserAccount, oidc: OidcSignIn) -> UserAccountAnswer:
    return answer_of(UserAccountAnswer, account, UTC, provider=oidc.provider_of(account))
