"""Many WebSocket clients that take what they are sent; in a process of their own: `python -m tests.capacity.watchers`.

Standard input has a JSON object: `address`, `token`, `sites`, `number`. It prints `open` when all have their first
snapshot, and at the end of standard input how many are still open and how many more came.
"""

import asyncio
import json
import resource
import sys
from collections.abc import Sequence

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

AT_ONCE = 20
SNAPSHOT = '"type":"snapshot"'


class Watchers:
    """``got``: snapshots that came after each one's first."""

    def __init__(self, address: str, token: str, sites: Sequence[str]) -> None:
        self._address, self._sites = address, sites
        self._headers = {"Authorization": f"Bearer {token}"}
        self._taking: list[asyncio.Task[None]] = []
        self.got = 0

    @property
    def still_open(self) -> int:
        return sum(not task.done() for task in self._taking)

    async def open(self, number: int) -> None:
        """So many, spread over the sites; until each has its first snapshot."""
        opening = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(self._open_one(self._sites[n % len(self._sites)], opening) for n in range(number)))

    async def close(self) -> None:
        for task in self._taking:
            task.cancel()
        await asyncio.gather(*self._taking, return_exceptions=True)

    async def _open_one(self, site: str, opening: asyncio.Semaphore) -> None:
        async with opening:
            socket = await connect(
                f"ws://{self._address}/api/v1/live?site={site}",
                additional_headers=self._headers,
                compression=None,
                open_timeout=120,
                ping_interval=None,
            )
            await socket.recv()
        self._taking.append(asyncio.create_task(self._take(socket)))

    async def _take(self, socket: ClientConnection) -> None:
        try:
            async for message in socket:
                self.got += SNAPSHOT in str(message)
        except ConnectionClosed:
            pass  # `still_open` says so
        finally:
            await socket.close()


async def main() -> None:
    plan = json.loads(sys.stdin.readline())
    watchers = Watchers(plan["address"], plan["token"], plan["sites"])
    await watchers.open(plan["number"])
    print("open", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    print(json.dumps({"open": watchers.still_open, "snapshots": watchers.got}), flush=True)


if __name__ == "__main__":
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    asyncio.run(main())
