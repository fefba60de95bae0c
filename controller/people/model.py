"""Models of an actor and a session."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import msgspec


class Tier(StrEnum):
    """What a party is to the council: decides which request comes first, and the price."""

    COUNCIL = "council"
    PARTNER = "partner"
    COMMUNITY = "community"
    COMMERCIAL = "commercial"


class Role(StrEnum):
    """What an assignment allows; the table in ``permissions`` says which actions."""

    OWNER = "owner"
    """Everything, at one site or at all of them."""
    MANAGER = "manager"
    """Runs sites: diary, hours, approval, users."""
    FACILITIES = "facilities"
    """Looks after doors, devices and alerts."""
    PORTER = "porter"
    """Operates doors on site: opens, locks down, reissues codes."""
    GROUP_LEADER = "group_leader"
    """Books for a party; the rules decide."""
    GROUP_MEMBER = "group_member"
    """Sees what its party has booked, with the code."""
    PARTNER = "partner"
    """Books for a partner service, whose tier gives it priority."""
    TABLET = "tablet"
    """A tablet at a door: shows the diary, takes check-ins."""
    WALL = "wall"
    """A screen in the foyer: shows the diary."""
    AUDITOR = "auditor"
    """Sees the diary, the figures and who did what."""
    PUBLIC = "public"
    """Nobody signed in. It cannot be assigned."""


OF_PARTY = frozenset({Role.GROUP_LEADER, Role.GROUP_MEMBER, Role.PARTNER})
"""Roles that are held for a party."""


class PartyKind(StrEnum):
    ORGANISATION = "organisation"
    GROUP = "group"
    PERSON = "person"


class PartyFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which parties to list. ``search``: anywhere in the name, whatever its case. ``tier``: the one in force.
    ``member``: a person who is in them. ``unanswered_at``: only active ones but persons, for which nobody answers
    then."""

    search: str = ""
    kind: PartyKind | None = None
    tier: Tier | None = None
    organisation: str | None = None
    member: str | None = None
    ended: bool | None = None
    unanswered_at: datetime | None = None


class PartyDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A party as somebody writes it. ``tier``: ``None`` for that of its organisation. ``organisation``: which one it is
    a part of. ``responsible``: the person who answers for it. ``site``: to which it belongs, ``None`` for the estate:
    who keeps that changes it. ``ended``: it can no longer book."""

    kind: PartyKind
    name: str
    tier: Tier | None = None
    organisation: str | None = None
    responsible: str | None = None
    site: str | None = None
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""
    notes: str = ""
    one_off: bool = False
    ended: bool = False


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody for whom bookings are made. ``tier`` is the one that holds: its own (``own_tier``), else that of its
    organisation, else community. ``responsible``: the person who answers for it, or ``responsible_user``: the user, by
    id; one of them at most. ``ended_at``: since when it can make no new bookings. ``one_off``: a person who hires once,
    and is forgotten soon after. ``forgotten_at``: when its personal data were deleted."""

    id: str
    kind: PartyKind
    name: str
    tier: Tier
    own_tier: Tier | None
    organisation: str | None
    responsible: str | None
    responsible_user: str | None
    site: str | None
    contact_name: str
    contact_phone: str
    contact_email: str
    notes: str
    one_off: bool
    ended_at: datetime | None
    forgotten_at: datetime | None

    @property
    def draft(self) -> PartyDraft:
        """What somebody would write to get this party."""
        same = msgspec.convert(self, PartyDraft, from_attributes=True)
        return msgspec.structs.replace(same, tier=self.own_tier, ended=self.ended_at is not None)


class Membership(msgspec.Struct, frozen=True, kw_only=True):
    """A person in a group or an organisation. ``role``: in words, such as "treasurer". ``until``: the last day."""

    party: str
    member: str
    name: str  # the member's
    role: str
    since: date | None
    until: date | None


class Assignment(msgspec.Struct, frozen=True, kw_only=True):
    """A role that somebody has. ``site``: ``None`` for all of them. ``party``: for whom, with a role of ``OF_PARTY``.
    It counts in [``from_at``, ``until_at``); ``None``: since ever, for ever. ``account_id``: of the user's account
    whose groups it follows, so that each sign-in by it renews the role; ``None`` for one that somebody has given."""

    role: Role
    site: str | None = None
    party: str | None = None
    from_at: datetime | None = None
    until_at: datetime | None = None
    account_id: str | None = None

    def over(self, now: datetime) -> bool:
        """Whether it will not count any more; one that was taken away before it began never does."""
        never = self.from_at is not None and self.until_at is not None and self.until_at <= self.from_at
        return never or (self.until_at is not None and self.until_at <= now)

    def in_force(self, now: datetime) -> bool:
        return (self.from_at is None or self.from_at <= now) and not self.over(now)


class GivenAssignment(Assignment, frozen=True, kw_only=True):
    """An assignment as it is stored. ``given_by``: the name of a user, or where it was done."""

    id: str
    user_id: str
    given_by: str
    given_at: datetime


