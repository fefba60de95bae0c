"""Codes of authenticator apps (RFC 6238: SHA-1, six digits, 30 seconds). Pure."""

import hmac
import secrets
from datetime import datetime

import pyotp

STEP_S = 30
DRIFT = 1
"""Steps by which the clock of a phone may be wrong."""
RECOVERY_CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that look alike."""
_GROUP = 5


def new_secret() -> str:
    """160 random bits in base32, as RFC 4226 recommends."""
    return pyotp.random_base32(32)


def address(secret: str, user: str) -> str:
    """What an authenticator app reads, as a link or a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=user, issuer_name="Hallkeeper")


def step_of(secret: str, code: str, now: datetime, *, after: int) -> int | None:
    """The time step of a code that is right now, give or take ``DRIFT``; ``None`` for a wrong one, and for one of
    the step ``after`` or before, which was used."""
    totp, current = pyotp.TOTP(secret), int(now.timestamp()) // STEP_S
    for step in range(current - DRIFT, current + DRIFT + 1):
        if step > after and hmac.compare_digest(totp.generate_otp(step).encode(), code.encode()):
            return step
    return None


def new_recovery_codes() -> list[str]:
    """Ten codes of ten letters, 49 bits each, in two groups."""
    codes = ["".join(secrets.choice(_LETTERS) for _ in range(2 * _GROUP)) for _ in range(RECOVERY_CODES)]
    return [f"{code[:_GROUP]}-{code[_GROUP:]}" for code in codes]


def plain(code: str) -> str:
    """A code as it is compared: without spaces and hyphens, in small letters."""
    return "".join(code.split()).replace("-", "").lower()
