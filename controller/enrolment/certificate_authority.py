"""A small certificate authority for the line to the broker: one key, in a file that only its owner reads.

Who connects is named by the certificate's common name, which the broker takes for a user name: ``site/edge`` for an
edge, ``controller`` for us. Certificates only decide who may talk to the broker; nothing that moves a door rests on
one.
"""

import contextlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from controller.platform.key_files import KeyFault, write_secret
from controller.platform.web.problem import invalid_field
from edge.wire.enrolment import fingerprint

LIFE = timedelta(days=730)
"""How long a certificate lasts; its holder asks for the next one after two thirds of that time."""
CA_LIFE = timedelta(days=365 * 30)
CRL_LIFE = timedelta(days=365 * 10)
"""A broker lets nobody in once its list of what was revoked has run out, so the list does not run out."""
BACKDATED = timedelta(days=1)
"""Certificates begin so long ago, for clocks that are slow."""
MOST_NAME = 64
"""Letters of a common name (ub-common-name, RFC 5280 A.1)."""
CONTROLLER = "controller-"
"""How a controller's common name begins; no edge's does, which has a slash in it."""


class IssuedCertificate(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate, PEM. ``serial`` in hex."""

    serial: str
    pem: str
    expires_at: datetime


class CertificateAuthority:
    """Issues and revokes. ``file`` holds its key and its certificate, and is made where it is missing. Raises
    ``KeyFault`` for one that is of no use."""

    def __init__(self, file: Path, now: datetime) -> None:
        if not file.exists():
            # Another process may make it first; then its authority is the one.
            with contextlib.suppress(FileExistsError):
                write_secret(file, _new_authority(now))
        self._key, self._certificate = read_pair(file)

    @property
    def pem(self) -> str:
        """Its own certificate."""
        return self._certificate.public_bytes(Encoding.PEM).decode()

    @property
    def fingerprint(self) -> bytes:
        """What an enrolment token carries of it."""
        return fingerprint(self._certificate.public_bytes(Encoding.DER))

    def issued(self, held: x509.Certificate) -> bool:
        """Whether a certificate is one of ours."""
        try:
            held.verify_directly_issued_by(self._certificate)
        except (ValueError, TypeError, InvalidSignature):
            return False
        return True

    def for_edge(self, site: str, edge: str, request: bytes, now: datetime) -> IssuedCertificate:
        """A certificate for the key of a signing request (DER). Raises ``Invalid``."""
        name = f"{site}/{edge}"
        if len(name) > MOST_NAME:
            raise invalid_field("edge", f"{name} is longer than the {MOST_NAME} letters that a certificate takes")
        try:
            asked = x509.load_der_x509_csr(request)
            key = asked.public_key()
            sound = asked.is_signature_valid
        except (ValueError, UnsupportedAlgorithm):
            raise invalid_field("csr", "is not a readable certificate signing request") from None
        if not sound or not isinstance(key, ec.EllipticCurvePublicKey):
            raise invalid_field("csr", "must be signed by its own key, an elliptic curve one")
        return self._leaf(name, key, now, ExtendedKeyUsageOID.CLIENT_AUTH)

    def for_controller(self, name: str, key: ec.EllipticCurvePrivateKey, now: datetime) -> IssuedCertificate:
        """A controller's own certificate for the broker, which lets one client of each ``name`` in at a time."""
        return self._leaf(name, key.public_key(), now, ExtendedKeyUsageOID.CLIENT_AUTH)

    def for_broker(self, key: ec.EllipticCurvePrivateKey, hosts: Iterable[str], now: datetime) -> IssuedCertificate:
        """The broker's, for every name or address it is reached by."""
        return self._leaf("broker", key.public_key(), now, ExtendedKeyUsageOID.SERVER_AUTH, hosts)

    def revoked(self, serials: Iterable[tuple[str, datetime]], now: datetime) -> bytes:
        """The list of certificates that are void, PEM; serials in hex, each with since when."""
        made = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self._certificate.subject)
            .last_update(now - BACKDATED)
            .next_update(now + CRL_LIFE)
        )
        for serial, since in sorted(serials):
            one = x509.RevokedCertificateBuilder().serial_number(int(serial, 16)).revocation_date(since).build()
            made = made.add_revoked_certificate(one)
        return made.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM)

    def _leaf(
        self,
        name: str,
        key: ec.EllipticCurvePublicKey,
        now: datetime,
        usage: x509.ObjectIdentifier,
        hosts: Iterable[str] = (),
    ) -> IssuedCertificate:
        serial = x509.random_serial_number()
        made = (
            x509.CertificateBuilder()
            .subject_name(_named(name))
            .issuer_name(self._certificate.subject)
            .public_key(key)
            .serial_number(serial)
            .not_valid_before(now - BACKDATED)
            .not_valid_after(now + LIFE)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )
        if names := [_reached_by(host) for host in hosts]:
            made = made.add_extension(x509.SubjectAlternativeName(names), critical=False)
        signed = made.sign(self._key, hashes.SHA256())
        return IssuedCertificate(
            serial=f"{serial:x}",
            pem=signed.public_bytes(Encoding.PEM).decode(),
            expires_at=signed.not_valid_after_utc,
        )


def new_key() -> ec.EllipticCurvePrivateKey:
    """A key for TLS; P-256, which every broker takes."""
    return ec.generate_private_key(ec.SECP256R1())


def pair_pem(key: ec.EllipticCurvePrivateKey, certificate: str) -> bytes:
    """A key and its certificate as one file."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + certificate.encode()


def read_pair(file: Path) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    """A key and its certificate, from one file. Raises ``KeyFault``."""
    hint = "put back its copy from the backup"
    if file.stat().st_mode & 0o077:
        raise KeyFault(f"{file} is readable by other users; chmod 600 {file}")
    data = file.read_bytes()
    try:
        key, certificate = load_pem_private_key(data, password=None), x509.load_pem_x509_certificate(data)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KeyFault(f"{file} has no key with its certificate ({error}); {hint}") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or certificate.public_key() != key.public_key():
        raise KeyFault(f"{file} has a key and the certificate of another key; {hint}")
    return key, certificate


def two_thirds_over(held: x509.Certificate, now: datetime) -> bool:
    """Whether it is time for the next certificate."""
    return now >= held.not_valid_before_utc + (held.not_valid_after_utc - held.not_valid_before_utc) * 2 / 3


def _new_authority(now: datetime) -> bytes:
    key = new_key()
    name = _named(f"Hallkeeper {secrets.token_hex(4)}")
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + CA_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.KeyUsage(
                key_cert_sign=True,
                crl_sign=True,
                digital_signature=False,
                content_commitment=False,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .sign(key, hashes.SHA256())
    )
    return pair_pem(key, made.public_bytes(Encoding.PEM).decode())


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _reached_by(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)
