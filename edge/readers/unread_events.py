"""Records input at a reader that became no code, card or pass, so that nothing typed disappears without a trace."""

from collections import Counter

from edge.runtime import Runtime, Timer
from edge.wire.events import UnreadData, UnreadWhat, UnreadWhy

AT_ONCE = 10
"""This many are recorded one by one."""
EVERY_S = 60.0
"""Further ones are counted and recorded together at the end of this time, so that a noisy line cannot fill the disk."""


class Unread:
    """One for each reader."""

    def __init__(self, runtime: Runtime, *, door: str, reader: str) -> None:
        self._runtime = runtime
        self._door = door
        self._reader = reader
        self._reported = 0
        self._counted: Counter[tuple[UnreadWhy, UnreadWhat]] = Counter()
        self._timer = Timer(runtime, f"unread at {reader}", self._flush)

    def report(self, why: UnreadWhy, what: UnreadWhat, count: int) -> None:
        """Record ``count`` keys, bits or characters that came to nothing."""
        if self._timer.at is None:
            self._timer.set(self._runtime.clock.monotonic() + EVERY_S)
        if self._reported < AT_ONCE:
            self._reported += 1
            self._record(UnreadData(door=self._door, reader=self._reader, why=why, what=what, count=count))
        else:
            self._counted[why, what] += 1

    def _flush(self) -> None:
        self._reported = 0
        counted, self._counted = self._counted, Counter()
        for (why, what), times in counted.items():
            self._record(UnreadData(door=self._door, reader=self._reader, why=why, what=what, times=times))

    def _record(self, data: UnreadData) -> None:
        self._runtime.record(self._reader, data)
