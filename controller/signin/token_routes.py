"""API tokens over HTTP. A token makes no tokens."""

from typing import Annotated

from fastapi import APIRouter, status

from controller.people.authentication import TokenOwner
from controller.people.errors import TokenUnknown, TooManyTokens, TooManyTries
from controller.platform.web.fields import IdPath
from controller.platform.web.problem import NotSignedIn, described
from controller.platform.web.services import service
from controller.signin.token_schemas import NewTokenAnswer, NewTokenBody, TokenList, new_token_answer, token_entry
from controller.signin.tokens import TokenService

router = APIRouter(tags=["people"], responses=described(NotSignedIn))
TheTokens = Annotated[TokenService, service(TokenService)]


@router.get("/tokens")
async def list_tokens(tokens: TheTokens, actor: TokenOwner) -> TokenList:
    """Your API tokens, by name. What they are is not shown again."""
    return TokenList(items=[token_entry(each) for each in await tokens.listed(actor)])


@router.post("/tokens", status_code=status.HTTP_201_CREATED, responses=described(TooManyTokens, TooManyTries))
async def make_token(body: NewTokenBody, tokens: TheTokens, actor: TokenOwner) -> NewTokenAnswer:
    """Make a token by which a program acts as you: `Authorization: Bearer …`. It may do what you may at that time,
    within its scopes; it makes no tokens, keeps no users, and changes nothing about how you sign in. A new password
    and the first code of an authenticator app end it, unless you choose to keep your tokens. One that is made in a
    session by an account at a provider ends with that session at the latest, whatever `until` says."""
    scopes = None if body.scopes is None else frozenset(body.scopes)
    text, made = await tokens.make(
        actor,
        current=body.current,
        name=body.name,
        scopes=scopes,
        read_only=body.read_only,
        expires_at=body.expires_at,
    )
    return new_token_answer(text, made)


@router.delete("/tokens/{token_id}", status_code=status.HTTP_204_NO_CONTENT, responses=described(TokenUnknown))
async def end_token(token_id: IdPath, tokens: TheTokens, actor: TokenOwner) -> None:
    """End one of your tokens, at once."""
    await tokens.end(actor, token_id)
