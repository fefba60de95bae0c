"""Models of an actor and a session."""

from datetime import date, datetime
from enum import StrEnum

import msgspec


class Tier(StrEnum):
    """What a party is to the council: decides which request comes first, and the price."""

    COUNCIL = "council"
    PARTNER = "partner"
    COMMUNITY = "community"
    COMMERCIAL = "commercial"


class Role(StrEnum):
    """What a user may do; ``may`` knows what each is allowed."""

    ADMIN = "admin"
    MANAGER = "manager"
    """Runs sites: diary, hours, approval."""
    BOOKER = "booker"
    """Asks for bookings; the rules decide."""
    PORTER = "porter"
    """Operates doors on site: opens, locks down, reissues codes."""
    READER = "reader"


class PartyKind(StrEnum):
    ORGANISATION = "organisation"
    GROUP = "group"
    PERSON = "person"


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
    ended: bool = False


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody for whom bookings are made. ``tier`` is the one that holds: its own (``own_tier``), else that of its
    organisation, else community. ``ended_at``: since when it can make no new bookings. ``forgotten_at``: when its
    personal data were deleted."""

    id: str
    kind: PartyKind
    name: str
    tier: Tier
    own_tier: Tier | None
    organisation: str | None
    responsible: str | None
    site: str | None
    contact_name: str
    contact_phone: str
    contact_email: str
    notes: str
    ended_at: datetime | None
    forgotten_at: datetime | None

    @property
    def draft(self) -> PartyDraft:
        """What somebody would write to get this party."""
        return PartyDraft(
            kind=self.kind,
            name=self.name,
            tier=self.own_tier,
            organisation=self.organisation,
            responsible=self.responsible,
            site=self.site,
            contact_name=self.contact_name,
            contact_phone=self.contact_phone,
            contact_email=self.contact_email,
            notes=self.notes,
            ended=self.ended_at is not None,
        )


class Membership(msgspec.Struct, frozen=True, kw_only=True):
    """A person in a group or an organisation. ``role``: in words, such as "treasurer". ``until``: the last day."""

    party: str
    member: str
    name: str  # the member's
    role: str
    since: date | None
    until: date | None


class User(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who can sign in. ``sites``: ``None`` for all of them. ``party``: for whom a booker books."""

    id: str
    name: str
    password_hash: str
    role: Role = Role.ADMIN
    sites: frozenset[str] | None = None
    party: str | None = None
    created_at: datetime
    ended_at: datetime | None = None


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Who makes a request. ``name`` is what every write records.

    ``by_cookie``: the browser added the credential by itself, so a write must prove where it comes from.
    """

    name: str
    session: bytes = b""
    by_cookie: bool = False
    role: Role = Role.ADMIN
    sites: frozenset[str] | None = None  # None: all of them
    party: str | None = None  # for whom a booker books


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-in that lasts. The rest is the user's."""

    user: str
    created_at: datetime
    expires_at: datetime
    role: Role
    sites: frozenset[str] | None
    party: str | None


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
