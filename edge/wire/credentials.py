"""Credentials: their kinds, how they are presented, and the keys that stand for them in a plan."""

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


class Method(StrEnum):
    """How a credential is presented."""

    CODE = "code"
    CARD = "card"
    CARD_PIN = "card_pin"
    QR = "qr"
    OFFLINE_CODE = "offline_code"


TIME_INDEPENDENT = frozenset({CredentialKind.STAFF, CredentialKind.KEY_HOLDER})
"""Kinds that also open with an unproven clock, and after the plan's horizon."""

TYPED_KINDS = (
    CredentialKind.BOOKING_CODE,
    CredentialKind.STAFF,
    CredentialKind.KEY_HOLDER,
    CredentialKind.CONTRACTOR,
)
"""The kinds of a typed code, in the order they are tried."""

CARD_KINDS = (
    CredentialKind.MEMBER_CARD_PIN,
    CredentialKind.STAFF,
    CredentialKind.KEY_HOLDER,
    CredentialKind.CONTRACTOR,
)
"""The kinds of a card, in the order they are tried."""

CODE_LENGTH_MIN, CODE_LENGTH_MAX, CODE_LENGTH = 4, 8, 6
"""Digits of an ordinary code: minimum, maximum and default of a door."""
OFFLINE_FIRST, OFFLINE_LENGTH = "9", 10
"""Offline codes begin with this digit and ordinary codes do not, so the first key determines the length."""


UNREAD_KEY = "?"
"""In ``Presented.digits``, a key that was pressed but could not be read."""


def is_code(text: str, length: int = CODE_LENGTH) -> bool:
    """Whether ``text`` has the form of an ordinary code of ``length`` digits; 9 begins an offline code."""
    return len(text) == length and text.isascii() and text.isdigit() and text[0] != OFFLINE_FIRST


def is_offline_code(text: str) -> bool:
    """Whether ``text`` has the form of an offline code: 9 and 9 more digits."""
    return len(text) == OFFLINE_LENGTH and text.isascii() and text.isdigit() and text[0] == OFFLINE_FIRST


def code_key(door_secret: bytes, kind: CredentialKind, credential: str) -> bytes:
    """HMAC-SHA256 (RFC 2104) of ``kind NUL credential`` under the door's secret: 32 bytes.

    ``credential`` is a code's digits or a card's canonical text, of which only the latter has a colon. It hides them
    from broker, backup and log, not from a holder of the door's secret.
    """
    return hmac.digest(door_secret, kind.encode() + b"\0" + credential.encode(), hashlib.sha256)


def pin_key(door_secret: bytes, kind: CredentialKind, card: str, pin: str) -> bytes:
    """HMAC-SHA256 of ``kind NUL card NUL pin`` under the door's secret: what a PIN typed after a card is compared
    with."""
    return code_key(door_secret, kind, f"{card}\0{pin}")


class Presented(msgspec.Struct, frozen=True, kw_only=True):
    """What a person presents at a reader. Its text never says what.

    - ``digits``: a typed code or, after a ``card``, the PIN; ``UNREAD_KEY`` for a key that could not be read.
    - ``card``: a card's canonical text, its format first: ``w26:FACILITY:NUMBER``, ``w32:NUMBER``, ``w34`` and
      ``h10304`` like the first, ``h10302`` like the second, ``uid:HEX``, ``bar:TEXT``.
    - ``token``: a scanned pass, see ``edge.wire.qr_passes``.
    """

    digits: str = ""
    card: str = ""
    token: str = ""

    @property
    def method(self) -> Method:
        """How it is presented."""
        if self.token:
            return Method.QR
        if self.card:
            return Method.CARD_PIN if self.digits else Method.CARD
        return Method.OFFLINE_CODE if is_offline_code(self.digits) else Method.CODE

    @property
    def is_typed(self) -> bool:
        """Whether it is a code that was typed without a card."""
        return not (self.card or self.token)

    def __repr__(self) -> str:
        return f"Presented({self.method})"
