"""The application on a real socket, in the test's own process."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from controller.app.main import Server
from controller.platform.settings import Listen
from controller.platform.web.connection_limits import BoundedConfig, Bounds, Connections

_USUAL = Bounds()


@asynccontextmanager
async def serving(app: FastAPI, bounds: Bounds = _USUAL, *, port: int = 0) -> AsyncIterator[str]:
    """Serves until the end of the block; gives the address. ``port``: 0 for any."""
    with socket.create_server(("127.0.0.1", port)) as listener:
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # as controller.app.main has it
        connections = Connections(CollectorRegistry(), bounds, proxies=Listen().trusted)
        server = Server(BoundedConfig(app, connections, proxies=Listen().proxies))
        task = asyncio.create_task(server.serve(sockets=[listener]), name="uvicorn")
        sweeper = asyncio.create_task(connections.run(), name="connections")
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            sweeper.cancel()
            await task
