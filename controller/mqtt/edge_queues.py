"""What came of each edge and waits to be handled: of one edge in its order, of several edges at the same time."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from controller.telemetry.envelope_verifier import EdgeName

AT_ONCE = 3
"""Of how many edges something is handled at the same time. Each may be waiting for the database or the broker; of
SQLite's four readers one is left to people."""
WAITING_BYTES = 16 * 1024 * 1024
"""From so many bytes on that wait here nothing more is taken; what the link holds back has a bound of its own."""
_ITEM_BYTES = 500
"""What an item takes beside its payload."""

Work = Callable[[], Awaitable[None]]


class _Item(NamedTuple):
    work: Work
    size: int


class EdgeQueues:
    """A queue for each edge. An edge whose session begins waits until nothing of the others does: else no edge's events
    were stored before every edge had been greeted."""

    def __init__(self, limit: int = WAITING_BYTES) -> None:
        self._limit = limit
        self._queues: dict[EdgeName, deque[_Item]] = {}
        """Of each edge with something that waits or is in work."""
        self._going_on: deque[EdgeName] = deque()
        self._beginning: deque[EdgeName] = deque()
        """The edges whose next item may be taken, in their turn: those of the second wait for those of the first."""
        self._ready = asyncio.Semaphore(0)
        self._size = 0
        self._room = asyncio.Event()
        self._room.set()

    @property
    def busy(self) -> bool:
        """Whether anything waits or is in work."""
        return bool(self._queues)

    async def put(self, name: EdgeName, work: Work, *, size: int = 0, begins: bool = False) -> None:
        """Do ``work`` after all that was put for the edge before; waits for room. ``size``: its bytes. ``begins``: it
        begins a session."""
        await self._room.wait()
        self._count(size + _ITEM_BYTES)
        item = _Item(work, size + _ITEM_BYTES)
        if name in self._queues:
            self._queues[name].append(item)
        else:
            self._queues[name] = deque([item])
            (self._beginning if begins else self._going_on).append(name)
            self._ready.release()

    async def run(self) -> None:
        """Do what is due, for ever; several may run."""
        while True:
            await self._ready.acquire()
            name = (self._going_on or self._beginning).popleft()
            queue = self._queues[name]
            try:
                await queue[0].work()
            finally:
                self._count(-queue.popleft().size)
                if queue:
                    self._going_on.append(name)
                    self._ready.release()
                else:
                    del self._queues[name]

    def _count(self, size: int) -> None:
        self._size += size
        (self._room.set if self._size < self._limit else self._room.clear)()
