"""Models and errors of an edge's enrolment."""

from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec

from controller.platform.web.problem import Conflicting, NotFound, Refused


class TokenRefused(Refused):
    """Gives no detail, so that guessing reveals nothing."""

    kind = "token-refused"
    title = "The enrolment token is not valid"

    def __init__(self) -> None:
        super().__init__(
            "this enrolment token is unknown, used, incomplete or expired; copy it again, or make another "
            "with `hallkeeper edge token SITE/EDGE`"
        )


class KeyTaken(Conflicting):
    def __init__(self) -> None:
        super().__init__("this public key was used before; start the enrolment again, so that the Pi makes new keys")


class SeveralRun(Conflicting):
    def __init__(self) -> None:
        super().__init__(
            "several controllers run, and the new key would be known to one of them; stop the others, rotate, and give "
            "them a copy of the folder keys before they start again"
        )


class NotEnrolled(Conflicting):
    kind = "not-enrolled"
    title = "The edge has not enrolled"

    def __init__(self, site: str, edge: str) -> None:
        super().__init__(f"edge {edge!r} of {site!r} has no keys here; enrol it first")


class RevocationUnknown(NotFound):
    def __init__(self, site: str, edge: str) -> None:
        super().__init__(f"edge {edge!r} of {site!r} was never revoked")


class KeyState(StrEnum):
    """``next``: it was asked for, and takes the place of ``current`` once the edge holds an identity for it."""

    CURRENT = "current"
    NEXT = "next"
    RETIRED = "retired"


class EdgeKey(msgspec.Struct, frozen=True, kw_only=True):
    """What an edge signs with (Ed25519), and what its identity is encrypted to (X25519)."""

    site: str
    edge: str
    public_key: bytes
    box: bytes
    state: KeyState
    since: datetime
    retired_at: datetime | None = None


class StoredToken(msgspec.Struct, frozen=True, kw_only=True):
    """A token as it is stored; ``sealed`` is its secret. ``used_by``: the key it let in."""

    id: str
    site: str
    edge: str
    sealed: bytes
    made_at: datetime
    made_by: str
    expires_at: datetime
    used_at: datetime | None = None
    used_by: bytes | None = None


class IdentityState(msgspec.Struct, frozen=True, kw_only=True):
    """``version``: of the identity the edge should hold; ``held``: of the one it has said it holds. ``kids`` and
    ``held_kids``: the controller's keys in each, by name, oldest first."""

    site: str
    edge: str
    version: int
    kids: tuple[str, ...]
    held: int = 0
    held_kids: tuple[str, ...] = ()
    renew: bool = False


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate that was issued to an edge. ``public_key``: the signing key it came with."""

    serial: str
    site: str
    edge: str
    public_key: bytes
    pem: str
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None


class EnrolmentState(msgspec.Struct, frozen=True, kw_only=True):
    """The enrolment state of an edge; ``zone`` is its site's. ``enrolled_at``: since when it has its present key,
    ``None`` without one. ``changing``: its keys or its doors' secrets are being changed, or it still holds old ones."""

    zone: ZoneInfo
    enrolled_at: datetime | None
    certificate_expires_at: datetime | None
    identity_version: int
    held_version: int
    changing: bool


class ToTell(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody whose credential at a revoked edge's doors was replaced. ``what``: such as a booking's title.
    ``bookings``: how many of theirs it is about; ``booking`` and ``when``: the soonest, and its time in the site's
    words."""

    what: str
    who: str
    phone: str = ""
    email: str = ""
    when: str = ""
    booking: str | None = None
    bookings: int = 0


class Notified(msgspec.Struct, frozen=True, kw_only=True):
    """People to tell after an edge was revoked. ``members``: how many members' PINs at its doors a thief may know."""

    doors: tuple[str, ...] = ()
    people: tuple[ToTell, ...] = ()
    members: int = 0


class Revocation(msgspec.Struct, frozen=True, kw_only=True):
    """A revocation of an edge: by whom and why."""

    id: str
    site: str
    edge: str
    at: datetime
    actor: str
    reason: str
    notified: Notified
