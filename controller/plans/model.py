"""Models of plans and commands."""

from datetime import datetime

import msgspec

from edge.wire.codec import decode
from edge.wire.envelope import Envelope
from edge.wire.plan import Manifest

HOURS = "hours-"
"""What the names of the parts of a plan begin with that hold a door's rules and its timeline."""


EdgeName = tuple[str, str]
"""Site and edge."""


class SignedPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A plan as it is stored. ``sealed``: the manifest in its envelope, as published."""

    manifest: Manifest
    digest: str
    sealed: bytes
    compiled_at: datetime
    grants: int
    applied_at: datetime | None = None
    refused_at: datetime | None = None
    why: str | None = None

    @property
    def kid(self) -> str:
        """The name of the key it is signed with."""
        return decode(self.sealed, Envelope).kid


class IssuedCommand(msgspec.Struct, frozen=True, kw_only=True):
    """A command and its outcome. ``args``: as ``edge.wire.messages.Command`` has them. ``outcome``: ``done``,
    ``refused``, or ``None`` while nothing came. ``code``: a ``ResultCode``."""

    id: str
    site: str
    edge: str
    door: str | None
    kind: str
    reason: str
    actor: str
    issued_at: datetime
    expires_at: datetime
    args: dict[str, str | int | float | bool | None] = {}
    outcome: str | None = None
    why: str | None = None
    code: str | None = None
    ended_at: datetime | None = None
