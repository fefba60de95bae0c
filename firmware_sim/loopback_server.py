"""An HTTP server of the demo's own process, on loopback alone."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp


def listening(port: int) -> socket.socket:
    """A socket that holds ``port`` of 127.0.0.1. Raises ``OSError`` when it is taken."""
    return socket.create_server(("127.0.0.1", port))


class LoopbackServer:
    """Serves ``app`` from now on."""

    def __init__(self, app: ASGIApp, listener: socket.socket) -> None:
        config = uvicorn.Config(app, log_level="warning", server_header=False, timeout_graceful_shutdown=2)
        self._server = _Server(config)
        self._serving = asyncio.create_task(self._server.serve([listener]), name="pages of the demo")

    async def stop(self) -> None:
        """Close it and everybody's connection."""
        self._server.should_exit = True
        await self._serving


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The demo ends it; signals are the demo's."""
        yield
