"""The secret link to a booking's door page. Only its hash is stored; it can be made again from the page key."""

import base64
import hashlib
import hmac

LENGTH = 22
_PURPOSE = b"door page\0"
_CONFIRM = b"cancel\0"


def token(page_key: bytes, booking_id: str) -> str:
    """The last part of the link: 22 characters, 132 bits."""
    digest = hmac.digest(page_key, _PURPOSE + booking_id.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode()[:LENGTH]


def token_hash(text: str) -> bytes:
    """What is stored and looked up: SHA-256."""
    return hashlib.sha256(text.encode(errors="replace")).digest()


def confirmation(page_key: bytes, booking_id: str, version: int, charge: str) -> str:
    """What the confirming form sends back: good for this booking and this charge as the page showed them."""
    digest = hmac.digest(page_key, _CONFIRM + f"{booking_id}\0{version}\0{charge}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode()[:LENGTH]


def confirms(page_key: bytes, booking_id: str, version: int, charge: str, text: str) -> bool:
    """Whether ``text`` is the confirmation, compared in constant time."""
    wanted = confirmation(page_key, booking_id, version, charge)
    return hmac.compare_digest(wanted.encode(), text.encode(errors="replace"))
