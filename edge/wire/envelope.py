"""The envelope: every message that its receiver acts on is signed, Ed25519 (RFC 8032), over the exact bytes.

The signature covers ``hallkeeper/1 NUL purpose NUL payload``. Site, edge (and door) are in the payload and are compared
with the receiver's own. A key id is the first 16 hex digits of the SHA-256 of the public key.
"""

import hashlib
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Protocol, TypeVar

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from edge.wire.codec import MESSAGE_LIMIT, decode, encode
from edge.wire.errors import BadSignature, UnknownVersion, WrongAddress

FORMAT = 2
"""Version of the wire format; envelopes of any other version are refused."""


class Purpose(StrEnum):
    """What an envelope is for; one signed for another purpose is refused."""

    PLAN = "plan"
    HELLO = "hello"
    ACK = "ack"
    COMMAND = "command"
    STATUS = "status"
    HELLO_REPLY = "hello_reply"
    EVENTS = "events"
    APPLIED = "applied"
    RESULT = "result"
    PASS = "pass"  # noqa: S105  # a purpose, no secret
    IDENTITY = "identity"
    RENEWAL = "renewal"
    RELEASE = "release"
    RELEASE_KEYS = "release_keys"
    UPDATE = "update"
    UPDATE_WANTED = "update_wanted"
    UPDATE_STATE = "update_state"


class Addressed(Protocol):
    """A payload that names the edge it is for, or from."""

    @property
    def site(self) -> str: ...

    @property
    def edge(self) -> str: ...


A = TypeVar("A", bound=Addressed)
T = TypeVar("T")


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """``payload`` and ``signature`` are base64 in JSON."""

    v: int = FORMAT
    kid: Annotated[str, msgspec.Meta(max_length=64)]
    purpose: Annotated[str, msgspec.Meta(max_length=64)]
    payload: bytes
    signature: bytes


class _Version(msgspec.Struct, frozen=True):
    v: int = FORMAT


def key_id(key: Ed25519PublicKey) -> str:
    """The id of a public key."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]


class Sealer(Protocol):
    """Signs what is addressed to, or comes from, an edge."""

    def seal(self, purpose: Purpose, payload: msgspec.Struct) -> bytes:
        """The bytes of a signed envelope around ``payload``."""
        ...

    def kid_for(self, site: str, edge: str) -> str:
        """The id of the key that it signs with for this edge."""
        ...


class Signer:
    """Signs payloads with one private key; its id is computed once."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self.use(key)

    def use(self, key: Ed25519PrivateKey) -> None:
        """Sign with this key from now on."""
        self._key = key
        self.public_key = key.public_key()
        self.kid = key_id(self.public_key)

    def kid_for(self, site: str, edge: str) -> str:
        return self.kid

    def seal(self, purpose: Purpose, payload: msgspec.Struct) -> bytes:
        """The bytes of a signed envelope around ``payload``."""
        body = encode(payload)
        return encode(Envelope(kid=self.kid, purpose=purpose, payload=body, signature=self.sign(purpose, body)))

    def sign(self, purpose: Purpose, body: bytes) -> bytes:
        """The 64 bytes of the signature over ``body``, for what is too small for an envelope."""
        return self._key.sign(_signed(purpose, body))


class Keyring:
    """Trusted public keys by id."""

    def __init__(self, *keys: Ed25519PublicKey) -> None:
        self.trust(*keys)

    def trust(self, *keys: Ed25519PublicKey) -> None:
        """Trust exactly these keys from now on."""
        self.keys: Mapping[str, Ed25519PublicKey] = {key_id(key): key for key in keys}

    def signed(self, purpose: Purpose, body: bytes, signature: bytes) -> bool:
        """Whether one of the keys has signed ``body``, which does not name its key."""
        return any(_verifies(key, purpose, body, signature) for key in self.keys.values())


def open_envelope(
    data: bytes,
    *,
    purpose: Purpose,
    kind: type[A],
    site: str,
    edge: str,
    keys: Keyring,
    limit: int = MESSAGE_LIMIT,
) -> A:
    """The payload of a signed envelope, after checking signature, purpose and address, in that order.

    Raises ``TooLarge``, ``Malformed``, ``UnknownVersion``, ``BadSignature`` or ``WrongAddress``.
    """
    payload = open_signed(data, purpose=purpose, kind=kind, keys=keys, limit=limit)
    if (payload.site, payload.edge) != (site, edge):
        raise WrongAddress(f"a {purpose} of {payload.site}/{payload.edge} arrived at {site}/{edge}")
    return payload


def open_signed(data: bytes, *, purpose: Purpose, kind: type[T], keys: Keyring, limit: int = MESSAGE_LIMIT) -> T:
    """The payload of an envelope that is for every edge, such as a release: signature and purpose are checked.

    Raises ``TooLarge``, ``Malformed``, ``UnknownVersion``, ``BadSignature`` or ``WrongAddress``.
    """
    if (version := decode(data, _Version, limit=limit).v) != FORMAT:
        raise UnknownVersion(f"envelope format {version}; this program knows {FORMAT}")
    envelope = decode(data, Envelope, limit=limit)
    key = keys.keys.get(envelope.kid)
    if key is None:
        raise BadSignature(f"key {envelope.kid!r} is not trusted for {purpose}")
    if not _verifies(key, envelope.purpose, envelope.payload, envelope.signature):
        raise BadSignature(f"the signature of a {purpose} does not match its bytes")
    if envelope.purpose != purpose:
        raise WrongAddress(f"signed as {envelope.purpose!r}, arrived as {purpose}")
    return decode(envelope.payload, kind, limit=limit)


def _verifies(key: Ed25519PublicKey, purpose: str, body: bytes, signature: bytes) -> bool:
    try:
        key.verify(signature, _signed(purpose, body))
    except InvalidSignature:
        return False
    return True


def _signed(purpose: str, payload: bytes) -> bytes:
    return b"hallkeeper/1\0" + purpose.encode() + b"\0" + payload
