"""TLS to the broker. The certificate chain and name are checked, the dates are not: a Pi with a wrong clock must
connect to learn the time, and every message that it acts on is signed and dated."""

import os
import ssl

from edge.net.identity import StoredIdentity

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
