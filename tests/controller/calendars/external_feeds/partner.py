"""A partner's web server: says whatever a test wants said, on a real socket."""

import asyncio
import gzip
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

Speak = Callable[[asyncio.StreamWriter], Awaitable[None]]


def calendar(*events: str) -> bytes:
    return ("BEGIN:VCALENDAR\nVERSION:2.0\n" + "".join(events) + "END:VCALENDAR\n").encode()


def event(uid: str, starts: str, ends: str, *more: str, title: str = "") -> str:
    """``starts`` and ``ends``: as “20261201T190000”, in London."""
    zone = "" if starts.endswith("Z") else ";TZID=Europe/London"
    lines = [
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"SUMMARY:{title or uid.capitalize()}",
        f"DTSTART{zone}:{starts}",
        f"DTEND{zone}:{ends}",
        *more,
        "END:VEVENT",
    ]
    return "\n".join(lines) + "\n"


def answer(body: bytes = b"", *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    head = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body) if length is None else length}"]
    return "\r\n".join([*head, "Connection: close", "", ""]).encode() + body


def packed(body: bytes) -> bytes:
    return answer(gzip.compress(body), "Content-Encoding: gzip")


@dataclass
class Partner:
    """``says``: a whole answer in bytes, or what speaks. ``asked``: the heads of all requests."""

    address: str
    says: bytes | Speak = b""
    etag: str = ""
    asked: list[str] = field(default_factory=list)

    def publish(self, *events: str, etag: str = "") -> None:
        """Have a calendar with these events. ``etag``: of its form."""
        self.etag = etag
        self.says = answer(calendar(*events), *([f"ETag: {etag}"] if etag else []))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.asked.append(head)
            if self.etag and f"if-none-match: {self.etag}".lower() in head.lower():
                writer.write(answer(status="304 Not Modified"))
            elif isinstance(self.says, bytes):
                writer.write(self.says)
            else:
                await self.says(writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client has read enough
        finally:
            writer.close()


def self_signed(folder: Path) -> ssl.SSLContext:
    """A certificate for loopback that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)  # as TLS counts it
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file = folder / "partner.pem"
    file.write_bytes(plain + certificate.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


@asynccontextmanager
async def partner(tls: ssl.SSLContext | None = None) -> AsyncIterator[Partner]:
    """Listens on loopback until the end of the block."""
    here = Partner(address="")
    server = await asyncio.start_server(here._serve, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    here.address = f"{'https' if tls else 'http'}://127.0.0.1:{port}/diary.ics"
    try:
        yield here
    finally:
        server.close()
        await server.wait_closed()
