"""Who asks, and what a sign-in gives."""

from datetime import datetime

import msgspec


class User(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str
    password_hash: str


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Who makes a request. ``name`` is what every write records.

    ``by_cookie``: the browser added the credential by itself, so a write must prove where it comes from.
    """

    name: str
    session: bytes
    by_cookie: bool = False


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
