"""Parsing what users upload in a worker process of its own, with limits on its processor time and memory.

Whatever a file contains, it cannot block the event loop; the worst result is a refusal.
"""

import asyncio
import contextlib
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Timer
from typing import Any, ParamSpec, TypeVar

from controller.platform.uploads.worker import OUT_OF_MEMORY
from controller.platform.web.problem import FieldError, Invalid

T = TypeVar("T")
P = ParamSpec("P")

CPU_S = 20.0
"""Most seconds of processor time for one file."""
WALL_S = 90.0
"""Most seconds for one file, however little of a processor the worker gets."""
MEMORY_MB = 512
"""Most address space of the worker, its own modules (some 120 MB) included."""
IDLE_S = 300.0
"""How long a worker waits for another file before it ends."""


class ParsingLimit(Invalid):
    """A file needs more than parsing may take."""

    def __init__(self, limit: str) -> None:
        text = f"the file takes more than {limit} to read; send it in parts"
        super().__init__(f"body: {text}", errors=[FieldError(field="body", message=text)])
        self.text = text


class Parser:
    """A worker process for one file at a time; the others wait. It is started by the first file. Belongs to no event
    loop. ``close`` it at the end."""

    def __init__(
        self, *, cpu_s: float = CPU_S, wall_s: float = WALL_S, memory_mb: int = MEMORY_MB, idle_s: float = IDLE_S
    ) -> None:
        self._wall_s = wall_s
        self._cpu_s = cpu_s
        self._memory_mb = memory_mb
        self._idle_s = idle_s
        # A thread of its own, so that files wait for each other and never for a sign-in, nor it for them.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="parser")
        self._worker: subprocess.Popen[bytes] | None = None

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What ``work`` returns or raises in the worker. ``work`` is a function of a module; it, its arguments, its
        result and its errors can be pickled. Raises ``ParsingLimit``."""
        request = partial(work, *args, **kwargs)
        done, answer = await asyncio.get_running_loop().run_in_executor(self._thread, self._ask, request)
        if not done:
            raise answer
        result: T = answer
        return result

    def close(self) -> None:
        """End the worker, what it is doing included."""
        if self._worker is not None:
            self._worker.kill()
        self._thread.shutdown()
        self._end()

    def _ask(self, request: partial[Any]) -> tuple[bool, Any]:
        data = pickle.dumps(request)
        while True:
            worker = self._worker or self._start()
            assert worker.stdin is not None, "a pipe"
            assert worker.stdout is not None, "a pipe"
            late = Timer(self._wall_s, worker.kill)
            late.start()
            try:
                worker.stdin.write(data)
                worker.stdin.flush()
                answer: tuple[bool, Any] = pickle.load(worker.stdout)  # noqa: S301  # our own code wrote it
                return answer
            except (EOFError, BrokenPipeError, pickle.UnpicklingError):
                self._require_idle(self._end())
            finally:
                late.cancel()

    def _require_idle(self, code: int) -> None:
        """Raises unless the worker had ended by itself before it saw the file."""
        if code == OUT_OF_MEMORY:
            raise ParsingLimit(f"{self._memory_mb} MB of memory")
        if code == -signal.SIGPROF:
            raise ParsingLimit(f"{self._cpu_s:g} seconds")
        if code == -signal.SIGKILL:
            raise ParsingLimit(f"{self._wall_s:g} seconds")
        if code != 0:
            raise RuntimeError(f"the worker that parses files ended with code {code}")

    def _start(self) -> subprocess.Popen[bytes]:
        limits = (str(self._cpu_s), str(self._memory_mb), str(self._idle_s))
        self._worker = subprocess.Popen(
            [sys.executable, "-P", "-m", "controller.platform.uploads.worker", *limits],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the controller, which ends it
        )
        return self._worker

    def _end(self) -> int:
        worker, self._worker = self._worker, None
        if worker is None:
            return 0
        for pipe in (worker.stdin, worker.stdout):
            with contextlib.suppress(BrokenPipeError):
                pipe.close()  # type: ignore[union-attr]  # both are pipes
        return worker.wait()
