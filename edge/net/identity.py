"""An edge's identity: its private keys and what the controller issued to it, in one file that only its owner can read.

It is one file so that enrolment and every later change are atomic, also in a power cut.
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
from edge.wire.enrolment import EdgeIdentity, Key, Pem
from edge.wire.errors import Malformed

FILE = "identity.json"
_ENROL = "Enrol this Pi with `hallkeeper edge enrol TOKEN --controller URL`; docs/enrolment.md says how"


class PrivateKeys(msgspec.Struct, frozen=True, kw_only=True):
    """``key`` signs (Ed25519), ``box`` decrypts an identity (X25519), ``tls`` (PEM) is the client key for the
    broker."""

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
        """A certificate signing request for the TLS key (PKCS #10, DER). The controller chooses the name."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "edge")])
        asked = x509.CertificateSigningRequestBuilder().subject_name(name)
        return asked.sign(self._tls(), SHA256()).public_bytes(Encoding.DER)

    def fits(self, certificate: x509.Certificate) -> bool:
        """Whether a certificate is for the TLS key."""
        return certificate.public_key() == self._tls().public_key()

    def _tls(self) -> ec.EllipticCurvePrivateKey:
        key = load_pem_private_key(self.tls.encode(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ValueError("the TLS key is not an elliptic curve key")
        return key


class StoredIdentity(msgspec.Struct, frozen=True, kw_only=True):
    """An enrolled edge: its own private keys, and what the controller issued to it."""

    keys: PrivateKeys
    issued: EdgeIdentity

    @property
    def controller_keys(self) -> list[Ed25519PublicKey]:
        return [Ed25519PublicKey.from_public_bytes(key) for key in self.issued.controller_keys]

    @property
    def certificate(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate(self.issued.certificate.encode())


def new_keys() -> PrivateKeys:
    """Freshly generated keys."""
    tls = ec.generate_private_key(ec.SECP256R1())
    pem = tls.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return PrivateKeys(
        key=Ed25519PrivateKey.generate().private_bytes_raw(),
        box=X25519PrivateKey.generate().private_bytes_raw(),
        tls=pem,
    )


def read_identity(file: Path) -> StoredIdentity:
    """Raises ``ConfigError`` if the file is missing, readable by others, or not an identity."""
    try:
        mode = file.stat().st_mode
        data = file.read_bytes() if stat.S_ISREG(mode) else None
    except FileNotFoundError:
        raise ConfigError(file, "identity", "is missing", _ENROL) from None
    except OSError as error:
        hint = "Check its owner: it must be the user that runs the agent"
        raise ConfigError(file, "identity", f"cannot be read ({error.strerror})", hint) from None
    if data is None:
        raise ConfigError(file, "identity", "is not a regular file", _ENROL)
    if mode & 0o077:
        raise ConfigError(file, "identity", "is readable by other users", f"chmod 600 {file}")
    try:
        return validated(decode(data, StoredIdentity))
    except Malformed as error:
        raise ConfigError(file, "identity", f"cannot be used ({error})", _ENROL) from None


def validated(identity: StoredIdentity) -> StoredIdentity:
    """The identity, after checking that its certificate matches its key and its CA. The dates are not checked, because
    a Pi may not know the time. Raises ``Malformed``."""
    try:
        certificate = identity.certificate
        certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(identity.issued.ca.encode()))
        fits = identity.keys.fits(certificate)
        key = identity.controller_keys
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Malformed(f"its keys or certificates cannot be read: {error}") from error
    except InvalidSignature as error:
        raise Malformed("its certificate was not issued by its CA") from error
    if not (fits and key):
        raise Malformed("its certificate is for another key")
    return identity


def prove_writable(file: Path) -> None:
    """Check, before a token is used, that the file can be written. Raises ``OSError``."""
    _make_folder(file.parent)
    draft = file.with_name(f"{file.name}.new")
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))
    draft.unlink()


def write_identity(file: Path, identity: StoredIdentity) -> None:
    """Replace the file atomically. As root, the owner of the folder becomes its owner. Raises ``OSError``."""
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
