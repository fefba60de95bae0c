"""Limits for one client: connections, the size of a request head, the time of an unfinished request.

uvicorn bounds none of these by itself. A connection that waits for its client gives way to a new one when there are
too many, oldest first; one whose request is being answered does not.
"""

from __future__ import annotations

import asyncio
import logging
import resource
import time
from collections import Counter
from collections.abc import Iterable
from http import HTTPStatus
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import cast

import httptools
import msgspec
import prometheus_client
import uvicorn
from prometheus_client import CollectorRegistry
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

log = logging.getLogger(__name__)

KEEP_ALIVE_S = 75
"""How long a connection may rest. Longer than clients keep one (5 to 60 s), so that none is closed on a request."""
GRACE_S = 5
"""How long open requests may take to finish when the controller stops."""
MESSAGE_BYTES = 64 * 1024
"""Largest message of a WebSocket; the screens only listen."""
LOG_EVERY_S = 60.0
SILENT = "silent"
SILENT_LOGGED = 50
"""Fewer are not logged: browsers open connections ahead that they do not use."""
_DESCRIPTORS_WANTED = 8_192
_DESCRIPTORS_RESERVED = 256
"""For the database, the broker and files."""


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """``most``: open connections in all. ``most_of_one``: of one address, or one /64 network of IPv6; those of a
    trusted proxy are its clients' and only count in all. ``head_bytes``: address and fields of a request together.
    ``head_s``: how long a new connection may say nothing, and a head may take. ``stall_s``: how long a body may make no
    progress, and a client may read nothing of an answer. ``body_s``: how long a body may take. ``linger_s``: how long a
    client may go on sending after it was answered."""

    most: int = 1_000
    most_of_one: int = 200
    head_bytes: int = 32 * 1024
    head_fields: int = 100
    head_s: float = 20.0
    stall_s: float = 20.0
    body_s: float = 300.0
    linger_s: float = 5.0
    sweep_every_s: float = 1.0


Networks = tuple[IPv4Network | IPv6Network, ...]


def bounds_of_process(most: int) -> Bounds:
    """At most ``most`` connections, as many as this process may have open; asks the kernel for descriptors first."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = max(_DESCRIPTORS_WANTED, most + _DESCRIPTORS_RESERVED)
    wanted = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    return Bounds(most=most if soft == resource.RLIM_INFINITY else max(1, min(most, soft - _DESCRIPTORS_RESERVED)))


class Connections:
    """Those that are open. ``proxies``: whose connections are other people's."""

    def __init__(self, registry: CollectorRegistry, bounds: Bounds, *, proxies: Networks = ()) -> None:
        self.bounds = bounds
        self._proxies = proxies
        self._open: dict[BoundedHttp, str] = {}
        self._by_address: Counter[str] = Counter()
        self._waiting: dict[BoundedHttp, None] = {}
        self._dropped: Counter[str] = Counter()
        self._last_address = ""
        self._logged_at = -LOG_EVERY_S
        self._count = prometheus_client.Counter(
            "hallkeeper_http_dropped", "Connections and requests that were dropped.", ("why",), registry=registry
        )

    def admit(self, connection: BoundedHttp, host: str) -> bool:
        """Admit a new connection, if necessary by dropping one that waits for its client; False without room."""
        address = self._address(host)
        if address and self._by_address[address] >= self.bounds.most_of_one and not self._make_room(address):
            self.note("too many connections of one address", host)
            return False
        if len(self._open) >= self.bounds.most and not self._make_room(None):
            self.note("too many connections", host)
            return False
        self._open[connection] = address
        self._by_address[address] += 1
        self._waiting[connection] = None
        return True

    def release(self, connection: BoundedHttp) -> None:
        """Idempotent."""
        address = self._open.pop(connection, None)
        self._waiting.pop(connection, None)
        if address is not None:
            self._by_address[address] -= 1
            if not self._by_address[address]:
                del self._by_address[address]

    def waits(self, connection: BoundedHttp) -> None:
        """It is the client's turn."""
        if connection in self._open:
            self._waiting[connection] = None

    def works(self, connection: BoundedHttp) -> None:
        """It is our turn."""
        self._waiting.pop(connection, None)

    def note(self, why: str, host: str) -> None:
        """Count what was dropped; ``run`` logs it."""
        self._count.labels(why).inc()
        self._dropped[why] += 1
        self._last_address = host

    async def run(self) -> None:
        """Drop connections that take too long; runs forever."""
        while True:
            await asyncio.sleep(self.bounds.sweep_every_s)
            now = asyncio.get_running_loop().time()
            for connection in list(self._open):
                connection.drop_if_late(now)
            self._log_dropped(time.monotonic())

    def _log_dropped(self, now: float) -> None:
        if self._dropped and now - self._logged_at >= LOG_EVERY_S:
            counts = {
                why.replace(" ", "_"): count
                for why, count in self._dropped.items()
                if why != SILENT or count >= SILENT_LOGGED
            }
            if counts:
                fields = {"action": "connections", **counts, "last_address": self._last_address}
                log.warning("Connections were dropped", extra=fields)
            self._dropped.clear()
            self._logged_at = now

    def _make_room(self, address: str | None) -> bool:
        for connection in self._waiting:
            if address is None or self._open[connection] == address:
                connection.drop("gave way to a new connection")
                return True
        return False

    def _address(self, host: str) -> str:
        """Empty for a proxy and for what is no address."""
        try:
            address = ip_address(host)
        except ValueError:
            return ""
        if any(address in network for network in self._proxies):
            return ""
        return host if address.version == 4 else str(IPv6Network((address, 64), strict=False))


