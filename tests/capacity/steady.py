"""Requests at a steady rate over connections that stay open, each timed from when it was due."""

import asyncio
import time
from collections.abc import Sequence

from firmware_sim.fleet_tally import Latencies

CONNECTIONS = 20


class Steady:
    """``per_s`` requests a second for ``for_s`` seconds. One that is late because the last one still runs counts its
    wait, so that a server that stops is not flattered."""

    def __init__(self, address: str, token: str, paths: Sequence[str]) -> None:
        self._host, _, port = address.removeprefix("http://").partition(":")
        self._port = int(port)
        self._head = f" HTTP/1.1\r\nHost: {self._host}:{port}\r\nAuthorization: Bearer {token}\r\n\r\n"
        self._paths = paths
        self.latencies = Latencies()
        self.failed = 0

    async def run(self, *, per_s: float, for_s: float) -> float:
        """The seconds until the last was answered."""
        began = time.monotonic()
        each_s = CONNECTIONS / per_s
        await asyncio.gather(
            *(self._one(number, began + number / per_s, each_s, began + for_s) for number in range(CONNECTIONS))
        )
        return time.monotonic() - began

    async def _one(self, number: int, due: float, each_s: float, until: float) -> None:
        reader, writer = await asyncio.open_connection(self._host, self._port)
        try:
            while due < until:
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                writer.write(f"GET /api/v1{self._paths[number % len(self._paths)]}{self._head}".encode())
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
                await reader.readexactly(length)
                self.failed += not head.startswith(b"http/1.1 200")
                self.latencies.add(time.monotonic() - due)
                due, number = due + each_s, number + 1
        finally:
            writer.close()
