"""The certificate that a server shows, as both doctors ask for it; the only module of this package that uses the
network."""

import contextlib
import socket
import ssl

from cryptography import x509

CONNECT_S = 5.0
REFUSAL_S = 0.3
"""How long a server has to refuse our own certificate: with TLS 1.3 it does so after the handshake (RFC 8446, 2)."""


def peer_certificate(host: str, port: int, context: ssl.SSLContext | None) -> x509.Certificate | None:
    """Connect and leave again; the certificate that was shown, ``None`` without a ``context``. Raises ``OSError``."""
    with contextlib.ExitStack() as stack:
        way = stack.enter_context(socket.create_connection((host, port), CONNECT_S))
        if context is None:
            return None
        sure = stack.enter_context(context.wrap_socket(way, server_hostname=host))
        shown = sure.getpeercert(binary_form=True)
        sure.settimeout(REFUSAL_S)
        with contextlib.suppress(TimeoutError):
            sure.recv(1)
    return x509.load_der_x509_certificate(shown) if shown is not None else None
