"""Stations of OpenWrt and UniFi, from recordings of our own making (tests/data/wifi) that a real HTTP server plays."""

import asyncio
import contextlib
import json
import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import ListingUnreadable, LoginRefused
from edge.sensors.config import UbusConfig, UnifiConfig
from edge.sensors.station_set import Listing
from edge.sensors.station_web import REFUSED_S, UbusSource, UnifiSource, exchange, read_ubus, read_unifi
from edge.system.liveness import Liveness
from edge.wire.events import FaultData, WifiData
from edge.wire.faults import FaultCode
from tests.edge.hall import Hall, config, with_hall
from tests.edge.now import Now

RECORDED = Path(__file__).parents[1] / "data" / "wifi"
PHONE, LAPTOP = bytes.fromhex("021fa04405c6"), bytes.fromhex("b827eb000b01")
PASSWORD = "hall of mirrors"
BEGINS = datetime(2026, 1, 1, tzinfo=UTC)

Answer = tuple[int, bytes, str]
"""Status, body, cookie."""
Play = Callable[[str, str, Any], Answer]
"""Answers a path, a cookie and a body."""


def recorded(name: str) -> bytes:
    return (RECORDED / f"{name}.json").read_bytes()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that breaks off is none of its business."""


@contextlib.contextmanager
def served(play: Play, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """The URL of a server that plays."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, said, cookie = play(self.path, self.headers.get("Cookie") or "", json.loads(body or b"null"))
            self.send_response(status)
            if cookie:
                self.send_header("Set-Cookie", f"{cookie}; Path=/; HttpOnly")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_POST = do_GET  # noqa: N815  # the library's name

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    with serving(_Server(("127.0.0.1", 0), Handler), tls) as url:
        yield url


