"""Fetches another server's calendar, with limits on time, size and redirects. The only module that does.

It polls http and https at public or allowed IP addresses only. It resolves names itself and connects to the address
that it checked, so that a name cannot change in between (DNS rebinding).
"""

import asyncio
import ipaddress
import socket
import ssl
import zlib
from collections.abc import AsyncIterator, Sequence
from functools import cached_property
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import msgspec

from controller.calendars.external_feeds.model import FeedFault, Trouble
from controller.calendars.ics_parser import LIMIT_BYTES
from controller.platform.http_client import httpx

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


SECONDS = 30.0
"""For all of it: looking up, connecting, redirects, reading."""
_QUIET_S = 10.0
_REDIRECTS = 5
_ADDRESSES = 4
"""Most addresses of a name that are tried."""
_REDIRECTING = frozenset({301, 302, 303, 307, 308})
_PACKED = {"gzip": 31, "x-gzip": 31, "deflate": 47}
_TOO_LARGE = f"its calendar is longer than {LIMIT_BYTES // 1_000_000} MB; have a shorter period published"


class Fetched(msgspec.Struct, frozen=True, kw_only=True):
    """A calendar that has come, and what to say to hear of changes only (RFC 9110 13.1)."""

    data: bytes
    etag: str
    modified: str


class Fetcher:
    """``networks``: private networks that may be polled besides public addresses. ``hosts``: all that may be asked;
    none: any. ``encrypted_only``: whether HTTPS alone will do. ``seconds``: the time limit for one calendar."""

    def __init__(
        self,
        networks: Sequence[Network] = (),
        hosts: Sequence[str] = (),
        *,
        encrypted_only: bool = False,
        seconds: float = SECONDS,
    ) -> None:
        self._encrypted_only = encrypted_only
        self._networks = tuple(networks)
        self._hosts = frozenset(each.lower() for each in hosts)
        self._seconds = seconds

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        return httpx.create_ssl_context()

    async def fetch(self, address: str, *, etag: str = "", modified: str = "") -> Fetched | None:
        """The content at the address; ``None`` if unchanged since ``etag`` or ``modified``. Raises ``FeedFault``."""
        asked = {"If-None-Match": etag, "If-Modified-Since": modified}
        headers = {name: value for name, value in asked.items() if value}
        headers |= {
            "Accept": "text/calendar, */*;q=0.5",
            "Accept-Encoding": "gzip",
            "User-Agent": "Hallkeeper/1 (feed)",
        }
        try:
            async with asyncio.timeout(self._seconds):
                return await self._follow(httpx.URL(address), headers)
        except TimeoutError:
            host = where(address)
            raise FeedFault(
                Trouble.UNREACHABLE, f"{host} did not finish within {self._seconds:g} seconds; is it the right address?"
            ) from None

    async def _follow(self, url: httpx.URL, headers: dict[str, str]) -> Fetched | None:
        for _ in range(_REDIRECTS + 1):
            if self._hosts and url.host.lower() not in self._hosts:
                raise FeedFault(
                    Trouble.ADDRESS,
                    f"{url.host} is not among the hosts that may be asked; the person who runs the controller may add "
                    "it to `hosts` under [feeds] in its configuration",
                )
            if self._encrypted_only and url.scheme != "https":
                raise FeedFault(
                    Trouble.ADDRESS, f"{url.host} would be asked without encryption; give its https:// address"
                )
            ips = require_allowed(url.host, await _look_up(url), self._networks)
            # Its own client each time: no cookie and no sign-in goes to another server.
            async with httpx.AsyncClient(verify=self._trust, trust_env=False, timeout=_QUIET_S) as client:
                found = await self._ask(client, url, ips[:_ADDRESSES], headers)
            if not isinstance(found, httpx.URL):
                return found
            if url.scheme == "https" and found.scheme != "https":
                raise FeedFault(
                    Trouble.REDIRECTS,
                    f"{url.host} redirects to an address without encryption; give that address if you mean it",
                )
            url = found
        raise FeedFault(Trouble.REDIRECTS, f"redirects more than {_REDIRECTS} times; give the final address")

    async def _ask(
        self, client: httpx.AsyncClient, url: httpx.URL, ips: Sequence[Ip], headers: dict[str, str]
    ) -> Fetched | httpx.URL | None:
        for ip in ips:
            named = headers | {"Host": url.netloc.decode().rpartition("@")[2]}
            extensions = {} if _literal(url.host) else {"sni_hostname": url.raw_host.decode()}
            try:
                async with client.stream(
                    "GET", url.copy_with(host=str(ip)), headers=named, extensions=extensions
                ) as response:
                    return await _answer(response, url)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                if ip == ips[-1] or _certificate(error):
                    raise _fault(error, url) from error
            except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
                raise _fault(error, url) from error
        raise AssertionError("a name has an address")


