"""Stations from routers and consoles that answer JSON over HTTP: OpenWrt's ubus, and UniFi.

Each keeps the session of its login, and signs in again when that has ended. After a refused login it waits, since some
lock an account that tries too often.
"""

import hashlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

import msgspec

from edge.errors import ListingUnreadable, LoginRefused
from edge.sensors.config import UbusConfig, UnifiConfig, WebSourceConfig
from edge.sensors.station_set import Listing, address_of, listing_of
from edge.system.blocking_io import run_blocking
from edge.system.liveness import Liveness

WAIT_S = 5.0
"""How long a connection may be silent."""
ANSWER_S = 10.0
"""How long a question and its answer may take."""
ANSWER_LIMIT = 4 * 1024 * 1024
REFUSED_S = 600.0
"""How long after a refused login the next is tried."""

Json = dict[str, Any]
C = TypeVar("C", bound=WebSourceConfig)


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """``cookies``: what is to be sent back, as ``name=value; …``."""

    status: int
    body: bytes
    cookies: str


def exchange(
    config: WebSourceConfig,
    path: str,
    body: Json | None = None,
    headers: Mapping[str, str] = {},
    *,
    within_s: float = ANSWER_S,
) -> Answer:
    """POST ``body``, or GET without one; no redirection is followed, no proxy used. Blocks, for ``within_s`` at most
    once it is connected, however slowly the answer drips in.

    Raises ``OSError``, ``http.client.HTTPException`` and ``ListingUnreadable``.
    """
    url = urlsplit(config.url)
    host = url.hostname or ""
    connection: http.client.HTTPConnection
    if url.scheme == "https":
        connection = http.client.HTTPSConnection(host, url.port, timeout=WAIT_S, context=_context(config))
    else:
        connection = http.client.HTTPConnection(host, url.port, timeout=WAIT_S)
    ends = time.monotonic() + within_s
    try:
        connection.connect()
        _prove(config, connection)
        sent = {**headers, "Accept": "application/json"}
        data = None
        if body is not None:
            data, sent["Content-Type"] = msgspec.json.encode(body), "application/json"
        with _shut_down_at(ends, connection.sock):
            connection.request("GET" if data is None else "POST", url.path.rstrip("/") + path, data, sent)
            answer = connection.getresponse()
            said = bytearray()
            while more := answer.read1(65536):
                said += more
                if len(said) > ANSWER_LIMIT:
                    raise ListingUnreadable("its answer is too long")
        cookies = [each.partition(";")[0] for each in answer.headers.get_all("Set-Cookie", [])]
        return Answer(status=answer.status, body=bytes(said), cookies="; ".join(cookies))
    finally:
        connection.close()


@contextmanager
def _shut_down_at(ends: float, sock: socket.socket) -> Iterator[None]:
    """Shut ``sock`` down at ``ends``, in monotonic seconds, so that its reader goes on. A timeout of the socket only
    bounds the silence before each byte. Raises ``ListingUnreadable`` if that was necessary."""
    late = threading.Event()

    def shut_down() -> None:
        late.set()
        with suppress(OSError):
            socket.socket.shutdown(sock, socket.SHUT_RDWR)  # that of SSLSocket changes what the reader uses

    timer = threading.Timer(max(0.0, ends - time.monotonic()), shut_down)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, http.client.HTTPException):
        if not late.is_set():
            raise
    finally:
        timer.cancel()
        timer.join()
    if late.is_set():
        raise ListingUnreadable("its answer takes too long")


def _context(config: WebSourceConfig) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if config.fingerprint is not None:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # ``_prove`` checks instead
    return context


def _prove(config: WebSourceConfig, connection: http.client.HTTPConnection) -> None:
    """Compare the certificate before anything is sent."""
    if config.fingerprint is None:
        return
    sock = connection.sock
    shown = sock.getpeercert(binary_form=True) if isinstance(sock, ssl.SSLSocket) else None
    if hashlib.sha256(shown or b"").hexdigest() != config.fingerprint.replace(":", "").lower():
        raise ListingUnreadable("its certificate has another fingerprint")


