"""Edges that are enrolled without a controller: an authority of the test's own, and identities as it would issue
them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from edge.net.identity import PrivateKeys, StoredIdentity, new_keys
from edge.wire.enrolment import BrokerAddress, DoorSecret, EdgeIdentity

CONTROLLER_KEY = Ed25519PrivateKey.from_private_bytes(bytes([1] * 32))
EDGE_KEY = bytes(32)
LONG_AGO, FAR_OFF = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


class Authority:
    """Issues every requested certificate."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.pem = self.issue(self._key.public_key(), "authority", ca=True)

    def for_request(self, csr: bytes, *, since: datetime = LONG_AGO, until: datetime = FAR_OFF) -> str:
        key = x509.load_der_x509_csr(csr).public_key()
        assert isinstance(key, ec.EllipticCurvePublicKey)
        return self.issue(key, "edge", since=since, until=until)

    def issue(
        self,
        key: ec.EllipticCurvePublicKey,
        name: str,
        *,
        ca: bool = False,
        since: datetime = LONG_AGO,
        until: datetime = FAR_OFF,
    ) -> str:
        made = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority")]))
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(since)
            .not_valid_after(until)
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .sign(self._key, SHA256())
        )
        return made.public_bytes(Encoding.PEM).decode()


@cache
def authority() -> Authority:
    return Authority()


@cache
def keys() -> PrivateKeys:
    """The keys of the edge that most tests have; its signing key is known."""
    made = new_keys()
    return PrivateKeys(key=EDGE_KEY, box=made.box, tls=made.tls)


def edge_identity(
    held: PrivateKeys,
    doors: Mapping[str, bytes],
    *,
    site: str = "ramsey",
    edge: str = "ramsey-pi",
    version: int = 1,
    since: datetime = LONG_AGO,
    until: datetime = FAR_OFF,
    more: tuple[Ed25519PrivateKey, ...] = (),
) -> EdgeIdentity:
    """As a controller gives them. ``doors``: door id -> secret; ``more``: keys of the controller beside its first."""
    return EdgeIdentity(
        site=site,
        edge=edge,
        version=version,
        controller_keys=tuple(key.public_key().public_bytes_raw() for key in (CONTROLLER_KEY, *more)),
        doors={door: (DoorSecret(secret=secret, offline=secret[::-1]),) for door, secret in doors.items()},
        broker=BrokerAddress(host="127.0.0.1"),
        ca=authority().pem,
        certificate=authority().for_request(held.request(), since=since, until=until),
    )


def identity(doors: Mapping[str, bytes], *, until: datetime = FAR_OFF) -> StoredIdentity:
    return StoredIdentity(keys=keys(), issued=edge_identity(keys(), doors, until=until))
