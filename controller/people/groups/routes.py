"""The people of a party and invitations over HTTP. No GET uses anything up."""

import io
from datetime import UTC, datetime
from typing import Annotated

import segno
from fastapi import APIRouter, Query, Request, Response, status
from starlette.requests import HTTPConnection

from controller.people.account_mails.errors import DigitsBlocked, NoMailServer, TooManyMails
from controller.people.authentication import KeepsGroup, KeepsUsers, ThePerson, find_actor
from controller.people.errors import (
    AssignmentTaken,
    LastOwner,
    MayNotGive,
    PartyUnknown,
    UserTaken,
    UserUnknown,
)
from controller.people.groups.errors import (
    BelongingUnknown,
    InvitationNotOpen,
    InvitationOver,
    InvitationRefused,
    InvitationUnknown,
    LastLeader,
    NotOfParty,
    TooManyByLink,
    TooManyInvitations,
)
from controller.people.groups.invitations import Invitations
from controller.people.groups.joining import Joining
from controller.people.groups.model import Belonging, InvitationProof
from controller.people.groups.people import GroupPeople
from controller.people.groups.schemas import (
    AcceptBody,
    InvitationAnswer,
    InvitationFactsAnswer,
    InvitationList,
    InvitationMailBody,
    InvitationProofBody,
    JoinedAnswer,
    NewInvitationBody,
    NewPersonBody,
    PeopleAnswer,
    PersonAnswer,
    PersonChangeBody,
    ResponsibleAnswer,
    ResponsibleBody,
    invitation_answer,
    people_answer,
    person_answer,
    responsible_answer,
)
from controller.people.model import Actor, SignedIn, User
from controller.people.routes import sign_in_origin, signed_in_answer
from controller.web.fields import LIST_LIMIT, IdPath, Limit, SlugPath, answer_of
from controller.web.problem import NotSignedIn, described
from controller.web.services import TheClock, TheSettings, service

router = APIRouter(tags=["people"])
TheGroup = Annotated[GroupPeople, service(GroupPeople)]
TheInvitations = Annotated[Invitations, service(Invitations)]
TheJoining = Annotated[Joining, service(Joining)]
Force = Annotated[bool, Query(description="Though they are the last leader; for those who manage users of the site")]


@router.get("/parties/{party}/people", responses=described(NotSignedIn, PartyUnknown))
async def list_people(party: SlugPath, group: TheGroup, clock: TheClock, actor: KeepsGroup) -> PeopleAnswer:
    """The users with a role for a party, with who answers for it."""
    return people_answer(await group.listed(party, actor=actor), clock.now())


@router.post(
    "/parties/{party}/people",
    status_code=status.HTTP_201_CREATED,
    responses=described(NotSignedIn, UserUnknown, AssignmentTaken),
)
async def add_person(
    party: SlugPath, body: NewPersonBody, group: TheGroup, clock: TheClock, actor: KeepsUsers
) -> PersonAnswer:
    """Give a user a role for a party, as a manager. Leaders invite people instead, who then join by themselves."""
    user = await group.add(body.user, body.draft(party), actor=actor)
    return _newest(user, clock.now())


@router.patch(
    "/parties/{party}/people/{assignment_id}",
    responses=described(NotSignedIn, PartyUnknown, BelongingUnknown, AssignmentTaken, LastLeader),
)
async def change_person(
    party: SlugPath,
    assignment_id: IdPath,
    body: PersonChangeBody,
    group: TheGroup,
    clock: TheClock,
    actor: KeepsGroup,
    force: Force = False,
) -> PersonAnswer:
    """Change somebody's role for the party, or from when until when it counts. Applies at once. Who becomes less than
    they were does not get it back by an open link: those that would give it end (`ended_links`)."""
    user, links = await group.change(party, assignment_id, body.change(), force=force, actor=actor)
    return _one(user, assignment_id, clock.now(), ended_links=links)


@router.delete(
    "/parties/{party}/people/{assignment_id}",
    responses=described(NotSignedIn, PartyUnknown, BelongingUnknown, LastLeader, LastOwner),
)
async def end_person(
    party: SlugPath,
    assignment_id: IdPath,
    group: TheGroup,
    clock: TheClock,
    actor: KeepsGroup,
    force: Force = False,
) -> PersonAnswer:
    """End somebody's role for the party at once, with the links and calendars that they have for it. When a leader
    goes, the codes of the party's coming bookings change. Open links for several people that would let them in again
    end too (`ended_links`): make a new one. Idempotent."""
    user, links = await group.end(party, assignment_id, force=force, actor=actor)
    return _one(user, assignment_id, clock.now(), ended_links=links)


