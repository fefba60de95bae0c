"""How an edge and its controller come to trust each other: first by a one-time token, later by the keys they have.

*Papers* are what a controller gives an edge: its own public keys, the doors' secrets, the broker's address and a
certificate for it. They travel signed by the controller and encrypted to the edge (X25519, HKDF-SHA256,
ChaCha20-Poly1305), so that neither the line nor the broker is trusted with them. Pure but for the randomness handed in.
"""

import base64
import binascii
import hashlib
import hmac
from typing import Annotated, Self

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from edge.wire.codec import encode
from edge.wire.errors import Malformed
from edge.wire.ids import Slug, is_slug

TOKEN_MARK = "hk1"  # noqa: S105  # what a token begins with
SECRET_BYTES = 32
_PRINT_BYTES = 16
_NONCE = bytes(12)  # each key encrypts once
_KEY_BYTES = 32

Key = Annotated[bytes, msgspec.Meta(min_length=_KEY_BYTES, max_length=_KEY_BYTES)]
Natural = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Request = Annotated[bytes, msgspec.Meta(max_length=4096)]
"""A certificate signing request (PKCS #10), DER."""
Pem = Annotated[str, msgspec.Meta(max_length=16_384)]


def fingerprint(data: bytes) -> bytes:
    """The first 16 bytes of the SHA-256: who can find other data with it can break the signatures too."""
    return hashlib.sha256(data).digest()[:_PRINT_BYTES]


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """Lets one edge in, once. ``ca`` and ``key``: fingerprints of the CA's certificate (DER) and of the controller's
    public key. Only ``secret`` is secret."""

    site: Slug
    edge: Slug
    secret: bytes
    ca: bytes
    key: bytes

    def __str__(self) -> str:
        packed = base64.urlsafe_b64encode(self.secret + self.ca + self.key).decode()
        return f"{TOKEN_MARK}.{self.site}.{self.edge}.{packed}"

    def __repr__(self) -> str:
        return f"Token({self.site}/{self.edge})"

    @property
    def id(self) -> str:
        """What names it without giving it away."""
        return hashlib.sha256(b"hallkeeper/1 token\0" + self.secret).hexdigest()[:32]

    @classmethod
    def read(cls, text: str) -> Self:
        """Raises ``Malformed``."""
        parts = text.strip().split(".")
        if len(parts) != 4 or parts[0] != TOKEN_MARK or not (is_slug(parts[1]) and is_slug(parts[2])):
            raise Malformed("not an enrolment token; it looks like hk1.SITE.EDGE.LETTERS")
        try:
            packed = base64.b64decode(parts[3], altchars=b"-_", validate=True)
        except (ValueError, binascii.Error):
            packed = b""
        if len(packed) != 3 * _PRINT_BYTES:
            raise Malformed("the enrolment token is not whole; copy all 64 letters after the last dot")
        secret, ca, key = (packed[at : at + _PRINT_BYTES] for at in range(0, len(packed), _PRINT_BYTES))
        return cls(site=parts[1], edge=parts[2], secret=secret, ca=ca, key=key)


class Application(msgspec.Struct, frozen=True, kw_only=True):
    """An edge asks for its first papers. ``token`` names the token; ``key`` and ``box`` are its public keys for
    signatures (Ed25519) and for what is encrypted to it (X25519)."""

    site: Slug
    edge: Slug
    token: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}$")]
    key: Key
    box: Key
    csr: Request

    def proof(self, token: Token) -> bytes:
        """HMAC-SHA256 of it under the whole token, which itself never travels: one whose fingerprints were miscopied
        proves nothing, since its edge would refuse the papers that it gets."""
        return hmac.digest(_derived(token.secret + token.ca + token.key, b"proof"), encode(self), hashlib.sha256)

    def proven(self, token: Token, proof: bytes) -> bool:
        return hmac.compare_digest(self.proof(token), proof)


