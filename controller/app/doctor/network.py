"""What the doctor asks over the network: the controller itself, its broker, its mail server, its HTTPS address."""

import asyncio
import re
import secrets
import ssl
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from urllib.parse import urlsplit

import msgspec
from cryptography import x509

from controller.enrolment.broker_files import broker_files
from controller.notices.smtp import SmtpMailer
from controller.platform.http_client import httpx
from controller.platform.key_files import KEY_FILES, KeyFault, KeyFiles
from controller.platform.mqtt_client import BrokerLink, BrokerRefused
from controller.platform.settings import Settings
from edge.wire.doctor_findings import Finding, Severity, certificate, fail, ok, warn
from edge.wire.peer_certificate import CONNECT_S, peer_certificate
from edge.wire.topics import ROOT

TOPIC = f"{ROOT}/doctor"
"""Of no edge and no kind, so that nobody has subscribed to it."""
_DOCS = 'docs/enrolment.md, "The broker", has the commands'
_CLOCK = re.compile(r'^hallkeeper_clock\{state="unproven"\} 1\.0$', re.MULTILINE)
_CHECKS = {
    "database": "hallkeeper controller check-config; free some space, or end the other program that holds it",
    "broker": "systemctl restart mosquitto; the line about the broker says more",
    "audit log": 'docs/audit.md, "When a chain is stopped"',
}


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """What the running controller says of itself. ``checks``: those of /readyz that are not ready."""

    answers: bool
    connected: bool = False
    unproven: bool = False
    checks: dict[str, str] = {}

    def findings(self) -> Iterator[Finding]:
        for name, said in self.checks.items():
            hint = _CHECKS.get(name, "journalctl -u hallkeeper-controller -n 50 says more")
            yield fail(f"running {name}", said, hint)
        if self.unproven:
            hint = "`timedatectl`; if you see that the clock is right, set clock_right_on to today (docs/time.md)"
            yield fail("clock trust", "the controller does not trust its clock, so it signs no plan", hint)


def own_address(settings: Settings) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.listen.host, settings.listen.host)  # noqa: S104
    return f"http://[{host}]:{settings.listen.port}" if ":" in host else f"http://{host}:{settings.listen.port}"


async def ask(settings: Settings) -> Running:
    """Ask the controller of the settings, if it runs."""
    try:
        async with httpx.AsyncClient(base_url=own_address(settings), timeout=CONNECT_S, trust_env=False) as client:
            ready = await client.get("/readyz")
            metrics = await client.get("/metrics")
        checks = ready.json()["checks"]
    except (httpx.HTTPError, ValueError, KeyError):
        return Running(answers=False)
    return Running(
        answers=True,
        connected=checks.get("broker") == "ready",
        unproven=_CLOCK.search(metrics.text) is not None,
        checks={name: said for name, said in checks.items() if said != "ready"},
    )


async def findings(settings: Settings, running: Running, now: datetime) -> AsyncIterator[Finding]:
    """``now``: by the machine's clock, as certificates are judged."""
    reached = await asyncio.to_thread(lambda: list(_broker(settings, now)))
    for each in reached:
        yield each
    if not any(each.thing == "broker" and each.verdict is Severity.FAIL for each in reached):
        yield await _round_trip(settings, running)
    yield await _mail(settings)
    if settings.secure:
        for each in await asyncio.to_thread(lambda: list(_https(settings, now))):
            yield each
    else:
        hint = "docs/install.md says what is missing without it and how to get it"
        yield (warn if settings.public_url else ok)("https", *_plain(settings, hint))


def _plain(settings: Settings, hint: str) -> tuple[str, ...]:
    if settings.public_url:
        return (f"people reach {settings.address} without encryption, passwords and codes included", hint)
    return (f"no public_url is set: only {settings.address} is used",)


def _login(settings: Settings) -> ssl.SSLContext:
    """Raises ``OSError`` or ``KeyFault`` where files are missing; makes none."""
    folder = settings.data_dir / "keys"
    for name in KEY_FILES:
        (folder / name).stat()
    return broker_files(settings, KeyFiles(folder)).login_context()