def _json(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ListingUnreadable("its answer is not JSON") from None


class _WebSource(Generic[C]):
    """Runs ``_ask`` in a thread; one session, one question at a time."""

    def __init__(
        self, config: C, *, monotonic: Callable[[], float], liveness: Liveness, late: Callable[[], None]
    ) -> None:
        self._config = config
        self._monotonic = monotonic
        self._liveness = liveness
        self._late = late
        self._session = ""
        self._refused_at: float | None = None

    async def listing(self) -> Listing:
        """Raises ``LoginRefused``, ``ListingUnreadable``, ``OSError`` and ``http.client.HTTPException``."""
        return await run_blocking(self._listing, liveness=self._liveness, late=self._late)

    def _listing(self) -> Listing:
        if self._refused_at is not None and self._monotonic() < self._refused_at + REFUSED_S:
            raise LoginRefused("the login was refused")
        self._refused_at = None
        try:
            if not self._session:
                return self._sign_in_and_ask()
            try:
                return self._ask()
            except LoginRefused:  # the session may have ended
                return self._sign_in_and_ask()
        except LoginRefused:
            self._refused_at = self._monotonic()
            raise

    def _sign_in_and_ask(self) -> Listing:
        self._session = ""
        self._session = self._sign_in()
        return self._ask()

    def _sign_in(self) -> str:
        """What later questions prove the login with. Raises ``LoginRefused``."""
        raise NotImplementedError

    def _ask(self) -> Listing:
        """Raises ``LoginRefused`` if the session may not ask."""
        raise NotImplementedError


_NO_SESSION = "0" * 32
_DENIED = {6, -32002}
"""UBUS_STATUS_PERMISSION_DENIED (ubusmsg.h), and what uhttpd answers without the right to call."""


class UbusSource(_WebSource[UbusConfig]):
    """JSON-RPC 2.0 of OpenWrt's uhttpd-mod-ubus or rpcd: ``session login``, then ``get_clients`` of each interface."""

    def _call(self, session: str, thing: str, method: str, **arguments: str) -> Json:
        params = [session, thing, method, arguments]
        answer = exchange(self._config, "/ubus", {"jsonrpc": "2.0", "id": 1, "method": "call", "params": params})
        if answer.status in (401, 403):
            raise LoginRefused("it refuses the session")
        if answer.status != 200:
            raise ListingUnreadable(f"it answers with {answer.status}")
        match _json(answer.body):
            case {"result": [0, dict(found)]}:
                return found
            case {"result": [int(status), *_]} if status in _DENIED:
                raise LoginRefused("it denies permission")
            case {"error": {"code": int(status)}} if status in _DENIED:
                raise LoginRefused("it denies permission")
        raise ListingUnreadable("this is no answer of ubus")

    def _sign_in(self) -> str:
        login = {"username": self._config.username, "password": self._config.password}
        session = self._call(_NO_SESSION, "session", "login", **login).get("ubus_rpc_session")
        if not isinstance(session, str) or not session:
            raise ListingUnreadable("this is no answer of ubus")
        return session

    def _ask(self) -> Listing:
        calls = (self._call(self._session, f"hostapd.{each}", "get_clients") for each in self._config.interfaces)
        found = [read_ubus(each) for each in calls]
        addresses = frozenset[bytes]().union(*(each.addresses for each in found))
        return Listing(addresses, set_aside=sum(each.set_aside for each in found))


def read_ubus(found: Json) -> Listing:
    """The stations in what ``get_clients`` answered, without those that are not authorised. Raises
    ``ListingUnreadable``."""
    clients = found.get("clients")
    if not isinstance(clients, dict):
        raise ListingUnreadable("there are no clients in it")
    allowed = [name for name, its in clients.items() if not isinstance(its, dict) or its.get("authorized") is not False]
    return listing_of(map(address_of, allowed))


_NO_SUCH_PAGE = {404, 405}
_NO_SESSION_HERE = 401
"""An older controller answers it to any path that it does not know, a console to a wrong password."""


class UnifiSource(_WebSource[UnifiConfig]):
    """The API of UniFi's own web pages, which Ubiquiti does not document: of a console with UniFi OS, or of an older
    controller."""

    _before = ""

    def _sign_in(self) -> str:
        login = {"username": self._config.username, "password": self._config.password}
        refused = 0
        for path, before in (("/api/auth/login", "/proxy/network"), ("/api/login", "")):
            try:
                answer = exchange(self._config, path, login)
            except (OSError, http.client.HTTPException, ListingUnreadable):
                if not refused:
                    raise
                break
            if answer.status == 200 and answer.cookies:
                self._before = before
                return answer.cookies
            if 400 <= answer.status < 500 and answer.status not in _NO_SUCH_PAGE:  # 499 asks for a second factor
                refused = answer.status
                if refused != _NO_SESSION_HERE:
                    break
        if refused:
            raise LoginRefused(f"it answers a login with {refused}")
        raise ListingUnreadable(f"it answers a login with {answer.status}")

    def _ask(self) -> Listing:
        path = f"{self._before}/api/s/{self._config.site}/stat/sta"
        answer = exchange(self._config, path, headers={"Cookie": self._session})
        if answer.status in (401, 403):
            raise LoginRefused("it refuses the session")
        if answer.status != 200:
            raise ListingUnreadable(f"it answers with {answer.status}")
        return read_unifi(_json(answer.body), self._config.access_points)


def read_unifi(said: object, access_points: tuple[str, ...] = ()) -> Listing:
    """The wireless clients in the answer of ``stat/sta``, of these access points if any are named; without guests who
    are not past the portal. Raises ``ListingUnreadable``."""
    match said:
        case {"meta": {"rc": "ok"}, "data": list(clients)}:
            pass
        case {"meta": {"rc": "error", "msg": "api.err.LoginRequired" | "api.err.NoPermission"}}:
            raise LoginRefused("it denies permission")
        case _:
            raise ListingUnreadable("this is no list of clients of UniFi")
    wanted = {address_of(each) for each in access_points}
    found = []
    for each in clients:
        its = each if isinstance(each, dict) else {}
        if its.get("is_wired") is True or its.get("authorized") is False:
            continue
        if wanted and address_of(its.get("ap_mac")) not in wanted:
            continue
        found.append(address_of(its.get("mac")))
    return listing_of(found)