@router.post(
    "/parties/{party}/leave",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=described(NotSignedIn, NotOfParty, LastLeader),
)
async def leave_party(party: SlugPath, group: TheGroup, actor: ThePerson) -> None:
    """End your own roles for a party at once, with the links and calendars that you have for it."""
    await group.leave(party, actor=actor)


@router.post("/parties/{party}/responsible", responses=described(NotSignedIn, PartyUnknown))
async def set_responsible(
    party: SlugPath, body: ResponsibleBody, group: TheGroup, actor: KeepsGroup
) -> ResponsibleAnswer | None:
    """Say who answers for a party. `GET /parties?without_responsible=true` lists those for which nobody does."""
    return responsible_answer(await group.set_responsible(party, user=body.user, person=body.person, actor=actor))


@router.get("/parties/{party}/invitations", responses=described(NotSignedIn, PartyUnknown))
async def list_invitations(
    party: SlugPath, invitations: TheInvitations, actor: KeepsGroup, limit: Limit = LIST_LIMIT
) -> InvitationList:
    """The invitations to a party at your sites, the newest first; those that ended a month ago are gone."""
    found = await invitations.listed(party, limit=limit, actor=actor)
    return InvitationList(items=[invitation_answer(each) for each in found])


@router.post(
    "/parties/{party}/invitations",
    status_code=status.HTTP_201_CREATED,
    responses=described(NotSignedIn, PartyUnknown, NoMailServer, TooManyMails, TooManyInvitations, MayNotGive),
)
async def invite(
    party: SlugPath, body: NewInvitationBody, invitations: TheInvitations, actor: KeepsGroup
) -> InvitationAnswer:
    """Invite somebody by mail, or make a link for several people. The answer does not tell whether an address has a
    user. At most five mails an hour go to one address."""
    if body.email is not None:
        made = await invitations.by_mail(party, body.email, body.role, body.site, actor=actor)
    else:
        most = body.most_uses or 1
        made = await invitations.by_link(party, body.role, body.site, most=most, lasts=body.lasts, actor=actor)
    return invitation_answer(made)


@router.get(
    "/parties/{party}/invitations/{invitation_id}/qr.svg",
    response_class=Response,
    responses={200: {"content": {"image/svg+xml": {}}}, **described(NotSignedIn, InvitationUnknown)},
)
async def invitation_qr(
    party: SlugPath, invitation_id: IdPath, invitations: TheInvitations, actor: KeepsGroup
) -> Response:
    """The link of an open invitation for several people as a QR code, to be put on a screen or printed."""
    link = await invitations.link(party, invitation_id, actor=actor)
    out = io.BytesIO()
    segno.make(link, error="m").save(out, kind="svg", scale=6, border=4, light="#fff")
    return Response(out.getvalue(), media_type="image/svg+xml", headers={"Cache-Control": "no-store"})


@router.post(
    "/parties/{party}/invitations/{invitation_id}/resend",
    responses=described(NotSignedIn, InvitationUnknown, InvitationNotOpen, NoMailServer, TooManyMails, MayNotGive),
)
async def resend_invitation(
    party: SlugPath, invitation_id: IdPath, invitations: TheInvitations, actor: KeepsGroup
) -> InvitationAnswer:
    """Send another mail with a new link and digits; those before end."""
    return invitation_answer(await invitations.resend(party, invitation_id, actor=actor))


@router.delete("/parties/{party}/invitations/{invitation_id}", responses=described(NotSignedIn, InvitationUnknown))
async def withdraw_invitation(
    party: SlugPath, invitation_id: IdPath, invitations: TheInvitations, actor: KeepsGroup
) -> InvitationAnswer:
    """End an invitation at once; who has joined by it stays. Idempotent."""
    return invitation_answer(await invitations.withdraw(party, invitation_id, actor=actor))


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


def _one(user: User, assignment_id: str, now: datetime, *, ended_links: int = 0) -> PersonAnswer:
    given = next(each for each in user.assignments if each.id == assignment_id)
    belonging = Belonging(user=user.name, given=given, ended=user.ended_at is not None)
    return person_answer(belonging, now, ended_links=ended_links)


def _newest(user: User, now: datetime) -> PersonAnswer:
    return _one(user, user.assignments[-1].id, now)
