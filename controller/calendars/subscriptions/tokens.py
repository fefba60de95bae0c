"""The secret in a subscription's link. Only its hash is stored; it can be made again from the page key. Pure."""

import base64
import hashlib
import hmac

LENGTH = 22
_PURPOSE = b"calendar\0"


def token(page_key: bytes, subscription_id: str) -> str:
    """The last part of the link: 22 characters, 132 bits."""
    digest = hmac.digest(page_key, _PURPOSE + subscription_id.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode()[:LENGTH]


def token_hash(text: str) -> bytes:
    """What is stored and looked up: SHA-256."""
    return hashlib.sha256(text.encode(errors="replace")).digest()
