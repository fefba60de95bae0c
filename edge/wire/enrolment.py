"""How an edge and its controller establish trust: first with a one-time token, later with the keys that they hold.

An edge's *identity* is what the controller issues to it: the controller's public keys, the doors' secrets, the broker's
address and a client certificate. It is signed by the controller and encrypted to the edge (X25519, HKDF-SHA256,
ChaCha20-Poly1305), so neither the network nor the broker is trusted with it. Pure: randomness is an argument.
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
    """The first 16 bytes of the SHA-256. A second preimage is as hard as breaking the signatures."""
    return hashlib.sha256(data).digest()[:_PRINT_BYTES]


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """Enrols one edge, once. ``ca`` and ``key``: fingerprints of the CA certificate (DER) and of the controller's
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
        """A public id that does not reveal the secret."""
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
            raise Malformed("the enrolment token is incomplete; copy all 64 letters after the last dot")
        secret, ca, key = (packed[at : at + _PRINT_BYTES] for at in range(0, len(packed), _PRINT_BYTES))
        return cls(site=parts[1], edge=parts[2], secret=secret, ca=ca, key=key)


class Application(msgspec.Struct, frozen=True, kw_only=True):
    """An edge's request for its first identity. ``token``: the token's id; ``key`` and ``box``: the edge's public keys
    for signatures (Ed25519) and for encryption to it (X25519)."""

    site: Slug
    edge: Slug
    token: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}$")]
    key: Key
    box: Key
    csr: Request

    def proof(self, token: Token) -> bytes:
        """HMAC-SHA256 of the request under the whole token. The token itself is never sent. A token with a wrong
        fingerprint gives a wrong proof, because its edge would refuse the identity it gets."""
        return hmac.digest(_derived(token.secret + token.ca + token.key, b"proof"), encode(self), hashlib.sha256)

    def proven(self, token: Token, proof: bytes) -> bool:
        return hmac.compare_digest(self.proof(token), proof)


class Renewal(msgspec.Struct, frozen=True, kw_only=True):
    """An edge's request for a new identity under new keys, signed with its current key. ``version``: of the identity it
    holds."""

    site: Slug
    edge: Slug
    version: Natural
    key: Key
    box: Key
    csr: Request


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """The controller delivers an identity. ``sealed``: an ``EdgeIdentity``, encrypted to the key that ``box`` names.
    ``renew``: an edge that holds this ``version`` must request a new one under new keys."""

    site: Slug
    edge: Slug
    version: Natural
    renew: bool = False
    box: str = ""
    sealed: Annotated[bytes, msgspec.Meta(max_length=128 * 1024)] = b""


class DoorSecret(msgspec.Struct, frozen=True, kw_only=True):
    """The secrets of a door, 32 bytes each: ``secret`` hashes its codes, ``offline`` derives codes issued offline."""

    secret: Key
    offline: Key

    def __repr__(self) -> str:
        return f"DoorSecret({secret_id(self.secret)})"


class BrokerAddress(msgspec.Struct, frozen=True, kw_only=True):
    """``tls``: connect with the identity's certificate; false: plain TCP, for a broker on the same machine."""

    host: Annotated[str, msgspec.Meta(min_length=1, max_length=255, pattern=r"^[^\x00\s]+$")]
    port: Annotated[int, msgspec.Meta(ge=1, le=65_535)] = 1883
    tls: bool = False


class EdgeIdentity(msgspec.Struct, frozen=True, kw_only=True):
    """What the controller issues to an edge. ``doors``: the secrets of each door; more than one while they are rotated,
    and a plan names the one it was made with. ``ca`` and ``certificate``: PEM."""

    site: Slug
    edge: Slug
    version: Natural
    controller_keys: Annotated[tuple[Key, ...], msgspec.Meta(min_length=1, max_length=8)]
    doors: dict[Slug, Annotated[tuple[DoorSecret, ...], msgspec.Meta(min_length=1, max_length=4)]]
    broker: BrokerAddress
    ca: Pem
    certificate: Pem


def secret_id(secret: bytes) -> str:
    """The id of a door secret, 16 hex digits. A plan uses it to name the secret that its grants are hashed with."""
    return hashlib.sha256(b"hallkeeper/1 door secret\0" + secret).hexdigest()[:16]


def box_id(box: bytes) -> str:
    """The id of a public encryption key, 16 hex digits."""
    return hashlib.sha256(b"hallkeeper/1 box\0" + box).hexdigest()[:16]


def seal_to(box: bytes, plain: bytes, *, about: str, ephemeral: X25519PrivateKey, secret: bytes = b"") -> bytes:
    """Encrypt to the private key of ``box`` and the shared ``secret``. ``about``: associated data, needed to decrypt.
    ``ephemeral``: must not be reused."""
    own = ephemeral.public_key().public_bytes_raw()
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(box))
    return own + _aead(shared, own, box, secret).encrypt(_NONCE, plain, about.encode())


def open_sealed(box: X25519PrivateKey, sealed: bytes, *, about: str, secret: bytes = b"") -> bytes:
    """Decrypt what ``seal_to`` made. Raises ``Malformed``."""
    far = sealed[:_KEY_BYTES]
    try:
        shared = box.exchange(X25519PublicKey.from_public_bytes(far))
        aead = _aead(shared, far, box.public_key().public_bytes_raw(), secret)
        return aead.decrypt(_NONCE, sealed[_KEY_BYTES:], about.encode())
    except (InvalidTag, ValueError) as error:
        raise Malformed("the sealed data cannot be decrypted with this key") from error


def identity_context(site: str, edge: str, version: int) -> str:
    """The associated data that a sealed identity is bound to."""
    return f"identity {version} of {site}/{edge}"


def _aead(shared: bytes, own: bytes, box: bytes, secret: bytes) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(_derived(shared + secret, b"identity\0" + own + box))


def _derived(key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=b"hallkeeper/1 " + purpose).derive(key)
