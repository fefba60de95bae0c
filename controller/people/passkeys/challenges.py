"""Challenges of passkeys: each carries its end and our signature, so that none is stored before it is used. Pure."""

import hmac
import secrets
from datetime import UTC, datetime, timedelta
from hashlib import sha256

CHALLENGE_LIFETIME = timedelta(minutes=5)
_NONCE_BYTES, _END_BYTES, _SIGNATURE_BYTES = 16, 8, 32


def new_challenge(key: bytes, about: bytes, now: datetime) -> bytes:
    """One that is for ``about`` only: for whom and from where."""
    end = int((now + CHALLENGE_LIFETIME).timestamp())
    body = secrets.token_bytes(_NONCE_BYTES) + end.to_bytes(_END_BYTES, "big")
    return body + _signature(key, about, body)


def end_of(challenge: bytes, key: bytes, about: bytes, now: datetime) -> datetime | None:
    """Until when a challenge can be used; ``None`` for one that has run out, or that is not ours or for something
    else."""
    body, signature = challenge[:-_SIGNATURE_BYTES], challenge[-_SIGNATURE_BYTES:]
    if len(body) != _NONCE_BYTES + _END_BYTES or not hmac.compare_digest(signature, _signature(key, about, body)):
        return None
    end = datetime.fromtimestamp(int.from_bytes(body[_NONCE_BYTES:], "big"), UTC)
    return end if now < end else None


def _signature(key: bytes, about: bytes, body: bytes) -> bytes:
    return hmac.digest(key, b"passkey challenge\0" + body + about, sha256)
