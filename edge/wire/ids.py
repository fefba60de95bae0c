"""Names: slugs for what people configure, UUIDv7 for what happens."""

import re
import secrets
import uuid
from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec

SLUG_PATTERN = r"^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$"
"""1 to 40 characters: small letters, digits and inner hyphens. Safe in a topic, a path and a URL."""

Slug = Annotated[str, msgspec.Meta(pattern=SLUG_PATTERN)]
Uuid = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")]
_slug = re.compile(SLUG_PATTERN)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def is_slug(text: str) -> bool:
    """Whether ``text`` may name a site, an edge, a door or a device."""
    return _slug.fullmatch(text) is not None


def uuid7(at: datetime, random: bytes) -> str:
    """A UUID version 7 (RFC 9562 5.7) of the instant ``at`` and 10 random bytes.

    Raises ``ValueError`` when ``random`` is not 10 bytes.
    """
    if len(random) != 10:
        raise ValueError(f"10 random bytes are needed, not {len(random)}")
    value = (at - _EPOCH) // timedelta(milliseconds=1) << 80 | int.from_bytes(random)
    value = value & ~(0xF << 76) | 7 << 76
    value = value & ~(0x3 << 62) | 2 << 62
    return str(uuid.UUID(int=value))


def new_id(at: datetime) -> str:
    """An id for what happens at ``at``; no two are the same."""
    return uuid7(at, secrets.token_bytes(10))
