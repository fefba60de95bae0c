"""The line between one edge and the broker: a TCP relay that can be cut and mended."""

import asyncio
import contextlib
import socket


class Line:
    """Listens on ``port`` of loopback and passes everything on to ``target``. While it is cut nobody listens there."""

    def __init__(self, *, port: int, target: int) -> None:
        self.port = port
        self._target = target
        self._serving: asyncio.Task[None] | None = None
        self._pairs: set[asyncio.Task[None]] = set()

    @property
    def up(self) -> bool:
        return self._serving is not None

    def mend(self) -> None:
        """Let connections through; also how the line first comes up. Raises ``OSError`` when the port is taken."""
        if self._serving is None:
            listener = socket.create_server(("127.0.0.1", self.port))
            self._serving = asyncio.create_task(self._serve(listener), name=f"line on port {self.port}")

    def cut(self) -> None:
        """Break every connection without a goodbye, and refuse new ones."""
        if self._serving is not None:
            self._serving.cancel()
            self._serving = None
        for pair in self._pairs:
            pair.cancel()

    async def stop(self) -> None:
        """Cut, and wait until everything is closed."""
        ending = {*self._pairs, *([self._serving] if self._serving is not None else [])}
        self.cut()
        if ending:
            await asyncio.wait(ending)

    async def _serve(self, listener: socket.socket) -> None:
        server = await asyncio.start_server(self._relay, sock=listener)
        try:
            await server.serve_forever()
        finally:
            server.close()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._pairs.add(task)
            task.add_done_callback(self._pairs.discard)
        far: asyncio.StreamWriter | None = None
        try:
            far_reader, far = await asyncio.open_connection("127.0.0.1", self._target)
            ways = [asyncio.create_task(_pump(reader, far)), asyncio.create_task(_pump(far_reader, writer))]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.wait(ways)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            for end in (writer, far):
                if end is not None:
                    end.transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
