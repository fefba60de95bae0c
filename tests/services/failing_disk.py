"""A disk that is slow or full, as one process sees it: strace holds up or refuses its system calls."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.services.process import ServiceFailed, program

_ATTACH_S = 30.0


@asynccontextmanager
async def slow_disk(pid: int, sync_s: float) -> AsyncIterator[None]:
    """Each sync of the process returns so many seconds later. What is slow is only the thread that syncs."""
    calls = "fsync,fdatasync"
    async with _tampered(pid, f"trace={calls}", f"inject={calls}:delay_exit={round(sync_s * 1e6)}"):
        yield


@asynccontextmanager
async def full_disk(pid: int, file: Path) -> AsyncIterator[None]:
    """No write of the process to that file succeeds (ENOSPC)."""
    calls = "write,pwrite64"
    async with _tampered(pid, f"trace={calls}", f"inject={calls}:error=ENOSPC", path=file):
        yield


@asynccontextmanager
async def _tampered(pid: int, *expressions: str, path: Path | None = None) -> AsyncIterator[None]:
    """Until the end strace is attached to all threads of the process, and to those that it starts."""
    argv = [program("strace", package="strace"), "-f", "-o", "/dev/null", "-p", str(pid)]
    for expression in expressions:
        argv += ["-e", expression]
    if path is not None:
        argv += ["-P", str(path)]
    tracer = await asyncio.create_subprocess_exec(
        *argv, stdin=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
    )
    assert tracer.stderr is not None
    try:
        async with asyncio.timeout(_ATTACH_S):
            said = (await tracer.stderr.readline()).decode()
            if "attached" not in said:
                raise ServiceFailed(f"strace cannot attach to process {pid}: {said.strip()}")
        # It says a line for each further thread.
        reading = asyncio.create_task(tracer.stderr.read())
        yield
        reading.cancel()
    finally:
        with contextlib.suppress(ProcessLookupError):
            tracer.terminate()  # strace lets go of the process, which goes on as before
        await tracer.wait()
