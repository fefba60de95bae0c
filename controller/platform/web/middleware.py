"""Middleware of every request: size limit, security headers, log line and metrics.

Plain ASGI middlewares. No line or metric holds a path as it was sent: a door page's path is a secret, so
only the route's template is named.
"""

import logging
import time
from collections.abc import Callable
from http import HTTPStatus
from ipaddress import ip_address
from urllib.parse import urlsplit

from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from controller.platform.text.request_id import REQUEST, request_id
from controller.platform.web.problem import Misdirected, Problem, TooLarge, problem_response, shown_path

log = logging.getLogger(__name__)

BODY_LIMIT = 1024 * 1024
"""Largest request body, in bytes."""
FILE_LIMIT = 4 * 1024 * 1024
"""Largest file of a site, in bytes; its floor plan is in it."""
CALENDAR_LIMIT = 8 * 1024 * 1024
"""Largest calendar file, in bytes."""

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = (
    (b"content-security-policy", CONTENT_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(self), microphone=()"),
    (b"cache-control", b"no-store"),
)
_NO_FRAME = b"frame-ancestors 'none'"
_OLD_FRAME = b"x-frame-options"
"""What names no origin cannot allow one."""
_HSTS = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")


_FRAMED = b"frame-ancestors *"


class HeadersMiddleware:
    """Adds the security headers; one that a route has set itself stays as it is. ``framed_by``: the origins whose
    pages may show ours in a frame."""

    def __init__(self, app: ASGIApp, *, secure: bool, framed_by: tuple[str, ...] = ()) -> None:
        self._app = app
        self._headers = (*_HEADERS, _HSTS) if secure else _HEADERS
        self._framed_by = f"frame-ancestors {' '.join(framed_by)}".encode() if framed_by else b""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                there = list(message.get("headers", ()))
                names = {name.lower() for name, _ in there}
                if any(name == b"content-security-policy" and _FRAMED in value for name, value in there):
                    names |= {b"x-frame-options"}  # older than frame-ancestors, and would forbid what that allows
                message["headers"] = there + [each for each in self._headers if each[0] not in names]
                if self._framed_by:
                    message["headers"] = [self._framed(*each) for each in message["headers"] if each[0] != _OLD_FRAME]
            await send(message)

        return await self._app(scope, receive, dressed)

    def _framed(self, name: bytes, value: bytes) -> tuple[bytes, bytes]:
        """A header as those may have it who may frame our pages."""
        return name, value.replace(_NO_FRAME, self._framed_by) if name.lower() == b"content-security-policy" else value


class HostMiddleware:
    """Refuses requests for a name that is not ours: a page that was loaded under another name could otherwise have its
    reader's browser ask us (DNS rebinding). An IP address cannot be such a name."""

    def __init__(self, app: ASGIApp, *, names: frozenset[str], address: str) -> None:
        self._app = app
        self._names = names
        self._address = address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            return await self._app(scope, receive, send)
        said = next((value for name, value in scope["headers"] if name == b"host"), b"")
        if self._ours(said):
            return await self._app(scope, receive, send)
        if scope["type"] == "websocket":
            return await send({"type": "websocket.close", "code": 4421, "reason": "another host's"})
        problem = Misdirected(
            f"this controller does not answer for {said.decode('latin-1')[:100]!r}; use {self._address}, "
            "or have the name added to `names` under [listen] in its configuration"
        )
        return await problem_response(problem, shown_path(scope["path"]))(scope, receive, send)

    def _ours(self, said: bytes) -> bool:
        try:
            name = urlsplit(f"//{said.decode('ascii')}").hostname or ""
        except ValueError:
            return False
        return name.rstrip(".") in self._names or is_address(name)


class WatchMiddleware:
    """Counts and times requests, logs writes and failures, and answers 500 for what nobody foresaw. Gives each request
    an id, by which its answer and the lines of the log name it."""

    def __init__(self, app: ASGIApp, *, registry: CollectorRegistry) -> None:
        self._app = app
        self._answers = Counter(
            "hallkeeper_http_answers", "Requests answered.", ("method", "route", "status"), registry=registry
        )
        self._seconds = Histogram(
            "hallkeeper_http_seconds", "Time to answer, in seconds.", ("route",), registry=registry
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        began = time.perf_counter()
        status = 0
        request = request_id(next((value for name, value in scope["headers"] if name == b"traceparent"), b""))
        REQUEST.set(request)

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request.encode())]
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except ClientDisconnect:
            return None  # nobody is there to hear
        except Exception:
            fields = {"action": "request", "method": scope["method"], "route": _route(scope)}
            log.exception("A request failed", extra=fields)
            if status:
                raise  # half an answer is out; cutting the connection is all that is left
            problem = Problem("this failed; the controller's log says why")
            await problem_response(problem, _route(scope))(scope, receive, noted)
        finally:
            self._note(scope, status, time.perf_counter() - began)
        return None

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route, method = _route(scope), scope["method"]
        self._answers.labels(method if method in _METHODS else "other", route, status).inc()
        self._seconds.labels(route).observe(seconds)
        level = logging.DEBUG if method in {"GET", "HEAD"} and status not in _NOTED and status < 500 else logging.INFO
        fields = {"action": "request", "method": method, "route": route, "status": status}
        if status in _NOTED or (status == HTTPStatus.UNAUTHORIZED and method != "GET"):
            # who was refused and from which address; never what they typed
            fields |= {"address": (scope.get("client") or ("",))[0], "user": scope.get("state", {}).get("user")}
        log.log(level, "A request was answered", extra=fields | {"ms": round(seconds * 1000, 1)})


_NOTED = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS})
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def is_address(name: str) -> bool:
    """Whether a host is an IP address."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _route(scope: Scope) -> str:
    """The route's template, such as /sites/{site}; never the path as sent."""
    return getattr(scope.get("route"), "path", "none")


class LimitMiddleware:
    """Refuses bodies over the limit with 413, by their announced length or while they come in.
    ``csv_limit``: that of CSV files. ``document_limit``: that of parties' documents; a page sends one in a form.
    ``refusing_page``: what a form of a page is answered, for a limit in bytes and whether it takes a file."""

    def __init__(
        self, app: ASGIApp, *, csv_limit: int, document_limit: int, refusing_page: Callable[[int, bool], Response]
    ) -> None:
        self._app = app
        self._refusing_page = refusing_page
        self._limits = {
            "calendar": CALENDAR_LIMIT,
            "import": csv_limit,
            "content": document_limit,
            "file": FILE_LIMIT,
            "upload": document_limit,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        last = scope["path"].rpartition("/")[2]
        largest = self._limits.get(last, BODY_LIMIT)
        limit = largest + BODY_LIMIT if last == "upload" else largest  # with what else is in its form
        text = f"a body may be at most {limit} bytes; send less, or in parts"

        async def refuse() -> None:
            if scope["path"].startswith("/api/"):
                answer: Response = problem_response(TooLarge(text), scope["path"])
            else:
                answer = self._refusing_page(largest, last == "upload")
            await answer(scope, receive, send)

        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if not announced.isdigit() or int(announced) > limit:
            return await refuse()
        taken = 0
        begun = False

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit:
                raise TooLarge(text)
            return message

        async def noted(message: Message) -> None:
            nonlocal begun
            if taken <= limit:  # else it is the framework's own idea of what went wrong
                begun = True
                await send(message)

        try:
            await self._app(scope, counted, noted)
        except TooLarge:
            if begun:
                raise
        if taken > limit and not begun:
            await refuse()
        return None
