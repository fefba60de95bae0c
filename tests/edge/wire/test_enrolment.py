"""How an edge is let in: what a token holds, what proves that one has it, and who can open what was sealed."""

import base64
import hashlib
import hmac

import msgspec
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from edge.wire.codec import encode
from edge.wire.enrolment import (
    Application,
    DoorSecret,
    Token,
    box_id,
    fingerprint,
    identity_context,
    open_sealed,
    seal_to,
    secret_id,
)
from edge.wire.errors import Malformed
from tests.edge.wire.samples import SAMPLES

SECRET, CA, KEY = (bytes([first + at for at in range(16)]) for first in (0, 100, 200))
TOKEN = Token(site="ramsey", edge="ramsey-pi", secret=SECRET, ca=CA, key=KEY)
TEXT = "hk1.ramsey.ramsey-pi." + base64.urlsafe_b64encode(SECRET + CA + KEY).decode()
EDGE, OTHER, ONCE = (X25519PrivateKey.from_private_bytes(bytes([number] * 32)) for number in (4, 5, 6))
BOX = EDGE.public_key().public_bytes_raw()
PLAIN, ABOUT = b"what the doors are told", "identity 4 of ramsey/ramsey-pi"


def hkdf(key: bytes, info: bytes) -> bytes:
    """HKDF-SHA256 (RFC 5869) without salt, 32 bytes, from its definition."""
    extracted = hmac.digest(bytes(32), key, hashlib.sha256)
    return hmac.digest(extracted, info + b"\x01", hashlib.sha256)


def test_a_token_reads_back_as_written() -> None:
    assert str(TOKEN) == TEXT
    assert Token.read(f"  {TEXT}\n") == TOKEN


def test_a_token_shows_its_secret_only_if_explicitly_written_out() -> None:
    assert repr(TOKEN) == "Token(ramsey/ramsey-pi)"
    assert TOKEN.id == hashlib.sha256(b"hallkeeper/1 token\0" + SECRET).hexdigest()[:32]
    assert msgspec.structs.replace(TOKEN, ca=KEY, key=CA).id == TOKEN.id


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "looks like hk1.SITE.EDGE.LETTERS"),
        (TEXT.replace("hk1", "hk2"), "looks like hk1.SITE.EDGE.LETTERS"),
        (TEXT.replace("hk1.ramsey", "hk1.Ramsey"), "looks like hk1.SITE.EDGE.LETTERS"),
        (TEXT.replace("ramsey-pi", "ramsey pi"), "looks like hk1.SITE.EDGE.LETTERS"),
        (TEXT.replace(".ramsey-pi", ""), "looks like hk1.SITE.EDGE.LETTERS"),
        (f"{TEXT}.more", "looks like hk1.SITE.EDGE.LETTERS"),
        (TEXT[:-4], "copy all 64 letters"),
        (TEXT[:-1], "copy all 64 letters"),
        (f"{TEXT}AAAA", "copy all 64 letters"),
        (f"{TEXT[:-1]}!", "copy all 64 letters"),
    ],
)
def test_an_incomplete_token_is_refused_and_the_missing_part_is_named(text: str, words: str) -> None:
    with pytest.raises(Malformed, match=words):
        Token.read(text)


def application() -> Application:
    found = SAMPLES["application"]
    assert isinstance(found, Application)
    return found


def test_a_proof_is_an_hmac_of_the_whole_application_under_a_key_of_the_whole_token() -> None:
    token = Token.read(TEXT)
    key = hkdf(token.secret + token.ca + token.key, b"hallkeeper/1 proof")
    assert application().proof(token) == hmac.digest(key, encode(application()), hashlib.sha256)


def test_only_the_same_application_under_the_same_token_is_proven() -> None:
    token = Token.read(TEXT)
    proof = application().proof(token)
    assert application().proven(token, proof)
    assert not application().proven(token, proof[:-1])
    for part in ("secret", "ca", "key"):
        assert not application().proven(msgspec.structs.replace(token, **{part: bytes(16)}), proof)
    for change in ({"site": "histon"}, {"edge": "other-pi"}, {"key": bytes(32)}, {"box": bytes(32)}, {"csr": b""}):
        assert not msgspec.structs.replace(application(), **change).proven(token, proof)


def test_a_sealed_message_is_laid_out_as_the_module_documents() -> None:
    sealed = seal_to(BOX, PLAIN, about=ABOUT, ephemeral=ONCE, secret=SECRET)
    own = ONCE.public_key().public_bytes_raw()
    shared = EDGE.exchange(X25519PublicKey.from_public_bytes(own))
    key = hkdf(shared + SECRET, b"hallkeeper/1 identity\0" + own + BOX)
    assert sealed[:32] == own
    assert ChaCha20Poly1305(key).decrypt(bytes(12), sealed[32:], ABOUT.encode()) == PLAIN
    with pytest.raises(InvalidTag):
        ChaCha20Poly1305(key).decrypt(bytes(12), sealed[32:], None)


@pytest.mark.parametrize("secret", [b"", SECRET])
def test_a_sealed_message_opens_only_for_its_edge_purpose_and_secret(secret: bytes) -> None:
    sealed = seal_to(BOX, PLAIN, about=ABOUT, ephemeral=ONCE, secret=secret)
    assert open_sealed(EDGE, sealed, about=ABOUT, secret=secret) == PLAIN
    for box, data, about, known in (
        (OTHER, sealed, ABOUT, secret),
        (EDGE, sealed, "identity 5 of ramsey/ramsey-pi", secret),
        (EDGE, sealed, ABOUT, CA),
        (EDGE, sealed[:-1], ABOUT, secret),
        (EDGE, sealed[:31], ABOUT, secret),
        (EDGE, b"", ABOUT, secret),
        (EDGE, bytes(32) + sealed[32:], ABOUT, secret),
    ):
        with pytest.raises(Malformed, match="cannot be decrypted"):
            open_sealed(box, data, about=about, secret=known)


def test_names_of_keys_and_identities() -> None:
    """Plans and deliveries contain them, so both ends derive them in the same way."""
    assert secret_id(SECRET) == hashlib.sha256(b"hallkeeper/1 door secret\0" + SECRET).hexdigest()[:16]
    assert box_id(BOX) == hashlib.sha256(b"hallkeeper/1 box\0" + BOX).hexdigest()[:16]
    assert fingerprint(KEY) == hashlib.sha256(KEY).digest()[:16]
    assert identity_context("ramsey", "ramsey-pi", 4) == ABOUT
    assert repr(DoorSecret(secret=BOX, offline=bytes(32))) == f"DoorSecret({secret_id(BOX)})"
