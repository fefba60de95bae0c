"""Work that may hang in the kernel: opening an adapter that has died, reading a file of a share that is gone."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, TypeVar, TypeVarTuple

from edge.system.liveness import Liveness

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

LATE_S = 10.0
"""What takes longer hangs, as far as anybody can tell."""


class _Threads(Executor):
    """A thread for each piece of work, which keeps no process from ending. Those of the event loop are few, and the
    card needs them."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_running_or_notify_cancel()

        def work() -> None:
            try:
                done.set_result(fn(*args, **kwargs))
            except BaseException as error:  # whoever asked for it hears of it
                done.set_exception(error)

        threading.Thread(target=work, name="apart", daemon=True).start()
        return done


_THREADS = _Threads()


async def run_blocking(
    work: Callable[[*Ts], T], *args: *Ts, liveness: Liveness, late: Callable[[], None], late_s: float = LATE_S
) -> T:
    """What ``work`` returns or raises; however long it takes, so that nothing is tried twice at once.

    While it hangs, ``late`` is called every ``late_s`` seconds, and ``liveness`` beats: the task is well, and says what
    is not. Restarting the agent would fix nothing, and bring its doors down.
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
