"""The files that a broker with TLS reads: the CA's certificate, its own with its key, the list of what was revoked, its
access list; and the certificate that we show it ourselves."""

import re
import secrets
import ssl
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.x509.oid import NameOID

from controller.enrolment.authority import (
    CONTROLLER,
    CertificateAuthority,
    new_key,
    pair_pem,
    read_pair,
    two_thirds_over,
)
from controller.key_files import replace_file
from edge.wire.topics import CATALOGUE, ROOT

_ITEM = re.compile(r"\{\w+\}")


def access_list(controller: str) -> bytes:
    """The rules for a broker where a client's name is the common name of its certificate: ``controller`` may say
    everything, an edge is "site/edge" and confined to the topics of the catalogue under its own name."""
    rules = [
        "# Made by the controller, from the topics that there are. An edge is confined to its own,",
        "# and only the controller writes what comes down to it.",
        f"user {controller}",
        f"topic readwrite {ROOT}/#",
        "",
        *(
            f"pattern {'write' if kind.way == 'up' else 'read'} {ROOT}/%u/{_ITEM.sub('+', kind.name)}"
            for kind in CATALOGUE
        ),
    ]
    return ("\n".join(rules) + "\n").encode()


class BrokerFiles:
    """``folder``: where the broker's files go. ``login``: ours. ``hosts``: what the broker is reached by."""

    def __init__(self, folder: Path, login: Path, hosts: Sequence[str]) -> None:
        self.folder = folder
        self.login = login
        self._hosts = tuple(dict.fromkeys(hosts))

    def write(
        self, authority: CertificateAuthority, revoked: Sequence[tuple[str, datetime]] | None, now: datetime
    ) -> None:
        """Bring the files up to date; unchanged files are not written, so nobody is notified without a reason.
        ``revoked``: ``None`` leaves an existing list as it is. Raises ``KeyFault``."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self._stale(self.folder / "broker.pem", authority, now, self._hosts):
            key = new_key()
            replace_file(self.folder / "broker.pem", pair_pem(key, authority.for_broker(key, self._hosts, now).pem))
        if self._stale(self.login, authority, now, ()):
            key = new_key()
            replace_file(self.login, pair_pem(key, authority.for_controller(self.name, key, now).pem))
        _put(self.folder / "hallkeeper.acl", access_list(self.name))
        _put(self.folder / "ca.pem", authority.pem.encode())
        file = self.folder / "crl.pem"
        wanted = None if revoked is None else {int(serial, 16) for serial, _ in revoked}
        if not file.exists() or (wanted is not None and _serials(file) != wanted):
            replace_file(file, authority.revoked(revoked or (), now))

    def _stale(self, file: Path, authority: CertificateAuthority, now: datetime, hosts: Sequence[str]) -> bool:
        if not file.exists():
            return True
        _, held = read_pair(file)
        return two_thirds_over(held, now) or not authority.issued(held) or _names(held) != set(hosts)

    @property
    def name(self) -> str:
        """Our own name at the broker, the same in every certificate of ours; another controller has another."""
        if self.login.exists():
            _, held = read_pair(self.login)
            name = str(held.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)
            if name.startswith(CONTROLLER):
                return name
        return f"{CONTROLLER}{secrets.token_hex(4)}"

    def login_context(self) -> ssl.SSLContext:
        """TLS towards the broker, as ourselves."""
        context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=self.folder / "ca.pem")
        context.load_cert_chain(self.login)
        return context


def _put(file: Path, data: bytes) -> None:
    if not file.exists() or file.read_bytes() != data:
        replace_file(file, data)


def _serials(file: Path) -> set[int]:
    return {one.serial_number for one in x509.load_pem_x509_crl(file.read_bytes())}


def _names(held: x509.Certificate) -> set[str]:
    try:
        names = held.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return set()
    return {str(name.value) for name in names}
