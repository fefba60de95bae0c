"""A mail server on loopback that takes mails, or does with the next ones what a test says."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from controller.platform.settings import MailSection

USER, PASSWORD = "hallkeeper", "a relay's password"
SENDER = "Ramsey Hub <bookings@hub.test>"


class Behaviour(StrEnum):
    """What the server does with one mail; the values that are replies it gives as they are."""

    TAKE = "250 2.0.0 queued"
    GREYLIST = "451 4.7.1 greylisted, try again later"
    NO_SUCH_USER = "550 5.1.1 no such user"
    NO_SUCH_USER_NAMED = "550 5.1.1 <rosa@choir.test> is unknown here"
    MAILBOX_FULL = "552 5.2.2 the mailbox is full"
    RELAY_DENIED = "554 5.7.1 relay access denied"
    FULL_AFTER_DATA = "552 5.2.2 the mailbox is full now"
    REFUSE_DATA = "554 5.7.1 looks like spam"
    DIE_IN_DATA = "die in DATA"
    """The connection ends before the mail is taken."""
    DIE_AFTER_DATA = "die after DATA"
    """The mail is taken, and the connection ends before the server could say so."""
    HOLD = "hold"
    """The mail is taken, and the server says so once ``released`` is set."""
    CLOSED = "closed"
    """The connection ends before a word is said."""


_AT_RECIPIENT = frozenset(
    {
        *(Behaviour.GREYLIST, Behaviour.NO_SUCH_USER, Behaviour.NO_SUCH_USER_NAMED),
        *(Behaviour.MAILBOX_FULL, Behaviour.RELAY_DENIED),
    }
)


class MailServer:
    """``raw``: the mails that it took, in order. ``ids``: whom each was for, and its Message-ID. ``senders``: their
    return paths. ``next``: how it will treat the next mails; then it takes them."""

    def __init__(self) -> None:
        self.raw: list[bytes] = []
        self.ids: list[tuple[str, str]] = []
        self.senders: list[str] = []
        self.next: list[Behaviour] = []
        self.released = asyncio.Event()
        self.attempts = self.connections = 0
        self.settings = MailSection()
        self._treating = Behaviour.TAKE

    def connection(self, **how: Any) -> asyncio.Protocol:
        """The far end of a new connection."""
        self.connections += 1
        if self.next and self.next[0] is Behaviour.CLOSED:
            self.next.pop(0)
            return _Closed()
        return SMTP(self, hostname="mail.test", **how)

    @property
    def mails(self) -> list[EmailMessage]:
        """What it took, parsed again at each look."""
        return [_parsed(each) for each in self.raw]

    # Names that aiosmtpd calls.
    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.attempts += 1
        self._treating = self.next.pop(0) if self.next else Behaviour.TAKE
        if self._treating in _AT_RECIPIENT:
            return self._treating
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        treating = self._treating
        if treating in (Behaviour.REFUSE_DATA, Behaviour.FULL_AFTER_DATA):
            return treating
        if treating is not Behaviour.DIE_IN_DATA:
            assert isinstance(envelope.original_content, bytes)
            head = BytesHeaderParser().parsebytes(envelope.original_content)
            self.raw.append(envelope.original_content)
            self.senders.append(envelope.mail_from or "")
            self.ids.append((head["To"], head["Message-ID"]))
        if treating is Behaviour.HOLD:
            await self.released.wait()
        if treating in (Behaviour.DIE_IN_DATA, Behaviour.DIE_AFTER_DATA):
            assert server.transport is not None
            server.transport.abort()  # type: ignore[attr-defined]
        return Behaviour.TAKE


def _parsed(raw: bytes) -> EmailMessage:
    made = message_from_bytes(raw, policy=policy.default)
    assert isinstance(made, EmailMessage)
    return made


class _Closed(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()


@asynccontextmanager
async def mail_server() -> AsyncIterator[MailServer]:
    """Listens inside the block, without TLS."""
    server = MailServer()
    async with _listening(server.connection) as port:
        server.settings = MailSection(host="127.0.0.1", port=port, security="none", sender=SENDER)
        yield server


@asynccontextmanager
async def relay(folder: Path) -> AsyncIterator[MailServer]:
    """One that takes mails over STARTTLS only, from those who sign in."""
    server = MailServer()
    key, certificate = localhost_certificate(folder)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    password = folder / "mail-password"
    password.write_text(PASSWORD + "\n")

    def signs_in(smtp: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword) -> AuthResult:
        right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=False)

    how = {"tls_context": context, "require_starttls": True, "auth_required": True, "authenticator": signs_in}
    how["auth_exclude_mechanism"] = ["LOGIN"]
    async with _listening(partial(server.connection, **how)) as port:
        server.settings = MailSection(
            host="localhost", port=port, sender=SENDER, username=USER, password_file=password, ca_file=certificate
        )
        yield server


@asynccontextmanager
async def _listening(connection: Callable[[], asyncio.Protocol]) -> AsyncIterator[int]:
    server = await asyncio.get_running_loop().create_server(connection, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


def localhost_certificate(folder: Path) -> tuple[Path, Path]:
    """A key and its own certificate, for localhost."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    key_file, certificate_file = folder / "mail.key", folder / "mail.pem"
    pem = serialization.Encoding.PEM
    key_file.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    certificate_file.write_bytes(made.public_bytes(pem))
    return key_file, certificate_file
