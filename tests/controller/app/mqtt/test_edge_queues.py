"""What comes of edges is handled in the order of each edge, and no edge takes all of the room or the time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial

import pytest

from controller.app.mqtt.edge_queues import AT_ONCE, BEGINS_AFTER, ITEM_BYTES, EdgeQueues
from tests.eventually import eventually

A, B, C, D = (("ramsey", each) for each in ("a", "b", "c", "d"))
ROOM = 10
"""Of the queues, in messages without a payload."""


class Handled:
    """What was handled, in order; what is held is not done before it is let go."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.done: list[str] = []
        self.held: dict[str, asyncio.Event] = {}

    def work(self, what: str, *, hold: bool = False) -> Callable[[], Awaitable[None]]:
        if hold:
            self.held[what] = asyncio.Event()
        return partial(self._do, what)

    async def _do(self, what: str) -> None:
        self.begun.append(what)
        if what in self.held:
            await self.held[what].wait()
        self.done.append(what)

    async def until(self, *done: str) -> None:
        async def look() -> bool:
            return set(done) <= set(self.done)

        await eventually(look, what=f"{done} are handled")


@pytest.fixture
def handled() -> Handled:
    return Handled()


@pytest.fixture
async def queues() -> AsyncIterator[EdgeQueues]:
    """At work."""
    queues = EdgeQueues(limit=ROOM * ITEM_BYTES)
    tasks = [asyncio.create_task(queues.run()) for _ in range(AT_ONCE)]
    yield queues
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_of_one_edge_all_is_handled_in_its_order_and_another_goes_on_meanwhile(
    queues: EdgeQueues, handled: Handled
) -> None:
    queues.put(A, handled.work("a1", hold=True), size=0)
    queues.put(A, handled.work("a2"), size=0)
    queues.put(A, handled.work("a3"), size=0, begins=True)
    queues.put(B, handled.work("b1"), size=0)
    await handled.until("b1")
    queues.put(A, handled.work("a4"), size=0)
    assert (handled.begun, handled.done) == (["a1", "b1"], ["b1"])
    assert queues.busy
    handled.held["a1"].set()
    await handled.until("a4")
    assert handled.done == ["b1", "a1", "a2", "a3", "a4"]
    assert not queues.busy


async def test_what_goes_on_is_handled_before_what_begins(handled: Handled) -> None:
    queues = EdgeQueues()
    for name, text in ((A, "a"), (B, "b"), (C, "c")):
        queues.put(name, handled.work(f"{text} begins"), size=0, begins=True)
        queues.put(name, handled.work(f"{text} goes on"), size=0)
    queues.put(D, handled.work("d answers"), size=0)
    await _handle_all(queues)
    assert handled.done == ["d answers", *(f"{text} {what}" for text in "abc" for what in ("begins", "goes on"))]


async def test_an_edge_that_begins_has_its_turn_however_much_the_others_send(handled: Handled) -> None:
    queues = EdgeQueues()
    for number in range(BEGINS_AFTER):
        queues.put(A, handled.work(f"a{number}"), size=0)
        queues.put(B, handled.work(f"b{number}"), size=0)
    queues.put_own(C, handled.work("c"))
    queues.put(D, handled.work("d"), size=0, begins=True)
    await _handle_all(queues)
    assert handled.done.index("c") == BEGINS_AFTER
    assert handled.done.index("d") == 2 * BEGINS_AFTER + 1


async def test_an_edge_that_floods_takes_half_of_the_room_and_others_find_some(
    queues: EdgeQueues, handled: Handled
) -> None:
    queues.put(A, handled.work("a", hold=True), size=0)
    for _ in range(3 * ROOM):
        queues.put(A, handled.work("more"), size=0)
    assert queues.dropped == 3 * ROOM + 1 - ROOM // 2
    assert not queues.put(B, handled.work("b1"), size=ROOM * ITEM_BYTES // 2)
    assert queues.put(B, handled.work("b2"), size=0)
    assert queues.put(C, handled.work("c"), size=0)
    await handled.until("b2", "c")
    handled.held["a"].set()
    await handled.until("more")
    assert handled.done == ["b2", "c", "a", *["more"] * (ROOM // 2 - 1)]
    assert queues.put(A, handled.work("a"), size=ROOM * ITEM_BYTES - ITEM_BYTES)


async def test_what_the_controller_itself_says_is_never_dropped(queues: EdgeQueues, handled: Handled) -> None:
    for number in range(2 * ROOM):
        queues.put_own(("ramsey", str(number)), handled.work(str(number)))
    assert not queues.put(A, handled.work("a"), size=0)
    await handled.until(*map(str, range(2 * ROOM)))
    assert queues.dropped == 1


async def test_work_that_ends_the_queues_leaves_the_rest_of_its_edge_undone(handled: Handled) -> None:
    queues = EdgeQueues()
    queues.put(A, handled.work("a1", hold=True), size=0)
    queues.put(A, handled.work("a2"), size=0)
    task = asyncio.create_task(queues.run())

    async def begun() -> bool:
        return handled.begun == ["a1"]

    await eventually(begun, what="work is begun")
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert (handled.begun, handled.done) == (["a1"], [])
    assert queues.busy


async def _handle_all(queues: EdgeQueues) -> None:
    """One after the other."""
    task = asyncio.create_task(queues.run())

    async def done() -> bool:
        return not queues.busy

    await eventually(done, what="all is handled")
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
