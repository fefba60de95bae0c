"""From where the current task acts: a request, a command on this machine, or the controller itself."""

from collections.abc import Sequence
from contextvars import ContextVar
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_address

import msgspec
from starlette.types import ASGIApp, Receive, Scope, Send

from controller.web.middleware import is_address


class Source(StrEnum):
    """The kind of place that an action came from."""

    WEB = "web"
    """A browser that is signed in, or a page that needs no sign-in."""
    API = "api"
    """A program with a token, such as the command line of another machine."""
    CONSOLE = "console"
    """A command on the controller's own machine."""
    CONTROLLER = "controller"
    """The controller by itself."""


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """``user``: the id of who is signed in. ``name``: their name, which the audit log does not repeat in its rows.
    ``address``: of the client, where it is known."""

    source: Source
    user: str | None = None
    name: str = ""
    address: str = ""


_CONTROLLER = Origin(source=Source.CONTROLLER)
_origin: ContextVar[Origin] = ContextVar("origin", default=_CONTROLLER)


def origin() -> Origin:
    """That of the current task. A task inherits it from the one that made it."""
    return _origin.get()


def set_origin(value: Origin) -> None:
    """For the rest of the current task."""
    _origin.set(value)


class OriginMiddleware:
    """Notes where each request comes from; who is signed in is added by ``controller.people.authentication``."""

    def __init__(self, app: ASGIApp, *, proxies: Sequence[IPv4Network | IPv6Network]) -> None:
        self._app = app
        self._proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        before = _origin.set(Origin(source=Source.WEB, address=client_address(scope, self._proxies)))
        try:
            await self._app(scope, receive, send)
        finally:  # a server may handle several requests in one task, and a test's client works in the test's own
            _origin.reset(before)


def client_address(scope: Scope, proxies: Sequence[IPv4Network | IPv6Network]) -> str:
    """Where a request comes from; empty where that is a proxy's own address, which says nothing."""
    host = scope["client"][0] if scope.get("client") else ""
    return "" if not is_address(host) or any(ip_address(host) in each for each in proxies) else host
