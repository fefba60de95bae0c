"""A device with passkeys, in software: what browsers and authenticators of W3C Web Authentication send."""

import base64
import hashlib
import json
import secrets
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

Json = dict[str, Any]
_PRESENT, _VERIFIED, _ATTESTED = 0x01, 0x04, 0x40


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Authenticator:
    """With one passkey. ``counts``: whether it counts its signatures; synced passkeys do not. ``origin`` and ``rp_id``:
    of the page that its browser shows."""

    def __init__(self, origin: str, rp_id: str, *, counts: bool = True) -> None:
        self.origin = origin
        self.rp_id = rp_id
        self.credential_id = secrets.token_bytes(32)
        self.count = 0
        self.verifies = True
        self._counts = counts
        self._key = ec.generate_private_key(ec.SECP256R1())

    def made(self, options: Json) -> Json:
        """The parts of what `navigator.credentials.create` gives."""
        collected_data = self._collected_data("webauthn.create", options)
        public = self._key.public_key().public_numbers()
        # RFC 9053, 7.1: an ES256 key on P-256.
        key = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: public.x.to_bytes(32, "big"), -3: public.y.to_bytes(32, "big")})
        credential = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + key
        data = self._authenticator_data(_ATTESTED) + credential
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return {"collected_data": base64url(collected_data), "attestation": base64url(attestation)}

    def signed(self, options: Json) -> Json:
        """The parts of what `navigator.credentials.get` gives."""
        self.count += self._counts
        collected_data = self._collected_data("webauthn.get", options)
        data = self._authenticator_data(0)
        signature = self._key.sign(data + hashlib.sha256(collected_data).digest(), ec.ECDSA(SHA256()))
        parts = {"collected_data": collected_data, "authenticator_data": data, "signature": signature}
        parts["credential_id"] = self.credential_id
        return {name: base64url(each) for name, each in parts.items()}

    def _collected_data(self, kind: str, options: Json) -> bytes:
        return json.dumps({"type": kind, "challenge": options["challenge"], "origin": self.origin}).encode()

    def _authenticator_data(self, flags: int) -> bytes:
        flags |= _PRESENT | (_VERIFIED if self.verifies else 0)
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")