class BoundedHttp(HttpToolsProtocol):
    """A connection. ``config``: a ``BoundedConfig``."""

    def __init__(self, config: BoundedConfig, *args: object, **more: object) -> None:
        super().__init__(config, *args, **more)  # type: ignore[arg-type]
        self._all = config.connections
        self.headers = []
        self._host = ""
        self._in_head = self._in_body = False
        self._since = self._moved_at = 0.0
        self._head_bytes = self._field_bytes = 0
        self._blocked_at: float | None = None
        self._answered_at: float | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._host = self.client[0] if self.client else ""
        self._begin_head()
        if not self._all.admit(self, self._host):
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self.release()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._unset_keepalive_if_required()
        self._moved_at = self.loop.time()
        began = self._in_head
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            if self._should_upgrade():
                self.handle_websocket_upgrade()
            else:
                self._refuse(HTTPStatus.BAD_REQUEST, "unsupported upgrade")
            return
        except httptools.HttpParserError:
            if self._too_large:
                self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "head too large")
            else:
                self._refuse(HTTPStatus.BAD_REQUEST, "no HTTP")
            return
        if began and self._in_head:  # the parser does not report a field before it has ended
            self._head_bytes += len(data)
            if self._too_large:
                self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "head too large")

    def handle_websocket_upgrade(self) -> None:
        self._all.works(self)
        super().handle_websocket_upgrade()
        socket = self.transport.get_protocol()
        assert isinstance(socket, BoundedWebSocket)
        socket.taken_over = self
        self._in_head = self._in_body = False

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if not self._in_head:
            self._begin_head()

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        self._take_head(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        self._take_head(len(name) + len(value))

    def on_headers_complete(self) -> None:
        self._in_head, self._in_body = False, True
        self._since = self.loop.time()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._in_body = False
        self._answered_at = None
        self._all.works(self)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._in_body:
            self._answered_at = self.loop.time()
        if self.cycle.response_complete:  # else another that was sent along is being answered
            self._all.waits(self)

    def pause_writing(self) -> None:
        self._blocked_at = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        self._blocked_at = None
        super().resume_writing()

    def drop_if_late(self, now: float) -> None:
        """Drop the connection where its client has had its time."""
        bounds = self._all.bounds
        if self._blocked_at is not None and now - self._blocked_at > bounds.stall_s:
            self.drop("answer not taken")
        elif self._answered_at is not None and now - self._answered_at > bounds.linger_s:
            self.drop("body after the answer")
        elif self._in_head and now - self._since > bounds.head_s:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, "head too slow") if self._head_bytes else self.drop(SILENT)
        elif (
            self._in_body
            and not self.flow.read_paused  # else it is we who are slow
            and (now - self._moved_at > bounds.stall_s or now - self._since > bounds.body_s)
        ):
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, "body too slow")

    def release(self) -> None:
        """It does not count any more. Idempotent."""
        self._all.release(self)

    def drop(self, why: str) -> None:
        """Close at once."""
        self._all.note(why, self._host)
        self._all.release(self)
        self.transport.abort()

    def _begin_head(self) -> None:
        self._in_head = True
        self._head_bytes = self._field_bytes = 0
        self._since = self._moved_at = self.loop.time()

    @property
    def _too_large(self) -> bool:
        bounds, bytes_now = self._all.bounds, max(self._head_bytes, self._field_bytes)
        return bytes_now > bounds.head_bytes or len(self.headers) > bounds.head_fields

    def _take_head(self, size: int) -> None:
        self._field_bytes += size
        if self._too_large:
            raise ValueError("the head is too large")  # ends the parser's work

    def _refuse(self, status: HTTPStatus, why: str) -> None:
        """Say so, unless an answer has begun, and close."""
        self._all.note(why, self._host)
        self._all.release(self)
        self._in_head = self._in_body = False
        cycle = cast("RequestResponseCycle | None", self.cycle)
        if cycle is None or cycle.response_complete or not cycle.response_started:
            self.transport.write(
                f"HTTP/1.1 {status} {status.phrase}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n".encode()
            )
        self.transport.close()


class BoundedWebSocket(WebSocketsSansIOProtocol):
    """``taken_over``: the connection that it was, which still counts."""

    taken_over: BoundedHttp | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        if self.taken_over is not None:
            self.taken_over.release()
        super().connection_lost(exc)


class BoundedConfig(uvicorn.Config):
    """uvicorn's settings for connections that are bounded."""

    def __init__(self, app: object, connections: Connections, *, proxies: Iterable[str] = ()) -> None:
        self.connections = connections
        super().__init__(
            app,  # type: ignore[arg-type]
            http=BoundedHttp,
            ws=BoundedWebSocket,
            ws_max_size=MESSAGE_BYTES,
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            forwarded_allow_ips=list(proxies),
            timeout_graceful_shutdown=GRACE_S,
            timeout_keep_alive=KEEP_ALIVE_S,
        )
