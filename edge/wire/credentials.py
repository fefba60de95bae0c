"""Credentials: the kinds there are, how one is presented, and the value that stands for it in a plan."""

import hashlib
import hmac
from enum import StrEnum

import msgspec


class CredentialKind(StrEnum):
    BOOKING_CODE = "booking_code"
    OFFLINE_CODE = "offline_code"
    MEMBER_CARD_PIN = "member_card_pin"
    STAFF = "staff"
    KEY_HOLDER = "key_holder"
    CONTRACTOR = "contractor"


TIME_INDEPENDENT = frozenset({CredentialKind.STAFF, CredentialKind.KEY_HOLDER})
"""Kinds that also open with the clock unproven, and past the plan's horizon."""

TYPED_KINDS = (
    CredentialKind.BOOKING_CODE,
    CredentialKind.STAFF,
    CredentialKind.KEY_HOLDER,
    CredentialKind.CONTRACTOR,
)
"""Kinds that a code typed on a keypad can be, in the order they are tried."""


def is_booking_code(text: str) -> bool:
    """Whether ``text`` has the form of a booking code: 6 digits, the first not 9 (9 begins an offline code)."""
    return len(text) == 6 and text.isascii() and text.isdigit() and text[0] != "9"


def code_key(door_secret: bytes, kind: CredentialKind, credential: str) -> bytes:
    """HMAC-SHA256 (RFC 2104) of ``kind NUL credential`` under the door's secret: 32 bytes.

    It hides a code from broker, backup and log, not from whoever holds the door's secret.
    """
    return hmac.digest(door_secret, kind.encode() + b"\0" + credential.encode(), hashlib.sha256)


class Presented(msgspec.Struct, frozen=True, kw_only=True):
    """Digits typed at a reader."""

    digits: str
