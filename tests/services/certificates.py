"""Certificates of our own authority, good ones and bad ones, for tests on a real broker."""

import ssl
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

from controller.enrolment.broker_files import BrokerFiles
from controller.enrolment.certificate_authority import CertificateAuthority, IssuedCertificate
from edge.net.connect_options import context_of
from edge.net.identity import PrivateKeys, StoredIdentity, new_keys
from edge.wire.enrolment import BrokerAddress, EdgeIdentity


class Shown(StoredIdentity, frozen=True, kw_only=True):
    """The holder of a certificate; `serial` is its number."""

    serial: str


class Certificates:
    """An authority with the files of its broker in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.now = datetime.now(UTC)
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.authority = CertificateAuthority(folder / "ca.key", self.now)
        self._files = BrokerFiles(folder / "broker", folder / "login.pem", ["127.0.0.1"])
        self.revoke()

    @property
    def files(self) -> Path:
        return self._files.folder

    def revoke(self, *shown: Shown) -> None:
        """Write the list: these and no others are void."""
        self._files.write(self.authority, [(each.serial, self.now) for each in shown], self.now)

    @property
    def controller_name(self) -> str:
        return self._files.name

    def controller(self) -> ssl.SSLContext:
        return self._files.login_context()

    def edge(self, name: str, *, issued: timedelta = timedelta(0), by: "Certificates | None" = None) -> Shown:
        """An edge `site/edge`, whose certificate was issued that long ago, by another authority perhaps; it trusts this
        one's broker."""
        site, _, edge = name.partition("/")
        keys = new_keys()
        leaf = (by or self).authority.for_edge(site, edge, keys.request(), self.now - issued)
        return self._shown(site, edge, keys, leaf)

    @cached_property
    def _pem(self) -> str:
        return self.authority.pem

    def _shown(self, site: str, edge: str, keys: PrivateKeys, leaf: IssuedCertificate) -> Shown:
        issued = EdgeIdentity(
            site=site,
            edge=edge,
            version=1,
            controller_keys=(bytes(32),),
            doors={},
            broker=BrokerAddress(host="127.0.0.1"),
            ca=self._pem,
            certificate=leaf.pem,
        )
        return Shown(keys=keys, issued=issued, serial=leaf.serial)


def context(who: StoredIdentity) -> ssl.SSLContext:
    """As the edge itself makes it."""
    return context_of(who)
