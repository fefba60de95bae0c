"""Signed names of mails, by which one that comes back is recognised. They cannot be made without our key. Pure."""

import base64
import hashlib
import hmac
import re
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from controller.notices.bounces.model import MailType
from controller.people.repository import email_key

_MAC_BYTES = 10
_LENGTH = 44
_TOKEN = re.compile(rf"(?<![A-Za-z0-9])[A-Za-z2-7]{{{_LENGTH}}}(?![A-Za-z0-9])")
_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00Z")
MOST_TOKENS = 20


class MailName(msgspec.Struct, frozen=True, kw_only=True):
    """Which mail it was."""

    kind: MailType
    id: str

    @property
    def made_at(self) -> datetime:
        """As the id (UUID version 7) has it."""
        return _EPOCH + timedelta(milliseconds=UUID(self.id).int >> 80)


class BounceTokens:
    """``key``: that of ``page.key``. A token is base32 in small letters, since mail servers may change the case of an
    address: a letter for the kind, the id, and 80 bits that only we can compute, over both and the recipient."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, name: MailName, recipient: str) -> str:
        head = name.kind.encode() + UUID(name.id).bytes
        return base64.b32encode(head + self._mac(head, recipient)).decode().rstrip("=").lower()

    def read(self, token: str, recipient: str) -> MailName | None:
        """Which mail to this recipient the token names; ``None`` where it was not made by us for that."""
        raw = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
        head, mac = raw[:-_MAC_BYTES], raw[-_MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(head, recipient)):
            return None
        return MailName(kind=MailType(head[:1].decode()), id=str(UUID(bytes=head[1:])))

    def _mac(self, head: bytes, recipient: str) -> bytes:
        about = b"bounce\0" + head + email_key(recipient).encode()
        return hmac.digest(self._key, about, hashlib.sha256)[:_MAC_BYTES]


def tokens_in(text: str) -> list[str]:
    """What looks like a token; the caller checks each."""
    return [each.group() for each in _TOKEN.finditer(text)][:MOST_TOKENS]


def message_id(*parts: str) -> str:
    """A Message-ID of these parts, one of them a token."""
    return f"<{'.'.join(parts)}@hallkeeper>"
