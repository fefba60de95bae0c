"""What came of each edge and waits to be handled: of one edge in its order, of several edges at the same time."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from controller.telemetry.envelope_verifier import EdgeName

AT_ONCE = 3
"""Of how many edges something is handled at the same time. Each may be waiting for the database or the broker, and
hold one of SQLite's four readers, of which people need one."""
BEGINS_AFTER = 20
"""After so many items of edges that go on, one that begins has its turn, whatever the others send."""
WAITING_BYTES = 32 * 1024 * 1024
"""Room for what waits. An edge may take as much as is still free: one that floods takes half, and two a third each."""
ITEM_BYTES = 500
"""What an item takes beside its payload."""

Work = Callable[[], Awaitable[float | None]]
"""Returns None when it is done; otherwise after how many real seconds it is to be done again. Meanwhile other items of
its edge wait, and those of other edges do not."""


class _Item(NamedTuple):
    work: Work
    size: int


class _Queue:
    def __init__(self) -> None:
        self.items: deque[_Item] = deque()
        self.size = 0


class EdgeQueues:
    """A queue for each edge. An edge whose session begins waits while others go on: else no edge's events were stored
    before every edge had been greeted. What fails is for ``work`` to report: an exception ends ``run``."""

    def __init__(self, limit: int = WAITING_BYTES) -> None:
        self._free = limit
        self._queues: dict[EdgeName, _Queue] = {}
        """Of each edge with something that waits or is in work."""
        self._going_on: deque[EdgeName] = deque()
        self._beginning: deque[EdgeName] = deque()
        """The edges whose next item may be taken, in their turn."""
        self._passed = 0
        """How many of the first were taken while some of the second waited."""
        self._ready = asyncio.Semaphore(0)
        self.dropped = 0
        """Messages that found no room."""

    @property
    def busy(self) -> bool:
        """Whether anything waits or is in work."""
        return bool(self._queues)

    def put(self, name: EdgeName, work: Work, *, size: int, begins: bool = False) -> bool:
        """Do ``work`` after all that was put for the edge before; never waits. False where a message of ``size`` bytes
        finds no room: it is dropped and counted. ``begins``: it begins a session."""
        queue, size = self._queues.get(name), size + ITEM_BYTES
        if size + (queue.size if queue else 0) > self._free:
            self.dropped += 1
            return False
        self._put(name, _Item(work, size), begins=begins)
        return True

    def put_own(self, name: EdgeName, work: Work) -> None:
        """As ``put``, for what the controller itself says to an edge at the beginning of a session: never dropped."""
        self._put(name, _Item(work, ITEM_BYTES), begins=True)

    def _put(self, name: EdgeName, item: _Item, *, begins: bool) -> None:
        queue = self._queues.get(name)
        if queue is None:
            queue = self._queues[name] = _Queue()
            (self._beginning if begins else self._going_on).append(name)
            self._ready.release()
        queue.items.append(item)
        queue.size += item.size
        self._free -= item.size

    async def run(self) -> None:
        """Do what is due, for ever; several may run."""
        while True:
            await self._ready.acquire()
            name = self._next()
            queue = self._queues[name]
            again: float | None = None
            try:
                again = await queue.items[0].work()
            finally:
                if again is not None:
                    asyncio.get_running_loop().call_later(again, self._go_on, name)
                else:
                    size = queue.items.popleft().size
                    queue.size -= size
                    self._free += size
                    if queue.items:
                        self._go_on(name)
                    else:
                        del self._queues[name]
            await asyncio.sleep(0)  # much that is handled waits for nothing: let a door or a page in between

    def _go_on(self, name: EdgeName) -> None:
        self._going_on.append(name)
        self._ready.release()

    def _next(self) -> EdgeName:
        if self._beginning and (not self._going_on or self._passed >= BEGINS_AFTER):
            self._passed = 0
            return self._beginning.popleft()
        self._passed += bool(self._beginning)
        return self._going_on.popleft()
