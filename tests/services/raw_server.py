"""A TCP server that does what a test says, and leaves no connection open when it ends."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def raw_server(serve: Serve, *, limit: int = 2**16) -> AsyncIterator[int]:
    """Listens on a loopback port inside the block; gives the port. ``limit``: of a line, in bytes. A connection that is
    open at the end is cut, whatever ``serve`` waits for."""
    open_ones: list[tuple[asyncio.Task[None], asyncio.StreamWriter]] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await serve(reader, writer)

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_ones.append((asyncio.create_task(answer(reader, writer), name="raw server"), writer))

    server = await asyncio.start_server(connected, "127.0.0.1", 0, limit=limit)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await asyncio.sleep(0.01)  # one that was taken at that moment is among the open ones then
        for task, writer in open_ones:
            task.cancel()
            writer.transport.abort()
        await asyncio.gather(*(task for task, _ in open_ones), return_exceptions=True)
        await asyncio.sleep(0)  # transports close in the next round