class Renewal(msgspec.Struct, frozen=True, kw_only=True):
    """An edge asks for other papers, under new keys; signed with the key it has. ``version``: of those it holds."""

    site: Slug
    edge: Slug
    version: Natural
    key: Key
    box: Key
    csr: Request


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """The controller hands papers over: ``sealed`` holds ``Papers`` for whoever has the key that ``box`` names.
    ``renew``: the edge that holds this ``version`` is to ask for others, under new keys."""

    site: Slug
    edge: Slug
    version: Natural
    renew: bool = False
    box: str = ""
    sealed: Annotated[bytes, msgspec.Meta(max_length=128 * 1024)] = b""


class DoorSecret(msgspec.Struct, frozen=True, kw_only=True):
    """What a door's codes are hashed with, and what codes issued offline are made from: 32 bytes each."""

    secret: Key
    offline: Key

    def __repr__(self) -> str:
        return f"DoorSecret({secret_id(self.secret)})"


class BrokerAddress(msgspec.Struct, frozen=True, kw_only=True):
    """``tls``: with the certificate of the papers; else plainly, for a broker on the same machine."""

    host: Annotated[str, msgspec.Meta(min_length=1, max_length=255, pattern=r"^[^\x00\s]+$")]
    port: Annotated[int, msgspec.Meta(ge=1, le=65_535)] = 1883
    tls: bool = False


class Papers(msgspec.Struct, frozen=True, kw_only=True):
    """All that an edge needs of its controller. ``doors``: their secrets; more than one while they change, and a plan
    says which it was made with. ``ca`` and ``certificate`` in PEM."""

    site: Slug
    edge: Slug
    version: Natural
    controller_keys: Annotated[tuple[Key, ...], msgspec.Meta(min_length=1, max_length=8)]
    doors: dict[Slug, Annotated[tuple[DoorSecret, ...], msgspec.Meta(min_length=1, max_length=4)]]
    broker: BrokerAddress
    ca: Pem
    certificate: Pem


def secret_id(secret: bytes) -> str:
    """The name of a door's secret, 16 hex digits; a plan says by it which one its grants are hashed with."""
    return hashlib.sha256(b"hallkeeper/1 door secret\0" + secret).hexdigest()[:16]


def box_id(box: bytes) -> str:
    """The name of a public key that things are encrypted to."""
    return hashlib.sha256(b"hallkeeper/1 box\0" + box).hexdigest()[:16]


def seal_to(box: bytes, plain: bytes, *, about: str, ephemeral: X25519PrivateKey, secret: bytes = b"") -> bytes:
    """Encrypt for whoever has the private key of ``box`` and knows ``secret``. ``about`` must be given to open it;
    ``ephemeral`` is used for this alone."""
    own = ephemeral.public_key().public_bytes_raw()
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(box))
    return own + _aead(shared, own, box, secret).encrypt(_NONCE, plain, about.encode())


def open_sealed(box: X25519PrivateKey, sealed: bytes, *, about: str, secret: bytes = b"") -> bytes:
    """The plain bytes of what ``seal_to`` made. Raises ``Malformed``."""
    far = sealed[:_KEY_BYTES]
    try:
        shared = box.exchange(X25519PublicKey.from_public_bytes(far))
        aead = _aead(shared, far, box.public_key().public_bytes_raw(), secret)
        return aead.decrypt(_NONCE, sealed[_KEY_BYTES:], about.encode())
    except (InvalidTag, ValueError) as error:
        raise Malformed("what was sealed does not open with this key") from error


def about_papers(site: str, edge: str, version: int) -> str:
    """What sealed papers are bound to."""
    return f"papers {version} of {site}/{edge}"


def _aead(shared: bytes, own: bytes, box: bytes, secret: bytes) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(_derived(shared + secret, b"papers\0" + own + box))


def _derived(key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=b"hallkeeper/1 " + purpose).derive(key)
