"""Which addresses may be polled: http and https, to public or allowed IP addresses only."""

import ipaddress
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from controller.calendars.feeds.model import FeedFault, Trouble
from controller.http_client import httpx

Ip = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

LONGEST = 2000
_WEBCAL = {"webcal": "https", "webcals": "https"}
_CARRYING = tuple(map(IPv6Network, ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96")))
"""IPv4 addresses in IPv6 ones: compatible, mapped, translated, and by NAT64 (RFC 4291, 2.5.5; RFC 7915; RFC 6052)."""
_UNICAST = IPv6Network("2000::/3")
"""The IPv6 space in use (RFC 4291, 2.4); other addresses that Python calls global lead into private networks."""


def read_address(text: str) -> str:
    """The address to poll; ``webcal:`` means ``https:``. Raises ``ValueError`` that says what to do."""
    text = text.strip()
    if not text:
        raise ValueError("give the calendar's address, such as https://example.org/calendar.ics")
    if len(text) > LONGEST:
        raise ValueError(f"must be at most {LONGEST} characters")
    scheme, colon, rest = text.partition(":")
    if colon:
        text = f"{_WEBCAL.get(scheme.lower(), scheme)}:{rest}"
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        raise ValueError("is not an address; copy the one that ends in .ics from the other calendar") from None
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError("must begin with https://, http:// or webcal://")
    return str(url.copy_with(fragment=None))


def where(address: str) -> str:
    """The part of an address that may be shown: its host; the rest is often a secret."""
    url = httpx.URL(address)
    return f"{url.scheme}://{url.netloc.decode().rpartition('@')[2]}/…"


def allowed(ip: Ip, networks: Sequence[Network]) -> bool:
    """Whether it is public or in one of ``networks``. One that carries an IPv4 address inside is judged by that."""
    inner = _inner(ip)
    if any(each.version == network.version and each in network for network in networks for each in (ip, inner)):
        return True
    return inner.is_global and not inner.is_multicast and (inner.version == 4 or inner in _UNICAST)


def _inner(ip: Ip) -> Ip:
    if isinstance(ip, IPv4Address):
        return ip
    if any(ip in network for network in _CARRYING):
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    if ip.sixtofour is not None:
        return ip.sixtofour
    if ip.teredo is not None:
        return ip.teredo[1]
    return ip


def require_allowed(host: str, found: Sequence[str], networks: Sequence[Network]) -> list[Ip]:
    """The addresses of ``host``, each once. Raises ``FeedFault`` where any of them may not be asked."""
    ips = [ipaddress.ip_address(each.partition("%")[0]) for each in dict.fromkeys(found)]
    for ip in ips:
        if not allowed(ip, networks):
            raise FeedFault(
                Trouble.ADDRESS,
                f"{host} leads to {ip}, which is inside a private network; if it is yours, the person "
                "who runs the controller may allow it by `networks` under [feeds] in its configuration",
            )
    return ips
