"""Who this edge is: its private keys, and the papers its controller gave it, in one file that its owner alone can read.

One file, so that enrolling and every later change are whole or have not happened, whenever the power goes.
"""

import contextlib
import os
import stat
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from edge.errors import ConfigError
from edge.wire.codec import decode, encode
from edge.wire.enrolment import Key, Papers, Pem, secret_id
from edge.wire.errors import Malformed
from edge.wire.plan import Plan

FILE = "identity.json"
_ENROL = "Enrol this Pi with `hallkeeper edge enrol TOKEN --controller URL`; docs/enrolment.md says how"


class PrivateKeys(msgspec.Struct, frozen=True, kw_only=True):
    """``key`` signs (Ed25519), ``box`` opens papers (X25519), ``tls`` (PEM) is shown to the broker."""

    key: Key
    box: Key
    tls: Pem

    def __repr__(self) -> str:
        return "PrivateKeys()"

    @property
    def signing(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.key)

    @property
    def opening(self) -> X25519PrivateKey:
        return X25519PrivateKey.from_private_bytes(self.box)

    def request(self) -> bytes:
        """A certificate signing request for the TLS key (PKCS #10, DER). The name in it is the controller's to give."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "edge")])
        asked = x509.CertificateSigningRequestBuilder().subject_name(name)
        return asked.sign(self._tls(), SHA256()).public_bytes(Encoding.DER)

    def fits(self, certificate: x509.Certificate) -> bool:
        """Whether a certificate is for the TLS key."""
        return certificate.public_key() == self._tls().public_key()

    def _tls(self) -> ec.EllipticCurvePrivateKey:
        key = load_pem_private_key(self.tls.encode(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ValueError("the TLS key is none of an elliptic curve")
        return key


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """An enrolled edge."""

    keys: PrivateKeys
    papers: Papers

    @property
    def controller_keys(self) -> list[Ed25519PublicKey]:
        return [Ed25519PublicKey.from_public_bytes(key) for key in self.papers.controller_keys]

    @property
    def certificate(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate(self.papers.certificate.encode())


class HeldDoorSecrets:
    """The doors' secrets in the papers at hand. A plan says which it was made with."""

    def __init__(self, papers: Papers) -> None:
        self.take_up(papers)

    def take_up(self, papers: Papers) -> None:
        """Go by these papers from here on."""
        self._doors = papers.doors

    def secret(self, door: str, plan: Plan | None) -> bytes:
        """What the codes of ``plan`` are hashed with at a door; nothing for one that has no secret, where no code
        fits then."""
        held = self._doors.get(door, ())
        here = plan.doors.get(door) if plan is not None else None
        wanted = here.hours.secret if here is not None else ""
        for each in held:
            if wanted in ("", secret_id(each.secret)):
                return each.secret
        return b""

    def offline(self, door: str) -> tuple[bytes, ...]:
        """What codes issued offline at a door may be made from, the present one first."""
        return tuple(each.offline for each in self._doors.get(door, ()))


def new_keys() -> PrivateKeys:
    """Keys that nobody has had."""
    tls = ec.generate_private_key(ec.SECP256R1())
    pem = tls.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return PrivateKeys(
        key=Ed25519PrivateKey.generate().private_bytes_raw(),
        box=X25519PrivateKey.generate().private_bytes_raw(),
        tls=pem,
    )


def read_identity(file: Path) -> Identity:
    """Raises ``ConfigError`` for one that is not there, that others can read, or that is none."""
    try:
        mode = file.stat().st_mode
        data = file.read_bytes() if stat.S_ISREG(mode) else None
    except FileNotFoundError:
        raise ConfigError(file, "identity", "is not there", _ENROL) from None
    except OSError as error:
        mend = "Check its owner; it belongs to the user that runs the agent"
        raise ConfigError(file, "identity", f"cannot be read ({error.strerror})", mend) from None
    if data is None:
        raise ConfigError(file, "identity", "is no file", _ENROL)
    if mode & 0o077:
        raise ConfigError(file, "identity", "can be read by others", f"chmod 600 {file}")
    try:
        return sound(decode(data, Identity))
    except Malformed as error:
        raise ConfigError(file, "identity", f"is of no use ({error})", _ENROL) from None


def sound(identity: Identity) -> Identity:
    """The identity, once its certificate is seen to be for its key and from its authority; the dates are not looked at,
    since a Pi may not know the time. Raises ``Malformed``."""
    try:
        certificate = identity.certificate
        certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(identity.papers.ca.encode()))
        fits = identity.keys.fits(certificate)
        key = identity.controller_keys
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Malformed(f"its keys or certificates cannot be read: {error}") from error
    except InvalidSignature as error:
        raise Malformed("its certificate is not from the authority beside it") from error
    if not (fits and key):
        raise Malformed("its certificate is for another key")
    return identity


def prove_writable(file: Path) -> None:
    """Before a token is used up: whether the file can be written at all. Raises ``OSError``."""
    _make_folder(file.parent)
    draft = file.with_name(f"{file.name}.new")
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))
    draft.unlink()


def write_identity(file: Path, identity: Identity) -> None:
    """Put it in place of any other, whole or not at all. As root it is given to whoever owns the folder. Raises
    ``OSError``."""
    folder = file.parent
    _make_folder(folder)
    draft = file.with_name(f"{file.name}.new")
    with contextlib.suppress(FileNotFoundError):
        draft.unlink()
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(encode(identity))
            if os.geteuid() == 0:
                owner = folder.stat()
                os.fchown(stream.fileno(), owner.st_uid, owner.st_gid)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(file)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _make_folder(folder: Path) -> None:
    if not folder.exists():
        folder.mkdir(mode=0o700, parents=True)
