"""Many WebSocket clients in a process of their own, that take what they are sent: `python -m tests.capacity.watchers`.

Standard input has a JSON object: `address`, `token`, `sites`, `number`. It prints `open` when all have their first
snapshot, and at the end of standard input how many messages came to how many clients.
"""

import asyncio
import json
import resource
import sys

from websockets.asyncio.client import ClientConnection, connect

AT_ONCE = 20


async def main() -> None:
    plan = json.loads(sys.stdin.readline())
    headers = {"Authorization": f"Bearer {plan['token']}"}
    opening = asyncio.Semaphore(AT_ONCE)
    sockets: list[ClientConnection] = []
    got = 0

    async def take(socket: ClientConnection) -> None:
        nonlocal got
        async for _ in socket:
            got += 1

    async def open_one(number: int) -> None:
        site = f"fleet-{number % plan['sites'] + 1:05}"
        async with opening:
            socket = await connect(
                f"ws://{plan['address']}/api/v1/live?site={site}",
                additional_headers=headers,
                compression=None,
                open_timeout=120,
                ping_interval=None,
            )
            await socket.recv()
        sockets.append(socket)

    await asyncio.gather(*(open_one(number) for number in range(plan["number"])))
    taking = [asyncio.create_task(take(socket)) for socket in sockets]
    print("open", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    ended = sum(task.done() for task in taking)
    print(json.dumps({"open": len(sockets) - ended, "messages": got}), flush=True)
    for task in taking:
        task.cancel()


if __name__ == "__main__":
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    asyncio.run(main())