def _broker(settings: Settings, now: datetime) -> Iterator[Finding]:
    broker, where = settings.broker, f"{settings.broker.host}:{settings.broker.port}"
    shown: x509.Certificate | None = None
    try:
        context = _login(settings) if broker.tls else None
    except (OSError, KeyFault) as error:
        hint = f"systemctl restart hallkeeper-controller, or hallkeeper controller broker-files; {_DOCS}"
        yield fail("broker", f"our certificate for it cannot be read ({_why(error)})", hint)
        return
    if broker.tls:
        yield from _own_certificates(settings, now)
    try:
        shown = peer_certificate(broker.host, broker.port, context)
    except ssl.SSLError as error:
        said = getattr(error, "verify_message", "") or error.reason or str(error)
        yield fail("broker", f"the TLS connection to {where} failed ({said})", _DOCS)
    except OSError as error:
        hint = "systemctl restart mosquitto; journalctl -u mosquitto -n 20 says why it does not listen"
        yield fail("broker", f"{where} cannot be reached ({_why(error)})", hint)
    else:
        yield ok("broker", f"{where} answers{' by TLS' if shown else ''}")
        if shown is not None:
            hint = "systemctl reload mosquitto, once hallkeeper-broker-files has copied the new one"
            yield certificate("broker's certificate", shown, now, hint)


def _own_certificates(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Ours for the broker, and the list of what was revoked, which a broker refuses everybody without."""
    hint = "systemctl restart hallkeeper-controller makes the next one"
    held = x509.load_pem_x509_certificate((settings.data_dir / "keys" / "broker-login.pem").read_bytes())
    yield certificate("certificate for the broker", held, now, hint)
    file = settings.data_dir / "broker" / "crl.pem"
    ends = x509.load_pem_x509_crl(file.read_bytes()).next_update_utc
    if ends is not None and ends <= now:
        yield fail("revocation list", f"{file} ended on {ends:%Y-%m-%d}, so the broker lets nobody in", hint)


async def _round_trip(settings: Settings, running: Running) -> Finding:
    """A message to ourselves. With TLS a second connection would end that of the running controller, which then says
    whether it is connected."""
    thing, broker = "broker round trip", settings.broker
    if broker.tls and running.answers:
        if running.connected:
            return ok(thing, "the running controller is connected")
        return fail(thing, "the running controller is not connected", f"journalctl -u hallkeeper-controller; {_DOCS}")
    try:
        password = broker.password_file.read_text(encoding="utf-8").strip() if broker.password_file else None
        context = _login(settings) if broker.tls else None
        link = BrokerLink(
            host=broker.host,
            port=broker.port,
            subscribe=[],
            username=broker.username,
            password=password,
            tls=None if context is None else lambda: context,
        )
        took_s = await link.round_trip(f"{TOPIC}/{secrets.token_hex(8)}")
    except (OSError, UnicodeDecodeError, KeyFault, BrokerRefused) as error:
        hint = f"If it refuses us, check username and password_file of [broker] and its access list; {_DOCS}"
        return fail(thing, f"no message comes back ({_why(error)})", hint)
    return ok(thing, f"a message came back after {took_s * 1000:.0f} ms")


async def _mail(settings: Settings) -> Finding:
    mail = settings.mail
    if not mail.host:
        return ok("mail", "no mail server is set up, so nobody gets mails")
    where = f"{mail.host}:{mail.port}"
    trouble = await SmtpMailer(mail).trouble()
    if trouble:
        hint = f"Check host, port, security, username and password_file of [mail]: openssl s_client -connect {where}"
        return fail("mail", f"{where} does not take mails from us ({trouble})", f"{hint} shows what it answers")
    return ok("mail", f"{where} {'takes our password' if mail.username else 'answers'}")


def _https(settings: Settings, now: datetime) -> Iterator[Finding]:
    """What people's browsers are shown at ``public_url``."""
    split = urlsplit(settings.address)
    host, port = split.hostname or "", split.port or 443
    hint = "systemctl start hallkeeper-certificate renews it; journalctl -u hallkeeper-certificate says why not"
    try:
        shown = peer_certificate(host, port, ssl.create_default_context())
    except ssl.SSLCertVerificationError as error:
        yield fail("https", f"browsers refuse {settings.address} ({error.verify_message})", hint)
    except OSError as error:
        known = "Check that the proxy runs (systemctl status nginx) and that the name leads to this machine"
        yield warn("https", f"{settings.address} cannot be reached from here ({_why(error)})", known)
    else:
        assert shown is not None
        yield certificate("https", shown, now, hint)


def _why(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer"
    return (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
