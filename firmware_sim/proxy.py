"""The line between one edge and the broker: a TCP relay that can be cut and mended."""

import asyncio
import contextlib


class Line:
    """Listens on ``port`` of loopback (0: any free one) and passes everything on to ``target``."""

    def __init__(self, target: int, port: int = 0) -> None:
        self._target = target
        self.port = port
        self.up = True
        self._server: asyncio.Server | None = None
        self._pairs: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._relay, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        self._break()
        if self._pairs:
            await asyncio.wait(self._pairs)

    def cut(self) -> None:
        """Break every connection without a goodbye; refuse new ones until mended."""
        self.up = False
        self._break()

    def mend(self) -> None:
        self.up = True

    def _break(self) -> None:
        for pair in self._pairs:
            pair.cancel()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._pairs.add(task)
            task.add_done_callback(self._pairs.discard)
        far: asyncio.StreamWriter | None = None
        try:
            if not self.up:
                return
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
