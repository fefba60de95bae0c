"""The people of a party and invitations over HTTP. No GET uses anything up."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response, status

from controller.people.account_mails.errors import NoMailServer, TooManyMails
from controller.people.authentication import KeepsGroup, KeepsUsers, ThePerson
from controller.people.errors import AssignmentTaken, LastOwner, MayNotGive, PartyUnknown, UserUnknown
from controller.people.groups.errors import (
    BelongingUnknown,
    InvitationNotOpen,
    InvitationUnknown,
    LastLeader,
    NotOfParty,
    TooManyInvitations,
)
from controller.people.groups.invitations import Invitations
from controller.people.groups.model import Belonging
from controller.people.groups.people import GroupPeople
from controller.people.groups.schemas import (
    InvitationAnswer,
    InvitationList,
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
from controller.people.model import User
from controller.platform.web.fields import LIST_LIMIT, IdPath, Limit, SlugPath
from controller.platform.web.problem import NotSignedIn, described
from controller.platform.web.qr_picture import qr_file
from controller.platform.web.services import TheClock, service

router = APIRouter(tags=["people"])
TheGroup = Annotated[GroupPeople, service(GroupPeople)]
TheInvitations = Annotated[Invitations, service(Invitations)]
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
    return Response(qr_file(link), media_type="image/svg+xml", headers={"Cache-Control": "no-store"})


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


def _one(user: User, assignment_id: str, now: datetime, *, ended_links: int = 0) -> PersonAnswer:
    given = next(each for each in user.assignments if each.id == assignment_id)
    belonging = Belonging(user=user.name, given=given, ended=user.ended_at is not None)
    return person_answer(belonging, now, ended_links=ended_links)


def _newest(user: User, now: datetime) -> PersonAnswer:
    return _one(user, user.assignments[-1].id, now)
