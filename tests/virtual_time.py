"""Virtual time: an event loop whose clock stops while anything runs, and jumps when nothing does.

Time advances only when no callback is ready, no executor job is outstanding, and nothing that was named with
``busy_when`` (a database's own thread, for one) says that it is busy. So a day passes in seconds.

With ``order`` the same inputs give the same day: an executor job is then done on the loop itself, some turns after it
was handed in, as many as ``order`` draws. Without it, jobs run on threads, and their order is that of the machine.
"""

import asyncio
import random
import selectors
import time
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Executor
from contextvars import Context
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar, TypeVarTuple

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

PATIENCE_S = 60.0
"""Real seconds that a job may take before the run is called stalled."""
_LOOK_S = 0.002
_MOST_TURNS = 4
"""Turns of the loop that an executor job may take, where they are drawn."""


class Stalled(Exception):
    """Virtual time cannot advance: nothing is due, or a job never ended."""


class _Selector(selectors.DefaultSelector):
    """Where the loop would sleep, this decides whether time may jump instead. ``handed_in``: a thread has given the
    loop something to do. While nothing but the loop's own pipe is registered, which only wakes it up, the kernel has
    nothing to tell and is asked only to wait for what is at work."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.handed_in = False
        self.busy: list[tuple[str, Callable[[], bool]]] = []

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        files = len(self.get_map()) > 1
        if timeout is not None and timeout <= 0:
            return super().select(0) if files else []
        started = time.perf_counter()
        while True:
            # What is at work is asked before looking for what it has handed in: the other way round could miss both.
            working = [name for name, at_work in self.busy if at_work()]
            if self.handed_in:
                self.handed_in = False
                return []
            ready = super().select(_LOOK_S if working else 0) if working or files else []
            if ready:
                return ready
            if not working:
                break
            if time.perf_counter() - started > PATIENCE_S:
                raise Stalled(f"virtual time has waited {PATIENCE_S:g} real seconds for {', '.join(working)}")
        if timeout is None:
            raise Stalled("virtual time cannot continue: every task waits for something that will never happen")
        self.now += timeout
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop in virtual time, from 0. ``order``: draws when each executor job is done; a job then must not wait
    for the loop."""

    def __init__(self, order: random.Random | None = None) -> None:
        self._virtual = _Selector()
        self._jobs = 0
        self._order = order
        super().__init__(self._virtual)
        self.busy_when("a thread job", lambda: self._jobs > 0)

    def time(self) -> float:
        return self._virtual.now

    def stall(self, seconds: float) -> None:
        """Let time pass while nothing runs, as on a machine that has no time for this program."""
        self._virtual.now += seconds

    def busy_when(self, name: str, at_work: Callable[[], bool]) -> None:
        """Hold time while ``at_work`` is true."""
        self._virtual.busy.append((name, at_work))

    def call_soon_threadsafe(
        self, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.Handle:
        handle = super().call_soon_threadsafe(callback, *args, context=context)
        self._virtual.handed_in = True
        return handle

    def run_in_executor(self, executor: Executor | None, func: Callable[[*Ts], T], *args: *Ts) -> asyncio.Future[T]:
        if self._order is not None:
            done: asyncio.Future[T] = self.create_future()
            self.call_soon(self._do, self._order.randrange(_MOST_TURNS), done, func, args)
            return done
        self._jobs += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._job_done)
        return future

    def _do(self, turns: int, done: asyncio.Future[T], func: Callable[..., T], args: tuple[object, ...]) -> None:
        """Do a job some turns later, as a thread does, whatever has become of who waits for it."""
        if turns:
            self.call_soon(self._do, turns - 1, done, func, args)
            return
        try:
            result = func(*args)
        except Exception as error:
            if not done.done():
                done.set_exception(error)
        else:
            if not done.done():
                done.set_result(result)

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:  # noqa: ASYNC109  # asyncio's own
        # A thread that is joined here is a job like any other.
        self._jobs += 1
        try:
            await super().shutdown_default_executor()
        finally:
            self._jobs -= 1

    def _job_done(self, _: asyncio.Future[Any]) -> None:
        self._jobs -= 1


class VirtualClock:
    """The clock of a virtual run. ``zero`` is the instant at which the loop's time is 0."""

    def __init__(self, zero: datetime) -> None:
        self._zero = zero.astimezone(UTC)

    def now(self) -> datetime:
        return self._zero + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def run_virtual(
    main: Callable[[VirtualClock], Coroutine[Any, Any, T]],
    *,
    zero: datetime,
    busy: Mapping[str, Callable[[], bool]] | None = None,
) -> T:
    """Run ``main`` in virtual time from instant ``zero``. Raises ``Stalled`` when time cannot continue."""
    loop = VirtualLoop()
    for name, at_work in (busy or {}).items():
        loop.busy_when(name, at_work)
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(main(VirtualClock(zero)))
