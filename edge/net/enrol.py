"""``hallkeeper edge enrol``: makes this Pi's keys, requests its identity from the controller and stores both in one
file.

Neither the network nor the controller's web server is trusted: the token's fingerprints prove that the identity comes
from the right controller. The token's secret is never sent; it proves the request and encrypts the answer.
"""

import base64
import json
import ssl
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding

from edge.errors import EnrolmentFailed
from edge.net.connect_options import undated
from edge.net.identity import PrivateKeys, StoredIdentity, new_keys, validated
from edge.wire.codec import decode, encode
from edge.wire.enrolment import Application, Delivery, EdgeIdentity, Token, fingerprint, identity_context, open_sealed
from edge.wire.envelope import Envelope, Keyring, Purpose, open_envelope
from edge.wire.errors import Malformed, WireError

PATH = "/api/v1/enrol"
TRIES = 3
PAUSE_S = 2.0
_TIMEOUT_S = 20.0


class _Answer(msgspec.Struct, frozen=True):
    identity: bytes


class _Refusal(msgspec.Struct, frozen=True):
    detail: str


class EnrolmentClient:
    """Requests a Pi's first identity, under newly made keys. ``body``: the JSON to send to ``PATH``; it may be sent
    again. Raises ``EnrolmentFailed`` if ``token`` is not an enrolment token."""

    def __init__(self, token: str) -> None:
        try:
            self._token = Token.read(token)
        except WireError as error:
            raise EnrolmentFailed(str(error)) from None
        self._keys = new_keys()
        application = Application(
            site=self._token.site,
            edge=self._token.edge,
            token=self._token.id,
            key=self._keys.signing.public_key().public_bytes_raw(),
            box=self._keys.opening.public_key().public_bytes_raw(),
            csr=self._keys.request(),
        )
        self.body = {
            "application": base64.b64encode(encode(application)).decode(),
            "proof": base64.b64encode(application.proof(self._token)).decode(),
        }

    def accept(self, delivered: bytes) -> StoredIdentity:
        """The Pi's new identity. Raises ``EnrolmentFailed`` if the token does not vouch for it."""
        try:
            return accept(delivered, self._token, self._keys)
        except WireError as error:
            raise EnrolmentFailed(
                f"the answer is not from the controller that made this token ({error}). Check the address, and that "
                "the token is complete. If both are right, make a new token"
            ) from None


def enrol(token: str, controller: str) -> StoredIdentity:
    """Enrol at ``controller`` (a URL). Raises ``EnrolmentFailed``, which says what to do."""
    if urlsplit(controller).scheme not in ("http", "https") or not urlsplit(controller).netloc:
        raise EnrolmentFailed(f"{controller} is not a complete address; write it like https://hub.example.org")
    applicant = EnrolmentClient(token)
    answer = _send(f"{controller.rstrip('/')}{PATH}", json.dumps(applicant.body).encode())
    try:
        return applicant.accept(decode(answer, _Answer).identity)
    except Malformed:
        raise EnrolmentFailed(f"{controller} answers, but is not a Hallkeeper controller. Check the address") from None


def accept(delivered: bytes, token: Token, keys: PrivateKeys) -> StoredIdentity:
    """The first identity, if it is from the controller and the CA that the token names. Raises a ``WireError``."""
    delivery = decode(decode(delivered, Envelope).payload, Delivery)
    about = identity_context(token.site, token.edge, delivery.version)
    issued = decode(open_sealed(keys.opening, delivery.sealed, about=about, secret=token.secret), EdgeIdentity)
    signers = [key for key in issued.controller_keys if fingerprint(key) == token.key]
    ring = Keyring(*(Ed25519PublicKey.from_public_bytes(key) for key in signers))
    open_envelope(delivered, purpose=Purpose.IDENTITY, kind=Delivery, site=token.site, edge=token.edge, keys=ring)
    identity = validated(StoredIdentity(keys=keys, issued=issued))
    authority = x509.load_pem_x509_certificate(issued.ca.encode())
    if fingerprint(authority.public_bytes(Encoding.DER)) != token.ca:
        raise WireError("the CA is not the one that the token names")
    return identity


def starting_config(identity: StoredIdentity, data_dir: Path) -> str:
    """A configuration that runs, with a place for each of the edge's doors."""
    issued = identity.issued
    lines = [
        f"# {issued.site}/{issued.edge}. What each key takes: deploy/README.md; how things are wired: docs/wiring.md.",
        f"data_dir = {json.dumps(str(data_dir))}",
        "rtc = false                                 # true if the Pi has a battery clock",
        "",
        "# Its doors: remove the comment marks and set the pins (BCM numbers).",
    ]
    for door in sorted(issued.doors):
        lines += [
            "# [[door]]",
            f"# id = {json.dumps(door)}",
            "# relay = { pin = 17 }",
            "# contact = { pin = 27 }",
            "# rex = { pin = 22 }",
            "#",
            "# [[reader]]",
            '# kind = "wiegand"',
            f"# id = {json.dumps(f'{door}-keypad')}",
            f"# door = {json.dumps(door)}",
            '# side = "outside"',
            "# d0 = 5",
            "# d1 = 6",
            "",
        ]
    return "\n".join(lines).rstrip() + "\n"


def _send(address: str, body: bytes) -> bytes:
    """Send a request, again after a network error: the controller answers the same keys again."""
    request = urllib.request.Request(address, body, {"Content-Type": "application/json"})  # noqa: S310  # scheme is known
    context = undated(ssl.create_default_context())
    for turn in range(TRIES):
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_S, context=context) as answer:  # noqa: S310
                data: bytes = answer.read(1024 * 1024)
                return data
        except urllib.error.HTTPError as error:
            raise EnrolmentFailed(_refusal(error)) from None
        except OSError as error:
            if turn == TRIES - 1:
                raise EnrolmentFailed(
                    f"{address} does not answer ({error}). Check the address and the network, and try again. If the "
                    "token is refused then, make a new one"
                ) from None
            time.sleep(PAUSE_S)
    raise AssertionError("the last attempt returns or raises")


def _refusal(error: urllib.error.HTTPError) -> str:
    with error:
        try:
            return f"The controller refuses: {decode(error.read(64 * 1024), _Refusal).detail}"
        except WireError:
            return f"{error.url} answers {error.code}, but is not a Hallkeeper controller. Check the address"
