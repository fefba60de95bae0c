"""Who belongs to a party, who answers for it, and who is invited to it."""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from controller.people.account_mails.model import INVITATION_DAYS
from controller.people.model import GivenAssignment, Role

MAIL_LIFETIME = timedelta(days=INVITATION_DAYS)
"""How long an invitation by mail works."""
LONGEST_LINK = timedelta(days=60)
MOST_USES = 200
"""How many people one link may let in."""
MOST_FROM_INVITER = 60
"""Invitations by mail in an hour of one person; a choir has so many singers."""
MOST_DIGIT_TRIES = 5
"""Wrong digits for one invitation; its link still works after that."""
MOST_OPEN = 200
"""Invitations of a party that are open at once, but for mails that were asked for by a link."""
SPARE_MAILS = 20
"""Mails that wait for an answer, asked for by one link, above as many as the link still lets in."""
KEPT = timedelta(days=30)
"""How long an invitation is listed after its end."""


class Responsible(msgspec.Struct, frozen=True, kw_only=True):
    """Who answers for a party: a person without an account (``person``, a party), or a user (``user_id``). ``active``:
    whether they still do; a user does while they have a role for the party."""

    name: str
    person: str | None = None
    user_id: str | None = None
    active: bool = True


class Belonging(msgspec.Struct, frozen=True, kw_only=True):
    """A user's role for a party."""

    user: str
    given: GivenAssignment
    ended: bool


class GroupPeopleList(msgspec.Struct, frozen=True, kw_only=True):
    people: tuple[Belonging, ...]
    responsible: Responsible | None


class InvitationState(StrEnum):
    """Whether an invitation still works."""

    OPEN = "open"
    ACCEPTED = "accepted"
    """As many have joined by it as may."""
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    VOID = "void"
    """Its inviter may no longer give the role, or the party has ended."""


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """``sealed_address``: empty for a link that several people use. ``number``: how often it was made new; link and
    digits follow from it. ``digits_tried_at``: last. ``through``: the link by which somebody asked for this mail."""

    id: str
    party: str
    site: str | None
    role: Role
    inviter_id: str
    sealed_address: bytes
    address_digest: bytes | None
    number: int
    token_hash: bytes
    digits_digest: bytes | None
    digit_tries: int
    digits_tried_at: datetime | None = None
    most_uses: int
    uses: int
    through: str | None
    made_at: datetime
    expires_at: datetime
    accepted_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_by: str

    @property
    def by_mail(self) -> bool:
        return self.address_digest is not None

    @property
    def sent_at(self) -> datetime:
        """When it was made, or last sent again."""
        return self.expires_at - MAIL_LIFETIME if self.by_mail else self.made_at

    def state(self, now: datetime) -> InvitationState:
        """Whether its inviter may still invite is not looked at."""
        if self.withdrawn_at is not None:
            return InvitationState.WITHDRAWN
        if self.uses >= self.most_uses:
            return InvitationState.ACCEPTED
        return InvitationState.OPEN if now < self.expires_at else InvitationState.EXPIRED


class ShownInvitation(msgspec.Struct, frozen=True, kw_only=True):
    """``address``: to which it went; empty for a link. ``link``: of an open link that several people use; empty for a
    mail, whose link only its reader gets. ``mail``: how far its mail is."""

    invitation: Invitation
    state: InvitationState
    invited_by: str
    address: str = ""
    link: str = ""
    mail: str | None = None


class InvitationFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What its reader sees before they press the button. ``users``: who has the address that it went to."""

    party: str
    party_name: str
    role: Role
    invited_by: str
    by_mail: bool
    expires_at: datetime
    users: tuple[str, ...] = ()


class InvitationProof(msgspec.Struct, frozen=True, kw_only=True):
    """The token of the link; or the digits, with the address to which they went."""

    token: str = ""
    email: str = ""
    digits: str = ""


class Joined(msgspec.Struct, frozen=True, kw_only=True):
    """``already``: they belonged to it before, and nothing was used up. ``new``: their account is new."""

    party: str
    party_name: str
    role: Role
    user: str
    already: bool = False
    new: bool = False
