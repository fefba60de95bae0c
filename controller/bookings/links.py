"""The secret links to a booking's door page and to a calendar, of which only a hash is stored, and to the page of a
series. All can be made again from the page key."""

import base64
import hashlib
import hmac
from uuid import UUID

LENGTH = 22
_PURPOSE = b"door page\0"
_CALENDAR = b"calendar\0"
_CONFIRM = b"cancel\0"
_SERIES = b"series page\0"
_HALF = 16


def token(page_key: bytes, booking_id: str) -> str:
    """The last part of the link to a booking's door page: 22 characters, 132 bits."""
    return _last_part(page_key, _PURPOSE + booking_id.encode())


def calendar_token(page_key: bytes, subscription_id: str) -> str:
    """The last part of the link to a calendar: 22 characters, 132 bits."""
    return _last_part(page_key, _CALENDAR + subscription_id.encode())


def _last_part(page_key: bytes, about: bytes) -> str:
    return base64.urlsafe_b64encode(hmac.digest(page_key, about, hashlib.sha256)).decode()[:LENGTH]


def series_token(page_key: bytes, series_id: str) -> str:
    """The last part of the link to all dates of a series: its id, and 128 bits that only the controller can compute."""
    id_bytes = UUID(series_id).bytes
    return base64.urlsafe_b64encode(id_bytes + _proof(page_key, id_bytes)).decode().rstrip("=")


def series_of(page_key: bytes, text: str) -> str | None:
    """The series that such a token is for; ``None`` for any other text."""
    try:
        raw = base64.b64decode(text.encode("ascii") + b"=", altchars=b"-_", validate=True)
    except ValueError:
        return None
    id_bytes, proof = raw[:_HALF], raw[_HALF:]
    return (
        str(UUID(bytes=id_bytes))
        if len(raw) == 2 * _HALF and hmac.compare_digest(proof, _proof(page_key, id_bytes))
        else None
    )


def _proof(page_key: bytes, id_bytes: bytes) -> bytes:
    return hmac.digest(page_key, _SERIES + id_bytes, hashlib.sha256)[:_HALF]


def token_hash(text: str) -> bytes:
    """What is stored and looked up: SHA-256."""
    return hashlib.sha256(text.encode(errors="replace")).digest()


def confirmation(page_key: bytes, booking_id: str, version: int, charge: str) -> str:
    """The confirmation token of the form: valid for this booking and this charge, as the page showed them."""
    return _last_part(page_key, _CONFIRM + f"{booking_id}\0{version}\0{charge}".encode())


def confirms(page_key: bytes, booking_id: str, version: int, charge: str, text: str) -> bool:
    """Whether ``text`` is the confirmation, compared in constant time."""
    wanted = confirmation(page_key, booking_id, version, charge)
    return hmac.compare_digest(wanted.encode(), text.encode(errors="replace"))
