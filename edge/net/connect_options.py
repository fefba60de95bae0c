"""How an edge connects to a broker: client id, subscriptions, last will and TLS.

Of TLS the certificate's chain and name are checked, the dates are not: a Pi with a wrong clock must connect to learn
the time, and every message that it acts on is signed and dated.
"""

import os
import ssl
from collections.abc import Callable
from typing import Protocol

import msgspec

from edge.net.identity import StoredIdentity
from edge.wire.broker_link import Link, Trouble

NO_CHECK_TIME = 0x200000
"""X509_V_FLAG_NO_CHECK_TIME of OpenSSL's x509_vfy.h."""


def undated(context: ssl.SSLContext) -> ssl.SSLContext:
    """The context, which looks at no dates any more."""
    context.verify_flags |= ssl.VerifyFlags(NO_CHECK_TIME)
    return context


class _TlsSocket(ssl.SSLSocket):
    def do_handshake(self, block: bool = False) -> None:
        """A socket whose handshake fails is closed, which the MQTT client forgets."""
        try:
            super().do_handshake(block)
        except OSError:
            self.close()
            raise


def context_of(identity: StoredIdentity) -> ssl.SSLContext:
    """Trusts the identity's authority alone, and shows its certificate."""
    return undated(context_with(identity.issued.ca, identity.keys.tls + identity.issued.certificate))


def context_with(ca: str | None, login: str | None) -> ssl.SSLContext:
    """Trusts the authority alone, without one those of the system, and shows the certificate of ``login``, which holds
    its key too. All PEM. Raises ``SSLError`` or ``ValueError`` if they cannot be read."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.sslsocket_class = _TlsSocket
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca is not None:
        # Lists of authorities have their names beside them, in any alphabet.
        context.load_verify_locations(cadata=ca.encode("ascii", "ignore").decode())
    else:
        context.load_default_certs()
    if login is not None:
        _show(context, login)
    return context


def _show(context: ssl.SSLContext, login: str) -> None:
    # The key goes from memory to OpenSSL, which takes files only: no second copy of it lies on the card.
    memory = os.memfd_create("hallkeeper-tls", os.MFD_CLOEXEC)
    try:
        data = login.encode()
        while data:
            data = data[os.write(memory, data) :]
        # Without the last, OpenSSL asks the terminal for the passphrase of a key.
        context.load_cert_chain(f"/proc/self/fd/{memory}", password=bytes)
    finally:
        os.close(memory)


_NOT_YET_VALID, _EXPIRED = 9, 10
_OTHER_HOST, _OTHER_ADDRESS = 62, 64
"""X509_V_ERR_... of OpenSSL's x509_vfy.h."""
_TROUBLE = {
    _NOT_YET_VALID: Trouble.EXPIRED,
    _EXPIRED: Trouble.EXPIRED,
    _OTHER_HOST: Trouble.OTHER_NAME,
    _OTHER_ADDRESS: Trouble.OTHER_NAME,
}


def trouble_of(error: BaseException | None) -> Trouble | None:
    """What is wrong with a broker's TLS, by the error of a connection; ``None`` if it is not that."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _TROUBLE.get(error.verify_code, Trouble.UNTRUSTED)
    return Trouble.NO_TLS if isinstance(error, ssl.SSLError) else None


class ConnectOptions(msgspec.Struct, frozen=True, kw_only=True):
    """``will``: the topic and signed payload of the last will for a connection number (from 1), requested before each
    attempt; published with QoS 1, retained, if the connection is lost without a goodbye; ``None`` for a link that only
    listens. A failed attempt does not use up its number. ``login``: the TLS context of this edge, requested before each
    attempt; ``None`` without TLS. ``packet_limit``: the broker sends no longer packet, in bytes; ``None`` for any."""

    client_id: str
    filters: tuple[str, ...]
    will: Callable[[int], tuple[str, bytes]] | None = None
    login: Callable[[], ssl.SSLContext] | None = None
    packet_limit: int | None = None


class EdgeLink(Link, Protocol):
    """A link that can reconnect with new options."""

    def renew(self) -> None:
        """End the connection, if any, and reconnect: the edge's identity has changed."""
        ...


LinkMaker = Callable[[ConnectOptions], EdgeLink]
"""Makes an agent's link; the real one is ``edge.net.mqtt_client.MqttLink`` for a given broker."""
