"""What the people of a party and invitations take and answer."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from controller.people.account_mails.schemas import Digits, Token
from controller.people.groups.model import (
    LONGEST_LINK,
    MOST_USES,
    Belonging,
    GroupPeopleList,
    InvitationProof,
    InvitationState,
    Responsible,
    ShownInvitation,
)
from controller.people.model import Role
from controller.people.role_assignments import AssignmentChange, AssignmentDraft, AssignmentState, state_of
from controller.people.schemas import AssignmentBody, AssignmentChangeBody, DayOrMoment, RoleChangeBody
from controller.platform.web.fields import Answer, Body, Email, LocalTime, Name, Slug, TextOrNull, Whole, answer_of


def _there(text: str) -> str:
    if not text:
        raise ValueError("must be an e-mail address like name@example.org")
    return text


GivenEmail = Annotated[Email, AfterValidator(_there)]


class NewPersonBody(Body):
    """``user``: by which name they sign in. ``role``: `group_leader`, `group_member` or `partner`. ``site``: null for
    all of them. ``from_at``, ``until_at``: as of an assignment."""

    user: Name
    role: Role = Role.GROUP_MEMBER
    site: Slug | None = None
    from_at: DayOrMoment | None = None
    until_at: DayOrMoment | None = None

    def draft(self, party: str) -> AssignmentDraft:
        given = self.model_dump(exclude={"user"}) | {"party": party}
        return AssignmentBody.model_validate(given).draft()


class PersonChangeBody(RoleChangeBody):
    """The fields to change; fields left out stay. ``until_at``: null for no end; a date counts to its end."""

    def change(self) -> AssignmentChange:
        return AssignmentChangeBody.model_validate(self.model_dump(exclude_unset=True)).change()


class ResponsibleBody(Body):
    """``user``: somebody who has a role for the party, by name. ``person``: the id of a person without an account.
    Neither: nobody answers for it."""

    user: Name | None = None
    person: Slug | None = None

    @model_validator(mode="after")
    def _one(self) -> "ResponsibleBody":
        if self.user is not None and self.person is not None:
            raise ValueError("give a user or a person; exactly one answers for a party")
        return self


class PersonAnswer(Answer):
    """Somebody's role for the party. ``user``: their name. ``state``: whether it counts; over also where nobody can
    sign in as this user any more. ``ended_links``: how many open links for several people have just ended with it."""

    id: str
    user: str
    role: Role
    site: str | None
    from_at: LocalTime | None
    until_at: LocalTime | None
    state: AssignmentState
    given_by: str
    given_at: LocalTime
    ended_links: int = 0


class ResponsibleAnswer(Answer):
    """Who answers for the party. ``person``: the id of a person without an account; null for a user. ``active``:
    whether they still do; a user does while they have a role for the party."""

    name: str
    person: str | None
    active: bool


class PeopleAnswer(Answer):
    """``items``: those with a role at your sites, past ones too, in the order in which they came."""

    items: list[PersonAnswer]
    responsible: ResponsibleAnswer | None


class NewInvitationBody(Body):
    """``email``: to whom a mail goes, for one person and seven days. Without it, a link for ``most_uses`` people and
    ``days``. ``role``: at most your own. ``site``: null for all of them."""

    email: GivenEmail | None = None
    role: Role = Role.GROUP_MEMBER
    site: Slug | None = None
    most_uses: Annotated[Whole, Field(ge=1, le=MOST_USES)] | None = None
    days: Annotated[Whole, Field(ge=1, le=LONGEST_LINK.days)] | None = None

    @model_validator(mode="after")
    def _link_is_bounded(self) -> "NewInvitationBody":
        if self.email is None and (self.most_uses is None or self.days is None):
            raise ValueError("give an email; or most_uses and days, for a link that several people use")
        if self.email is not None and (self.most_uses is not None or self.days is not None):
            raise ValueError("a mail is for one person and seven days; leave out most_uses and days")
        return self

    @property
    def lasts(self) -> timedelta:
        return timedelta(days=self.days or 0)


class InvitationAnswer(Answer):
    """``email``: to whom it went; null for a link. ``link``: of an open link that several people use, to be shown as a
    QR code; null for a mail. ``mail``: how far its mail is; null once that is more than a day ago."""

    id: str
    role: Role
    site: str | None
    state: InvitationState
    invited_by: str
    email: TextOrNull
    link: TextOrNull
    mail: str | None
    uses: int
    most_uses: int
    made_at: LocalTime
    expires_at: LocalTime
    accepted_at: LocalTime | None


class InvitationList(Answer):
    items: list[InvitationAnswer]


class InvitationProofBody(Body):
    """``token``: from the link. Or the ``digits`` of the mail, with the ``email`` to which it went."""

    token: Token | None = None
    email: GivenEmail | None = None
    digits: Digits | None = None

    @model_validator(mode="after")
    def _one_proof(self) -> "InvitationProofBody":
        if (self.token is None) == (self.digits is None) or (self.digits is None) != (self.email is None):
            raise ValueError("give the token of the link, or the six digits with the address")
        return self

    @property
    def proof(self) -> InvitationProof:
        return InvitationProof(token=self.token or "", email=self.email or "", digits=self.digits or "")


class AcceptBody(InvitationProofBody):
    """``user``: who joins, of those with the address. ``name``: by which a new user is to be known. Neither: who has
    signed in, or else the only user with the address."""

    user: Name | None = None
    name: Name | None = None


class InvitationMailBody(Body):
    """``token``: from the link. ``email``: yours, to which an invitation for you alone goes."""

    token: Token
    email: GivenEmail


class InvitationFactsAnswer(Answer):
    """``users``: who has the address that the mail went to."""

    party: str
    party_name: str
    role: Role
    invited_by: str
    by_mail: bool
    expires_at: LocalTime
    users: list[str]


class JoinedAnswer(Answer):
    """``already``: they belonged to it before, and the invitation is not used up. ``new``: the user is new.
    ``signed_in``: a new user is signed in, by cookie; others sign in as usual."""

    party: str
    party_name: str
    role: Role
    user: str
    already: bool
    new: bool
    signed_in: bool


def person_answer(each: Belonging, now: datetime, *, ended_links: int = 0) -> PersonAnswer:
    state = AssignmentState.OVER if each.ended else state_of(each.given, now)
    return answer_of(PersonAnswer, each.given, UTC, user=each.user, state=state, ended_links=ended_links)


def people_answer(found: GroupPeopleList, now: datetime) -> PeopleAnswer:
    return PeopleAnswer(
        items=[person_answer(each, now) for each in found.people],
        responsible=responsible_answer(found.responsible),
    )


def responsible_answer(found: Responsible | None) -> ResponsibleAnswer | None:
    return None if found is None else answer_of(ResponsibleAnswer, found)


def invitation_answer(shown: ShownInvitation) -> InvitationAnswer:
    return answer_of(
        InvitationAnswer,
        shown.invitation,
        UTC,
        state=shown.state,
        invited_by=shown.invited_by,
        email=shown.address,
        link=shown.link,
        mail=shown.mail,
    )
