"""Keeps a small file in step with something that changes now and then, so that it outlasts a power cut."""

import asyncio
from collections.abc import Callable

from edge.runtime import Runtime
from edge.system.liveness import OUTSIDE_STUCK_S, Wake
from edge.wire.faults import FaultCode

RETRY_S = 5.0


class StateFile:
    """``content`` is what the file ``path`` should hold now; ``None``: there should be no such file. A disk that
    refuses is asked again every ``RETRY_S`` seconds, and meanwhile ``device`` has a fault
    of that ``part``."""

    def __init__(
        self, runtime: Runtime, *, path: str, device: str, part: str, content: Callable[[], bytes | None]
    ) -> None:
        self._runtime = runtime
        self._path = path
        self._device = device
        self._part = part
        self._content = content
        self._changes = self._written = 0
        self._wake = Wake(OUTSIDE_STUCK_S)
        self._keeping = asyncio.Lock()

    def start(self, name: str) -> None:
        """Keep the file current, in a task of that name."""
        self._runtime.supervise(name, self._run(), self._wake.liveness)

    def changed(self) -> None:
        """The content has changed."""
        self._changes += 1
        self._wake.set()

    async def save(self) -> bool:
        """Write it to disk now. Returns whether the disk has the current content."""
        async with self._keeping:
            while self._written != (wanted := self._changes):
                content = self._content()
                try:
                    if content is None:
                        await asyncio.to_thread(self._runtime.files.remove, self._path)
                    else:
                        await asyncio.to_thread(self._runtime.files.replace, self._path, content)
                except OSError:
                    return False
                self._written = wanted
            return True

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while not await self.save():
                self._runtime.fault(self._device, FaultCode.STATE_NOT_KEPT, self._part, present=True)
                await self._runtime.clock.sleep(RETRY_S)
                self._wake.liveness.progressed()
            self._runtime.fault(self._device, FaultCode.STATE_NOT_KEPT, self._part, present=False)