@contextlib.contextmanager
def serving(server: socketserver.ThreadingTCPServer, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """The URL of a server that runs meanwhile."""
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def ubus(url: str, now: Now | None = None, *, password: str = PASSWORD) -> UbusSource:
    asked = UbusConfig(
        id="ap", zone="hall", url=url, username="hallkeeper", password_file="ap", password=password,
        interfaces=("phy0-ap0",),
    )  # fmt: skip
    return UbusSource(asked, monotonic=now or Now(), liveness=Liveness(), late=lambda: None)


def unifi(url: str, now: Now | None = None, *access_points: str, fingerprint: str | None = None) -> UnifiSource:
    asked = UnifiConfig(
        id="ap", zone="hall", url=url, username="hallkeeper", password_file="ap", password=PASSWORD,
        access_points=access_points, fingerprint=fingerprint,
    )  # fmt: skip
    return UnifiSource(asked, monotonic=now or Now(), liveness=Liveness(), late=lambda: None)


class OpenWrt:
    """Plays ubus; ``sessions``: how many logins it let in."""

    def __init__(self) -> None:
        self.sessions = self.tries = 0
        self.held, self.password = "", PASSWORD
        self.says = recorded("ubus_clients")

    def __call__(self, path: str, cookie: str, body: Any) -> Answer:
        session, thing, method, arguments = body["params"]
        assert path == "/ubus"
        if (thing, method) == ("session", "login"):
            self.tries += 1
            if arguments != {"username": "hallkeeper", "password": self.password}:
                return 200, recorded("ubus_refused"), ""
            self.sessions += 1
            said = json.loads(recorded("ubus_login"))
            self.held = said["result"][1]["ubus_rpc_session"] = f"{self.sessions:032x}"
            return 200, json.dumps(said).encode(), ""
        assert (thing, method) == ("hostapd.phy0-ap0", "get_clients")
        return 200, self.says if session == self.held else recorded("ubus_denied"), ""


class UniFi:
    """Plays a console with UniFi OS, or an ``older`` controller."""

    def __init__(self, *, older: bool = False) -> None:
        self.older = older
        self.login, self.before = ("/api/login", "") if older else ("/api/auth/login", "/proxy/network")
        self.sessions = self.tries = 0
        self.refuses = False

    def __call__(self, path: str, cookie: str, body: Any) -> Answer:
        if path == self.login:
            self.tries += 1
            if self.refuses or body != {"username": "hallkeeper", "password": PASSWORD}:
                return 403, b'{"code":"AUTHENTICATION_FAILED_INVALID_CREDENTIALS"}', ""
            self.sessions += 1
            return 200, b"{}", f"TOKEN={self.sessions}"
        if path != f"{self.before}/api/s/default/stat/sta":
            return (401, recorded("unifi_signed_out"), "") if self.older else (404, b"not found", "")
        if cookie != f"TOKEN={self.sessions}":
            return 401, recorded("unifi_signed_out"), ""
        return 200, recorded("unifi_sta"), ""


async def test_openwrt_lists_authorised_stations_and_signs_in_once() -> None:
    router = OpenWrt()
    with served(router) as url:
        source = ubus(url)
        for _ in range(3):
            assert (await source.listing()).addresses == {PHONE, LAPTOP}
    assert router.sessions == 1


async def test_openwrt_is_asked_again_with_a_new_session_when_that_has_ended() -> None:
    router = OpenWrt()
    with served(router) as url:
        source = ubus(url)
        await source.listing()
        router.held = "ended"
        assert (await source.listing()).addresses == {PHONE, LAPTOP}
    assert router.sessions == 2


@pytest.mark.parametrize("older", [False, True])
async def test_unifi_lists_wireless_clients_past_the_portal(older: bool) -> None:
    console = UniFi(older=older)
    with served(console) as url:
        source = unifi(url)
        for _ in range(2):
            listing = await source.listing()
            assert listing == Listing(frozenset({PHONE, LAPTOP}), set_aside=1)
        console.sessions += 1
        assert len((await source.listing()).addresses) == 2


async def test_unifi_lists_those_of_the_named_access_points() -> None:
    with served(UniFi()) as url:
        assert (await unifi(url, None, "78:45:58:00:00:0B").listing()).addresses == {LAPTOP}


@pytest.mark.parametrize("status", [400, 401, 403, 429, 499])
async def test_each_way_to_refuse_a_login_is_a_refusal(status: int) -> None:
    with served(lambda path, cookie, asked: (status, b"{}", "")) as url, pytest.raises(LoginRefused):
        await unifi(url).listing()


async def test_a_refused_login_is_not_tried_again_for_ten_minutes() -> None:
    now, router, console = Now(), OpenWrt(), UniFi()
    console.refuses = True
    with served(router) as of_router, served(console) as of_console:
        sources = ubus(of_router, now, password="wrong"), unifi(of_console, now)
        for at, tries in ((0.0, 1), (60.0, 1), (REFUSED_S - 1, 1), (REFUSED_S, 2)):
            now.s = at
            for source in sources:
                with pytest.raises(LoginRefused) as caught:
                    await source.listing()
                assert "wrong" not in str(caught.value)
            assert (router.tries, console.tries) == (tries, tries)


@pytest.mark.parametrize("second", [401, 400, 404, 500, None], ids=str)
async def test_a_login_that_unifi_denies_at_one_path_is_tried_at_the_other_and_then_not_for_ten_minutes(
    second: int | None,
) -> None:
    now, asked = Now(), list[str]()

    def play(path: str, cookie: str, body: Any) -> Answer:
        asked.append(path)
        if path == "/api/login" and second is None:
            raise ConnectionAbortedError
        return (second or 0) if path == "/api/login" else 401, b"{}", ""

    with served(play) as url:
        source = unifi(url, now)
        for at, tries in ((0.0, 1), (60.0, 1), (REFUSED_S - 1, 1), (REFUSED_S, 2)):
            now.s = at
            with pytest.raises(LoginRefused):
                await source.listing()
            assert asked == ["/api/auth/login", "/api/login"] * tries


@pytest.mark.parametrize("status", [200, 302, 404, 500])
@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"null", b'{"result":[0]}', b'{"meta":{}}', b"[" * 5000, b"\xff"]
)
async def test_nonsense_is_unreadable(status: int, body: bytes) -> None:
    with served(lambda path, cookie, asked: (status, body, "a=b")) as url:
        for source in (ubus(url), unifi(url)):
            with pytest.raises(ListingUnreadable):
                await source.listing()


