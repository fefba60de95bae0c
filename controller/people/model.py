"""Who asks, and what a sign-in gives."""

from datetime import datetime
from enum import StrEnum

import msgspec


class Tier(StrEnum):
    """What a party is to the council: whose wish comes first, and at which price."""

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
    READER = "reader"


class PartyKind(StrEnum):
    ORGANISATION = "organisation"
    GROUP = "group"
    PERSON = "person"


class User(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str
    password_hash: str


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
    user: str
    expires_at: datetime


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """``token`` is told once; the database holds its hash only."""

    user: str
    token: str


class Failures(msgspec.Struct, frozen=True, kw_only=True):
    """Wrong passwords in a row for one name, and until when it has to wait."""

    failures: int
    last_at: datetime
    blocked_until: datetime
