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
from edge.wire.broker_link import Link

NO_CHECK_TIME = 0x200000
"""X509_V_FLAG_NO_CHECK_TIME of OpenSSL's x509_vfy.h."""


def undated(context: ssl.SSLContext) -> ssl.SSLContext:
    """The context, which looks at no dates any more."""
    context.verify_flags |= ssl.VerifyFlags(NO_CHECK_TIME)
    return context


def context_of(identity: StoredIdentity) -> ssl.SSLContext:
    """Trusts the identity's authority alone, and shows its certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_verify_locations(cadata=identity.issued.ca)
    # The key goes from memory to OpenSSL, which takes files only: no second copy of it lies on the card.
    memory = os.memfd_create("hallkeeper-tls", os.MFD_CLOEXEC)
    try:
        data = (identity.keys.tls + identity.issued.certificate).encode()
        while data:
            data = data[os.write(memory, data) :]
        context.load_cert_chain(f"/proc/self/fd/{memory}")
    finally:
        os.close(memory)
    return undated(context)


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
