"""Runs calls that may hang in the kernel, such as opening a dead adapter, and waits for file descriptors."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, TypeVar, TypeVarTuple

from edge.system.liveness import Liveness

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

LATE_S = 10.0
"""A call that takes longer counts as hanging."""


class _Threads(Executor):
    """An executor with a daemon thread per call, which does not keep the process from ending. The event loop's own
    threads are few and needed for the disk."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_running_or_notify_cancel()

        def work() -> None:
            try:
                done.set_result(fn(*args, **kwargs))
            except BaseException as error:  # passed to the caller
                done.set_exception(error)

        threading.Thread(target=work, name="blocking", daemon=True).start()
        return done


_THREADS = _Threads()


async def run_blocking(
    work: Callable[[*Ts], T], *args: *Ts, liveness: Liveness, late: Callable[[], None], late_s: float = LATE_S
) -> T:
    """Run ``work`` in a thread and return or raise its result, however long it takes, so that nothing is tried twice at
    once.

    While it hangs, ``late`` is called every ``late_s`` seconds and ``liveness`` is kept alive: the task works and
    reports what does not. Restarting the agent would fix nothing and stop its doors.
    """
    doing = asyncio.get_running_loop().run_in_executor(_THREADS, work, *args)
    try:
        while not (await asyncio.wait((doing,), timeout=late_s))[0]:
            liveness.progressed()
            late()
    except asyncio.CancelledError:
        doing.cancel()
        raise
    liveness.progressed()
    return doing.result()


async def readable(descriptor: int) -> None:
    """Return once a read of ``descriptor`` would not block: there is data, or the other end was closed."""
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()

    def tell() -> None:
        if not ready.done():
            ready.set_result(None)

    loop.add_reader(descriptor, tell)
    try:
        await ready
    finally:
        loop.remove_reader(descriptor)