async def _look_up(url: httpx.URL) -> list[str]:
    port = url.port or {"http": 80, "https": 443}[url.scheme]
    try:
        found = await asyncio.get_running_loop().getaddrinfo(url.raw_host.decode(), port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise FeedFault(
            Trouble.UNREACHABLE, f"there is no host {url.host}; look for a typing error in the address"
        ) from None
    return [str(each[4][0]) for each in found]


def _literal(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit()


async def _answer(response: httpx.Response, url: httpx.URL) -> Fetched | httpx.URL | None:
    status = response.status_code
    if status == httpx.codes.NOT_MODIFIED:
        return None
    if status in _REDIRECTING:
        return _next(response, url)
    if status != httpx.codes.OK:
        raise _refusal(response, url)
    packed = response.headers.get("content-encoding", "").strip().lower()
    raw = response.aiter_raw()
    if packed in ("", "identity"):
        data = await _bounded(raw)
    elif packed in _PACKED:
        data = await _unpacked(raw, _PACKED[packed], url)
    else:
        raise FeedFault(
            Trouble.SERVER,
            f"{url.host} compresses its answer as “{packed[:20]}”, which was not asked for; tell the people who run it",
        )
    etag, modified = response.headers.get("etag", ""), response.headers.get("last-modified", "")
    return Fetched(data=data, etag=etag if len(etag) <= 200 else "", modified=modified if len(modified) <= 100 else "")


def _next(response: httpx.Response, url: httpx.URL) -> httpx.URL:
    try:
        found = httpx.URL(url.copy_with(userinfo=b"")).join(response.headers.get("location", ""))
    except httpx.InvalidURL:
        found = httpx.URL("")
    if not response.headers.get("location") or found.scheme not in ("http", "https") or not found.host:
        raise FeedFault(Trouble.REDIRECTS, f"{url.host} redirects to no address; give another one")
    return found


def _refusal(response: httpx.Response, url: httpx.URL) -> FeedFault:
    status, host = response.status_code, url.host
    match status:
        case 401 | 403:
            text = f"{host} wants a sign-in ({status}); give the calendar's public or secret address instead"
            return FeedFault(Trouble.SIGN_IN, text)
        case 404 | 410:
            text = f"{host} has no calendar at this address ({status}); ask for the one that is valid now"
            return FeedFault(Trouble.GONE, text)
    wait = response.headers.get("retry-after", "")
    retry_after_s = float(wait) if wait.isascii() and wait.isdigit() and len(wait) < 10 else 0.0
    text = (
        f"{host} answered {status} instead of a calendar; it is polled again; if it goes on, tell the people who run it"
    )
    return FeedFault(Trouble.SERVER, text, retry_after_s=retry_after_s)


async def _bounded(raw: AsyncIterator[bytes]) -> bytes:
    data = bytearray()
    async for chunk in raw:
        data += chunk
        if len(data) > LIMIT_BYTES:
            raise FeedFault(Trouble.TOO_LARGE, _TOO_LARGE)
    return bytes(data)


async def _unpacked(raw: AsyncIterator[bytes], window: int, url: httpx.URL) -> bytes:
    """Unpacked no further than the limit, however much is packed into how little."""
    unpack = zlib.decompressobj(window)
    data = bytearray()
    try:
        async for chunk in raw:
            data += unpack.decompress(chunk, LIMIT_BYTES + 1 - len(data))
            if len(data) > LIMIT_BYTES:
                raise FeedFault(Trouble.TOO_LARGE, _TOO_LARGE)
    except zlib.error:
        raise FeedFault(
            Trouble.BROKEN, f"what {url.host} sent cannot be unpacked; tell the people who run it"
        ) from None
    if not unpack.eof:
        raise FeedFault(Trouble.BROKEN, f"the answer of {url.host} broke off; it is polled again")
    return bytes(data)


def _certificate(error: BaseException | None) -> bool:
    """Whether a certificate is what it failed by."""
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _fault(error: Exception, url: httpx.URL) -> FeedFault:
    host = url.host
    if _certificate(error):
        return FeedFault(
            Trouble.CERTIFICATE,
            f"{host} cannot prove who it is (its certificate is not valid); tell the people who run it",
        )
    if isinstance(error, httpx.TimeoutException):
        return FeedFault(Trouble.UNREACHABLE, f"{host} does not answer in time; it is polled again")
    if isinstance(error, httpx.ConnectError):
        return FeedFault(Trouble.UNREACHABLE, f"{host} cannot be reached; check the address, or it is down")
    if isinstance(error, httpx.RemoteProtocolError):
        return FeedFault(Trouble.BROKEN, f"the answer of {host} broke off or is not HTTP; it is polled again")
    return FeedFault(Trouble.UNREACHABLE, f"the connection to {host} broke; it is polled again")
