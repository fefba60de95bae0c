"""What access hands to the plan compiler."""

import msgspec

from edge.wire.credentials import CredentialKind
from edge.wire.interval import Interval


class WantedGrant(msgspec.Struct, frozen=True, kw_only=True):
    """A credential that is to be on a door. ``code_key``: ``edge.wire.credentials.code_key`` of it. ``new``: no plan
    has held it yet."""

    id: str
    booking_id: str
    door: str
    kind: CredentialKind
    code_key: bytes
    window: Interval
    hold_s: float | None
    new: bool = True


class NewGrant(msgspec.Struct, frozen=True, kw_only=True):
    """A credential to write, one per door."""

    id: str
    booking_id: str
    door: str
    code_key: bytes
    window: Interval


class Issued(msgspec.Struct, frozen=True, kw_only=True):
    """The code that a booking was given, and what was written for it."""

    code: str
    grants: tuple[NewGrant, ...]
