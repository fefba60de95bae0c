"""The identity that a controller would have its edge hold, one version after another, and who is trusted by them."""

from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from edge.net.identity import StoredIdentity
from edge.wire.codec import encode
from edge.wire.enrolment import (
    BrokerAddress,
    Delivery,
    DoorSecret,
    EdgeIdentity,
    Renewal,
    box_id,
    identity_context,
    seal_to,
)
from edge.wire.envelope import Signer
from tests.edge.enrolled import authority
from tests.edge.hall import EDGE, SITE


def signer_of(key: bytes) -> Signer:
    """Signs with a private key."""
    return Signer(Ed25519PrivateKey.from_private_bytes(key))


class Issue(NamedTuple):
    """One version of an edge's issued. ``signers``: the controller's private keys that go with those in them, oldest
    first; ``secrets``: those of its doors, oldest first; ``key`` and ``box``: the edge's public keys they are
    for; ``renew``: it is to ask for others, under new keys."""

    version: int
    signers: tuple[bytes, ...]
    secrets: tuple[bytes, ...]
    key: bytes
    box: bytes
    certificate: str
    renew: bool = False

    @classmethod
    def of(cls, identity: StoredIdentity, signer: bytes) -> "Issue":
        """What an enrolled edge holds."""
        keys, issued = identity.keys, identity.issued
        [secrets] = {tuple(each.secret for each in held) for held in issued.doors.values()}
        return cls(
            version=issued.version,
            signers=(signer,),
            secrets=secrets,
            key=keys.signing.public_key().public_bytes_raw(),
            box=keys.opening.public_key().public_bytes_raw(),
            certificate=issued.certificate,
        )

    def renewed(self, renewal: Renewal) -> "Issue":
        """The next, for the keys that the edge asks under."""
        certificate = authority().for_request(renewal.csr)
        return self._replace(
            version=self.version + 1, key=renewal.key, box=renewal.box, certificate=certificate, renew=False
        )

    @property
    def speaks(self) -> Ed25519PublicKey:
        """What the edge signs with once it holds them."""
        return Ed25519PublicKey.from_public_bytes(self.key)

    def delivery(self, doors: tuple[str, ...]) -> Delivery:
        """As it is handed over."""
        secrets = tuple(DoorSecret(secret=secret, offline=secret[::-1]) for secret in self.secrets)
        issued = EdgeIdentity(
            site=SITE,
            edge=EDGE,
            version=self.version,
            controller_keys=tuple(signer_of(key).public_key.public_bytes_raw() for key in self.signers),
            doors=dict.fromkeys(doors, secrets),
            broker=BrokerAddress(host="127.0.0.1"),
            ca=authority().pem,
            certificate=self.certificate,
        )
        about = identity_context(SITE, EDGE, self.version)
        return Delivery(
            site=SITE,
            edge=EDGE,
            version=self.version,
            renew=self.renew,
            box=box_id(self.box),
            sealed=seal_to(self.box, encode(issued), about=about, ephemeral=X25519PrivateKey.generate()),
        )
