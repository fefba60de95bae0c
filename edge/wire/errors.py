"""Errors of received messages: each says what was refused, and names the counter that counts it."""

from typing import ClassVar


class WireError(ValueError):
    """A received message cannot be accepted. ``counter``: its name in the device health."""

    counter: ClassVar[str] = "malformed"


class Malformed(WireError):
    """The bytes are not a valid message: broken JSON, a missing field, a wrong type, a value out of range."""


class UnknownVersion(WireError):
    """The envelope's format version is one this program does not know."""

    counter = "unknown_version"


class BadSignature(WireError):
    """The signature does not match the bytes, or the key is not trusted for this purpose."""

    counter = "bad_signature"


class WrongAddress(WireError):
    """Correctly signed, but for another site, edge, door or purpose."""

    counter = "wrong_address"


class TooLarge(WireError):
    """Longer than the format allows."""

    counter = "too_large"


class PlanRefused(WireError):
    """A plan that must not be applied. The last good one stays in force."""

    counter = "plan_refused"


class IdentityRefused(WireError):
    """An identity that must not be used, such as an older one. The held identity stays in force."""

    counter = "identity_refused"


class CommandRefused(WireError):
    """A command that must not be executed: late, replayed, of another session, for another door. ``code``: set if the
    sender can act on it."""

    counter = "command_refused"

    def __init__(self, why: str, code: str | None = None) -> None:
        super().__init__(why)
        self.code = code
