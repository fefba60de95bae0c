"""Errors of received messages: each says what was refused, and names the counter that counts it."""

from typing import ClassVar


class WireError(ValueError):
    """A received message cannot be accepted. ``counter``: its name in the device health."""

    counter: ClassVar[str] = "malformed"

    def __init_subclass__(cls, *, counter: str = "") -> None:
        cls.counter = counter or cls.counter


class Malformed(WireError):
    """The bytes are not a valid message: broken JSON, a missing field, a wrong type, a value out of range."""


class UnknownVersion(WireError, counter="unknown_version"):
    """The envelope's format version is one this program does not know."""


class BadSignature(WireError, counter="bad_signature"):
    """The signature does not match the bytes, or the key is not trusted for this purpose."""


class WrongAddress(WireError, counter="wrong_address"):
    """Correctly signed, but for another site, edge, door or purpose."""


class TooLarge(WireError, counter="too_large"):
    """Longer than the format allows."""


class PlanRefused(WireError, counter="plan_refused"):
    """A plan that must not be applied. The last good one stays in force."""


class IdentityRefused(WireError, counter="identity_refused"):
    """An identity that must not be used, such as an older one. The held identity stays in force."""


class ReleaseRefused(WireError, counter="release_refused"):
    """A release that must not be installed here. The running version stays."""


class CommandRefused(WireError, counter="command_refused"):
    """A command that must not be executed: late, replayed, of another session, for another door. ``code``: set if the
    sender can act on it."""

    def __init__(self, why: str, code: str | None = None) -> None:
        super().__init__(why)
        self.code = code