class User(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who can sign in. ``password_hash``: ``None`` for who signs in by mail only. ``email``: others may have
    the same address. ``assignments``: past and future ones too, in the order in which they were given."""

    id: str
    name: str
    password_hash: str | None
    email: str | None = None
    created_at: datetime
    ended_at: datetime | None = None
    assignments: tuple[GivenAssignment, ...] = ()


class TokenLimits(msgspec.Struct, frozen=True, kw_only=True):
    """To what an API token is limited. ``scopes``: actions, ``None`` for all that its user may do. ``read_only``: it
    changes nothing."""

    scopes: frozenset[str] | None = None
    read_only: bool = False


class WallPlace(msgspec.Struct, frozen=True, kw_only=True):
    """What a screen for a wall shows: the alerts of these ``sites``, ``None`` for all."""

    sites: frozenset[str] | None = None


class DisplayPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A paired tablet or screen as what it shows. ``space``: at whose door a tablet hangs. ``room``: it shows that
    space alone, and no other route is open to it. ``wall``: of a screen that shows the alerts of sites, and nothing
    else."""

    id: str
    name: str
    site: str
    space: str | None = None
    room: bool = False
    wall: WallPlace | None = None


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Who makes a request. ``user``: the user's id, empty for the system itself. ``name`` is what every write records.
    ``assignments``: those in force.

    ``by_cookie``: the browser added the credential by itself, so a write must prove where it comes from. ``token``:
    where the request came with an API token, to what that is limited. ``needs_second_factor``: a role of theirs wants
    one that they do not have; until then they have no assignments. ``display``: the tablet or screen that acts, on
    which nobody has signed in.
    """

    name: str
    user: str | None = None  # the id of who is signed in; None: the controller itself, a link, an edge
    assignments: tuple[Assignment, ...] = ()
    session: bytes = b""
    by_cookie: bool = False
    token: TokenLimits | None = None
    needs_second_factor: bool = False
    display: DisplayPlace | None = None

    @classmethod
    def acting(
        cls, name: str, role: Role = Role.OWNER, *, site: str | None = None, party: str | None = None
    ) -> "Actor":
        """An actor with one assignment, where no user is signed in: the system, or the party that a rule is for."""
        return cls(name=name, assignments=(Assignment(role=role, site=site, party=party),))


class SignInMethod(StrEnum):
    """By what somebody signed in."""

    PASSWORD = "password"  # noqa: S105  # a name of the method
    MAIL = "mail"
    SETUP = "setup"
    """With the set-up token, as the first user."""
    PASSKEY = "passkey"
    """Which counts as both factors."""
    OIDC = "oidc"
    """With an account at an OpenID provider."""
    TOKEN = "token"  # noqa: S105  # a name of the method
    """An API token, which somebody who is signed in has made."""


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-in that lasts. ``last_used_at``: to the hour. ``method``: by what. The rest is the user's; ``user`` is
    their name. ``assignments``: all of them, since which are in force changes with time. ``second_factor``: whether the
    user has one. ``by_passkey``: whether a passkey opened it, or the session in which this token was made.
    ``proven_at``: when its user last showed who they are in it, otherwise than by the password; ``None``: never."""

    method: SignInMethod
    user_id: str
    user: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime
    assignments: tuple[Assignment, ...]
    token: TokenLimits | None = None
    second_factor: bool = False
    by_passkey: bool = False
    proven_at: datetime | None = None


class SessionOrigin(msgspec.Struct, frozen=True, kw_only=True):
    """One of a user's sessions, as its user sees it. ``address``: where it was opened from, empty if that is not known.
    ``browser``: in words. ``last_used_at``: to the hour."""

    token_hash: bytes
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    method: SignInMethod
    address: str
    browser: str

    @property
    def id(self) -> str:
        """Says nothing of the token, which is 256 random bits."""
        return str(UUID(bytes=self.token_hash[:16]))


class ApiToken(msgspec.Struct, frozen=True, kw_only=True):
    """A token by which a program acts as its user, as its user sees it. ``last_used_at``: to the hour."""

    token_hash: bytes
    name: str
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    limits: TokenLimits

    @property
    def id(self) -> str:
        return str(UUID(bytes=self.token_hash[:16]))


class Proven(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who is signed in has shown again who they are; until when that counts."""

    proven_until: datetime


class SecondStepNeeded(msgspec.Struct, frozen=True, kw_only=True):
    """The first step of a sign-in was right. ``pending``: what the second step names; the database holds its hash."""

    pending: str


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """``token`` is shown once; the database holds its hash only. ``device``: by which the browser is known later."""

    user: str
    token: str
    device: str


class Write(msgspec.Struct, frozen=True, kw_only=True):
    """Who did what to something, and when. ``act``: make, change, delete and the like."""

    actor: str
    act: str
    at: datetime


class Failures(msgspec.Struct, frozen=True, kw_only=True):
    """Wrong passwords in a row that are counted together, and until when there is a wait. ``kept_until``: when this is
    forgotten."""

    failures: int
    last_at: datetime
    blocked_until: datetime
    kept_until: datetime
