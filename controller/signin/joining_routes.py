"""Joining a party by an invitation over HTTP."""

from datetime import UTC
from typing import Annotated

from fastapi import APIRouter, Request, Response, status
from starlette.requests import HTTPConnection

from controller.people.account_mails.errors import DigitsBlocked, NoMailServer, TooManyMails
from controller.people.authentication import find_actor
from controller.people.errors import UserTaken
from controller.people.groups.errors import InvitationOver, InvitationRefused, TooManyByLink
from controller.people.groups.model import InvitationProof
from controller.people.groups.schemas import (
    AcceptBody,
    InvitationFactsAnswer,
    InvitationMailBody,
    InvitationProofBody,
    JoinedAnswer,
)
from controller.people.model import Actor, SignedIn
from controller.platform.web.fields import answer_of
from controller.platform.web.problem import described
from controller.platform.web.services import TheSettings, service
from controller.signin.joining import Joining
from controller.signin.routes import sign_in_origin, signed_in_answer

router = APIRouter(tags=["people"])
TheJoining = Annotated[Joining, service(Joining)]


@router.post("/invitations/look", responses=described(InvitationRefused, InvitationOver, DigitsBlocked))
async def look_at_invitation(body: InvitationProofBody, joining: TheJoining) -> InvitationFactsAnswer:
    """What an invitation is to, for who has its link or digits. Digits can be tried five times."""
    return answer_of(InvitationFactsAnswer, await joining.look(body.proof), UTC)


@router.post(
    "/invitations/mail",
    status_code=status.HTTP_202_ACCEPTED,
    responses=described(InvitationRefused, InvitationOver, NoMailServer, TooManyMails, TooManyByLink),
)
async def ask_for_invitation(
    body: InvitationMailBody, joining: TheJoining, settings: TheSettings, request: Request
) -> None:
    """Have an invitation sent to your address, with the link that several people use, where you have not signed in.
    The answer is the same for every address."""
    asker = sign_in_origin(request, settings)
    await joining.ask_mail(InvitationProof(token=body.token), body.email, asker)


@router.post(
    "/invitations/accept",
    status_code=status.HTTP_201_CREATED,
    responses=described(InvitationRefused, InvitationOver, DigitsBlocked, UserTaken),
)
async def accept_invitation(
    body: AcceptBody, joining: TheJoining, settings: TheSettings, request: Request, response: Response
) -> JoinedAnswer:
    """Join the party, as who has signed in, as a user with the address of the mail, or as a new user, who is then
    signed in. By a link for several people you sign in first, or ask for a mail."""
    actor = await _signed_in(request)
    asker = sign_in_origin(request, settings)
    joined, signed_in = await joining.join(body.proof, actor=actor, user=body.user, name=body.name, asker=asker)
    if isinstance(signed_in, SignedIn):
        await signed_in_answer(signed_in, request, response)
    return answer_of(JoinedAnswer, joined, signed_in=isinstance(signed_in, SignedIn))


async def _signed_in(connection: HTTPConnection) -> Actor | None:
    actor = await find_actor(connection)
    return None if actor is None or actor.token is not None else actor
