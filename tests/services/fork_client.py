"""Starts controllers and edges through the fork server, which saves the CPU of importing them."""

import asyncio
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from firmware_sim.child_process import Process
from tests.services import fork_server
from tests.services.process import Service


class ForkedProcess:
    """As asyncio's own process."""

    def __init__(self, pid: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._ended = asyncio.create_task(self._follow(reader, writer), name=f"waits for process {pid}")

    async def _follow(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> int:
        try:
            self.returncode = int(await reader.readline() or -signal.SIGKILL)  # it ends with the server
        finally:
            writer.transport.abort()
        return self.returncode

    async def wait(self) -> int:
        return await asyncio.shield(self._ended)


class ForkServer:
    """The client's side. ``socket`` is where the server listens."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket

    async def start(self, argv: Sequence[str], log: Path, env: Mapping[str, str]) -> Process:
        """As ``firmware_sim.child_process.Start``, for `hallkeeper`. What is started ends with the server."""
        reader, writer = await asyncio.open_unix_connection(str(self._socket))
        request = fork_server.Request(argv=list(argv), log=str(log), env=dict(env))
        writer.write(msgspec.json.encode(request) + b"\n")
        return ForkedProcess(int(await reader.readline()), reader, writer)


@contextmanager
def running_at(folder: Path) -> Iterator[ForkServer]:
    """A server with its socket and its log in ``folder``; what it has started ends with it."""
    address = folder / "socket"
    # -P: what lies beside this file must not hide modules of the standard library.
    argv = [sys.executable, "-P", fork_server.__file__, str(address)]
    service = Service("fork server", argv, log=folder / "fork-server.log", ready=address.exists)
    service.start()
    try:
        yield ForkServer(address)
    finally:
        service.stop()
