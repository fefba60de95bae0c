"""Which connections of the settings would cross a network without encryption."""

import re
from collections.abc import Iterator
from ipaddress import ip_address

from sqlalchemy.engine import URL

from controller.platform.settings import Settings, is_safe

_ENCRYPTED = frozenset({"require", "verify-ca", "verify-full"})
"""Values of PostgreSQL's `sslmode` with which nothing is sent in clear."""


def plain_connections(settings: Settings) -> Iterator[tuple[str, str]]:
    """The key of each, and what to do. What stays on this machine crosses no network."""
    broker, mail = settings.broker, settings.mail
    if not settings.secure:
        yield "public_url", "write an https:// address"
    if not _here(settings.listen.host):
        yield "listen.host", "write 127.0.0.1, and let a proxy with HTTPS on this machine ask there"
    if not broker.tls and not (_here(broker.host) and _here(broker.edges_host or broker.host)):
        yield "broker.tls", "write true: the broker is on another machine, or edges are"
    for key, url in (("database", settings.database_url), ("reports_database", settings.reports_url)):
        if url is not None and url.get_backend_name() == "postgresql" and not _is_encrypted(url):
            yield key, "add ?ssl=verify-full: the server is on another machine"
    if settings.history.url is not None and not is_safe(settings.history.url):
        yield "history.url", "write an https:// address"
    if mail.host and mail.security == "none" and not _here(mail.host):
        yield "mail.security", 'write "starttls" or "tls"'
    if settings.sip2.host and not _here(settings.sip2.host):
        yield "sip2.host", "write 127.0.0.1, and let stunnel on this machine lead there: SIP2 has no encryption"
    if (found := re.search(r"http://[^ ]+", settings.backup.repository)) and not is_safe(found[0]):
        yield "backup.repository", "write an https:// address"


def _here(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _is_encrypted(url: URL) -> bool:
    named = url.query.get("host", ())
    hosts = [url.host or "", *((named,) if isinstance(named, str) else named)]
    on_this_machine = all(not host or host.startswith("/") or _here(host.partition(":")[0]) for host in hosts)
    return on_this_machine or any(url.query.get(key) in _ENCRYPTED for key in ("ssl", "sslmode"))