async def test_one_that_is_not_there_is_an_error() -> None:
    with contextlib.closing(socket.socket()) as deaf:
        deaf.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        for source in (ubus(url), unifi(url)):
            with pytest.raises(ConnectionRefusedError):
                await source.listing()


DRIPS = {
    "in its status": b"HTTP/1.0 200 ",
    "in its headers": b"HTTP/1.0 200 OK\r\nX: ",
    "in its body": b"HTTP/1.0 200 OK\r\n\r\n",
    "in a size": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
}


@pytest.mark.parametrize("tls", [False, True], ids=["http", "https"])
@pytest.mark.parametrize("begins", DRIPS.values(), ids=DRIPS)
def test_an_answer_that_drips_in_is_broken_off(
    begins: bytes, tls: bool, certificate: tuple[ssl.SSLContext, str]
) -> None:
    class Dripping(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(65536)
            self.request.sendall(begins)
            ends = time.monotonic() + 60
            while time.monotonic() < ends:
                self.request.sendall(b"0")
                time.sleep(0.01)

    with serving(_Server(("127.0.0.1", 0), Dripping), certificate[0] if tls else None) as url:
        asked = unifi(url, fingerprint=certificate[1] if tls else None)._config
        with pytest.raises(ListingUnreadable, match="takes too long"):
            exchange(asked, "/", within_s=0.1)


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[ssl.SSLContext, str]:
    """A console's own certificate, which nobody has signed, and its fingerprint."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "UniFi")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, BEGINS, BEGINS + timedelta(days=36_500))
    signed = made.sign(key, hashes.SHA256())
    (tmp_path / "pem").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + signed.public_bytes(Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "pem")
    return context, signed.fingerprint(hashes.SHA256()).hex(":").upper()


async def test_a_console_without_an_authority_is_known_by_its_fingerprint(
    certificate: tuple[ssl.SSLContext, str],
) -> None:
    console = UniFi()
    with served(console, certificate[0]) as url:
        assert len((await unifi(url, fingerprint=certificate[1]).listing()).addresses) == 2


async def test_a_password_is_sent_to_no_other_certificate(certificate: tuple[ssl.SSLContext, str]) -> None:
    console = UniFi()
    with served(console, certificate[0]) as url:
        for fingerprint, error in ((None, ssl.SSLError), ("ab" * 32, ListingUnreadable)):
            with pytest.raises(error):
                await unifi(url, fingerprint=fingerprint).listing()
    assert console.tries == 0


def test_a_refused_login_is_a_fault_of_the_source_alone_until_it_is_let_in() -> None:
    router = OpenWrt()

    async def act(hall: Hall) -> None:
        await asyncio.sleep(120)
        assert [(each.code, each.present) for each in hall.data(FaultData)] == [(FaultCode.STATIONS_REFUSED, True)]
        assert hall.state("ap").values["stations"] is None
        assert router.tries == 1
        await hall.order(hall.command())
        assert hall.unlocked()
        router.password = PASSWORD
        await asyncio.sleep(REFUSED_S)
        assert [each.stations for each in hall.data(WifiData)][:1] == [2]
        assert not hall.data(FaultData)[-1].present
        assert hall.state("ap").values["failures"] == REFUSED_S / 60

    router.password = "another"
    with served(router) as url:
        source = UbusConfig(
            id="ap", zone="hall", url=url, username="hallkeeper", password_file="ap", password=PASSWORD,
            interfaces=("phy0-ap0",),
        )  # fmt: skip
        with_hall(act, config=msgspec.structs.replace(config(), wifi=(source,)))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=10,
)


@given(json_values)
def test_any_clients_become_stations_or_are_set_aside(value: Any) -> None:
    said = {"meta": {"rc": "ok"}, "data": [{"mac": value}, value, {"mac": "02:1f:a0:44:05:c6"}]}
    assert PHONE in read_unifi(said).addresses
    with contextlib.suppress(ListingUnreadable):
        read_ubus({"clients": value})
    with contextlib.suppress(ListingUnreadable, LoginRefused):
        read_unifi(value)
